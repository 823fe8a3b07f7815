//! Deployments: one service into one environment, from proposal to proof or return.

use super::{Condition, LinePlace, PlanSummary, Priority, Sample, Slot, Timestamp, Verdict};
use serde::{Deserialize, Serialize};

/// `POST /deployments`: bring a release into an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeployRequest {
    /// `service@version`.
    pub release: String,
    /// Environment.
    pub environment: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Deploy although exactly this runs there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// How urgent; `high` needs a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Not before this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Milliseconds after its reserved start (after asking, without one) at which it is given up; two weeks by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_ms: Option<u64>,
}

/// `POST /rollbacks`: return to an earlier version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RollbackRequest {
    /// Service.
    pub service: String,
    /// Environment.
    pub environment: String,
    /// Version to return to; the one before by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Why.
    pub reason: String,
}

/// A deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Id, `dep_01J...`.
    pub id: String,
    /// Service.
    pub service: String,
    /// Environment.
    pub environment: String,
    /// Release it brings.
    pub release: String,
    /// Release that ran before; absent at a first install.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Revision key it brings: version and configuration.
    pub revision: String,
    /// Why it was made.
    pub purpose: Purpose,
    /// Phase.
    pub phase: DeploymentPhase,
    /// What it waits for, in one line; absent when it waits for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// Where it is in its steps, when it carries out any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// Share of traffic of the new side now, in basis points (10 000 is all).
    pub share: u32,
    /// Who asked.
    pub by: String,
    /// Reason given, may be empty.
    pub reason: String,
    /// When it was asked for.
    pub proposed_at: Timestamp,
    /// When its gates passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it was taken back, given up or overtaken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Last log lines of the failing program.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log: Vec<String>,
    /// Its plan.
    pub plan: PlanSummary,
    /// The signature that it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_off: Option<Box<super::SignOff>>,
    /// Whether it goes back or stays is to be decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_decision: Option<Box<super::RollbackDecision>>,
    /// Newest answers of its gates.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// Newest verdicts, oldest first.
    #[serde(default)]
    pub verdicts: Vec<Verdict>,
    /// Live figures of both sides, while they are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Vec<Sample>>,
    /// How urgent.
    #[serde(default)]
    pub priority: Priority,
    /// The instant that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<Timestamp>,
    /// Reserved time, while it waits and one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<Slot>,
    /// When it gives up waiting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Its place in the line, while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<LinePlace>,
    /// How long its steps are expected to take and how that is known, such as `35m expected (p90 of 12)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What a person can do with it now.
    #[serde(default)]
    pub next: Vec<Verb>,
}

/// Why a deployment was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A release moves on.
    Promote,
    /// Return to an earlier revision.
    Rollback,
    /// The same again.
    Redeploy,
}

/// Phase of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DeploymentPhase {
    /// Waits at its gates; nothing was touched.
    Waiting,
    /// Carries out its steps.
    Running,
    /// Stopped by a person.
    Paused,
    /// Waits for a person's decision.
    AwaitingPerson,
    /// Waits for a signature.
    AwaitingSignOff,
    /// All steps are done; watched until the stabilisation period ends.
    Succeeded,
    /// The period is over; what was kept for the way back is retired.
    Closing,
    /// Proven.
    Confirmed,
    /// Carries out its undo steps.
    RollingBack,
    /// What ran before runs again.
    RolledBack,
    /// Failed before anything that runs was touched.
    Stopped,
    /// The way back failed; a person must act.
    NeedsPerson,
    /// Given up at the gates by a person.
    Cancelled,
    /// Overtaken at the gates by another deployment.
    Superseded,
    /// Waited at the gates too long.
    Expired,
    /// Of a kind this program does not know.
    #[serde(other)]
    Unknown,
}

impl DeploymentPhase {
    /// For people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::AwaitingPerson => "waiting for a person",
            Self::AwaitingSignOff => "waiting for a sign-off",
            Self::Succeeded => "succeeded",
            Self::Closing => "closing",
            Self::Confirmed => "confirmed",
            Self::RollingBack => "rolling back",
            Self::RolledBack => "rolled back",
            Self::Stopped => "stopped",
            Self::NeedsPerson => "needs a person",
            Self::Cancelled => "cancelled",
            Self::Superseded => "superseded",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }

    /// Has it ended for good? (`Succeeded` has not: it is still watched and may be taken back.)
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Confirmed
                | Self::RolledBack
                | Self::Stopped
                | Self::Cancelled
                | Self::Superseded
                | Self::Expired
        )
    }
}

/// Where a deployment is in its steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Which list of steps.
    pub way: Way,
    /// Number of the step, from 1.
    pub n: u32,
    /// How many steps the list has.
    pub of: u32,
    /// The step, for people.
    pub name: String,
    /// What is going on.
    pub sub: StepState,
    /// End of the hold, of the pause, or of the wait for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// When it is given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
}

/// Which list of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The way there.
    Forward,
    /// The way back.
    Back,
    /// After the stabilisation period.
    Closing,
}

/// What is going on in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// About to start.
    Ready,
    /// An agent works on it.
    Acting,
    /// Holds, watched.
    Soaking,
    /// The hold is over; figures were asked for.
    Judging,
    /// Stopped by a person.
    Paused,
    /// Waits for a person's decision.
    AwaitingPerson,
    /// Waits for a signature.
    AwaitingSignOff,
    /// Of a kind this program does not know.
    #[serde(other)]
    Unknown,
}

/// What a person can do with a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// Stop where it is.
    Pause,
    /// Go on.
    Resume,
    /// End the present hold now.
    Advance,
    /// Sign what is waited for.
    Sign,
    /// Give up: cancel at the gates, roll back afterwards.
    Abort,
    /// Say that what ran before runs again, after the way back failed.
    Settle,
    /// Of a kind this program does not know.
    #[serde(other)]
    Unknown,
}
