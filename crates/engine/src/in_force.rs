//! The configuration in force, kept parsed beside the ledger that names it by digest.

use crate::blobs::Blobs;
use crate::{Denied, Receipt, Shared, locked};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex};
use tidegate_core::actor::Actor;
use tidegate_core::authority::{Authority, Rules as Policies};
use tidegate_core::command::Command;
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::id::CommandId;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{Origins, OwnedControl, Spec, concerned, handed_over, loosened};
use tidegate_core::step::Item;
use tidegate_core::stream::config::{self, Config, Phase, Weakened};
use tidegate_core::view::View;
use tidegate_ledger::{Rows, States, StoreError, TxView};

/// The configuration in force.
#[derive(Debug, Clone, Default)]
pub struct InForce {
    /// Revision, 0 before anything was applied.
    pub revision: u64,
    /// Digest, absent before anything was applied.
    pub digest: Option<Digest>,
    /// Commit it was read from.
    pub commit: Option<String>,
    /// The configuration.
    pub spec: Spec,
    /// Where its values were written.
    pub origins: Origins,
    /// Its policies on who may do what.
    pub judge: Authority,
}

/// The blob behind a revision.
#[derive(Serialize, Deserialize)]
struct Document {
    spec: Spec,
    origins: Origins,
}

/// A configuration to bring into force.
#[derive(Debug, Clone)]
pub struct Apply {
    /// The configuration.
    pub spec: Spec,
    /// Where its values were written.
    pub origins: Origins,
    /// Commit it was read from.
    pub commit: Option<String>,
    /// Why it is changed.
    pub reason: Option<String>,
    /// What it was compared with.
    pub parent: Option<Digest>,
    /// What changes.
    pub changes: Vec<String>,
    /// What it weakens.
    pub weakens: Vec<String>,
    /// Of that, what a team answers for.
    pub owned: Vec<OwnedControl>,
}

pub(crate) struct Cache(Mutex<Arc<InForce>>);

impl Cache {
    pub(crate) fn new(in_force: InForce) -> Self {
        Self(Mutex::new(Arc::new(in_force)))
    }
    pub(crate) fn get(&self) -> Arc<InForce> {
        Arc::clone(&locked(&self.0))
    }
    pub(crate) fn set(&self, in_force: InForce) {
        *locked(&self.0) = Arc::new(in_force);
    }
}

/// Revision and digest of what the ledger says is in force.
pub(crate) fn digest(
    rows: &dyn Rows,
    states: &States,
) -> Result<(u64, Option<Digest>), StoreError> {
    let view = TxView::keeping(rows, states);
    let config = (&view as &dyn View).shared::<Config>(Config::KEY);
    view.finish()?;
    match config.as_ref().map(|(_, config)| &config.phase) {
        Ok(Phase::Applied {
            revision, digest, ..
        }) => Ok((*revision, Some(digest.clone()))),
        _ => Ok((0, None)),
    }
}

fn phase(rows: &dyn Rows) -> Result<Phase, StoreError> {
    let view = TxView::new(rows);
    let config: Config = (&view as &dyn View).load(Config::KEY).unwrap_or_default();
    view.finish()?;
    Ok(config.phase)
}

/// What the ledger says is in force.
pub(crate) fn read(
    rows: &dyn Rows,
    blobs: &Blobs,
    rules: &dyn Policies,
) -> Result<InForce, StoreError> {
    let Phase::Applied {
        revision,
        digest,
        blob,
        commit,
        ..
    } = phase(rows)?
    else {
        return Ok(InForce::default());
    };
    let bad = |because: String| StoreError::BadRow {
        what: format!("configuration revision {revision}"),
        because,
    };
    let bytes = blobs
        .get(rows, &blob)?
        .ok_or_else(|| bad(format!("blob {blob} is missing")))?;
    let Document { spec, origins } =
        serde_json::from_slice(&bytes).map_err(|e| bad(e.to_string()))?;
    Ok(InForce {
        revision,
        digest: Some(digest),
        commit,
        judge: rules.of(&spec, &origins),
        spec,
        origins,
    })
}

impl Shared {
    pub(crate) fn apply_config(
        &self,
        who: &Actor,
        id: CommandId,
        apply: Apply,
    ) -> Result<Receipt, Denied> {
        let Apply {
            spec,
            origins,
            commit,
            reason,
            parent,
            changes,
            weakens,
            owned,
        } = apply;
        let bad = |e: serde_json::Error| Refusal::Invalid {
            because: format!("the configuration cannot be written down: {e}"),
            help: "please report this".to_owned(),
        };
        let digest = spec.digest().map_err(bad)?;
        // Of what is in force by now; when that is not what was compared with, it is refused.
        let in_force = self.in_force.get();
        let loosens = loosened(&in_force.spec, &spec);
        let hands_over = handed_over(&in_force.spec, &spec);
        let concerns = concerned(&in_force.spec, &spec);
        let bytes = canonical(&Document { spec, origins }).map_err(bad)?;
        let blob = self.blobs.put(&*self.store, bytes.as_bytes())?;
        let command = Command::Config {
            command: config::Command::Apply {
                digest,
                blob,
                commit,
                reason,
                parent,
                changes,
                weakens,
                weakened: Weakened {
                    loosens,
                    hands_over,
                    owned,
                },
                concerns,
            },
        };
        let fingerprint = crate::fingerprint(&command);
        self.submit(
            Item {
                id,
                actor: who.clone(),
                command,
            },
            fingerprint,
        )
    }
}
