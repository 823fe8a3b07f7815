//! Trains: their phrases, who travels with which, cut-offs in order, a rhythm that can recover, and dates inside freezes.

mod dates;
mod people;
mod rhythm;

use super::Whole;
use super::calendar::{counted, read};
use super::rules;
use crate::diagnostic::codes::Code;
use crate::diagnostic::{Report, codes};
use crate::document::Document;
use crate::yaml::{Node, Spot};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::calendar::phrase::{Clock, Phrase};
use tidegate_core::calendar::rule::RuleSet;
use tidegate_core::id::{Name, ServiceId};
use tidegate_core::spec::{ReleaseModel, Train};

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    let mut carried: BTreeMap<&ServiceId, &Name> = BTreeMap::new();
    for document in whole.documents.iter().filter(|d| d.kind.name == "train") {
        let fine = phrases(whole, document, report);
        let name = document.name.parse::<Name>().ok();
        let Some((name, train)) = name.and_then(|name| whole.spec.trains.get_key_value(&name))
        else {
            continue;
        };
        passengers(whole, document, name, train, report);
        for service in &train.carries {
            if let Some(first) = carried.insert(service, name).filter(|first| *first != name) {
                twice(whole, service, (first, name), report);
            }
        }
        people::decides(whole, document, train, report);
        people::hands(whole, document, train, report);
        rhythm::cadence(document, train, report);
        rhythm::features(document, train, report);
        if fine {
            dates::dates(whole, document, name, train, report);
        }
    }
    coupled(whole, report);
}

/// Whether all its phrases are fine.
fn phrases(whole: &Whole<'_>, document: &Document, report: &mut Report) -> bool {
    let node = &document.node;
    let mut fine = node
        .get("departs")
        .is_some_and(|at| points(whole, &leaves("departs"), at, node, report));
    for key in ["scope-closes", "code-closes", "go-no-go"] {
        if let Some(at) = node.get(key) {
            fine &= cut_off(key, at, report);
        }
    }
    let steps = node.get("cadence").and_then(|c| c.get("steps"));
    for at in steps.map_or(&[][..], Node::items) {
        fine &= points(whole, &leaves("steps"), at, node, report);
    }
    fine
}

/// A key whose phrase says when something happens again and again.
pub(super) struct Points {
    /// The key.
    pub key: &'static str,
    /// What a phrase that does not say it is told as.
    pub code: &'static Code,
    /// What happens, as the end of "does not say when".
    pub what: &'static str,
}

fn leaves(key: &'static str) -> Points {
    Points {
        key,
        code: codes::NO_DEPARTURE,
        what: "the train leaves",
    }
}

/// A phrase for points in time that repeat; `train` is the document it stands in, which may name the first day.
pub(super) fn points(
    whole: &Whole<'_>,
    of: &Points,
    at: &Node,
    train: &Node,
    report: &mut Report,
) -> bool {
    let key = of.key;
    if let Some(rule) = rules::read(key, at, report) {
        return rule.is_some_and(|set| by_rule(whole, of, &set, (at, train), report));
    }
    let Some(phrase) = read(key, at, report) else {
        return false;
    };
    let (label, help) = match &phrase {
        Phrase::Pattern(pattern) => match pattern.clock {
            Clock::At(_) if train.get("first").is_some() => return true,
            Clock::At(_) if pattern.every > 1 && pattern.from.is_none() => {
                report
                    .add(
                        codes::UNCOUNTED,
                        &at.spot,
                        format!("`{key}` does not say from when it counts"),
                    )
                    .label(format!("every {} from which one on?", pattern.every))
                    .help("add the first day, for example `first: 2026-12-01`");
                return false;
            }
            Clock::At(_) => return counted(pattern, key, at, report),
            Clock::AllDay => ("these are whole days", format!("{pattern} at 10:00")),
            Clock::Range(..) | Clock::Across(..) => (
                "this has a beginning and an end",
                "every week on Tue at 10:00".to_owned(),
            ),
        },
        Phrase::Offset(_, Some(_)) => return true,
        Phrase::Offset(offset, None) => (
            "an offset from what?",
            format!("{offset} fiscal-quarter-end"),
        ),
        Phrase::QuarterEnd => (
            "this is a whole day",
            "1 working days before fiscal-quarter-end".to_owned(),
        ),
        Phrase::Instant(..) => (
            "this does not repeat",
            "every 2 weeks on Tue at 10:00".to_owned(),
        ),
    };
    report
        .add(
            of.code,
            &at.spot,
            format!("`{key}` does not say when {}", of.what),
        )
        .label(label)
        .help(format!("write for example `{help}`"));
    false
}

