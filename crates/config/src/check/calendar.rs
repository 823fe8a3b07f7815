//! Phrases of windows and freezes: that they can be read, say what their key needs, and ever happen.

use super::Whole;
use super::{freezes, holidays, rules};
use crate::credential;
use crate::diagnostic::{Report, codes};
use crate::document::Document;
use crate::keys::Ref;
use crate::yaml::scalar::{self, Kind};
use crate::yaml::{Node, Spot, Tree};
use std::collections::BTreeSet;
use tidegate_core::calendar::phrase::{Clock, Pattern, Phrase, PhraseError};
use tidegate_core::calendar::schedule::horizon;
use tidegate_core::calendar::{Intervals, Span};
use tidegate_core::id::Name;
use tidegate_core::spec::Window;
use tidegate_core::time::Timestamp;

/// Most phrases of a window.
const MOST_PHRASES: usize = 100;
/// How far ahead a window must open, in days; gates look no further.
pub const AHEAD: u32 = 400;
const SOON: u32 = 10;

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    for document in whole.documents {
        match document.kind.name {
            "window" => window(whole, document, report),
            "freeze" => freezes::check(whole, document, report),
            "holidays" => holidays::check(whole, document, report),
            _ => {}
        }
    }
}

fn window(whole: &Whole<'_>, document: &Document, report: &mut Report) {
    let name = document.name.as_str();
    let allow = document.node.get("allow");
    let items = allow.map_or(&[][..], Node::items);
    if let Some(first) = items.get(MOST_PHRASES) {
        report
            .add(
                codes::OUT_OF_RANGE,
                &first.spot,
                format!("more than {MOST_PHRASES} phrases in one window"),
            )
            .label(format!("there are {}", items.len()))
            .help("say it with days that repeat");
        return;
    }
    let found = name.parse::<Name>().ok();
    let window = found.and_then(|name| whole.spec.windows.get(&name));
    let zones = window.map_or_else(BTreeSet::new, |window| zones(whole, name, window));
    let denied = document.node.get("deny").map_or(&[][..], Node::items);
    let bad = |items: &[Node], key, report: &mut Report| {
        let bad = items
            .iter()
            .filter(|item| !span_phrase(whole, (key, &zones), item, report));
        bad.count()
    };
    let all = bad(items, "allow", report) + bad(denied, "deny", report) == 0;
    let named = |r: &&crate::walk::Reference| r.to == Some(Ref::Window) && r.name == name;
    if !whole.walked.references.iter().any(|r| named(&r)) {
        report
            .add(
                codes::UNUSED_WINDOW,
                &document.spot,
                format!("no environment names the window `{name}`"),
            )
            .label("restricts nothing")
            .help(format!(
                "write `window: {name}` at an environment, or remove it"
            ));
    }
    if let (true, Some(window), Some(now), Some(allow)) = (all, window, whole.now, allow) {
        never(whole, name, (window, &zones), now, &allow.spot, report);
    }
}

/// Whether a phrase or rule that must say from when to when is fine, under a key and in some zones.
pub fn span_phrase(
    whole: &Whole<'_>,
    (key, zones): (&str, &BTreeSet<String>),
    node: &Node,
    report: &mut Report,
) -> bool {
    match rules::read(key, node, report) {
        None => {}
        Some(None) => return false,
        Some(Some(set)) if set.lasts.is_none() => {
            no_end(key, node, report);
            return false;
        }
        Some(Some(set)) => return rules::fine(whole, &set, zones, node, report),
    }
    let Some(phrase) = read(key, node, report) else {
        return false;
    };
    match phrase {
        Phrase::Pattern(pattern) if matches!(pattern.clock, Clock::At(_)) => {
            no_span(key, node, "a point in time", report);
            false
        }
        Phrase::Pattern(pattern) => counted(&pattern, key, node, report),
        Phrase::QuarterEnd => true,
        Phrase::Instant(..) => {
            no_span(key, node, "a date, which does not repeat", report);
            false
        }
        Phrase::Offset(..) => {
            no_span(key, node, "an offset, which is a point in time", report);
            false
        }
    }
}

fn no_span(key: &str, node: &Node, what: &str, report: &mut Report) {
    report
        .add(
            codes::NO_SPAN,
            &node.spot,
            format!("`{key}` does not say until when"),
        )
        .label(format!("this is {what}"))
        .help("write for example `Mon-Thu 09:00-16:00` or `last Fri of month 20:00-24:00`");
}

