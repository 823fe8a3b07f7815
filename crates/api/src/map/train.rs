//! Trains and departures.

use super::calendar::known;
use crate::error::Problem;
use crate::look::Look;
use std::collections::BTreeSet;
use tidegate_client::wire;
use tidegate_core::agenda::{Item, State, departing};
use tidegate_core::calendar::Span;
use tidegate_core::id::{DepartureId, EnvId, Name, ReleaseId, ServiceId};
use tidegate_core::model::departure::of_train;
use tidegate_core::people;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec;
use tidegate_core::stream::departure::{
    self, Decided, Departure, Facts, Journey, Phase, environments_before, free_dates,
};
use tidegate_core::stream::release::{Release, Stage};
use tidegate_core::stream::train::{self, Train};
use tidegate_core::time::{Millis, Timestamp};

/// Departures of a train that are looked through for those under way.
const LOOKED: usize = 10_000;
/// Most departures of the past in one answer.
const PAST: usize = 200;
/// How far around a departure dates of the business are near.
const NEAR: Millis = Millis(7 * 86_400_000);

/// A train by name.
pub(crate) fn train(look: &Look<'_>, name: &Name) -> Result<wire::Train, Problem> {
    let spec = &look.in_force.spec;
    let Some(rules) = spec.trains.get(name) else {
        return Err(Refusal::NotFound {
            what: "train".to_owned(),
            name: name.to_string(),
        }
        .into());
    };
    let state: Train = look.view().load(name.as_str())?;
    let mut ahead = state
        .open
        .iter()
        .map(|number| departure(look, &DepartureId::new(name.clone(), *number)))
        .collect::<Result<Vec<_>, _>>()?;
    ahead.sort_by_key(|d| (d.departs, d.number));
    let under_way = of_train(look.view(), name.as_str(), LOOKED)
        .into_iter()
        .filter(|row| row.phase == "departed")
        .map(|row| departure(look, &row.id))
        .collect::<Result<_, _>>()?;
    let proposal = match &state.phase {
        train::Phase::Proposed { pace } => Some(wire::PaceProposal {
            departs: pace.phrase.clone(),
            figures: pace.figures.to_string(),
            effective: pace.effective,
        }),
        _ => None,
    };
    Ok(wire::Train {
        name: name.to_string(),
        carries: rules.carries.iter().map(ToString::to_string).collect(),
        departs: rules.phrase(state.step).to_owned(),
        declared: rules.departs.clone(),
        zone: rules.zone.clone().unwrap_or_else(|| spec.zone.clone()),
        trigger: rules.trigger.as_str().to_owned(),
        phase: state.phase.name().to_owned(),
        proposal,
        paced: state.paced.as_ref().map(|p| p.what.clone()),
        results: rules.cadence.as_ref().map(|_| results(&state)),
        ahead,
        under_way,
        past: Vec::new(),
    })
}

/// The newest departures that arrived or were cancelled, the newest first.
pub(crate) fn past(
    look: &Look<'_>,
    train: &Name,
    most: usize,
) -> Result<Vec<wire::Departure>, Problem> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let rows = of_train(look.view(), train.as_str(), LOOKED);
    let over = rows
        .iter()
        .rev()
        .filter(|row| matches!(row.phase.as_str(), "arrived" | "cancelled"));
    over.take(most.min(PAST))
        .map(|row| departure(look, &row.id))
        .collect()
}

fn results(state: &Train) -> String {
    if state.results.is_empty() {
        return "no data".to_owned();
    }
    let sum = |of: fn(&train::Counted) -> u32| state.results.iter().map(of).sum::<u32>();
    format!(
        "{} of {} failed on {} departures",
        sum(|c| c.failed),
        sum(|c| c.carried),
        state.results.len()
    )
}

/// The departure that `text` names: a number, or `next`, the one that leaves first. `boards` asks for one that takes
/// passengers, when there is one.
pub(crate) fn named(
    look: &Look<'_>,
    train: &Name,
    text: &str,
    boards: bool,
) -> Result<DepartureId, Problem> {
    if text != "next" {
        return Ok(format!("{train}#{text}").parse()?);
    }
    let state: Train = look.load("train", train.as_str())?;
    let mut ahead: Vec<(bool, Timestamp, u64)> = Vec::new();
    for number in &state.open {
        let id = DepartureId::new(train.clone(), *number);
        let departure: Departure = look.view().load(&id.key())?;
        if let Some(facts) = &departure.facts {
            let open = matches!(departure.phase, Phase::Scheduled | Phase::Boarding)
                && look.now < facts.timetable.scope_closes;
            ahead.push((boards && !open, facts.timetable.departs, *number));
        }
    }
    let first = ahead.into_iter().min();
    let missing = || Refusal::NotFound {
        what: "departure".to_owned(),
        name: format!("{train}#next"),
    };
    let (.., number) = first.ok_or_else(missing)?;
    Ok(DepartureId::new(train.clone(), number))
}

