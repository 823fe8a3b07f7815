//! How each deployment to production went, told from the entries of a branch.

use std::collections::BTreeMap;
use tidegate_core::gate::{GateId, GateReport};
use tidegate_core::id::{DeploymentId, EnvId, ReleaseId};
use tidegate_core::stream::deployment::{Deployment, Event, Phase};
use tidegate_core::time::{Millis, Timestamp};

/// A release on its way to an environment of production.
#[derive(Debug, Clone)]
pub struct Journey {
    /// Which.
    pub release: ReleaseId,
    /// The release whose request it repeats; absent when it was open when the forecast began.
    pub like: Option<ReleaseId>,
    /// Where.
    pub environment: EnvId,
    /// When its deployment was proposed.
    pub asked: Timestamp,
    /// When it passed its gates.
    pub started: Option<Timestamp>,
    /// When it ended, or all its steps were done.
    pub ended: Option<Timestamp>,
    /// How it stands.
    pub end: End,
    /// What it waited for before it started, the longest first. Several gates may hold it at the same time.
    pub waits: Vec<Wait>,
    /// What holds it in the end, where it has not started.
    pub held: Vec<Held>,
}

/// How a journey stands in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It arrived.
    Done,
    /// It was taken back.
    TakenBack(String),
    /// It was given up at its gates: replaced, expired or cancelled.
    GivenUp(String),
    /// It waits at its gates.
    Waiting,
    /// It is under way.
    UnderWay,
}

/// How long a gate held it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Gate.
    pub gate: GateId,
    /// Dotted path of the configuration value that asks for it, when there is one.
    pub rule: Option<String>,
    /// For people, as it was said last.
    pub title: String,
    /// How long.
    pub lasted: Millis,
}

/// A gate that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Gate.
    pub gate: GateId,
    /// What it says.
    pub title: String,
    /// Who can change it.
    pub who: Vec<String>,
}

type Key = (GateId, Option<String>);

/// Journeys by deployment, while entries are read.
#[derive(Default)]
pub(super) struct Journeys(BTreeMap<DeploymentId, Under>);

struct Under {
    journey: Journey,
    /// Since when these gates hold it.
    gates: Option<(Timestamp, Vec<GateReport>)>,
    lasted: BTreeMap<Key, (String, Millis)>,
}

impl Journeys {
    /// One that was open when the forecast began.
    pub(super) fn open(&mut self, state: &Deployment, from: Timestamp) {
        let Some(facts) = &state.facts else {
            return;
        };
        let body = &facts.plan.body;
        let place = (&body.to.release, &body.environment);
        let mut under = Under::new(place, facts.proposed_at);
        under.journey.started = facts.started_at;
        match &state.phase {
            Phase::Gated { reports, .. } => under.gates = Some((from, reports.clone())),
            _ => under.journey.end = End::UnderWay,
        }
        self.0.insert(facts.id.clone(), under);
    }

    /// What happened next.
    pub(super) fn happened(&mut self, id: &DeploymentId, at: Timestamp, event: Event) {
        if let Event::Proposed { plan, .. } = &event {
            let place = (&plan.body.to.release, &plan.body.environment);
            let mut under = Under::new(place, at);
            under.gates = Some((at, Vec::new()));
            self.0.insert(id.clone(), under);
        }
        if let Some(under) = self.0.get_mut(id) {
            under.happened(at, event);
        }
    }

    /// All of them, by the instant at which they were asked for.
    pub(super) fn ended(self, until: Timestamp) -> Vec<Journey> {
        let all = self.0.into_values().map(|under| under.into_journey(until));
        let mut all: Vec<Journey> = all.collect();
        all.sort_by(|a, b| (a.asked, &a.release).cmp(&(b.asked, &b.release)));
        all
    }
}

impl Under {
    fn new((release, environment): (&ReleaseId, &EnvId), asked: Timestamp) -> Self {
        Self {
            journey: Journey {
                release: release.clone(),
                like: None,
                environment: environment.clone(),
                asked,
                started: None,
                ended: None,
                end: End::Waiting,
                waits: Vec::new(),
                held: Vec::new(),
            },
            gates: None,
            lasted: BTreeMap::new(),
        }
    }

    fn happened(&mut self, at: Timestamp, event: Event) {
        let journey = &mut self.journey;
        match event {
            Event::Waiting { reports, .. } => {
                self.until(at);
                self.gates = Some((at, reports));
            }
            Event::GatesPassed { .. } => {
                self.until(at);
                self.journey.started = Some(at);
                self.journey.end = End::UnderWay;
            }
            Event::Succeeded { .. } => {
                journey.ended = Some(at);
                journey.end = End::Done;
            }
            Event::RollbackStarted { cause, .. } => {
                journey.ended = Some(at);
                journey.end = End::TakenBack(cause.to_string());
            }
            Event::Cancelled { by, reason } => self.given_up(at, format!("{by}: {reason}")),
            Event::Superseded { because } => self.given_up(at, because),
            Event::Expired {} => self.given_up(at, "it waited for as long as it may".to_owned()),
            _ => {}
        }
    }

    fn given_up(&mut self, at: Timestamp, because: String) {
        self.until(at);
        self.journey.ended = Some(at);
        self.journey.end = End::GivenUp(because);
    }

    /// The gates held it until now.
    fn until(&mut self, at: Timestamp) {
        let Some((since, reports)) = self.gates.take() else {
            return;
        };
        let lasted = Millis::between(since, at);
        for report in reports.into_iter().filter(|r| !r.outcome.passes()) {
            let known = self.lasted.entry((report.gate, report.rule));
            let (title, sum) = known.or_default();
            *title = report.title;
            *sum = Millis(sum.0 + lasted.0);
        }
    }

    fn into_journey(mut self, until: Timestamp) -> Journey {
        if self.journey.end == End::Waiting {
            let reports = self.gates.as_ref().map(|(_, reports)| reports.as_slice());
            let reports = reports.unwrap_or_default().iter();
            let held = reports.filter(|r| !r.outcome.passes()).map(|r| Held {
                gate: r.gate,
                title: r.title.clone(),
                who: r.who.clone(),
            });
            self.journey.held = held.collect();
        }
        self.until(until);
        let waits = self
            .lasted
            .into_iter()
            .map(|((gate, rule), (title, lasted))| Wait {
                gate,
                rule,
                title,
                lasted,
            });
        self.journey.waits = waits.filter(|wait| wait.lasted.0 > 0).collect();
        self.journey
            .waits
            .sort_by_key(|wait| std::cmp::Reverse(wait.lasted));
        self.journey
    }
}
