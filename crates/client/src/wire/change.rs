//! Changes: the record of one release in one production environment, who is asked for it and what they said.

use super::{Rule, Timestamp};
use serde::{Deserialize, Serialize};

/// A change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Name: `CHG-1`.
    pub id: String,
    /// Release.
    pub release: String,
    /// Environment.
    pub environment: String,
    /// IANA zone of the environment's rules.
    pub zone: String,
    /// `open`, `authorised`, `rejected`, `withdrawn`, `implementing`, `reviewing` or `closed`.
    pub phase: String,
    /// `standard`, `normal`, `major` or `emergency`; absent while there is no plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Why it has that class, each one line.
    #[serde(default)]
    pub because: Vec<String>,
    /// Risk score, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<u8>,
    /// Band of the score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<String>,
    /// What would be done: what a yes is given for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<ChangePlan>,
    /// Accounts that asked for it.
    pub requesters: Vec<String>,
    /// Persons who wrote commits of the artifact.
    #[serde(default)]
    pub authors: Vec<String>,
    /// Why it is not known who wrote it, when a policy bars authors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unclear: Option<String>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Since when it has its phase, where the phase says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// What is asked before it goes.
    #[serde(default)]
    pub required: Vec<Demand>,
    /// What an emergency leaves for afterwards.
    #[serde(default)]
    pub owed: Vec<Demand>,
    /// Who must not be among those who say yes.
    #[serde(default)]
    pub never_by: Vec<Barred>,
    /// Every yes for the present plan.
    #[serde(default)]
    pub votes: Vec<ChangeVote>,
    /// The newest ones that ended because another plan took the place of theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void: Option<VoidVotes>,
    /// How long a yes is good, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_ms: Option<u64>,
    /// Policy that wants signed votes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by_rule: Option<String>,
    /// The document pack.
    #[serde(default)]
    pub documents: Vec<ChangeDocument>,
    /// Who confirmed that they decide about the way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_owner: Option<RollbackOwner>,
    /// The emergency that was declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
    /// Who raised its class, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raised: Option<String>,
    /// How it ended or stands, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When its review must be closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_due: Option<Timestamp>,
    /// The path of its class: which gates are asked, and which are not and why. Not in lists, and absent where nothing is planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<super::ClassPath>,
    /// What whoever asks can do about it.
    pub you: Yours,
}

/// Who decides about the way back of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RollbackOwner {
    /// Who.
    pub person: String,
    /// For which team.
    pub team: String,
    /// Since when.
    pub at: Timestamp,
}

/// What a yes is given for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangePlan {
    /// Digest over everything that has an effect; `If-Match` of a vote.
    pub digest: String,
    /// The deployment that carries it out.
    pub deployment: String,
    /// Release that runs now; absent at a first install.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What differs from what runs, each one line.
    pub differs: Vec<String>,
    /// What people said about the scope of the release, exclusions and tags among it, each one line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// The way there.
    pub steps: Vec<String>,
    /// The way back.
    pub undo: Vec<String>,
    /// Time in which the way back must be finished, in milliseconds.
    pub undo_within_ms: u64,
}

/// So many people of a team, and how far that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Demand {
    /// Whose members.
    pub team: String,
    /// How many, each another person.
    pub count: u32,
    /// Stated meaning, for a sign-off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<String>,
    /// Is it met?
    pub met: bool,
    /// Persons whose yes counts for it.
    pub have: Vec<String>,
    /// Persons who could still give one.
    pub could: Vec<String>,
    /// When the first of those who count ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Where it is configured.
    pub rule: Rule,
}

/// A part because of which somebody's yes never counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Barred {
    /// `author`, `requester` or `deployer`.
    pub part: String,
    /// Where it is configured.
    pub rule: Rule,
}

/// Every yes that ended with the plan it was given for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct VoidVotes {
    /// Who said yes.
    pub people: Vec<String>,
    /// What the plan that took its place does otherwise, each one line.
    pub differs: Vec<String>,
    /// When it did.
    pub at: Timestamp,
}

