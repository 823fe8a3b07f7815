//! Forecasts, as they are answered.

use super::calendar::one_conflict;
use jiff::civil::Weekday;
use jiff::{ToSpan, Zoned};
use std::collections::BTreeMap;
use tidegate_client::wire;
use tidegate_core::id::{EnvId, ReleaseId};
use tidegate_core::spec::Origins;
use tidegate_core::time::{Millis, Timestamp, zone};
use tidegate_sim::forecast::{Before, Course, End, Forecast, Journey};

/// Starts that differ by less are the same.
const SAME: Millis = Millis::minutes(5);

pub(crate) fn before(before: &Before, taken: Option<Millis>) -> wire::SimulatedDemandBefore {
    wire::SimulatedDemandBefore {
        since: before.since,
        requests: count(before.requests.len()),
        emergencies: count(before.emergencies),
        cut: before.cut,
        answered_after_ms: before.answered_after.map(|lasted| lasted.0),
        answers: count(before.answers),
        taken_ms: taken.map(|lasted| lasted.0),
    }
}

pub(crate) fn course(
    course: &Course,
    (from, until): (Timestamp, Timestamp),
    zone_name: &str,
    origins: &Origins,
) -> wire::SimulatedCourse {
    let departures = course
        .departures
        .iter()
        .map(|row| wire::SimulatedDeparture {
            departure: row.id.to_string(),
            planned: row.timetable.slot,
            departs: row.timetable.departs,
            phase: row.phase.clone(),
            passengers: row.passengers.iter().map(ToString::to_string).collect(),
        });
    let refused = course.unasked.iter().map(|unasked| wire::SimulatedRefusal {
        like: unasked.like.to_string(),
        environment: unasked.to.to_string(),
        at: unasked.at,
        because: unasked.because.clone(),
    });
    let conflicts = course.conflicts.conflicts.iter();
    wire::SimulatedCourse {
        weeks: weeks(&course.journeys, (from, until), zone_name),
        waits: waits(&course.journeys),
        at_once: course
            .at_once
            .iter()
            .map(|(env, most)| (env.to_string(), *most))
            .collect(),
        departures: departures.collect(),
        conflicts: conflicts.map(|one| one_conflict(one, origins)).collect(),
        conflicts_left_out: course.conflicts.left_out as u64,
        journeys: course.journeys.iter().map(journey).collect(),
        refused: refused.collect(),
        short: course
            .short
            .iter()
            .map(|(release, to)| format!("{release} {to}"))
            .collect(),
        entries: course.entries,
        cut: course.cut,
    }
}

fn journey(journey: &Journey) -> wire::SimulatedJourney {
    let waits = journey.waits.iter().map(|wait| wire::SimulatedJourneyWait {
        gate: wait.gate.as_str().to_owned(),
        rule: wait.rule.clone(),
        title: wait.title.clone(),
        lasted_ms: wait.lasted.0,
    });
    let held = journey.held.iter().map(|held| wire::SimulatedHold {
        gate: held.gate.as_str().to_owned(),
        title: held.title.clone(),
        who: held.who.clone(),
    });
    let because = match &journey.end {
        End::TakenBack(because) | End::GivenUp(because) => Some(because.clone()),
        End::Done | End::Waiting | End::UnderWay => None,
    };
    wire::SimulatedJourney {
        release: journey.release.to_string(),
        like: journey.like.as_ref().map(ToString::to_string),
        environment: journey.environment.to_string(),
        asked: journey.asked,
        started: journey.started,
        ended: journey.ended,
        outcome: outcome(&journey.end).to_owned(),
        because,
        waits: waits.collect(),
        held: held.collect(),
    }
}

fn outcome(end: &End) -> &'static str {
    match end {
        End::Done => "done",
        End::TakenBack(_) => "taken back",
        End::GivenUp(_) => "given up",
        End::Waiting => "waiting",
        End::UnderWay => "under way",
    }
}

