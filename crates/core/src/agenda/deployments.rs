//! Deployments that wait or are under way.

use super::{Effect, Found, Item, Kind, Known, Question, Source, State, Time};
use crate::calendar::Span;
use crate::gate::{self, Asked};
use crate::model::listing;
use crate::model::queue::{At, Row};
use crate::stream::deployment::{Deployment, Facts, Phase};
use crate::time::Millis;

/// Most deployments that are looked at.
const MOST: usize = 1_000;

/// Those of a question, and nothing else of the calendar.
pub(super) fn of(known: &Known<'_>, question: &Question) -> Vec<Item> {
    let mut found = Found {
        known: *known,
        question,
        filter: super::filter::Filter::of(known.spec, question),
        items: Vec::new(),
        unknown: Vec::new(),
        stale: Vec::new(),
    };
    live(&mut found);
    found.items
}

pub(super) fn live(found: &mut Found<'_>) {
    if !found.filter.wants(Kind::Slot) && !found.filter.wants(Kind::Deployment) {
        return;
    }
    let view = found.known.view;
    for (id, _) in view.scan(listing::LIVE, "", MOST) {
        let Ok(state) = view.load::<Deployment>(&id) else {
            found.unknown(format!("deployment/{id}"), "its state cannot be read", &[]);
            continue;
        };
        let Some(facts) = state.facts.as_deref() else {
            continue;
        };
        if let Some(item) = item(found, facts, &state.phase) {
            found.add(item);
        }
    }
}

fn item(found: &Found<'_>, facts: &Facts, phase: &Phase) -> Option<Item> {
    let known = &found.known;
    let body = &facts.plan.body;
    let expected = facts.plan.envelope.expected.as_ref();
    let whole = Millis(body.needs_with(expected).0.max(1));
    let (kind, span, detail) = match phase {
        Phase::Gated { .. } => {
            let (span, detail) = waits(found, facts, whole)?;
            (Kind::Slot, span, detail)
        }
        Phase::Succeeded { until } => {
            let start = facts.started_at.unwrap_or(facts.proposed_at);
            (
                Kind::Deployment,
                Span::new(start, *until)?,
                "is watched".to_owned(),
            )
        }
        _ => {
            let start = facts.started_at.unwrap_or(facts.proposed_at);
            // What takes longer than it was expected to lasts at least until now.
            let end = whole.after(start).max(Millis(1).after(known.now));
            (
                Kind::Deployment,
                Span::new(start, end)?,
                phase.name().to_owned(),
            )
        }
    };
    let (release, env) = (&body.to.release, &body.environment);
    let zone = known
        .spec
        .environments
        .get(env)
        .map_or(&known.spec.zone, |e| &e.zone);
    let time = Time::Within(span);
    Some(Item {
        kind,
        id: format!("deployment/{}", facts.id),
        name: release.to_string(),
        title: format!("{release} -> {env}"),
        detail,
        time,
        zone: zone.clone(),
        environments: vec![env.clone()],
        services: vec![body.service.clone()],
        effect: Effect::Informs,
        source: Source::Declared {
            by: facts.by.clone(),
            at: facts.proposed_at,
        },
        state: match kind {
            Kind::Slot => State::Ahead,
            _ => State::Now,
        },
    })
}

/// The time that is kept for a deployment at its gates, else when it may start as far as time alone decides, and what it waits
/// for.
fn waits(found: &Found<'_>, facts: &Facts, whole: Millis) -> Option<(Span, String)> {
    let known = &found.known;
    let key = Row::key(&facts.plan.body.environment, &facts.id);
    let row = known.view.model(Row::MODEL, &key);
    let row: Option<Row> = row.and_then(|body| serde_json::from_str(&body).ok());
    if let Some(row) = row
        && let Some(slot) = row.slot
    {
        let by = match &row.at {
            At::Blocked { by, .. } => by.iter().map(|gate| gate.as_str()).collect(),
            At::Ready { .. } | At::Running { .. } => vec!["a place"],
        };
        // Its time has come, and a place has not.
        let start = slot.start.max(known.now);
        let length = Millis::between(slot.start, slot.end);
        let span = Span::lasting(start, length)?;
        return Some((span, format!("waits for {}", by.join(", "))));
    }
    let asked = Asked {
        now: known.now,
        present: known.now,
        plan: &facts.plan.body,
        purpose: facts.purpose,
        deployment: Some(&facts.id),
        request: &facts.request,
        expected: facts.plan.envelope.expected.as_ref(),
        spec: known.spec,
        origins: known.origins,
        view: known.view,
    };
    let reports = gate::evaluate(&asked);
    let against = reports.iter().filter(|report| !report.outcome.passes());
    let unmet: Vec<&str> = against.clone().map(|report| report.gate.as_str()).collect();
    // What waits for a place only could go now.
    let places = against.clone().all(|report| report.gate.is_about_places());
    let start = gate::earliest(&asked, &reports).or_else(|| places.then_some(known.now))?;
    Some((
        Span::lasting(start, whole)?,
        format!("waits for {}", unmet.join(", ")),
    ))
}
