//! What can have happened to a declared freeze, and the state after it.

use super::{Ends, Extended, Facts, Freeze, Phase};
use crate::decider::{EventBody, Trigger};
use crate::freeze::FreezeId;
use crate::id::StreamId;
use crate::spec::{FreezePolicy, Scope};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What happened to a freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Nothing starts in its scope any more.
    #[serde(rename = "freeze.declared/1")]
    Declared {
        /// Its name.
        id: FreezeId,
        /// What it concerns.
        scope: Scope,
        /// Why.
        why: String,
        /// What may go all the same.
        policy: FreezePolicy,
        /// How long it holds.
        ends: Ends,
        /// Who.
        by: String,
    },
    /// It has another end.
    #[serde(rename = "freeze.extended/1")]
    Extended {
        /// How long it holds now.
        ends: Ends,
        /// How long it held before.
        before: Ends,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// It has no end and is still there.
    #[serde(rename = "freeze.review_due/1")]
    ReviewDue {
        /// Since when it holds.
        since: Timestamp,
        /// Next reminder.
        review_at: Timestamp,
    },
    /// A person ended it.
    #[serde(rename = "freeze.lifted/1")]
    Lifted {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Its time is over.
    #[serde(rename = "freeze.expired/1")]
    Expired {
        /// When it ended.
        until: Timestamp,
    },
}

impl EventBody for Event {
    /// Who waits for this freeze waits on its stream; a new one concerns rollouts that wait for none yet.
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        match self {
            Self::Declared { .. } => vec![stream.to_string(), "freezes".to_owned()],
            Self::ReviewDue { .. } => Vec::new(),
            _ => vec![stream.to_string()],
        }
    }
}

pub(super) fn evolve(state: &mut Freeze, at: Timestamp, event: &Event) {
    match event {
        Event::Declared {
            id,
            scope,
            why,
            policy,
            ends,
            by,
        } => {
            state.facts = Some(Box::new(Facts {
                id: id.clone(),
                scope: scope.clone(),
                why: why.clone(),
                policy: policy.clone(),
                by: by.clone(),
                at,
            }));
            state.phase = Phase::Active {
                ends: *ends,
                extended: None,
            };
        }
        Event::Extended {
            ends, by, reason, ..
        } => {
            state.phase = Phase::Active {
                ends: *ends,
                extended: Some(Extended {
                    by: by.clone(),
                    reason: reason.clone(),
                    at,
                }),
            };
        }
        Event::ReviewDue { review_at, .. } => {
            if let Phase::Active { ends, .. } = &mut state.phase {
                *ends = Ends::Open {
                    review_at: *review_at,
                };
            }
        }
        Event::Lifted { by, reason } => {
            state.phase = Phase::Lifted {
                by: by.clone(),
                reason: reason.clone(),
                at,
            };
        }
        Event::Expired { until } => state.phase = Phase::Expired { at: *until },
    }
}
