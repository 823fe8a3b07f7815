//! What a departure waits for when it leaves: asked of the gates of the calendar, for the first environment of each service.
//!
//! Who travels on goes there as its releases get on; those later environments are judged when their time comes.

use super::probe::{self, Probe};
use super::taken::Taken;
use super::{Effect, Item, Kind, Known, Question, Time, collect, slots};
use crate::calendar::Span;
use crate::id::{EnvId, Name, ReleaseId, ServiceId};
use crate::spec::{Spec, Train};
use crate::time::{Millis, Timestamp};

/// A service that would go somewhere first, with its release when one is aboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traveller {
    /// Service.
    pub service: ServiceId,
    /// The first environment that the train takes it to.
    pub environment: EnvId,
    /// What is aboard; none while nobody is.
    pub release: Option<ReleaseId>,
}

/// A departure whose passengers would wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Until when; none when no end lies within 400 days.
    pub until: Option<Timestamp>,
    /// Who waits for longest.
    pub who: Traveller,
}

/// Those who travel; all that the train carries while nobody is aboard.
#[must_use]
pub fn travellers(spec: &Spec, train: &Train, aboard: &[ReleaseId]) -> Vec<Traveller> {
    let first = |service: &ServiceId, release: Option<&ReleaseId>| {
        let environment = spec.stops(train, service).first().copied()?.clone();
        Some(Traveller {
            service: service.clone(),
            environment,
            release: release.cloned(),
        })
    };
    if aboard.is_empty() {
        let all = train.carries.iter();
        return all.filter_map(|service| first(service, None)).collect();
    }
    let all = aboard.iter();
    all.filter_map(|id| first(&id.service, Some(id))).collect()
}

/// What would hold travellers that leave at `at`; of several the longest.
#[must_use]
pub fn wait(known: &Known<'_>, travellers: &[Traveller], at: Timestamp) -> Option<Wait> {
    let mut longest: Option<Wait> = None;
    for who in travellers {
        let Some(probe) = probed(known, who) else {
            continue;
        };
        let until = slots::first_fit(known, &Taken::default(), &probe, at).map(|span| span.start());
        if until == Some(at) {
            continue;
        }
        let later =
            |have: &Wait| have.until.is_some() && until.is_none_or(|u| Some(u) > have.until);
        if longest.as_ref().is_none_or(later) {
            let who = who.clone();
            longest = Some(Wait { until, who });
        }
    }
    longest
}

/// What holds them last, by its name: `peak-season`, `FRZ-1`, `outage-3`, `business-hours`.
#[must_use]
pub fn held_by(known: &Known<'_>, wait: &Wait, at: Timestamp) -> String {
    let who = &wait.who;
    if wait.until.is_none()
        && let Some(calendar) = stale(known, who)
    {
        return format!("the stale calendar {calendar}");
    }
    let standing = standing(known, wait, at).unwrap_or_default();
    let ends = |item: &&Item| wait.until.is_some() && item.time.end() == wait.until;
    let windows = known.spec.environments.get(&who.environment);
    let window = windows.and_then(|e| e.window.as_ref());
    let longest = standing.iter().max_by_key(|item| item.time.end());
    let found = standing.iter().find(ends).map(|item| item.name.clone());
    found
        .or_else(|| window.filter(|_| wait.until.is_some()).map(Name::to_string))
        .or_else(|| longest.map(|item| item.name.clone()))
        .or_else(|| window.map(Name::to_string))
        .unwrap_or_else(|| "the calendar".to_owned())
}

/// A calendar that nobody read lately and that this waits for: no time ends that.
fn stale(known: &Known<'_>, who: &Traveller) -> Option<String> {
    let time = Span::lasting(known.now, Millis(1))?;
    let mut question = Question::between(time.start(), time.end()).ok()?;
    question.environments = vec![who.environment.clone()];
    let all = super::agenda(known, &question).stale;
    let here = |stale: &super::Stale| {
        stale.blocks && (stale.services.is_empty() || stale.services.contains(&who.service))
    };
    all.into_iter().find(here).map(|stale| stale.calendar)
}

/// What stands in the way between leaving and the end of the wait.
fn standing(known: &Known<'_>, wait: &Wait, at: Timestamp) -> Option<Vec<Item>> {
    let who = &wait.who;
    let needs = probed(known, who)?.needs();
    let far = Millis(super::LONGEST_DAYS * 86_400_000).after(at);
    let end = wait.until.unwrap_or(far).max(needs.after(at)).min(far);
    let mut question = Question::between(at, end).ok()?;
    question.environments = vec![who.environment.clone()];
    question.services = vec![who.service.clone()];
    let work = [Kind::Departure, Kind::Slot, Kind::Deployment, Kind::Window];
    let kinds = Kind::ALL.into_iter().filter(|kind| !work.contains(kind));
    question.kinds = kinds.collect();
    let mut items = collect(known, &question).items;
    items.retain(|item| {
        matches!(item.effect, Effect::Blocks | Effect::Asks) && matches!(item.time, Time::Within(_))
    });
    Some(items)
}

fn probed(known: &Known<'_>, who: &Traveller) -> Option<Probe> {
    let place = (&who.service, &who.environment);
    // A path that does not lead there has no work there.
    let mut probe = probe::probe(known.spec, known.view, place, None).ok()?;
    if let Some(release) = &who.release {
        probe.plan.to.release = release.clone();
    }
    Some(probe)
}

/// What stands on the calendar around a departure: freezes, declared or configured, and entries, each with its time.
#[must_use]
pub fn near(known: &Known<'_>, stops: &[(ServiceId, EnvId)], time: Span) -> Vec<Item> {
    let mut question = Question {
        time,
        environments: stops.iter().map(|(_, env)| env.clone()).collect(),
        services: stops.iter().map(|(service, _)| service.clone()).collect(),
        teams: Vec::new(),
        kinds: Vec::new(),
        most: usize::MAX,
    };
    let left_out = [
        Kind::Departure,
        Kind::Slot,
        Kind::Deployment,
        Kind::Window,
        Kind::Batch,
        Kind::CoverGap,
        Kind::Holiday,
    ];
    let kinds = Kind::ALL.into_iter();
    question.kinds = kinds.filter(|kind| !left_out.contains(kind)).collect();
    if question.environments.is_empty() {
        return Vec::new();
    }
    let mut items = collect(known, &question).items;
    items.sort_by(|a, b| (a.time.start(), &a.id).cmp(&(b.time.start(), &b.id)));
    items
}
