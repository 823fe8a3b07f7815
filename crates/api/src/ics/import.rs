//! What an import of an iCalendar file would do: each occurrence compared with what the same calendar brought before.
//!
//! An occurrence is known by the name of its calendar, its UID and its beginning by the rule. Nothing is sent from here.

use std::collections::{BTreeMap, BTreeSet};
use tidegate_config::ics::{Ics, Item};
use tidegate_core::calendar::Span;
use tidegate_core::id::Name;
use tidegate_core::stream::entry::{Command, Declared, Facts, Source, When};
use tidegate_core::time::Timestamp;

/// What the file is imported as: everything but time, title and source of the entries.
#[derive(Debug, Clone)]
pub struct As {
    /// A declaration with everything that all entries share.
    pub template: Declared,
    /// Name of the calendar.
    pub calendar: String,
    /// Whether what the file does not name any more is called off.
    pub whole: bool,
    /// Why, as somebody typed it.
    pub reason: String,
}

/// What is on the calendar from this source.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Declared entries by UID.
    pub declared: BTreeMap<String, (Name, Facts)>,
    /// UIDs of entries that are over or that somebody took away here, with their newest sequence there.
    pub past: BTreeMap<String, u32>,
}

/// What is done with an occurrence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Do {
    /// Declare it.
    Declare(Box<Declared>),
    /// Give it another time or title.
    Move(Name, Command),
    /// Call it off.
    Cancel(Name),
    /// Nothing.
    Nothing(Name),
    /// Pass it over, because.
    Skip(String),
}

/// One occurrence and what is done with it.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Title.
    pub title: String,
    /// When.
    pub span: (Timestamp, Timestamp),
    /// Zone.
    pub zone: String,
    /// Line of the file.
    pub line: Option<usize>,
    /// What.
    pub what: Do,
}

/// Compare a file with what is there. `items` are the occurrences within `time`, which begins now.
pub fn planned(r#as: &As, ics: &Ics, items: Vec<Item>, known: &Known, time: Span) -> Vec<Planned> {
    let mut plan = Vec::new();
    let mut named: BTreeSet<String> = BTreeSet::new();
    let masters: BTreeSet<&str> = ics.events.iter().filter_map(|e| e.uid.as_deref()).collect();
    for item in items {
        let (start, end) = (item.span.start(), item.span.end());
        let uid = key(&item);
        if let Some(uid) = &uid {
            named.insert(uid.clone());
        }
        let what = match &uid {
            None => Do::Skip("it has no UID, so a later import could not find it".to_owned()),
            Some(uid) => one(r#as, &item, uid, known),
        };
        plan.push(Planned {
            title: title(&item),
            span: (start, end),
            zone: item.zone,
            line: Some(item.line),
            what,
        });
    }
    for event in ics.events.iter().filter(|event| event.length.is_zero()) {
        let start = event.times.start;
        let zone = event.times.zone_or(&tidegate_core::calendar::Zone::utc());
        let at = zone.instant(start).unwrap_or(time.start());
        plan.push(Planned {
            title: event.title.clone(),
            span: (at, at),
            zone: zone.name().to_owned(),
            line: Some(event.line),
            what: Do::Skip("it has no end, so it takes no time".to_owned()),
        });
    }
    for (uid, (name, facts)) in &known.declared {
        let When::Once { from, until } = facts.when else {
            continue;
        };
        // An occurrence that its rule does not give any more is gone; a whole event may stand in another file.
        let event = uid
            .rsplit_once('#')
            .map_or(uid.as_str(), |(event, _)| event);
        let gone = r#as.whole || masters.contains(event);
        // Of an event that cannot be read nobody knows what became of it.
        let told = !ics.is_broken(Some(event));
        if !named.contains(uid) && gone && told && from < time.end() {
            plan.push(Planned {
                title: facts.title.clone(),
                span: (from, until),
                zone: facts.zone.clone(),
                line: None,
                what: Do::Cancel(name.clone()),
            });
        }
    }
    plan
}

/// `UID`, and for events that repeat `UID#20261201T100000Z`.
fn key(item: &Item) -> Option<String> {
    let uid = item.uid.as_ref()?;
    Some(match &item.occurrence {
        Some(occurrence) => format!("{uid}#{occurrence}"),
        None => uid.clone(),
    })
}

fn title(item: &Item) -> String {
    let plain: String = item
        .title
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    match plain.trim() {
        "" => "without a title".to_owned(),
        title => title.to_owned(),
    }
}

fn one(r#as: &As, item: &Item, uid: &str, known: &Known) -> Do {
    let when = When::Once {
        from: item.span.start(),
        until: item.span.end(),
    };
    let title = title(item);
    let there = known.declared.get(uid);
    match (there, item.cancelled) {
        (Some((_, facts)), _) if older(item, facts) => {
            Do::Skip("a newer version of it is on the calendar".to_owned())
        }
        (Some((name, _)), true) => Do::Cancel(name.clone()),
        (None, true) => Do::Skip("it is called off".to_owned()),
        (Some((name, facts)), false) if facts.when == when && facts.title == title => {
            Do::Nothing(name.clone())
        }
        (Some((name, facts)), false) => Do::Move(
            name.clone(),
            Command::Move {
                to: when,
                title: (facts.title != title).then_some(title),
                sequence: Some(item.sequence),
                because: format!("changed in {}: {}", r#as.calendar, r#as.reason),
                accepting: None,
                despite_terms: true,
            },
        ),
        (None, false) => match known.past.get(uid) {
            Some(sequence) if *sequence >= item.sequence => {
                Do::Skip("it was called off or is over here, and has not changed since".to_owned())
            }
            _ => Do::Declare(Box::new(Declared {
                title,
                when,
                zone: Some(item.zone.clone()),
                source: Some(Source {
                    calendar: r#as.calendar.clone(),
                    uid: uid.to_owned(),
                    sequence: item.sequence,
                }),
                ..r#as.template.clone()
            })),
        },
    }
}

fn older(item: &Item, facts: &Facts) -> bool {
    let source = facts.source.as_ref();
    source.is_some_and(|source| item.sequence < source.sequence)
}
