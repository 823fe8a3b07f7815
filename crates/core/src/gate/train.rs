//! A service that a train carries enters the train's environments only as passenger of a departure that has left.

use super::times::{WHO, broken, moment};
use super::{Asked, BACKSTOP, GateId, GateOutcome, GateReport, PASS};
use crate::calendar::Zone;
use crate::id::{DepartureId, Name};
use crate::model::departure::aboard;
use crate::people;
use crate::spec::Train;
use crate::stream::departure::{self, Departure, Facts, Hands, Phase};
use crate::stream::train;
use crate::time::Millis;

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let service = &asked.plan.service;
    let Some((name, train)) = asked.spec.train_of(service) else {
        let title = format!("no train carries {service}");
        return asked.report(GateId::Train, PASS, title);
    };
    let rule = format!("trains.{name}.carries");
    let env = &asked.plan.environment;
    if !asked.spec.stops(train, service).contains(&env) {
        let title = format!("train {name} does not go to {env}");
        return asked.report(GateId::Train, PASS, title).rule(rule);
    }
    let release = &asked.plan.to.release;
    let lane = asked.view.lane(env, service);
    if lane.running.is_some_and(|r| r.revision.release == *release) {
        let title = format!("{release} runs in {env} already");
        return asked.report(GateId::Train, PASS, title).rule(rule);
    }
    let report = match aboard(asked.view, release).filter(|id| id.train == *name) {
        Some(id) => match short(asked, &id, train) {
            Some(report) => return report,
            None => passenger(asked, &id, train),
        },
        None => nowhere(asked, name),
    };
    report.rule(rule)
}

/// It is aboard a departure that is due and stays because too few people are free.
fn short(asked: &Asked<'_>, id: &DepartureId, train: &Train) -> Option<GateReport> {
    let state: Departure = asked.view.load(&id.key()).ok()?;
    let facts = state.facts.as_deref()?;
    let times = &facts.timetable;
    if !state.phase.is_ahead() || asked.now < times.departs || asked.now > times.latest {
        return None;
    }
    let mut lacks = departure::hands(asked.spec, asked.view, train, asked.now);
    lacks.retain(Hands::is_short);
    let first = lacks.first()?;
    let over = Millis(1).after(times.latest);
    let next = lacks.iter().filter_map(|lack| lack.next).min();
    let mut on = triggers(asked, Some(id));
    on.extend(departure::freed_by(asked.view));
    let outcome = GateOutcome::Wait {
        at: next.map_or(over, |next| next.min(over)),
        on,
    };
    let latest = instant(asked, facts, times.latest);
    let title = format!("aboard {id}, which waits for hands until {latest} at the latest");
    let because: Vec<String> = lacks.iter().map(ToString::to_string).collect();
    let mut report = asked
        .report(GateId::Train, outcome, title)
        .detail(because.join("; "))
        .rule(format!("trains.{}.hands.{}", id.train, first.team));
    report.who = lacks
        .iter()
        .map(|lack| format!("{}, in the configuration", lack.team))
        .collect();
    Some(report)
}

/// It is aboard a departure: of one that has left, it may go.
fn passenger(asked: &Asked<'_>, id: &DepartureId, train: &Train) -> GateReport {
    let state: Departure = match asked.view.load(&id.key()) {
        Ok(state) => state,
        Err(refusal) => return broken(asked, GateId::Train, refusal.to_string()),
    };
    let Some(facts) = state.facts.as_deref() else {
        return broken(asked, GateId::Train, format!("there is no departure {id}"));
    };
    if state.phase.has_left() {
        let title = format!("aboard {id}, which has left");
        return asked.report(GateId::Train, PASS, title);
    }
    let times = &facts.timetable;
    let decided = facts.decision.as_ref().map(|d| d.go);
    let only_time = times.decides.is_none_or(|_| decided == Some(true)) && decided != Some(false);
    let waits_for_time = only_time && asked.now <= times.latest;
    let at = if waits_for_time {
        times.departs
    } else {
        BACKSTOP.after(asked.now)
    };
    let outcome = GateOutcome::Wait {
        at,
        on: triggers(asked, Some(id)),
    };
    let detail = match decided {
        Some(true) => "go was said".to_owned(),
        Some(false) => "no-go was said".to_owned(),
        None if times.decides.is_some() => "somebody must say go".to_owned(),
        None => String::new(),
    };
    let deciding = people::of_train(asked.spec, asked.view, train);
    let mut who: Vec<String> = deciding.iter().map(|(team, _)| team.to_string()).collect();
    if who.is_empty() {
        who.push(format!("whoever may operate: tidegate train depart {id}"));
    }
    let title = format!("aboard {id}, which leaves {}", when(asked, facts));
    let mut report = asked.report(GateId::Train, outcome, title).detail(detail);
    report.who = who;
    report
}

/// It is aboard nothing: somebody must put it aboard.
fn nowhere(asked: &Asked<'_>, name: &Name) -> GateReport {
    let release = &asked.plan.to.release;
    let state: train::Train = match asked.view.load(name.as_str()) {
        Ok(state) => state,
        Err(refusal) => return broken(asked, GateId::Train, refusal.to_string()),
    };
    let next = state.open.iter().find_map(|number| {
        let id = DepartureId::new(name.clone(), *number);
        let departure: Departure = asked.view.load(&id.key()).ok()?;
        let facts = departure.facts?;
        let open = matches!(departure.phase, Phase::Scheduled | Phase::Boarding);
        (open && facts.timetable.scope_closes > asked.now).then_some(facts)
    });
    let detail = match &next {
        Some(facts) => format!(
            "next: {} leaves {}; boarding closes {}",
            facts.id,
            when(asked, facts),
            instant(asked, facts, facts.timetable.scope_closes),
        ),
        None => "no departure takes passengers now".to_owned(),
    };
    let outcome = GateOutcome::Fail {
        on: triggers(asked, next.as_ref().map(|f| &f.id)),
    };
    let title = format!("{release} is aboard no departure of train {name}");
    let mut report = asked.report(GateId::Train, outcome, title).detail(detail);
    report.who = vec![
        format!("whoever may operate: tidegate train join {name} {release}"),
        WHO[0].to_owned(),
    ];
    report
}

fn triggers(asked: &Asked<'_>, id: Option<&DepartureId>) -> Vec<String> {
    let mut on = vec![
        "config".to_owned(),
        departure::aboard(&asked.plan.to.release),
    ];
    on.extend(id.map(|id| format!("departure/{}", id.key())));
    on
}

fn when(asked: &Asked<'_>, facts: &Facts) -> String {
    instant(asked, facts, facts.timetable.departs)
}

fn instant(asked: &Asked<'_>, facts: &Facts, at: crate::time::Timestamp) -> String {
    let zone = Zone::named(&facts.timetable.zone).unwrap_or_else(|_| Zone::utc());
    moment(at, &zone, asked.now)
}