/// Each week between the two instants, from Monday to Monday in the company's zone.
fn weeks(
    journeys: &[Journey],
    (from, until): (Timestamp, Timestamp),
    zone_name: &str,
) -> Vec<wire::SimulatedWeek> {
    let monday = zone(zone_name).ok().and_then(|zone| {
        let first = from.to_zoned(zone);
        let back = first.weekday().since(Weekday::Monday);
        let day: Zoned = first.start_of_day().ok()?;
        day.checked_sub(i64::from(back).days()).ok()
    });
    let Some(monday) = monday else {
        return Vec::new();
    };
    let mut weeks = Vec::new();
    for n in 0_i64.. {
        let begins = monday.checked_add(n.weeks());
        let ends = monday.checked_add((n + 1).weeks());
        let (Ok(begins), Ok(ends)) = (begins, ends) else {
            break;
        };
        if begins.timestamp() >= until {
            break;
        }
        let week = begins.timestamp()..ends.timestamp();
        let within = |at: Option<Timestamp>| at.is_some_and(|at| week.contains(&at));
        let sum = |f: &dyn Fn(&&Journey) -> bool| count(journeys.iter().filter(f).count());
        let ended = |end: fn(&End) -> bool| {
            sum(&|journey: &&Journey| end(&journey.end) && within(journey.ended))
        };
        weeks.push(wire::SimulatedWeek {
            begins: begins.timestamp(),
            asked: sum(&|journey: &&Journey| within(Some(journey.asked))),
            started: sum(&|journey: &&Journey| within(journey.started)),
            done: ended(|end| *end == End::Done),
            taken_back: ended(|end| matches!(end, End::TakenBack(_))),
            given_up: ended(|end| matches!(end, End::GivenUp(_))),
        });
    }
    weeks
}

/// Waits of all journeys by what they were for.
fn waits(journeys: &[Journey]) -> Vec<wire::SimulatedWait> {
    let mut found: BTreeMap<(&str, Option<&str>), wire::SimulatedWait> = BTreeMap::new();
    for journey in journeys {
        for wait in &journey.waits {
            let gate = wait.gate.as_str();
            let sum = found
                .entry((gate, wait.rule.as_deref()))
                .or_insert_with(|| wire::SimulatedWait {
                    gate: gate.to_owned(),
                    rule: wait.rule.clone(),
                    deployments: 0,
                    lasted_ms: 0,
                    longest_ms: 0,
                    longest: String::new(),
                });
            sum.deployments += 1;
            sum.lasted_ms += wait.lasted.0;
            if wait.lasted.0 > sum.longest_ms {
                sum.longest_ms = wait.lasted.0;
                sum.longest = format!("{} {}", journey.release, journey.environment);
            }
        }
    }
    let mut found: Vec<wire::SimulatedWait> = found.into_values().collect();
    found.sort_by_key(|wait| std::cmp::Reverse(wait.lasted_ms));
    found
}

/// What goes at another time or ends otherwise.
pub(crate) fn differs(forecast: &Forecast) -> Vec<wire::SimulatedShift> {
    let Some(proposed) = &forecast.proposed else {
        return Vec::new();
    };
    let mut both: BTreeMap<(&ReleaseId, &EnvId), [Option<&Journey>; 2]> = BTreeMap::new();
    for (n, course) in [&forecast.in_force, proposed].into_iter().enumerate() {
        for journey in &course.journeys {
            let place = (&journey.release, &journey.environment);
            // The newest one counts: an earlier one was replaced by it.
            both.entry(place).or_default()[n] = Some(journey);
        }
    }
    let mut found: Vec<(Timestamp, wire::SimulatedShift)> = both
        .into_iter()
        .filter(|(_, [was, is])| !alike(*was, *is))
        .filter_map(|((release, environment), [was, is])| {
            let asked = was.or(is)?.asked;
            let shift = wire::SimulatedShift {
                release: release.to_string(),
                environment: environment.to_string(),
                in_force: was.map(end),
                proposed: is.map(end),
            };
            Some((asked, shift))
        })
        .collect();
    found.sort_by(|(a, x), (b, y)| (a, &x.release).cmp(&(b, &y.release)));
    found.into_iter().map(|(_, shift)| shift).collect()
}

fn alike(was: Option<&Journey>, is: Option<&Journey>) -> bool {
    let (Some(was), Some(is)) = (was, is) else {
        return was.is_none() && is.is_none();
    };
    let same = match (was.started, is.started) {
        (Some(a), Some(b)) => Millis::between(a.min(b), a.max(b)) < SAME,
        (a, b) => a == b,
    };
    same && outcome(&was.end) == outcome(&is.end)
}

fn end(journey: &Journey) -> wire::SimulatedEnd {
    wire::SimulatedEnd {
        started: journey.started,
        outcome: outcome(&journey.end).to_owned(),
        after: journey.waits.first().map(|wait| wait.title.clone()),
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
