//! Gates: named conditions on the start of a deployment.
//!
//! All gates are asked every time, so people see every reason at once. A gate that cannot tell blocks.

mod apart;
mod approval;
mod artifact;
mod bars;
mod board;
mod booking;
mod calendar;
mod capacity;
mod cover;
mod debt;
mod dependency;
mod documents;
mod emergency;
mod environment;
mod feeds;
mod freeze;
mod hold;
mod id;
mod known;
mod lock;
mod no_drift;
mod order;
mod path;
mod rollback_owner;
mod schedule;
mod scope;
mod soak;
mod times;
mod train;
mod vendor;
mod window;

pub(crate) use approval::class_of;
pub use id::GateId;
use known::Evaluation;
pub use path::{ClassPath, class_path};

use crate::calendar::{Zone, zone_data_version};
use crate::decider::Trigger;
use crate::id::DeploymentId;
use crate::model::queue::{At, Row};
use crate::plan::{Expected, PlanBody};
use crate::queue::Request;
use crate::spec::{Origins, Spec};
use crate::time::{Millis, Timestamp};
use crate::view::View;
use serde::{Deserialize, Serialize};

/// Why a deployment is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A release moves on.
    Promote,
    /// Return to an earlier revision.
    Rollback,
    /// The same again.
    Redeploy,
}

impl Purpose {
    /// A return goes at once: no order, no soak, no window, no holds in its steps; a freeze says itself whether it goes. Locks
    /// and fencing always hold.
    #[must_use]
    pub fn is_return(self) -> bool {
        self == Self::Rollback
    }
}

/// Gates asked for a purpose. What a return skips is written here and nowhere else.
#[must_use]
pub fn required(purpose: Purpose) -> Vec<GateId> {
    match purpose {
        Purpose::Promote | Purpose::Redeploy => GateId::ALL.to_vec(),
        Purpose::Rollback => vec![GateId::Artifact, GateId::Hold, GateId::Freeze, GateId::Lock],
    }
}

/// One gate's answer, with everything a person needs to understand or change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateReport {
    /// Gate.
    pub gate: GateId,
    /// Answer.
    pub outcome: GateOutcome,
    /// One line: what is asked and how it stands.
    pub title: String,
    /// Details, may be empty.
    pub detail: String,
    /// Who can change the answer.
    pub who: Vec<String>,
    /// Dotted path of the configuration value that asks for it, when there is one.
    pub rule: Option<String>,
    /// Edition of the zone data it was worked out with, when it depends on zones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone_data: Option<String>,
}

/// The five answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum GateOutcome {
    /// Met; `until` when a pass can go stale.
    Pass {
        /// End of the pass.
        until: Option<Timestamp>,
    },
    /// Nobody is wrong, it is not time yet.
    Wait {
        /// Next instant at which the answer may differ.
        at: Timestamp,
        /// Earlier when one of these changes.
        on: Vec<Trigger>,
    },
    /// Someone must change something.
    Fail {
        /// Asked again when one of these changes.
        on: Vec<Trigger>,
    },
    /// It could not be told: blocks.
    Broken {
        /// When it is asked again.
        retry_at: Timestamp,
    },
    /// An exception lifts it.
    Overridden {
        /// The exception.
        by: String,
    },
}

impl GateOutcome {
    /// The instant at which time alone lets the gate pass, when that is known. A gate that waits for something else is
    /// looked at again after a while in any case; that instant says nothing about when it will pass.
    #[must_use]
    pub fn opens(&self, asked: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Wait { at, .. } => (*at != BACKSTOP.after(asked)).then_some(*at),
            _ => None,
        }
    }

    /// Does it let the deployment start?
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self, Self::Pass { .. } | Self::Overridden { .. })
    }
}

/// What gates look at.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Ledger time, or the instant asked about.
    pub now: Timestamp,
    /// Ledger time: how old what is known is. Nobody knows what will have been read by an instant that is asked about.
    pub present: Timestamp,
    /// The plan.
    pub plan: &'a PlanBody,
    /// Why.
    pub purpose: Purpose,
    /// The deployment, absent before it is proposed.
    pub deployment: Option<&'a DeploymentId>,
    /// What was asked for beside the release.
    pub request: &'a Request,
    /// How long its steps are expected to take; what the plan holds when absent.
    pub expected: Option<&'a Expected>,
    /// Configuration in force.
    pub spec: &'a Spec,
    /// Where it was written.
    pub origins: &'a Origins,
    /// The rest of the ledger.
    pub view: &'a dyn View,
}

/// Backstop between two looks at a gate that waits for a trigger.
pub(crate) const BACKSTOP: Millis = Millis::minutes(5);

/// Between two looks at a gate whose instant has passed and that waits all the same.
const SOON: Millis = Millis::secs(1);

/// Longest time between two looks at a deployment that waits; changes wake it earlier.
const LOOK_ANEW: Millis = Millis::minutes(60);

/// The same for one that waits only for a place: whoever gives one back wakes the next in line.
pub(crate) const LOOK_AGAIN: Millis = Millis::minutes(6 * 60);

