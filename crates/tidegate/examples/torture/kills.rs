//! Deaths at every point and at random, a look at the whole in between, and the line at the end.

use super::judge::Judge;
use super::load::Load;
use super::tally::Tally;
use super::world::World;
use super::{KillsArgs, Store};
use anyhow::{Result, anyhow};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tidegate_sim::Chance;

/// Time in which somebody must come by an armed point.
const PATIENCE: Duration = Duration::from_secs(6);
/// Deaths between two looks at the whole.
const BETWEEN: u64 = 150;
/// Share of deaths at an instant that nobody chose, in 10,000.
const RANDOM: u64 = 2_000;
/// Who dies.
const ROLES: [&str; 3] = ["server", "agent", "router"];

/// Kill, and judge. True when nothing was found.
///
/// # Errors
/// The world cannot be started or ended.
pub fn run(args: &KillsArgs) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(torture(args))
}

/// What the killers share.
struct Deaths {
    left: AtomicU64,
    until: Instant,
    /// Nobody is killed while the whole is looked at.
    quiet: AtomicBool,
    at_work: AtomicU64,
}

impl Deaths {
    fn over(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0 || Instant::now() > self.until
    }

    fn died(&self) {
        let less = |left: u64| Some(left.saturating_sub(1));
        // Never fails: the closure always gives a value.
        let _ = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
    }
}

async fn torture(args: &KillsArgs) -> Result<bool> {
    let folder = tempfile::Builder::new()
        .prefix("tidegate-torture-")
        .tempdir()?;
    let started = World::start(&args.program, args.store, folder.path()).await?;
    let Some(world) = started else {
        println!("skipped: the store is not installed");
        return Ok(true);
    };
    let world = Arc::new(world);
    let load = Arc::new(Load::default());
    let deaths = Arc::new(Deaths {
        left: AtomicU64::new(u64::from(args.kills)),
        until: Instant::now() + Duration::from_secs(args.seconds),
        quiet: AtomicBool::new(false),
        at_work: AtomicU64::new(0),
    });
    let mut rolling = tokio::task::JoinSet::new();
    for service in world.services.clone() {
        let (w, l, s, seed) = (world.clone(), load.clone(), service.clone(), args.from);
        rolling.spawn(async move { l.roll(&w, &s, seed).await });
        let (w, l) = (world.clone(), load.clone());
        rolling.spawn(async move { l.traffic(&w, &service).await });
    }
    let mut killers = tokio::task::JoinSet::new();
    for (n, role) in (1_u64..).zip(ROLES) {
        let points = points_of(args, role);
        let chance = Chance::from_seed(args.from.wrapping_mul(16).wrapping_add(n));
        let (world, deaths) = (Arc::clone(&world), Arc::clone(&deaths));
        killers.spawn(async move { kill(&world, &deaths, role, &points, chance).await });
    }
    let mut found = watch(&world, &load, &deaths, &mut rolling).await;
    load.end();
    while let Some(ended) = killers.join_next().await {
        ended??;
    }
    while let Some(ended) = rolling.join_next().await {
        if let Err(error) = ended? {
            found.push(format!("{error:#}"));
        }
    }
    found.extend(unreached(args, &world));
    let tally = Arc::clone(&world.tally);
    let world = Arc::into_inner(world).ok_or_else(|| anyhow!("the world is still in use"))?;
    found.extend(world.end().await?);
    report(args, &tally, &found);
    if !found.is_empty() {
        println!("kept for a look: {}", folder.keep().display());
    }
    Ok(found.is_empty())
}

/// Points at which this role dies with this store.
fn points_of(args: &KillsArgs, role: &str) -> Vec<String> {
    let other = match args.store {
        Store::Sqlite => "server.postgres.",
        Store::Postgres => "server.ledger.",
    };
    let points = args.points.iter();
    points
        .filter(|point| point.starts_with(role) && !point.starts_with(other))
        .cloned()
        .collect()
}

