//! Release: a version on its way through the environments of its pipeline.
//!
//! `Locked → Rolling ⇄ Held → Released`, `→ Cancelled` before anything was deployed. A rolled-back version is held until a
//! person releases it, with the reason; a rollback of a mere configuration change holds that revision only.

use crate::decider::{Ctx, Decider, Decision, EventBody, Trigger};
use crate::digest::Digest;
use crate::id::{DeploymentId, EnvId, ReleaseId, StreamId, StreamKind};
use crate::refusal::Refusal;
use crate::spec::Arrival;
use crate::stream::artifact::{self, Artifact};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A release.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Phase.
    pub phase: Phase,
    /// The bill of materials: the artifact that travels, by digest.
    pub artifact: Option<Digest>,
    /// How far it came, by environment.
    pub stages: BTreeMap<EnvId, Stage>,
    /// Promotion under way, until it arrives or is stopped.
    pub wanted: Option<EnvId>,
    /// Revisions of this release that are held while the release itself is not.
    pub held_revisions: BTreeMap<String, Hold>,
}

/// Phase of a release.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Does not exist.
    #[default]
    Absent,
    /// Its bill of materials is fixed; nothing was deployed.
    Locked,
    /// Deployed somewhere, not everywhere.
    Rolling,
    /// Rolled back; goes nowhere until a person releases it.
    Held {
        /// Why and where.
        hold: Hold,
    },
    /// Arrived in every environment of its path.
    Released {
        /// When.
        at: Timestamp,
    },
    /// Given up before anything was deployed.
    Cancelled {
        /// Why.
        because: String,
    },
}

/// Why something is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// For people.
    pub because: String,
    /// Where it was rolled back.
    pub environment: EnvId,
    /// Deployment that was rolled back.
    pub deployment: DeploymentId,
    /// When.
    pub at: Timestamp,
}

/// How far a release came in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Stage {
    /// Under way.
    Started {
        /// By.
        deployment: DeploymentId,
    },
    /// Succeeded.
    Done {
        /// By.
        deployment: DeploymentId,
        /// When.
        at: Timestamp,
    },
    /// Did not succeed or was taken back.
    Failed {
        /// By.
        deployment: DeploymentId,
        /// Why.
        because: String,
    },
}

/// What can be asked of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Make it from a registered artifact and fix its bill of materials.
    Create {
        /// Expected digest, when the caller names one.
        artifact: Option<Digest>,
    },
    /// Move along the path as far as this environment.
    Promote {
        /// Last environment to enter.
        to: EnvId,
    },
    /// Release a held version, or one held revision of it.
    Unhold {
        /// Why it may go now.
        reason: String,
    },
    /// Give up before anything was deployed.
    Cancel {
        /// Why.
        reason: String,
    },
    /// A deployment of it began (from the deployment itself).
    StageStarted {
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
    },
    /// A deployment of it succeeded.
    StageDone {
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
    },
    /// A deployment of it failed or was taken back.
    StageFailed {
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
        /// Why.
        because: String,
        /// What is held from now on.
        hold: HoldScope,
    },
}

/// What a failed deployment holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "holds", rename_all = "kebab-case")]
pub enum HoldScope {
    /// Nothing was touched, nothing is held.
    Nothing,
    /// The artifact is the same as before: only this revision (its configuration).
    Revision {
        /// Revision key.
        key: String,
    },
    /// The whole release, everywhere.
    Release,
}

/// What happened to a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Made and fixed.
    #[serde(rename = "release.locked/1")]
    Locked {
        /// Artifact.
        artifact: Digest,
        /// Who.
        by: String,
    },
    /// A promotion was asked for, by a person or by the environments' own rule.
    #[serde(rename = "release.promotion_asked/1")]
    PromotionAsked {
        /// As far as.
        to: EnvId,
        /// Who.
        by: String,
    },
    /// A deployment began.
    #[serde(rename = "release.stage_started/1")]
    StageStarted {
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
    },
    /// A deployment succeeded.
    #[serde(rename = "release.stage_done/1")]
    StageDone {
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
    },
    /// A deployment failed.
    #[serde(rename = "release.stage_failed/1")]
    StageFailed {
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
        /// Why.
        because: String,
    },
    /// Held everywhere.
    #[serde(rename = "release.held/1")]
    Held {
        /// Where it was rolled back.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
        /// Why.
        because: String,
    },
    /// One revision is held.
    #[serde(rename = "release.revision_held/1")]
    RevisionHeld {
        /// Revision.
        key: String,
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
        /// Why.
        because: String,
    },
    /// A person released it.
    #[serde(rename = "release.unheld/1")]
    Unheld {
        /// Why.
        reason: String,
        /// Who.
        by: String,
    },
    /// Arrived everywhere.
    #[serde(rename = "release.released/1")]
    Released {},
    /// Given up.
    #[serde(rename = "release.cancelled/1")]
    Cancelled {
        /// Why.
        reason: String,
        /// Who.
        by: String,
    },
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string()]
    }
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Locked => "locked",
            Self::Rolling => "rolling",
            Self::Held { .. } => "held",
            Self::Released { .. } => "released",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Promote { .. } => "promote",
            Self::Unhold { .. } => "unhold",
            Self::Cancel { .. } => "cancel",
            Self::StageStarted { .. } => "stage-started",
            Self::StageDone { .. } => "stage-done",
            Self::StageFailed { .. } => "stage-failed",
        }
    }
}

