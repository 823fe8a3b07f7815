//! The calendar.

use crate::look::Look;
use tidegate_client::wire::{
    Calendar, CalendarEffect, CalendarItem, CalendarLane, CalendarState, CalendarUnknown, Conflict,
    ConflictProposal, Conflicts, NextSlots, PlannedSlot, ProposalKind, Rule, SlotObstacle,
    SlotStage, StaleCalendar, Standing, TimeSpan, Window,
};
use tidegate_core::agenda::conflict;
use tidegate_core::agenda::slots::{self, Slots};
use tidegate_core::agenda::standing as core;
use tidegate_core::agenda::{
    Agenda, Effect, Item, Known, Question, Source, Stale, State, Time, Unknown,
};
use tidegate_core::calendar::Span;
use tidegate_core::id::EnvId;
use tidegate_core::spec::Origins;

/// What core's calendar is made of, as of this look.
pub(crate) fn known<'a>(look: &'a Look<'_>) -> Known<'a> {
    Known {
        now: look.now,
        spec: &look.in_force.spec,
        origins: &look.in_force.origins,
        view: look.view(),
    }
}

fn names<T: ToString>(all: &[T]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

pub(crate) fn rule(path: &str, origins: &Origins) -> Rule {
    let place = origins.of(path);
    Rule {
        path: path.to_owned(),
        file: place.file,
        line: place.line,
    }
}

fn span(span: Span) -> TimeSpan {
    TimeSpan {
        from: span.start(),
        until: span.end(),
    }
}

fn item(item: &Item, origins: &Origins) -> CalendarItem {
    let (declared_by, declared_at, rule) = match &item.source {
        Source::Rule(path) => (None, None, Some(rule(path, origins))),
        Source::Declared { by, at } => (Some(by.clone()), Some(*at), None),
    };
    CalendarItem {
        kind: item.kind.as_str().to_owned(),
        id: item.id.clone(),
        name: item.name.clone(),
        title: item.title.clone(),
        detail: item.detail.clone(),
        from: item.time.start(),
        until: item.time.end(),
        instant: matches!(item.time, Time::At(_)),
        zone: item.zone.clone(),
        environments: names(&item.environments),
        services: names(&item.services),
        effect: match item.effect {
            Effect::Opens => CalendarEffect::Opens,
            Effect::Blocks => CalendarEffect::Blocks,
            Effect::Asks => CalendarEffect::Asks,
            Effect::Informs => CalendarEffect::Informs,
        },
        state: match item.state {
            State::Ahead => CalendarState::Ahead,
            State::Now => CalendarState::Now,
            State::Over => CalendarState::Over,
            State::Cancelled => CalendarState::Cancelled,
        },
        rule,
        declared_by,
        declared_at,
    }
}

fn unknown(unknown: &[Unknown], origins: &Origins) -> Vec<CalendarUnknown> {
    let one = |unknown: &Unknown| CalendarUnknown {
        rule: rule(&unknown.rule, origins),
        because: unknown.because.clone(),
        environments: names(&unknown.environments),
    };
    unknown.iter().map(one).collect()
}

/// What is on the calendar, with the environments asked about in the order of `order`.
pub(crate) fn calendar(
    look: &Look<'_>,
    asked: &Question,
    order: &[EnvId],
    agenda: &Agenda,
) -> Calendar {
    let spec = &look.in_force.spec;
    let origins = &look.in_force.origins;
    let wanted = |env: &&EnvId| asked.environments.is_empty() || asked.environments.contains(env);
    let lane = |env: &EnvId| {
        let environment = spec.environments.get(env)?;
        Some(CalendarLane {
            environment: env.to_string(),
            zone: environment.zone.clone(),
            window: environment.window.as_ref().map(ToString::to_string),
        })
    };
    Calendar {
        from: asked.time.start(),
        until: asked.time.end(),
        now: look.now,
        zone: spec.zone.clone(),
        lanes: order.iter().filter(wanted).filter_map(lane).collect(),
        items: agenda.items.iter().map(|i| item(i, origins)).collect(),
        left_out: agenda.left_out as u64,
        unknown: unknown(&agenda.unknown, origins),
        stale: agenda.stale.iter().map(stale).collect(),
    }
}

fn stale(stale: &Stale) -> StaleCalendar {
    StaleCalendar {
        id: stale.id.as_ref().map(ToString::to_string),
        calendar: stale.calendar.clone(),
        kind: stale.kind.as_str().to_owned(),
        vendor: stale.vendor.as_ref().map(ToString::to_string),
        owner: stale.owner.as_ref().map(ToString::to_string),
        read_at: stale.read,
        fresh_for_ms: stale.fresh_for.0,
        blocks: stale.blocks,
        environments: names(&stale.environments),
        services: names(&stale.services),
        again: stale.again.clone(),
    }
}

/// The hours of a window.
pub(crate) fn window(hours: &core::Hours, origins: &Origins) -> Window {
    Window {
        name: hours.window.to_string(),
        allow: hours.allow.clone(),
        zone: hours.zone.clone(),
        environments: names(&hours.environments),
        rule: rule(&hours.rule, origins),
        open: hours.open.is_some(),
        until: hours.until,
        next: hours.next.iter().copied().map(span).collect(),
        broken: hours.broken.clone(),
    }
}

/// How an environment stands.
pub(crate) fn standing(look: &Look<'_>, env: &EnvId, found: &core::Standing) -> Standing {
    let origins = &look.in_force.origins;
    Standing {
        environment: env.to_string(),
        zone: look.zone(env),
        at: found.at,
        open: found.open,
        until: found.until,
        next: found.next.iter().copied().map(span).collect(),
        because: found.because.iter().map(|i| item(i, origins)).collect(),
        unknown: unknown(&found.unknown, origins),
        stale: found.stale.iter().map(stale).collect(),
    }
}

fn obstacle(obstacle: &slots::Obstacle, origins: &Origins) -> SlotObstacle {
    let condition = |report| super::decision::condition(report, origins, obstacle.at);
    SlotObstacle {
        service: obstacle.service.to_string(),
        environment: obstacle.environment.to_string(),
        at: obstacle.at,
        conditions: obstacle.reports.iter().map(condition).collect(),
    }
}

/// The next slots.
pub(crate) fn next_slots(look: &Look<'_>, search: &slots::Search, found: &Slots) -> NextSlots {
    let origins = &look.in_force.origins;
    let stage = |stage: &slots::Stage| SlotStage {
        service: stage.service.to_string(),
        environment: stage.environment.to_string(),
        zone: look.zone(&stage.environment),
        from: stage.span.start(),
        until: stage.span.end(),
        latest: stage.latest,
    };
    let slot = |slot: &slots::Slot| PlannedSlot {
        stages: slot.stages.iter().map(stage).collect(),
        before: slot.before.iter().map(|o| obstacle(o, origins)).collect(),
    };
    NextSlots {
        from: search.from,
        slots: found.slots.iter().map(slot).collect(),
        never: found.never.as_ref().map(|o| obstacle(o, origins)),
    }
}

fn proposal(proposal: conflict::Proposal) -> ConflictProposal {
    let (does, from, until) = match proposal {
        conflict::Proposal::After { at } => (ProposalKind::After, at, None),
        conflict::Proposal::Move { to } => (ProposalKind::Move, to.start(), Some(to.end())),
        conflict::Proposal::Wait { until } => (ProposalKind::Wait, until, None),
    };
    ConflictProposal { does, from, until }
}

/// What collides.
pub(crate) fn one_conflict(conflict: &conflict::Conflict, origins: &Origins) -> Conflict {
    Conflict {
        reason: conflict.reason.as_str().to_owned(),
        work: item(&conflict.work, origins),
        service: conflict.service.to_string(),
        environment: conflict.environment.to_string(),
        with: conflict.with.as_ref().map(|with| item(with, origins)),
        overlap: span(conflict.overlap),
        proposals: conflict.proposals.iter().copied().map(proposal).collect(),
    }
}

pub(crate) fn conflicts(
    look: &Look<'_>,
    asked: &Question,
    found: &conflict::Conflicts,
) -> Conflicts {
    let origins = &look.in_force.origins;
    let one = |conflict| one_conflict(conflict, origins);
    Conflicts {
        from: asked.time.start(),
        until: asked.time.end(),
        conflicts: found.conflicts.iter().map(one).collect(),
        left_out: found.left_out as u64,
        looked_at: found.looked_at as u64,
        unknown: unknown(&found.unknown, origins),
    }
}
