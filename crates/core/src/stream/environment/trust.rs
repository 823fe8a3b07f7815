//! Whether the ledger knows everything that happened at the targets of an environment. After a restore from a backup, or when a
//! target has seen later work than the ledger knows, it does not: nothing is done there until an admin fenced it.

use super::{Command, Environment, Event};
use crate::decider::Ctx;
use crate::id::{EnvId, ServiceId};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Does the ledger know what happened there?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ledger", rename_all = "kebab-case")]
pub enum Trust {
    /// As far as anybody knows.
    #[default]
    Whole,
    /// No. Nothing is done there until it is fenced.
    Behind {
        /// How that is known.
        because: String,
        /// Since when.
        since: Timestamp,
    },
}

impl Trust {
    pub(super) fn is_whole(&self) -> bool {
        *self == Self::Whole
    }

    /// Why nothing may be done there, and since when.
    #[must_use]
    pub fn behind(&self) -> Option<(&str, Timestamp)> {
        match self {
            Self::Whole => None,
            Self::Behind { because, since } => Some((because, *since)),
        }
    }
}

/// Is the ledger behind the targets of `env`? An environment that cannot be read counts as such.
#[must_use]
pub fn is_behind(view: &dyn View, env: &EnvId) -> bool {
    let read = view.shared::<Environment>(env.as_str());
    read.map_or(true, |(_, state)| !state.trust.is_whole())
}

/// What to do about it, for people.
#[must_use]
pub fn way_out(env: &EnvId) -> String {
    format!(
        "an admin compares what runs there with the ledger (`tidegate env show {env}`), then: tidegate admin fence {env} --reason …"
    )
}

impl Environment {
    /// An answer to the commands about it; `None` for all others.
    pub(super) fn about_trust(
        &self,
        env: &EnvId,
        command: &Command,
        cx: &Ctx<'_>,
    ) -> Option<Result<Option<Event>, Refusal>> {
        let by = cx.actor.name.clone();
        match command {
            Command::Distrust { because, seen } => Some(Ok(self.trust.is_whole().then(|| {
                Event::LedgerBehind {
                    because: because.clone(),
                    seen: seen.clone(),
                }
            }))),
            Command::Fence {
                because,
                generations,
            } => Some(match self.trust {
                Trust::Behind { .. } => Ok(Some(Event::Fenced {
                    because: because.clone(),
                    by,
                    generations: generations.clone(),
                })),
                Trust::Whole => Err(Refusal::Invalid {
                    because: format!("the ledger is not behind the targets of {env}"),
                    help: "nothing is to be done; only an environment that is held after a restore is fenced"
                        .to_owned(),
                }),
            }),
            _ => None,
        }
    }

    pub(super) fn trust_after(&mut self, at: Timestamp, event: &Event) -> bool {
        self.trust = match event {
            Event::LedgerBehind { because, .. } => Trust::Behind {
                because: because.clone(),
                since: at,
            },
            Event::Fenced { .. } => Trust::Whole,
            _ => return false,
        };
        true
    }
}

/// Highest generation by service.
pub type Generations = BTreeMap<ServiceId, u64>;
