//! The machine of the server loses its power: what the system had not yet put on the disk is gone. The server's folder lies on a disk
//! image of its own. At the moment of the loss the image is copied as it is, everything after it is thrown away, and the server
//! starts on the copy. What was answered before must be there.

use super::ledger::Ledger;
use super::rows::{Line, RowArgs};
use super::running::Running;
use super::spread::{Spread, bound};
use super::world::{Setting, World};
use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tidegate_sim::Chance;

/// Size of the disk, in MiB.
const SIZE: u64 = 64;
/// Trials between two looks at the whole.
const BETWEEN: u32 = 5;

/// The row. `None` where disks cannot be mounted.
///
/// # Errors
/// The world cannot be started or ended.
pub async fn row(args: &RowArgs, folder: &Path) -> Result<Option<Line>> {
    let Some(mut disk) = Disk::make(folder)? else {
        return Ok(None);
    };
    let setting = Setting {
        program: &args.program,
        folder,
        ledger: Ledger::File,
        servers: 1,
        off: &args.off,
        network: None,
    };
    let mut running = Running::begin(World::start(setting).await?, args.from);
    let (mut up, trials) = (Spread::default(), args.trials.unwrap_or(20));
    let mut chance = Chance::from_seed(args.from);
    let mut losses = 0;
    let found = trial(
        &mut running,
        &mut disk,
        trials,
        &mut losses,
        &mut up,
        &mut chance,
    )
    .await;
    let ended = running.end(found).await?;
    let violations = ended.found.len();
    Ok(Some(Line {
        line: format!(
            "{losses} times the power was lost; a command was answered again after {up}; {}; {violations} violations; {}",
            ended.rollouts(),
            bound(losses, violations),
        ),
        found: ended.found,
    }))
}

async fn trial(
    running: &mut Running,
    disk: &mut Disk,
    trials: u32,
    losses: &mut u32,
    up: &mut Spread,
    chance: &mut Chance,
) -> Result<Vec<String>> {
    while *losses < trials {
        tokio::time::sleep(Duration::from_millis(300 + chance.below(2_500))).await;
        let world = &running.world;
        // Nothing more is written or answered from here on.
        world.server().signal(Signal::STOP);
        disk.keep_as_it_is()?;
        world.server().hold_down().await;
        disk.lose()?;
        *losses += 1;
        let begun = Instant::now();
        world.server().go_on();
        running.load.command(world).await?;
        up.add(begun.elapsed());
        if losses.is_multiple_of(BETWEEN) {
            let found = running.look().await?;
            if !found.is_empty() {
                return Ok(found);
            }
            eprintln!("{losses} of {trials}, nothing found so far");
        }
    }
    Ok(Vec::new())
}

/// A disk of the server's own, in a file.
struct Disk {
    images: PathBuf,
    at: PathBuf,
    number: u32,
}

impl Disk {
    /// `None`, with a line that says so, where this user may not mount.
    fn make(folder: &Path) -> Result<Option<Self>> {
        let disk = Self {
            images: folder.join("disks"),
            at: folder.join(".tidegate"),
            number: 0,
        };
        fs::create_dir_all(&disk.images)?;
        fs::create_dir_all(&disk.at)?;
        fs::File::create(disk.image(0))?.set_len(SIZE << 20)?;
        run(Command::new("mkfs.ext4")
            .args(["-q", "-F"])
            .arg(disk.image(0)))?;
        if let Err(error) = disk.mount() {
            eprintln!("skipped: mounting a disk is not permitted here ({error:#})");
            return Ok(None);
        }
        Ok(Some(disk))
    }

    fn image(&self, number: u32) -> PathBuf {
        self.images.join(format!("{number}.img"))
    }

    fn mount(&self) -> Result<()> {
        let mut mount = Command::new("mount");
        run(mount
            .args(["-o", "loop"])
            .arg(self.image(self.number))
            .arg(&self.at))
    }

    /// What is on the disk now is what will be there when the power is back.
    fn keep_as_it_is(&self) -> Result<()> {
        fs::copy(self.image(self.number), self.image(self.number + 1))?;
        Ok(())
    }

    fn lose(&mut self) -> Result<()> {
        run(Command::new("umount").arg(&self.at))?;
        fs::remove_file(self.image(self.number))?;
        self.number += 1;
        self.mount()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // One whose last process is still ending is let go later.
        drop(Command::new("umount").arg("-l").arg(&self.at).output());
    }
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output();
    let output = output.with_context(|| format!("starting {command:?}"))?;
    if !output.status.success() {
        bail!(
            "{command:?}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(())
}
