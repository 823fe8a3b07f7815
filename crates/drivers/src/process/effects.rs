//! A line for each thing that was really changed, for outside checkers: `effects.log`, JSON Lines.
//!
//! A line is written right after its effect; for an agent that died in between, the next one writes a `found` line. Values,
//! commands and other possible secrets never stand in it.

use super::{clock::now_ms, files};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Mutex,
};
use tidegate_plugin::Action;

/// Size at which the file becomes `effects.log.1`.
const LARGEST: u64 = 64 << 20;

/// On whose behalf something was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Deployment, or empty for supervision.
    pub deployment: String,
    /// Action id, or `supervision`.
    pub action: String,
    /// How often the step was tried before.
    pub attempt: u32,
    /// Generation of the action.
    pub generation: u64,
}

impl From<&Action> for Cause {
    fn from(action: &Action) -> Self {
        let (deployment, id) = (action.deployment.clone(), action.id.clone());
        Self {
            deployment,
            action: id,
            attempt: action.attempt,
            generation: action.generation,
        }
    }
}

impl Cause {
    /// The agent keeping up what was asked for earlier.
    #[must_use]
    pub fn supervision() -> Self {
        Self {
            deployment: String::new(),
            action: "supervision".to_owned(),
            attempt: 0,
            generation: 0,
        }
    }
}

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Milliseconds since 1970.
    pub time_ms: u64,
    /// `environment/service`.
    pub service: String,
    /// On whose behalf.
    #[serde(flatten)]
    pub cause: Cause,
    /// What: `unpacked`, `prepared`, `started`, `found` (running, by a new agent), `stopped`, `table`, `router-started`.
    pub what: String,
    /// Which release, instance or table.
    pub which: String,
}

/// The file.
#[derive(Debug)]
pub struct Effects {
    path: PathBuf,
    one_at_a_time: Mutex<()>,
}

impl Effects {
    /// The file in the folder of a target.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self {
            path: root.join("effects.log"),
            one_at_a_time: Mutex::default(),
        }
    }

    /// Notes an effect. Trouble is logged: the effect has happened, and failing the work would not undo it.
    pub fn note(&self, service: &str, cause: &Cause, what: &str, which: &str) {
        let (service, what, which) = (service.to_owned(), what.to_owned(), which.to_owned());
        let effect = Effect {
            time_ms: now_ms(),
            service,
            cause: cause.clone(),
            what,
            which,
        };
        if let Err(e) = self.append(&effect) {
            tracing::warn!("{} cannot be written: {e}", self.path.display());
        }
    }

    fn append(&self, effect: &Effect) -> io::Result<()> {
        let _only = self.one_at_a_time.lock();
        if fs::metadata(&self.path).is_ok_and(|meta| meta.len() > LARGEST) {
            fs::rename(&self.path, self.path.with_extension("log.1"))?;
        }
        if let Some(parent) = self.path.parent() {
            files::private_folder(parent)?;
        }
        let mut line = serde_json::to_vec(effect)?;
        line.push(b'\n');
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&self.path)?
            .write_all(&line)
    }
}
