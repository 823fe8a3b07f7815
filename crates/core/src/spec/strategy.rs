//! How a new revision replaces an old one.

use super::StepSignOff;
use crate::id::Name;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// A share in basis points: 10 000 is everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Share(pub u32);

impl Share {
    /// Everything.
    pub const ALL: Self = Self(10_000);
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_multiple_of(100) {
            write!(f, "{}%", self.0 / 100)
        } else {
            let text = format!("{}.{:02}", self.0 / 100, self.0 % 100);
            write!(f, "{}%", text.trim_end_matches('0'))
        }
    }
}

/// A strategy: its shape, how it is judged and what a regression does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strategy {
    /// Shape.
    pub shape: Shape,
    /// Analysis used while traffic flows to both sides and during the watch.
    pub analysis: Option<Name>,
    /// What a regression does.
    pub regression: OnRegression,
    /// People are told when a deployment takes longer.
    pub alert_if_longer_than: Option<Millis>,
    /// It goes into production only in the quiet hours of each environment.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_quiet: bool,
}

/// The four shapes; all compile to one list of steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Shape {
    /// Stop the old, start the new. Downtime between the two.
    Recreate,
    /// Replace in batches.
    Rolling {
        /// Instances per batch, at least 1.
        batch: u32,
        /// How many instances fewer than wanted may serve meanwhile; 0 starts new ones first.
        max_unavailable: u32,
    },
    /// Start the new beside the old, switch at once, keep the old warm for an instant return.
    BlueGreen {
        /// How long the old stays warm after the switch.
        warm: Millis,
        /// Waited for before the switch, while the new side stands there whole and serves nobody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sign_off: Option<StepSignOff>,
    },
    /// Growing shares of traffic, each held and judged.
    Canary {
        /// Steps in order; the last one is 100 %.
        steps: Vec<CanaryStep>,
        /// Keeps a user on one side.
        stick_by: Option<StickBy>,
    },
}

impl Shape {
    /// Its name.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Recreate => "recreate",
            Self::Rolling { .. } => "rolling",
            Self::BlueGreen { .. } => "blue-green",
            Self::Canary { .. } => "canary",
        }
    }
}

/// One canary step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CanaryStep {
    /// Share of the new revision.
    pub to: Share,
    /// How long it is held and judged; 0 for none.
    pub hold: Millis,
    /// Waited for at this share, after the hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_off: Option<StepSignOff>,
}

/// What identifies a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StickBy {
    /// A request header.
    Header(String),
    /// A cookie.
    Cookie(String),
}

/// What a regression does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnRegression {
    /// Undo at once.
    #[default]
    RollBack,
    /// Stay where it is and call a person.
    Pause,
    /// Tell people and go on.
    Tell,
}