/// A rule that only says when something begins.
fn no_end(key: &str, node: &Node, report: &mut Report) {
    report
        .add(
            codes::NO_SPAN,
            &node.spot,
            format!("`{key}` does not say until when"),
        )
        .label("the rule says when it begins, and has no DTEND or DURATION")
        .help("add how long it lasts, for example `DURATION:PT3H`");
}

/// Every other week is one week for one reader and another for the next, unless a first day is said.
pub fn counted(pattern: &Pattern, key: &str, node: &Node, report: &mut Report) -> bool {
    if pattern.every == 1 || pattern.from.is_some() {
        return true;
    }
    report
        .add(
            codes::UNCOUNTED,
            &node.spot,
            format!("`{key}` does not say from when it counts"),
        )
        .label(format!("every {} from which one on?", pattern.every))
        .help(format!(
            "add the first day, for example `{pattern} from 2026-12-01`"
        ));
    false
}

fn never(
    whole: &Whole<'_>,
    name: &str,
    (window, zones): (&Window, &BTreeSet<String>),
    now: Timestamp,
    spot: &Spot,
    report: &mut Report,
) {
    for zone in zones {
        let Ok(setting) = whole.spec.setting(zone) else {
            continue;
        };
        let within = |days| {
            let time = Span::new(now, horizon(now, days))?;
            window.spans(&setting, time).ok()
        };
        // Most windows open soon, and then nobody needs to look far.
        let shut = |days| within(days).is_some_and(|open| open.is_empty());
        if !shut(SOON) || !shut(AHEAD) {
            continue;
        }
        let later = within(AHEAD * 25).unwrap_or(Intervals::none());
        let when = match later.spans().first() {
            Some(first) => format!(
                "it opens first on {}",
                setting.zone.civil(first.start()).date()
            ),
            None => "it does not open later either".to_owned(),
        };
        let from = setting.zone.civil(now).date();
        report
            .add(
                codes::NEVER_OPENS,
                spot,
                format!("the window `{name}` does not open within {} days", AHEAD),
            )
            .label(format!("not from {from} on, in {zone}"))
            .note(when)
            .help("correct the phrase; to close an environment, write a freeze without `until`");
        return;
    }
}

/// Zones in which a window is looked at.
fn zones(whole: &Whole<'_>, name: &str, window: &Window) -> BTreeSet<String> {
    if let Some(zone) = &window.zone {
        return BTreeSet::from([zone.clone()]);
    }
    let users = whole.spec.environments.values();
    let named = users.filter(|e| e.window.as_ref().is_some_and(|w| w.as_str() == name));
    let zones: BTreeSet<String> = named.map(|e| e.zone.clone()).collect();
    if zones.is_empty() {
        return BTreeSet::from([whole.spec.zone.clone()]);
    }
    zones
}

/// Text of a scalar that the walk takes as text and not as a credential.
pub fn plain_text(node: &Node) -> Option<&str> {
    let Tree::Scalar { text, plain } = &node.tree else {
        return None;
    };
    let fine = scalar::kind(text, *plain) == Kind::Text
        && !text.trim().is_empty()
        && !credential::looks_like_one(None, text);
    fine.then_some(text)
}

/// Read a phrase; None when there is none, or none that can be read, which is told.
pub fn read(key: &str, node: &Node, report: &mut Report) -> Option<Phrase> {
    let text = plain_text(node)?;
    match Phrase::read(text) {
        Ok(phrase) => Some(phrase),
        Err(e) => {
            report
                .add(
                    codes::BAD_PHRASE,
                    &word(node, text, &e),
                    format!("`{key}` cannot be read"),
                )
                .label(clean(&e.what))
                .help(clean(&e.help));
            None
        }
    }
}

/// The word at which reading ended; the whole value when it is written in a way that hides its columns.
fn word(node: &Node, text: &str, e: &PhraseError) -> Spot {
    let quotes = match &node.tree {
        Tree::Scalar { plain: true, .. } => 0,
        _ => 1,
    };
    let spot = &node.spot;
    if spot.span.len() != text.len() + 2 * quotes {
        return spot.clone();
    }
    let starts = text.char_indices().map(|(at, _)| at);
    let Some(at) = starts.clone().nth(e.column.saturating_sub(1)) else {
        return spot.clone();
    };
    let rest = &text[at..];
    let first = rest.chars().next().map_or(0, char::len_utf8);
    let end = rest[first..]
        .find([' ', '\t', ','])
        .unwrap_or(rest.len() - first)
        + first;
    let start = spot.span.start + quotes + at;
    let moved = u32::try_from(e.column.saturating_sub(1) + quotes).unwrap_or(0);
    Spot {
        span: start..start + end,
        column: spot.column + moved,
        ..spot.clone()
    }
}

/// For one line of a message.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
