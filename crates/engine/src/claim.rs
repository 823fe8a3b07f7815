//! One agent serves an environment: its programs run in one place, so work given to another, or what another sees, would
//! be about nothing. The owner of an environment is kept in the ledger's rows, so that a restarted server still knows it.
//!
//! An owner that falls silent is replaced; a lease that it still holds is fenced by its number and generation.

use crate::{Denied, Shared, locked};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;
use tidegate_core::digest::canonical;
use tidegate_core::id::EnvId;
use tidegate_core::refusal::Refusal;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_ledger::{Rows, StoreError};

/// Rows: environment to owner.
const MODEL: &str = "agents";
/// An owner is replaced after this long without a word.
const SILENT: Duration = Duration::from_secs(10);
/// Between two notes for other servers that an owner was heard of.
const NOTE: Duration = Duration::from_secs(3);

/// Who serves an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Owner {
    agent: String,
    /// Folder its programs run in, when it says so.
    folder: Option<String>,
}

/// The row: the owner, and when a server that shares the ledger with others last heard of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    agent: String,
    folder: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    heard: Option<Timestamp>,
}

impl Row {
    fn of(owner: &Owner, heard: Option<Timestamp>) -> Self {
        let Owner { agent, folder } = owner.clone();
        Self {
            agent,
            folder,
            heard,
        }
    }

    fn owner(&self) -> Owner {
        let (agent, folder) = (self.agent.clone(), self.folder.clone());
        Owner { agent, folder }
    }
}

struct Claim {
    owner: Owner,
    /// By the monotonic clock.
    heard: Duration,
    /// When the row was last written for other servers.
    noted: Option<Duration>,
}

/// Owners by environment.
pub(crate) struct Claims(Mutex<BTreeMap<EnvId, Claim>>);

impl Claims {
    /// The owners on record; each has the time of a silence to come back.
    pub(crate) fn load(rows: &dyn Rows, now: Duration) -> Result<Self, StoreError> {
        let mut claims = BTreeMap::new();
        for (key, body) in rows.scan(MODEL, "", None, usize::MAX, false)? {
            let Ok(environment) = EnvId::new(key) else {
                continue;
            };
            let Ok(row) = serde_json::from_str::<Row>(&body) else {
                continue;
            };
            let claim = Claim {
                owner: row.owner(),
                heard: now,
                noted: None,
            };
            claims.insert(environment, claim);
        }
        Ok(Self(Mutex::new(claims)))
    }

    /// May this agent say what it sees there? Refused when one of the environments is another's. An observation does not
    /// keep the claim alive: it does not say from which folder it comes.
    pub(crate) fn check(
        &self,
        agent: &str,
        environments: &[EnvId],
        now: Duration,
    ) -> Result<(), Refusal> {
        let claims = locked(&self.0);
        for environment in environments {
            if let Some(claim) = claims.get(environment)
                && claim.owner.agent != agent
                && now.saturating_sub(claim.heard) < SILENT
            {
                return Err(taken(environment, claim, agent, now));
            }
        }
        Ok(())
    }

    /// The owner of an environment reported on its work, or still waits for some.
    pub(crate) fn alive(&self, agent: &str, environments: &[EnvId], now: Duration) {
        let mut claims = locked(&self.0);
        for environment in environments {
            if let Some(claim) = claims.get_mut(environment)
                && claim.owner.agent == agent
            {
                claim.heard = now;
            }
        }
    }

    /// Take over what other servers noted: who owns an environment now, and when they last heard of it.
    fn hear_others(&self, shared: &Shared, environments: &[EnvId]) -> Result<(), StoreError> {
        let rows = shared.store.read_with(|rows| {
            let read = |e: &EnvId| rows.model(MODEL, e.as_str());
            environments.iter().map(read).collect::<Result<Vec<_>, _>>()
        })?;
        let (now, here) = (shared.clock.now(), shared.clock.monotonic());
        let mut claims = locked(&self.0);
        for (environment, row) in environments.iter().zip(rows) {
            let Some(row) = row.and_then(|text| serde_json::from_str::<Row>(&text).ok()) else {
                continue;
            };
            let silent = row.heard.map_or(SILENT, |heard| {
                Duration::from_millis(Millis::between(heard, now).0)
            });
            let Some(heard) = here.checked_sub(silent) else {
                continue;
            };
            match claims.get_mut(environment) {
                Some(claim) if claim.heard >= heard => {}
                Some(claim) => (claim.owner, claim.heard) = (row.owner(), heard),
                None => {
                    let owner = row.owner();
                    let noted = None;
                    claims.insert(
                        environment.clone(),
                        Claim {
                            owner,
                            heard,
                            noted,
                        },
                    );
                }
            }
        }
        Ok(())
    }

    /// The environments whose owner others should hear of again. They count as noted from now on.
    fn to_note(&self, environments: &[EnvId], now: Duration) -> Vec<EnvId> {
        let mut claims = locked(&self.0);
        let mut note = Vec::new();
        for environment in environments {
            if let Some(claim) = claims.get_mut(environment)
                && claim
                    .noted
                    .is_none_or(|noted| now.saturating_sub(noted) >= NOTE)
            {
                claim.noted = Some(now);
                note.push(environment.clone());
            }
        }
        note
    }

    /// The environments that change hands.
    fn changes(
        &self,
        owner: &Owner,
        environments: &[EnvId],
        now: Duration,
    ) -> Result<Vec<EnvId>, Refusal> {
        let mut claims = locked(&self.0);
        for environment in environments {
            if let Some(claim) = claims.get(environment)
                && claim.owner != *owner
                && now.saturating_sub(claim.heard) < SILENT
            {
                return Err(taken(environment, claim, &owner.agent, now));
            }
        }
        let mut changed = Vec::new();
        for environment in environments {
            let same = |c: &&Claim| c.owner == *owner;
            let noted = claims.get(environment).filter(same).and_then(|c| c.noted);
            let claim = Claim {
                owner: owner.clone(),
                heard: now,
                noted,
            };
            let before = claims.insert(environment.clone(), claim);
            if before.is_none_or(|b| b.owner != *owner) {
                changed.push(environment.clone());
            }
        }
        Ok(changed)
    }
}

fn taken(environment: &EnvId, claim: &Claim, agent: &str, now: Duration) -> Refusal {
    let by = match &claim.owner.folder {
        Some(folder) if claim.owner.agent == agent => {
            format!("another {agent}, in folder {folder}")
        }
        _ => claim.owner.agent.clone(),
    };
    Refusal::AgentTaken {
        environment: environment.to_string(),
        by,
        silent_ms: u64::try_from(now.saturating_sub(claim.heard).as_millis()).unwrap_or(u64::MAX),
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
        let shared = self.store.is_shared();
        if shared {
            self.claims.hear_others(self, environments)?;
        }
        let now = self.clock.monotonic();
        let changed = self.claims.changes(&owner, environments, now)?;
        let write = match shared {
            true => self.claims.to_note(environments, now),
            false => changed.clone(),
        };
        if write.is_empty() {
            return Ok(());
        }
        let row = Row::of(&owner, shared.then(|| self.clock.now()));
        let body = canonical(&row).map_err(|e| StoreError::BadRow {
            what: format!("the agent {agent}"),
            because: e.to_string(),
        })?;
        self.store.write_with(|tx| {
            for environment in &write {
                tx.put_model(MODEL, environment.as_str(), Some(&body))?;
            }
            Ok(())
        })?;
        if !changed.is_empty() {
            tracing::info!(agent, environments = ?changed, "serves");
        }
        Ok(())
    }
}
