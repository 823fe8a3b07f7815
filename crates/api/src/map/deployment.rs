//! Deployments.

use super::{decision, figures, phase, plan, queue, rollback_decision, sign_off};
use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire;
use tidegate_core::gate::{self, Asked, GateReport, Purpose};
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::refusal::Refusal;
use tidegate_core::step;
use tidegate_core::stream::deployment::{Deployment, Event, Facts, Phase, Way};
use tidegate_core::time::Timestamp;

/// What agents saw longer ago than this says nothing about now, in milliseconds.
pub(crate) const FRESH_MS: u64 = 10_000;

/// How much of a deployment is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// In a list: what its state says.
    Listed,
    /// Alone: its gates are looked up also when they are long passed.
    Whole,
}

/// A deployment by id.
pub(crate) fn deployment(
    look: &Look<'_>,
    id: &str,
    depth: Depth,
) -> Result<wire::Deployment, Problem> {
    let state: Deployment = look.load("deployment", id)?;
    let missing = || Refusal::NotFound {
        what: "deployment".to_owned(),
        name: id.to_owned(),
    };
    let facts = state.facts.as_deref().ok_or_else(missing)?;
    let reports = match (&state.phase, depth) {
        (Phase::Gated { .. }, _) => gates(look, facts, look.now),
        (_, Depth::Listed) => Vec::new(),
        (_, Depth::Whole) => passed(look, id)?,
    };
    let origins = &look.in_force.origins;
    let body = &facts.plan.body;
    let (cause, mut log) = phase::cause(&state.phase);
    if log.is_empty() {
        log.clone_from(&facts.log);
    }
    Ok(wire::Deployment {
        id: id.to_owned(),
        service: body.service.to_string(),
        environment: body.environment.to_string(),
        release: body.to.release.to_string(),
        from: body.from.as_ref().map(|from| from.release.to_string()),
        revision: body.to.key.clone(),
        purpose: purpose(facts.purpose),
        phase: phase::name(&state.phase),
        waiting: waiting(look, &state, &reports),
        step: phase::step(&state),
        share: share(look, &state, facts),
        by: facts.by.clone(),
        reason: facts.reason.clone(),
        proposed_at: facts.proposed_at,
        started_at: facts.started_at,
        ended_at: facts.ended_at,
        cause,
        log,
        plan: plan::summary(&facts.plan),
        sign_off: sign_off::sign_off(look, &state).map(Box::new),
        open_decision: rollback_decision::open_about(look, &facts.id)?,
        conditions: reports
            .iter()
            .map(|r| decision::condition(r, origins, look.now))
            .collect(),
        verdicts: facts.verdicts.iter().map(figures::verdict).collect(),
        figures: look
            .live()
            .and_then(|engine| engine.figures(&facts.id))
            .map(|samples| samples.iter().map(figures::sample).collect()),
        priority: queue::priority(facts.request.priority),
        scheduled_at: facts.request.at,
        slot: match &state.phase {
            Phase::Gated { slot, .. } => slot.map(queue::slot),
            _ => None,
        },
        expires_at: match &state.phase {
            Phase::Gated { expires, .. } => Some(*expires),
            _ => None,
        },
        place: match (&state.phase, depth) {
            (Phase::Gated { .. }, Depth::Whole) => queue::place(look, facts),
            _ => None,
        },
        expected: facts
            .plan
            .envelope
            .expected
            .as_ref()
            .map(ToString::to_string),
        next: phase::verbs(&state),
    })
}

/// The answers of a deployment's gates at an instant.
pub(crate) fn gates(look: &Look<'_>, facts: &Facts, at: Timestamp) -> Vec<GateReport> {
    gate::evaluate(&asked(look, facts, at))
}