/// A yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangeVote {
    /// The person.
    pub person: String,
    /// The account it was given with.
    pub account: String,
    /// For whom, when the right was delegated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
    /// Team for which it was given.
    pub team: String,
    /// Stated meaning, for a sign-off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<String>,
    /// Why, may be empty.
    #[serde(default)]
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Until when it is good.
    pub until: Timestamp,
    /// With a registered key?
    pub signed: bool,
    /// How it was given: signed in with an account, or signed with a key besides.
    #[serde(default)]
    pub method: String,
    /// Digest of the plan it was given for.
    #[serde(default)]
    pub plan: String,
}

/// A part of the document pack that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangeDocument {
    /// `impact`, `rollback-plan`, `backout-criteria` or `known-issues`.
    pub document: String,
    /// Text; absent while it is asked for and not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// How often it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Digest of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Was it written for another plan than the present one?
    #[serde(default)]
    pub outdated: bool,
    /// Policy that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
}

/// A declared emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Emergency {
    /// The incident.
    pub incident: String,
    /// Why it cannot wait.
    pub reason: String,
    /// The root cause, as far as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_cause: Option<String>,
    /// Who declared it.
    pub by: String,
    /// When.
    pub since: Timestamp,
    /// When the permission ends by itself.
    pub until: Timestamp,
    /// When the review must be closed.
    pub review_due: Timestamp,
}

/// What whoever asks can do about a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Yours {
    /// The person behind the account; absent for a machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Each yes that can be given.
    pub ballots: Vec<Ballot>,
    /// Parts because of which no yes of this person counts.
    pub barred: Vec<Barred>,
    /// What would still be missing after the first of the ballots, each one line.
    pub missing_after: Vec<String>,
}

/// A yes that can be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Ballot {
    /// For this team.
    pub team: String,
    /// Stated meaning, for a sign-off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<String>,
    /// In the place of this person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
}

/// `POST .../approvals`: yes to exactly the plans that `If-Match` names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApprovalRequest {
    /// Team to decide for; the one whose member this person is when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Stated meaning, for a sign-off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<String>,
    /// Person whose right is used, when it was delegated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
    /// Why; may be left out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Signature over the statement of this vote, for exactly one plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<VoteSignature>,
}

/// A signature over the statement of a vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VoteSignature {
    /// Name of the registered key.
    pub key: String,
    /// Ed25519: 64 bytes in base64.
    pub value: String,
    /// The exact text that was signed, as `GET /changes/{change}/statement` gave it.
    pub statement: String,
}

/// `POST /changes/{change}/raises`: a stricter class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RaiseRequest {
    /// `normal` or `major`.
    pub class: String,
    /// Why.
    pub reason: String,
}

/// `POST /changes/{change}/documents`: a part of the document pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DocumentRequest {
    /// `impact`, `rollback-plan`, `backout-criteria` or `known-issues`.
    pub document: String,
    /// Text.
    pub text: String,
}

/// `POST /changes/{change}/reviews`: what the review of an emergency found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReviewRequest {
    /// What was found.
    pub findings: String,
    /// The root cause; the one declared when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_cause: Option<String>,
}

/// `POST /releases/{release}/emergencies`: it repairs an incident and cannot wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EmergencyRequest {
    /// Where.
    pub environment: String,
    /// The incident.
    #[serde(default)]
    pub incident: String,
    /// Why it cannot wait.
    pub reason: String,
    /// The root cause, as far as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_cause: Option<String>,
}

/// What a person signs for a vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct VoteStatement {
    /// Change.
    pub change: String,
    /// The person.
    pub person: String,
    /// The exact text.
    pub statement: String,
}

/// What waits for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Approvals {
    /// The changes, those that wait longest first.
    pub items: Vec<Change>,
    /// Rollouts under way that wait for a signature, those that wait longest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rollouts: Vec<super::SignOff>,
    /// How much waits for each team, and how long.
    pub teams: Vec<TeamWait>,
}

/// What waits for a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TeamWait {
    /// Team.
    pub team: String,
    /// Changes and rollouts that wait for it.
    pub waiting: u32,
    /// Since when the oldest of them waits.
    pub since: Timestamp,
    /// How long that is, in milliseconds.
    pub longest_ms: u64,
    /// How long they wait together, in milliseconds.
    pub total_ms: u64,
    /// Persons who could decide.
    pub could: Vec<String>,
}

/// What a part of a document pack begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DocumentDraft {
    /// The part.
    pub document: String,
    /// What is written already, else the template with what the record knows; may be empty.
    pub text: String,
    /// Template that it comes from, when it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}
