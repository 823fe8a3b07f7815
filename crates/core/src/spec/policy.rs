//! Policies: which class a change has, who must say yes to it, and who must not.
//!
//! Policies add up: all that concern a change apply, and for each group the larger count holds. Nothing here decides; what
//! follows from it for one change is worked out in `change`.

use super::condition::Condition;
use super::{ChangeClass, Scope};
use crate::id::{Name, TeamId};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Business unit that may change it, and beyond which it concerns nothing; the company's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Name>,
    /// Team that answers for it: only its members weaken it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<TeamId>,
    /// What it concerns.
    pub scope: Scope,
    /// Classes of changes, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub classes: BTreeMap<ChangeClass, ClassRule>,
    /// Cedar policies, each a `forbid`, about who may not do what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forbid: Option<String>,
    /// What every change it concerns needs, whatever its class.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<ApprovalRule>,
    /// Meanings that named teams sign, beside the approvals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sign_offs: Vec<SignOffRule>,
    /// Who must not be among those who say yes.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub never_by: BTreeSet<Part>,
    /// A yes is for the band of the risk score as well as for the plan.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bound_to_band: bool,
    /// How long a yes is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid: Option<Millis>,
    /// Votes count only with a signature of a registered key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub signed: bool,
    /// When a change goes only in the quiet hours of its environment; an emergency never waits for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_quiet: Option<Condition>,
    /// The scope of the release must be locked, complete and owned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked_scope: bool,
    /// Parts of the document pack that must be there.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub documents: BTreeSet<Document>,
    /// When those who are asked are reminded, counted from the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_after: Option<Millis>,
    /// When it goes to the team of `escalate_to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_after: Option<Millis>,
    /// Whose members may then decide instead of those who were asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_to: Option<TeamId>,
}

/// What belongs to a class.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassRule {
    /// When a change has it by itself; an emergency is always declared by a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// Who must say yes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<ApprovalRule>,
    /// What whoever declares it must write down.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub needs: BTreeSet<Needed>,
    /// How long the permission lasts (emergency).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Millis>,
    /// When the review is due, as a phrase such as `2 working days` (emergency).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_within: Option<String>,
    /// Last day on which the class is given (standard changes are approved for a time).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Parts of the document pack.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub documents: BTreeSet<Document>,
}

/// So many people of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRule {
    /// Whose members.
    pub from: Approvers,
    /// How many, each another person.
    pub count: u32,
}

/// A sign-off with a stated meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignOffRule {
    /// Meaning, such as `security`, `privacy`, `legal`, `regulatory`, `acceptance`.
    pub sign: Name,
    /// Whose members sign.
    pub from: Approvers,
    /// When it is asked for; always when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// How long ago whoever signs may have signed in; any time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_in_within: Option<Millis>,
}

/// Whose members.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approvers {
    /// The team that owns the service.
    Owner,
    /// This team.
    Team(TeamId),
}

/// A part in a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Wrote commits of the artifact.
    Author,
    /// Asked for the release or the deployment.
    Requester,
    /// Operates the deployment.
    Deployer,
}

/// What must be written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needed {
    /// The incident.
    Incident,
    /// The reason.
    Reason,
    /// The root cause, at the latest in the review.
    RootCause,
}

/// A part of the document pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Document {
    /// What it changes for whom.
    Impact,
    /// How it is brought back.
    RollbackPlan,
    /// When it is brought back.
    BackoutCriteria,
    /// Known issues with their workarounds.
    KnownIssues,
}

macro_rules! named {
    ($type:ident: $($variant:ident = $text:literal),+ $(,)?) => {
        impl $type {
            /// All of them, in the order people read them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As shown and written.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }

            /// By its name.
            #[must_use]
            pub fn named(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|x| x.as_str() == text)
            }
        }
    };
}

named!(Part: Author = "author", Requester = "requester", Deployer = "deployer");
named!(Needed: Incident = "incident", Reason = "reason", RootCause = "root-cause");
named!(
    Document: Impact = "impact", RollbackPlan = "rollback-plan", BackoutCriteria = "backout-criteria",
    KnownIssues = "known-issues",
);

impl Part {
    /// In a sentence: `an author`, `a requester`.
    #[must_use]
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Author => "an author",
            Self::Requester => "a requester",
            Self::Deployer => "a deployer",
        }
    }
}

impl Policy {
    /// Does it say anything about changes, rather than only who may not do what?
    #[must_use]
    pub fn is_about_changes(&self) -> bool {
        let bare = Self {
            scope: self.scope.clone(),
            owner: self.owner.clone(),
            forbid: self.forbid.clone(),
            ..Self::default()
        };
        self.forbid.is_none() || *self != bare
    }
}

impl Approvers {
    /// The team, for a service of `owner`.
    #[must_use]
    pub fn team<'a>(&'a self, owner: &'a TeamId) -> &'a TeamId {
        match self {
            Self::Owner => owner,
            Self::Team(team) => team,
        }
    }
}