/// What a deployment's gates are asked at an instant.
pub(crate) fn asked<'a>(look: &'a Look<'_>, facts: &'a Facts, at: Timestamp) -> Asked<'a> {
    Asked {
        now: at,
        present: look.now,
        plan: &facts.plan.body,
        purpose: facts.purpose,
        deployment: Some(&facts.id),
        request: &facts.request,
        expected: facts.plan.envelope.expected.as_ref(),
        spec: &look.in_force.spec,
        origins: &look.in_force.origins,
        view: look.view(),
    }
}

/// The newest answers of its gates on record.
pub(crate) fn passed(look: &Look<'_>, id: &str) -> Result<Vec<GateReport>, Problem> {
    let stream = StreamId::new(StreamKind::Deployment, id);
    let mut newest = Vec::new();
    // Gates are asked at the beginning; the entries after that number a few dozen.
    for entry in look
        .rows
        .entries_of(&stream, 1, tidegate_core::limits::EVENTS)?
    {
        let asked = entry.kind.starts_with("deployment.gates_passed/")
            || entry.kind.starts_with("deployment.waiting/");
        let Some(body) = entry.body.filter(|_| asked) else {
            continue;
        };
        match step::decode::<Event>(&entry.kind, &body)? {
            Event::GatesPassed { reports } | Event::Waiting { reports, .. } => newest = reports,
            _ => {}
        }
    }
    Ok(newest)
}

fn purpose(purpose: Purpose) -> wire::Purpose {
    match purpose {
        Purpose::Promote => wire::Purpose::Promote,
        Purpose::Rollback => wire::Purpose::Rollback,
        Purpose::Redeploy => wire::Purpose::Redeploy,
    }
}

fn waiting(look: &Look<'_>, state: &Deployment, reports: &[GateReport]) -> Option<String> {
    match &state.phase {
        Phase::Gated { .. } => reports.iter().find(|r| !r.outcome.passes()).map(|r| {
            if r.detail.is_empty() {
                r.title.clone()
            } else {
                format!("{} ({})", r.title, r.detail)
            }
        }),
        Phase::Succeeded { .. } => Some("the end of the stabilisation period".to_owned()),
        Phase::NeedsHuman { because, .. } => Some(format!("a person: {because}")),
        _ => {
            let (_, cursor) = state.cursor()?;
            phase::waits_in(cursor, |action| acting(look, state, action))
        }
    }
}

/// What is known about an action under way.
fn acting(look: &Look<'_>, state: &Deployment, action: &str) -> String {
    if let Some(note) = look.live().and_then(|engine| engine.note_of(action)) {
        return format!("the agent: {note}");
    }
    let worker = state
        .action()
        .and_then(|id| look.view().lease(id))
        .and_then(|lease| lease.by);
    match worker {
        Some(agent) => format!("agent {agent} to finish the step"),
        None => "an agent to take the step on; none has yet".to_owned(),
    }
}

/// Share of traffic of the new side now, as the router has it, else as the plan has it.
pub(crate) fn share(look: &Look<'_>, state: &Deployment, facts: &Facts) -> u32 {
    let body = &facts.plan.body;
    if let Some(engine) = look.live()
        && !state.phase.is_terminal()
        && !matches!(state.phase, Phase::Gated { .. })
        && let Some(seen) = engine.service_seen(body.environment.as_str(), body.service.as_str())
        && seen.age_ms < FRESH_MS
        && let Some(route) = seen.route
    {
        return route.weights.get(&body.to.key).copied().unwrap_or(0);
    }
    match (&state.phase, state.cursor()) {
        (Phase::Succeeded { .. } | Phase::Closing { .. } | Phase::Confirmed { .. }, _) => 10_000,
        // The present step may not have taken effect yet.
        (_, Some((Way::Forward, cursor))) => cursor
            .n
            .checked_sub(1)
            .map_or(0, |done| facts.share_at(done)),
        (Phase::RollingBack { .. }, _) => {
            facts.reached.map_or(0, |reached| facts.share_at(reached))
        }
        _ => 0,
    }
}
