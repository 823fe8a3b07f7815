//! The network between server and agent: cut both ways or one way past the lease, coming and going, losing packets. The server must
//! notice within three heartbeats, nobody else may do the work before lease and fence, and everything must go on afterwards.

use super::ledger::Ledger;
use super::network::{Fault, Network};
use super::rows::{Line, RowArgs};
use super::running::Running;
use super::spread::{Spread, bound};
use super::world::{Setting, World};
use anyhow::{Result, bail};
use std::path::Path;
use std::time::{Duration, Instant};
use tidegate_sim::Chance;

/// Three heartbeats of at most two seconds, and a look in between.
const NOTICED: Duration = Duration::from_millis(6_500);
/// Longer than a lease, in milliseconds.
const PAST_THE_LEASE: u64 = 10_500;
/// Until everything must go on.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(50);
/// Trials between two looks at the whole.
const BETWEEN: u32 = 5;

/// What was measured.
#[derive(Default)]
struct Seen {
    /// From the cut until the server said that the agent is away.
    noticed: Spread,
    /// From the end of it until the agent did the next thing.
    work: Spread,
}

/// The row. `None` where networks cannot be made.
///
/// # Errors
/// The world cannot be started or ended.
pub async fn row(args: &RowArgs, folder: &Path) -> Result<Option<Line>> {
    let Some(network) = Network::make()? else {
        return Ok(None);
    };
    let Some(ledger) = Ledger::of(args.store).await? else {
        return Ok(None);
    };
    let setting = Setting {
        program: &args.program,
        folder,
        ledger,
        servers: 1,
        off: &args.off,
        network: Some((network.name().to_owned(), network.host.clone())),
    };
    let mut running = Running::begin(World::start(setting).await?, args.from);
    let (mut seen, trials) = (Seen::default(), args.trials.unwrap_or(10));
    let mut chance = Chance::from_seed(args.from);
    let found = trial(&mut running, &network, trials, &mut seen, &mut chance).await;
    let lost = running
        .world
        .logged("agent.log", "is lost: the action is cancelled");
    network.heals()?;
    let ended = running.end(found).await?;
    let violations = ended.found.len();
    Ok(Some(Line {
        line: format!(
            "{trials} times the network was cut both ways, one way each, came and went, or lost 30 % of its packets; a cut was noticed after \
             {}; the agent went on after {}; {lost} leases were lost; {}; {violations} violations; {}",
            seen.noticed,
            seen.work,
            ended.rollouts(),
            bound(trials, violations),
        ),
        found: ended.found,
    }))
}

async fn trial(
    running: &mut Running,
    network: &Network,
    trials: u32,
    seen: &mut Seen,
    chance: &mut Chance,
) -> Result<Vec<String>> {
    for n in 0..trials {
        tokio::time::sleep(Duration::from_millis(500 + chance.below(2_000))).await;
        let world = &running.world;
        match n % 5 {
            0 => cut(world, network, Fault::Both, seen, chance).await?,
            1 => cut(world, network, Fault::Out, seen, chance).await?,
            2 => cut(world, network, Fault::In, seen, chance).await?,
            3 => comes_and_goes(network, chance).await?,
            _ => {
                network.suffers(Fault::Loss)?;
                tokio::time::sleep(Duration::from_millis(PAST_THE_LEASE)).await;
            }
        }
        network.heals()?;
        seen.work.add(goes_on(world).await?);
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

/// Nothing comes through, this way or both, for longer than a lease.
async fn cut(
    world: &World,
    network: &Network,
    fault: Fault,
    seen: &mut Seen,
    chance: &mut Chance,
) -> Result<()> {
    network.suffers(fault)?;
    let begun = Instant::now();
    // What the agent is told does not reach it, but it is heard: the server has no reason to call it away.
    if fault != Fault::In {
        while reachable(world).await? {
            if begun.elapsed() > NOTICED {
                bail!("the server did not notice within {NOTICED:?} that the agent is away");
            }
            tokio::time::sleep(LOOK).await;
        }
        seen.noticed.add(begun.elapsed());
    }
    let until = Duration::from_millis(PAST_THE_LEASE + chance.below(3_000));
    tokio::time::sleep(until.saturating_sub(begun.elapsed())).await;
    Ok(())
}

async fn comes_and_goes(network: &Network, chance: &mut Chance) -> Result<()> {
    for _ in 0..12 {
        network.suffers(Fault::Both)?;
        tokio::time::sleep(Duration::from_millis(100 + chance.below(900))).await;
        network.heals()?;
        tokio::time::sleep(Duration::from_millis(100 + chance.below(900))).await;
    }
    Ok(())
}

async fn reachable(world: &World) -> Result<bool> {
    let live = world.insist("the environment", || world.client.environment("live"));
    Ok(live.await?.agent.is_some_and(|agent| agent.reachable))
}

/// Until the agent did something again.
async fn goes_on(world: &World) -> Result<Duration> {
    let (begun, effects) = (Instant::now(), world.effects());
    while world.effects() == effects {
        if begun.elapsed() > PATIENCE {
            bail!("the agent does nothing within {PATIENCE:?} after the network is well");
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(begun.elapsed())
}
