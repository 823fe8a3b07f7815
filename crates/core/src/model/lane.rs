//! Lane: what a service runs, ran and is about to run in one environment. Deciders rely on it, so it is exact.

use crate::digest::Digest;
use crate::id::{DeploymentId, EnvId, ReleaseId, ServiceId};
use crate::plan::Revision;
use crate::stream::deployment::{Deployment, Event};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One service in one environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lane {
    /// What runs, as the last finished deployment left it.
    pub running: Option<Running>,
    /// Kept warm beside it until the stabilisation period ends.
    pub warm: Option<Revision>,
    /// Earlier revisions that were healthy here, newest first.
    pub before: Vec<Running>,
    /// The deployment under way.
    pub live: Option<Live>,
    /// Newest accepted plan.
    pub newest: Option<Newest>,
    /// What its target had seen when the environment was fenced after a restore; 0 when it never was.
    #[serde(skip_serializing_if = "is_zero")]
    pub fence: u64,
}

/// What an environment runs for a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Running {
    /// Artifact plus configuration.
    pub revision: Revision,
    /// Deployment that brought it.
    pub deployment: DeploymentId,
    /// Fence it was brought under.
    pub generation: u64,
    /// Since when.
    pub since: Timestamp,
}

/// The deployment under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Live {
    /// Deployment.
    pub deployment: DeploymentId,
    /// Release it brings.
    pub release: ReleaseId,
    /// How far.
    pub stage: LiveStage,
    /// Since when it is there.
    pub since: Timestamp,
}

/// How far a live deployment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LiveStage {
    /// Waits at its gates; nothing was touched.
    Gated,
    /// Changes the environment (rolling back included).
    Changing,
    /// Done and watched; the environment is free again.
    Watched,
    /// Stopped and needs a person; the environment stays locked.
    NeedsHuman,
}

/// Newest accepted plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Newest {
    /// Deployment.
    pub deployment: DeploymentId,
    /// Plan digest.
    pub plan: Digest,
    /// Its generation.
    pub generation: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the serialiser gives a reference"
)]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Lane {
    /// The highest generation that any plan had which the ledger knows of, or that the target had seen.
    #[must_use]
    pub fn generation(&self) -> u64 {
        let newest = self.newest.as_ref().map_or(0, |n| n.generation);
        newest.max(self.fence)
    }

    /// Name of the read model.
    pub const MODEL: &'static str = "lane";

    /// Key of a row.
    #[must_use]
    pub fn key(env: &EnvId, service: &ServiceId) -> String {
        format!("{env}/{service}")
    }

    /// Trigger fired by every change of a row.
    #[must_use]
    pub fn trigger(env: &EnvId, service: &ServiceId) -> crate::decider::Trigger {
        format!("lane/{}", Self::key(env, service))
    }

    /// Is something in the middle of a change?
    #[must_use]
    pub fn is_changing(&self) -> bool {
        self.live
            .as_ref()
            .is_some_and(|l| matches!(l.stage, LiveStage::Changing | LiveStage::NeedsHuman))
    }

    /// Revisions that ran well before what runs now, the newest first.
    pub fn earlier(&self) -> impl Iterator<Item = &Running> {
        let now = self.running.as_ref().map(|r| r.revision.key.as_str());
        self.before
            .iter()
            .filter(move |r| Some(r.revision.key.as_str()) != now)
    }

    /// The newest of [`Lane::earlier`].
    #[must_use]
    pub fn previous(&self) -> Option<&Running> {
        self.earlier().next()
    }

    /// The frequent events that never change a lane; its row need not be read for them.
    #[must_use]
    pub fn is_untouched_by(event: &Event) -> bool {
        matches!(
            event,
            Event::StepStarted { .. } | Event::StepFinished { .. }
        )
    }

    /// The row after an event of a deployment here.
    pub fn apply(&mut self, at: Timestamp, id: &DeploymentId, state: &Deployment, event: &Event) {
        let Some(facts) = &state.facts else { return };
        let body = &facts.plan.body;
        match event {
            Event::Proposed { plan, .. } => {
                self.newest = Some(Newest {
                    deployment: id.clone(),
                    plan: plan.digest.clone(),
                    generation: plan.envelope.generation,
                });
                self.stage(id, &body.to.release, LiveStage::Gated, at);
            }
            Event::GatesPassed { .. } => self.stage(id, &body.to.release, LiveStage::Changing, at),
            Event::Succeeded { .. } => {
                self.stage(id, &body.to.release, LiveStage::Watched, at);
                self.warm = body
                    .from
                    .clone()
                    .filter(|f| f.key != body.to.key && !body.closing.is_empty());
                let now = Running {
                    revision: body.to.clone(),
                    deployment: id.clone(),
                    generation: facts.plan.envelope.generation,
                    since: at,
                };
                if let Some(old) = self.running.replace(now) {
                    self.before.retain(|b| b.revision.key != old.revision.key);
                    self.before.insert(0, old);
                    self.before.truncate(crate::limits::HISTORY);
                }
            }
            Event::RollbackStarted { .. } => {
                self.stage(id, &body.to.release, LiveStage::Changing, at)
            }
            Event::RolledBack { .. } => {
                let is_new = self.running.as_ref().is_some_and(|r| &r.deployment == id);
                if is_new {
                    // The watch failed after success: what ran before runs again.
                    self.running = body.from.as_ref().and_then(|from| {
                        self.before
                            .iter()
                            .position(|b| b.revision.key == from.key)
                            .map(|i| self.before.remove(i))
                    });
                    self.warm = None;
                }
                self.end(id);
            }
            Event::NeedsHuman { .. } => self.stage(id, &body.to.release, LiveStage::NeedsHuman, at),
            Event::Confirmed { .. } => {
                if self.newest.as_ref().is_some_and(|n| &n.deployment == id) {
                    self.warm = None;
                }
                self.end(id);
            }
            Event::Cancelled { .. }
            | Event::Superseded { .. }
            | Event::BaseMoved { .. }
            | Event::Expired {} => self.end(id),
            _ => {}
        }
    }

    fn stage(&mut self, id: &DeploymentId, release: &ReleaseId, stage: LiveStage, at: Timestamp) {
        self.live = Some(Live {
            deployment: id.clone(),
            release: release.clone(),
            stage,
            since: at,
        });
    }

    fn end(&mut self, id: &DeploymentId) {
        if self.live.as_ref().is_some_and(|l| &l.deployment == id) {
            self.live = None;
        }
    }
}
