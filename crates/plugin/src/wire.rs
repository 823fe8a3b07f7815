//! What agent and server say to each other over HTTP. The agent always asks; the server never dials a target network.

use crate::action::{Action, Outcome};
use crate::actuator::Observation;
use serde::{Deserialize, Serialize};

/// `POST /api/v1/agents/{agent}/leases`: "give me work". The server holds the request until there is some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaseRequest {
    /// Environments this agent serves; the token must allow each.
    pub environments: Vec<String>,
    /// Most actions wanted now (1 to 64).
    pub max: u32,
    /// Milliseconds the server may hold the request (at most 25 000).
    pub wait_ms: u64,
    /// Ids of the work this agent has in hand. Work leased to it that is not among them (it was restarted) is given out
    /// again at once. Absent: only leases that ran out are given out again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<Vec<String>>,
}

/// Work, each piece leased to this agent until `lease_ms` from now unless it reports before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaseReply {
    /// Work to do; may be empty when the wait ran out.
    pub actions: Vec<Action>,
    /// Milliseconds a lease lasts; a report of [`ReportState::Running`] renews it.
    pub lease_ms: u64,
}

/// `POST /api/v1/agents/{agent}/reports`: how a piece of work goes. A report under an old epoch is refused (409) and changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Action id.
    pub action: String,
    /// Lease number it was done under.
    pub epoch: u64,
    /// State.
    pub state: ReportState,
}

/// State of leased work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum ReportState {
    /// Still at it; renews the lease.
    Running {
        /// One line for people.
        note: String,
    },
    /// Ended.
    Ended {
        /// How.
        result: Outcome,
    },
}

/// `POST /api/v1/agents/{agent}/observations`: what is true at the targets. Also the heartbeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// Environments this agent serves.
    pub environments: Vec<String>,
    /// What it sees.
    pub seen: Observation,
}

/// Answer to [`Observed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservedReply {
    /// Milliseconds until the next observation is wanted: short while a rollout is judged, long otherwise.
    pub next_ms: u64,
}
