//! Cover, quiet hours, pairs that never change together, vendors, runs that cannot be moved, bookings: that their phrases can
//! be read and ever come, and that what asks for them can be met.

use super::Whole;
use super::calendar::{AHEAD, counted, read, span_phrase};
use crate::diagnostic::{Report, codes};
use crate::document::Document;
use crate::yaml::{Node, Spot};
use std::collections::BTreeSet;
use tidegate_core::calendar::phrase::{Clock, Phrase};
use tidegate_core::calendar::schedule::horizon;
use tidegate_core::calendar::{Intervals, Setting, Span};
use tidegate_core::change::policies_for;
use tidegate_core::id::{EnvId, Name, ServiceId};
use tidegate_core::spec::{Booking, Environment, Shape, Tier, notice, recurring};
use tidegate_core::time::Timestamp;

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    for document in whole.documents {
        match document.kind.name {
            "teams" => each(document, "teams", |name, team| {
                hours(whole, team, "cover", report, |spec| {
                    let team = spec.teams.get(&name.parse().ok()?)?;
                    Some(team.zone.clone().unwrap_or_else(|| spec.zone.clone()))
                });
            }),
            "environments" => each(document, "environments", |name, node| {
                environment(whole, name, node, report);
            }),
            "vendor" => vendor(whole, document, report),
            "legacy" => legacy(whole, document, report),
            "environment-booking" => booking(whole, document, report),
            _ => {}
        }
    }
    for (name, service) in &whole.spec.services {
        for team in &service.cover_by {
            let known = whole.spec.teams.get(team);
            if known.is_some_and(|t| t.cover.is_empty()) {
                let spot = whole.spot(&format!("services.{name}.cover-by"));
                report
                    .add(codes::NO_COVER, &spot, format!("`{team}` does not say when it is on duty"))
                    .label("nothing would be checked")
                    .help(format!("write `cover` at the team `{team}`, for example `cover: Mon-Fri 08:00-20:00`"));
            }
        }
        loud(whole, name, report);
    }
}

/// Every entry of a map document.
fn each(document: &Document, key: &str, mut check: impl FnMut(&str, &Node)) {
    let entries = document.node.get(key).map_or(&[][..], Node::entries);
    for entry in entries {
        check(&entry.key, &entry.value);
    }
}

/// Phrases of spans that must come some day.
fn hours(
    whole: &Whole<'_>,
    node: &Node,
    key: &str,
    report: &mut Report,
    zone: impl Fn(&tidegate_core::spec::Spec) -> Option<String>,
) {
    let Some(at) = node.get(key) else { return };
    let zone = zone(whole.spec);
    let zones: BTreeSet<String> = zone.iter().cloned().collect();
    let items = at.items().iter();
    let bad = items.filter(|item| !span_phrase(whole, (key, &zones), item, report));
    if bad.count() > 0 {
        return;
    }
    let texts = crate::decode::texts(Some(at));
    let Some(setting) = zone.and_then(|zone| whole.spec.setting(&zone).ok()) else {
        return;
    };
    let open = |time| recurring::spans(&texts, None, &setting, time).ok();
    never(whole, &format!("`{key}`"), &at.spot, open, report);
}

fn never(
    whole: &Whole<'_>,
    what: &str,
    spot: &Spot,
    open: impl Fn(Span) -> Option<Intervals>,
    report: &mut Report,
) -> bool {
    let Some(time) = whole
        .now
        .and_then(|now| Span::new(now, horizon(now, AHEAD)))
    else {
        return false;
    };
    if open(time).is_none_or(|open| !open.is_empty()) {
        return false;
    }
    report
        .add(
            codes::NEVER_COMES,
            spot,
            format!("{what} does not come within {AHEAD} days"),
        )
        .label("nothing could ever go")
        .help("correct the phrase");
    true
}

