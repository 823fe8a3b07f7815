//! Environment: its posture only. What runs there is a read model.
//!
//! `Open ⇄ Held{because}`. Every configured environment is open until somebody locks it. A lock belongs to whoever set it: that person
//! opens it again, or its end comes, or somebody who may breaks it, with a reason, and the old holder learns that.

mod drift;
mod event;
mod lock;
mod trust;

pub use drift::{Accepted, Difference, Drift, Found, What, found, ways_out};
pub use event::Event;
pub use trust::{Generations, Trust, is_behind, way_out};

use crate::decider::{Ctx, Decider, Decision, Resting, Wake};
use crate::id::{DeploymentId, EnvId, ServiceId, StreamKind};
use crate::refusal::Refusal;
use crate::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Posture of an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Phase.
    pub phase: Phase,
    /// Whether the ledger knows what happened at its targets.
    #[serde(default, skip_serializing_if = "Trust::is_whole")]
    pub trust: Trust,
    /// What is otherwise at its targets than it was deployed, and nobody knows why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub drift: BTreeMap<ServiceId, Drift>,
}

/// Phase of an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Takes deployments.
    Open {
        /// How the last lock ended, unless its holder ended it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ended: Option<Ended>,
    },
    /// Takes none but returns to earlier revisions.
    Held {
        /// Why.
        because: String,
        /// Who.
        by: String,
        /// Since.
        since: Timestamp,
        /// It ends by itself then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
}

impl Default for Phase {
    fn default() -> Self {
        Self::Open { ended: None }
    }
}

/// How a lock ended that its holder did not end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum Ended {
    /// Its end came.
    Lapsed {
        /// Whose it was.
        holder: String,
        /// When.
        at: Timestamp,
    },
    /// Somebody else broke it.
    Broken {
        /// Whose it was.
        holder: String,
        /// Who broke it.
        by: String,
        /// Why.
        because: String,
        /// When.
        at: Timestamp,
    },
}

/// What can be asked of an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Take no more deployments.
    Hold {
        /// Why.
        because: String,
        /// End it by itself at this instant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// The same as a length from now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lasting: Option<Millis>,
    },
    /// Take deployments again, by whoever locked it.
    Open {
        /// Why.
        because: String,
    },
    /// Take deployments again although somebody else locked it.
    Break {
        /// Why.
        because: String,
    },
    /// Look whether its end has come.
    Wake,
    /// The ledger does not know all that happened there (from a restore, or from what an agent says).
    Distrust {
        /// How that is known.
        because: String,
        /// Highest generations that its targets have seen, as far as they said.
        #[serde(default)]
        seen: Generations,
    },
    /// Go on from what the targets have seen: every later plan has a higher generation.
    Fence {
        /// Why it may go on.
        because: String,
        /// Highest generations that its targets have seen.
        generations: Generations,
    },
    /// What an agent sees of a service, beside what was deployed.
    Compare {
        /// Service.
        service: ServiceId,
        /// Agent.
        agent: String,
        /// The deployment that brought what runs now.
        ran: Option<DeploymentId>,
        /// Everything that is otherwise.
        seen: Vec<Difference>,
    },
    /// Answer for what was changed at a target past the ledger.
    Accept {
        /// Service.
        service: ServiceId,
        /// Why.
        because: String,
        /// Until then; for good when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// The same as a length from now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lasting: Option<Millis>,
    },
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open { .. } => "open",
            Self::Held { .. } => "held",
        }
    }
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hold { .. } => "hold",
            Self::Open { .. } => "open",
            Self::Break { .. } => "break",
            Self::Wake => "wake",
            Self::Distrust { .. } => "distrust",
            Self::Fence { .. } => "fence",
            Self::Compare { .. } => "compare",
            Self::Accept { .. } => "accept",
        }
    }
}

impl Decider for Environment {
    const KIND: StreamKind = StreamKind::Environment;
    const FOLD: u32 = 1;
    type Command = Command;
    type Event = Event;

