//! What deciders and the planner may see of the rest of the ledger, as of one transaction.

use crate::decider::Decider;
use crate::id::{ActionId, EnvId, ServiceId, StreamId};
use crate::model::lane::Lane;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// Newest fold of a stream as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRow {
    /// Number of entries folded, from 1.
    pub rev: u64,
    /// Fold version it was made with.
    pub fold: u32,
    /// Canonical JSON of the state.
    pub body: String,
}

/// The newest fold of a stream as its own type, so that whoever needs it again does not read it from its text again.
#[derive(Clone)]
pub struct Parsed {
    rev: u64,
    /// Bytes of its text.
    size: usize,
    state: Arc<dyn Any + Send + Sync>,
}

impl Parsed {
    /// A state that reads as `row` says.
    #[must_use]
    pub fn new<D: Decider>(row: &StateRow, state: Arc<D>) -> Self {
        Self {
            rev: row.rev,
            size: row.body.len(),
            state,
        }
    }

    /// Number of entries folded.
    #[must_use]
    pub fn rev(&self) -> u64 {
        self.rev
    }

    /// Bytes of its text: a measure of the memory it takes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The state; none when it is of another type.
    #[must_use]
    pub fn get<D: Decider>(&self) -> Option<Arc<D>> {
        Arc::clone(&self.state).downcast().ok()
    }
}

impl fmt::Debug for Parsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "state at revision {}", self.rev)
    }
}

impl PartialEq for Parsed {
    /// It says nothing that its row does not say.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Parsed {}

/// Queue row of outside work, without its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Lease number; 0 before the first lease.
    pub epoch: u64,
    /// Worker that has it.
    pub by: Option<String>,
    /// Until when.
    pub until: Option<Timestamp>,
}

/// Read access for deciders. It cannot fail in their eyes: the caller keeps a read error and fails the whole turn.
pub trait View {
    /// State of a stream.
    fn state(&self, stream: &StreamId) -> Option<StateRow>;
    /// The same as its own type, when somebody read it before. Views that keep nothing have none.
    fn parsed(&self, stream: &StreamId) -> Option<Parsed> {
        let _ = stream;
        None
    }
    /// Keep what was read for [`parsed`](Self::parsed).
    fn keep(&self, stream: &StreamId, parsed: Parsed) {
        let _ = (stream, parsed);
    }
    /// A row of a read model.
    fn model(&self, model: &str, key: &str) -> Option<String>;
    /// Rows of a read model whose key starts with `prefix`, in key order, at most `limit`.
    fn scan(&self, model: &str, prefix: &str, limit: usize) -> Vec<(String, String)>;
    /// The same of those beyond the key `after`. Views over a store seek to it instead.
    fn scan_after(
        &self,
        model: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Vec<(String, String)> {
        let rows = self.scan(model, prefix, usize::MAX).into_iter();
        let beyond = |key: &str| after.is_none_or(|after| key > after);
        rows.filter(|(key, _)| beyond(key)).take(limit).collect()
    }
    /// Lease of an action that is still wanted.
    fn lease(&self, action: &ActionId) -> Option<Lease>;
}

impl dyn View + '_ {
    /// The state of a stream, `Default` when it does not exist. `Err` names a stored state this version cannot read.
    ///
    /// # Errors
    /// The stream and why it cannot be read.
    pub fn load<D: Decider>(&self, key: &str) -> Result<D, Refusal> {
        self.shared(key)
            .map(|(_, state)| Arc::unwrap_or_clone(state))
    }

    /// The same with the number of its entries, for whoever only looks at it: nothing is copied when it was read before.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn shared<D: Decider>(&self, key: &str) -> Result<(u64, Arc<D>), Refusal> {
        let stream = StreamId::new(D::KIND, key);
        if let Some(parsed) = self.parsed(&stream)
            && let Some(state) = parsed.get()
        {
            return Ok((parsed.rev, state));
        }
        let Some(row) = self.state(&stream) else {
            return Ok((0, Arc::default()));
        };
        let state = serde_json::from_str(&row.body).map_err(|e| Refusal::Quarantined {
            stream: stream.to_string(),
            because: format!("its stored state cannot be read: {e}"),
        })?;
        let state: Arc<D> = Arc::new(state);
        self.keep(&stream, Parsed::new(&row, Arc::clone(&state)));
        Ok((row.rev, state))
    }

    /// What runs, ran and is being changed for a service in an environment.
    #[must_use]
    pub fn lane(&self, env: &EnvId, service: &ServiceId) -> Lane {
        self.model(Lane::MODEL, &Lane::key(env, service))
            .and_then(|body| serde_json::from_str(&body).ok())
            .unwrap_or_default()
    }

    /// All lanes of an environment that ever had a deployment.
    #[must_use]
    pub fn lanes(&self, env: &EnvId) -> Vec<(ServiceId, Lane)> {
        let prefix = format!("{env}/");
        self.scan(Lane::MODEL, &prefix, crate::limits::SERVICES)
            .into_iter()
            .filter_map(|(key, body)| {
                let service = ServiceId::new(key.strip_prefix(&prefix)?).ok()?;
                Some((service, serde_json::from_str(&body).ok()?))
            })
            .collect()
    }
}
