//! A plan: the complete list of steps and undo steps for one service in one environment.
//!
//! A plan leaves the executor nothing to decide. It is immutable; its digest covers everything that has an effect (the
//! body) and nothing else (the envelope), so an edit without effect never costs an approval.

pub mod check;
mod expected;
mod planner;
mod revision;
mod task;

pub use expected::{Expected, Known, Lasted};
pub use planner::{NoPlan, Wanted, plan};
pub use revision::{Health, Revision};

use crate::digest::{Digest, canonical};
use crate::id::{EnvId, Name, ServiceId, TeamId};
use crate::spec::{Analysis, OnRegression};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// An immutable plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// SHA-256 over the canonical bytes of `body`.
    pub digest: Digest,
    /// Everything that has an effect.
    pub body: PlanBody,
    /// Where the plan stands in history and why it looks as it does.
    pub envelope: Envelope,
}

/// Everything that has an effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanBody {
    /// Service.
    pub service: ServiceId,
    /// Environment.
    pub environment: EnvId,
    /// What runs now; absent at a first install.
    pub from: Option<Revision>,
    /// An older revision still kept warm, retired by the first step.
    pub retire: Option<Revision>,
    /// What shall run.
    pub to: Revision,
    /// The way there.
    pub steps: Vec<Step>,
    /// The way back, complete from any point of `steps`.
    pub undo: Vec<Step>,
    /// After the stabilisation period.
    pub closing: Vec<Step>,
    /// Stabilisation period.
    pub watch: Millis,
    /// How health is judged while both sides serve.
    pub analysis: Option<Analysis>,
    /// What a regression does.
    pub regression: OnRegression,
    /// The way back must be finished in this time, else a person is called.
    pub undo_within: Millis,
    /// Gates that are asked, all of them, each time.
    pub gates: Vec<crate::gate::GateId>,
    /// What people said about the scope of the release: a yes is for this one and no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<crate::stream::release::Agreed>,
}

/// Where the plan stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Newest accepted plan of the same service and environment when this one was made.
    pub parent: Option<Digest>,
    /// Parent's generation + 1; the fence at the target.
    pub generation: u64,
    /// Configuration it was made from.
    pub spec: Digest,
    /// Why each step is there.
    pub report: Vec<String>,
    /// Kind of its strategy; durations are learned by it. Empty in plans made before that was kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub shape: String,
    /// How long its steps are expected to take; as long as its holds when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
}

impl Plan {
    /// The same plan with what is known about its duration.
    #[must_use]
    pub fn expecting(mut self, expected: Option<Expected>) -> Self {
        self.envelope.expected = expected;
        self
    }

    /// How long its steps are expected to take.
    #[must_use]
    pub fn lasts(&self) -> Millis {
        self.body.lasts_with(self.envelope.expected.as_ref())
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What.
    pub intent: Intent,
    /// Time allowed at the agent for one try.
    pub timeout: Millis,
    /// Further tries when it could not be carried out; a "no" is never tried again.
    pub retries: u32,
}

/// Old or new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// `from`.
    Old,
    /// `to`.
    New,
    /// `retire`.
    Warm,
}

/// What a step does. Every strategy compiles to this closed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Intent {
    /// Fetch, verify, unpack and prepare the new revision.
    Prepare,
    /// Run exactly `count` instances of one side.
    Scale {
        /// Which side.
        side: Side,
        /// Instances afterwards.
        count: u32,
    },
    /// Give the new side this share of traffic and the old side the rest; `None` is no traffic at all.
    Shift {
        /// Share of the new side in basis points.
        new: Option<u32>,
    },
    /// Hold and judge.
    Hold {
        /// How long at least.
        lasting: Millis,
    },
    /// Wait until a member of a team has signed.
    SignOff(SignOff),
}

/// What is signed between two steps, by whom, and how long it is waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignOff {
    /// Meaning.
    pub sign: Name,
    /// Whose members sign.
    pub team: TeamId,
    /// How long it is waited for before the way back begins.
    pub within: Millis,
    /// How long ago whoever signs may have signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_in_within: Option<Millis>,
    /// Time between two reminders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_after: Option<Millis>,
    /// After how long which team is told as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate: Option<(Millis, TeamId)>,
}

impl std::fmt::Display for SignOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} signed by {}", self.sign, self.team)
    }
}

impl PlanBody {
    /// Digest over the canonical bytes.
    ///
    /// # Errors
    /// The serialiser's message; plans hold nothing that can fail.
    pub fn digest(&self) -> Result<Digest, serde_json::Error> {
        Ok(Digest::of(canonical(self)?.as_bytes()))
    }
    /// How long its holds last together.
    #[must_use]
    pub fn holds(&self) -> Millis {
        let hold = |step: &Step| match step.intent {
            Intent::Hold { lasting } => lasting.0,
            _ => 0,
        };
        Millis(self.steps.iter().map(hold).fold(0, u64::saturating_add))
    }
    /// How long its steps take: its holds, or what is expected when that is longer.
    #[must_use]
    pub fn lasts_with(&self, expected: Option<&Expected>) -> Millis {
        let expected = expected.map_or(Millis::ZERO, |e| e.lasting);
        self.holds().max(expected)
    }
    /// The time that must be free for it as a whole, as far as the plan says: holds, stabilisation period, and the way back.
    #[must_use]
    pub fn needs(&self) -> Millis {
        self.needs_with(None)
    }
    /// The same with an expected duration of the steps, when that is longer than the holds.
    #[must_use]
    pub fn needs_with(&self, expected: Option<&Expected>) -> Millis {
        let parts = [self.lasts_with(expected), self.watch, self.undo_within];
        Millis(
            parts
                .into_iter()
                .fold(0, |sum, part| sum.saturating_add(part.0)),
        )
    }
    /// The revision of a side.
    #[must_use]
    pub fn side(&self, side: Side) -> Option<&Revision> {
        match side {
            Side::Old => self.from.as_ref(),
            Side::New => Some(&self.to),
            Side::Warm => self.retire.as_ref(),
        }
    }
}

impl std::fmt::Display for Intent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let side = |side: &Side| match side {
            Side::Old => "old",
            Side::New => "new",
            Side::Warm => "warm",
        };
        match self {
            Self::Prepare => f.write_str("prepare"),
            Self::Scale { side: s, count: 0 } => write!(f, "retire {}", side(s)),
            Self::Scale { side: s, count } => write!(f, "run {count} {}", side(s)),
            Self::Shift { new: None } => f.write_str("no traffic"),
            Self::Shift { new: Some(share) } => write!(f, "traffic {}", crate::spec::Share(*share)),
            Self::Hold { lasting } => write!(f, "hold {lasting}"),
            Self::SignOff(asked) => asked.fmt(f),
        }
    }
}
