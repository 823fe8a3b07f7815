//! What the configuration puts on the calendar: windows, planned freezes, holidays, ends of fiscal quarters.
//!
//! A rule without a zone of its own follows the clocks of each environment, so it is there once for each zone.

use super::{Effect, Found, Item, Kind, Source, Time};
use crate::calendar::country::{country_of, zones_of};
use crate::calendar::phrase::Phrase;
use crate::calendar::{Bounds, Intervals, Schedule, Setting, Span};
use crate::id::{EnvId, ServiceId};
use crate::spec::{Environment, Freeze, Operation, Scope, Spec, Unreadable, country_of_list};
use crate::time::Timestamp;
use jiff::civil::{Date, Time as Clock, date};
use std::collections::BTreeMap;

/// Environments by the zone in which a rule is read there.
pub(super) fn by_zone<'a>(
    own: Option<&str>,
    environments: impl Iterator<Item = (&'a EnvId, &'a Environment)>,
) -> BTreeMap<String, Vec<EnvId>> {
    let mut zones: BTreeMap<String, Vec<EnvId>> = BTreeMap::new();
    for (name, environment) in environments {
        let zone = own.unwrap_or(&environment.zone).to_owned();
        zones.entry(zone).or_default().push(name.clone());
    }
    zones
}

pub(super) fn windows(found: &mut Found<'_>) {
    if !found.filter.wants(Kind::Window) {
        return;
    }
    let spec = found.known.spec;
    for (name, window) in &spec.windows {
        let users = spec
            .environments
            .iter()
            .filter(|(_, e)| e.window.as_ref() == Some(name));
        for (zone, environments) in by_zone(window.zone.as_deref(), users) {
            let time = found.question.time;
            let spans = spec
                .setting(&zone)
                .and_then(|setting| window.spans(&setting, time));
            let rule = format!("windows.{name}");
            match spans {
                Ok(spans) => {
                    let title = format!("window {name} is open");
                    let detail = window.allow.join(", ");
                    repeat(found, &spans, &|time| Item {
                        title: title.clone(),
                        detail: detail.clone(),
                        effect: Effect::Opens,
                        environments: environments.clone(),
                        ..item(Kind::Window, name.as_str(), &zone, time, rule.clone())
                    });
                }
                Err(error) => found.unknown(rule, error, &environments),
            }
        }
    }
}

pub(super) fn freezes(found: &mut Found<'_>) {
    if !found.filter.wants(Kind::Freeze) {
        return;
    }
    let spec = found.known.spec;
    for (name, freeze) in &spec.freezes {
        let scope = scope_of(freeze);
        let held = spec
            .environments
            .iter()
            .filter(|(e, _)| scope.has_environment(spec, e));
        let services = services_of(spec, &scope);
        // One that lets new versions go closes nothing.
        let blocks = match scope.stops(Operation::Update) {
            true => Effect::Blocks,
            false => Effect::Informs,
        };
        for (zone, environments) in by_zone(freeze.zone.as_deref(), held) {
            let time = found.question.time;
            let spans = spec
                .setting(&zone)
                .and_then(|setting| freeze.spans(&setting, time));
            let rule = format!("freezes.{name}");
            match spans {
                Ok(spans) => repeat(found, &spans, &|time| Item {
                    title: format!("freeze {name}"),
                    detail: freeze.why.clone(),
                    effect: blocks,
                    environments: environments.clone(),
                    services: services.clone(),
                    ..item(Kind::Freeze, name.as_str(), &zone, time, rule.clone())
                }),
                Err(error) => found.unknown(rule, error, &environments),
            }
        }
    }
}

/// What a planned freeze concerns.
pub(super) fn scope_of(freeze: &Freeze) -> Scope {
    freeze.scope.clone()
}

/// Services of a scope by name; none when it leaves all of them in.
pub(super) fn services_of(spec: &Spec, scope: &Scope) -> Vec<ServiceId> {
    if scope.services.is_empty() && scope.teams.is_empty() && scope.service_tiers.is_empty() {
        return Vec::new();
    }
    let all = spec.services.keys().filter(|s| scope.has_service(spec, s));
    all.cloned().collect()
}