/// Trigger fired when a place may be free for a deployment.
pub(crate) fn turn_of(id: &DeploymentId) -> Trigger {
    format!("turn/{id}")
}

/// How often [`earliest`] looks again; each time some gate has moved the answer on.
const ROUNDS: usize = 32;

/// The answer of every gate of the plan.
#[must_use]
pub fn evaluate(asked: &Asked<'_>) -> Vec<GateReport> {
    evaluate_these(asked, |_| true)
}

/// The answer of one gate; `None` when the plan does not ask it.
#[must_use]
pub(crate) fn answer_of(asked: &Asked<'_>, gate: GateId) -> Option<GateReport> {
    evaluate_these(asked, |one| one == gate).pop()
}

fn evaluate_these(asked: &Asked<'_>, which: impl Fn(GateId) -> bool) -> Vec<GateReport> {
    let whole = &Evaluation::of(asked);
    asked
        .plan
        .gates
        .iter()
        .filter(|gate| which(**gate))
        .map(|gate| match gate {
            GateId::Artifact => artifact::evaluate(asked),
            GateId::Order => order::evaluate(asked),
            GateId::Soak => soak::evaluate(asked),
            GateId::Dependency => dependency::evaluate(asked),
            GateId::Hold => hold::evaluate(asked),
            GateId::Environment => environment::evaluate(asked),
            GateId::NoDrift => no_drift::evaluate(asked),
            GateId::Scope => scope::evaluate(asked),
            GateId::Documents => documents::evaluate(whole),
            GateId::Approval => approval::evaluate(whole),
            GateId::Board => board::evaluate(whole),
            GateId::ReviewDebt => debt::evaluate(whole),
            GateId::Train => train::evaluate(asked),
            GateId::Window => window::evaluate(whole),
            GateId::Freeze => freeze::evaluate(asked),
            GateId::Schedule => schedule::evaluate(asked),
            GateId::Cover => cover::evaluate(asked),
            GateId::RollbackOwner => rollback_owner::evaluate(asked),
            GateId::Booking => booking::evaluate(asked),
            GateId::Calendar => calendar::evaluate(asked),
            GateId::Vendor => vendor::evaluate(asked),
            GateId::Apart => apart::evaluate(asked),
            GateId::Lock => lock::evaluate(asked),
            GateId::Capacity => capacity::evaluate(asked),
        })
        .map(dated)
        .map(|report| emergency::lifted(whole, report))
        .collect()
}

/// With the edition of the zone data, where the answer depends on zones.
fn dated(mut report: GateReport) -> GateReport {
    let by_clock = matches!(report.gate, GateId::Train | GateId::Window | GateId::Freeze);
    report.zone_data = by_clock.then(|| zone_data_version().to_owned());
    report
}

/// Why answers that are known are asked again although nothing else changed: this program has other zone data than the one
/// that gave them.
#[must_use]
pub fn anew(known: &[GateReport], now: &[GateReport]) -> Option<String> {
    fn edition(reports: &[GateReport]) -> Option<&str> {
        reports.iter().find_map(|r| r.zone_data.as_deref())
    }
    let (before, after) = (edition(known)?, edition(now)?);
    (before != after)
        .then(|| format!("zone data {after} instead of {before}: every time was worked out again"))
}

/// The first instant at which every gate passes, as far as time alone decides: where one gate ends its wait, the others are
/// asked as of then. `reports` are the answers of [`evaluate`]. Who else wants a place at a later instant is not known, so
/// places count only as of now. None when something else must change first.
#[must_use]
pub fn earliest(asked: &Asked<'_>, reports: &[GateReport]) -> Option<Timestamp> {
    let mut now = asked.now;
    let mut later = Vec::new();
    for round in 0..ROUNDS {
        let reports = if round == 0 { reports } else { &later };
        let mut waits = reports.iter().filter(|r| !r.outcome.passes());
        let mut next = now;
        for report in waits.clone().filter(|r| !r.gate.is_about_places()) {
            next = next.max(report.opens(now)?);
        }
        if next == now {
            return (round > 0 || waits.next().is_none()).then_some(now);
        }
        now = next;
        later = evaluate(&Asked { now, ..*asked });
    }
    None
}

/// Exceptions that lifted a freeze for it, as the answers of the gates name them.
#[must_use]
pub fn exceptions(reports: &[GateReport]) -> Vec<crate::freeze::ExceptionId> {
    let named = |report: &GateReport| match &report.outcome {
        GateOutcome::Overridden { by } if report.gate == GateId::Freeze => by
            .split(", ")
            .filter_map(|id| crate::freeze::ExceptionId::new(id).ok())
            .collect(),
        _ => Vec::new(),
    };
    reports.iter().flat_map(named).collect()
}

/// The first instant at which every gate that is about time passes, whatever the others say. None when that is not known.
#[must_use]
pub fn earliest_in_time(asked: &Asked<'_>, reports: &[GateReport]) -> Option<Timestamp> {
    let mut now = asked.now;
    let timed = reports.iter().filter(|r| r.gate.is_timed());
    let mut blocking: Vec<GateReport> = timed.filter(|r| !r.outcome.passes()).cloned().collect();
    for _ in 0..ROUNDS {
        let mut next = now;
        for report in &blocking {
            next = next.max(report.opens(now)?);
        }
        if next == now {
            return Some(now);
        }
        now = next;
        blocking = evaluate_these(&Asked { now, ..*asked }, GateId::is_timed);
        blocking.retain(|r| !r.outcome.passes());
    }
    None
}

