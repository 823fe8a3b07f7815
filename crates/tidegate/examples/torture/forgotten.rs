//! A forgotten copy of the ledger is started under targets that have seen newer work since, for an agent that does not say what they have
//! seen, as those before it was asked of them did not. What the copy wants done there has an older generation: the target's own memory
//! is all that is left to refuse it.

use super::Store;
use super::judge::effects;
use super::ledger::Ledger;
use super::load::{Load, over};
use super::rows::{Line, RowArgs};
use super::spread::bound;
use super::world::{Setting, World};
use anyhow::{Result, ensure};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use tidegate_client::Client;
use tidegate_client::wire::DeploymentPhase;

/// Versions that the copy does not know of.
const NEWER: u32 = 2;
/// What the copy wants has failed by then, or it never will.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);

/// The row. `None` where the ledger is no file that can be copied.
///
/// # Errors
/// The world cannot be started or ended.
pub async fn row(args: &RowArgs, folder: &Path) -> Result<Option<Line>> {
    if !matches!(args.store, Store::Sqlite) {
        eprintln!("skipped: only a ledger in a file is copied");
        return Ok(None);
    }
    let off = [args.off.clone(), vec!["said".to_owned()]].concat();
    let setting = Setting {
        program: &args.program,
        folder,
        ledger: Ledger::File,
        servers: 1,
        off: &off,
        network: None,
    };
    let world = World::start(setting).await?;
    let (load, wanted) = (Load::default(), args.trials.unwrap_or(5));
    let (mut found, mut trials, mut refused) = (Vec::new(), 0, 0);
    while trials < wanted && found.is_empty() {
        trials += 1;
        refused += u32::from(trial(&world, &load, trials).await?);
        found = effects(&world)?;
    }
    let whole = world.end().await?;
    if found.is_empty() {
        ensure!(
            refused == trials,
            "the copy's work ended well {} times",
            trials - refused
        );
        found.extend(whole);
    }
    let violations = found.len();
    Ok(Some(Line {
        line: format!(
            "{trials} forgotten copies of the ledger, {NEWER} versions old: what they wanted done was refused {refused} times; \
             {violations} violations; {}",
            bound(trials, violations),
        ),
        found,
    }))
}

/// Whether what the copy wanted failed.
async fn trial(world: &World, load: &Load, trial: u32) -> Result<bool> {
    let data = world.folder.join(".tidegate/data");
    let (copy, newest) = (world.folder.join("copy"), world.folder.join("newest"));
    rolled(world, load, &format!("2.{trial}.0")).await?;
    world.server().hold_down().await;
    copied(&data, &copy)?;
    up(world).await?;
    for n in 1..=NEWER {
        rolled(world, load, &format!("2.{trial}.{n}")).await?;
    }
    world.server().hold_down().await;
    fs::rename(&data, &newest)?;
    fs::rename(&copy, &data)?;
    up(world).await?;
    let failed = refused(world, load, &format!("2.{trial}.99")).await?;
    world.server().hold_down().await;
    fs::remove_dir_all(&data)?;
    fs::rename(&newest, &data)?;
    up(world).await?;
    Ok(failed)
}

async fn up(world: &World) -> Result<()> {
    world.server().go_on();
    let (client, begun) = (Client::new(&world.urls[0], "")?, Instant::now());
    while client.health().await.is_err() {
        ensure!(begun.elapsed() < PATIENCE, "the server does not come up");
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// A version comes to its end.
async fn rolled(world: &World, load: &Load, version: &str) -> Result<()> {
    let asked = load.begin(world, "api", version).await?;
    let ended = over(world, &asked.id).await?;
    ensure!(
        matches!(
            ended.phase,
            DeploymentPhase::Succeeded | DeploymentPhase::Confirmed
        ),
        "{version} ended as {}",
        ended.phase.as_str()
    );
    Ok(())
}

/// Whether a version that the copy brings does not arrive.
async fn refused(world: &World, load: &Load, version: &str) -> Result<bool> {
    let asked = load.begin(world, "api", version).await?;
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let look = || world.client.deployment(&asked.id);
        let now = world.insist("a look", look).await?;
        let failed = matches!(
            now.phase,
            DeploymentPhase::NeedsPerson | DeploymentPhase::RolledBack | DeploymentPhase::Stopped
        );
        if failed || now.phase.is_over() {
            return Ok(failed);
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(true)
}

fn copied(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copied(&entry.path(), &target)?,
            false => drop(fs::copy(entry.path(), &target)?),
        }
    }
    Ok(())
}