fn environment(whole: &Whole<'_>, name: &str, node: &Node, report: &mut Report) {
    hours(whole, node, "quiet", report, |spec| {
        Some(spec.environments.get(&name.parse().ok()?)?.zone.clone())
    });
    super::traffic::check(node, report);
    let others = node.get("never-with").map_or(&[][..], Node::items);
    for other in others.iter().filter(|other| other.text() == Some(name)) {
        report
            .add(
                codes::NEVER_WITH,
                &other.spot,
                format!("`{name}` must never change together with itself"),
            )
            .label("nothing could ever go")
            .help("name the other environments; `one-at-a-time: true` keeps its services apart");
    }
    let found = name.parse::<EnvId>().ok();
    let Some(environment) = found.and_then(|id| whole.spec.environments.get(&id)) else {
        return;
    };
    if let (Some(at), Some(window)) = (
        node.get("quiet").or_else(|| node.get("traffic")),
        &environment.window,
    ) && let Some(window) = whole.spec.windows.get(window)
    {
        let zone = window.zone.as_deref().unwrap_or(&environment.zone);
        let settings = whole
            .spec
            .setting(zone)
            .ok()
            .zip(whole.spec.setting(&environment.zone).ok());
        let open = |time| {
            let (there, here): &(Setting, Setting) = settings.as_ref()?;
            let quiet = recurring::spans(&environment.quiet, None, here, time).ok()?;
            let open = window.spans(there, time).ok()?;
            // Either of them alone is told where it is written.
            (!quiet.is_empty() && !open.is_empty()).then(|| quiet.intersection(&open))
        };
        never(
            whole,
            &format!("a quiet hour inside the window of `{name}`"),
            &at.spot,
            open,
            report,
        );
    }
}

/// What needs quiet where it can never be quiet, and what stops the service at any hour.
fn loud(whole: &Whole<'_>, name: &ServiceId, report: &mut Report) {
    for env in whole.spec.path_of(name) {
        let Ok(resolved) = whole.spec.resolve(name, env) else {
            continue;
        };
        if resolved.environment.tier != Tier::Production {
            continue;
        }
        let (strategy, rules) = resolved.strategy;
        let policy = || {
            let (all, _) = policies_for(whole.spec, name, env);
            let found = all.iter().find(|(_, p)| p.needs_quiet.is_some());
            found.map(|(policy, _)| format!("policies.{policy}.needs-quiet"))
        };
        let needs = if resolved.service.needs_quiet {
            Some(format!("services.{name}.needs-quiet"))
        } else if rules.needs_quiet {
            Some(format!("strategies.{strategy}.needs-quiet"))
        } else {
            // Where an environment names its hours, a policy asks them only of some changes: the rest may stop at any hour.
            policy().filter(|_| resolved.environment.quiet.is_empty())
        };
        match needs {
            Some(path) if resolved.environment.quiet.is_empty() => {
                report
                    .add(
                        codes::NO_QUIET,
                        &whole.spot(&path),
                        if path.starts_with("policies.") {
                            format!("`{name}` may need quiet hours, and `{env}` names none")
                        } else {
                            format!("`{name}` needs quiet hours, and `{env}` names none")
                        },
                    )
                    .label("it could never go there")
                    .help(format!(
                        "write for example `quiet: every day 02:00-05:00` at `{env}`"
                    ));
            }
            None if rules.shape == Shape::Recreate && resolved.service.run.is_some() => {
                warn_recreate(whole, name, env, resolved.environment, report);
            }
            _ => {}
        }
    }
}

fn warn_recreate(
    whole: &Whole<'_>,
    name: &ServiceId,
    env: &EnvId,
    environment: &Environment,
    report: &mut Report,
) {
    let help = if environment.quiet.is_empty() {
        format!(
            "add `needs-quiet: true` to the service and `quiet` hours to `{env}`, or use another strategy"
        )
    } else {
        "add `needs-quiet: true` to the service, or use another strategy".to_owned()
    };
    report
        .add(
            codes::LOUD,
            &whole.spot(&format!("services.{name}")),
            format!("`{name}` stops in `{env}` at any hour"),
        )
        .label("its strategy `recreate` has a downtime")
        .help(help);
}

