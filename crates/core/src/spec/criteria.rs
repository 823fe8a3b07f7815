//! Go/no-go criteria as configured: what people agreed must hold before a board says go, who owns each, and what proves it.
//!
//! How each stands for one change is worked out in `change::criteria`; from when on a sitting keeps its own in `stream::meeting`.

use super::condition::Condition;
use crate::gate::GateId;
use crate::id::TeamId;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// Something that must hold before a board's go lets a change start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// What must hold, in words.
    pub text: String,
    /// Team that sees to it.
    pub owner: TeamId,
    /// What shows that it holds.
    pub proof: Proof,
}

/// What shows that a criterion holds. Without it the criterion is not known to hold, which is as good as unmet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Proof {
    /// A gate of the deployment passes.
    Gate {
        /// Which.
        gate: GateId,
    },
    /// A condition over facts of the change holds.
    Holds {
        /// It.
        condition: Condition,
    },
    /// A member of a team without a part in the change says so, for this very plan.
    Answer {
        /// Whose members.
        team: TeamId,
        /// How long an answer is good; as long as the plan when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        valid: Option<Millis>,
    },
}

impl Criterion {
    /// Gates whose answer can be a proof: neither the board itself nor places, which are asked for last.
    #[must_use]
    pub fn provable(gate: GateId) -> bool {
        gate != GateId::Board && !gate.is_about_places()
    }
}

impl std::fmt::Display for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Gate { gate } => write!(f, "gate {}", gate.as_str()),
            Self::Holds { condition } => write!(f, "`{}`", condition.text),
            Self::Answer { team, valid: None } => write!(f, "answer of {team}"),
            Self::Answer {
                team,
                valid: Some(valid),
            } => write!(f, "answer of {team}, good for {valid}"),
        }
    }
}
