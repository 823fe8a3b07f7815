//! The configuration in force: every name resolved, every quantity checked, addressed by digest.
//!
//! Made by `tidegate-config` from YAML and read by planner and deciders. It holds effects only; where each value was
//! written stands beside it in [`Origins`], outside the digest.

mod analysis;
mod archive;
pub mod board;
mod calendar;
pub mod condition;
mod criteria;
mod departing;
mod duty;
mod freeze;
mod guardrail;
mod identity;
mod issue;
mod layers;
mod origin;
mod owned;
mod place;
mod policy;
pub mod recurring;
mod resolve;
mod retention;
mod risk;
mod scope;
mod service;
mod sign;
mod strategy;
mod template;
mod times;
mod timetable;
mod train;
mod unit;

pub use analysis::{Analysis, Better, Metric, NoData, Source, Tolerance};
pub use archive::{Checkpoints, Destination};
pub use board::{Board, Seats, Sitting};
pub use calendar::Window;
pub use criteria::{Criterion, Proof};
pub use departing::Held;
pub use freeze::{ChangeClass, Freeze, FreezePolicy, Going, InFlight};
pub use guardrail::{Guardrail, handed_over, loosened};
pub use identity::{Ci, SignIn, Trust};
pub use issue::{KnownIssue, PublicFeed};
pub use layers::{Booking, Cost, Legacy, Vendor, notice};
pub use origin::{Origins, Place};
pub use owned::{OwnedControl, in_other_hands};
pub use place::{Arrival, Environment, Pipeline, StrategyRule, Team, Tier, Unscheduled};
pub use policy::{ApprovalRule, Approvers, ClassRule, Document, Needed, Part, Policy, SignOffRule};
pub use resolve::{Resolved, Unresolved};
pub use retention::{Class, Keep, Retention};
pub use risk::{RiskBand, RiskFactor, RiskModel, RiskQuestion};
pub use scope::{Operation, Scope};
pub use service::{
    Audience, DataClass, Health, Need, Otherwise, Override, Rollback, RollbackAuthority, Run,
    Service,
};
pub use sign::StepSignOff;
pub use strategy::{CanaryStep, OnRegression, Shape, Share, StickBy, Strategy};
pub use template::{BadTemplate, FIELDS, Template};
pub use times::{Unreadable, country_of_list};
pub use timetable::Timetable;
pub use train::{Cadence, Hotfixes, Missed, Quota, ReleaseModel, Train, Trigger};
pub use unit::{Belongs, Unit, concerned};

use crate::digest::{Digest, canonical};
use crate::id::{EnvId, Name, ServiceId, TeamId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Configuration in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Company name for people.
    pub company: String,
    /// IANA zone used wherever a rule names none.
    pub zone: String,
    /// Base URL of the Prometheus server that answers `Source::Prometheus` queries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prometheus: Option<String>,
    /// Teams by name.
    pub teams: BTreeMap<TeamId, Team>,
    /// Environments by name.
    pub environments: BTreeMap<EnvId, Environment>,
    /// Pipelines by name; `standard` always exists.
    pub pipelines: BTreeMap<Name, Pipeline>,
    /// Strategies by name; `recreate`, `rolling`, `blue-green`, `canary` always exist.
    pub strategies: BTreeMap<Name, Strategy>,
    /// Analyses by name; `standard` always exists.
    pub analyses: BTreeMap<Name, Analysis>,
    /// Services by name.
    pub services: BTreeMap<ServiceId, Service>,
    /// Windows by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub windows: BTreeMap<Name, Window>,
    /// Planned freezes by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub freezes: BTreeMap<Name, Freeze>,
    /// Trains by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub trains: BTreeMap<Name, Train>,
    /// Third parties by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vendors: BTreeMap<Name, Vendor>,
    /// Systems that cannot be moved, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub legacy: BTreeMap<Name, Legacy>,
    /// Booked environments by name of the booking.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bookings: BTreeMap<Name, Booking>,
    /// Policies on changes by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub policies: BTreeMap<Name, Policy>,
    /// What nobody may do, whatever else lets them, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub guardrails: BTreeMap<Name, Guardrail>,
    /// Business units by name. What belongs to none is the company's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<Name, Unit>,
    /// Boards that decide about changes, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub boards: BTreeMap<Name, Board>,
    /// How risk is counted; the built-in model when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<RiskModel>,
    /// Questions whose answers count for the risk.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub risk_questions: BTreeMap<Name, RiskQuestion>,
    /// First month of the fiscal year, 1 to 12; January when 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub fiscal_year_starts: u8,
    /// Days that are no working days, in every zone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub holidays: BTreeSet<jiff::civil::Date>,
    /// Teams whose members see everything, whatever is hidden from others.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub auditors: BTreeSet<TeamId>,
    /// What anybody may read without signing in; nothing when empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub public_feeds: BTreeSet<PublicFeed>,
    /// How people sign in at an identity provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignIn>,
    /// Whose builds may register artifacts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trust: Vec<Trust>,
    /// How long bodies beside the log are kept, by name of the rule; without one for good.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub retention: BTreeMap<Name, Retention>,
    /// Templates of the parts of document packs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub templates: BTreeMap<Name, Template>,
    /// Where signed states of the log are handed to; nowhere when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoints: Option<Checkpoints>,
    /// Days of imported lists by their code (`DE-BE`): no working days in the zones of the list's country.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub holidays_of: BTreeMap<String, BTreeSet<jiff::civil::Date>>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(month: &u8) -> bool {
    *month == 0
}

impl Spec {
    /// Digest over the canonical bytes.
    ///
    /// # Errors
    /// The serialiser's message; does not happen for a spec made by `tidegate-config`.
    pub fn digest(&self) -> Result<Digest, serde_json::Error> {
        Ok(Digest::of(canonical(self)?.as_bytes()))
    }
}
