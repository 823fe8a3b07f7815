//! One thing on the calendar, whatever it is made of.

use crate::calendar::Span;
use crate::id::{EnvId, ServiceId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What it is. The order is the one in which things at one instant are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A window is open.
    Window,
    /// A freeze, of the configuration or declared.
    Freeze,
    /// A train leaves.
    Departure,
    /// Time kept for a deployment that waits.
    Slot,
    /// A deployment under way.
    Deployment,
    /// Maintenance.
    Maintenance,
    /// Something is not available.
    Outage,
    /// An audit.
    Audit,
    /// An urgent patch.
    Patch,
    /// A campaign of a business unit.
    Campaign,
    /// A peak of the business.
    Peak,
    /// Work of a vendor.
    Vendor,
    /// A sitting of a board.
    Board,
    /// A run of a batch program.
    Batch,
    /// An environment is booked.
    Booking,
    /// No team on duty.
    CoverGap,
    /// No working day.
    Holiday,
    /// The last day of a fiscal quarter.
    QuarterEnd,
    /// Somebody decides in the place of somebody else.
    Delegation,
}

impl Kind {
    /// All of them, in the order people read them.
    pub const ALL: [Self; 19] = [
        Self::Window,
        Self::Freeze,
        Self::Departure,
        Self::Slot,
        Self::Deployment,
        Self::Maintenance,
        Self::Outage,
        Self::Audit,
        Self::Patch,
        Self::Campaign,
        Self::Peak,
        Self::Vendor,
        Self::Board,
        Self::Batch,
        Self::Booking,
        Self::CoverGap,
        Self::Holiday,
        Self::QuarterEnd,
        Self::Delegation,
    ];

    /// As written and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Freeze => "freeze",
            Self::Departure => "departure",
            Self::Slot => "slot",
            Self::Deployment => "deployment",
            Self::Maintenance => "maintenance",
            Self::Outage => "outage",
            Self::Audit => "audit",
            Self::Patch => "patch",
            Self::Campaign => "campaign",
            Self::Peak => "peak",
            Self::Vendor => "vendor",
            Self::Board => "board",
            Self::Batch => "batch",
            Self::Booking => "booking",
            Self::CoverGap => "cover-gap",
            Self::Holiday => "holiday",
            Self::QuarterEnd => "quarter-end",
            Self::Delegation => "delegation",
        }
    }

    /// By its name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// When it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// At an instant.
    At(Timestamp),
    /// From an instant up to another; up to [`Timestamp::MAX`] when nobody knows the end yet.
    Within(Span),
}

impl Time {
    /// Its first instant.
    #[must_use]
    pub const fn start(self) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Within(span) => span.start(),
        }
    }
    /// The first instant after it; none for an instant and for what has no end yet.
    #[must_use]
    pub fn end(self) -> Option<Timestamp> {
        match self {
            Self::At(_) => None,
            Self::Within(span) => Some(span.end()).filter(|end| *end < Timestamp::MAX),
        }
    }
    /// Whether it has something in common with a span.
    #[must_use]
    pub fn touches(self, span: Span) -> bool {
        match self {
            Self::At(at) => span.contains(at),
            Self::Within(own) => own.overlap(span).is_some(),
        }
    }
}

/// What it does to work that wants to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Work may start in it.
    Opens,
    /// Work may not start in it.
    Blocks,
    /// Work in it needs somebody's consent.
    Asks,
    /// It is only shown.
    Informs,
}

/// Where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The configuration: dotted path of the value.
    Rule(String),
    /// Somebody.
    Declared {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
}

/// How it stands to the present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is to come.
    Ahead,
    /// It is now.
    Now,
    /// It is over.
    Over,
    /// It was called off.
    Cancelled,
}

/// One thing on the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// The same thing has the same id whenever it is looked at, also when it was moved, unless it repeats.
    pub id: String,
    /// Name, as people say it.
    pub name: String,
    /// One line.
    pub title: String,
    /// More, may be empty.
    pub detail: String,
    /// When.
    pub time: Time,
    /// IANA zone in which it was said.
    pub zone: String,
    /// Environments that it concerns; all when empty.
    pub environments: Vec<EnvId>,
    /// Services that it concerns; all when empty.
    pub services: Vec<ServiceId>,
    /// What it does.
    pub effect: Effect,
    /// Where it comes from.
    pub source: Source,
    /// How it stands.
    pub state: State,
}

impl Item {
    /// How a time stands to the present.
    #[must_use]
    pub fn state_at(time: Time, now: Timestamp) -> State {
        match time {
            _ if time.start() > now => State::Ahead,
            Time::Within(span) if span.contains(now) => State::Now,
            Time::At(at) if at == now => State::Now,
            _ => State::Over,
        }
    }
}