/// The zone that a document names, else `other`.
fn zone_of(document: &Document, other: &str) -> BTreeSet<String> {
    let named = document.node.get("zone").and_then(Node::text);
    BTreeSet::from([named.unwrap_or(other).to_owned()])
}

fn vendor(whole: &Whole<'_>, document: &Document, report: &mut Report) {
    let zones = zone_of(document, &whole.spec.zone);
    let hours = document
        .node
        .get("maintenance")
        .map_or(&[][..], Node::items);
    for item in hours {
        span_phrase(whole, ("maintenance", &zones), item, report);
    }
    if let Some(at) = document.node.get("notice")
        && let Some(text) = at.text()
        && let Err(because) = notice(text)
    {
        report
            .add(codes::BAD_NOTICE, &at.spot, "`notice` cannot be read")
            .label("this says not how long before")
            .help(because);
    }
    if let (Some(at), None) = (
        document.node.get("calendar-fresh-for"),
        document.node.get("services"),
    ) {
        report
            .add(
                codes::NOBODY_WAITS,
                &at.spot,
                "no service waits for this calendar",
            )
            .label("nothing is checked")
            .help(
                "name the services that depend on the vendor, for example `services: [payments]`",
            );
    }
}

fn legacy(whole: &Whole<'_>, document: &Document, report: &mut Report) {
    let node = &document.node;
    let lasting = node.get("for");
    let zones = zone_of(document, &whole.spec.zone);
    let mut fine = true;
    for item in node.get("runs").map_or(&[][..], Node::items) {
        fine &= run(whole, &zones, item, lasting.is_some(), report);
    }
    let found = document.name.parse::<Name>().ok();
    let Some(legacy) = found.and_then(|name| whole.spec.legacy.get(&name)) else {
        return;
    };
    let zone = legacy.zone.as_deref().unwrap_or(&whole.spec.zone);
    if let (true, Ok(setting), Some(at)) = (fine, whole.spec.setting(zone), node.get("runs")) {
        let open = |time| legacy.spans(&setting, time).ok();
        never(whole, "a run", &at.spot, open, report);
        overdue(whole, &setting, legacy.review_by, node, report);
    }
}

fn overdue(
    whole: &Whole<'_>,
    setting: &Setting,
    review_by: jiff::civil::Date,
    node: &Node,
    report: &mut Report,
) {
    let today = whole.now.map(|now| setting.zone.civil(now).date());
    if let (Some(at), Some(today)) = (node.get("review-by"), today)
        && review_by < today
    {
        report
            .add(
                codes::REVIEW_OVERDUE,
                &at.spot,
                "nobody has looked whether this is still needed",
            )
            .label(format!(
                "it was to be reviewed by {review_by}; today is {today}"
            ))
            .help("ask its owner; then move the date, or remove the document");
    }
}

/// A run: points with a length, or spans.
fn run(
    whole: &Whole<'_>,
    zones: &BTreeSet<String>,
    node: &Node,
    has_length: bool,
    report: &mut Report,
) -> bool {
    if !has_length {
        return span_phrase(whole, ("runs", zones), node, report);
    }
    match read("runs", node, report) {
        None => false,
        Some(Phrase::Pattern(pattern)) => {
            if matches!(pattern.clock, Clock::Range(..)) {
                report
                    .add(
                        codes::NO_SPAN,
                        &node.spot,
                        "`runs` says twice how long it lasts",
                    )
                    .label("this says until when, and so does `for`")
                    .help("write `every day at 22:00`, or remove `for`");
                return false;
            }
            counted(&pattern, "runs", node, report)
        }
        Some(Phrase::Offset(_, None)) => {
            report
                .add(codes::BAD_PHRASE, &node.spot, "`runs` cannot be read")
                .label("an offset from what?")
                .help("write for example `1 working day before fiscal-quarter-end`");
            false
        }
        Some(_) => true,
    }
}

