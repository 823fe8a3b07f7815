//! Stops what `up` left running.

use crate::context::FOLDER;
use crate::exit::{Exit, Failure};
use clap::Args;
use std::path::PathBuf;

/// Options of `down`.
#[derive(Debug, Clone, Args)]
pub struct DownArgs {
    /// Folder that `up` used
    #[arg(long, default_value = FOLDER, env = "TIDEGATE_DIR")]
    pub dir: PathBuf,
}

/// `tidegate down`.
pub async fn run(args: DownArgs) -> Result<Exit, Failure> {
    let root = args.dir.join("agent");
    if !root.exists() {
        println!("nothing was started from {}", args.dir.display());
        return Ok(Exit::Done);
    }
    let ended = tidegate_drivers::process::end_all(&root, std::time::Duration::from_secs(10))
        .await
        .map_err(|e| {
            Failure::new(Exit::Failed, e.to_string())
                .help("press Ctrl-C where `tidegate up` or the agent runs, then repeat this")
        })?;
    println!("stopped {ended} processes");
    Ok(Exit::Done)
}
