//! What else stands on the calendar: entries that people declare, batch runs, bookings, and times without a team on duty.

use super::year::services_of;
use super::{Effect, Found, Item, Kind, Source, State, Time};
use crate::calendar::{Intervals, Span};
use crate::id::{EnvId, ServiceId, TeamId};
use crate::spec::{Operation, Scope, Spec, Tier, recurring};
use crate::stream::entry::{self, Entry, Facts, Phase};

pub(super) fn layers(found: &mut Found<'_>) {
    entries(found);
    cancelled(found);
    batch_runs(found);
    bookings(found);
    cover_gaps(found);
}

const fn kind(kind: entry::Kind) -> Kind {
    match kind {
        entry::Kind::Maintenance => Kind::Maintenance,
        entry::Kind::Outage => Kind::Outage,
        entry::Kind::Audit => Kind::Audit,
        entry::Kind::Patch => Kind::Patch,
        entry::Kind::Campaign => Kind::Campaign,
        entry::Kind::Peak => Kind::Peak,
        entry::Kind::Vendor => Kind::Vendor,
        entry::Kind::Board => Kind::Board,
        entry::Kind::Booking => Kind::Booking,
    }
}

/// Environments of a scope; none when it concerns none there is.
fn environments_of(spec: &Spec, scope: &Scope) -> Vec<EnvId> {
    let all = spec.environments.keys();
    all.filter(|env| scope.has_environment(spec, env))
        .cloned()
        .collect()
}

/// Services that do not belong to a team: those that a booking of that team holds back.
fn services_of_others(spec: &Spec, team: Option<&TeamId>, among: Vec<ServiceId>) -> Vec<ServiceId> {
    let own = |name: &ServiceId| spec.services.get(name).map(|s| &s.owner) == team;
    let all = if among.is_empty() {
        spec.services.keys().cloned().collect()
    } else {
        among
    };
    all.into_iter().filter(|name| !own(name)).collect()
}

fn entries(found: &mut Found<'_>) {
    let declared = match entry::declared(found.known.view) {
        Ok(declared) => declared,
        Err(because) => return found.unknown("calendar/entries".to_owned(), because, &[]),
    };
    for (id, facts) in declared {
        entry_items(found, id.as_str(), &facts, false);
    }
}

/// What was called off stays to be seen, so that subscribers learn of it.
fn cancelled(found: &mut Found<'_>) {
    for (id, body) in found.known.view.scan(entry::PAST, "", entry::MOST) {
        if let Ok(Entry {
            phase: Phase::Cancelled { facts, .. },
        }) = serde_json::from_str(&body)
        {
            entry_items(found, &id, &facts, true);
        }
    }
}

fn entry_items(found: &mut Found<'_>, id: &str, facts: &Facts, cancelled: bool) {
    let kind = kind(facts.kind);
    if !found.filter.wants(kind) {
        return;
    }
    let spec = found.known.spec;
    let environments = environments_of(spec, &facts.scope);
    let spans = match facts.when.spans(spec, &facts.zone, found.question.time) {
        Ok(spans) => spans,
        Err(error) => return found.unknown(format!("calendar/entries/{id}"), error, &environments),
    };
    if environments.is_empty() {
        return;
    }
    let mut services = services_of(spec, &facts.scope);
    if kind == Kind::Booking {
        services = services_of_others(spec, facts.owner.as_ref(), services);
    }
    let effect = match facts.effect {
        _ if cancelled || !facts.scope.stops(Operation::Update) => Effect::Informs,
        entry::Effect::Blocks => Effect::Blocks,
        entry::Effect::Asks => Effect::Asks,
        entry::Effect::Informs => Effect::Informs,
    };
    let repeats = !matches!(facts.when, entry::When::Once { .. });
    for span in spans.spans() {
        // Cut at the time asked about; one that happens once is told as it was declared.
        let span = match &facts.when {
            entry::When::Once { from, until } => Span::new(*from, *until).unwrap_or(*span),
            entry::When::Repeats { .. } => *span,
        };
        let time = Time::Within(span);
        let stamp = span.start().strftime("%Y%m%dT%H%M%SZ");
        found.add(Item {
            kind,
            id: if repeats {
                format!("entry/{id}/{stamp}")
            } else {
                format!("entry/{id}")
            },
            name: id.to_owned(),
            title: facts.title.clone(),
            detail: facts.reason.clone(),
            time,
            zone: facts.zone.clone(),
            environments: environments.clone(),
            services: services.clone(),
            effect,
            source: Source::Declared {
                by: facts.by.clone(),
                at: facts.at,
            },
            state: match cancelled {
                true => State::Cancelled,
                false => Item::state_at(time, found.known.now),
            },
        });
    }
}

