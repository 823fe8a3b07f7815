//! The whole operation fits into the window of the environment.

use super::times::{self, AHEAD, LAST, moment};
use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::calendar::{Intervals, Setting, Span};
use crate::id::Name;
use crate::spec::Window;
use crate::time::Timestamp;

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let env = &asked.plan.environment;
    let Some(environment) = asked.spec.environments.get(env) else {
        let because = format!("{env} is no longer configured");
        return times::broken(asked, GateId::Window, because);
    };
    let Some(name) = &environment.window else {
        return asked.report(GateId::Window, PASS, format!("{env} has no window"));
    };
    let report = match asked.spec.windows.get(name) {
        None => Err(format!("window {name} is no longer configured")),
        Some(window) => judge(asked, name, window, &environment.zone)
            .map_err(|because| format!("window {name} cannot be read: {because}")),
    };
    report
        .unwrap_or_else(|because| times::broken(asked, GateId::Window, because))
        .rule(format!("environments.{env}.window"))
}

fn judge(
    asked: &Asked<'_>,
    name: &Name,
    window: &Window,
    zone: &str,
) -> Result<GateReport, String> {
    let setting = asked
        .spec
        .setting(window.zone.as_deref().unwrap_or(zone))
        .map_err(|error| error.to_string())?;
    let length = asked.needs();
    let mut known = Intervals::none();
    for days in AHEAD {
        let time = times::days_from(asked.now, days)?;
        known = window
            .spans(&setting, time)
            .map_err(|error| error.to_string())?;
        if let Some((start, within)) = known.fit(length, asked.now) {
            let report = if start == asked.now {
                open(asked, name, &setting, within, time)
            } else {
                closed(asked, name, &setting, &known, start)
            };
            return Ok(report.detail(times::needs(asked)));
        }
    }
    let on = vec!["config".to_owned()];
    let place = times::place(&setting.zone);
    let title = if known.is_empty() {
        format!("window {name} does not open in the next {LAST} days ({place})")
    } else {
        format!("window {name} is never open for {length} in the next {LAST} days ({place})")
    };
    Ok(asked
        .report(GateId::Window, GateOutcome::Fail { on }, title)
        .detail(times::needs(asked))
        .who(times::WHO))
}

/// It fits now. What touches the end of the time looked at may be open for longer.
fn open(asked: &Asked<'_>, name: &Name, setting: &Setting, within: Span, time: Span) -> GateReport {
    let closes = Some(within.end()).filter(|end| *end < time.end());
    let outcome = times::pass_before(closes, asked.needs());
    let place = times::place(&setting.zone);
    let title = match closes {
        Some(at) => {
            let at = moment(at, &setting.zone, asked.now);
            format!("window {name} is open until {at}")
        }
        None => format!("window {name} is open ({place})"),
    };
    asked.report(GateId::Window, outcome, title)
}

/// It fits from `start` on: the window is closed, or closes too early.
fn closed(
    asked: &Asked<'_>,
    name: &Name,
    setting: &Setting,
    known: &Intervals,
    start: Timestamp,
) -> GateReport {
    let opens = moment(start, &setting.zone, asked.now);
    let title = match known.at(asked.now) {
        None => format!("window {name} opens {opens}"),
        Some(open) => format!(
            "window {name} closes {}, too early for {}; opens again {opens}",
            moment(open.end(), &setting.zone, asked.now),
            asked.needs(),
        ),
    };
    let outcome = GateOutcome::Wait {
        at: start,
        on: vec!["config".to_owned()],
    };
    asked.report(GateId::Window, outcome, title).who(times::WHO)
}
