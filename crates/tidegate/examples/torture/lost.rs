//! Answers to commits that get lost: the link to the database ends around a commit, again and again. Whoever asked learns by the id of
//! the command what became of it.

use super::cut::{Cut, Moment};
use super::ledger::Ledger;
use super::rows::{Line, RowArgs};
use super::running::Running;
use super::spread::{Spread, bound};
use super::world::{Setting, World};
use anyhow::{Result, bail};
use std::path::Path;
use std::time::{Duration, Instant};
use tidegate_ledger::conformance::cluster::Cluster;
use tidegate_sim::Chance;

/// Time in which somebody must commit something.
const PATIENCE: Duration = Duration::from_secs(20);
/// Trials between two looks at the whole.
const BETWEEN: u32 = 60;

/// The row. `None` where Postgres is not installed.
///
/// # Errors
/// The world cannot be started or ended.
pub async fn row(args: &RowArgs, folder: &Path) -> Result<Option<Line>> {
    let Some(cluster) = tokio::task::spawn_blocking(Cluster::start).await? else {
        return Ok(None);
    };
    let (cut, port) = Cut::before(cluster.port())?;
    let setting = Setting {
        program: &args.program,
        folder,
        ledger: Ledger::Own(cluster, Some(port)),
        servers: 1,
        off: &[],
        network: None,
    };
    let mut running = Running::begin(World::start(setting).await?, args.from);
    let (mut told, mut chance) = (Spread::default(), Chance::from_seed(args.from));
    let trials = args.trials.unwrap_or(200);
    let found = trial(&mut running, &cut, trials, &mut told, &mut chance).await;
    let asked = running
        .world
        .logged("server.log", "asking the ledger what became");
    let again = running.world.logged("server.log", "is made again");
    let ended = running.end(found).await?;
    let violations = ended.found.len();
    Ok(Some(Line {
        line: format!(
            "{trials} connections to the database ended around a commit; {asked} times its fate was asked by the id of the command, {again} \
             connections were made again; a command was answered after {told}; {}; {violations} violations; {}",
            ended.rollouts(),
            bound(trials, violations),
        ),
        found: ended.found,
    }))
}

async fn trial(
    running: &mut Running,
    cut: &Cut,
    trials: u32,
    told: &mut Spread,
    chance: &mut Chance,
) -> Result<Vec<String>> {
    for n in 0..trials {
        tokio::time::sleep(Duration::from_millis(chance.below(60))).await;
        let moment = Moment::ALL[n as usize % Moment::ALL.len()];
        if !cut.next(moment, PATIENCE).await {
            bail!("nobody committed anything within {PATIENCE:?}");
        }
        let begun = Instant::now();
        running.load.command(&running.world).await?;
        told.add(begun.elapsed());
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
