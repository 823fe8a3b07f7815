//! Trains: their phrases, who travels with which, cut-offs in order, a rhythm that can recover, and dates inside freezes.

use super::Whole;
use super::calendar::{AHEAD, counted, read};
use super::rules;
use crate::diagnostic::{Report, codes};
use crate::document::Document;
use crate::yaml::{Node, Spot};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::calendar::phrase::{Clock, Phrase};
use tidegate_core::calendar::rule::RuleSet;
use tidegate_core::calendar::schedule::horizon;
use tidegate_core::calendar::{Setting, Zone};
use tidegate_core::id::{Name, ReleaseId, ServiceId, TeamId};
use tidegate_core::spec::{Held, ReleaseModel, Team, Train};
use tidegate_core::time::{Millis, Timestamp};

/// Departures that are looked at.
const NEXT: usize = 5;
/// Steps of a cadence.
const MOST_STEPS: usize = 10;

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
        decides(whole, document, train, report);
        hands(whole, document, train, report);
        cadence(document, train, report);
        features(document, train, report);
        if fine {
            dates(whole, document, name, train, report);
        }
    }
    coupled(whole, report);
}

/// Whether all its phrases are fine.
fn phrases(whole: &Whole<'_>, document: &Document, report: &mut Report) -> bool {
    let node = &document.node;
    let mut fine = node
        .get("departs")
        .is_some_and(|at| departs(whole, "departs", at, node, report));
    for key in ["scope-closes", "code-closes", "go-no-go"] {
        if let Some(at) = node.get(key) {
            fine &= cut_off(key, at, report);
        }
    }
    let steps = node.get("cadence").and_then(|c| c.get("steps"));
    for at in steps.map_or(&[][..], Node::items) {
        fine &= departs(whole, "steps", at, node, report);
    }
    fine
}

/// A phrase for points in time that repeat.
fn departs(whole: &Whole<'_>, key: &str, at: &Node, train: &Node, report: &mut Report) -> bool {
    if let Some(rule) = rules::read(key, at, report) {
        return rule.is_some_and(|set| by_rule(whole, key, &set, (at, train), report));
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
            codes::NO_DEPARTURE,
            &at.spot,
            format!("`{key}` does not say when the train leaves"),
        )
        .label(label)
        .help(format!("write for example `{help}`"));
    false
}

/// An RFC 5545 rule for points in time.
fn by_rule(
    whole: &Whole<'_>,
    key: &str,
    set: &RuleSet,
    (at, train): (&Node, &Node),
    report: &mut Report,
) -> bool {
    if set.lasts.is_some() {
        report
            .add(
                codes::NO_DEPARTURE,
                &at.spot,
                format!("`{key}` does not say when the train leaves"),
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

fn decides(whole: &Whole<'_>, document: &Document, train: &Train, report: &mut Report) {
    let Some(team) = &train.decided_by else {
        return;
    };
    let nobody = whole
        .spec
        .teams
        .get(team)
        .is_some_and(|t| t.members.is_empty() && t.group.is_none());
    if nobody {
        report
            .add(
                codes::NOBODY_DECIDES,
                &spot(document, "decided-by"),
                format!("the team `{team}` has no members who could decide"),
            )
            .label("nobody could ever say go")
            .help(format!(
                "write `members` for `{team}` in the `teams` document, for example `members: [dina]`"
            ));
    }
}

/// Every team that it needs could send enough people at some time.
fn hands(whole: &Whole<'_>, document: &Document, train: &Train, report: &mut Report) {
    let Some(written) = document.node.get("hands") else {
        return;
    };
    for entry in written.entries() {
        let found = train.hands.iter().find(|(t, _)| t.as_str() == entry.key);
        // A name that leads nowhere is told already.
        let Some((team, (name, needs))) =
            found.and_then(|found| Some((whole.spec.teams.get(found.0)?, found)))
        else {
            continue;
        };
        let Some((because, help)) = lacking(name, team, *needs) else {
            continue;
        };
        report
            .add(codes::NO_HANDS, &entry.value.spot, because)
            .label("no departure could ever leave")
            .help(help);
    }
}

/// Why a team could never send so many people, and what to write.
fn lacking(name: &TeamId, team: &Team, needs: u32) -> Option<(String, String)> {
    if team.cover.is_empty() {
        return Some((
            format!("the team `{name}` does not say when it is on duty"),
            format!(
                "write its `cover` in `teams`, for example `{name}: {{ cover: Mon-Fri 08:00-18:00 }}`"
            ),
        ));
    }
    let members = team.members.iter().collect::<BTreeSet<_>>().len();
    let few = usize::try_from(needs).map_or(true, |needs| members < needs);
    if !few || team.group.is_some() {
        return None;
    }
    let have = match members {
        0 => "no members".to_owned(),
        1 => "1 member".to_owned(),
        n => format!("{n} members"),
    };
    Some((
        format!("the team `{name}` has {have} and the train needs {needs}"),
        format!("list more `members` of `{name}` in `teams`, or ask for fewer"),
    ))
}

fn cadence(document: &Document, train: &Train, report: &mut Report) {
    let (Some(cadence), Some(node)) = (&train.cadence, document.node.get("cadence")) else {
        return;
    };
    let at = |key: &str| node.get(key).map_or(&node.spot, |n| &n.spot);
    let (slow, quick) = (cadence.slow_after, cadence.recover_after);
    if quick.departures <= slow.departures || quick.share.0 >= slow.share.0.max(1) {
        report
            .add(
                codes::CADENCE,
                at("recover-after"),
                "a train must recover later than it slows down",
            )
            .label("a longer quiet spell, and fewer failures")
            .also(at("slow-after"), "slows down here")
            .help(format!(
                "write for example `recover-after: {}% failed over {} departures`",
                slow.share.0 / 400,
                slow.departures * 2
            ));
    }
    if cadence.steps.len() > MOST_STEPS {
        report
            .add(codes::OUT_OF_RANGE, at("steps"), "too many steps")
            .label(format!("there are {}", cadence.steps.len()))
            .help(format!("write at most {MOST_STEPS}"));
    }
}

fn features(document: &Document, train: &Train, report: &mut Report) {
    let entries = document.node.get("features").map_or(&[][..], Node::entries);
    for release in entries.iter().flat_map(|e| e.value.items()) {
        let Some(text) = release.text() else { continue };
        let label = match text.parse::<ReleaseId>() {
            Ok(id) if train.carries.contains(&id.service) => continue,
            Ok(id) => format!("the train does not carry {}", id.service),
            Err(bad) => bad.rule.to_owned(),
        };
        report
            .add(
                codes::FEATURE,
                &release.spot,
                "a feature needs releases that travel with its train",
            )
            .label(label)
            .help("write for example `one-page-checkout: [web@8.14.0, payments@3.3.0]`");
    }
    if train.trigger == tidegate_core::spec::Trigger::Features && entries.is_empty() {
        report
            .add(
                codes::NO_FEATURES,
                &spot(document, "trigger"),
                "the train waits for features, and the configuration promises none",
            )
            .label("without a promise it leaves on its date")
            .help(
                "write `features`, or promise them for each departure with `tidegate train feature`",
            );
    }
}

/// What only shows against the calendar.
fn dates(whole: &Whole<'_>, document: &Document, name: &Name, train: &Train, report: &mut Report) {
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
