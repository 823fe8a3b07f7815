//! What can be asked of a change.

use super::Planned;
use super::event::Result;
use crate::digest::Digest;
use crate::id::{DeploymentId, EnvId, Name, ReleaseId, TeamId};
use crate::spec::{ChangeClass, Document};
use serde::{Deserialize, Serialize};

/// What can be asked of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// There is a plan (from the deployment).
    Plan(Opening),
    /// Its deployment starts (from the deployment).
    Start {
        /// Which.
        deployment: DeploymentId,
    },
    /// Its deployment ended (from the deployment).
    End {
        /// Which.
        deployment: DeploymentId,
        /// How.
        result: Result,
    },
    /// Its deployment was given up at the gates (from the deployment).
    Withdraw {
        /// Which.
        deployment: DeploymentId,
        /// Why.
        because: String,
    },
    /// Yes.
    Approve {
        /// The plan that was looked at.
        subject: Digest,
        /// Team to decide for; the only one possible when absent.
        team: Option<TeamId>,
        /// Stated meaning, for a sign-off.
        sign: Option<Name>,
        /// Person whose right is used, when it was delegated.
        instead_of: Option<String>,
        /// Why, may be empty.
        reason: String,
        /// Signature over the statement of the vote.
        signature: Option<Presented>,
    },
    /// No.
    Reject {
        /// The plan that was looked at.
        subject: Digest,
        /// Why.
        reason: String,
    },
    /// A stricter class.
    Raise {
        /// Class.
        class: ChangeClass,
        /// Why.
        reason: String,
    },
    /// Back to the class that the rules give it.
    Lower {
        /// Why.
        reason: String,
    },
    /// It repairs an incident and cannot wait.
    Emergency {
        /// The release; needed where there is no change yet.
        release: ReleaseId,
        /// Where.
        environment: EnvId,
        /// The incident.
        incident: String,
        /// Why it cannot wait.
        reason: String,
        /// The root cause, as far as it is known.
        root_cause: Option<String>,
    },
    /// A part of the document pack.
    Write {
        /// Which.
        document: Document,
        /// Text.
        text: String,
    },
    /// Whoever asks decides about the way back of this deployment, instead of whoever did before.
    Own {
        /// Why, or what was handed over.
        reason: String,
    },
    /// The emergency was looked at afterwards.
    Review {
        /// What was found.
        findings: String,
        /// The root cause; the one declared when absent.
        root_cause: Option<String>,
    },
    /// A timer fired or something it depends on changed.
    Wake,
}

/// A signature as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presented {
    /// Id of the key, as registered.
    pub key: String,
    /// Ed25519 signature, base64.
    pub value: String,
    /// The exact text that was signed.
    pub statement: String,
    /// The public key that made it, as far as it was found where the vote was taken: the bytes are checked there.
    pub genuine_for: Option<String>,
}

/// A plan for a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The plan.
    pub planned: Planned,
    /// Accounts that asked for it.
    pub requesters: Vec<String>,
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Plan(_) => "plan",
            Self::Start { .. } => "start",
            Self::End { .. } => "end",
            Self::Withdraw { .. } => "withdraw",
            Self::Approve { .. } => "approve",
            Self::Reject { .. } => "reject",
            Self::Raise { .. } => "raise",
            Self::Lower { .. } => "lower",
            Self::Emergency { .. } => "emergency",
            Self::Write { .. } => "write",
            Self::Own { .. } => "own",
            Self::Review { .. } => "review",
            Self::Wake => "wake",
        }
    }

    /// What a person wrote with it.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::Approve { reason, .. }
            | Self::Reject { reason, .. }
            | Self::Raise { reason, .. }
            | Self::Lower { reason }
            | Self::Own { reason }
            | Self::Emergency { reason, .. } => Some(reason),
            Self::Review { findings, .. } => Some(findings),
            _ => None,
        }
    }

    /// Does a person send it?
    #[must_use]
    pub fn is_by_person(&self) -> bool {
        !matches!(
            self,
            Self::Plan(_)
                | Self::Start { .. }
                | Self::End { .. }
                | Self::Withdraw { .. }
                | Self::Wake
        )
    }
}
