//! A forecast as people read it: what it rests on, then week by week, then what held whom, then what another calendar would change.

use crate::output::table::Column;
use crate::output::{Look, Table, when};
use std::fmt::Write as _;
use tidegate_client::wire::{
    CalendarSimulation, SimulatedCourse, SimulatedEnd, SimulatedJourney, SimulatedShift, Timestamp,
};
use tidegate_core::time::Millis;

/// Lines that are shown of what may be long.
const SHOWN: usize = 20;

/// All of it.
pub(super) fn text(found: &CalendarSimulation, look: &Look) -> String {
    let mut out = String::new();
    head(&mut out, found, look);
    weeks(&mut out, found, look);
    waits(&mut out, &found.in_force, "waits before the start");
    if let Some(proposed) = &found.proposed {
        waits(&mut out, proposed, "waits under the proposed configuration");
    }
    rest(&mut out, &found.in_force, look);
    if found.proposed.is_some() {
        differs(&mut out, &found.differs, look);
    }
    for (course, name) in [
        (Some(&found.in_force), ""),
        (found.proposed.as_ref(), " under the proposed configuration"),
    ] {
        if let Some(cut) = course.and_then(|course| course.cut) {
            let _ = writeln!(
                out,
                "\nIt took too long and ends{name} at {}: what comes later is not known. A shorter --until or --only-open takes less.",
                look.zone.long(cut)
            );
        }
    }
    out
}

fn lasting(ms: u64) -> String {
    // Nobody plans by seconds.
    match ms {
        ms if ms < 60_000 => when::short(Millis(ms)),
        ms => Millis(ms / 60_000 * 60_000).to_string(),
    }
}

fn head(out: &mut String, found: &CalendarSimulation, look: &Look) {
    let at = |at: Option<Timestamp>| at.map_or(String::new(), |at| look.zone.long(at));
    let _ = writeln!(
        out,
        "{} - {}, from entry {}; nothing of it has happened",
        at(found.from),
        at(found.until),
        found.seq
    );
    let before = &found.before;
    let again = match (before.requests, before.since) {
        (0, None) => "nothing: the ledger has no entries yet".to_owned(),
        (0, Some(since)) => format!("nothing was asked for since {}", look.zone.long(since)),
        (n, since) => {
            let more = if before.cut { " (the newest)" } else { "" };
            format!(
                "{n} {} for production since {}{more}, each at its weekday and hour",
                if n == 1 { "request" } else { "requests" },
                at(since)
            )
        }
    };
    let _ = writeln!(out, "comes again     {again}");
    if before.emergencies > 0 {
        let _ = writeln!(out, "left out        {} emergencies", before.emergencies);
    }
    let people = match (before.taken_ms, before.answered_after_ms) {
        (None, _) => "never answer".to_owned(),
        (Some(taken), Some(measured)) if taken == measured => format!(
            "say yes after {}, the median of {} before",
            lasting(taken),
            before.answers
        ),
        (Some(taken), None) => format!(
            "say yes after {}: assumed, for nobody's yes is recorded (--answered-after)",
            lasting(taken)
        ),
        (Some(taken), Some(_)) => format!("say yes after {}", lasting(taken)),
    };
    let _ = writeln!(out, "people          {people}\n");
}

fn weeks(out: &mut String, found: &CalendarSimulation, look: &Look) {
    let day = |at: Timestamp| {
        let long = look.zone.long(at);
        long.split(' ').take(4).collect::<Vec<_>>().join(" ")
    };
    let mut table = Table::new(&[
        Column::Always("WEEK OF"),
        Column::Always("ASKED"),
        Column::Always("STARTED"),
        Column::Always("DONE"),
        Column::Always("TAKEN BACK"),
        Column::Always("GIVEN UP"),
        Column::Always("PROPOSED: STARTED"),
    ]);
    let mut sums = [0_u32; 6];
    for (n, week) in found.in_force.weeks.iter().enumerate() {
        let other = found.proposed.as_ref().and_then(|p| p.weeks.get(n));
        let cells = [
            week.asked,
            week.started,
            week.done,
            week.taken_back,
            week.given_up,
            other.map_or(0, |week| week.started),
        ];
        for (sum, cell) in sums.iter_mut().zip(cells) {
            *sum += cell;
        }
        row(&mut table, day(week.begins), cells, other.is_some());
    }
    row(&mut table, "all".to_owned(), sums, found.proposed.is_some());
    let text = table.aligned();
    // Without a proposal there is nothing in its column.
    match found.proposed {
        Some(_) => out.push_str(&text),
        None => {
            for line in text.lines() {
                let line = line.split("PROPOSED").next().unwrap_or(line);
                let _ = writeln!(out, "{}", line.trim_end());
            }
        }
    }
}

