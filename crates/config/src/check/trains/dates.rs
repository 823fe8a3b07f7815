//! What only shows against the calendar: departures that never come, cut-offs out of order, dates inside freezes.

use super::super::calendar::AHEAD;
use super::spot;
use crate::check::Whole;
use crate::diagnostic::{Report, codes};
use crate::document::Document;
use crate::yaml::{Node, Spot};
use tidegate_core::calendar::schedule::horizon;
use tidegate_core::calendar::{Setting, Zone};
use tidegate_core::id::Name;
use tidegate_core::spec::{Held, Train};
use tidegate_core::time::{Millis, Timestamp};

/// Departures that are looked at.
const NEXT: usize = 5;

/// What only shows against the calendar.
pub(super) fn dates(
    whole: &Whole<'_>,
    document: &Document,
    name: &Name,
    train: &Train,
    report: &mut Report,
) {
    let Ok(setting) = whole.spec.setting_of(train) else {
        return;
    };
    let from = whole.now.unwrap_or(Timestamp::UNIX_EPOCH);
    let end = horizon(from, AHEAD);
    let within = |phrase: &str| {
        let mut slots = train.slots(phrase, &setting, from, 400).unwrap_or_default();
        // Without the present, nobody can tell what is far.
        slots.retain(|slot| whole.now.is_none() || *slot < end);
        slots
    };
    let slots = within(&train.departs);
    let steps = document.node.get("cadence").and_then(|c| c.get("steps"));
    let steps = steps.map_or(&[][..], Node::items).iter();
    let written = document.node.get("departs").into_iter().chain(steps);
    for at in written.filter(|at| at.text().is_some_and(|text| within(text).is_empty())) {
        let day = setting.zone.civil(from).date();
        report
            .add(
                codes::NEVER_LEAVES,
                &at.spot,
                format!("the train `{name}` does not leave within {AHEAD} days"),
            )
            .label(format!("not from {day} on, in {}", setting.zone))
            .help("correct the phrase or `first`");
    }
    order(document, train, &setting, &slots, report);
    if whole.now.is_some() {
        frozen(whole, document, (name, train), &setting, &slots, report);
    }
}

/// Boarding closes before the code does, the code before the decision.
fn order(
    document: &Document,
    train: &Train,
    setting: &Setting,
    slots: &[Timestamp],
    report: &mut Report,
) {
    let keys = [
        ("scope-closes", &train.scope_closes),
        ("code-closes", &train.code_closes),
        ("go-no-go", &train.go_no_go),
    ];
    let alone = |text: &Option<String>, slot: Timestamp| {
        let one = Train {
            scope_closes: None,
            code_closes: text.clone(),
            go_no_go: None,
            ..train.clone()
        };
        text.as_ref()?;
        Some(one.timetable(setting, slot, slot).ok()?.code_closes)
    };
    for (n, (earlier, first)) in keys.iter().enumerate() {
        for (later, second) in &keys[n + 1..] {
            let wrong = slots.iter().find(|slot| {
                let (a, b) = (alone(first, **slot), alone(second, **slot));
                a.zip(b).is_some_and(|(a, b)| a > b)
            });
            let Some(slot) = wrong else { continue };
            let day = setting.zone.civil(*slot).strftime("%a %-d %b %Y");
            report
                .add(
                    codes::CUT_OFF_ORDER,
                    &spot(document, later),
                    format!("`{later}` lies before `{earlier}`"),
                )
                .label(format!("for the departure on {day}"))
                .also(&spot(document, earlier), "which must come first")
                .help("boarding closes first, then the code, then somebody says go");
            return;
        }
    }
}

