//! Overrides: every time somebody set a rule aside, by whom, why, for how long, and who looked at it afterwards.
//!
//! Read from the ledger's own entries, so that the list holds what happened and nothing else.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Limit, Search};
use crate::look::Look;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use tidegate_client::wire::{Override, Page};
use tidegate_core::stream::change::{self, Change};
use tidegate_core::stream::decision::Decision;
use tidegate_core::stream::deployment::Deployment;
use tidegate_core::stream::exception::{self, Exception};
use tidegate_core::time::Timestamp;
use tidegate_ledger::Entry;
use tidegate_ledger::refold::first_since;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Entries read at a time.
const STRIDE: usize = 500;
/// Entries looked at for one part; a part that finds less has a `next`.
const LOOKED_AT: usize = 20_000;

/// Kinds of entries that set a rule aside, and what people call that.
const KINDS: [(&str, &str); 11] = [
    ("exception.granted/1", "freeze lifted for a release"),
    ("change.declared/1", "emergency"),
    ("change.lowered/1", "class lowered"),
    ("change.escalated/1", "approval escalated"),
    ("decision.ordered/1", "stays live"),
    ("environment.lock_broken/1", "lock broken"),
    ("environment.drift_accepted/1", "change by hand accepted"),
    ("config.applied/1", "control weakened with its owner's yes"),
    ("release.unheld/1", "held version let go"),
    ("deployment.advanced/1", "hold ended early"),
    ("deployment.settled/1", "settled by hand"),
];

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which overrides.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// `next` of the part before.
    after: Option<u64>,
    /// At most this many, 50 unless said, never more than 200.
    #[param(value_type = Option<u32>)]
    #[serde(default)]
    limit: Limit,
    /// Only since this instant.
    since: Option<Timestamp>,
    /// Only before this instant.
    until: Option<Timestamp>,
}

/// Overrides of a time, the oldest first: exceptions, emergencies, broken locks, lowered classes, escalations and whatever else
/// set a rule aside, each with the person, the reason, its length, what it was used for, and its review.
#[utoipa::path(
    get,
    path = "/api/v1/audit/overrides",
    tag = "audit",
    operation_id = "audit_overrides",
    params(Wanted),
    responses((status = 200, description = "Overrides", body = Page<Override>))
)]
async fn list(
    State(app): State<App>,
    _: Caller,
    Search(wanted): Search<Wanted>,
) -> Result<Json<Page<Override>>, Problem> {
    Ok(Json(app.look(move |look| page(look, &wanted)).await?))
}

fn page(look: &Look<'_>, wanted: &Wanted) -> Result<Page<Override>, Problem> {
    let after = wanted.after.unwrap_or(0);
    let mut from = after.saturating_add(1);
    if let Some(since) = wanted.since {
        from = from.max(first_since(look.rows, since, look.rows.head()?.seq)?);
    }
    let mut items: Vec<Override> = Vec::new();
    let mut newest = after;
    for _ in 0..LOOKED_AT / STRIDE {
        let entries = look.rows.entries(from, STRIDE)?;
        for entry in &entries {
            if wanted.until.is_some_and(|until| entry.at >= until) {
                return Ok(Page { items, next: None });
            }
            if items.len() == wanted.limit.get() {
                let next = items.last().map(|last| last.seq.to_string());
                return Ok(Page { items, next });
            }
            newest = entry.seq;
            let kind = KINDS.iter().find(|(kind, _)| *kind == entry.kind);
            if let Some((_, what)) = kind
                && let Some(found) = of_entry(look, entry, what)?
            {
                items.push(found);
            }
        }
        if entries.len() < STRIDE {
            return Ok(Page { items, next: None });
        }
        from += STRIDE as u64;
    }
    Ok(Page {
        items,
        next: Some(newest.to_string()),
    })
}

