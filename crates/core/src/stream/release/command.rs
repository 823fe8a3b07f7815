//! What can be asked of a release.

use super::ItemKind;
use crate::digest::Digest;
use crate::id::{DeploymentId, EnvId, Name, TeamId};
use crate::queue::Request;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What can be asked of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Make it from a registered artifact and fix its bill of materials.
    Create {
        /// Expected digest, when the caller names one.
        artifact: Option<Digest>,
    },
    /// Move along the path as far as this environment.
    Promote {
        /// Last environment to enter.
        to: EnvId,
        /// Why, may be empty.
        #[serde(default)]
        reason: String,
        /// How urgent, when it enters `to`, and how long each of its deployments may wait.
        #[serde(default)]
        request: Request,
    },
    /// The next environment takes no unscheduled work now (from the planner runner).
    Stop {
        /// Which.
        environment: EnvId,
        /// Why.
        because: String,
    },
    /// Answers to questions about its risk.
    Answer {
        /// By question.
        answers: BTreeMap<Name, Name>,
        /// Why, may be empty.
        #[serde(default)]
        reason: String,
    },
    /// Release a held version, or one held revision of it.
    Unhold {
        /// Why it may go now.
        reason: String,
    },
    /// Give up before anything was deployed.
    Cancel {
        /// Why.
        reason: String,
    },
    /// Say what ships with it, and what does not.
    Scope {
        /// In this order, all or none.
        edits: Vec<Edit>,
        /// Why.
        reason: String,
    },
    /// The scope stays as it is from now on.
    Lock {
        /// Why, may be empty.
        reason: String,
    },
    /// The locked scope may change again.
    Unlock {
        /// Why.
        reason: String,
    },
    /// A deployment of it began (from the deployment itself).
    StageStarted {
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
    },
    /// A deployment of it succeeded.
    StageDone {
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
    },
    /// A deployment of it failed or was taken back.
    StageFailed {
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
        /// Why.
        because: String,
        /// What is held from now on.
        hold: HoldScope,
    },
    /// A deployment of it was dropped at its gates because what runs there changed; the promotion goes on.
    StageDropped {
        /// Where.
        environment: EnvId,
        /// By.
        deployment: DeploymentId,
        /// Why.
        because: String,
    },
}

/// One change of the scope of a release. Items are named by key, or by name alone where only one has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "kebab-case")]
pub enum Edit {
    /// It ships as well; what was said of the same item before stays where nothing else is said.
    Add {
        /// What.
        item: NewItem,
    },
    /// Nothing is missing any more.
    Complete {
        /// Which.
        item: String,
    },
    /// It does not ship.
    Remove {
        /// Which.
        item: String,
    },
    /// It stays out, explicitly.
    Exclude {
        /// What, in words.
        what: String,
    },
    /// It does not stay out any more.
    Include {
        /// What, in the same words.
        what: String,
    },
    /// It touches this regulation.
    Tag {
        /// Which.
        tag: Name,
    },
    /// It does not.
    Untag {
        /// Which.
        tag: Name,
    },
}

/// An item as people name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewItem {
    /// Kind; told by its name when absent, where that is possible.
    pub kind: Option<ItemKind>,
    /// Name.
    pub name: String,
    /// Team that answers for it.
    pub owner: Option<TeamId>,
    /// What it is not complete without.
    pub missing: Option<String>,
    /// Commit, ticket or file.
    pub source: Option<String>,
}

/// What a failed deployment holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "holds", rename_all = "kebab-case")]
pub enum HoldScope {
    /// Nothing was touched, nothing is held.
    Nothing,
    /// The artifact is the same as before: only this revision (its configuration).
    Revision {
        /// Revision key.
        key: String,
    },
    /// The whole release, everywhere.
    Release,
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Promote { .. } => "promote",
            Self::Stop { .. } => "stop",
            Self::Answer { .. } => "answer",
            Self::Unhold { .. } => "unhold",
            Self::Cancel { .. } => "cancel",
            Self::Scope { .. } => "scope",
            Self::Lock { .. } => "lock",
            Self::Unlock { .. } => "unlock",
            Self::StageStarted { .. } => "stage-started",
            Self::StageDone { .. } => "stage-done",
            Self::StageFailed { .. } => "stage-failed",
            Self::StageDropped { .. } => "stage-dropped",
        }
    }
}
