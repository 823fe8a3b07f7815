//! What happened to an environment, as the ledger keeps it.

use super::{Difference, Generations};
use crate::decider::{EventBody, Trigger};
use crate::id::{DeploymentId, ServiceId, StreamId, TeamId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

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
    /// Something of a service is otherwise at its target than it was deployed, and no plan explains it.
    #[serde(rename = "environment.drift_found/1")]
    DriftFound {
        /// Service.
        service: ServiceId,
        /// The team that answered for it then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamId>,
        /// The agent that saw it.
        agent: String,
        /// The deployment that had brought what ran.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ran: Option<DeploymentId>,
        /// What.
        differences: Vec<Difference>,
    },
    /// It is as it was deployed again, and nothing was deployed that would explain that.
    #[serde(rename = "environment.drift_gone/1")]
    DriftGone {
        /// Service.
        service: ServiceId,
        /// What.
        differences: Vec<Difference>,
    },
    /// A deployment put it right.
    #[serde(rename = "environment.drift_repaired/1")]
    DriftRepaired {
        /// Service.
        service: ServiceId,
        /// The deployment.
        by: DeploymentId,
        /// What.
        differences: Vec<Difference>,
    },
    /// Somebody answered for it.
    #[serde(rename = "environment.drift_accepted/1")]
    DriftAccepted {
        /// Service.
        service: ServiceId,
        /// Who.
        by: String,
        /// Why.
        because: String,
        /// It counts as found again from then on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// What.
        differences: Vec<Difference>,
    },
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string(), format!("posture/{}", stream.key())]
    }
}
