//! What can have happened to a change.

use super::{Assessed, Declared, Planned};
use crate::change::{ChangeId, Vote};
use crate::decider::{EventBody, Trigger};
use crate::digest::Digest;
use crate::id::{EnvId, ReleaseId, StreamId, TeamId};
use crate::spec::Document;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How a change went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Result {
    /// It runs and held.
    Successful,
    /// It was taken back.
    BackedOut,
}

impl Result {
    /// As shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Successful => "successful",
            Self::BackedOut => "backed-out",
        }
    }
}

/// What happened to a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// There is one.
    #[serde(rename = "change.opened/1")]
    Opened {
        /// Its name.
        id: ChangeId,
        /// Release.
        release: ReleaseId,
        /// Where.
        environment: EnvId,
        /// Who asked.
        requesters: Vec<String>,
    },
    /// There is a plan for it, the first or another one.
    #[serde(rename = "change.planned/1")]
    Planned {
        /// The plan.
        planned: Planned,
        /// Who asked for it.
        requesters: Vec<String>,
        /// What differs from the plan before in effect; empty when nothing does.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        differs: Vec<String>,
        /// Whose yes is void because of it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        void: Vec<String>,
    },
    /// Class, risk and demands were worked out, for the first time or with another answer.
    #[serde(rename = "change.assessed/1")]
    Assessed {
        /// The answer.
        assessed: Assessed,
    },
    /// A person declared its class.
    #[serde(rename = "change.declared/1")]
    Declared {
        /// What.
        declared: Declared,
    },
    /// It has the class that the rules give it again.
    #[serde(rename = "change.lowered/1")]
    Lowered {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Somebody said yes.
    #[serde(rename = "change.approved/1")]
    Approved {
        /// The vote.
        vote: Vote,
    },
    /// Everybody who is asked said yes, or nobody is asked by rule.
    #[serde(rename = "change.authorised/1")]
    Authorised {
        /// Plan.
        subject: Digest,
        /// Who counts for what: `payments 1: farah`, or the rule that lets it go without people.
        because: Vec<String>,
    },
    /// What was enough is not any more.
    #[serde(rename = "change.reopened/1")]
    Reopened {
        /// Why.
        because: String,
    },
    /// Somebody said no.
    #[serde(rename = "change.rejected/1")]
    Rejected {
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// Plan.
        subject: Digest,
    },
    /// A part of the document pack was written.
    #[serde(rename = "change.document_written/1")]
    Written {
        /// Which.
        document: Document,
        /// Text.
        text: String,
        /// Who.
        by: String,
    },
    /// Somebody confirmed that they decide about the way back, the first or in the place of another.
    #[serde(rename = "change.rollback_owned/1")]
    RollbackOwned {
        /// Who.
        person: String,
        /// For which team.
        team: TeamId,
        /// Who handed it over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// Why.
        reason: String,
    },
    /// Those who are asked were reminded.
    #[serde(rename = "change.reminded/1")]
    Reminded {
        /// Who.
        whom: Vec<String>,
    },
    /// Others may decide in their place.
    #[serde(rename = "change.escalated/1")]
    Escalated {
        /// Who.
        whom: Vec<String>,
    },
    /// Its deployment started.
    #[serde(rename = "change.started/1")]
    Started {
        /// Gates that an emergency skipped or approvals that it owes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        owed: Vec<String>,
    },
    /// Its deployment ended.
    #[serde(rename = "change.implemented/1")]
    Implemented {
        /// How.
        result: Result,
        /// When the review of an emergency must be closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        review_due: Option<Timestamp>,
    },
    /// A review is owed and nobody closed it.
    #[serde(rename = "change.review_overdue/1")]
    ReviewOverdue {
        /// Next reminder.
        remind_at: Timestamp,
        /// Who could close it.
        whom: Vec<String>,
    },
    /// Its review is closed.
    #[serde(rename = "change.reviewed/1")]
    Reviewed {
        /// Who.
        by: String,
        /// What was found.
        findings: String,
        /// The root cause.
        root_cause: String,
    },
    /// It was given up or overtaken before it started.
    #[serde(rename = "change.withdrawn/1")]
    Withdrawn {
        /// Why.
        because: String,
    },
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string()]
    }
}
