//! The server about itself.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::look::Look;
use crate::map::environment::agent;
use crate::space::{self, Space};
use axum::Json;
use axum::extract::State;
use tidegate_client::wire::{
    Agent, CheckpointPlace, ConfigHead, DueLag, Health, LedgerHead, Quarantine, Status, Sweep,
    Writer,
};
use tidegate_engine::destinations::Place;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(status))
}

/// Does it answer? Needs no token and says nothing about what the server holds.
#[utoipa::path(
    get,
    path = "/api/v1/health",
    tag = "server",
    operation_id = "health",
    security(()),
    responses((status = 200, description = "It answers and can read its ledger", body = Health))
)]
async fn health(State(app): State<App>) -> Result<Json<Health>, Problem> {
    let version = app.options().version.clone();
    let health = app.look(move |look| {
        Ok(Health {
            status: "ok".to_owned(),
            version: version.clone(),
            time: look.now,
            ledger: LedgerHead {
                seq: look.rows.head()?.seq,
                hash: None,
            },
            sign_in: look.in_force.spec.sign_in.is_some(),
        })
    });
    Ok(Json(health.await?))
}

/// How the server does.
#[utoipa::path(
    get,
    path = "/api/v1/status",
    tag = "server",
    operation_id = "status",
    responses((status = 200, description = "Figures", body = Status))
)]
async fn status(State(app): State<App>, _: Caller) -> Result<Json<Status>, Problem> {
    let version = app.options().version.clone();
    let room = app.options().clone();
    let figures = app.look(move |look| figures(look, &version, room.room()));
    Ok(Json(figures.await?))
}

fn figures(
    look: &Look<'_>,
    version: &str,
    room: Option<Result<Space, String>>,
) -> Result<Status, Problem> {
    // What cannot be told is left out here; `doctor` says why.
    let room = room.and_then(Result::ok);
    let store = room.map(|room| Ok::<_, Problem>(space::told(look, &room)?.0));
    let head = look.rows.head()?;
    let counters = look.engine()?.counters();
    let in_force = &look.in_force;
    let quarantines = look.rows.quarantines()?;
    Ok(Status {
        version: version.to_owned(),
        time: look.now,
        ledger: LedgerHead {
            seq: head.seq,
            hash: Some(head.hash.to_string()),
        },
        writer: Writer {
            turns: counters.turns,
            commands: counters.commands,
            p50_us: counters.p50_us,
            p99_us: counters.p99_us,
        },
        sweep: Sweep {
            runs: counters.sweeps,
            found: counters.sweep_found,
        },
        due: DueLag {
            lag_ms: counters.due_lag_ms,
        },
        agents: seen(look),
        quarantines: quarantines
            .into_iter()
            .map(|(stream, because)| Quarantine {
                stream: stream.to_string(),
                because,
            })
            .collect(),
        store: store.transpose()?,
        checkpoints: places(look, head.seq)?,
        config: in_force.digest.as_ref().map(|digest| ConfigHead {
            revision: in_force.revision,
            digest: digest.to_string(),
        }),
    })
}

fn places(look: &Look<'_>, size: u64) -> Result<Vec<CheckpointPlace>, Problem> {
    let places = look.engine()?.destinations(look.rows, size)?.into_iter();
    let place = |place: Place| CheckpointPlace {
        to: place.destination.label(),
        size: place.handed.size,
        at: place.handed.at,
        failures: place.handed.failures,
        error: place.handed.error,
        next: place.due,
    };
    Ok(places.map(place).collect())
}

fn seen(look: &Look<'_>) -> Vec<Agent> {
    let agents = look.live().map(|engine| engine.agents());
    agents
        .unwrap_or_default()
        .iter()
        .map(|seen| agent(seen, look.now))
        .collect()
}
