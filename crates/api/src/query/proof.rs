//! What proves the ledger to somebody who does not trust this server: signed checkpoints, and the few hashes that tie an entry or
//! an earlier state of the log to them.

use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, kind};
use crate::extract::Search;
use crate::map;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::{Checkpoint, EntryProof, GrowthProof};
use tidegate_core::refusal::Refusal;
use tidegate_engine::Engine;
use tidegate_ledger::CheckpointRow;
use tidegate_ledger::tree::{prove_entry, prove_growth, root_at};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(checkpoint))
        .routes(routes!(proof))
        .routes(routes!(consistency))
}

/// Which entry.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Its position.
    seq: u64,
}

/// From which state.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Since {
    /// Number of entries of the earlier state.
    from: u64,
}

/// The newest signed state of the log; it covers everything that was acknowledged before.
#[utoipa::path(
    get,
    path = "/api/v1/audit/checkpoint",
    tag = "audit",
    operation_id = "audit_checkpoint",
    responses((status = 200, description = "Signed note and public keys", body = Checkpoint))
)]
async fn checkpoint(State(app): State<App>, _: Caller) -> Result<Json<Checkpoint>, Problem> {
    let answer = app.blocking(|engine| {
        let row = newest(engine)?;
        Ok(engine.read(|rows| {
            let root = root_at(rows, row.size)?;
            Ok(map::audit::checkpoint(&row, &root, rows.checkpoint_keys()?))
        })?)
    });
    Ok(Json(answer.await?))
}

/// That an entry stands in the log, to be checked without a server.
#[utoipa::path(
    get,
    path = "/api/v1/audit/proof",
    tag = "audit",
    operation_id = "audit_proof",
    params(Which),
    responses((status = 200, description = "Entry, inclusion proof and checkpoint", body = EntryProof))
)]
async fn proof(
    State(app): State<App>,
    _: Caller,
    Search(which): Search<Which>,
) -> Result<Json<EntryProof>, Problem> {
    let answer = app.blocking(move |engine| {
        let row = newest(engine)?;
        let found = engine.read(|rows| {
            let entry = match which.seq {
                0 => None,
                seq => rows
                    .entries(seq, 1)?
                    .pop()
                    .filter(|e| e.seq == seq && seq <= row.size),
            };
            let Some(entry) = entry else {
                return Ok(None);
            };
            let inclusion = prove_entry(rows, which.seq, row.size)?;
            let keys = rows.checkpoint_keys()?;
            Ok(Some(map::audit::entry_proof(
                &entry, &inclusion, &row, keys,
            )))
        })?;
        found.ok_or_else(|| not_there("ledger entry", which.seq))
    });
    Ok(Json(answer.await?))
}

/// That an earlier state of the log is the beginning of the newest one.
#[utoipa::path(
    get,
    path = "/api/v1/audit/consistency",
    tag = "audit",
    operation_id = "audit_consistency",
    params(Since),
    responses((status = 200, description = "Consistency proof and the newest checkpoint", body = GrowthProof))
)]
async fn consistency(
    State(app): State<App>,
    _: Caller,
    Search(since): Search<Since>,
) -> Result<Json<GrowthProof>, Problem> {
    let answer = app.blocking(move |engine| {
        let row = newest(engine)?;
        if since.from == 0 || since.from > row.size {
            return Err(not_there(
                "state of the log with so many entries:",
                since.from,
            ));
        }
        Ok(engine.read(|rows| {
            let proof = prove_growth(rows, since.from, row.size)?;
            let root = root_at(rows, row.size)?;
            Ok(GrowthProof {
                from: since.from,
                from_root: root_at(rows, since.from)?.to_string(),
                consistency: proof.iter().map(ToString::to_string).collect(),
                newest: map::audit::checkpoint(&row, &root, rows.checkpoint_keys()?),
            })
        })?)
    });
    Ok(Json(answer.await?))
}

fn newest(engine: &Engine) -> Result<CheckpointRow, Problem> {
    engine.checkpoint()?.ok_or_else(|| {
        Problem::new(
            &kind::NOT_FOUND,
            "the log has no signed checkpoint yet",
            "a server signs one as soon as there is an entry; look at its log if that does not happen",
        )
    })
}

fn not_there(what: &str, number: u64) -> Problem {
    Refusal::NotFound {
        what: what.to_owned(),
        name: number.to_string(),
    }
    .into()
}
