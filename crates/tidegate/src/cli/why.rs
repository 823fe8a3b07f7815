//! `tidegate why`: every condition between a release and an environment, met or not, until when, and who can change it.

use super::class_path::{drawn, mark};
use super::reference::placed;
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::Look;
use crate::output::when::Zone;
use tidegate_client::wire::{Condition, ConditionState, Decision};

/// Show every condition between a release and an environment
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ends with 0 when it may go, with 3 when it may not, and with 8 when a person said no."
)]
pub struct Args {
    /// `service@version`, or `service@version/environment`
    release: String,
    /// Environment
    environment: Option<String>,
    /// Ask about this instant instead of now: `2026-11-25 09:00`, or RFC 3339
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

/// Ask and show.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let (release, environment) = placed(&args.release, args.environment.as_deref())?;
    let at = args
        .at
        .as_deref()
        .map(|text| session.instant(text))
        .transpose()?;
    let decision = session
        .client()?
        .decision(&release, &environment, at)
        .await?;
    session
        .out
        .show(&decision, &decision.release, |look| text(&decision, look))?;
    Ok(exit_of(&decision))
}

/// Exit code of a decision.
pub fn exit_of(decision: &Decision) -> Exit {
    match (decision.allowed, decision.is_rejected()) {
        (true, _) => Exit::Done,
        (false, true) => Exit::Rejected,
        (false, false) => Exit::Blocked,
    }
}

/// A refusal that carries its decision shows it.
pub fn attach(mut failure: Failure, session: &Session) -> Failure {
    let decision = failure
        .decision
        .take()
        .and_then(|d| serde_json::from_value::<Decision>(d).ok());
    if let Some(decision) = decision {
        failure.notes.extend(condition_lines(
            &decision.conditions,
            &session.out.look,
            true,
        ));
    }
    failure
}

/// A decision as text, in the zone of the reader, with the environment's own zone beside it where they differ.
pub fn text(decision: &Decision, look: &Look) -> String {
    let (release, environment) = (&decision.release, &decision.environment);
    let first = match (&decision.phase, decision.allowed) {
        (Some(phase), _) => format!(
            "{release} -> {environment}: {} ({})",
            phase.as_str(),
            decision
                .deployment
                .as_deref()
                .unwrap_or("deployment unknown")
        ),
        (None, true) => format!("{release} may enter {environment}."),
        (None, false) => format!("{release} may not enter {environment} yet."),
    };
    let asked = format!("asked {}", look.zone.long(decision.asked_at));
    let gap = look
        .width
        .min(100)
        .saturating_sub(first.chars().count() + asked.chars().count())
        .max(4);
    let mut text = format!("{first}{:gap$}{asked}\n", "");
    for line in condition_lines(&decision.conditions, look, false) {
        text.push_str(&format!("  {line}\n"));
    }
    text.push_str(&path_lines(decision, look));
    if let Some(open) = &decision.open_decision {
        text.push_str(&super::decision::text(open, look));
    }
    text.push_str(&last_line(decision, look));
    text
}

/// What its class asks in which order, and what it goes without.
fn path_lines(decision: &Decision, look: &Look) -> String {
    let Some(path) = &decision.path else {
        return String::new();
    };
    let (asked, spared) = drawn(path, look);
    let mut text = format!("Class {} asks: {}\n", path.class, asked.join("\n    "));
    for line in spared {
        text.push_str(&format!("  not {line}\n"));
    }
    text
}

/// Gates about places: who else wants one later is not known before.
const PLACES: [&str; 2] = ["lock", "capacity"];

