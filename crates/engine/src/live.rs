//! Deployments that have not ended, kept beside the ledger so that figures need no reading.

use crate::locked;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tidegate_core::batch::NewState;
use tidegate_core::decider::Wake;
use tidegate_core::id::{DeploymentId, StreamId, StreamKind};
use tidegate_core::model::listing;
use tidegate_core::stream::deployment::Deployment;
use tidegate_core::view::{Parsed, View};
use tidegate_ledger::{Rows, StoreError, TxView};

enum Held {
    /// As stored; parsed when somebody looks.
    Body(String),
    Parsed(Arc<Deployment>),
}

/// Live deployments by id.
pub(crate) struct Live(Mutex<BTreeMap<DeploymentId, Held>>);

impl Live {
    pub(crate) fn load(rows: &dyn Rows) -> Result<Self, StoreError> {
        let mut live = BTreeMap::new();
        let view = TxView::new(rows);
        for (key, _) in rows.scan(listing::LIVE, "", None, usize::MAX, false)? {
            if let Ok(id) = DeploymentId::parse(&key)
                && let Some(row) = view.state(&StreamId::new(StreamKind::Deployment, &key))
            {
                live.insert(id, Held::Body(row.body));
            }
        }
        view.finish()?;
        Ok(Self(Mutex::new(live)))
    }

    /// Take over what a commit changed.
    pub(crate) fn committed(&self, states: &[NewState]) {
        let mut live = locked(&self.0);
        for state in states {
            if state.stream.kind() != Some(StreamKind::Deployment) {
                continue;
            }
            let Ok(id) = DeploymentId::parse(state.stream.key()) else {
                continue;
            };
            if matches!(state.wake, Wake::Never(_)) {
                live.remove(&id);
            } else {
                let parsed = state.parsed.as_ref().and_then(Parsed::get);
                let held = parsed.map_or_else(|| Held::Body(state.row.body.clone()), Held::Parsed);
                live.insert(id, held);
            }
        }
    }

    /// What a deployment is now, or that it is over.
    pub(crate) fn replace(&self, key: &str, body: Option<String>) {
        let Ok(id) = DeploymentId::parse(key) else {
            return;
        };
        let mut live = locked(&self.0);
        match body {
            Some(body) => drop(live.insert(id, Held::Body(body))),
            None => drop(live.remove(&id)),
        }
    }

    /// These and no others.
    pub(crate) fn replace_all(&self, other: Self) {
        let other = other
            .0
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *locked(&self.0) = other;
    }

    /// All live deployments.
    pub(crate) fn all(&self) -> Vec<Arc<Deployment>> {
        let mut live = locked(&self.0);
        let mut found = Vec::with_capacity(live.len());
        for held in live.values_mut() {
            if let Held::Body(body) = held
                && let Ok(parsed) = serde_json::from_str(body)
            {
                *held = Held::Parsed(Arc::new(parsed));
            }
            if let Held::Parsed(parsed) = held {
                found.push(Arc::clone(parsed));
            }
        }
        found
    }
}
