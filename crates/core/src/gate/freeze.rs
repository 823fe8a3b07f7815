//! No freeze holds, and none begins before the whole operation is over.

use super::times::{self, AHEAD, LAST, clock, moment};
use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::calendar::{Intervals, Span, Zone};
use crate::id::Name;
use crate::spec::Freeze;
use crate::time::Timestamp;

/// A freeze that concerns the plan, with its time as far as it was looked at.
struct Found<'a> {
    name: &'a Name,
    freeze: &'a Freeze,
    zone: Zone,
    spans: Intervals,
}

/// Why it cannot be told, and the freeze that is to blame.
struct Unknown {
    because: String,
    rule: Option<String>,
}

impl From<String> for Unknown {
    fn from(because: String) -> Self {
        let rule = None;
        Self { because, rule }
    }
}

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    judge(asked).unwrap_or_else(|unknown| {
        let mut report = times::broken(asked, GateId::Freeze, unknown.because);
        report.rule = unknown.rule;
        report
    })
}

fn judge(asked: &Asked<'_>) -> Result<GateReport, Unknown> {
    let (now, length) = (asked.now, asked.plan.needs());
    let wanted = Span::lasting(now, length.max(crate::time::Millis(1)))
        .ok_or_else(|| format!("{now} is the end of time"))?;
    let mut blocked = None;
    for days in AHEAD {
        let time = times::days_from(now, days)?;
        let found = found(asked, time)?;
        if found.is_empty() {
            let (service, env) = (&asked.plan.service, &asked.plan.environment);
            let title = format!("no freeze concerns {service} in {env}");
            return Ok(asked.report(GateId::Freeze, PASS, title));
        }
        let all: Intervals = found
            .iter()
            .flat_map(|f| f.spans.spans().to_vec())
            .collect();
        if !all.touches(wanted) {
            // The next one, as soon as it is known.
            if let Some(next) = next(&found, now) {
                return Ok(passes(asked, next));
            }
            continue;
        }
        let free = all.complement(time).fit(length, now);
        if let Some((at, _)) = free {
            let on = vec!["config".to_owned()];
            return Ok(blocks(asked, &found, wanted, GateOutcome::Wait { at, on }));
        }
        blocked = Some(found);
    }
    Ok(match blocked {
        Some(found) => {
            let on = vec!["config".to_owned()];
            blocks(asked, &found, wanted, GateOutcome::Fail { on })
        }
        None => {
            let title = format!("no freeze now or in the next {LAST} days");
            asked.report(GateId::Freeze, PASS, title)
        }
    })
}

/// The freezes that concern the plan.
fn found<'a>(asked: &Asked<'a>, time: Span) -> Result<Vec<Found<'a>>, Unknown> {
    let (service, env) = (&asked.plan.service, &asked.plan.environment);
    let environment = asked
        .spec
        .environments
        .get(env)
        .ok_or_else(|| format!("{env} is no longer configured"))?;
    let all = asked.spec.freezes.iter();
    all.filter(|(_, freeze)| freeze.concerns(asked.spec, service, env))
        .map(|(name, freeze)| {
            let zone = freeze.zone.as_deref().unwrap_or(&environment.zone);
            let unreadable = |error| Unknown {
                because: format!("freeze {name} cannot be read: {error}"),
                rule: Some(format!("freezes.{name}")),
            };
            let setting = asked.spec.setting(zone).map_err(unreadable)?;
            let spans = freeze.spans(&setting, time).map_err(unreadable)?;
            Ok(Found {
                name,
                freeze,
                zone: setting.zone,
                spans,
            })
        })
        .collect()
}

fn next<'f, 'a>(found: &'f [Found<'a>], now: Timestamp) -> Option<(&'f Found<'a>, Span)> {
    let starts = found.iter().filter_map(|f| Some((f, f.spans.next(now)?)));
    starts.min_by_key(|(f, span)| (*span, f.name))
}

fn passes(asked: &Asked<'_>, (found, span): (&Found<'_>, Span)) -> GateReport {
    let Found {
        name, freeze, zone, ..
    } = found;
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
    let outcome = times::pass_before(Some(span.start()), asked.plan.needs());
    asked
        .report(GateId::Freeze, outcome, title)
        .detail(freeze.why.clone())
        .rule(format!("freezes.{name}"))
}

fn blocks(
    asked: &Asked<'_>,
    found: &[Found<'_>],
    wanted: Span,
    outcome: GateOutcome,
) -> GateReport {
    let (mut titles, mut details, mut last) = (Vec::new(), Vec::new(), None);
    let mut rule = None;
    for Found {
        name,
        freeze,
        zone,
        spans,
    } in found
    {
        let ahead = spans.ending_after(wanted.start()).first();
        let Some(span) = ahead.filter(|span| span.start() < wanted.end()) else {
            continue;
        };
        let mut title = format!("freeze {name}");
        if span.start() > asked.now {
            let from = moment(span.start(), zone, asked.now);
            title += &format!(
                " begins {from}, before {} are over, and lasts",
                asked.plan.needs()
            );
        }
        let never = matches!(outcome, GateOutcome::Fail { .. });
        title += &if span.end() == Timestamp::MAX {
            " until the configuration lifts it".to_owned()
        } else if never && freeze.around.is_some() {
            // It repeats without a break: where it was last looked at says nothing.
            " again and again".to_owned()
        } else {
            format!(" until {}", moment(span.end(), zone, asked.now))
        };
        titles.push(title);
        details.push(freeze.why.clone());
        if last.is_none_or(|(end, _)| end < span.end()) {
            last = Some((span.end(), zone));
        }
        rule.get_or_insert_with(|| format!("freezes.{name}"));
    }
    let length = asked.plan.needs();
    match (&outcome, last) {
        // Between two freezes there may be too little time.
        (GateOutcome::Wait { at, .. }, Some((end, zone))) if *at > end => {
            let at = moment(*at, zone, asked.now);
            titles.push(format!("without a freeze for {length} from {at}"));
        }
        (GateOutcome::Fail { .. }, _) if !endless(found) => {
            titles.push(format!(
                "no {length} without a freeze in the next {LAST} days"
            ));
        }
        _ => {}
    }
    details.push(times::needs(asked));
    let mut report = asked
        .report(GateId::Freeze, outcome, titles.join("; "))
        .detail(details.join("; "))
        .who(times::WHO);
    report.rule = rule;
    report
}

fn endless(found: &[Found<'_>]) -> bool {
    let ends = found.iter().filter_map(|f| f.spans.spans().last());
    ends.map(|span| span.end()).any(|end| end == Timestamp::MAX)
}