impl Release {
    /// Why this revision may not go anywhere, when it may not.
    #[must_use]
    pub fn held(&self, key: &str) -> Option<&Hold> {
        match &self.phase {
            Phase::Held { hold } => Some(hold),
            _ => self.held_revisions.get(key),
        }
    }

    /// The next environment a promotion under way should enter, when there is one and nothing runs or failed there.
    #[must_use]
    pub fn next_stop(&self, path: &[EnvId]) -> Option<EnvId> {
        if !matches!(self.phase, Phase::Locked | Phase::Rolling) {
            return None;
        }
        let wanted = self.wanted.as_ref()?;
        let last = path.iter().position(|e| e == wanted)?;
        let next = path[..=last]
            .iter()
            .find(|e| !matches!(self.stages.get(*e), Some(Stage::Done { .. })))?;
        match self.stages.get(next) {
            None => Some(next.clone()),
            Some(_) => None,
        }
    }

    fn started(&self) -> bool {
        !self.stages.is_empty()
    }
}

impl Decider for Release {
    const KIND: StreamKind = StreamKind::Release;
    const FOLD: u32 = 1;
    type Command = Command;
    type Event = Event;

    fn decide(&self, command: Command, cx: &Ctx<'_>) -> Result<Decision<Event>, Refusal> {
        let id: ReleaseId = cx.stream.key().parse()?;
        let by = cx.actor.name.clone();
        let events = match (&self.phase, command) {
            (Phase::Absent, Command::Create { artifact }) => create(&id, artifact, cx)?,
            (
                Phase::Locked | Phase::Rolling | Phase::Held { .. } | Phase::Released { .. },
                Command::Create { artifact },
            ) if artifact.is_none() || artifact == self.artifact => Vec::new(),
            (Phase::Locked | Phase::Rolling | Phase::Released { .. }, Command::Promote { to }) => {
                promote(&id, to, by, cx)?
            }
            (Phase::Held { hold }, Command::Promote { .. }) => {
                return Err(Refusal::Invalid {
                    because: format!(
                        "{id} is held since it was rolled back in {}: {}",
                        hold.environment, hold.because
                    ),
                    help: format!("tidegate release unhold {id} --reason …"),
                });
            }
            (Phase::Held { .. }, Command::Unhold { reason }) => vec![Event::Unheld { reason, by }],
            (_, Command::Unhold { reason }) if !self.held_revisions.is_empty() => {
                vec![Event::Unheld { reason, by }]
            }
            (Phase::Locked, Command::Cancel { reason }) if !self.started() => {
                vec![Event::Cancelled { reason, by }]
            }
            (
                Phase::Locked | Phase::Rolling | Phase::Released { .. } | Phase::Held { .. },
                Command::StageStarted {
                    environment,
                    deployment,
                },
            ) => {
                vec![Event::StageStarted {
                    environment,
                    deployment,
                }]
            }
            (
                Phase::Locked | Phase::Rolling | Phase::Released { .. } | Phase::Held { .. },
                Command::StageDone {
                    environment,
                    deployment,
                },
            ) => self.done(&id, environment, deployment, cx),
            (
                Phase::Locked | Phase::Rolling | Phase::Released { .. } | Phase::Held { .. },
                Command::StageFailed {
                    environment,
                    deployment,
                    because,
                    hold,
                },
            ) => failed(environment, deployment, because, hold),
            (phase, command) => {
                return Err(Refusal::NotNow {
                    stream: cx.stream.to_string(),
                    phase: phase.name().to_owned(),
                    command: command.name().to_owned(),
                });
            }
        };
        Ok(Decision::resting(events))
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::Locked { artifact, .. } => {
                self.phase = Phase::Locked;
                self.artifact = Some(artifact.clone());
            }
            Event::PromotionAsked { to, .. } => {
                self.wanted = Some(to.clone());
                self.stages
                    .retain(|_, stage| !matches!(stage, Stage::Failed { .. }));
            }
            Event::StageStarted {
                environment,
                deployment,
            } => {
                if !matches!(self.phase, Phase::Held { .. }) {
                    self.phase = Phase::Rolling;
                }
                self.stages.insert(
                    environment.clone(),
                    Stage::Started {
                        deployment: deployment.clone(),
                    },
                );
            }
            Event::StageDone {
                environment,
                deployment,
            } => {
                if self.wanted.as_ref() == Some(environment) {
                    self.wanted = None;
                }
                self.stages.insert(
                    environment.clone(),
                    Stage::Done {
                        deployment: deployment.clone(),
                        at,
                    },
                );
            }
            Event::StageFailed {
                environment,
                deployment,
                because,
            } => {
                self.wanted = None;
                let stage = Stage::Failed {
                    deployment: deployment.clone(),
                    because: because.clone(),
                };
                self.stages.insert(environment.clone(), stage);
            }
            Event::Held {
                environment,
                deployment,
                because,
            } => {
                self.phase = Phase::Held {
                    hold: hold(because, environment, deployment, at),
                };
            }
            Event::RevisionHeld {
                key,
                environment,
                deployment,
                because,
            } => {
                self.held_revisions
                    .insert(key.clone(), hold(because, environment, deployment, at));
            }
            Event::Unheld { .. } => {
                self.held_revisions.clear();
                self.stages
                    .retain(|_, stage| !matches!(stage, Stage::Failed { .. }));
                if matches!(self.phase, Phase::Held { .. }) {
                    self.phase = Phase::Rolling;
                }
            }
            Event::Released {} => self.phase = Phase::Released { at },
            Event::Cancelled { reason, .. } => {
                self.phase = Phase::Cancelled {
                    because: reason.clone(),
                }
            }
        }
    }
}

