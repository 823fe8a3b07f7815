//! The whole operation fits into the window of the environment, and into its hours of little traffic when it needs quiet.

use super::known::Evaluation;
use super::times::{self, AHEAD, LAST, moment};
use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::calendar::{Intervals, Setting, Span, Zone};
use crate::id::Name;
use crate::spec::{Environment, Tier, Window, recurring};
use crate::time::Timestamp;

pub(super) fn evaluate(asked: &Evaluation<'_>) -> GateReport {
    let env = &asked.plan.environment;
    let Some(environment) = asked.spec.environments.get(env) else {
        let because = format!("{env} is no longer configured");
        return times::broken(asked, GateId::Window, because);
    };
    let quiet = needs_quiet(asked, environment.tier);
    let report = in_time(asked, environment, quiet.as_ref());
    match quiet.and_then(|quiet| quiet.because) {
        None => report,
        Some(because) => {
            let detail = [report.detail.as_str(), &because];
            let detail: Vec<&str> = detail.into_iter().filter(|d| !d.is_empty()).collect();
            let detail = detail.join("; ");
            report.detail(detail)
        }
    }
}

fn in_time(asked: &Asked<'_>, environment: &Environment, quiet: Option<&Quiet>) -> GateReport {
    let env = &asked.plan.environment;
    if let (Some(quiet), true) = (quiet, environment.quiet.is_empty()) {
        let on = vec!["config".to_owned()];
        let title = format!("it needs quiet hours, and {env} names none");
        return asked
            .report(GateId::Window, GateOutcome::Fail { on }, title)
            .detail("write `quiet` or `traffic` at the environment")
            .who(times::WHO)
            .rule(quiet.rule.clone());
    }
    let (label, rule) = match (&environment.window, quiet) {
        (None, None) => return asked.report(GateId::Window, PASS, format!("{env} has no window")),
        (Some(name), None) => (format!("window {name}"), "window"),
        (Some(name), Some(_)) => (format!("window {name} in quiet hours"), "window"),
        (None, Some(_)) => (format!("quiet time of {env}"), "quiet"),
    };
    let report = times_of(asked, environment, quiet.is_some())
        .and_then(|open| judge(asked, &label, &open))
        .unwrap_or_else(|because| times::broken(asked, GateId::Window, because));
    report.rule(format!("environments.{env}.{rule}"))
}

/// What asks for quiet hours.
struct Quiet {
    /// Dotted path of the line.
    rule: String,
    /// Why this one, where the line asks it of some changes only.
    because: Option<String>,
}

/// The service, its strategy, or a policy that concerns the change. Only production has hours of its own.
fn needs_quiet(asked: &Evaluation<'_>, tier: Tier) -> Option<Quiet> {
    let (service, env) = (&asked.plan.service, &asked.plan.environment);
    if tier != Tier::Production {
        return None;
    }
    let always = |rule: String| Quiet {
        rule,
        because: None,
    };
    if asked.spec.services.get(service)?.needs_quiet {
        return Some(always(format!("services.{service}.needs-quiet")));
    }
    if let Ok(resolved) = asked.spec.resolve(service, env)
        && let (name, strategy) = resolved.strategy
        && strategy.needs_quiet
    {
        return Some(always(format!("strategies.{name}.needs-quiet")));
    }
    by_policy(asked)
}

/// Assessing a change costs more than all the rest here, so it is done only where a policy may ask.
fn by_policy(asked: &Evaluation<'_>) -> Option<Quiet> {
    if !asked
        .spec
        .policies
        .values()
        .any(|p| p.needs_quiet.is_some())
    {
        return None;
    }
    match asked.change() {
        Ok((_, assessment)) => assessment?.quiet.as_ref().map(|quiet| Quiet {
            because: Some(format!(
                "{} asks for quiet hours: {}",
                quiet.rule, quiet.because
            )),
            rule: quiet.rule.clone(),
        }),
        // What cannot be told is no reason to go at a busy hour.
        Err(refusal) => Some(Quiet {
            rule: format!("environments.{}.quiet", asked.plan.environment),
            because: Some(format!(
                "cannot tell whether a policy asks for quiet hours: {refusal}"
            )),
        }),
    }
}

