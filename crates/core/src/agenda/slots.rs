//! When the next whole operation fits: of one service, or of several in the order of what they need, in one environment or
//! along several.
//!
//! Every instant comes from the gates themselves, asked as of that instant, so the answer is what they will say then as far
//! as the calendar decides. Times that others have reserved are left to them where only so many fit at a time. Environments that
//! are locked and releases that are held are not looked at.

use super::probe::{self, Probe};
use super::taken::Taken;
use super::{Known, LONGEST_DAYS, Question};
use crate::calendar::Span;
use crate::gate::{self, Asked, GateOutcome, GateReport, Purpose};
use crate::id::{EnvId, ServiceId};
use crate::queue::Request;
use crate::refusal::Refusal;
use crate::spec::Spec;
use crate::time::{Millis, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Most operations of one question.
pub const MOST_STAGES: usize = 64;
/// Most slots of one answer.
pub const MOST_SLOTS: usize = 20;
/// How often gates are asked for one operation; each time some gate has moved the answer on.
const ROUNDS: usize = 1_000;

/// What is to be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Services.
    pub services: Vec<ServiceId>,
    /// Environments.
    pub environments: Vec<EnvId>,
    /// How long one service takes in one environment as a whole; what its next deployment would take when absent.
    pub length: Option<Millis>,
    /// Not before this instant.
    pub from: Timestamp,
    /// How many slots are wanted.
    pub slots: usize,
}

/// One operation with its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Service.
    pub service: ServiceId,
    /// Environment.
    pub environment: EnvId,
    /// Its time.
    pub span: Span,
    /// The last instant at which it may start; none when nothing ends it within the time looked at.
    pub latest: Option<Timestamp>,
}

/// Why an operation does not start when it could.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// Service.
    pub service: ServiceId,
    /// Environment.
    pub environment: EnvId,
    /// The instant at which it could have started but for the calendar.
    pub at: Timestamp,
    /// The gates that did not pass then.
    pub reports: Vec<GateReport>,
}

/// One way to place all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// In the order of their beginning.
    pub stages: Vec<Stage>,
    /// What lay before them.
    pub before: Vec<Obstacle>,
}

/// The answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slots {
    /// The first slots.
    pub slots: Vec<Slot>,
    /// What nothing but a change of the calendar ends, when there are fewer than were wanted.
    pub never: Option<Obstacle>,
}

/// The first slots.
///
/// # Errors
/// A service or environment that is not configured or that do not belong together, a circle, or too many of them.
pub fn slots(known: &Known<'_>, search: &Search) -> Result<Slots, Refusal> {
    let stages = stages(known, search)?;
    let ahead = Millis(LONGEST_DAYS * 86_400_000).after(search.from);
    let question = Question::between(search.from, ahead)?;
    let reserved = Taken::of(known, &question);
    let mut answer = Slots::default();
    let mut from = search.from;
    while answer.slots.len() < search.slots.min(MOST_SLOTS) {
        let slot = match chain(known, &reserved, &stages, from) {
            Ok(slot) => slot,
            Err(never) => {
                answer.never = Some(never);
                break;
            }
        };
        // The next one begins where the first operation may not start any more.
        let latest = slot.stages.first().and_then(|stage| stage.latest);
        answer.slots.push(slot);
        match latest.and_then(|at| at.checked_add(jiff::SignedDuration::from_micros(1)).ok()) {
            Some(next) => from = next,
            None => break,
        }
    }
    Ok(answer)
}

/// An operation to be placed, with those that come before it and the time that lies between.
struct Wanted {
    probe: Probe,
    after: Vec<(usize, Millis)>,
}

fn stages(known: &Known<'_>, search: &Search) -> Result<Vec<Wanted>, Refusal> {
    let spec = known.spec;
    let invalid = |because: String, help: &str| Refusal::Invalid {
        because,
        help: help.to_owned(),
    };
    let count = search.services.len() * search.environments.len();
    if count == 0 || count > MOST_STAGES {
        return Err(invalid(
            format!("{count} operations are asked for; 1 to {MOST_STAGES} can be placed at once"),
            "name fewer services or environments",
        ));
    }
    let environments = order(&search.environments, |env| {
        spec.environments
            .get(env)
            .map_or(Vec::new(), |e| e.after.clone())
    })
    .ok_or_else(|| {
        invalid(
            "environments stand after each other in a circle".to_owned(),
            "correct `after`",
        )
    })?;
    let services = order(&search.services, |service| {
        spec.services
            .get(service)
            .map_or(Vec::new(), |s| s.needs.keys().cloned().collect())
    })
    .ok_or_else(|| {
        invalid(
            "services need each other in a circle".to_owned(),
            "correct `needs`",
        )
    })?;
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut places: BTreeMap<(EnvId, ServiceId), usize> = BTreeMap::new();
    for env in &environments {
        for service in &services {
            let probe = probe::probe(spec, known.view, (service, env), search.length)?;
            let after = before(spec, (env, service), &places);
            places.insert((env.clone(), service.clone()), wanted.len());
            wanted.push(Wanted { probe, after });
        }
    }
    Ok(wanted)
}

/// Which operations must be over first, and how long before.
fn before(
    spec: &Spec,
    (env, service): (&EnvId, &ServiceId),
    places: &BTreeMap<(EnvId, ServiceId), usize>,
) -> Vec<(usize, Millis)> {
    let mut all = Vec::new();
    let environment = spec.environments.get(env);
    let needs = spec.services.get(service).map(|s| &s.needs);
    for ((other, earlier), index) in places {
        let alone = environment.is_some_and(|e| e.one_at_a_time);
        if other == env && (alone || needs.is_some_and(|needs| needs.contains_key(earlier))) {
            all.push((*index, Millis::ZERO));
        }
        if let Some(e) = environment.filter(|e| earlier == service && e.after.contains(other)) {
            all.push((*index, e.soak));
        }
    }
    all
}

