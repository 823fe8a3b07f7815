//! Names of the gates, as plans, ledger, answers and exceptions write them.

use serde::{Deserialize, Serialize};

/// The gates there are. The closed list is part of each plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateId {
    /// The artifact is registered and neither retired nor recalled.
    Artifact,
    /// The release succeeded in the environments before this one.
    Order,
    /// It was healthy there for long enough.
    Soak,
    /// What it needs runs, in an accepted version, and is not being changed.
    Dependency,
    /// The release or revision is not held after a rollback.
    Hold,
    /// The environment is open.
    Environment,
    /// Nothing of the service was changed at its target past the ledger.
    NoDrift,
    /// The scope of the release is locked and complete.
    Scope,
    /// The parts of its document pack that are asked for are there.
    Documents,
    /// Everybody who is asked said yes to this very plan.
    Approval,
    /// Every board that decides about such changes said go.
    Board,
    /// No emergency of the service still owes its review.
    ReviewDebt,
    /// Where a train carries the service, the departure it is aboard has left.
    Train,
    /// The whole operation fits into the window of the environment.
    Window,
    /// No freeze holds or begins before it is over.
    Freeze,
    /// The instant that was asked for has come.
    Schedule,
    /// Whoever would have to help is on duty until the whole operation is over.
    Cover,
    /// Whoever decides about the way back confirmed it and is on duty.
    RollbackOwner,
    /// The environment is not booked for another team.
    Booking,
    /// Nothing declared on the calendar is in the way.
    Calendar,
    /// The calendars of the third parties it depends on were read lately.
    Vendor,
    /// Environments that must never change together do not.
    Apart,
    /// Nothing else is being deployed where only one thing at a time may.
    Lock,
    /// There is a place for it, and it is its turn.
    Capacity,
}

impl GateId {
    /// All gates, in the order people read them.
    pub const ALL: [Self; 24] = [
        Self::Artifact,
        Self::Order,
        Self::Soak,
        Self::Dependency,
        Self::Hold,
        Self::Environment,
        Self::NoDrift,
        Self::Scope,
        Self::Documents,
        Self::Approval,
        Self::Board,
        Self::ReviewDebt,
        Self::Train,
        Self::Window,
        Self::Freeze,
        Self::Schedule,
        Self::Cover,
        Self::RollbackOwner,
        Self::Booking,
        Self::Calendar,
        Self::Vendor,
        Self::Apart,
        Self::Lock,
        Self::Capacity,
    ];

    /// Whether what it says depends on service, environment and time alone, so that it can be asked before there is a release.
    #[must_use]
    pub fn is_calendar(self) -> bool {
        matches!(
            self,
            Self::Window
                | Self::Freeze
                | Self::Cover
                | Self::Booking
                | Self::Calendar
                | Self::Vendor
        )
    }

    /// As shown and stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Artifact => "artifact",
            Self::Order => "order",
            Self::Soak => "soak",
            Self::Dependency => "dependency",
            Self::Hold => "hold",
            Self::Environment => "environment",
            Self::NoDrift => "no-drift",
            Self::Scope => "scope",
            Self::Documents => "documents",
            Self::Approval => "approval",
            Self::Board => "board",
            Self::ReviewDebt => "review-debt",
            Self::Train => "train",
            Self::Window => "window",
            Self::Freeze => "freeze",
            Self::Schedule => "schedule",
            Self::Cover => "cover",
            Self::RollbackOwner => "rollback-owner",
            Self::Booking => "booking",
            Self::Calendar => "calendar",
            Self::Vendor => "vendor",
            Self::Apart => "apart",
            Self::Lock => "lock",
            Self::Capacity => "capacity",
        }
    }

    /// Does it ask for a place? What blocks for want of a place blocks nobody behind.
    #[must_use]
    pub fn is_about_places(self) -> bool {
        matches!(self, Self::Lock | Self::Capacity)
    }

    /// Does a wait of it, where no instant is known, end with an entry alone? Each such entry wakes whoever waits.
    pub(super) fn waits_for_entries(self) -> bool {
        matches!(
            self,
            Self::Order | Self::Soak | Self::Dependency | Self::Apart
        )
    }

    /// Does time alone change its answer? Only such a gate moves a reserved time.
    #[must_use]
    pub fn is_timed(self) -> bool {
        !matches!(
            self,
            Self::Artifact
                | Self::Order
                | Self::Dependency
                | Self::Hold
                | Self::Environment
                | Self::NoDrift
                | Self::Scope
                | Self::Documents
                | Self::Approval
                | Self::Board
                | Self::ReviewDebt
                | Self::Vendor
                | Self::Apart
                | Self::Lock
                | Self::Capacity
        )
    }
}