fn last_line(decision: &Decision, look: &Look) -> String {
    match (decision.allowed, decision.earliest) {
        (true, _) if decision.phase.is_some() => String::new(),
        (true, _) => {
            format!(
                "It may go now: tidegate deploy {} {}\n",
                decision.release, decision.environment
            )
        }
        (false, Some(at)) => {
            let places = decision
                .conditions
                .iter()
                .any(|c| PLACES.contains(&c.id.as_str()) && c.state == ConditionState::Wait);
            let first = if places {
                ", if a place is free then"
            } else {
                ""
            };
            let earliest = format!("Earliest possible: {}{first}.\n", both(at, decision, look));
            earliest + &missed(decision, look)
        }
        (false, None) => {
            let of = |wanted: fn(ConditionState) -> bool| {
                let ids = decision.conditions.iter().filter(|c| wanted(c.state));
                ids.map(|c| c.id.as_str()).collect::<Vec<_>>().join(", ")
            };
            if let Some(at) = decision.in_time {
                let others = decision.conditions.iter();
                let others = others.filter(|c| !c.state.passes() && !has_time(c));
                let others: Vec<&str> = others.map(|c| c.id.as_str()).collect();
                let at = both(at, decision, look);
                let others = others.join(", ");
                return format!("Earliest possible: {at}, if by then: {others}.\n")
                    + &missed(decision, look);
            }
            let stuck = of(stuck);
            if stuck.is_empty() {
                let waits = of(|state| state == ConditionState::Wait);
                return format!("Earliest possible: no time can be told; it waits for: {waits}.\n");
            }
            format!("Earliest possible: not before someone changes: {stuck}.\n")
        }
    }
}

/// Gates whose instant is part of the one that is told.
const BY_CALENDAR: [&str; 6] = [
    "window", "freeze", "schedule", "cover", "booking", "calendar",
];

fn has_time(condition: &Condition) -> bool {
    BY_CALENDAR.contains(&condition.id.as_str())
}

/// `If missed: Tue 24 Nov 2026 09:00 Berlin, then Tue 1 Dec 2026 12:00 Berlin.`
fn missed(decision: &Decision, look: &Look) -> String {
    let next = decision.if_missed.iter();
    let next: Vec<String> = next.map(|at| both(*at, decision, look)).collect();
    match next.is_empty() {
        true => String::new(),
        false => format!("If missed: {}.\n", next.join(", then ")),
    }
}

fn stuck(state: ConditionState) -> bool {
    matches!(state, ConditionState::Fail | ConditionState::Broken)
}

/// An instant for the reader, and for the rule when its zone shows another clock.
fn both(at: tidegate_client::wire::Timestamp, decision: &Decision, look: &Look) -> String {
    let own = look.zone.long(at);
    match Zone::named(&decision.zone) {
        Ok(zone) if zone.offset(at) != look.zone.offset(at) => {
            format!(
                "{} ({} {})",
                zone.long(at),
                look.zone.clock(at).get(..5).unwrap_or_default(),
                look.zone.short()
            )
        }
        _ => own,
    }
}

/// Lines of conditions: mark, title, detail; below an unmet one who can change it and the rule behind it.
pub fn condition_lines(conditions: &[Condition], look: &Look, only_unmet: bool) -> Vec<String> {
    let shown: Vec<_> = conditions
        .iter()
        .filter(|c| !only_unmet || !c.state.passes())
        .collect();
    let marks = shown
        .iter()
        .map(|c| mark(c.state).text().len())
        .max()
        .unwrap_or(0);
    let titles = shown
        .iter()
        .map(|c| c.title.chars().count())
        .filter(|n| *n <= 56)
        .max()
        .unwrap_or(0);
    let mut lines = Vec::new();
    for condition in shown {
        let details = details(condition, look);
        let title = match details.as_str() {
            "" => condition.title.clone(),
            _ => format!("{:titles$}  {details}", condition.title),
        };
        lines.push(format!(
            "{} {title}",
            mark(condition.state).padded(look, marks)
        ));
        let indent = " ".repeat(marks + 1);
        if !condition.state.passes() {
            lines.extend(
                more(condition)
                    .iter()
                    .map(|more| format!("{indent}  {more}")),
            );
        }
    }
    lines
}

/// Detail, end, and the gate with its rule, in one line.
fn details(condition: &Condition, look: &Look) -> String {
    let mut parts = Vec::new();
    if !condition.detail.is_empty() {
        parts.push(condition.detail.clone());
    }
    if let Some(until) = condition.until {
        let word = match condition.state {
            ConditionState::Pass | ConditionState::Overridden => "until",
            ConditionState::Wait => "not before",
            ConditionState::Fail | ConditionState::Broken => "asked again",
        };
        parts.push(format!("{word} {}", look.zone.long(until)));
    }
    if condition.state.passes() && parts.is_empty() {
        parts.push(format!("gate {}", condition.id));
    }
    parts.join("; ")
}

