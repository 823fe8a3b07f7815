//! One agent serves an environment: its programs run in one place, so work given to another, or what another sees, would
//! be about nothing. The owner of an environment is kept in the ledger's rows, so that a restarted server still knows it.
//!
//! An owner that falls silent is replaced; a lease that it still holds is fenced by its number and generation.

use crate::{Denied, Shared, locked};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tidegate_core::digest::canonical;
use tidegate_core::id::EnvId;
use tidegate_core::refusal::Refusal;
use tidegate_ledger::{Rows, StoreError};

/// Rows: environment to owner.
const MODEL: &str = "agents";
/// An owner is replaced after this long without a word.
const SILENT: Duration = Duration::from_secs(10);

/// Who serves an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Owner {
    agent: String,
    /// Folder its programs run in, when it says so.
    folder: Option<String>,
}

struct Claim {
    owner: Owner,
    heard: Instant,
}

/// Owners by environment.
pub(crate) struct Claims(Mutex<BTreeMap<EnvId, Claim>>);

impl Claims {
    /// The owners on record; each has the time of a silence to come back.
    pub(crate) fn load(rows: &dyn Rows) -> Result<Self, StoreError> {
        let mut claims = BTreeMap::new();
        for (key, body) in rows.scan(MODEL, "", None, usize::MAX, false)? {
            let Ok(environment) = EnvId::new(key) else {
                continue;
            };
            let Ok(owner) = serde_json::from_str(&body) else {
                continue;
            };
            let heard = Instant::now();
            claims.insert(environment, Claim { owner, heard });
        }
        Ok(Self(Mutex::new(claims)))
    }

    /// May this agent say what it sees there? Refused when one of the environments is another's. An observation does not
    /// keep the claim alive: it does not say from which folder it comes.
    pub(crate) fn check(&self, agent: &str, environments: &[EnvId]) -> Result<(), Refusal> {
        let claims = locked(&self.0);
        for environment in environments {
            if let Some(claim) = claims.get(environment)
                && claim.owner.agent != agent
                && claim.heard.elapsed() < SILENT
            {
                return Err(taken(environment, claim, agent));
            }
        }
        Ok(())
    }

    /// The owner of an environment reported on its work, or still waits for some.
    pub(crate) fn alive(&self, agent: &str, environments: &[EnvId]) {
        let now = Instant::now();
        let mut claims = locked(&self.0);
        for environment in environments {
            if let Some(claim) = claims.get_mut(environment)
                && claim.owner.agent == agent
            {
                claim.heard = now;
            }
        }
    }

    /// The environments that change hands.
    fn changes(&self, owner: &Owner, environments: &[EnvId]) -> Result<Vec<EnvId>, Refusal> {
        let mut claims = locked(&self.0);
        for environment in environments {
            if let Some(claim) = claims.get(environment)
                && claim.owner != *owner
                && claim.heard.elapsed() < SILENT
            {
                return Err(taken(environment, claim, &owner.agent));
            }
        }
        let heard = Instant::now();
        let mut changed = Vec::new();
        for environment in environments {
            let claim = Claim {
                owner: owner.clone(),
                heard,
            };
            let before = claims.insert(environment.clone(), claim);
            if before.is_none_or(|b| b.owner != *owner) {
                changed.push(environment.clone());
            }
        }
        Ok(changed)
    }
}

fn taken(environment: &EnvId, claim: &Claim, agent: &str) -> Refusal {
    let by = match &claim.owner.folder {
        Some(folder) if claim.owner.agent == agent => {
            format!("another {agent}, in folder {folder}")
        }
        _ => claim.owner.agent.clone(),
    };
    Refusal::AgentTaken {
        environment: environment.to_string(),
        by,
        silent_ms: u64::try_from(claim.heard.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}

impl Shared {
    /// An agent asks for the work of its environments. Written down when one of them changes hands.
    pub(crate) fn claim(
        &self,
        agent: &str,
        folder: Option<&str>,
        environments: &[EnvId],
    ) -> Result<(), Denied> {
        let owner = Owner {
            agent: agent.to_owned(),
            folder: folder.map(str::to_owned),
        };
        let changed = self.claims.changes(&owner, environments)?;
        if changed.is_empty() {
            return Ok(());
        }
        let body = canonical(&owner).map_err(|e| StoreError::BadRow {
            what: format!("the agent {agent}"),
            because: e.to_string(),
        })?;
        self.store.write_with(|tx| {
            for environment in &changed {
                tx.put_model(MODEL, environment.as_str(), Some(&body))?;
            }
            Ok(())
        })?;
        tracing::info!(agent, environments = ?changed, "serves");
        Ok(())
    }
}
