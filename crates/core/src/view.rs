//! What deciders and the planner may see of the rest of the ledger, as of one transaction.

use crate::decider::Decider;
use crate::id::{ActionId, EnvId, ServiceId, StreamId};
use crate::model::lane::Lane;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

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
    pub fn load<D: Decider>(&self, key: &str) -> Result<D, crate::refusal::Refusal> {
        let stream = StreamId::new(D::KIND, key);
        match self.state(&stream) {
            None => Ok(D::default()),
            Some(row) => {
                serde_json::from_str(&row.body).map_err(|e| crate::refusal::Refusal::Quarantined {
                    stream: stream.to_string(),
                    because: format!("its stored state cannot be read: {e}"),
                })
            }
        }
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