/// Who can change it, and where it is written.
fn more(condition: &Condition) -> Vec<String> {
    let mut lines = Vec::new();
    if !condition.who_can_change.is_empty() {
        lines.push(format!(
            "can change it: {}",
            condition.who_can_change.join(", ")
        ));
    }
    if let Some(rule) = &condition.rule {
        let place = if rule.line > 0 {
            format!("{}:{}", rule.file, rule.line)
        } else {
            rule.file.clone()
        };
        lines.push(format!("asked for by: {} ({place})", rule.path));
    }
    lines.extend(
        condition
            .evidence
            .iter()
            .map(|evidence| format!("seen: {evidence}")),
    );
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn decision(allowed: bool) -> Decision {
        serde_json::from_value(json!({
            "release": "payments@3.3.0", "environment": "prod-us", "askedAt": "2026-11-21T13:02:00Z",
            "zone": "America/New_York", "allowed": allowed, "earliest": "2026-11-23T14:00:00Z",
            "conditions": [
                {"id": "artifact", "state": "pass", "title": "artifact is registered and verified"},
                {"id": "soak", "state": "wait", "title": "prod-eu healthy for 2h", "detail": "0h40m of 2h",
                 "until": "2026-11-21T14:22:00Z",
                 "rule": {"path": "environments.prod-us.soak", "file": "environments.yaml", "line": 14}},
                {"id": "lock", "state": "fail", "title": "prod-us is locked by web@1.2.0", "detail": "dep_01J (running)",
                 "whoCanChange": ["whoever runs dep_01J"],
                 "rule": {"path": "environments.prod-us.one-at-a-time", "file": "built-in", "line": 0}},
                {"id": "environment", "state": "broken", "title": "state of prod-us could not be read", "until": "2026-11-21T13:03:00Z"},
                {"id": "hold", "state": "overridden", "title": "held, lifted by an exception", "detail": "exception EX-1"},
            ],
        }))
        .unwrap()
    }

    #[test]
    fn every_condition_has_mark_detail_time_and_the_line_behind_it() {
        insta::assert_snapshot!(text(&decision(false), &Look::plain()));
    }

    #[test]
    fn what_others_must_do_by_then_and_when_it_goes_next_are_told_with_the_instant() {
        let mut waits = decision(false);
        (waits.in_time, waits.earliest) = (waits.earliest, None);
        waits.if_missed = vec![
            "2026-11-24T14:00:00Z".parse().unwrap(),
            "2026-12-01T14:00:00Z".parse().unwrap(),
        ];
        let text = text(&waits, &Look::plain());
        let last: Vec<&str> = text.lines().rev().take(2).collect();
        assert_eq!(
            last,
            [
                "If missed: Tue 24 Nov 2026 09:00 New York (15:00 Berlin), then Tue 1 Dec 2026 09:00 New York (15:00 Berlin).",
                "Earliest possible: Mon 23 Nov 2026 09:00 New York (15:00 Berlin), if by then: soak, lock, environment.",
            ]
        );
    }

    #[test]
    fn what_may_go_says_how() {
        let mut open = decision(true);
        open.conditions.truncate(1);
        insta::assert_snapshot!(text(&open, &Look::plain()));
    }

    #[test]
    fn without_an_earliest_time_the_answer_names_what_must_change() {
        let mut stuck = decision(false);
        stuck.earliest = None;
        let text = text(&stuck, &Look::plain());
        assert!(
            text.ends_with("Earliest possible: not before someone changes: lock, environment.\n"),
            "{text}"
        );
        stuck.conditions.retain(|c| !super::stuck(c.state));
        let text = super::text(&stuck, &Look::plain());
        assert!(
            text.ends_with("Earliest possible: no time can be told; it waits for: soak.\n"),
            "{text}"
        );
    }
}
