//! Two servers on a pair of databases that changes over: its leader is killed with all its processes, or hands over because somebody
//! wants it. Nothing that was acknowledged may be lost, nothing done twice.

use super::ledger::Ledger;
use super::patroni::{LEASE, PASSWORD, Pair};
use super::rows::{Line, RowArgs};
use super::running::Running;
use super::spread::{Spread, bound};
use super::world::{Setting, World};
use anyhow::{Result, bail};
use std::path::Path;
use std::time::{Duration, Instant};

/// Until the agent must have gone on.
const PATIENCE: Duration = Duration::from_secs(180);

/// What was measured.
#[derive(Default)]
struct Seen {
    /// Until a command was answered.
    killed: Spread,
    switched: Spread,
    /// Until the agent did the next thing.
    work: Spread,
}

/// The row. `None` where a package is missing.
///
/// # Errors
/// The world cannot be started or ended.
pub async fn row(args: &RowArgs, folder: &Path) -> Result<Option<Line>> {
    // Somebody without rights must be able to come in.
    let beside = tempfile::Builder::new()
        .prefix("tidegate-pair-")
        .tempdir()?;
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(beside.path(), std::fs::Permissions::from_mode(0o755))?;
    let Some(mut pair) = Pair::start(&beside.path().join("pair")).await? else {
        return Ok(None);
    };
    let setting = Setting {
        program: &args.program,
        folder,
        ledger: Ledger::Theirs(pair.url(), PASSWORD.to_owned()),
        servers: 2,
        off: &[],
        network: None,
    };
    let mut running = Running::begin(World::start(setting).await?, args.from);
    let (mut seen, trials) = (Seen::default(), args.trials.unwrap_or(6));
    let found = trial(&mut running, &mut pair, trials, &mut seen).await;
    let count = |text: &str| {
        let logs = ["server.log", "server-1.log"].iter();
        logs.map(|log| running.world.logged(log, text))
            .sum::<usize>()
    };
    let asked = count("asking the ledger what became");
    let ended = running.end(found).await?;
    let violations = ended.found.len();
    Ok(Some(Line {
        line: format!(
            "{trials} times the leading database was killed or handed over (Patroni, synchronous, lease of {LEASE} s); no writes for {} when it \
             was killed, {} when it handed over; the agent went on after {}; the fate of {asked} commits was asked by the id of the \
             command; {}; {violations} violations; {}",
            seen.killed,
            seen.switched,
            seen.work,
            ended.rollouts(),
            bound(trials, violations),
        ),
        found: ended.found,
    }))
}

async fn trial(
    running: &mut Running,
    pair: &mut Pair,
    trials: u32,
    seen: &mut Seen,
) -> Result<Vec<String>> {
    for n in 0..trials {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let world = &running.world;
        let begun = Instant::now();
        let dead = match n % 2 {
            0 => Some(pair.kill_leader().await?),
            _ => {
                pair.switch_over().await?;
                None
            }
        };
        let effects = world.effects();
        running.load.command(world).await?;
        match dead {
            Some(_) => seen.killed.add(begun.elapsed()),
            None => seen.switched.add(begun.elapsed()),
        }
        while world.effects() == effects {
            if begun.elapsed() > PATIENCE {
                bail!("the agent does nothing more within {PATIENCE:?}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        seen.work.add(begun.elapsed());
        if let Some(dead) = dead {
            pair.resume(dead)?;
        }
        pair.well().await?;
        let found = running.look().await?;
        if !found.is_empty() {
            return Ok(found);
        }
        eprintln!("{} of {trials}, nothing found so far", n + 1);
    }
    Ok(Vec::new())
}