/// What must be open, each in its own zone.
struct Open<'a> {
    window: Option<(&'a Name, &'a Window, Setting)>,
    quiet: Option<(&'a [String], Setting)>,
    zone: Zone,
}

fn times_of<'a>(
    asked: &Asked<'a>,
    environment: &'a Environment,
    quiet: bool,
) -> Result<Open<'a>, String> {
    let here = asked.spec.setting(&environment.zone);
    let here = here.map_err(|error| error.to_string())?;
    let mut zone = here.zone.clone();
    let quiet = quiet.then_some((environment.quiet.as_slice(), here));
    let window = match &environment.window {
        None => None,
        Some(name) => {
            let window = asked.spec.windows.get(name);
            let window = window.ok_or_else(|| format!("window {name} is no longer configured"))?;
            let named = window.zone.as_deref().unwrap_or(&environment.zone);
            let setting = asked
                .spec
                .setting(named)
                .map_err(|error| format!("window {name} cannot be read: {error}"))?;
            zone = setting.zone.clone();
            Some((name, window, setting))
        }
    };
    Ok(Open {
        window,
        quiet,
        zone,
    })
}

impl Open<'_> {
    fn spans(&self, time: Span) -> Result<Intervals, String> {
        let window = match &self.window {
            None => None,
            Some((name, window, setting)) => {
                let spans = window.spans(setting, time);
                Some(spans.map_err(|error| format!("window {name} cannot be read: {error}"))?)
            }
        };
        let quiet = match &self.quiet {
            None => None,
            Some((texts, setting)) => {
                let spans = recurring::spans(texts, None, setting, time);
                Some(spans.map_err(|error| format!("quiet hours cannot be read: {error}"))?)
            }
        };
        Ok(match (window, quiet) {
            (Some(window), Some(quiet)) => window.intersection(&quiet),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => Intervals::from_iter([time]),
        })
    }
}

fn judge(asked: &Asked<'_>, label: &str, open: &Open<'_>) -> Result<GateReport, String> {
    let length = asked.needs();
    let mut known = Intervals::none();
    for days in AHEAD {
        let time = times::days_from(asked.now, days)?;
        known = open.spans(time)?;
        if let Some((start, within)) = known.fit(length, asked.now) {
            let report = if start == asked.now {
                opened(asked, label, &open.zone, within, time)
            } else {
                closed(asked, label, &open.zone, &known, start)
            };
            return Ok(report.detail(times::needs(asked)));
        }
    }
    let on = vec!["config".to_owned()];
    let place = times::place(&open.zone);
    let title = if known.is_empty() {
        format!("{label} does not open in the next {LAST} days ({place})")
    } else {
        format!("{label} is never open for {length} in the next {LAST} days ({place})")
    };
    Ok(asked
        .report(GateId::Window, GateOutcome::Fail { on }, title)
        .detail(times::needs(asked))
        .who(times::WHO))
}

/// It fits now. What touches the end of the time looked at may be open for longer.
fn opened(asked: &Asked<'_>, label: &str, zone: &Zone, within: Span, time: Span) -> GateReport {
    let closes = Some(within.end()).filter(|end| *end < time.end());
    let outcome = times::pass_before(closes, asked.needs());
    let place = times::place(zone);
    let title = match closes {
        Some(at) => {
            let at = moment(at, zone, asked.now);
            format!("{label} is open until {at}")
        }
        None => format!("{label} is open ({place})"),
    };
    asked.report(GateId::Window, outcome, title)
}

/// It fits from `start` on: the window is closed, or closes too early.
fn closed(
    asked: &Asked<'_>,
    label: &str,
    zone: &Zone,
    known: &Intervals,
    start: Timestamp,
) -> GateReport {
    let opens = moment(start, zone, asked.now);
    let title = match known.at(asked.now) {
        None => format!("{label} opens {opens}"),
        Some(open) => format!(
            "{label} closes {}, too early for {}; opens again {opens}",
            moment(open.end(), zone, asked.now),
            asked.needs(),
        ),
    };
    let outcome = GateOutcome::Wait {
        at: start,
        on: vec!["config".to_owned()],
    };
    asked.report(GateId::Window, outcome, title).who(times::WHO)
}
