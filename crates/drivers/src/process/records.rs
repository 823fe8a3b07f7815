//! How finished actions ended, so that the same action started again has the same answer, also after a restart.
//!
//! Only *done* and *failed* are kept: broken work may be tried again under the same id.

use super::files::{self, Keep};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, VecDeque},
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Mutex,
};
use tidegate_faults::{is_off, kill_point};
use tidegate_plugin::Outcome;

/// Actions remembered.
const KEPT: usize = 1000;

/// The record, one JSON line per action.
#[derive(Debug)]
pub struct Records {
    path: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    by_id: BTreeMap<String, Outcome>,
    order: VecDeque<String>,
    lines: usize,
}

#[derive(Serialize, Deserialize)]
struct Line {
    action: String,
    result: Outcome,
}

impl Inner {
    fn insert(&mut self, action: String, result: Outcome) {
        if self.by_id.insert(action.clone(), result).is_none() {
            self.order.push_back(action);
        }
        while self.order.len() > KEPT {
            if let Some(oldest) = self.order.pop_front() {
                self.by_id.remove(&oldest);
            }
        }
    }
}

impl Records {
    /// Loads the record in the folder of a target. A line cut short by a crash is left out: that action is done again.
    ///
    /// # Errors
    /// When the file exists and cannot be read.
    pub fn open(root: &Path) -> io::Result<Self> {
        let path = root.join("actions.log");
        let text = match fs::read_to_string(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            text => text.unwrap_or_default(),
        };
        let mut inner = Inner::default();
        for line in text
            .lines()
            .filter_map(|line| serde_json::from_str::<Line>(line).ok())
        {
            inner.insert(line.action, line.result);
        }
        let records = Self {
            path,
            inner: Mutex::new(inner),
        };
        records.rewrite()?;
        Ok(records)
    }

    /// How an action ended.
    #[must_use]
    pub fn find(&self, action: &str) -> Option<Outcome> {
        if is_off("records") {
            return None;
        }
        self.inner.lock().ok()?.by_id.get(action).cloned()
    }

    /// Keeps the end of an action.
    ///
    /// # Errors
    /// Those of the file system; it is remembered in memory all the same.
    pub fn keep(&self, action: &str, result: &Outcome) -> io::Result<()> {
        if matches!(result, Outcome::Broken { .. }) {
            return Ok(());
        }
        let Ok(mut inner) = self.inner.lock() else {
            return Ok(());
        };
        inner.insert(action.to_owned(), result.clone());
        inner.lines += 1;
        if inner.lines > 2 * KEPT {
            drop(inner);
            return self.rewrite();
        }
        let mut line = serde_json::to_vec(&Line {
            action: action.to_owned(),
            result: result.clone(),
        })?;
        line.push(b'\n');
        kill_point("agent.end.unwritten");
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&self.path)?
            .write_all(&line)
    }

    fn rewrite(&self) -> io::Result<()> {
        let Ok(mut inner) = self.inner.lock() else {
            return Ok(());
        };
        let mut text = Vec::new();
        for (action, result) in inner
            .order
            .iter()
            .filter_map(|id| Some((id, inner.by_id.get(id)?)))
        {
            serde_json::to_writer(
                &mut text,
                &Line {
                    action: action.clone(),
                    result: result.clone(),
                },
            )?;
            text.push(b'\n');
        }
        files::replace(&self.path, &text, Keep::Process)?;
        inner.lines = inner.order.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_remembered_over_a_restart_up_to_a_bound_and_broken_ones_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let records = Records::open(dir.path()).unwrap();
        let done = |n: usize| Outcome::Done {
            detail: n.to_string(),
            log: Vec::new(),
        };
        for n in 0..2 * KEPT + 10 {
            records.keep(&format!("act_{n}"), &done(n)).unwrap();
        }
        records
            .keep(
                "act_broken",
                &Outcome::Broken {
                    because: "net".to_owned(),
                },
            )
            .unwrap();
        fs::OpenOptions::new()
            .append(true)
            .open(&records.path)
            .unwrap()
            .write_all(b"{\"action\":")
            .unwrap();
        let records = Records::open(dir.path()).unwrap();
        assert_eq!(records.find("act_2005"), Some(done(2005)));
        assert_eq!(
            (records.find("act_0"), records.find("act_broken")),
            (None, None)
        );
        assert!(fs::read_to_string(&records.path).unwrap().lines().count() <= KEPT);
    }
}
