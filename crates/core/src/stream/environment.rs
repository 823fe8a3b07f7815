//! Environment: its posture only. What runs there is a read model.
//!
//! `Open ⇄ Held{because}`. Every configured environment is open until somebody holds it.

use crate::decider::{Ctx, Decider, Decision, EventBody, Trigger};
use crate::id::{EnvId, StreamId, StreamKind};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Posture of an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Phase.
    pub phase: Phase,
}

/// Phase of an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Takes deployments.
    #[default]
    Open,
    /// Takes none but returns to earlier revisions.
    Held {
        /// Why.
        because: String,
        /// Who.
        by: String,
        /// Since.
        since: Timestamp,
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
    },
    /// Take deployments again.
    Open {
        /// Why.
        because: String,
    },
}

/// What happened to an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Takes no more deployments.
    #[serde(rename = "environment.held/1")]
    Held {
        /// Why.
        because: String,
        /// Who.
        by: String,
    },
    /// Takes deployments again.
    #[serde(rename = "environment.opened/1")]
    Opened {
        /// Why.
        because: String,
        /// Who.
        by: String,
    },
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string(), format!("posture/{}", stream.key())]
    }
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
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
        let by = cx.actor.name.clone();
        let events = match (&self.phase, command) {
            (Phase::Open, Command::Hold { because }) => vec![Event::Held { because, by }],
            (Phase::Held { .. }, Command::Open { because }) => vec![Event::Opened { because, by }],
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
        self.phase = match event {
            Event::Held { because, by } => Phase::Held {
                because: because.clone(),
                by: by.clone(),
                since: at,
            },
            Event::Opened { .. } => Phase::Open,
        };
    }
}
