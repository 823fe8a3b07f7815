//! What can have happened to a release.

use super::scope::Item;
use crate::decider::{EventBody, Trigger};
use crate::digest::Digest;
use crate::id::{DeploymentId, EnvId, Name, StreamId};
use crate::queue::Request;
use serde::{Deserialize, Serialize};

/// What happened to a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Made and fixed.
    #[serde(rename = "release.locked/1")]
    Locked {
        /// Artifact.
        artifact: Digest,
        /// Who.
        by: String,
    },
    /// A promotion was asked for, by a person or by the environments' own rule.
    #[serde(rename = "release.promotion_asked/1")]
    PromotionAsked {
        /// As far as.
        to: EnvId,
        /// Who.
        by: String,
        /// The person who answers for it, when the account is not theirs: the owner of a program's token, or whoever made a
        /// release that moves by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<String>,
        /// Why, may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
        /// How urgent, when and until when it is worth waiting.
        #[serde(default, skip_serializing_if = "Request::is_plain")]
        request: Request,
    },
    /// The promotion ended before an environment that takes no unscheduled work now.
    #[serde(rename = "release.promotion_stopped/1")]
    PromotionStopped {
        /// Where it would have gone next.
        environment: EnvId,
        /// Why it may not.
        because: String,
    },
    /// A deployment began.
    #[serde(rename = "release.stage_started/1")]
    StageStarted {
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
    },
    /// A deployment succeeded.
    #[serde(rename = "release.stage_done/1")]
    StageDone {
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
    },
    /// A deployment did not succeed; an earlier success there stands unless something is held.
    #[serde(rename = "release.stage_failed/1")]
    StageFailed {
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
        /// Why.
        because: String,
    },
    /// A deployment was dropped at its gates; the promotion goes on with a new plan.
    #[serde(rename = "release.stage_dropped/1")]
    StageDropped {
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
        /// Why.
        because: String,
    },
    /// Held everywhere.
    #[serde(rename = "release.held/1")]
    Held {
        /// Where it was rolled back.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
        /// Why.
        because: String,
    },
    /// One revision is held.
    #[serde(rename = "release.revision_held/1")]
    RevisionHeld {
        /// Revision.
        key: String,
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
        /// Why.
        because: String,
    },
    /// A question about its risk was answered, for the first time or anew.
    #[serde(rename = "release.answered/1")]
    Answered {
        /// Question.
        question: Name,
        /// Answer.
        answer: Name,
        /// How risky it is, 0 to 100, by the question as it was.
        level: u8,
        /// Who.
        by: String,
        /// Why, may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// A person released it.
    #[serde(rename = "release.unheld/1")]
    Unheld {
        /// Why.
        reason: String,
        /// Who.
        by: String,
    },
    /// Arrived everywhere.
    #[serde(rename = "release.released/1")]
    Released {},
    /// Something ships as well, or other things are said of it.
    #[serde(rename = "release.item_added/1")]
    ItemAdded {
        /// What.
        item: Item,
        /// Why.
        reason: String,
    },
    /// Nothing is missing from an item any more.
    #[serde(rename = "release.item_completed/1")]
    ItemCompleted {
        /// Key of the item.
        item: String,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Something does not ship.
    #[serde(rename = "release.item_removed/1")]
    ItemRemoved {
        /// Key of the item.
        item: String,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Something stays out.
    #[serde(rename = "release.excluded/1")]
    Excluded {
        /// What.
        what: String,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// It does not stay out any more.
    #[serde(rename = "release.included/1")]
    Included {
        /// What.
        what: String,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// It touches a regulation.
    #[serde(rename = "release.tagged/1")]
    Tagged {
        /// Which.
        tag: Name,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// It does not touch it.
    #[serde(rename = "release.untagged/1")]
    Untagged {
        /// Which.
        tag: Name,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// The scope stays as it is.
    #[serde(rename = "release.scope_locked/1")]
    ScopeLocked {
        /// Digest of artifact and lines.
        digest: Digest,
        /// What people said, each one line.
        lines: Vec<String>,
        /// Who.
        by: String,
        /// The person behind that account.
        person: String,
        /// Why, may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// Somebody decided that the scope may change again.
    #[serde(rename = "release.scope_unlocked/1")]
    ScopeUnlocked {
        /// Digest it was locked with.
        digest: Digest,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Given up.
    #[serde(rename = "release.cancelled/1")]
    Cancelled {
        /// Why.
        reason: String,
        /// Who.
        by: String,
    },
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string()]
    }
}
