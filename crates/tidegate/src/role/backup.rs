//! Backup and restore of a ledger that is a file in the server's folder, and a check of either. They need no server.

use crate::context::FOLDER;
use crate::exit::{Exit, Failure};
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tidegate_core::id::EnvId;
use tidegate_engine::{Engine, Options, SystemClock};
use tidegate_ledger::sqlite::{self, backup as copy};
use tidegate_ledger::{Head, LedgerId, SqliteStore, Store, StoreError};

/// Which ledger.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// Folder of the server
    #[arg(long, default_value = FOLDER, env = "TIDEGATE_DIR")]
    dir: PathBuf,
}

impl Place {
    fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    fn blobs(&self) -> PathBuf {
        self.data().join("blobs")
    }
}

/// Options of `backup`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The file holds what the ledger holds, hashes of tokens and passwords included: keep it as carefully as the server's folder. \
Keys are not part of it. A ledger in Postgres is copied by the means of the database."
)]
pub struct BackupArgs {
    /// The new file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// Options of `restore`.
#[derive(Debug, Clone, Args)]
pub struct RestoreArgs {
    /// A file that `tidegate backup` made
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// Options of `store verify`.
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// A file that `tidegate backup` made; without it the ledger of this folder
    file: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

/// `tidegate backup`.
///
/// # Errors
/// It could not be made; then there is no file.
pub fn backup(args: &BackupArgs) -> Result<Exit, Failure> {
    let (data, blobs) = (args.place.data(), args.place.blobs());
    let head = copy::backup(&data, &blobs, &args.out, LedgerId::default());
    let head = head.map_err(|e| {
        trouble(e).help(
            "name the server's folder with --dir, and a new file on a disk with room with --out",
        )
    })?;
    println!("{}: {}", args.out.display(), told(&head));
    Ok(Exit::Done)
}

/// `tidegate store verify`.
///
/// # Errors
/// It does not hold; the first bad entry is named.
pub fn verify(args: &VerifyArgs) -> Result<Exit, Failure> {
    let ours = args.place.data().join(sqlite::FILE);
    let file = args.file.as_ref().unwrap_or(&ours);
    let head = copy::verify(file, LedgerId::default()).map_err(trouble)?;
    println!("{}: {}", file.display(), told(&head));
    Ok(Exit::Done)
}

/// `tidegate restore`.
///
/// # Errors
/// There is a ledger already, or the file does not verify.
pub fn restore(args: &RestoreArgs) -> Result<Exit, Failure> {
    let (data, blobs) = (args.place.data(), args.place.blobs());
    let head = copy::restore(&args.file, &data, &blobs, LedgerId::default());
    let head = head.map_err(|e| {
        trouble(e).help(
            "name a file that `tidegate backup` made, and with --dir a folder that has no ledger",
        )
    })?;
    let held = hold(&data, blobs, &head)?;
    println!("{}: {}", data.display(), told(&head));
    match held.as_slice() {
        [] => println!("it knows no environments, so nothing has to be held"),
        held => {
            let names: Vec<&str> = held.iter().map(EnvId::as_str).collect();
            println!(
                "held until an admin fenced them: {}\nhelp: start the server and the agents; compare what runs (`tidegate env show`) with what the ledger \
                 says; then for each: tidegate admin fence ENVIRONMENT --reason …",
                names.join(", ")
            );
        }
    }
    Ok(Exit::Done)
}

/// Nothing is done at targets before somebody looked: the ledger does not know what happened since.
fn hold(data: &Path, blobs: PathBuf, head: &Head) -> Result<Vec<EnvId>, Failure> {
    let store = SqliteStore::open(data, LedgerId::default()).map_err(trouble)?;
    let store: Arc<dyn Store> = Arc::new(store);
    let clock = Arc::new(SystemClock);
    let engine = Engine::by_hand(Arc::clone(&store), clock, Options::new(blobs));
    let engine = engine.map_err(trouble)?;
    let environments: Vec<EnvId> = {
        let in_force = engine.in_force();
        in_force.spec.environments.keys().cloned().collect()
    };
    let because = format!(
        "the ledger was restored from a backup; its newest entry was {} of {}",
        head.seq, head.at
    );
    engine
        .distrust(&environments, &because)
        .map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
    store.close().map_err(trouble)?;
    Ok(environments)
}

fn told(head: &Head) -> String {
    match head.seq {
        0 => "whole, 0 entries".to_owned(),
        seq => format!("whole, {seq} entries, the newest of {}", head.at),
    }
}

fn trouble(error: StoreError) -> Failure {
    Failure::new(Exit::Failed, error.to_string())
}