fn booking(whole: &Whole<'_>, document: &Document, report: &mut Report) {
    let node = &document.node;
    let (times, from, until) = (node.get("times"), node.get("from"), node.get("until"));
    let here = node.get("environment").and_then(Node::text);
    let here = here.and_then(|name| whole.spec.environments.get(&name.parse().ok()?));
    let zones = zone_of(document, here.map_or(&whole.spec.zone, |e| &e.zone));
    let items = times.map_or(&[][..], Node::items).iter();
    let bad = items.filter(|item| !span_phrase(whole, ("times", &zones), item, report));
    let fine = bad.count() == 0;
    let wrong = match (times, from, until) {
        (Some(_), None, None) | (None, Some(_), Some(_)) => None,
        (None, None, None) => Some("when is missing"),
        (None, ..) => Some("one end is missing"),
        _ => Some("it says when twice"),
    };
    if let Some(label) = wrong {
        report
            .add(codes::BOOKING, &document.spot, "a booking needs `times`, or `from` and `until`")
            .label(label)
            .help("write for example `times: Mon-Fri 09:00-12:00`, or `from: 2026-12-01 09:00` and `until: 2026-12-01 18:00`");
        return;
    }
    let found = document.name.parse::<Name>().ok();
    let own = found.and_then(|name| Some((name.clone(), whole.spec.bookings.get(&name)?)));
    let (Some((name, booking)), true) = (own, fine) else {
        return;
    };
    for (key, at) in [("from", from), ("until", until)] {
        if let Some(at) = at
            && !matches!(read(key, at, report), Some(Phrase::Instant(..)) | None)
        {
            report
                .add(codes::BOOKING, &at.spot, format!("`{key}` is no date"))
                .label("this repeats")
                .help("write a date, or use `times`");
            return;
        }
    }
    let time = Span::new(Timestamp::MIN, Timestamp::MAX).filter(|_| from.is_some());
    if let (Some(time), Some(setting), Some(until)) = (time, setting(whole, booking), until)
        && let Err(error) = booking.spans(&setting, time)
        && error.because.starts_with("it is not after")
    {
        report
            .add(
                codes::BOOKING,
                &until.spot,
                "the booking ends before it begins",
            )
            .label(error.because)
            .help("exchange the two");
        return;
    }
    twice(whole, &name, booking, document, report);
}

fn setting(whole: &Whole<'_>, booking: &Booking) -> Option<Setting> {
    let here = whole.spec.environments.get(&booking.environment);
    let zone = booking.zone.as_ref().or(here.map(|e| &e.zone))?;
    whole.spec.setting(zone).ok()
}

/// Two teams that booked one environment for the same time: neither of them could deploy.
fn twice(
    whole: &Whole<'_>,
    name: &Name,
    booking: &Booking,
    document: &Document,
    report: &mut Report,
) {
    let Some(time) = whole
        .now
        .and_then(|now| Span::new(now, horizon(now, AHEAD)))
    else {
        return;
    };
    let spans = |one: &Booking| one.spans(&setting(whole, one)?, time).ok();
    let others = whole
        .spec
        .bookings
        .iter()
        .take_while(|(other, _)| *other < name);
    for (other, also) in others {
        if also.environment != booking.environment || also.team == booking.team {
            continue;
        }
        let both = spans(booking)
            .zip(spans(also))
            .map(|(a, b)| a.intersection(&b));
        if let Some(first) = both.and_then(|both| both.spans().first().copied()) {
            let zone = setting(whole, booking).map(|s| s.zone.text(first.start()));
            report
                .add(
                    codes::BOOKED_TWICE,
                    &document.spot,
                    format!("`{}` is booked for two teams at once", booking.environment),
                )
                .label(format!(
                    "by {} and {} from {}",
                    booking.team,
                    also.team,
                    zone.unwrap_or_default()
                ))
                .also(
                    &whole.spot(&format!("bookings.{other}")),
                    "the other booking",
                )
                .help("move one of them: meanwhile neither team can deploy");
        }
    }
}