/// What repeats by a rule of the configuration.
struct Rule<'a> {
    kind: Kind,
    name: &'a str,
    title: String,
    detail: String,
    zone: String,
    rule: String,
    environments: Vec<EnvId>,
    services: Vec<ServiceId>,
}

fn add(found: &mut Found<'_>, of: &Rule<'_>, spans: &Intervals) {
    for span in spans.spans() {
        let time = Time::Within(*span);
        let stamp = span.start().strftime("%Y%m%dT%H%M%SZ");
        found.add(Item {
            kind: of.kind,
            id: format!("{}/{}/{stamp}", of.kind.as_str(), of.name),
            name: of.name.to_owned(),
            title: of.title.clone(),
            detail: of.detail.clone(),
            time,
            zone: of.zone.clone(),
            environments: of.environments.clone(),
            services: of.services.clone(),
            effect: Effect::Blocks,
            source: Source::Rule(of.rule.clone()),
            state: Item::state_at(time, found.known.now),
        });
    }
}

fn batch_runs(found: &mut Found<'_>) {
    if !found.filter.wants(Kind::Batch) {
        return;
    }
    let spec = found.known.spec;
    for (name, legacy) in &spec.legacy {
        let zone = legacy.zone.as_ref().unwrap_or(&spec.zone);
        let scope = legacy.scope();
        let of = Rule {
            kind: Kind::Batch,
            name: name.as_str(),
            title: format!("{name} runs"),
            detail: legacy.why.clone(),
            zone: zone.clone(),
            rule: format!("legacy.{name}"),
            environments: environments_of(spec, &scope),
            services: services_of(spec, &scope),
        };
        let time = found.question.time;
        match spec
            .setting(zone)
            .and_then(|setting| legacy.spans(&setting, time))
        {
            Ok(spans) => add(found, &of, &spans),
            Err(error) => found.unknown(of.rule.clone(), error, &of.environments),
        }
    }
}

fn bookings(found: &mut Found<'_>) {
    if !found.filter.wants(Kind::Booking) {
        return;
    }
    let spec = found.known.spec;
    for (name, booking) in &spec.bookings {
        let own = spec.environments.get(&booking.environment).map(|e| &e.zone);
        let zone = booking.zone.as_ref().or(own).unwrap_or(&spec.zone);
        let of = Rule {
            kind: Kind::Booking,
            name: name.as_str(),
            title: format!("{} is booked for {}", booking.environment, booking.team),
            detail: booking.why.clone(),
            zone: zone.clone(),
            rule: format!("bookings.{name}"),
            environments: vec![booking.environment.clone()],
            services: services_of_others(spec, Some(&booking.team), Vec::new()),
        };
        if of.services.is_empty() {
            // Nobody else is there to be held back.
            continue;
        }
        let time = found.question.time;
        match spec
            .setting(zone)
            .and_then(|setting| booking.spans(&setting, time))
        {
            Ok(spans) => add(found, &of, &spans),
            Err(error) => found.unknown(of.rule.clone(), error, &of.environments),
        }
    }
}

/// Times at which a team that services need is not on duty, for those services in production.
fn cover_gaps(found: &mut Found<'_>) {
    if !found.filter.wants(Kind::CoverGap) {
        return;
    }
    let spec = found.known.spec;
    let production = spec
        .environments
        .iter()
        .filter(|(_, e)| e.tier == Tier::Production);
    let production: Vec<EnvId> = production.map(|(name, _)| name.clone()).collect();
    for (name, team) in spec.teams.iter().filter(|(_, team)| !team.cover.is_empty()) {
        let services: Vec<ServiceId> = spec
            .services
            .keys()
            .filter(|service| spec.covering(service).contains(name))
            .cloned()
            .collect();
        if services.is_empty() || production.is_empty() {
            continue;
        }
        let zone = team.zone.as_ref().unwrap_or(&spec.zone);
        let of = Rule {
            kind: Kind::CoverGap,
            name: name.as_str(),
            title: format!("{name} is not on duty"),
            detail: format!("{name} is on duty {}", team.cover.join(" and ")),
            zone: zone.clone(),
            rule: format!("teams.{name}.cover"),
            environments: production.clone(),
            services,
        };
        let time = found.question.time;
        let cover = spec
            .setting(zone)
            .and_then(|setting| recurring::spans(&team.cover, None, &setting, time));
        match cover {
            Ok(cover) => add(found, &of, &cover.complement(time)),
            Err(error) => found.unknown(of.rule.clone(), error, &of.environments),
        }
    }
}