fn said(d: &Decided) -> wire::DepartureDecision {
    wire::DepartureDecision {
        go: d.go,
        by: d.by.clone(),
        reason: d.reason.clone(),
        at: d.at,
        next: d.next,
    }
}

/// A departure.
pub(crate) fn departure(look: &Look<'_>, id: &DepartureId) -> Result<wire::Departure, Problem> {
    let missing = || Refusal::NotFound {
        what: "departure".to_owned(),
        name: id.to_string(),
    };
    let state: Departure = look.view().load(&id.key())?;
    let facts = state.facts.as_deref().ok_or_else(missing)?;
    let spec = &look.in_force.spec;
    let rules = spec.trains.get(&id.train);
    let times = &facts.timetable;
    let ahead = state.phase.is_ahead();
    let aboard: Vec<ReleaseId> = facts.passengers.keys().cloned().collect();
    let waits = rules
        .filter(|_| ahead)
        .and_then(|rules| waits(look, rules, &aboard, times.departs));
    Ok(wire::Departure {
        id: id.to_string(),
        train: id.train.to_string(),
        number: id.number,
        phase: state.phase.name().to_owned(),
        departs: times.departs,
        scope_closes: times.scope_closes,
        code_closes: times.code_closes,
        decides: times.decides,
        latest: times.latest,
        zone: times.zone.clone(),
        hands: hands(look, &state, facts, rules),
        waits,
        passengers: passengers(look, &state, facts, rules),
        gone: facts.gone.iter().map(gone).collect(),
        features: match rules.filter(|_| ahead) {
            Some(rules) => features(look, facts, rules),
            None => Vec::new(),
        },
        decision: facts.decision.as_ref().map(|d| wire::DepartureDecision {
            next: d.next.or_else(|| {
                let open = ahead && !d.go;
                let free = || free_dates(spec, look.view(), facts, look.now);
                open.then(free)?.first().copied()
            }),
            ..said(d)
        }),
        overruled: facts.overruled.iter().map(said).collect(),
        decided_by: decides(look, rules),
        postponed: facts.postponed.iter().map(postponed).collect(),
        kept: facts.kept.clone(),
        because: match &state.phase {
            Phase::Cancelled { because } => Some(because.clone()),
            _ => None,
        },
        near: rules.map_or_else(Vec::new, |rules| near(look, rules, times.departs)),
    })
}

/// The teams that decide about it; none when whoever may operate does.
fn decides(look: &Look<'_>, rules: Option<&spec::Train>) -> Option<String> {
    let teams = people::of_train(&look.in_force.spec, look.view(), rules?);
    let names: Vec<&str> = teams.iter().map(|(team, _)| team.as_str()).collect();
    (!names.is_empty()).then(|| names.join(" or "))
}

/// What those aboard would wait for, as the gates of the calendar say; all that it carries while nobody is.
fn waits(
    look: &Look<'_>,
    rules: &spec::Train,
    aboard: &[ReleaseId],
    departs: Timestamp,
) -> Option<wire::DepartureWait> {
    let (known, at) = (known(look), departs.max(look.now));
    let travellers = departing::travellers(known.spec, rules, aboard);
    let wait = departing::wait(&known, &travellers, at)?;
    Some(wire::DepartureWait {
        by: departing::held_by(&known, &wait, at),
        until: wait.until,
        environment: wait.who.environment.to_string(),
    })
}

/// What it needs at its date, or now when that has passed; what it keeps busy once it left.
fn hands(
    look: &Look<'_>,
    state: &Departure,
    facts: &Facts,
    rules: Option<&spec::Train>,
) -> Vec<wire::DepartureHands> {
    if let Phase::Departed { .. } = state.phase {
        let kept = facts
            .hands
            .iter()
            .map(|(team, number)| wire::DepartureHands {
                team: team.to_string(),
                needs: *number,
                free: None,
                because: None,
            });
        return kept.collect();
    }
    let Some(rules) = rules.filter(|_| state.phase.is_ahead()) else {
        return Vec::new();
    };
    let at = facts.timetable.departs.max(look.now);
    departure::hands(&look.in_force.spec, look.view(), rules, at)
        .into_iter()
        .map(|found| wire::DepartureHands {
            team: found.team.to_string(),
            needs: found.needs,
            free: Some(found.free),
            because: Some(found.because).filter(|because| !because.is_empty()),
        })
        .collect()
}

fn gone(gone: &departure::Gone) -> wire::GonePassenger {
    wire::GonePassenger {
        release: gone.release.to_string(),
        because: gone.because.clone(),
        moved: gone.moved,
        at: gone.at,
    }
}

fn postponed(postponed: &departure::Postponed) -> wire::Postponement {
    wire::Postponement {
        from: postponed.from,
        because: postponed.because.clone(),
        by: postponed.by.clone(),
        at: postponed.at,
    }
}

