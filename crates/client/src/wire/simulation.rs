//! What other rules would have asked of what is over.

use super::{Diagnostic, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `POST /simulations/policy`: what would these rules have asked of past changes?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicySimulationRequest {
    /// The configuration: text by path relative to its root.
    pub files: BTreeMap<String, String>,
    /// Files with proposed documents, each in the place of the one of the same kind and name.
    #[serde(default)]
    pub over: BTreeMap<String, String>,
    /// Only changes that were opened since then; of the last 90 days without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// What the rules in force and other rules ask of the same past changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PolicySimulation {
    /// What is wrong with the files; with an error among them nothing was replayed.
    pub diagnostics: Vec<Diagnostic>,
    /// From when on changes were looked at.
    pub since: Option<Timestamp>,
    /// Releases that were replayed.
    pub releases: u32,
    /// Changes that were not, because the facts behind them were not recorded.
    pub unrecorded: u32,
    /// Changes that were not, because there is no such service or production environment in one of the two configurations.
    pub elsewhere: u32,
    /// There were more changes than are looked at; these are the newest.
    pub cut: bool,
    /// By the rules in force.
    pub before: SimulatedRules,
    /// By the proposed ones.
    pub after: SimulatedRules,
    /// Changes of which something else would be asked, the newest first.
    pub changes: Vec<SimulatedChange>,
}

/// What one set of rules asks of all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedRules {
    /// Releases that need a board.
    pub board: u32,
    /// Releases that need people, and no board.
    pub people: u32,
    /// Releases that need nobody.
    pub nobody: u32,
    /// Releases that were taken back and need nobody.
    pub failed_without_approval: Vec<String>,
    /// Bands of the risk score, the lowest first.
    pub bands: Vec<SimulatedBand>,
}

/// Changes in one band of the risk score.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedBand {
    /// Name.
    pub band: String,
    /// Changes that were carried out.
    pub changes: u32,
    /// Those of them that were taken back.
    pub failed: u32,
}

/// A change of which something else would be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedChange {
    /// Name.
    pub change: String,
    /// Release.
    pub release: String,
    /// Environment.
    pub environment: String,
    /// When it was opened.
    pub at: Timestamp,
    /// How it went: `successful`, `backed-out`, or its phase.
    pub outcome: String,
    /// By the rules in force.
    pub before: SimulatedDemand,
    /// By the proposed ones.
    pub after: SimulatedDemand,
}

/// What is asked of one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedDemand {
    /// Class.
    pub class: String,
    /// Risk score.
    pub risk: u8,
    /// Its band.
    pub band: String,
    /// Who must say yes: `payments 1`, `privacy by risk-compliance`.
    pub asks: Vec<String>,
    /// Boards that decide.
    pub boards: Vec<String>,
}
