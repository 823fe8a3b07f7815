//! Environment: its posture only. What runs there is a read model.
//!
//! `Open ⇄ Held{because}`. Every configured environment is open until somebody locks it. A lock belongs to whoever set it: that person
//! opens it again, or its end comes, or somebody who may breaks it, with a reason, and the old holder learns that.

mod trust;

pub use trust::{Generations, Trust, is_behind, way_out};

use crate::decider::{Ctx, Decider, Decision, EventBody, Resting, Trigger, Wake};
use crate::gate::moment_in;
use crate::id::{EnvId, StreamId, StreamKind};
use crate::refusal::Refusal;
use crate::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};

/// Posture of an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Phase.
    pub phase: Phase,
    /// Whether the ledger knows what happened at its targets.
    #[serde(default, skip_serializing_if = "Trust::is_whole")]
    pub trust: Trust,
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
        /// It ends by itself then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Takes deployments again.
    #[serde(rename = "environment.opened/1")]
    Opened {
        /// Why.
        because: String,
        /// Who.
        by: String,
    },
    /// The end of a lock came; takes deployments again.
    #[serde(rename = "environment.lock_ended/1")]
    LockEnded {
        /// Whose it was.
        holder: String,
        /// Its end.
        until: Timestamp,
    },
    /// Somebody else ended a lock; takes deployments again.
    #[serde(rename = "environment.lock_broken/1")]
    LockBroken {
        /// Whose it was.
        holder: String,
        /// Since when.
        since: Timestamp,
        /// Why it was set.
        locked_because: String,
        /// Who broke it.
        by: String,
        /// Why.
        because: String,
    },
    /// The ledger does not know all that happened at its targets; nothing is done there.
    #[serde(rename = "environment.ledger_behind/1")]
    LedgerBehind {
        /// How that is known.
        because: String,
        /// Highest generations that its targets have seen, as far as they said.
        #[serde(default, skip_serializing_if = "Generations::is_empty")]
        seen: Generations,
    },
    /// It goes on from what its targets have seen.
    #[serde(rename = "environment.fenced/1")]
    Fenced {
        /// Why it may go on.
        because: String,
        /// Who.
        by: String,
        /// Every later plan of these services has a higher generation.
        generations: Generations,
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
        if let Some(event) = after.answer(&env, command, cx)? {
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
        if self.trust_after(at, event) {
            return;
        }
        self.phase = match event {
            Event::LedgerBehind { .. } | Event::Fenced { .. } => return,
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
            (_, Command::Wake | Command::Distrust { .. } | Command::Fence { .. }) => None,
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
                until: end(until, lasting, cx.now)?,
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
                return Err(not_locked(env, ended.as_ref(), cx));
            }
        })
    }

    /// Whose lock it is, for whoever may not end it.
    fn locked(&self, env: &EnvId, cx: &Ctx<'_>) -> Refusal {
        let Phase::Held {
            because,
            by,
            since,
            until,
        } = &self.phase
        else {
            return not_locked(env, None, cx);
        };
        let end = match until {
            Some(until) => format!("until {}", moment(env, *until, cx)),
            None => "without an end".to_owned(),
        };
        let since = moment(env, *since, cx);
        let help = match *by == cx.actor.who() {
            true => format!("open it first: `tidegate env unlock {env}`"),
            false => format!(
                "ask {by} to open it; an admin can break it: `tidegate env unlock {env} --break --reason \"...\"`"
            ),
        };
        Refusal::Locked {
            because: format!("{env} is locked by {by} since {since}, {end}: {because}"),
            help,
        }
    }
}

fn not_locked(env: &EnvId, ended: Option<&Ended>, cx: &Ctx<'_>) -> Refusal {
    let help = format!("nothing is to be done; `tidegate env show {env}` shows it");
    let because = match ended {
        None => format!("{env} is not locked"),
        Some(Ended::Lapsed { holder, at }) => {
            let at = moment(env, *at, cx);
            format!("{env} is not locked: the lock of {holder} ended at {at}")
        }
        Some(Ended::Broken {
            holder,
            by,
            because,
            at,
        }) => {
            let at = moment(env, *at, cx);
            format!("{env} is not locked: {by} broke the lock of {holder} at {at}: {because}")
        }
    };
    Refusal::Locked { because, help }
}

fn moment(env: &EnvId, at: Timestamp, cx: &Ctx<'_>) -> String {
    let zone = cx.spec.environments.get(env);
    moment_in(cx.spec, at, zone.map_or("UTC", |e| e.zone.as_str()))
}

/// When a lock ends by itself; never for one without an end.
fn end(
    until: Option<Timestamp>,
    lasting: Option<Millis>,
    now: Timestamp,
) -> Result<Option<Timestamp>, Refusal> {
    let Some(until) = until.or(lasting.map(|length| length.after(now))) else {
        return Ok(None);
    };
    let wrong = match until {
        _ if until <= now => "is not later than now",
        _ if until > crate::limits::PATIENCE.after(now) => "is more than 400 days ahead",
        _ => return Ok(Some(until)),
    };
    Err(Refusal::Invalid {
        because: format!("the end of the lock, {until}, {wrong}"),
        help: "write another instant with `--until`, a length with `--for`, or leave both out"
            .to_owned(),
    })
}
