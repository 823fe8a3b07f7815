//! Deaths at every point and at random, a look at the whole in between, and the line at the end.

use super::judge::Judge;
use super::ledger::Ledger;
use super::load::Load;
use super::tally::Counts;
use super::world::{Setting, World};
use super::{KillsArgs, Store};
use anyhow::{Result, anyhow};
use std::path::PathBuf;
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
/// Deaths of a server that may follow one another before it answers.
const IN_A_ROW: u32 = 10;
/// Longest time that it is let up after them.
const UP: Duration = Duration::from_secs(60);
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
    let Some(outcome) = runtime.block_on(torture(args))? else {
        println!("skipped: the store is not installed");
        return Ok(true);
    };
    report(args, &outcome);
    Ok(outcome.found.is_empty())
}

/// What a run came to.
pub struct Outcome {
    /// What happened.
    pub counts: Counts,
    /// What must never happen.
    pub found: Vec<String>,
    /// Where everything still is, when something was found.
    pub kept: Option<PathBuf>,
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

/// Kill, and judge. `None` where the store is not installed.
///
/// # Errors
/// The world cannot be started or ended.
pub async fn torture(args: &KillsArgs) -> Result<Option<Outcome>> {
    let folder = tempfile::Builder::new()
        .prefix("tidegate-torture-")
        .tempdir()?;
    let Some(ledger) = Ledger::of(args.store).await? else {
        return Ok(None);
    };
    let setting = Setting {
        program: &args.program,
        folder: folder.path(),
        ledger,
        servers: 1,
        off: &args.off,
        network: None,
    };
    let world = World::start(setting).await?;
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
        if points.is_empty() {
            continue;
        }
        let chance = Chance::from_seed(args.from.wrapping_mul(16).wrapping_add(n));
        let (world, deaths) = (Arc::clone(&world), Arc::clone(&deaths));
        killers.spawn(async move { kill(&world, &deaths, role, &points, chance).await });
    }
    let mut found = watch(&world, &load, &deaths, &mut rolling).await;
    load.end();
    if !found.is_empty() {
        rolling.abort_all();
    }
    while let Some(ended) = killers.join_next().await {
        ended??;
    }
    while let Some(ended) = rolling.join_next().await {
        match ended {
            Ok(Err(error)) => found.push(format!("{error:#}")),
            Err(error) if error.is_panic() => found.push(error.to_string()),
            _ => {}
        }
    }
    found.extend(unreached(args, &world));
    let counts = world.tally.counts();
    let world = Arc::into_inner(world).ok_or_else(|| anyhow!("the world is still in use"))?;
    match world.end().await {
        Ok(wrong) => found.extend(wrong),
        Err(error) => found.push(format!("at the end: {error:#}")),
    }
    let kept = (!found.is_empty()).then(|| folder.keep());
    Ok(Some(Outcome {
        counts,
        found,
        kept,
    }))
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
    let (mut next, mut row) = (0, (0, 0));
    while !deaths.over() {
        if deaths.quiet.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        }
        deaths.at_work.fetch_add(1, Ordering::SeqCst);
        let died = match chance.happens(RANDOM) {
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
        if role == "server" {
            row_of_deaths(world, &mut row).await;
        }
        // Now and then at once, so that the next death comes in the middle of getting up.
        tokio::time::sleep(Duration::from_millis(chance.below(400))).await;
    }
    Ok(())
}

/// After this many deaths of a server without an answer in between it is let up, or on a slow machine it would never come so far.
async fn row_of_deaths(world: &World, (since, deaths): &mut (usize, u32)) {
    let begun = Instant::now();
    loop {
        let answers = world.tally.counts().resumed.len();
        if answers > *since {
            (*since, *deaths) = (answers, 0);
            return;
        }
        if *deaths < IN_A_ROW || begun.elapsed() > UP {
            *deaths += 1;
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn at_random(world: &World, role: &str, chance: &mut Chance) -> bool {
    tokio::time::sleep(Duration::from_millis(chance.below(500))).await;
    match role {
        "server" => world.server().kill(),
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
        let ended = world.tally.counts().ended;
        if !ended.is_empty() {
            deaths.left.store(0, Ordering::SeqCst);
            return ended;
        }
        if !over && !enough {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        }
        deaths.quiet.store(true, Ordering::SeqCst);
        while deaths.at_work.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let looked = match load.rest().await {
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

fn report(args: &KillsArgs, outcome: &Outcome) {
    let Outcome {
        counts,
        found,
        kept,
    } = outcome;
    for (point, deaths) in &counts.deaths {
        eprintln!("{deaths:>6}  {point}");
    }
    for violation in found {
        println!("violation: {violation}");
    }
    if let Some(kept) = kept {
        let store = match args.store {
            Store::Sqlite => "sqlite",
            Store::Postgres => "postgres",
        };
        println!(
            "replay: cargo xtask torture --kills {} --from {} --store {store}",
            args.kills, args.from
        );
        println!("kept for a look: {}", kept.display());
    }
    println!("{}", counts.line(found.len()));
}
