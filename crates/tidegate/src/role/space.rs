//! Room for the ledger: how much the disk of its folder has left, and how much the folder grew, a sample a day beside the ledger.
//!
//! A ledger in a database of its own has its room there; what is told then is the folder with large blobs.

use std::path::{Path, PathBuf};
use std::time::Duration;
use tidegate_api::Space;
use tidegate_engine::Engine;
use tokio::sync::watch;

/// Between two samples; one a day is kept.
const EACH: Duration = Duration::from_secs(3_600);
/// Files looked at; a folder with more is told as it was until there.
const FILES: usize = 200_000;

/// Take samples until the server stops.
pub async fn run(engine: Engine, folder: PathBuf, mut stop: watch::Receiver<bool>) {
    loop {
        let (engine, folder) = (engine.clone(), folder.clone());
        let sampled = tokio::task::spawn_blocking(move || {
            let space = measure(&folder)?;
            tidegate_api::sample_space(&engine, &space).map_err(|e| e.to_string())
        });
        if let Ok(Err(because)) = sampled.await {
            tracing::warn!(because, "the room of the ledger could not be noted");
        }
        tokio::select! {
            // The sender is gone when the server is.
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(EACH) => {}
        }
    }
}

/// What the folder holds and what its disk has left.
///
/// # Errors
/// Why it cannot be told.
pub fn measure(folder: &Path) -> Result<Space, String> {
    let disk = rustix::fs::statvfs(folder)
        .map_err(|e| format!("the disk of {} cannot be asked: {e}", folder.display()))?;
    let mut left = FILES;
    Ok(Space {
        used: size(folder, &mut left),
        free: disk.f_bavail.saturating_mul(disk.f_frsize),
        total: disk.f_blocks.saturating_mul(disk.f_frsize),
    })
}

/// Bytes of all files below. One that goes away meanwhile counts nothing.
fn size(folder: &Path, left: &mut usize) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let mut sum = 0_u64;
    for entry in entries.flatten() {
        *left = left.saturating_sub(1);
        if *left == 0 {
            break;
        }
        let Ok(data) = entry.metadata() else { continue };
        sum += match data.is_dir() {
            true => size(&entry.path(), left),
            false => data.len(),
        };
    }
    sum
}
