//! The answers of the gate in words: which freeze, until when, who can change it.

use super::super::times::{self, LAST, clock, moment};
use super::super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::calendar::Span;
use crate::freeze::{Found, deciders};
use crate::spec::ChangeClass;
use crate::time::Timestamp;

/// No freeze concerns the plan.
pub(super) fn nothing(asked: &Asked<'_>) -> GateReport {
    let (service, env) = (&asked.plan.service, &asked.plan.environment);
    let title = match asked.purpose.is_return() {
        true => format!("no freeze holds a return of {service} in {env}"),
        false => format!("no freeze concerns {service} in {env}"),
    };
    asked.report(GateId::Freeze, PASS, title)
}

/// Nothing holds it now; `found` is the next one.
pub(super) fn passes(asked: &Asked<'_>, (found, span): (&Found, Span)) -> GateReport {
    let (name, zone) = (&found.which, &found.zone);
    let title = if span.end() == Timestamp::MAX {
        let from = moment(span.start(), zone, asked.now);
        format!("no freeze now; next is {name}, from {from}, without an end")
    } else {
        format!(
            "no freeze now; next is {name}, {} - {}",
            clock(span.start(), zone, asked.now),
            moment(span.end(), zone, asked.now),
        )
    };
    let outcome = times::pass_before(Some(span.start()), asked.needs());
    let mut report = asked
        .report(GateId::Freeze, outcome, title)
        .detail(found.why.clone());
    report.rule = found.which.rule();
    report
}

/// Every freeze that would hold it is lifted for it by an exception.
pub(super) fn lifted(asked: &Asked<'_>, all: &[&Found]) -> GateReport {
    let (mut ids, mut titles, mut details) = (Vec::new(), Vec::new(), Vec::new());
    for found in all {
        let Some((id, expires)) = &found.excused else {
            continue;
        };
        let until = moment(*expires, &found.zone, asked.now);
        titles.push(format!(
            "freeze {} is lifted by {id} until {until}",
            found.which
        ));
        details.push(found.why.clone());
        ids.push(id.to_string());
    }
    ids.sort();
    ids.dedup();
    let outcome = GateOutcome::Overridden { by: ids.join(", ") };
    let mut report = asked
        .report(GateId::Freeze, outcome, titles.join("; "))
        .detail(details.join("; "));
    report.who = vec!["whoever may revoke the exception".to_owned()];
    report.rule = all.iter().find_map(|f| f.which.rule());
    report
}

/// At least one freeze holds it, or begins before it is over.
pub(super) fn blocks(
    asked: &Asked<'_>,
    all: &[Found],
    wanted: Span,
    outcome: GateOutcome,
) -> GateReport {
    let (mut titles, mut details, mut who) = (Vec::new(), Vec::new(), Vec::new());
    let (mut last, mut rule) = (None, None);
    for found in all {
        let ahead = found.spans.ending_after(wanted.start()).first();
        let Some(span) = ahead.filter(|span| span.start() < wanted.end()) else {
            continue;
        };
        if let Some((id, expires)) = &found.excused {
            let until = moment(*expires, &found.zone, asked.now);
            details.push(format!(
                "freeze {} is lifted by {id} until {until}",
                found.which
            ));
            continue;
        }
        titles.push(title(asked, found, *span, &outcome));
        details.push(found.why.clone());
        details.extend(declared(asked, found));
        who.extend(who_can(asked, found));
        if last.is_none_or(|(end, _)| end < span.end()) {
            last = Some((span.end(), &found.zone));
        }
        rule = rule.or_else(|| found.which.rule());
    }
    let length = asked.needs();
    match (&outcome, last) {
        // Between two freezes there may be too little time.
        (GateOutcome::Wait { at, .. }, Some((end, zone))) if *at > end => {
            let at = moment(*at, zone, asked.now);
            titles.push(format!("without a freeze for {length} from {at}"));
        }
        (GateOutcome::Fail { .. }, _) if !endless(all) => {
            titles.push(format!(
                "no {length} without a freeze in the next {LAST} days"
            ));
        }
        _ => {}
    }
    details.push(times::needs(asked));
    let mut report = asked
        .report(GateId::Freeze, outcome, titles.join("; "))
        .detail(details.join("; "));
    // In the order of the freezes, each once.
    let mut seen = std::collections::BTreeSet::new();
    who.retain(|w| seen.insert(w.clone()));
    report.who = who;
    report.rule = rule;
    report
}

fn title(asked: &Asked<'_>, found: &Found, span: Span, outcome: &GateOutcome) -> String {
    let zone = &found.zone;
    let mut title = format!("freeze {}", found.which);
    if span.start() > asked.now {
        let from = moment(span.start(), zone, asked.now);
        title += &format!(
            " begins {from}, before {} are over, and lasts",
            asked.needs()
        );
    }
    let never = matches!(outcome, GateOutcome::Fail { .. });
    title += &if span.end() == Timestamp::MAX && found.declared.is_some() {
        " until somebody lifts it".to_owned()
    } else if span.end() == Timestamp::MAX {
        " until the configuration lifts it".to_owned()
    } else if never && found.repeats {
        // It repeats without a break: where it was last looked at says nothing.
        " again and again".to_owned()
    } else {
        format!(" until {}", moment(span.end(), zone, asked.now))
    };
    title
}

fn declared(asked: &Asked<'_>, found: &Found) -> Option<String> {
    let (by, at) = found.declared.as_ref()?;
    let at = moment(*at, &found.zone, asked.now);
    Some(format!("declared by {by}, {at}"))
}

/// Who ends it, and who lets this one release through.
fn who_can(asked: &Asked<'_>, found: &Found) -> Vec<String> {
    let mut who = vec![match found.declared {
        Some(_) => format!("operators: tidegate freeze lift {}", found.which),
        None => times::WHO[0].to_owned(),
    }];
    let deciders = deciders(&found.policy, asked.spec, asked.view).text();
    if !deciders.is_empty() {
        who.push(format!("{deciders}: exception from {}", found.which));
    }
    if found.policy.let_through.contains(&ChangeClass::Emergency) {
        who.push(format!(
            "an emergency with its incident: exception from {}",
            found.which
        ));
    }
    who
}

fn endless(all: &[Found]) -> bool {
    let holding = all.iter().filter(|f| f.excused.is_none());
    let ends = holding.filter_map(|f| f.spans.spans().last());
    ends.map(|span| span.end()).any(|end| end == Timestamp::MAX)
}
