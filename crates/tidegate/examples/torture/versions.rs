//! Old and new versions on one ledger, in the middle of rollouts. A server of the next version is started in place of one of the old
//! version and brings the schema up to date; then one of the old version is started again. It must say why it does not touch the
//! ledger and leave it as it is, and one of two servers that still runs in the old version must write nothing more.

use super::Store;
use super::ledger::Ledger;
use super::rows::{Line, RowArgs};
use super::running::Running;
use super::spread::{Spread, bound};
use super::world::{Setting, World};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tidegate_client::Client;
use tidegate_client::wire::ArtifactRequest;
use tidegate_sim::Chance;
use tokio::process::Command;

/// What the old version says, as far as it matters.
const SAYS: &str = "run the newer version again";
/// Until a server must have said no and ended, or must have come up.
const PATIENCE: Duration = Duration::from_secs(60);
/// Trials between two looks at the whole.
const BETWEEN: u32 = 5;

/// What was measured.
#[derive(Default)]
pub(super) struct Seen {
    /// From the end of the old server to an answer of the new one.
    pub(super) up: Spread,
    /// Old servers that were refused at their start.
    pub(super) refused: u32,
    /// Old servers that ran on, and were refused the next write.
    outrun: u32,
}

/// A world under load: one server on a file, two that share a database. `None` where the store is not installed.
///
/// # Errors
/// It cannot be started.
pub(super) async fn shared(args: &RowArgs, folder: &Path) -> Result<Option<Running>> {
    let Some(ledger) = Ledger::of(args.store).await? else {
        return Ok(None);
    };
    let setting = Setting {
        program: &args.program,
        folder,
        ledger,
        servers: match args.store {
            Store::Sqlite => 1,
            Store::Postgres => 2,
        },
        off: &[],
        network: None,
    };
    let world = World::start(setting).await?;
    Ok(Some(Running::begin(world, args.from)))
}

/// The row. `None` where the store is not installed.
///
/// # Errors
/// The world cannot be started or ended.
pub async fn row(args: &RowArgs, folder: &Path) -> Result<Option<Line>> {
    let Some(mut running) = shared(args, folder).await? else {
        return Ok(None);
    };
    let (mut seen, trials) = (Seen::default(), args.trials.unwrap_or(20));
    let mut chance = Chance::from_seed(args.from);
    let found = trial(args, &mut running, trials, &mut seen, &mut chance).await;
    let ended = running.end(found).await?;
    let violations = ended.found.len();
    Ok(Some(Line {
        line: format!(
            "{trials} upgrades in the middle of rollouts; the new version answered after {}; an old one was refused at its start {} times, \
             one that ran on was refused to write {} times; {}; {violations} violations; {}",
            seen.up,
            seen.refused,
            seen.outrun,
            ended.rollouts(),
            bound(trials, violations),
        ),
        found: ended.found,
    }))
}

async fn trial(
    args: &RowArgs,
    running: &mut Running,
    trials: u32,
    seen: &mut Seen,
    chance: &mut Chance,
) -> Result<Vec<String>> {
    for version in 1..=trials {
        tokio::time::sleep(Duration::from_millis(200 + chance.below(1_500))).await;
        let world = &running.world;
        // The second of two is upgraded first: the first one runs on in the old version.
        let first = world.servers.len() - 1;
        upgrade(world, first, version, seen).await?;
        if first > 0 {
            outrun(world, seen).await?;
            upgrade(world, 0, version, seen).await?;
        }
        tokio::time::sleep(Duration::from_millis(chance.below(800))).await;
        old_binary(args, world, version, seen).await?;
        if version.is_multiple_of(BETWEEN) {
            let found = running.look().await?;
            if !found.is_empty() {
                return Ok(found);
            }
            eprintln!("{version} of {trials}, nothing found so far");
        }
    }
    Ok(Vec::new())
}

/// The server is killed and started in the new version.
pub(super) async fn upgrade(world: &World, n: usize, version: u32, seen: &mut Seen) -> Result<()> {
    let server = &world.servers[n];
    server.hold_down().await;
    world.points.ahead(version)?;
    let begun = Instant::now();
    server.go_on();
    answers(&world.urls[n]).await?;
    seen.up.add(begun.elapsed());
    Ok(())
}

async fn answers(url: &str) -> Result<()> {
    let (client, begun) = (Client::new(url, "")?, Instant::now());
    while client.health().await.is_err() {
        if begun.elapsed() > PATIENCE {
            bail!("the server at {url} does not come up");
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// A server of the old version that runs on: it reads, and says why it writes no more.
async fn outrun(world: &World, seen: &mut Seen) -> Result<()> {
    let token = std::fs::read_to_string(world.folder.join(".tidegate/admin.token"))?;
    let client = Client::new(&world.urls[0], token.trim())?;
    client
        .environment("live")
        .await
        .context("an old server that runs on no longer reads")?;
    let key = world.key();
    let artifact = ArtifactRequest {
        service: "web".to_owned(),
        version: key.clone(),
        digest: format!("sha256:{:064x}", 9),
        size: None,
        location: "/nowhere".to_owned(),
        source: None,
        build: None,
    };
    match client.register_artifact(&artifact, &key).await {
        Ok(_) => bail!("an old server wrote into a ledger of a newer version"),
        Err(error) if error.to_string().contains(SAYS) => seen.outrun += 1,
        Err(error) => bail!("an old server did not say why it writes no more: {error}"),
    }
    Ok(())
}

/// One of the old version is started on the ledger of the new one. On a file that is possible only while the new one is down.
pub(super) async fn old_binary(
    args: &RowArgs,
    world: &World,
    version: u32,
    seen: &mut Seen,
) -> Result<()> {
    let alone = world.servers.len() == 1;
    let (n, listen) = match alone {
        true => (0, world.urls[0].trim_start_matches("http://").to_owned()),
        false => (2, "127.0.0.1:0".to_owned()),
    };
    if alone {
        world.server().hold_down().await;
    }
    world.points.ahead(version - 1)?;
    let mut old = Command::new(&args.program);
    old.args(world.serve(n, &listen)?)
        .current_dir(&world.folder)
        .env("TIDEGATE_TORTURE", world.points.folder())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let ended = tokio::time::timeout(PATIENCE, old.output()).await;
    world.points.ahead(version)?;
    if alone {
        world.server().go_on();
    }
    let said = ended.context("an old version serves a newer ledger")??;
    let text = String::from_utf8_lossy(&said.stderr).into_owned();
    if said.status.success() || !text.contains(SAYS) {
        bail!(
            "an old version did not refuse a newer ledger: {} {text}",
            said.status
        );
    }
    if seen.refused == 0 {
        eprintln!("the old version says: {}", text.trim());
    }
    seen.refused += 1;
    match alone {
        true => answers(&world.urls[0]).await,
        false => Ok(()),
    }
}