    fn decide(&self, command: Command, cx: &Ctx<'_>) -> Result<Decision<Event>, Refusal> {
        let env = EnvId::new(cx.stream.key())?;
        if !cx.spec.environments.contains_key(&env) {
            return Err(Refusal::NotFound {
                what: "environment".to_owned(),
                name: env.to_string(),
            });
        }
        let mut after = self.clone();
        let mut events = Vec::new();
        if let Some(event) = self.lapsed(cx.now) {
            after.evolve(cx.now, &event);
            events.push(event);
        }
        let answered = match after.about_drift(&env, &command, cx) {
            Some(found) => found?,
            None => after.answer(&env, command, cx)?.into_iter().collect(),
        };
        for event in answered {
            after.evolve(cx.now, &event);
            events.push(event);
        }
        Ok(Decision {
            events,
            wake: after.wake(),
            then: Vec::new(),
            fires: Vec::new(),
        })
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        if self.trust_after(at, event) || self.drift_after(at, event) {
            return;
        }
        self.phase = match event {
            Event::LedgerBehind { .. }
            | Event::Fenced { .. }
            | Event::DriftFound { .. }
            | Event::DriftGone { .. }
            | Event::DriftRepaired { .. }
            | Event::DriftAccepted { .. } => return,
            Event::Held { because, by, until } => Phase::Held {
                because: because.clone(),
                by: by.clone(),
                since: at,
                until: *until,
            },
            Event::Opened { .. } => Phase::Open { ended: None },
            Event::LockEnded { holder, until } => Phase::Open {
                ended: Some(Ended::Lapsed {
                    holder: holder.clone(),
                    at: *until,
                }),
            },
            Event::LockBroken {
                holder,
                by,
                because,
                ..
            } => Phase::Open {
                ended: Some(Ended::Broken {
                    holder: holder.clone(),
                    by: by.clone(),
                    because: because.clone(),
                    at,
                }),
            },
        };
    }
}

impl Environment {
    /// The end of its lock, when it has come and was not recorded yet.
    fn lapsed(&self, now: Timestamp) -> Option<Event> {
        let Phase::Held { by, until, .. } = &self.phase else {
            return None;
        };
        let (until, holder) = ((*until)?, by.clone());
        (until <= now).then_some(Event::LockEnded { holder, until })
    }

    fn wake(&self) -> Wake {
        match &self.phase {
            Phase::Held {
                until: Some(at), ..
            } => Wake::Next {
                at: *at,
                on: Vec::new(),
                because: "the end of the lock".to_owned(),
            },
            Phase::Held { .. } | Phase::Open { .. } => Wake::Rest(Resting::new()),
        }
    }

    fn answer(
        &self,
        env: &EnvId,
        command: Command,
        cx: &Ctx<'_>,
    ) -> Result<Option<Event>, Refusal> {
        if let Some(answer) = self.about_trust(env, &command, cx) {
            return answer;
        }
        let actor = cx.actor.who().to_owned();
        Ok(match (&self.phase, command) {
            (
                _,
                Command::Wake
                | Command::Distrust { .. }
                | Command::Fence { .. }
                | Command::Compare { .. }
                | Command::Accept { .. },
            ) => None,
            (
                Phase::Open { .. },
                Command::Hold {
                    because,
                    until,
                    lasting,
                },
            ) => Some(Event::Held {
                because,
                by: actor,
                until: lock::end(env, until, lasting, cx)?,
            }),
            (Phase::Held { by, .. }, Command::Open { because } | Command::Break { because })
                if *by == actor =>
            {
                Some(Event::Opened { because, by: actor })
            }
            (
                Phase::Held {
                    by,
                    since,
                    because: locked,
                    ..
                },
                Command::Break { because },
            ) => Some(Event::LockBroken {
                holder: by.clone(),
                since: *since,
                locked_because: locked.clone(),
                by: actor,
                because,
            }),
            (Phase::Held { .. }, Command::Hold { .. } | Command::Open { .. }) => {
                return Err(self.locked(env, cx));
            }
            (Phase::Open { ended }, Command::Open { .. } | Command::Break { .. }) => {
                return Err(lock::not_locked(env, ended.as_ref(), cx));
            }
        })
    }
}
