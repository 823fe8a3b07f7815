//! What machines do short of dying: a process stands still for longer than its lease and then goes on as if nothing had been, and a
//! disk is full. The same load, and the same judges.

use super::Store;
use super::ledger::Ledger;
use super::running::{Ended, Running};
use super::world::{Setting, World};
use anyhow::{Result, bail};
use clap::Args;
use rustix::process::Signal;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tidegate_client::wire::ArtifactRequest;
use tidegate_sim::Chance;

/// Longer than a lease, in milliseconds.
const PAST_THE_LEASE: u64 = 10_500;
/// Size of the disks that are filled.
const DISK: &str = "size=48m";

/// How many of each.
#[derive(Debug, Clone, Args)]
pub struct FaultsArgs {
    /// The `tidegate` binary, built with the feature `torture`
    #[arg(long)]
    program: PathBuf,
    /// How often each of server and agent stands still
    #[arg(long, default_value_t = 3)]
    still: u32,
    /// How often each of their disks is full
    #[arg(long, default_value_t = 3)]
    full: u32,
    /// The seed that the choices are drawn from
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Where the ledger is
    #[arg(long, value_enum, default_value_t = Store::Sqlite)]
    store: Store,
}

/// Do it, and judge. True when nothing was found.
///
/// # Errors
/// The world cannot be started or ended.
pub fn run(args: &FaultsArgs) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(faults(args))
}

async fn faults(args: &FaultsArgs) -> Result<bool> {
    let folder = tempfile::Builder::new()
        .prefix("tidegate-faults-")
        .tempdir()?;
    let disks = Disks::mount(folder.path(), args.full > 0)?;
    let Some(ledger) = Ledger::of(args.store).await? else {
        println!("skipped: the store is not installed");
        return Ok(true);
    };
    let setting = Setting {
        program: &args.program,
        folder: folder.path(),
        ledger,
        servers: 1,
        off: &[],
        network: None,
    };
    let mut running = Running::begin(World::start(setting).await?, args.from);
    let mut chance = Chance::from_seed(args.from);
    let found = trials(args, &mut running, disks.as_ref(), &mut chance).await;
    let Ended { found, counts } = running.end(found).await?;
    for violation in &found {
        println!("violation: {violation}");
    }
    if !found.is_empty() {
        let kept = folder.path().with_extension("kept");
        Command::new("cp")
            .arg("-a")
            .arg(folder.path())
            .arg(&kept)
            .status()?;
        println!("kept for a look: {}", kept.display());
    }
    let full = if disks.is_some() { args.full } else { 0 };
    let rollouts: u64 = counts.rollouts.values().sum();
    println!(
        "server and agent stood still past the lease {} times each, their disks were full {full} times each; {rollouts} rollouts ({:?}), {} violations",
        args.still,
        counts.rollouts,
        found.len()
    );
    Ok(found.is_empty())
}

async fn trials(
    args: &FaultsArgs,
    running: &mut Running,
    disks: Option<&Disks>,
    chance: &mut Chance,
) -> Result<Vec<String>> {
    for trial in 0..args.still.max(args.full) {
        let world = &running.world;
        if trial < args.still {
            for process in [&world.agent, world.server()] {
                tokio::time::sleep(Duration::from_millis(chance.below(1_500))).await;
                process.signal(Signal::STOP);
                tokio::time::sleep(Duration::from_millis(PAST_THE_LEASE + chance.below(2_000)))
                    .await;
                process.signal(Signal::CONT);
            }
        }
        if let Some(disks) = disks.filter(|_| trial < args.full) {
            fill(world, &disks.server, true).await?;
            fill(world, &disks.agent, false).await?;
        }
        let found = running.look().await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// A disk is full for two seconds. The server says so to whoever wants something kept, and goes on by itself afterwards.
async fn fill(world: &World, disk: &Path, says_so: bool) -> Result<()> {
    let filler = disk.join("filler");
    let mut file = fs::File::create(&filler)?;
    let zeroes = vec![0; 1 << 16];
    while file.write_all(&zeroes).is_ok() {}
    while file.write_all(&zeroes[..512]).is_ok() {}
    let heard = match says_so {
        true => said(world).await,
        false => Ok(()),
    };
    tokio::time::sleep(Duration::from_secs(2)).await;
    drop(file);
    fs::remove_file(&filler)?;
    heard
}

/// Somebody who wants something kept is told why it is not.
async fn said(world: &World) -> Result<()> {
    let artifact = ArtifactRequest {
        service: "web".to_owned(),
        version: world.key(),
        digest: format!("sha256:{:064x}", 7),
        size: None,
        location: "/nowhere".to_owned(),
        source: None,
        build: None,
    };
    for _ in 0..50 {
        let key = world.key();
        let asked = world.client.register_artifact(&artifact, &key);
        let refused = asked.await.err();
        let text = refused.map(|e| e.to_string()).unwrap_or_default();
        if text.contains("space") || text.contains("full") {
            eprintln!("with a full disk: {text}");
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("the server did not say that its disk is full")
}

/// Small disks of their own for server and agent, gone with this value.
struct Disks {
    server: PathBuf,
    agent: PathBuf,
}

impl Disks {
    /// `None`, with a line that says so, where this user may not mount.
    fn mount(folder: &Path, wanted: bool) -> Result<Option<Self>> {
        if !wanted {
            return Ok(None);
        }
        let disks = Self {
            server: folder.join(".tidegate"),
            agent: folder.join("agent"),
        };
        for disk in [&disks.server, &disks.agent] {
            fs::create_dir_all(disk)?;
            let mut mount = Command::new("mount");
            mount.args(["-t", "tmpfs", "-o", DISK, "tmpfs"]).arg(disk);
            if !mount.output().is_ok_and(|out| out.status.success()) {
                eprintln!("skipped: full disks (mounting a small one is not permitted here)");
                return Ok(None);
            }
        }
        Ok(Some(disks))
    }
}

impl Drop for Disks {
    fn drop(&mut self) {
        for disk in [&self.server, &self.agent] {
            // One that was never mounted, or whose last process is still ending, stays behind harmlessly.
            drop(Command::new("umount").arg("-l").arg(disk).output());
        }
    }
}