/// An override; `None` for what only looks like one: a class that was raised, an order to go back.
fn of_entry(look: &Look<'_>, entry: &Entry, what: &str) -> Result<Option<Override>, Problem> {
    let body = entry.body.as_deref();
    let body: Value = body.map_or(Ok(Value::Null), serde_json::from_str)?;
    let erased = body.is_null();
    let told = match entry.kind.as_str() {
        "change.declared/1" => &body["declared"],
        "decision.ordered/1" => &body["order"],
        _ => &body,
    };
    let is_one = match entry.kind.as_str() {
        "change.declared/1" => told["declared"] == "emergency",
        "decision.ordered/1" => told["choice"]["choice"] == "stay",
        "config.applied/1" => told["agreed"].is_array(),
        _ => true,
    };
    if !is_one && !erased {
        return Ok(None);
    }
    let text = |key: &str| told[key].as_str().map(str::to_owned);
    let instant = |value: &Value| value.as_str().and_then(|t| t.parse().ok());
    let mut found = Override {
        seq: entry.seq,
        at: entry.at,
        what: what.to_owned(),
        name: entry.stream.key().to_owned(),
        by: text("by").unwrap_or_else(|| entry.actor.clone()),
        reason: text("reason").or_else(|| text("because")),
        incident: text("incident"),
        until: ["expires", "until"]
            .iter()
            .find_map(|key| instant(&told[*key]))
            .or_else(|| instant(&told["choice"]["until"])),
        ..Override::default()
    };
    // Others name whom they tell, too.
    if let Some(whom) = told["whom"].as_array()
        && entry.kind.starts_with("change.escalated/")
    {
        let whom: Vec<&str> = whom.iter().filter_map(Value::as_str).collect();
        found.reason = Some(format!(
            "nobody who was asked answered; now also {}",
            whom.join(", ")
        ));
    }
    match entry.kind.split('.').next() {
        Some("exception") => of_exception(look, &mut found)?,
        Some("change") => of_change(look, &mut found)?,
        Some("decision") => of_decision(look, &mut found)?,
        Some("deployment") => of_deployment(look, &mut found)?,
        Some("config") => of_config(&body, &mut found),
        Some("release") => found.release = Some(found.name.clone()),
        Some("environment") => found.environments = vec![found.name.clone()],
        _ => {}
    }
    Ok(Some(found))
}

/// What became weaker stands as the reason beside the words of whoever applied it; who said yes, where others tell of a review.
fn of_config(body: &Value, found: &mut Override) {
    found.name = format!("revision {}", body["revision"]);
    let lines = body["weakens"].as_array().into_iter().flatten();
    let weakened: Vec<&str> = lines.filter_map(Value::as_str).collect();
    let why = found.reason.take().map(|why| format!("{why}: "));
    found.reason = Some(why.unwrap_or_default() + &weakened.join("; "));
    let yes = body["agreed"].as_array().into_iter().flatten();
    let said = yes.filter_map(|yes| {
        let (by, team) = (yes["by"].as_str()?, yes["team"].as_str()?);
        Some(format!("{by} ({team})"))
    });
    found.agreed_by = said.collect();
}

fn of_exception(look: &Look<'_>, found: &mut Override) -> Result<(), Problem> {
    let state: Exception = look.load("exception", &found.name)?;
    if let Some(facts) = state.facts.as_deref() {
        found.release = Some(facts.release.to_string());
        found.environments = facts.environments.iter().map(ToString::to_string).collect();
        found.incident.clone_from(&facts.incident);
        found.asked_by = Some(facts.by.clone());
        found.used_by = facts
            .uses
            .iter()
            .map(|u| u.deployment.to_string())
            .collect();
    }
    match &state.phase {
        exception::Phase::Active { review_due, .. }
        | exception::Phase::Expired { review_due, .. }
        | exception::Phase::Revoked { review_due, .. } => found.review_due = Some(*review_due),
        exception::Phase::Reviewed { by, findings, .. } => {
            found.reviewed_by = Some(by.clone());
            found.findings = Some(findings.clone());
        }
        _ => {}
    }
    Ok(())
}

fn of_change(look: &Look<'_>, found: &mut Override) -> Result<(), Problem> {
    let state: Change = look.load("change", &found.name)?;
    let Some(facts) = state.facts.as_deref() else {
        return Ok(());
    };
    found.release = Some(facts.release.to_string());
    found.environments = vec![facts.environment.to_string()];
    if found.what != "emergency" {
        return Ok(());
    }
    let started = matches!(
        state.phase,
        change::Phase::Implementing { .. }
            | change::Phase::Reviewing { .. }
            | change::Phase::Closed { .. }
    );
    if let Some(planned) = facts.planned.as_ref().filter(|_| started) {
        found.used_by = vec![planned.deployment.to_string()];
    }
    match &state.phase {
        change::Phase::Reviewing { due, .. } => found.review_due = Some(*due),
        change::Phase::Closed {
            review: Some(review),
            ..
        } => {
            found.reviewed_by = Some(review.by.clone());
            found.findings = Some(format!(
                "{}; root cause: {}",
                review.findings, review.root_cause
            ));
        }
        _ => {}
    }
    Ok(())
}

fn of_decision(look: &Look<'_>, found: &mut Override) -> Result<(), Problem> {
    let state: Decision = look.load("decision", &found.name)?;
    if let Some(facts) = state.facts.as_deref() {
        found.release = Some(facts.release.to_string());
        found.environments = vec![facts.environment.to_string()];
        found.used_by = vec![facts.deployment.to_string()];
    }
    Ok(())
}

fn of_deployment(look: &Look<'_>, found: &mut Override) -> Result<(), Problem> {
    let state: Deployment = look.load("deployment", &found.name)?;
    if let Some(facts) = state.facts.as_deref() {
        let body = &facts.plan.body;
        found.release = Some(body.to.release.to_string());
        found.environments = vec![body.environment.to_string()];
        found.used_by = vec![found.name.clone()];
    }
    Ok(())
}
