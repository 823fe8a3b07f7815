//! Freezes: both ends are dates, or both are offsets from something, and they are in order.

use super::Whole;
use super::calendar::{AHEAD, counted, read};
use super::rules;
use crate::diagnostic::{Report, codes};
use crate::document::Document;
use crate::yaml::Node;
use std::collections::BTreeSet;
use tidegate_core::calendar::Span;
use tidegate_core::calendar::phrase::{Clock, Phrase};
use tidegate_core::calendar::schedule::horizon;
use tidegate_core::id::Name;
use tidegate_core::spec::{Freeze, Unreadable};
use tidegate_core::time::Timestamp;

/// A freeze with the problems of its phrases.
pub fn check(whole: &Whole<'_>, document: &Document, report: &mut Report) {
    super::frozen::check(whole, document, report);
    let node = &document.node;
    let around = node.get("around");
    let found = document.name.parse::<Name>().ok();
    let freeze = found.and_then(|name| whole.spec.freezes.get(&name));
    let zones = freeze.map_or_else(BTreeSet::new, |freeze| zones(whole, freeze));
    let base = around.is_some_and(|at| base(whole, &zones, at, report));
    let (from, until) = (node.get("from"), node.get("until"));
    let start = from.and_then(|at| end("from", at, around, report));
    let stop = until.and_then(|at| end("until", at, around, report));
    if around.is_some() && until.is_none() {
        report
            .add(
                codes::MISSING_KEY,
                &document.spot,
                "a freeze around something needs `until`",
            )
            .label("`until` is missing")
            .help("add for example `until: 2 working days after`");
    }
    let (Some(_), Some(_), Some(until)) = (start, stop, until) else {
        return;
    };
    let Some(freeze) = freeze else {
        return;
    };
    if around.is_some() && !base {
        return;
    }
    // A sample of what repeats is enough: most of all, the ends of one occurrence lie a fixed way apart.
    let from = whole.now.unwrap_or(Timestamp::UNIX_EPOCH);
    let Some(time) = Span::new(from, horizon(from, AHEAD)) else {
        return;
    };
    let backwards = zones.iter().find_map(|zone| {
        let setting = whole.spec.setting(zone).ok()?;
        let error = freeze.spans(&setting, time).err()?;
        Some((zone, error))
    });
    if let Some((zone, error)) = backwards {
        order(freeze, node, until, (zone, &error), report);
    }
}

fn order(
    freeze: &Freeze,
    node: &Node,
    until: &Node,
    (zone, error): (&str, &Unreadable),
    report: &mut Report,
) {
    let ends = freeze.until.as_deref().unwrap_or_default();
    let help = match (Phrase::read(&freeze.from), Phrase::read(ends)) {
        (Ok(Phrase::Instant(from, None)), Ok(Phrase::Instant(day, None))) if from == day => {
            let next = day.tomorrow().unwrap_or(day);
            format!("a date is its first instant: for the whole day write `until: {next}`")
        }
        (Ok(Phrase::Instant(a, from)), Ok(Phrase::Instant(b, until)))
            if (a, from.unwrap_or_default()) < (b, until.unwrap_or_default()) =>
        {
            format!("clocks in {zone} skip this beginning: write the time that they show then")
        }
        _ => "exchange the two, or remove `until` for a freeze without an end".to_owned(),
    };
    let found = report
        .add(
            codes::FREEZE_ORDER,
            &until.spot,
            "the freeze ends before it begins",
        )
        .label(error.because.clone())
        .help(help);
    if let Some(from) = node.get("from") {
        found.also(&from.spot, "begins here");
    }
}

/// Whether a freeze can lie around this.
fn base(whole: &Whole<'_>, zones: &BTreeSet<String>, node: &Node, report: &mut Report) -> bool {
    match rules::read("around", node, report) {
        None => {}
        Some(None) => return false,
        Some(Some(set)) if set.lasts.is_some() => {
            lasts(
                node,
                "leave DTEND or DURATION out: offsets say how long it is",
                report,
            );
            return false;
        }
        Some(Some(set)) => return rules::fine(whole, &set, zones, node, report),
    }
    match read("around", node, report) {
        None => false,
        Some(Phrase::QuarterEnd | Phrase::Instant(..)) => true,
        Some(Phrase::Pattern(pattern)) => {
            if matches!(pattern.clock, Clock::Range(..) | Clock::Across(..)) {
                let help = "leave the range out, for example `last Fri of month`";
                lasts(node, help, report);
                return false;
            }
            counted(&pattern, "around", node, report)
        }
        Some(Phrase::Offset(..)) => {
            report
                .add(codes::FREEZE_END, &node.spot, "`around` takes no offset")
                .label("offsets stand in `from` and `until`")
                .help("write for example `around: fiscal-quarter-end`");
            false
        }
    }
}

fn lasts(node: &Node, help: &str, report: &mut Report) {
    report
        .add(
            codes::FREEZE_END,
            &node.spot,
            "`around` takes days or a point in time",
        )
        .label("this has a beginning and an end")
        .help(help);
}

/// One end: an offset when there is something to lie around, else a date.
fn end(key: &str, node: &Node, around: Option<&Node>, report: &mut Report) -> Option<Phrase> {
    let phrase = read(key, node, report)?;
    let (label, help) = match (&phrase, around) {
        (Phrase::Offset(_, None), Some(_)) | (Phrase::Instant(..), None) => return Some(phrase),
        (Phrase::Offset(offset, Some(_)), Some(_)) => (
            "from what is said by `around`".to_owned(),
            format!("write `{key}: {offset}`"),
        ),
        (_, Some(_)) => (
            "an offset stands here, because the freeze lies `around` something".to_owned(),
            format!("write for example `{key}: 3 working days before`, or remove `around`"),
        ),
        (Phrase::Offset(_, None), None) => (
            "an offset from what?".to_owned(),
            "add for example `around: fiscal-quarter-end`, or write a date".to_owned(),
        ),
        (Phrase::Offset(offset, Some(from)), None) => (
            "this repeats, and a freeze between two dates does not".to_owned(),
            format!("write `around: {from}` and `{key}: {offset}`"),
        ),
        (_, None) => (
            "this repeats, and a freeze between two dates does not".to_owned(),
            format!("write a date, for example `{key}: 2026-11-25 00:00`, or use `around`"),
        ),
    };
    report
        .add(
            codes::FREEZE_END,
            &node.spot,
            format!("`{key}` does not fit this freeze"),
        )
        .label(label)
        .help(help);
    None
}

/// Zones in which a freeze is looked at.
fn zones(whole: &Whole<'_>, freeze: &Freeze) -> BTreeSet<String> {
    if let Some(zone) = &freeze.zone {
        return BTreeSet::from([zone.clone()]);
    }
    let all = whole.spec.environments.iter();
    let held = all.filter(|(id, _)| freeze.scope.has_environment(whole.spec, id));
    let zones: BTreeSet<String> = held.map(|(_, e)| e.zone.clone()).collect();
    if zones.is_empty() {
        return BTreeSet::from([whole.spec.zone.clone()]);
    }
    zones
}