fn passengers(
    look: &Look<'_>,
    state: &Departure,
    facts: &Facts,
    rules: Option<&spec::Train>,
) -> Vec<wire::Passenger> {
    let aboard = facts.passengers.iter().map(|(id, passenger)| {
        let (word, detail) = match &passenger.journey {
            Journey::Open if state.phase.is_ahead() => ("on board", green(look, rules, id)),
            Journey::Open => ("under way", format!("asked for by {}", passenger.by)),
            Journey::Arrived { .. } => ("arrived", String::new()),
            Journey::Failed { because } => ("failed", because.clone()),
            Journey::Dropped { because } => ("dropped", because.clone()),
        };
        let detail = match passenger.how.as_str() {
            "" => detail,
            how if detail.is_empty() => how.to_owned(),
            how => format!("{detail}; {how}"),
        };
        wire::Passenger {
            release: id.to_string(),
            state: word.to_owned(),
            by: passenger.by.clone(),
            since: passenger.since,
            detail,
        }
    });
    let decides = decides(look, rules).map_or_else(
        || "somebody decides".to_owned(),
        |teams| format!("{teams} decides"),
    );
    let late = facts.late.iter().map(|(id, asked)| wire::Passenger {
        release: id.to_string(),
        state: "late".to_owned(),
        by: asked.by.clone(),
        since: asked.at,
        detail: format!(
            "asked to board by {}, {decides}: {}",
            asked.by, asked.because
        ),
    });
    aboard.chain(late).collect()
}

/// "green in staging", or where it is not.
fn green(look: &Look<'_>, rules: Option<&spec::Train>, id: &ReleaseId) -> String {
    let Some(rules) = rules else {
        return String::new();
    };
    let before = environments_before(&look.in_force.spec, rules, id);
    let Ok(release) = look.view().load::<Release>(&id.to_string()) else {
        return "its state cannot be read".to_owned();
    };
    let done = |env: &&EnvId| matches!(release.stages.get(*env), Some(Stage::Done { .. }));
    let missing: Vec<&str> = before
        .iter()
        .filter(|env| !done(env))
        .map(|env| env.as_str())
        .collect();
    match (before.last(), missing.as_slice()) {
        (None, _) => "nothing stands before its environments".to_owned(),
        (Some(last), []) => format!("green in {last}"),
        (_, missing) => format!("not green in {}", missing.join(", ")),
    }
}

fn features(look: &Look<'_>, facts: &Facts, rules: &spec::Train) -> Vec<wire::Feature> {
    let aboard: BTreeSet<ReleaseId> = facts.passengers.keys().cloned().collect();
    let all = departure::features(&look.in_force.spec, rules, look.view(), facts, &aboard);
    all.into_iter()
        .map(|(name, feature)| wire::Feature {
            name: name.to_string(),
            requires: feature.requires.iter().map(ToString::to_string).collect(),
            missing: feature.missing,
        })
        .collect()
}

/// Of what repeats the one that is nearest to the departure.
fn nearest(mut items: Vec<Item>, departs: Timestamp) -> Vec<Item> {
    let apart = |item: &Item| {
        let from = Millis::between(departs, item.time.start());
        let since = item.time.end().map(|end| Millis::between(end, departs));
        from.max(since.unwrap_or(Millis::ZERO))
    };
    items.sort_by_key(&apart);
    let mut seen = BTreeSet::new();
    items.retain(|item| seen.insert((item.kind, item.name.clone())));
    items.sort_by_key(|item| item.time.start());
    items
}

/// What stands on the calendar of the train's environments in the days around a departure.
fn near(look: &Look<'_>, rules: &spec::Train, departs: Timestamp) -> Vec<wire::NearDate> {
    let spec = &look.in_force.spec;
    let back = jiff::SignedDuration::from_millis(i64::try_from(NEAR.0).unwrap_or(i64::MAX));
    let from = departs.saturating_sub(back).unwrap_or(departs);
    let Some(time) = Span::new(from, NEAR.after(departs)) else {
        return Vec::new();
    };
    let stops: Vec<(ServiceId, EnvId)> = rules
        .carries
        .iter()
        .flat_map(|service| {
            let stops = spec.stops(rules, service).into_iter();
            stops.map(move |env| (service.clone(), env.clone()))
        })
        .collect();
    let dates = departing::near(&known(look), &stops, time);
    let ahead = dates
        .into_iter()
        .filter(|item| item.state != State::Cancelled);
    nearest(ahead.collect(), departs)
        .into_iter()
        .map(|item| wire::NearDate {
            kind: item.kind.as_str().to_owned(),
            title: item.title,
            name: item.name,
            from: item.time.start(),
            until: item.time.end().filter(|end| *end < Timestamp::MAX),
        })
        .collect()
}