impl Release {
    fn done(
        &self,
        id: &ReleaseId,
        environment: EnvId,
        deployment: DeploymentId,
        cx: &Ctx<'_>,
    ) -> Vec<Event> {
        let arrived =
            cx.spec.path_of(&id.service).iter().all(|e| {
                *e == environment || matches!(self.stages.get(e), Some(Stage::Done { .. }))
            });
        let mut events = vec![Event::StageDone {
            environment,
            deployment,
        }];
        if arrived && matches!(self.phase, Phase::Locked | Phase::Rolling) {
            events.push(Event::Released {});
        }
        events
    }
}

fn hold(because: &str, environment: &EnvId, deployment: &DeploymentId, at: Timestamp) -> Hold {
    Hold {
        because: because.to_owned(),
        environment: environment.clone(),
        deployment: deployment.clone(),
        at,
    }
}

fn failed(
    environment: EnvId,
    deployment: DeploymentId,
    because: String,
    hold: HoldScope,
) -> Vec<Event> {
    let mut events = vec![Event::StageFailed {
        environment: environment.clone(),
        deployment: deployment.clone(),
        because: because.clone(),
    }];
    match hold {
        HoldScope::Nothing => {}
        HoldScope::Revision { key } => events.push(Event::RevisionHeld {
            key,
            environment,
            deployment,
            because,
        }),
        HoldScope::Release => events.push(Event::Held {
            environment,
            deployment,
            because,
        }),
    }
    events
}

fn create(id: &ReleaseId, named: Option<Digest>, cx: &Ctx<'_>) -> Result<Vec<Event>, Refusal> {
    let artifact = cx.view.load::<Artifact>(&id.to_string())?;
    let bits = match &artifact.phase {
        artifact::Phase::Registered { bits } | artifact::Phase::Verified { bits, .. } => bits,
        artifact::Phase::Absent => {
            return Err(Refusal::NotFound {
                what: "artifact".to_owned(),
                name: id.to_string(),
            });
        }
        phase => {
            return Err(Refusal::Invalid {
                because: format!("artifact {id} is {}", phase.name()),
                help: "register a new version".to_owned(),
            });
        }
    };
    if let Some(named) = named
        && named != bits.digest
    {
        return Err(Refusal::OtherDigest {
            release: id.to_string(),
            have: bits.digest.to_string(),
            got: named.to_string(),
        });
    }
    let by = cx.actor.name.clone();
    let mut events = vec![Event::Locked {
        artifact: bits.digest.clone(),
        by: by.clone(),
    }];
    if let Some(to) = automatic(id, cx) {
        events.push(Event::PromotionAsked {
            to,
            by: "tidegate".to_owned(),
        });
    }
    Ok(events)
}

/// As far as the environments themselves let a new release come without being asked.
fn automatic(id: &ReleaseId, cx: &Ctx<'_>) -> Option<EnvId> {
    cx.spec
        .path_of(&id.service)
        .iter()
        .take_while(|env| {
            cx.spec
                .environments
                .get(*env)
                .is_some_and(|e| e.deploy != Arrival::Manual)
        })
        .last()
        .cloned()
}

fn promote(id: &ReleaseId, to: EnvId, by: String, cx: &Ctx<'_>) -> Result<Vec<Event>, Refusal> {
    if !cx.spec.path_of(&id.service).contains(&to) {
        let path: Vec<&str> = cx
            .spec
            .path_of(&id.service)
            .iter()
            .map(EnvId::as_str)
            .collect();
        return Err(Refusal::Invalid {
            because: format!("{to} is not on the path of {}", id.service),
            help: format!("its path is {}", path.join(" -> ")),
        });
    }
    Ok(vec![Event::PromotionAsked { to, by }])
}
