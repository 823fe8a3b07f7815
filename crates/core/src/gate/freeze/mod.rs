//! No freeze holds, and none begins before the whole operation is over: those of the configuration and declared ones together.

mod text;

use super::times::{self, AHEAD, LAST};
use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::calendar::{Intervals, Span};
use crate::freeze::{Found, Unknown, found};
use crate::time::{Millis, Timestamp};

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    judge(asked).unwrap_or_else(|unknown| {
        let mut report = times::broken(asked, GateId::Freeze, unknown.because);
        report.rule = unknown.rule;
        report
    })
}

fn judge(asked: &Asked<'_>) -> Result<GateReport, Unknown> {
    let (now, length) = (asked.now, asked.needs());
    let wanted = Span::lasting(now, length.max(Millis(1)))
        .ok_or_else(|| format!("{now} is the end of time"))?;
    let mut blocked = None;
    for days in AHEAD {
        let time = times::days_from(now, days)?;
        let all = found(asked, time)?;
        if all.is_empty() {
            return Ok(text::nothing(asked));
        }
        let holding = all.iter().filter(|f| f.excused.is_none());
        let held: Intervals = holding.flat_map(|f| f.spans.spans().to_vec()).collect();
        if !held.touches(wanted) {
            let lifted: Vec<&Found> = all
                .iter()
                .filter(|f| f.excused.is_some() && f.spans.touches(wanted))
                .collect();
            if !lifted.is_empty() {
                return Ok(text::lifted(asked, &lifted));
            }
            // The next one, as soon as it is known.
            if let Some(next) = next(&all, now) {
                return Ok(text::passes(asked, next));
            }
            continue;
        }
        if let Some((at, _)) = held.complement(time).fit(length, now) {
            let on = triggers(asked, &all);
            let outcome = GateOutcome::Wait { at, on };
            return Ok(text::blocks(asked, &all, wanted, outcome));
        }
        blocked = Some(all);
    }
    Ok(match blocked {
        Some(all) => {
            let on = triggers(asked, &all);
            text::blocks(asked, &all, wanted, GateOutcome::Fail { on })
        }
        None => {
            let title = format!("no freeze now or in the next {LAST} days");
            asked.report(GateId::Freeze, PASS, title)
        }
    })
}

/// The configuration, each declared freeze that holds it, and exceptions of its release.
fn triggers(asked: &Asked<'_>, all: &[Found]) -> Vec<String> {
    let mut on = vec![
        "config".to_owned(),
        format!("exception/{}", asked.plan.to.release),
    ];
    on.extend(all.iter().map(|f| f.which.trigger()));
    on.sort();
    on.dedup();
    on
}

fn next(all: &[Found], now: Timestamp) -> Option<(&Found, Span)> {
    let starts = all.iter().filter_map(|f| Some((f, f.spans.next(now)?)));
    starts.min_by_key(|(f, span)| (*span, &f.which))
}
