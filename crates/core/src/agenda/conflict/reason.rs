//! The closed list of reasons for which two things should not be at the same time.

use super::Kind;
use serde::{Deserialize, Serialize};

/// Why two things should not be at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Both change one service in one environment.
    SameService,
    /// Both use a thing that takes one user at a time.
    SharedResource,
    /// One changes what the other needs, or comes before what it must come after.
    DependencyOrder,
    /// A freeze holds.
    Freeze,
    /// The window is not open for the whole of it.
    Window,
    /// Maintenance, an outage, an audit or a patch.
    Maintenance,
    /// Nobody is on duty.
    Cover,
    /// A vendor works on what it relies on.
    Vendor,
    /// A campaign or a peak of the business.
    Peak,
    /// The environment is booked.
    Booking,
    /// A batch program runs.
    BatchRun,
    /// More at a time than the environment takes.
    TooMany,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::SameService,
        Self::SharedResource,
        Self::DependencyOrder,
        Self::Freeze,
        Self::Window,
        Self::Maintenance,
        Self::Cover,
        Self::Vendor,
        Self::Peak,
        Self::Booking,
        Self::BatchRun,
        Self::TooMany,
    ];

    /// As written and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SameService => "same-service",
            Self::SharedResource => "shared-resource",
            Self::DependencyOrder => "dependency-order",
            Self::Freeze => "freeze",
            Self::Window => "window",
            Self::Maintenance => "maintenance",
            Self::Cover => "cover",
            Self::Vendor => "vendor",
            Self::Peak => "peak",
            Self::Booking => "booking",
            Self::BatchRun => "batch-run",
            Self::TooMany => "too-many",
        }
    }

    /// Why work collides with an item, if it does.
    pub(super) const fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Freeze => Some(Self::Freeze),
            Kind::Maintenance | Kind::Outage | Kind::Audit | Kind::Patch => Some(Self::Maintenance),
            Kind::Campaign | Kind::Peak => Some(Self::Peak),
            Kind::Vendor => Some(Self::Vendor),
            Kind::Batch => Some(Self::BatchRun),
            Kind::Booking => Some(Self::Booking),
            Kind::CoverGap => Some(Self::Cover),
            Kind::Window
            | Kind::Departure
            | Kind::Slot
            | Kind::Deployment
            | Kind::Board
            | Kind::Holiday
            | Kind::QuarterEnd
            | Kind::Delegation => None,
        }
    }
}