/// The first instant at which every gate that is about time passes again, when what passes at `at` was let go by. None when
/// nothing ends, or when it is not known.
#[must_use]
pub fn missed(asked: &Asked<'_>, at: Timestamp) -> Option<Timestamp> {
    let then = Asked { now: at, ..*asked };
    let reports = evaluate_these(&then, GateId::is_timed);
    let ends = reports.iter().filter_map(|r| match &r.outcome {
        GateOutcome::Pass { until } => until.filter(|until| *until > at),
        _ => None,
    });
    let later = Asked {
        now: Millis(1).after(ends.min()?),
        ..*asked
    };
    earliest_in_time(&later, &evaluate_these(&later, GateId::is_timed))
}

/// An instant for people, in a zone: `Mon 23 Nov 2026 09:00 Berlin`.
#[must_use]
pub fn moment_in(at: Timestamp, zone: &str) -> String {
    match Zone::named(zone) {
        Ok(zone) => times::moment(at, &zone, Timestamp::MIN),
        Err(_) => at.to_string(),
    }
}

/// When to ask again, and what changes may answer earlier.
#[must_use]
pub fn next_look(reports: &[GateReport], now: Timestamp) -> (Timestamp, Vec<Trigger>) {
    let place_only = reports
        .iter()
        .all(|r| r.outcome.passes() || r.gate.is_about_places());
    let longest = if place_only { LOOK_AGAIN } else { LOOK_ANEW };
    let mut at = longest.after(now);
    let mut triggers = Vec::new();
    for report in reports {
        match &report.outcome {
            GateOutcome::Wait { at: then, on } => {
                // An instant that has passed without an effect is not waited for again at once.
                let then = if *then > now { *then } else { SOON.after(now) };
                // Where each entry that may change the answer wakes it, time alone changes nothing.
                if then != BACKSTOP.after(now) || !report.gate.waits_for_entries() {
                    at = at.min(then);
                }
                triggers.extend(on.iter().cloned());
            }
            GateOutcome::Fail { on } => triggers.extend(on.iter().cloned()),
            GateOutcome::Broken { retry_at } => {
                at = at.min((*retry_at).max(now));
                // What is not known of a calendar is known once that is read.
                if matches!(report.gate, GateId::Calendar | GateId::Vendor) {
                    triggers.push(crate::stream::feed::TRIGGER.to_owned());
                }
            }
            // A pass that goes stale is another answer.
            GateOutcome::Pass { until: Some(until) } if *until > now => at = at.min(*until),
            GateOutcome::Pass { .. } | GateOutcome::Overridden { .. } => {}
        }
    }
    triggers.sort();
    triggers.dedup();
    (at, triggers)
}

impl Asked<'_> {
    fn report(&self, gate: GateId, outcome: GateOutcome, title: impl Into<String>) -> GateReport {
        GateReport {
            gate,
            outcome,
            title: title.into(),
            detail: String::new(),
            who: Vec::new(),
            rule: None,
            zone_data: None,
        }
    }
    /// Trigger fired when the plan's environment is held or opened.
    fn posture_changes(&self) -> Trigger {
        format!("posture/{}", self.plan.environment)
    }
    /// Trigger fired when a place may be free for this deployment.
    fn own_turn(&self) -> Trigger {
        self.deployment.map_or_else(|| "turn".to_owned(), turn_of)
    }
    /// The time that must be free for it as a whole: steps, stabilisation and the way back.
    #[must_use]
    pub fn needs(&self) -> Millis {
        self.plan.needs_with(self.expected)
    }
    /// The row of a deployment that was not proposed yet, ready now.
    fn row(&self) -> Row {
        let service = &self.plan.service;
        Row {
            service: service.clone(),
            release: self.plan.to.release.clone(),
            team: self.spec.services.get(service).map(|s| s.owner.clone()),
            by: String::new(),
            priority: self.request.priority,
            goes_back: self.purpose.is_return(),
            since: self.now,
            waited: Millis::ZERO,
            at: At::Ready { since: self.now },
            slot: None,
            expected: self.plan.lasts_with(self.expected),
        }
    }
    fn release_changes(&self) -> Trigger {
        format!("release/{}", self.plan.to.release)
    }
}

impl GateReport {
    /// The instant at which time alone lets this gate pass, when that is known.
    #[must_use]
    pub fn opens(&self, asked: Timestamp) -> Option<Timestamp> {
        self.outcome
            .opens(asked)
            // When a board meets is known, and what it will say is not.
            .filter(|_| !self.gate.is_about_places() && self.gate != GateId::Board)
    }
    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
    fn who(mut self, who: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.who = who.into_iter().map(Into::into).collect();
        self
    }
    fn rule(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }
}

const PASS: GateOutcome = GateOutcome::Pass { until: None };