fn row(table: &mut Table, name: String, cells: [u32; 6], proposed: bool) {
    let [asked, started, done, back, given_up, other] = cells.map(|n| n.to_string());
    let other = if proposed { other } else { String::new() };
    table.row([name, asked, started, done, back, given_up, other]);
}

fn waits(out: &mut String, course: &SimulatedCourse, title: &str) {
    if course.waits.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title}");
    for wait in course.waits.iter().take(SHOWN) {
        let rule = wait.rule.as_deref().unwrap_or("");
        let _ = writeln!(
            out,
            "  {:<12} {rule:<38} {} {}, {} together, longest {} ({})",
            wait.gate,
            wait.deployments,
            if wait.deployments == 1 {
                "deployment"
            } else {
                "deployments"
            },
            lasting(wait.lasted_ms),
            lasting(wait.longest_ms),
            wait.longest
        );
    }
}

fn rest(out: &mut String, course: &SimulatedCourse, look: &Look) {
    if !course.at_once.is_empty() {
        let most = course.at_once.iter();
        let most: Vec<String> = most.map(|(env, n)| format!("{env} {n}")).collect();
        let _ = writeln!(out, "\nmost at the same time: {}", most.join(", "));
    }
    if !course.departures.is_empty() {
        let _ = writeln!(out, "\ndepartures");
    }
    for departure in course.departures.iter().take(SHOWN) {
        let moved = match departure.planned == departure.departs {
            true => String::new(),
            false => format!(" (planned {})", look.zone.long(departure.planned)),
        };
        let _ = writeln!(
            out,
            "  {:<14} {}{moved}  {}, {} aboard",
            departure.departure,
            look.zone.long(departure.departs),
            departure.phase,
            departure.passengers.len()
        );
    }
    if !course.conflicts.is_empty() {
        let more = course.conflicts.len() as u64 + course.conflicts_left_out;
        let _ = writeln!(
            out,
            "\nconflicts on the calendar as it is planned now: {more} (tidegate calendar conflicts)"
        );
    }
    for (title, some) in [
        ("not started in the end", open(course, look)),
        ("taken back", ended(course, "taken back", look)),
        ("given up at the gates", ended(course, "given up", look)),
        ("refused at once", refused(course, look)),
        (
            "never came to production",
            course.short.iter().map(|s| format!("  {s}\n")).collect(),
        ),
    ] {
        if some.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{title}");
        out.extend(some.iter().take(SHOWN).map(String::as_str));
        if some.len() > SHOWN {
            let _ = writeln!(out, "  and {} more (-o json)", some.len() - SHOWN);
        }
    }
}

fn open(course: &SimulatedCourse, look: &Look) -> Vec<String> {
    let waiting = |journey: &&SimulatedJourney| journey.outcome == "waiting";
    let waiting = course.journeys.iter().filter(waiting);
    waiting
        .map(|journey| {
            let held: Vec<&str> = journey.held.iter().map(|h| h.title.as_str()).collect();
            format!(
                "  {} {}, asked {}: {}\n",
                journey.release,
                journey.environment,
                look.zone.long(journey.asked),
                held.join("; ")
            )
        })
        .collect()
}

fn ended(course: &SimulatedCourse, outcome: &str, look: &Look) -> Vec<String> {
    let such = course.journeys.iter().filter(|j| j.outcome == outcome);
    such.map(|journey| {
        let at = journey.ended.map_or(String::new(), |at| look.zone.long(at));
        let because = journey.because.as_deref().unwrap_or("");
        format!(
            "  {} {}, {at}: {because}\n",
            journey.release, journey.environment
        )
    })
    .collect()
}

fn refused(course: &SimulatedCourse, look: &Look) -> Vec<String> {
    let line = |refusal: &tidegate_client::wire::SimulatedRefusal| {
        format!(
            "  like {} {}, {}: {}\n",
            refusal.like,
            refusal.environment,
            look.zone.long(refusal.at),
            refusal.because
        )
    };
    course.refused.iter().map(line).collect()
}