/// Holidays and ends of fiscal quarters: days of the company, in its own zone.
pub(super) fn days(found: &mut Found<'_>) {
    let spec = found.known.spec;
    let setting = match spec.setting(&spec.zone) {
        Ok(setting) => setting,
        Err(error) => return found.unknown("zone".to_owned(), error, &[]),
    };
    for day in &spec.holidays {
        if let Some(span) = whole(*day, &setting) {
            let rule = format!("holidays.{day}");
            let title = "no working day".to_owned();
            let item = of_day(Kind::Holiday, *day, &setting, span, rule);
            let state = Item::state_at(item.time, found.known.now);
            found.add(Item {
                title,
                state,
                ..item
            });
        }
    }
    lists(found);
    let ends = match quarter_ends(&setting, found.question.time) {
        Ok(ends) => ends,
        Err(error) => return found.unknown("fiscal-year-starts".to_owned(), error, &[]),
    };
    for span in ends {
        let day = setting.zone.civil(span.start()).date();
        let rule = "fiscal-year-starts".to_owned();
        let title = "last day of the fiscal quarter".to_owned();
        let item = of_day(Kind::QuarterEnd, day, &setting, span, rule);
        let state = Item::state_at(item.time, found.known.now);
        found.add(Item {
            title,
            state,
            ..item
        });
    }
}

/// Holidays of countries: days where the clocks are those of the country.
fn lists(found: &mut Found<'_>) {
    let spec = found.known.spec;
    for (list, days) in &spec.holidays_of {
        let zone = zone_in(spec, country_of_list(list));
        let rule = format!("holidays.{list}");
        let setting = match spec.setting(zone) {
            Ok(setting) => setting,
            Err(error) => {
                found.unknown(rule, error, &[]);
                continue;
            }
        };
        for day in days {
            if let Some(span) = whole(*day, &setting) {
                let item = of_day(Kind::Holiday, *day, &setting, span, rule.clone());
                let state = Item::state_at(item.time, found.known.now);
                found.add(Item {
                    id: format!("{}/{list}/{day}", Kind::Holiday.as_str()),
                    title: format!("no working day in {list}"),
                    state,
                    ..item
                });
            }
        }
    }
}

/// A zone of a country in which something is here: the company's, else that of an environment, else any.
fn zone_in<'a>(spec: &'a Spec, country: &str) -> &'a str {
    let environments = spec.environments.values().map(|e| e.zone.as_str());
    std::iter::once(spec.zone.as_str())
        .chain(environments)
        .chain(zones_of(country).iter().copied())
        .find(|zone| country_of(zone) == Some(country))
        .unwrap_or(&spec.zone)
}

fn whole(day: Date, setting: &Setting) -> Option<Span> {
    let midnight = |day: Date| setting.zone.instant(day.to_datetime(Clock::midnight()));
    Span::new(midnight(day)?, midnight(day.tomorrow().ok()?)?)
}

fn quarter_ends(setting: &Setting, time: Span) -> Result<Vec<Span>, Unreadable> {
    let unreadable = |because: String| Unreadable {
        text: Phrase::QuarterEnd.to_string(),
        because,
    };
    let schedule = Schedule::of_phrase(&Phrase::QuarterEnd, setting, date(1970, 1, 1))
        .map_err(|error| unreadable(error.to_string()))?;
    // At most four a year.
    let bounds = Bounds::new(time.start(), time.end(), 40);
    let (ends, _) = schedule
        .happenings(setting, bounds)
        .map_err(|error| unreadable(error.to_string()))?;
    Ok(ends.into_iter().filter_map(|end| end.span).collect())
}

fn of_day(kind: Kind, day: Date, setting: &Setting, span: Span, rule: String) -> Item {
    let name = day.to_string();
    let zone = setting.zone.name();
    Item {
        id: format!("{}/{day}", kind.as_str()),
        ..item(kind, &name, zone, Time::Within(span), rule)
    }
}

/// One item for each span.
fn repeat(found: &mut Found<'_>, spans: &Intervals, make: &dyn Fn(Time) -> Item) {
    for span in spans.spans() {
        let mut item = make(Time::Within(*span));
        item.state = Item::state_at(item.time, found.known.now);
        found.add(item);
    }
}

fn item(kind: Kind, name: &str, zone: &str, time: Time, rule: String) -> Item {
    Item {
        kind,
        id: format!("{}/{name}/{zone}/{}", kind.as_str(), stamp(time.start())),
        name: name.to_owned(),
        title: String::new(),
        detail: String::new(),
        time,
        zone: zone.to_owned(),
        environments: Vec::new(),
        services: Vec::new(),
        effect: Effect::Informs,
        source: Source::Rule(rule),
        state: super::State::Ahead,
    }
}

/// `20261201T090000Z`.
fn stamp(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}