/// A departure inside a freeze would wait for its end.
fn frozen(
    whole: &Whole<'_>,
    document: &Document,
    (name, train): (&Name, &Train),
    setting: &Setting,
    slots: &[Timestamp],
    report: &mut Report,
) {
    let held = |slot: &Timestamp| whole.spec.train_held(train, *slot).ok().flatten();
    let next: Vec<(Timestamp, Option<Held>)> = slots
        .iter()
        .take(NEXT)
        .map(|slot| (*slot, held(slot)))
        .collect();
    let Some((first, found)) = next
        .iter()
        .find_map(|(slot, held)| Some((*slot, held.clone()?)))
    else {
        return;
    };
    let freeze = &found.by;
    let clear = |slot: &&Timestamp| **slot > first && held(slot).is_none();
    let free = slots.iter().find(clear);
    let others: Vec<&Held> = next
        .iter()
        .filter(|(slot, _)| *slot != first)
        .filter_map(|(_, held)| held.as_ref())
        .collect();
    let wait = match found.until {
        Some(until) => format!(
            "the train would wait {}",
            hours(Millis::between(first, until))
        ),
        None => "the train would wait until the configuration lifts it".to_owned(),
    };
    let count = next.iter().filter(|(slot, _)| *slot > first).count();
    let rest = match (count, others.len()) {
        (0, _) => String::new(),
        (1, 0) => "; the departure after it is clear".to_owned(),
        (n, 0) => format!("; the {} departures after it are clear", number(n)),
        (n, held) => format!(
            "; of the {} departures after it {held} would wait too",
            number(n)
        ),
    };
    let help = match free {
        Some(slot) if train.first.is_some() => {
            format!(
                "let it wait, or set `first: {}`",
                setting.zone.civil(*slot).date()
            )
        }
        Some(slot) => format!(
            "let it wait; the nearest free date is {}",
            date(*slot, &setting.zone)
        ),
        None => "let it wait, or exchange the phrase".to_owned(),
    };
    let note = format!("{wait}{rest}");
    let (at, ends) = (spot(document, "departs"), end_of(whole, freeze));
    let added = report
        .add(
            codes::TRAIN_FROZEN,
            &at,
            format!("train `{name}` would leave inside a freeze"),
        )
        .label(date(first, &setting.zone))
        .note(note)
        .help(help);
    if let Some(ends) = ends {
        let label = match found.until {
            Some(until) => same(freeze, until, &found.zone, setting),
            None => format!("`{freeze}` has no end"),
        };
        added.also(&ends, label);
    }
}

/// Where the end of a freeze is written, or the freeze itself.
fn end_of(whole: &Whole<'_>, freeze: &Name) -> Option<Spot> {
    let mut documents = whole.documents.iter();
    let document = documents.find(|d| d.kind.name == "freeze" && d.name == freeze.as_str())?;
    let until = document.node.get("until").map(|n| n.spot.clone());
    Some(until.unwrap_or_else(|| document.spot.clone()))
}

/// "`peak-season` ends 06:00 New York = 12:00 Berlin".
fn same(freeze: &Name, until: Timestamp, zone: &str, setting: &Setting) -> String {
    let Ok(own) = Zone::named(zone) else {
        return format!("`{freeze}` ends {until}");
    };
    let clock = |zone: &Zone| {
        let at = zone.civil(until);
        format!("{} {}", at.strftime("%H:%M"), place(zone))
    };
    if own.civil(until) == setting.zone.civil(until) {
        return format!("`{freeze}` ends {}", clock(&own));
    }
    format!("`{freeze}` ends {} = {}", clock(&own), clock(&setting.zone))
}

fn date(at: Timestamp, zone: &Zone) -> String {
    let civil = zone.civil(at).strftime("%a %-d %b %Y %H:%M");
    format!("{civil} {}", place(zone))
}

/// The last part of a zone's name, as people say it.
fn place(zone: &Zone) -> String {
    let name = zone.name();
    name.rsplit('/').next().unwrap_or(name).replace('_', " ")
}

/// `2 h 0 min`.
fn hours(length: Millis) -> String {
    let minutes = length.0 / 60_000;
    match minutes / 60 {
        0..=47 => format!("{} h {} min", minutes / 60, minutes % 60),
        hours => format!("{} d {} h", hours / 24, hours % 24),
    }
}

fn number(n: usize) -> String {
    let words = ["no", "one", "two", "three", "four", "five"];
    words
        .get(n)
        .map_or_else(|| n.to_string(), |w| (*w).to_owned())
}
