//! How risky a change is, and why.

use super::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `POST /releases/{reference}/answers`: answers to questions about the risk of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RiskAnswers {
    /// Answer by question.
    pub answers: BTreeMap<String, String>,
    /// Why; may be empty.
    #[serde(default)]
    pub reason: String,
}

/// `GET /releases/{reference}/risk`: the score of a release before one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RiskScore {
    /// Release.
    pub release: String,
    /// Environment.
    pub environment: String,
    /// Instant at which it would start.
    pub asked_at: Timestamp,
    /// 0 to 100.
    pub value: u8,
    /// Name of the band.
    pub band: String,
    /// Name of the model; `built-in` when no document sets one.
    pub model: String,
    /// Over weights, bands and the way facts are counted.
    pub model_digest: String,
    /// What it is made of; the points are the value together.
    pub factors: Vec<RiskFactor>,
}

/// One factor of a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RiskFactor {
    /// Name, for example `impact`.
    pub name: String,
    /// Points it can give at most.
    pub weight: u8,
    /// How much of them it gives, in percent.
    pub level: u8,
    /// Points it gives.
    pub points: u8,
    /// What it looked at.
    pub inputs: Vec<RiskInput>,
}

/// One fact that a factor looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RiskInput {
    /// The fact, for people.
    pub text: String,
    /// Where it comes from: a configuration path, `plan`, `ledger`, `calendar` or `change`.
    pub source: String,
    /// Its share of the factor in percent.
    pub share: u8,
    /// How risky it is, 0 to 100.
    pub level: u8,
    /// It is not known and counts at its worst.
    #[serde(default)]
    pub missing: bool,
    /// What would lower it; absent when nothing about this change would.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lower: Option<String>,
    /// Points that would be taken away at most.
    #[serde(default)]
    pub could_save: u8,
}
