//! What the person who asks for a deployment wants beside the release: how urgent, when, and until when it is worth waiting.

use crate::refusal::Refusal;
use crate::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};

/// How urgent a deployment is among those that wait for a place.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// After the others.
    Low,
    /// As usual.
    #[default]
    Normal,
    /// Before the others; needs a reason.
    High,
}

impl Priority {
    /// All, the lowest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Normal, Self::High];

    /// As written and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }

    /// By its name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.as_str() == text)
    }

    /// 0 for the lowest.
    #[must_use]
    pub fn level(self) -> u64 {
        match self {
            Self::Low => 0,
            Self::Normal => 1,
            Self::High => 2,
        }
    }
}

/// What is asked for beside the release.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Request {
    /// How urgent.
    #[serde(skip_serializing_if = "is_normal")]
    pub priority: Priority,
    /// Not before this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// How long after its reserved start (after asking, when it has none) it is given up; two weeks when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Millis>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_normal(priority: &Priority) -> bool {
    *priority == Priority::Normal
}

impl Request {
    /// Nothing in particular.
    pub const PLAIN: Self = Self {
        priority: Priority::Normal,
        at: None,
        expires: None,
    };

    /// Whoever goes before others says why.
    ///
    /// # Errors
    /// `Invalid` for priority `high` without a reason.
    pub(crate) fn justified(&self, reason: &str) -> Result<(), Refusal> {
        if self.priority == Priority::High && reason.trim().is_empty() {
            return Err(Refusal::Invalid {
                because: "priority `high` needs a reason".to_owned(),
                help: "say why with `--reason`; those who wait behind it can read it".to_owned(),
            });
        }
        Ok(())
    }

    /// Is nothing in particular asked for?
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::PLAIN
    }
}
