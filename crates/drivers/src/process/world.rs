//! What this target runs, in memory, and the record of each revision from which it is found again.

use super::{
    error::Error,
    files::{self, Keep},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};
use tidegate_plugin::{Unit, actuator::CrashLoop};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A service in an environment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ServiceId {
    /// Environment.
    pub environment: String,
    /// Service.
    pub service: String,
}

impl std::fmt::Display for ServiceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.environment, self.service)
    }
}

/// How an instance is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Started and not yet healthy; takes no traffic.
    Starting,
    /// Passed its newest health check.
    Healthy,
    /// Failed its newest health check, for this reason.
    Unhealthy(String),
    /// Ended by itself; it is started again after a pause.
    Restarting,
    /// Ended too often; it is not started again.
    GivenUp,
    /// Finishes its requests and is then stopped.
    Draining,
}

/// One instance of a revision.
#[derive(Debug, Clone)]
pub struct Slot {
    /// Its port.
    pub port: u16,
    /// How it is.
    pub condition: Condition,
    /// The task that watches it.
    pub watch: Watch,
}

/// A task that can be ended and waited for.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    /// Asks it to end.
    pub token: CancellationToken,
    /// The task.
    pub task: TaskTracker,
}

impl Watch {
    /// Ends the task and waits for it. Nothing happens when there is none.
    pub async fn end(&self) {
        self.token.cancel();
        self.task.close();
        self.task.wait().await;
    }
}

/// A revision that runs here.
#[derive(Debug, Clone)]
pub struct Revision {
    /// What it is.
    pub unit: Arc<Unit>,
    /// Instances wanted.
    pub wanted: u32,
    /// Unexpected exits since it was started here.
    pub exits: u32,
    /// Set when restarts were given up.
    pub crash_loop: Option<CrashLoop>,
    /// Instances by number.
    pub slots: BTreeMap<u32, Slot>,
}

/// Everything that runs here: revisions by key, by service.
#[derive(Debug, Default)]
pub struct World {
    /// Revisions.
    pub services: BTreeMap<ServiceId, BTreeMap<String, Revision>>,
    /// Traffic shares in basis points by revision key, as last acknowledged by the router.
    pub weights: BTreeMap<ServiceId, BTreeMap<String, u32>>,
}

impl World {
    /// A revision.
    #[must_use]
    pub fn revision(&self, id: &ServiceId, key: &str) -> Option<&Revision> {
        self.services.get(id)?.get(key)
    }

    /// A revision, to change it.
    pub fn revision_mut(&mut self, id: &ServiceId, key: &str) -> Option<&mut Revision> {
        self.services.get_mut(id)?.get_mut(key)
    }

    /// An instance, to change it.
    pub fn slot_mut(&mut self, id: &ServiceId, key: &str, slot: u32) -> Option<&mut Slot> {
        self.revision_mut(id, key)?.slots.get_mut(&slot)
    }

    /// Share of a revision in basis points.
    #[must_use]
    pub fn weight(&self, id: &ServiceId, key: &str) -> u32 {
        self.weights
            .get(id)
            .and_then(|weights| weights.get(key))
            .copied()
            .unwrap_or(0)
    }

    /// Forgets a revision.
    pub fn remove(&mut self, id: &ServiceId, key: &str) {
        if let Some(revisions) = self.services.get_mut(id) {
            revisions.remove(key);
            if revisions.is_empty() {
                self.services.remove(id);
                self.weights.remove(id);
            }
        }
        if let Some(weights) = self.weights.get_mut(id) {
            weights.remove(key);
        }
    }
}

/// Record of a revision on disk. It holds values that may be secret, so only this user may read it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Where it runs.
    pub id: ServiceId,
    /// What it is.
    pub unit: Unit,
    /// Instances wanted.
    pub wanted: u32,
    /// Unexpected exits.
    pub exits: u32,
    /// Set when restarts were given up.
    pub crash_loop: Option<CrashLoop>,
}

/// File name of a [`Record`] in the folder of its revision.
pub const RECORD: &str = "revision.json";

impl Record {
    /// Record of a revision as it is.
    #[must_use]
    pub fn of(id: &ServiceId, revision: &Revision) -> Self {
        let Revision {
            unit,
            wanted,
            exits,
            crash_loop,
            ..
        } = revision;
        Self {
            id: id.clone(),
            unit: Unit::clone(unit),
            wanted: *wanted,
            exits: *exits,
            crash_loop: crash_loop.clone(),
        }
    }

    /// Writes it into the folder of the revision.
    ///
    /// # Errors
    /// [`Error::Broken`] for disk trouble.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        files::private_folder(folder)
            .and_then(|()| files::replace_json(&folder.join(RECORD), self, Keep::Process))
            .map_err(|e| Error::io("recording a revision", &e))
    }
}

/// Folder of a revision below the root of the target.
#[must_use]
pub fn revision_folder(root: &Path, id: &ServiceId, key: &str) -> PathBuf {
    root.join("run")
        .join(&id.environment)
        .join(&id.service)
        .join(key)
}

/// Checks a name that becomes part of a path.
///
/// # Errors
/// What is wrong with it.
pub fn check_name(what: &str, name: &str) -> Result<(), String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'+');
    match !name.is_empty() && name.len() <= 128 && !name.starts_with('.') && name.bytes().all(plain)
    {
        true => Ok(()),
        false => Err(format!(
            "{what} {name:?} is not a name of at most 128 letters, digits and - _ . +, not beginning with a dot"
        )),
    }
}
