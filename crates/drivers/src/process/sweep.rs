//! Ending everything that runs below a root, without an agent: for demonstrations and for taking a target out of service.

use super::{error::Error, instance::Instance, shim::file};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::task::JoinSet;

/// Depth of instance folders: `run/<environment>/<service>/<key>/<slot>`.
const DEPTH: usize = 5;

/// Stops all instances and the router below `root`, each with `grace`; returns how many ran. No agent may use the folder.
///
/// # Errors
/// [`Error::Failed`] when an agent uses the folder, [`Error::Broken`] when a process cannot be ended.
pub async fn end_all(root: &Path, grace: Duration) -> Result<usize, Error> {
    let io = |e: std::io::Error| Error::io("opening the agent's folder", &e);
    if !root.exists() {
        return Ok(0);
    }
    let lock = fs::File::create(root.join("lock")).map_err(io)?;
    lock.try_lock().map_err(|_| {
        Error::failed(format!(
            "folder {} is in use by an agent: stop it first",
            root.display()
        ))
    })?;
    let mut set = JoinSet::new();
    for dir in instance_folders(root) {
        if let Some(instance) = Instance::find(&dir)
            && instance.state.program.is_alive()
        {
            set.spawn(async move { instance.stop(grace).await });
        }
    }
    let ended = set.len();
    while let Some(stopped) = set.join_next().await {
        stopped.map_err(|e| Error::Broken(format!("stopping ended early: {e}")))??;
    }
    Ok(ended)
}

fn instance_folders(root: &Path) -> Vec<PathBuf> {
    let mut found = vec![root.join("router")];
    let mut open = vec![(root.join("run"), 1)];
    while let Some((folder, depth)) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.join(file::STATE).exists() {
                found.push(path);
            } else if depth < DEPTH && path.is_dir() {
                open.push((path, depth + 1));
            }
        }
    }
    found
}