/// Kill one role, again and again, at each point in turn and at random.
async fn kill(
    world: &World,
    deaths: &Deaths,
    role: &str,
    points: &[String],
    mut chance: Chance,
) -> Result<()> {
    let mut next = 0;
    while !deaths.over() {
        if deaths.quiet.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        }
        deaths.at_work.fetch_add(1, Ordering::SeqCst);
        let died = match chance.happens(RANDOM) || points.is_empty() {
            true => at_random(world, role, &mut chance)
                .await
                .then(|| format!("random {role}")),
            false => {
                let point = &points[next % points.len()];
                next += 1;
                let pass = match point.ends_with(".statement") {
                    true => 1 + chance.below(60),
                    false => 1 + chance.below(3),
                };
                let died = world.points.kill_at(point, pass, PATIENCE).await?;
                died.then(|| point.clone())
            }
        };
        deaths.at_work.fetch_sub(1, Ordering::SeqCst);
        match died {
            Some(of) => {
                world.tally.died(&of);
                deaths.died();
            }
            None => world.tally.missed(),
        }
        // Now and then at once, so that the next death comes in the middle of getting up.
        tokio::time::sleep(Duration::from_millis(chance.below(400))).await;
    }
    Ok(())
}

async fn at_random(world: &World, role: &str, chance: &mut Chance) -> bool {
    tokio::time::sleep(Duration::from_millis(chance.below(500))).await;
    match role {
        "server" => world.server.kill(),
        "agent" => world.agent.kill(),
        _ => world.kill_router(),
    }
}

/// Look at the whole every so many deaths, and at the end.
async fn watch(
    world: &World,
    load: &Load,
    deaths: &Deaths,
    rolling: &mut tokio::task::JoinSet<Result<()>>,
) -> Vec<String> {
    let mut judge = Judge::default();
    let mut seen = world.tally.counts().total();
    loop {
        let over = deaths.over();
        let enough = world.tally.counts().total() >= seen + BETWEEN;
        if let Some(ended) = rolling.try_join_next() {
            deaths.left.store(0, Ordering::SeqCst);
            return vec![match ended {
                Ok(Ok(())) => "the load ended before it was asked to".to_owned(),
                Ok(Err(error)) => format!("{error:#}"),
                Err(error) => error.to_string(),
            }];
        }
        if !over && !enough {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        }
        deaths.quiet.store(true, Ordering::SeqCst);
        while deaths.at_work.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let looked = match load.rest(world).await {
            Ok(()) => judge.look(world, load).await,
            Err(error) => Err(error),
        };
        match looked {
            Ok(found) if found.is_empty() && !over => {}
            Ok(found) => {
                deaths.left.store(0, Ordering::SeqCst);
                return found;
            }
            Err(error) => {
                deaths.left.store(0, Ordering::SeqCst);
                return vec![format!("{error:#}")];
            }
        }
        seen = world.tally.counts().total();
        eprintln!("{seen} kills, nothing found so far");
        load.go_on();
        deaths.quiet.store(false, Ordering::SeqCst);
    }
}

/// Points that nobody passes are no points. With `--every-point` each must have killed somebody.
fn unreached(args: &KillsArgs, world: &World) -> Vec<String> {
    if !args.every_point {
        return Vec::new();
    }
    let points = ROLES.iter().flat_map(|role| points_of(args, role));
    let unreached = points.filter(|point| !world.points.was_passed(point));
    unreached
        .map(|point| format!("nobody passed the point {point}"))
        .collect()
}

fn report(args: &KillsArgs, tally: &Tally, found: &[String]) {
    let counts = tally.counts();
    for (point, deaths) in &counts.deaths {
        eprintln!("{deaths:>6}  {point}");
    }
    for violation in found {
        println!("violation: {violation}");
    }
    if !found.is_empty() {
        let store = match args.store {
            Store::Sqlite => "sqlite",
            Store::Postgres => "postgres",
        };
        println!(
            "replay: cargo xtask torture --kills {} --from {} --store {store}",
            args.kills, args.from
        );
    }
    println!("{}", counts.line(found.len()));
}
