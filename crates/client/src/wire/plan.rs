//! A plan as people read it.

use serde::{Deserialize, Serialize};

/// The complete list of steps and undo steps of one deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlanSummary {
    /// Digest over everything that has an effect.
    pub digest: String,
    /// Fence at the target; higher than that of every earlier plan.
    pub generation: u64,
    /// Revision that runs now; absent at a first install.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Revision that shall run.
    pub to: String,
    /// The way there.
    pub steps: Vec<String>,
    /// The way back.
    pub undo: Vec<String>,
    /// After the stabilisation period.
    pub closing: Vec<String>,
    /// Stabilisation period in milliseconds.
    pub watch_ms: u64,
    /// Why each step is there.
    pub report: Vec<String>,
}
