//! May it go, and if not, why not: the answer of every gate.

use super::{PlanSummary, Timestamp};
use serde::{Deserialize, Serialize};

/// `GET /decisions`: all gates of one release before one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Release.
    pub release: String,
    /// Environment.
    pub environment: String,
    /// Instant the question is about.
    pub asked_at: Timestamp,
    /// IANA zone of the environment's rules.
    pub zone: String,
    /// May it start now?
    pub allowed: bool,
    /// Earliest instant at which it may, as far as time alone decides; absent when a person must change something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earliest: Option<Timestamp>,
    /// Where no earliest instant can be told: the first one at which the calendar lets it go, if everything else has passed by
    /// then. Absent when that is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_time: Option<Timestamp>,
    /// When it may go next, and next again, if that instant is missed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub if_missed: Vec<Timestamp>,
    /// Every gate, met and unmet.
    pub conditions: Vec<Condition>,
    /// The deployment whose gates these are, when there is one under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<String>,
    /// Its phase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<super::DeploymentPhase>,
    /// Whether it goes back or stays is to be decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_decision: Option<Box<super::RollbackDecision>>,
    /// The newest change of the release there, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// The phase of the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_phase: Option<String>,
    /// The path of its class: which gates are asked, and which are not and why. Absent where no policy gives it a class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<super::ClassPath>,
    /// Boards that said no-go to this plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused_by: Vec<String>,
}

impl Decision {
    /// Did somebody who is asked say no?
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        let rejected = self.change_phase.as_deref() == Some("rejected");
        !self.allowed && (rejected || !self.refused_by.is_empty())
    }
}

/// The answer of one gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Gate, for example `soak`.
    pub id: String,
    /// Answer.
    pub state: ConditionState,
    /// One line: what is asked and how it stands.
    pub title: String,
    /// More, may be empty.
    #[serde(default)]
    pub detail: String,
    /// End of a pass, end of a wait, or next look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Who can change the answer.
    #[serde(default)]
    pub who_can_change: Vec<String>,
    /// Configuration that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// What the answer rests on.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// The five answers of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ConditionState {
    /// Met.
    Pass,
    /// Nobody is wrong, it is not time yet.
    Wait,
    /// Someone must change something.
    Fail,
    /// It could not be told: blocks.
    Broken,
    /// An exception lifts it.
    Overridden,
}

impl ConditionState {
    /// Does it let the deployment start?
    #[must_use]
    pub fn passes(self) -> bool {
        matches!(self, Self::Pass | Self::Overridden)
    }
}

/// The configuration value that asks for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Dotted path, for example `environments.prod.soak`.
    pub path: String,
    /// File, `built-in` for a default.
    pub file: String,
    /// Line, 0 for a default.
    pub line: u32,
}

/// Answer to a dry run: what would be done and whether it may. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// Release.
    pub release: String,
    /// Environment.
    pub environment: String,
    /// What would be done.
    pub plan: PlanSummary,
    /// Whether it may.
    pub decision: Decision,
}
