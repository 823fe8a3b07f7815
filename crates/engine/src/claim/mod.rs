//! One agent serves an environment: its programs run in one place, so work given to another, or what another sees, would
//! be about nothing. The owner of an environment is kept in the ledger's rows, so that a restarted server still knows it.
//!
//! An owner that falls silent is replaced; a lease that it still holds is fenced by its number and generation. Where several servers
//! share the ledger, the row decides and is changed only by whoever sees it unchanged, so that two servers never name two owners:
//! each notes that it heard of an owner, and what another noted lately goes before what this one remembers.

use crate::{Denied, Shared, locked};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;
use tidegate_core::digest::canonical;
use tidegate_core::id::EnvId;
use tidegate_core::refusal::Refusal;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_ledger::{Rows, StoreError, Tx};

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

/// An instant, on the clock of this process that only goes forward and on that of the servers together.
#[derive(Debug, Clone, Copy)]
struct Moment {
    here: Duration,
    at: Timestamp,
}

impl Moment {
    fn now(shared: &Shared) -> Self {
        Self {
            here: shared.clock.monotonic(),
            at: shared.clock.now(),
        }
    }

    fn since(&self, heard: Duration) -> Duration {
        self.here.saturating_sub(heard)
    }
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

    /// For how long no server has heard of the owner; none when no server noted that it did.
    fn silent(&self, now: Moment) -> Option<Duration> {
        let heard = self.heard?;
        // A note from a time that is still to come says nothing: a clock was set back.
        let ahead = Duration::from_millis(Millis::between(now.at, heard).0);
        let silent = Duration::from_millis(Millis::between(heard, now.at).0);
        (ahead < SILENT).then_some(silent)
    }

    fn is_fresh(&self, now: Moment) -> bool {
        self.silent(now).is_some_and(|silent| silent < SILENT)
    }

    fn read(rows: &dyn Rows, environment: &EnvId) -> Result<Option<Self>, StoreError> {
        let text = rows.model(MODEL, environment.as_str())?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    fn write(&self, tx: &mut dyn Tx, environment: &EnvId) -> Result<(), StoreError> {
        let body = canonical(self).map_err(|e| StoreError::BadRow {
            what: format!("the agent {}", self.agent),
            because: e.to_string(),
        })?;
        tx.put_model(MODEL, environment.as_str(), Some(&body))
    }
}

#[derive(Debug)]
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

    /// Refused when one of the environments is that of another that was heard of lately.
    fn check(
        &self,
        is_own: impl Fn(&Owner) -> bool,
        agent: &str,
        environments: &[EnvId],
        now: Moment,
    ) -> Result<(), Refusal> {
        let claims = locked(&self.0);
        for environment in environments {
            if let Some(claim) = claims.get(environment)
                && !is_own(&claim.owner)
                && now.since(claim.heard) < SILENT
            {
                let silent = now.since(claim.heard);
                return Err(taken(environment, &claim.owner, silent, agent));
            }
        }
        Ok(())
    }

    /// Is each of them this agent's, as far as is remembered?
    pub(crate) fn are_of(&self, agent: &str, environments: &[EnvId]) -> bool {
        let claims = locked(&self.0);
        let own = |e: &EnvId| claims.get(e).is_some_and(|c| c.owner.agent == agent);
        environments.iter().all(own)
    }

    /// What another server noted lately goes before what is remembered here; what it noted long ago does not.
    fn hear(&self, environment: &EnvId, row: &Row, now: Moment) {
        let Some(heard) = row.silent(now).and_then(|s| now.here.checked_sub(s)) else {
            return;
        };
        let mut claims = locked(&self.0);
        match claims.get_mut(environment) {
            Some(claim) if claim.owner == row.owner() => claim.heard = claim.heard.max(heard),
            Some(claim) if !row.is_fresh(now) && claim.heard >= heard => {}
            _ => {
                let claim = Claim {
                    owner: row.owner(),
                    heard,
                    noted: None,
                };
                claims.insert(environment.clone(), claim);
            }
        }
    }

    /// The owner of environments was heard of. Those of which other servers should hear it again, with their owners.
    fn heard(
        &self,
        is_own: impl Fn(&Owner) -> bool,
        environments: &[EnvId],
        now: Moment,
    ) -> Vec<(EnvId, Owner)> {
        let mut claims = locked(&self.0);
        let mut due = Vec::new();
        for environment in environments {
            let Some(claim) = claims.get_mut(environment).filter(|c| is_own(&c.owner)) else {
                continue;
            };
            claim.heard = now.here;
            if claim.noted.is_none_or(|noted| now.since(noted) >= NOTE) {
                due.push((environment.clone(), claim.owner.clone()));
            }
        }
        due
    }

    /// The row of an environment was written.
    fn noted(&self, environment: &EnvId, owner: &Owner, now: Moment) {
        let claim = Claim {
            owner: owner.clone(),
            heard: now.here,
            noted: Some(now.here),
        };
        locked(&self.0).insert(environment.clone(), claim);
    }

    /// The environments that change hands when this owner takes all of them.
    fn changes(&self, owner: &Owner, environments: &[EnvId]) -> Vec<EnvId> {
        let claims = locked(&self.0);
        let other = |e: &&EnvId| claims.get(*e).is_none_or(|claim| claim.owner != *owner);
        environments.iter().filter(other).cloned().collect()
    }
}