/// Each after those it names; `None` when they go round in a circle. Otherwise as given.
fn order<T: Ord + Clone>(given: &[T], after: impl Fn(&T) -> Vec<T>) -> Option<Vec<T>> {
    let mut left: Vec<&T> = Vec::new();
    for one in given {
        if !left.contains(&one) {
            left.push(one);
        }
    }
    let mut done: BTreeSet<T> = BTreeSet::new();
    let mut sorted = Vec::new();
    while !left.is_empty() {
        let free = |one: &&&T| {
            after(one)
                .iter()
                .all(|b| done.contains(b) || !left.contains(&b))
        };
        let next = left.iter().position(|one| free(&one))?;
        let next = left.remove(next).clone();
        done.insert(next.clone());
        sorted.push(next);
    }
    Some(sorted)
}

fn chain(
    known: &Known<'_>,
    reserved: &Taken,
    wanted: &[Wanted],
    from: Timestamp,
) -> Result<Slot, Obstacle> {
    let mut placed: Vec<Span> = Vec::new();
    let mut taken = reserved.clone();
    let mut slot = Slot {
        stages: Vec::new(),
        before: Vec::new(),
    };
    for Wanted { probe, after } in wanted {
        let plan = &probe.plan;
        let ready = after.iter().fold(from, |ready, (index, gap)| {
            ready.max(gap.after(placed[*index].end()))
        });
        let first = first(known, &taken, probe, ready);
        let obstacle = |reports| Obstacle {
            service: plan.service.clone(),
            environment: plan.environment.clone(),
            at: ready,
            reports,
        };
        let First { at, unmet, latest } = first.map_err(obstacle)?;
        if !unmet.is_empty() {
            slot.before.push(obstacle(unmet));
        }
        let span = Span::lasting(at, probe.needs());
        let span = span.ok_or_else(|| obstacle(Vec::new()))?;
        placed.push(span);
        let place = (&plan.service, &plan.environment);
        let what = format!("{} in {}, of the same slot,", place.0, place.1);
        taken.add(known.spec, place, span, what);
        slot.stages.push(Stage {
            service: plan.service.clone(),
            environment: plan.environment.clone(),
            span,
            latest,
        });
    }
    slot.stages.sort_by_key(|stage| stage.span);
    Ok(slot)
}

/// The first time at or after `from` at which the gates of the calendar let the whole of a plan go and nobody else has it.
pub(super) fn first_fit(
    known: &Known<'_>,
    reserved: &Taken,
    probe: &Probe,
    from: Timestamp,
) -> Option<Span> {
    let First { at, .. } = first(known, reserved, probe, from).ok()?;
    Span::lasting(at, probe.needs())
}

/// Whether nobody else has the time that begins at `at`; gates are not asked.
pub(super) fn is_free(known: &Known<'_>, reserved: &Taken, probe: &Probe, at: Timestamp) -> bool {
    let whole = Span::lasting(at, probe.needs());
    whole.is_none_or(|whole| reserved.hinders(&asked(known, probe, at), whole).is_none())
}

/// The question to the gates as of `now`.
fn asked<'a>(known: &'a Known<'_>, probe: &'a Probe, now: Timestamp) -> Asked<'a> {
    Asked {
        now,
        present: known.now,
        plan: &probe.plan,
        purpose: Purpose::Promote,
        deployment: None,
        request: &Request::PLAIN,
        expected: probe.expected.as_ref(),
        spec: known.spec,
        origins: known.origins,
        view: known.view,
    }
}

/// When all gates of the calendar pass for the first time.
struct First {
    at: Timestamp,
    /// Those that did not pass at the instant asked about.
    unmet: Vec<GateReport>,
    /// How long they pass.
    latest: Option<Timestamp>,
}

fn first(
    known: &Known<'_>,
    reserved: &Taken,
    probe: &Probe,
    from: Timestamp,
) -> Result<First, Vec<GateReport>> {
    let mut now = from;
    let mut unmet = Vec::new();
    for round in 0..ROUNDS {
        let asked = asked(known, probe, now);
        let reports = gate::evaluate(&asked);
        let closed = |report: &&GateReport| !report.outcome.passes();
        let against: Vec<GateReport> = reports.iter().filter(closed).cloned().collect();
        if against.is_empty() {
            let whole = Span::lasting(now, probe.needs());
            let taken = whole.and_then(|whole| reserved.hinders(&asked, whole));
            if let Some((report, next)) = taken {
                unmet.retain(|other: &GateReport| other.gate != report.gate);
                unmet.push(report);
                now = next;
                continue;
            }
            let until = reports.iter().filter_map(|report| match report.outcome {
                GateOutcome::Pass { until } => until,
                _ => None,
            });
            let latest = until
                .chain(reserved.latest(&asked, now, probe.needs()))
                .min();
            return Ok(First {
                at: now,
                unmet,
                latest,
            });
        }
        let opens: Option<Vec<Timestamp>> = against.iter().map(|r| r.opens(now)).collect();
        let next = opens.and_then(|opens| opens.into_iter().max());
        if round == 0 {
            unmet.clone_from(&against);
        }
        match next.filter(|next| *next > now) {
            Some(next) => now = next,
            None => return Err(against),
        }
    }
    Err(unmet)
}
