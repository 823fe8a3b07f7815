//! Sign-offs that a rollout waits for, once it is under way.

use super::Approvers;
use crate::id::{Name, TeamId};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// A sign-off between two steps of a rollout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepSignOff {
    /// Meaning, such as `acceptance`.
    pub sign: Name,
    /// Whose members sign.
    pub from: Approvers,
    /// How long the rollout waits before it is taken back.
    pub within: Millis,
    /// How long ago whoever signs may have signed in; any time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_in_within: Option<Millis>,
    /// When those who are asked are reminded, each time counted from the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_after: Option<Millis>,
    /// After how long which team is told as well. It does not sign: the meaning is that of `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate: Option<(Millis, TeamId)>,
}