fn taken(environment: &EnvId, owner: &Owner, silent: Duration, agent: &str) -> Refusal {
    let by = match &owner.folder {
        Some(folder) if owner.agent == agent => {
            format!("another {agent}, in folder {folder}")
        }
        _ => owner.agent.clone(),
    };
    Refusal::AgentTaken {
        environment: environment.to_string(),
        by,
        silent_ms: u64::try_from(silent.as_millis()).unwrap_or(u64::MAX),
    }
}

/// A row that names another owner, who was heard of lately.
type Foreign = (EnvId, Row);

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
        self.claim_at(&owner, environments, Moment::now(self))
    }

    fn claim_at(&self, owner: &Owner, environments: &[EnvId], now: Moment) -> Result<(), Denied> {
        let shared = self.store.is_shared();
        if shared {
            self.hear_others(environments, now)?;
        }
        let is_own = |other: &Owner| other == owner;
        self.claims.check(is_own, &owner.agent, environments, now)?;
        let changed = self.claims.changes(owner, environments);
        let due = self.claims.heard(is_own, environments, now);
        let mut write = changed.clone();
        if shared {
            write.extend(due.into_iter().map(|(environment, _)| environment));
        }
        if write.is_empty() {
            return Ok(());
        }
        let row = Row::of(owner, Some(now.at));
        let written = self.store.write_with(|tx| {
            // Another server may have let another agent in since the look.
            if let Some(foreign) = foreign(tx, owner, environments, now)? {
                return Ok(Err(foreign));
            }
            for environment in &write {
                row.write(tx, environment)?;
            }
            Ok(Ok(()))
        })?;
        if let Err((environment, row)) = written {
            return Err(self.lost(&environment, &row, &owner.agent, now).into());
        }
        for environment in &write {
            self.claims.noted(environment, owner, now);
        }
        if !changed.is_empty() {
            tracing::info!(agent = owner.agent, environments = ?changed, "serves");
        }
        Ok(())
    }

    /// The owner of environments reported on its work, or still waits for some. Other servers hear of it too.
    ///
    /// # Errors
    /// Another agent was let in meanwhile, or the ledger cannot be written.
    pub(crate) fn alive(&self, agent: &str, environments: &[EnvId]) -> Result<(), Denied> {
        self.alive_at(agent, environments, Moment::now(self))
    }

    fn alive_at(&self, agent: &str, environments: &[EnvId], now: Moment) -> Result<(), Denied> {
        let is_own = |owner: &Owner| owner.agent == agent;
        let due = self.claims.heard(is_own, environments, now);
        if due.is_empty() || !self.store.is_shared() {
            return Ok(());
        }
        let (noted, lost) = self.store.write_with(|tx| {
            let (mut noted, mut lost) = (Vec::new(), None);
            for (environment, owner) in &due {
                match Row::read(tx, environment)? {
                    // Only what is its own is kept alive; to take something over, an agent asks for work.
                    Some(row) if row.owner() == *owner => {
                        Row::of(owner, Some(now.at)).write(tx, environment)?;
                        noted.push((environment.clone(), owner.clone()));
                    }
                    Some(row) if row.is_fresh(now) => lost = Some((environment.clone(), row)),
                    _ => {}
                }
            }
            Ok((noted, lost))
        })?;
        for (environment, owner) in &noted {
            self.claims.noted(environment, owner, now);
        }
        match lost {
            Some((environment, row)) => Err(self.lost(&environment, &row, agent, now).into()),
            None => Ok(()),
        }
    }

    /// May this agent say what it sees there? Refused when one of the environments is another's. An observation does not
    /// keep the claim alive: it does not say from which folder it comes.
    pub(crate) fn may_observe(&self, agent: &str, environments: &[EnvId]) -> Result<(), Denied> {
        let now = Moment::now(self);
        if self.store.is_shared() && !self.claims.are_of(agent, environments) {
            self.hear_others(environments, now)?;
        }
        let is_own = |owner: &Owner| owner.agent == agent;
        Ok(self.claims.check(is_own, agent, environments, now)?)
    }

    /// Take over what other servers noted: who owns an environment now, and when they last heard of it.
    fn hear_others(&self, environments: &[EnvId], now: Moment) -> Result<(), StoreError> {
        let rows = self.store.read_with(|rows| {
            let read = |e: &EnvId| Row::read(rows, e);
            environments.iter().map(read).collect::<Result<Vec<_>, _>>()
        })?;
        for (environment, row) in environments.iter().zip(rows) {
            if let Some(row) = row {
                self.claims.hear(environment, &row, now);
            }
        }
        Ok(())
    }

    /// Remember whose it is, and say so.
    fn lost(&self, environment: &EnvId, row: &Row, agent: &str, now: Moment) -> Refusal {
        self.claims.hear(environment, row, now);
        let silent = row.silent(now).unwrap_or_default();
        taken(environment, &row.owner(), silent, agent)
    }
}

/// The first of these environments that another owner has, of whom a server heard lately.
fn foreign(
    rows: &dyn Rows,
    owner: &Owner,
    environments: &[EnvId],
    now: Moment,
) -> Result<Option<Foreign>, StoreError> {
    for environment in environments {
        let row = Row::read(rows, environment)?;
        let other = row.filter(|row| row.owner() != *owner && row.is_fresh(now));
        if let Some(row) = other {
            return Ok(Some((environment.clone(), row)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