fn differs(out: &mut String, shifts: &[SimulatedShift], look: &Look) {
    if shifts.is_empty() {
        out.push_str("\nThe proposed configuration moves nothing.\n");
        return;
    }
    let _ = writeln!(
        out,
        "\nThe proposed configuration moves {}",
        match shifts.len() {
            1 => "1 deployment".to_owned(),
            n => format!("{n} deployments"),
        }
    );
    for shift in shifts.iter().take(SHOWN) {
        let _ = writeln!(
            out,
            "  {} {}\n    in force  {}\n    proposed  {}",
            shift.release,
            shift.environment,
            end(shift.in_force.as_ref(), look),
            end(shift.proposed.as_ref(), look)
        );
    }
    if shifts.len() > SHOWN {
        let _ = writeln!(out, "  and {} more (-o json)", shifts.len() - SHOWN);
    }
}

fn end(end: Option<&SimulatedEnd>, look: &Look) -> String {
    let Some(end) = end else {
        return "is not asked for".to_owned();
    };
    let started = end.started.map_or_else(
        || "does not start".to_owned(),
        |at| format!("starts {}", look.zone.long(at)),
    );
    let after = end.after.as_ref();
    let after = after.map_or(String::new(), |title| format!(", after: {title}"));
    format!("{started}, {}{after}", end.outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_forecast_says_what_it_rests_on_what_held_whom_and_what_another_calendar_moves() {
        let journey = |release: &str, outcome: &str, more: serde_json::Value| {
            let mut journey = json!({"release": release, "environment": "prod", "asked": "2026-11-25T13:00:12Z", "outcome": outcome});
            let fields = journey.as_object_mut().unwrap();
            fields.extend(more.as_object().unwrap().clone());
            journey
        };
        let course = |started, waits: serde_json::Value| {
            json!({
                "weeks": [
                    {"begins": "2026-11-22T23:00:00Z", "asked": 2, "started": started, "done": 1, "takenBack": 0, "givenUp": 0},
                    {"begins": "2026-11-29T23:00:00Z", "asked": 1, "started": 2, "done": 1, "takenBack": 1, "givenUp": 0}
                ],
                "waits": waits, "atOnce": {"prod": 1}, "conflicts": [], "conflictsLeftOut": 0, "entries": 949,
                "departures": [{"departure": "retail #4", "planned": "2026-12-01T09:00:00Z", "departs": "2026-12-02T09:00:00Z", "phase": "departed", "passengers": ["web@8.1.0+13w"]}],
                "journeys": [
                    journey("web@8.5.0+13w", "taken back", json!({"ended": "2026-12-01T12:01:12Z", "because": "REGRESSED errors canary 20.00%"})),
                    journey("ledger@5.0.0", "waiting", json!({"held": [{"gate": "approval", "title": "approval: ledger (1 of 1: emil)", "who": ["emil"]}]}))
                ],
                "refused": [{"like": "card@1.0.0", "environment": "prod", "at": "2026-12-01T09:00:00Z", "because": "there is no service card"}],
                "short": []
            })
        };
        let approval = json!({"gate": "approval", "rule": "policies.four-eyes.approvals", "deployments": 3, "lastedMs": 32_452_977, "longestMs": 10_817_659, "longest": "web@8.1.0+13w prod"});
        let freeze = json!({"gate": "freeze", "rule": "freezes.peak-season", "deployments": 1, "lastedMs": 489_587_502, "longestMs": 489_587_502, "longest": "payments@3.0.0+13w prod"});
        let found: CalendarSimulation = serde_json::from_value(json!({
            "diagnostics": [], "seq": 4711, "from": "2026-11-23T07:00:00Z", "until": "2027-02-22T07:00:00Z",
            "before": {"since": "2026-08-24T06:00:00Z", "requests": 20, "emergencies": 2, "cut": false, "answeredAfterMs": 10_787_659, "answers": 21, "takenMs": 10_787_659},
            "inForce": course(1, json!([freeze, approval])),
            "proposed": course(2, json!([approval])),
            "differs": [{"release": "payments@3.0.0+13w", "environment": "prod",
                "inForce": {"started": "2026-12-01T08:00:00Z", "outcome": "done", "after": "freeze peak-season until Tue 1 Dec 06:00"},
                "proposed": {"started": "2026-11-26T08:00:00Z", "outcome": "done"}}],
        }))
        .unwrap();
        insta::assert_snapshot!(text(&found, &Look::plain()));
        let alone = CalendarSimulation {
            proposed: None,
            differs: Vec::new(),
            ..found
        };
        insta::assert_snapshot!(text(&alone, &Look::plain()));
    }
}
