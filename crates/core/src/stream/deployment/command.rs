//! What can be asked of a deployment.

use crate::analysis::Sample;
use crate::archive::Body;
use crate::digest::Digest;
use crate::gate::Purpose;
use crate::id::{ActionId, Name};
use crate::plan::Plan;
use crate::queue::Request;
use crate::work::Outcome;
use serde::{Deserialize, Serialize};

/// What can be asked of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Carry out this plan once its gates pass.
    Propose {
        /// The plan.
        plan: Box<Plan>,
        /// Why.
        purpose: Purpose,
        /// Reason given.
        reason: String,
        /// What is asked for beside the release.
        #[serde(default)]
        request: Request,
    },
    /// A timer or trigger fired.
    Wake,
    /// An agent reports.
    Report {
        /// Action.
        action: ActionId,
        /// Lease number it was done under.
        epoch: u64,
        /// How it ended.
        outcome: Outcome,
    },
    /// A sensor reports.
    Observe {
        /// What was seen.
        seen: Seen,
    },
    /// Stop where it is, or, while an agent works, before the next step; goes on with `Resume`.
    Pause {
        /// Why.
        reason: String,
    },
    /// Go on.
    Resume,
    /// End the present hold now, whatever the figures.
    Advance {
        /// Why.
        reason: String,
    },
    /// Sign what the rollout waits for.
    Sign {
        /// Digest of the plan that was looked at.
        plan: Digest,
        /// Stated meaning; what is waited for when absent.
        sign: Option<Name>,
        /// Person whose delegated right is used.
        instead_of: Option<String>,
        /// Why, may be empty.
        reason: String,
    },
    /// Refuse to sign what the rollout waits for: it stays where it is and a person decides.
    RefuseToSign {
        /// Digest of the plan that was looked at.
        plan: Digest,
        /// Why.
        reason: String,
    },
    /// Give up: cancel at the gates, roll back afterwards. From `NeedsHuman` it tries the way back again.
    Abort {
        /// Why.
        reason: String,
    },
    /// From `NeedsHuman`: a person brought back by hand what ran before.
    Settle {
        /// What was done.
        reason: String,
    },
    /// Another deployment takes its place (from that deployment).
    Supersede {
        /// By what.
        because: String,
    },
}

/// What a sensor saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "seen", rename_all = "kebab-case")]
pub enum Seen {
    /// Figures of both sides since the present step began.
    Figures {
        /// By metric.
        samples: Vec<Sample>,
        /// The same moment by moment, kept beside the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Body>,
    },
    /// Restarts of the new revision were given up.
    CrashLoop {
        /// Revision.
        key: String,
        /// Why.
        because: String,
        /// Last log lines.
        log: Vec<String>,
    },
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Propose { .. } => "propose",
            Self::Wake => "wake",
            Self::Report { .. } => "report",
            Self::Observe { .. } => "observe",
            Self::Pause { .. } => "pause",
            Self::Resume => "resume",
            Self::Advance { .. } => "advance",
            Self::Sign { .. } => "sign",
            Self::RefuseToSign { .. } => "refuse to sign",
            Self::Abort { .. } => "abort",
            Self::Settle { .. } => "settle",
            Self::Supersede { .. } => "supersede",
        }
    }
}
