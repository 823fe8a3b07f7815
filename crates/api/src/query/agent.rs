//! Agents: who was heard of, who was let in, and who tried to come in with a copy.

use crate::App;
use crate::auth::{Caller, enrolment};
use crate::error::Problem;
use crate::look::Look;
use crate::map::environment;
use axum::Json;
use axum::extract::State;
use std::collections::BTreeMap;
use tidegate_client::wire::{Agent, AgentEnrolment, EnrolmentState, Page, RefusedJoin};
use tidegate_core::id::EnvId;
use tidegate_core::time::Millis;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(agents))
}

/// Agents that were heard of since the start of the server or were ever let in, by name.
#[utoipa::path(
    get,
    path = "/api/v1/agents",
    tag = "agents",
    operation_id = "agents",
    responses((status = 200, description = "Agents", body = Page<Agent>))
)]
async fn agents(State(app): State<App>, _: Caller) -> Result<Json<Page<Agent>>, Problem> {
    let items = app.look(known).await?;
    Ok(Json(Page { items, next: None }))
}

fn known(look: &Look<'_>) -> Result<Vec<Agent>, Problem> {
    let mut all: BTreeMap<String, Agent> = BTreeMap::new();
    for seen in look.engine()?.agents() {
        all.insert(seen.name.clone(), environment::agent(&seen, look.now));
    }
    for (name, enrolled) in enrolment::all(look.rows)? {
        let agent = all.entry(name.clone()).or_insert_with(|| Agent {
            name,
            environments: enrolled
                .environments
                .iter()
                .map(ToString::to_string)
                .collect(),
            seen_at: None,
            reachable: false,
            version: None,
            lag_ms: None,
            enrolment: None,
        });
        agent.enrolment = Some(shown(look, &agent.name, enrolled)?);
    }
    let mut all: Vec<Agent> = all.into_values().collect();
    for agent in &mut all {
        agent.lag_ms = Some(lag(look, &agent.environments)?);
    }
    Ok(all)
}

fn shown(
    look: &Look<'_>,
    agent: &str,
    enrolled: enrolment::Enrolment,
) -> Result<AgentEnrolment, Problem> {
    let open = enrolled.open_until;
    let credential = enrolment::credential_ends(look.rows, agent)?;
    let lives = |end: Option<tidegate_core::time::Timestamp>| end.is_some_and(|end| look.now < end);
    let state = match () {
        () if enrolled.revoked => EnrolmentState::Revoked,
        () if lives(credential) => EnrolmentState::Enrolled,
        () if lives(open) => EnrolmentState::Open,
        () => EnrolmentState::Ended,
    };
    Ok(AgentEnrolment {
        state,
        by: enrolled.by,
        at: enrolled.at,
        join_token_ends_at: open,
        credential_ends_at: credential,
        refused: enrolled.refused.map(|refused| RefusedJoin {
            at: refused.at,
            because: refused.because,
            times: refused.times,
        }),
    })
}

/// How long the oldest work of these environments has waited for somebody to take it.
fn lag(look: &Look<'_>, environments: &[String]) -> Result<u64, Problem> {
    let environments = environments.iter().filter_map(|e| EnvId::new(e).ok());
    let environments: Vec<EnvId> = environments.collect();
    let open = look.rows.actions_open(&environments, look.now, 1)?;
    let oldest = open.first();
    Ok(oldest.map_or(0, |work| Millis::between(work.created, look.now).0))
}
