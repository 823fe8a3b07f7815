//! What an entry says: kind, time, scope, effect, and who answers for it.

use crate::calendar::{Intervals, Span};
use crate::gate::Purpose;
use crate::id::{Name, ReleaseId, TeamId};
use crate::people;
use crate::plan::PlanBody;
use crate::spec::{Operation, Scope, Spec, Unreadable, recurring};
use crate::time::{Millis, Timestamp};
use crate::view::View;
use serde::{Deserialize, Serialize};

/// What is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Planned work on what services stand on.
    Maintenance,
    /// Something is or will be unavailable.
    Outage,
    /// People look at the systems and want them to stay as they are.
    Audit,
    /// An urgent patch goes first; everything else makes way.
    Patch,
    /// A campaign of a business unit.
    Campaign,
    /// Days on which many users come.
    Peak,
    /// Work of a third party.
    Vendor,
    /// A sitting of people who decide on changes.
    Board,
    /// An environment is booked for a team.
    Booking,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Maintenance,
        Self::Outage,
        Self::Audit,
        Self::Patch,
        Self::Campaign,
        Self::Peak,
        Self::Vendor,
        Self::Board,
        Self::Booking,
    ];

    /// As shown and written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Maintenance => "maintenance",
            Self::Outage => "outage",
            Self::Audit => "audit",
            Self::Patch => "patch",
            Self::Campaign => "campaign",
            Self::Peak => "peak",
            Self::Vendor => "vendor",
            Self::Board => "board",
            Self::Booking => "booking",
        }
    }

    /// By its name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// What it does to deployments when nobody says otherwise.
    #[must_use]
    pub fn effect(self) -> Effect {
        match self {
            Self::Maintenance | Self::Outage | Self::Audit | Self::Patch | Self::Booking => {
                Effect::Blocks
            }
            Self::Campaign | Self::Peak => Effect::Asks,
            Self::Vendor | Self::Board => Effect::Informs,
        }
    }
}

/// What an entry does to deployments in its scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// They wait until it is over.
    Blocks,
    /// They need the recorded consent of its owner.
    Asks,
    /// Nothing; it is shown.
    Informs,
}

impl Effect {
    /// As shown and written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Asks => "asks",
            Self::Informs => "informs",
        }
    }
    /// By its name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        let all = [Self::Blocks, Self::Asks, Self::Informs];
        all.into_iter().find(|effect| effect.as_str() == text)
    }
}

/// When it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "when", rename_all = "kebab-case", deny_unknown_fields)]
pub enum When {
    /// Once.
    Once {
        /// First instant.
        from: Timestamp,
        /// End, not part of it.
        until: Timestamp,
    },
    /// Again and again.
    Repeats {
        /// A phrase of spans; or of points, with `lasting`.
        phrase: String,
        /// How long each lasts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lasting: Option<Millis>,
        /// Not before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Timestamp>,
        /// Not after; without it for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
}

impl When {
    /// From this instant on it is over; none when it repeats for ever.
    #[must_use]
    pub fn end(&self) -> Option<Timestamp> {
        match self {
            Self::Once { until, .. } => Some(*until),
            Self::Repeats { until, .. } => *until,
        }
    }

    /// When it is, as far as that has something in common with `time`.
    ///
    /// # Errors
    /// A zone or a phrase that cannot be read.
    pub fn spans(&self, spec: &Spec, zone: &str, time: Span) -> Result<Intervals, Unreadable> {
        match self {
            Self::Once { from, until } => {
                let span = Span::new(*from, *until).and_then(|span| span.overlap(time));
                Ok(span.into_iter().collect())
            }
            Self::Repeats {
                phrase,
                lasting,
                from,
                until,
            } => {
                let (from, until) = (
                    from.unwrap_or(Timestamp::MIN),
                    until.unwrap_or(Timestamp::MAX),
                );
                let Some(within) = Span::new(from, until).and_then(|all| all.overlap(time)) else {
                    return Ok(Intervals::none());
                };
                let setting = spec.setting(zone)?;
                let texts = std::slice::from_ref(phrase);
                Ok(recurring::spans(texts, *lasting, &setting, within)?.within(within))
            }
        }
    }
}

/// Where an entry was imported from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Which calendar, for people.
    pub calendar: String,
    /// Its id there; importing it again is the same entry.
    pub uid: String,
    /// Revision there.
    pub sequence: u32,
}

/// Somebody of the owning team lets a release go all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Which release.
    pub release: ReleaseId,
    /// Who.
    pub by: String,
    /// Why.
    pub because: String,
    /// When.
    pub at: Timestamp,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Kind.
    pub kind: Kind,
    /// For people.
    pub title: String,
    /// When.
    pub when: When,
    /// IANA zone in which it was said and is told.
    pub zone: String,
    /// What it concerns.
    pub scope: Scope,
    /// What it does.
    pub effect: Effect,
    /// Team that answers for it; it consents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<TeamId>,
    /// Releases that go all the same: the patch itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lets: Vec<ReleaseId>,
    /// The third party whose work it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Name>,
    /// Terms of the contract that it breaks, with the evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaches: Vec<String>,
    /// Where it was imported from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Why it was declared.
    pub reason: String,
    /// Who declared it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// How often it was moved.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub moved: u32,
    /// Consents that count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<Consent>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Facts {
    /// As it stands after it was moved: what was consented to was another time.
    #[must_use]
    pub fn at_another_time(&self, when: When) -> Self {
        Self {
            when,
            consents: Vec::new(),
            ..self.clone()
        }
    }

    /// Does it hold this work back, or ask for consent to it? What it lets through is not concerned.
    #[must_use]
    pub fn concerns(&self, spec: &Spec, plan: &PlanBody, purpose: Purpose) -> bool {
        self.scope.concerns(spec, &plan.service, &plan.environment)
            && self.scope.stops(Operation::of(plan, purpose))
            && !self.lets.contains(&plan.to.release)
    }

    /// The people of the owning team.
    #[must_use]
    pub fn deciders(&self, spec: &Spec, view: &dyn View) -> Vec<String> {
        let owner = self.owner.as_ref();
        owner.map_or_else(Vec::new, |team| people::members(spec, view, team))
    }
}
