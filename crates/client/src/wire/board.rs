//! Boards that decide about changes, their sittings, and what is said there.

use super::{BoardCriteria, CriterionReading, Rule, Timestamp};
use serde::{Deserialize, Serialize};

/// A board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangeBoard {
    /// Name.
    pub name: String,
    /// When it meets, as written.
    pub meets: String,
    /// IANA zone of its rules.
    pub zone: String,
    /// Team that leads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chair: Option<String>,
    /// Teams with seats.
    pub members: Vec<BoardSeats>,
    /// How many seats must have voted.
    pub quorum: u32,
    /// Which changes it decides about, as written.
    pub reviews: String,
    /// Where that is written.
    pub rule: Rule,
    /// The next sittings.
    pub sittings: Vec<BoardMeeting>,
    /// Changes that wait for a decision.
    pub undecided: u32,
    /// Why its sittings cannot be told, when they cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Seats of a team on a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BoardSeats {
    /// Team.
    pub team: String,
    /// How many of its members count.
    pub count: u32,
    /// People who may vote for it.
    pub people: Vec<String>,
}

/// One sitting of a board: its agenda before it is over, its minutes afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BoardMeeting {
    /// Board and day: `weekly-cab/2026-11-25`.
    pub id: String,
    /// Board.
    pub board: String,
    /// Day, in its zone.
    pub day: String,
    /// `to-come` (nothing on its agenda yet), `called`, `agenda closed`, `open` or `closed`.
    pub phase: String,
    /// When it begins.
    pub begins: Timestamp,
    /// When it is over at the latest.
    pub ends: Timestamp,
    /// From when on its agenda takes nothing more.
    pub agenda_closes: Timestamp,
    /// IANA zone in which it was laid.
    pub zone: String,
    /// What must hold before a go lets anything start; absent where nothing was agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criteria: Option<BoardCriteria>,
    /// When it was opened, when it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Timestamp>,
    /// Who opened it before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<String>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Its agenda, the riskiest first.
    pub items: Vec<BoardItem>,
    /// Changes that came after the agenda had closed.
    pub late: Vec<BoardLate>,
    /// What this board let go in the 90 days before, and failed; the newest first. Only where one sitting is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<BoardFailed>,
}

/// A change that a board let go, and that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BoardFailed {
    /// The change.
    pub change: String,
    /// Its release.
    pub release: String,
    /// Where.
    pub environment: String,
    /// Risk as it stood before the board, 0 to 100.
    pub risk: u8,
    /// The sitting that let it go.
    pub meeting: String,
    /// When it was over.
    pub at: Timestamp,
    /// How it went: `backed-out` or `failed`.
    pub result: String,
    /// Who had voted otherwise.
    pub dissent: Vec<String>,
}

/// A change that came after an agenda had closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BoardLate {
    /// Which.
    pub change: String,
    /// The sitting that decides about it.
    pub meeting: String,
}

/// One change before a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BoardItem {
    /// The change.
    pub change: String,
    /// Its release.
    pub release: String,
    /// Where it goes.
    pub environment: String,
    /// Digest of the plan that is decided about.
    pub plan: String,
    /// Class.
    pub class: String,
    /// Risk score, 0 to 100.
    pub risk: u8,
    /// Its band.
    pub band: String,
    /// What people said about the scope of the release, each one line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// Why the board decides about it.
    pub because: String,
    /// `undecided`, `go`, `no-go`, `moved` or `dropped`.
    pub state: String,
    /// How that came, or what is still missing.
    pub note: String,
    /// The sitting that it was moved from, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<BoardMove>,
    /// The sitting that decides it instead, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<BoardMove>,
    /// The newest vote of each voter.
    pub votes: Vec<BoardVote>,
    /// How many seats must have voted.
    pub quorum: u32,
    /// People who could still vote.
    pub could: Vec<String>,
    /// What an expert is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<BoardContext>,
    /// When it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Timestamp>,
    /// When a no-go is looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
    /// Who voted otherwise than was decided.
    pub dissent: Vec<String>,
    /// What must be done before it starts.
    pub conditions: Vec<BoardCondition>,
    /// How the criteria of the sitting stand for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<CriterionReading>,
}

/// Another sitting that decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BoardMove {
    /// Which.
    pub meeting: String,
    /// Why.
    pub because: String,
}

/// A vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BoardVote {
    /// Who.
    pub person: String,
    /// In the place of whom, when the right was lent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
    /// For which team.
    pub team: String,
    /// `go`, `no-go` or `go-if`.
    pub choice: String,
    /// What must be done first, for `go-if`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// When it is looked at again, for `no-go`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
    /// Why, may be empty.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Was it counted when it was decided; without a decision, would it be?
    pub counts: bool,
}

/// An expert who is asked before a board decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BoardContext {
    /// Who is asked.
    pub expert: String,
    /// Who asks.
    pub by: String,
    /// What for.
    pub question: String,
    /// Until when.
    pub due: Timestamp,
    /// `awaited`, `overdue` or `given`.
    pub state: String,
    /// The answer, with who gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Who answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<String>,
}

/// Something that must be done before a change starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BoardCondition {
    /// From 1.
    pub number: u32,
    /// What.
    pub text: String,
    /// Who does it.
    pub owner: String,
    /// Who wants it.
    pub by: String,
    /// The latest instant.
    pub until: Timestamp,
    /// Who saw that it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met_by: Option<String>,
    /// What shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// What a vote says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BoardChoice {
    /// Go.
    Go,
    /// No-go.
    NoGo,
    /// Go, once something is done.
    GoIf,
    /// Nobody here knows enough: somebody else is asked first.
    NeedsContext,
}

/// `POST /boards/{board}/items/{change}/votes`: say what one thinks of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BoardVoteRequest {
    /// What it says.
    pub choice: BoardChoice,
    /// Digest of the plan that was looked at.
    pub plan: String,
    /// Digest of the criteria that were looked at; needed where the sitting has some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criteria: Option<String>,
    /// What must be done first, for `go-if`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Who does it, for `go-if`; who is asked, for `needs-context`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The latest instant of either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// When it is looked at again; needed for `no-go`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
    /// Team to vote for, when it could be several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Person whose delegated right is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
    /// Why; may be empty for a go.
    #[serde(default)]
    pub reason: String,
}

/// `POST /boards/{board}/items/{change}/answers`: what the expert has to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BoardAnswerRequest {
    /// It.
    pub text: String,
}

/// `POST /boards/{board}/items/{change}/confirmations`: a condition is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BoardConfirmationRequest {
    /// Number of the condition.
    pub condition: u32,
    /// What shows it.
    pub evidence: String,
}
