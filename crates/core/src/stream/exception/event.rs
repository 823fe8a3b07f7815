//! What can have happened to an exception, and the state after it.

use super::{Exception, Facts, Phase, Use};
use crate::decider::{EventBody, Trigger};
use crate::freeze::{ExceptionId, FreezeRef};
use crate::id::{DeploymentId, EnvId, ReleaseId, StreamId};
use crate::spec::ChangeClass;
use crate::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};

/// Uses kept in the state; all are in the ledger.
const USES: usize = 50;

/// What happened to an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Somebody asked for it.
    #[serde(rename = "exception.asked/1")]
    Asked {
        /// Its name.
        id: ExceptionId,
        /// The freeze that it lifts.
        freeze: FreezeRef,
        /// For this release.
        release: ReleaseId,
        /// In these environments.
        environments: Vec<EnvId>,
        /// Why.
        reason: String,
        /// The incident that it repairs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        incident: Option<String>,
        /// The change class that lets it through; absent when people decide.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        class: Option<ChangeClass>,
        /// How long it is to be in force.
        lasting: Millis,
        /// Who asked.
        by: String,
        /// Who may decide.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        deciders: Vec<String>,
        /// When it is refused for want of a decision.
        until: Timestamp,
    },
    /// It is in force.
    #[serde(rename = "exception.granted/1")]
    Granted {
        /// Who granted it; absent when a change class lets it through.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// Why.
        reason: String,
        /// When it ends by itself.
        expires: Timestamp,
        /// When it must have been reviewed.
        review_due: Timestamp,
    },
    /// It was not granted.
    #[serde(rename = "exception.refused/1")]
    Refused {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// A deployment went because of it.
    #[serde(rename = "exception.used/1")]
    Used {
        /// Which.
        deployment: DeploymentId,
        /// Where.
        environment: EnvId,
    },
    /// Its time is over.
    #[serde(rename = "exception.expired/1")]
    Expired {
        /// When it ended.
        expires: Timestamp,
        /// How often it was used.
        used: usize,
    },
    /// It was taken back.
    #[serde(rename = "exception.revoked/1")]
    Revoked {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// The review is owed and was not made.
    #[serde(rename = "exception.review_overdue/1")]
    ReviewOverdue {
        /// Next reminder.
        remind_at: Timestamp,
    },
    /// Somebody else looked at it.
    #[serde(rename = "exception.reviewed/1")]
    Reviewed {
        /// Who.
        by: String,
        /// What was found.
        findings: String,
    },
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string()]
    }
}

pub(super) fn evolve(state: &mut Exception, at: Timestamp, event: &Event) {
    if let Event::Asked {
        id,
        freeze,
        release,
        environments,
        reason,
        incident,
        class,
        lasting,
        by,
        ..
    } = event
    {
        state.facts = Some(Box::new(Facts {
            id: id.clone(),
            freeze: freeze.clone(),
            release: release.clone(),
            environments: environments.clone(),
            reason: reason.clone(),
            incident: incident.clone(),
            class: *class,
            lasting: *lasting,
            by: by.clone(),
            asked_at: at,
            uses: Vec::new(),
        }));
    }
    if let (
        Event::Used {
            deployment,
            environment,
        },
        Some(facts),
    ) = (event, &mut state.facts)
    {
        facts.uses.push(Use {
            deployment: deployment.clone(),
            environment: environment.clone(),
            at,
        });
        if facts.uses.len() > USES {
            facts.uses.remove(0);
        }
    }
    state.phase = next(std::mem::take(&mut state.phase), at, event);
}

fn next(phase: Phase, at: Timestamp, event: &Event) -> Phase {
    match (phase, event) {
        (_, Event::Asked { until, .. }) => Phase::Asked { until: *until },
        (
            _,
            Event::Granted {
                by,
                expires,
                review_due,
                ..
            },
        ) => Phase::Active {
            by: by.clone(),
            since: at,
            expires: *expires,
            review_due: *review_due,
        },
        (_, Event::Refused { by, reason }) => Phase::Refused {
            by: by.clone(),
            reason: reason.clone(),
            at,
        },
        (Phase::Active { review_due, .. }, Event::Expired { expires, .. }) => Phase::Expired {
            at: *expires,
            review_due,
            remind_at: None,
        },
        (Phase::Active { review_due, .. }, Event::Revoked { by, reason }) => Phase::Revoked {
            by: by.clone(),
            reason: reason.clone(),
            at,
            review_due,
            remind_at: None,
        },
        (Phase::Expired { at, review_due, .. }, Event::ReviewOverdue { remind_at }) => {
            Phase::Expired {
                at,
                review_due,
                remind_at: Some(*remind_at),
            }
        }
        (
            Phase::Revoked {
                by,
                reason,
                at,
                review_due,
                ..
            },
            Event::ReviewOverdue { remind_at },
        ) => Phase::Revoked {
            by,
            reason,
            at,
            review_due,
            remind_at: Some(*remind_at),
        },
        (_, Event::Reviewed { by, findings }) => Phase::Reviewed {
            by: by.clone(),
            findings: findings.clone(),
            at,
        },
        (phase, _) => phase,
    }
}
