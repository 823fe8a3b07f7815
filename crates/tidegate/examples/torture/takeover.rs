//! Two servers that share a ledger: the one that is asked dies or stands still, also in the middle of a transaction, and the other
//! one goes on. One that stood still past every lease and goes on afterwards is refused what it wanted to write.

use super::Store;
use super::ledger::Ledger;
use super::rows::{Line, RowArgs};
use super::running::Running;
use super::spread::{Spread, bound};
use super::world::{Setting, World};
use anyhow::{Result, bail};
use rustix::process::Signal;
use std::path::Path;
use std::time::{Duration, Instant};
use tidegate_sim::Chance;

/// Longer than a lease, in milliseconds.
const PAST_THE_LEASE: u64 = 10_500;
/// Time in which somebody must come by a point, and in which everything must go on.
const PATIENCE: Duration = Duration::from_secs(60);
/// Where a server stands still while it holds the head, or between what it did and what it says.
const POINTS: [&str; 6] = [
    "server.postgres.written",
    "server.postgres.begun",
    "server.postgres.statement",
    "server.turn.kept",
    "server.lease.given",
    "server.postgres.committed",
];
/// Trials between two looks at the whole.
const BETWEEN: u32 = 8;

/// What was measured.
#[derive(Default)]
struct Seen {
    /// Until another server answered a command.
    dead: Spread,
    still: Spread,
    /// Until the agent did the next thing.
    work: Spread,
    stops: u32,
}

/// The row. `None` where Postgres is not installed.
///
/// # Errors
/// The world cannot be started or ended.
pub async fn row(args: &RowArgs, folder: &Path) -> Result<Option<Line>> {
    let Some(ledger) = Ledger::of(Store::Postgres).await? else {
        return Ok(None);
    };
    let setting = Setting {
        program: &args.program,
        folder,
        ledger,
        servers: 2,
        off: &args.off,
        network: None,
    };
    let mut running = Running::begin(World::start(setting).await?, args.from);
    let (mut seen, trials) = (Seen::default(), args.trials.unwrap_or(20));
    let found = trial(&mut running, trials, args.from, &mut seen).await;
    let world = &running.world;
    let count = |text: &str| {
        let logs = ["server.log", "server-1.log"].iter();
        logs.map(|log| world.logged(log, text)).sum::<usize>()
    };
    let (refused, asked) = (count("is made again"), count("what became of the commit"));
    let stale = world.logged("agent.log", "refused:");
    let ended = running.end(found).await?;
    let violations = ended.found.len();
    let mut up = Spread::default();
    ended.counts.resumed.iter().for_each(|time| up.add(*time));
    Ok(Some(Line {
        line: format!(
            "{trials} times one of two servers was lost, {} of them it stood still past the lease and went on; the other answered after {} \
             when it died, {} when it stood still; the agent went on after {}; a dead one answered again after {up}; {refused} transactions \
             that had lost the head ran again, {asked} commits were asked about, {stale} late reports were refused; {}; {violations} \
             violations; {}",
            seen.stops,
            seen.dead,
            seen.still,
            seen.work,
            ended.rollouts(),
            bound(trials, violations),
        ),
        found: ended.found,
    }))
}

async fn trial(
    running: &mut Running,
    trials: u32,
    seed: u64,
    seen: &mut Seen,
) -> Result<Vec<String>> {
    let mut chance = Chance::from_seed(seed);
    for n in 0..trials {
        let world = &running.world;
        tokio::time::sleep(Duration::from_millis(500 + chance.below(1_000))).await;
        let point = POINTS[n as usize / 4 % POINTS.len()];
        let pass = match point.ends_with(".statement") {
            true => 1 + chance.below(60),
            false => 1 + chance.below(3),
        };
        let asked = world.urls.iter().position(|url| url == world.client.base());
        let asked = &world.servers[asked.unwrap_or(0)];
        let stops = n % 2 == 1;
        let lost = match n % 4 {
            0 => asked.kill(),
            1 => asked.signal(Signal::STOP),
            2 => world.points.kill_at(point, pass, PATIENCE).await?,
            _ => world.points.stop_at(point, pass, PATIENCE).await?,
        };
        if !lost {
            bail!("nobody was lost at {point}");
        }
        let begun = Instant::now();
        let effects = world.effects();
        running.load.command(world).await?;
        match stops {
            true => seen.still.add(begun.elapsed()),
            false => seen.dead.add(begun.elapsed()),
        }
        while world.effects() == effects {
            if begun.elapsed() > PATIENCE {
                bail!("the agent does nothing more within {PATIENCE:?}");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        seen.work.add(begun.elapsed());
        if stops {
            seen.stops += 1;
            let until = Duration::from_millis(PAST_THE_LEASE + chance.below(2_000));
            tokio::time::sleep(until.saturating_sub(begun.elapsed())).await;
            for server in &world.servers {
                server.signal(Signal::CONT);
            }
        }
        if (n + 1).is_multiple_of(BETWEEN) {
            let found = running.look().await?;
            if !found.is_empty() {
                return Ok(found);
            }
            eprintln!("{} of {trials}, nothing found so far", n + 1);
        }
    }
    Ok(Vec::new())
}