/// An RFC 5545 rule for points in time.
fn by_rule(
    whole: &Whole<'_>,
    of: &Points,
    set: &RuleSet,
    (at, train): (&Node, &Node),
    report: &mut Report,
) -> bool {
    if set.lasts.is_some() {
        report
            .add(
                of.code,
                &at.spot,
                format!("`{}` does not say when {}", of.key, of.what),
            )
            .label("this has a beginning and an end")
            .help("leave DTEND or DURATION out");
        return false;
    }
    let zone = train.get("zone").and_then(Node::text);
    let zone = zone.unwrap_or(&whole.spec.zone).to_owned();
    rules::fine(whole, set, &BTreeSet::from([zone]), at, report)
}

/// An offset before the departure.
fn cut_off(key: &str, at: &Node, report: &mut Report) -> bool {
    let Some(phrase) = read(key, at, report) else {
        return false;
    };
    let label = match &phrase {
        Phrase::Offset(offset, None) if offset.to_string().ends_with("before") => return true,
        Phrase::Offset(_, None) => "this lies after the departure",
        _ => "an offset from the departure stands here",
    };
    report
        .add(
            codes::CUT_OFF,
            &at.spot,
            format!("`{key}` does not lie before the departure"),
        )
        .label(label)
        .help(format!("write for example `{key}: 3 working days before`"));
    false
}

/// Somebody must be able to travel.
fn passengers(
    whole: &Whole<'_>,
    document: &Document,
    name: &Name,
    train: &Train,
    report: &mut Report,
) {
    for service in train
        .carries
        .iter()
        .filter(|s| whole.spec.services.contains_key(*s))
    {
        if whole.spec.stops(train, service).is_empty() {
            let path: Vec<&str> = whole
                .spec
                .path_of(service)
                .iter()
                .map(tidegate_core::id::EnvId::as_str)
                .collect();
            let spot = item(document, "carries", service.as_str());
            report
                .add(
                    codes::NOWHERE,
                    &spot,
                    format!("the train `{name}` takes `{service}` nowhere"),
                )
                .label(format!("its path is {}", path.join(" -> ")))
                .help("name environments on its path with `to`, or take it off the train");
        }
    }
}

fn twice(
    whole: &Whole<'_>,
    service: &ServiceId,
    (first, second): (&Name, &Name),
    report: &mut Report,
) {
    let spot = |train: &Name| {
        let mut documents = whole.documents.iter();
        let found = documents.find(|d| d.kind.name == "train" && d.name == train.as_str());
        found.map(|d| item(d, "carries", service.as_str()))
    };
    let (Some(here), Some(there)) = (spot(second), spot(first)) else {
        return;
    };
    report
        .add(
            codes::TWO_TRAINS,
            &here,
            format!("`{service}` is carried by two trains"),
        )
        .label(format!("carried by `{second}`"))
        .also(&there, format!("carried by `{first}`"))
        .help("a service travels with one train; take it off one of them");
}

/// Services that must ship together and travel in different ways.
fn coupled(whole: &Whole<'_>, report: &mut Report) {
    let spec = whole.spec;
    for (name, service) in &spec.services {
        for (other, need) in &service.needs {
            let Some(needed) = spec.services.get(other) else {
                continue;
            };
            let (own, theirs) = (spec.release_model(name), spec.release_model(other));
            let one_version = need
                .0
                .comparators
                .iter()
                .any(|c| c.op == semver::Op::Exact && c.patch.is_some());
            let provided = needed.provides.get(other.as_str());
            let missing = provided
                .and_then(|v| semver::Version::parse(v).ok())
                .is_some_and(|v| !need.0.matches(&v));
            if own == theirs || !(one_version || missing) {
                continue;
            }
            report
                .add(
                    codes::APART,
                    &whole.spot(&format!("services.{name}.needs.{other}")),
                    format!("`{name}` must ship with `{other}`, and they travel apart"),
                )
                .label(format!("`{name}` needs `{other}` {}", need.0))
                .note(format!(
                    "`{name}`: {}; `{other}`: {}",
                    model(&own),
                    model(&theirs)
                ))
                .help("let one train carry both, or accept a range of versions");
        }
    }
}

fn model(model: &ReleaseModel) -> String {
    match model {
        ReleaseModel::Train(name) => format!("train `{name}`"),
        other => other.as_str().to_owned(),
    }
}

fn spot(document: &Document, key: &str) -> Spot {
    let node = document.node.get(key);
    node.map_or_else(|| document.spot.clone(), |n| n.spot.clone())
}

/// One item of a list by its text.
fn item(document: &Document, key: &str, text: &str) -> Spot {
    let items = document.node.get(key).map_or(&[][..], Node::items);
    let found = items.iter().find(|n| n.text() == Some(text));
    found.map_or_else(|| spot(document, key), |n| n.spot.clone())
}
