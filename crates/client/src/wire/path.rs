//! The path of gates that a class of change takes.

use super::ConditionState;
use serde::{Deserialize, Serialize};

/// The gates of a change by its class, in the order in which people read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClassPath {
    /// `standard`, `normal`, `major` or `emergency`.
    pub class: String,
    /// Every gate.
    pub gates: Vec<ClassGate>,
}

/// A gate on the path of a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClassGate {
    /// Gate, for example `soak`.
    pub id: String,
    /// Its answer; absent where it is not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ConditionState>,
    /// One line: what is asked and how it stands; absent where it is not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Why this class is not asked it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
}
