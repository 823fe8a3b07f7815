//! What auditors take away: everything the ledger knows of a release, and every production change of a period, as signed files that can be
//! checked without a server.

use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, kind};
use crate::extract::{Ref, Search};
use crate::look::{Look, look};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::collections::BTreeMap;
use tidegate_core::id::ReleaseId;
use tidegate_core::model::lane::Lane;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::Tier;
use tidegate_core::time::Timestamp;
use tidegate_engine::Engine;
use tidegate_evidence::Bundle;
use tidegate_evidence::bundle::Unwritable;
use tidegate_evidence::collect::{Trouble, collect};
use tidegate_evidence::population::{self, Asked, Runs};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(bundle))
        .routes(routes!(population))
}

/// One file with plans, artifact, gates, approvals, verdicts, timeline, every ledger entry of the release with its proof, and a page to
/// read without a server.
#[utoipa::path(
    get,
    path = "/api/v1/releases/{reference}/evidence",
    tag = "releases",
    operation_id = "release_evidence",
    params(("reference" = String, Path, description = "`service@version`")),
    responses((status = 200, description = "Zip archive that `tidegate evidence verify` checks", body = Vec<u8>, content_type = "application/zip"))
)]
async fn bundle(
    State(app): State<App>,
    _: Caller,
    Ref(reference): Ref,
) -> Result<Response, Problem> {
    let release: ReleaseId = reference.parse()?;
    let place = place(&app)?;
    let name = format!("attachment; filename=\"{}\"", file_name(&release));
    let file = app.blocking(move |engine| {
        let file = made(engine, &release);
        drop(place);
        file
    });
    let headers = [
        (CONTENT_TYPE, "application/zip".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, file.await?).into_response())
}

/// A place among the exports that are under way.
fn place(app: &App) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
    app.exports().try_acquire_owned().map_err(|_| {
        Problem::new(
            &kind::OVERLOADED,
            "other exports are under way",
            "try again when they are done",
        )
    })
}

fn file_name(release: &ReleaseId) -> String {
    let plain = |c: char| match c {
        '@' => '-',
        c if c.is_ascii_alphanumeric() || "-_.+".contains(c) => c,
        _ => '_',
    };
    let name: String = release.to_string().chars().map(plain).collect();
    format!("{name}.tidegate-evidence.zip")
}

fn made(engine: &Engine, release: &ReleaseId) -> Result<Vec<u8>, Problem> {
    let sealed = engine.seal_now()?.ok_or_else(unsigned)?;
    let now = engine.now();
    let blobs = |rows: &dyn tidegate_ledger::Rows, digest: &_| engine.blob(rows, digest);
    let material = engine.read(|rows| match collect(rows, &blobs, release, &sealed, now) {
        Ok(material) => Ok(Ok(material)),
        Err(Trouble::Store(error)) => Err(error),
        Err(other) => Ok(Err(other)),
    })?;
    let material = material.map_err(refused)?;
    let unwritable = |e: Unwritable| {
        Problem::new(
            &kind::INTERNAL,
            e.to_string(),
            "report it with the request id",
        )
    };
    let bundle = Bundle::of(&material).map_err(unwritable)?;
    let signature = engine.vouch(bundle.statement())?.ok_or_else(unsigned)?;
    bundle.file(signature).map_err(unwritable)
}

fn refused(trouble: Trouble) -> Problem {
    match trouble {
        Trouble::Store(error) => error.into(),
        Trouble::NoRelease(release) => Problem::from(Refusal::NotFound {
            what: "release".to_owned(),
            name: release.to_string(),
        }),
        other => Problem::new(
            &kind::OVER_LIMIT,
            other.to_string(),
            "ask for less, or export the whole ledger: `tidegate audit export --out FILE`",
        ),
    }
}

/// Which period.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Period {
    /// Its beginning.
    from: Timestamp,
    /// Its end, which is not in it.
    until: Timestamp,
}

/// Every production change of a period, with the proof that none is left out.
#[utoipa::path(
    get,
    path = "/api/v1/audit/population",
    tag = "audit",
    operation_id = "audit_population",
    params(Period),
    responses((status = 200, description = "JSON lines that `tidegate audit population FILE` checks", body = String, content_type = "application/x-ndjson"))
)]
async fn population(
    State(app): State<App>,
    _: Caller,
    Search(period): Search<Period>,
) -> Result<Response, Problem> {
    if period.from >= period.until {
        return Err(Problem::new(
            &kind::INVALID,
            "the period ends before it begins",
            "name its beginning with `from` and its end, which is not in it, with `until`",
        ));
    }
    let place = place(&app)?;
    let text = app.blocking(move |engine| {
        let text = lines(engine, &period);
        drop(place);
        text
    });
    let headers = [
        (CONTENT_TYPE, "application/x-ndjson"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"tidegate-population.jsonl\"",
        ),
    ];
    Ok((headers, text.await?).into_response())
}

fn lines(engine: &Engine, period: &Period) -> Result<String, Problem> {
    let sealed = engine.seal_now()?.ok_or_else(unsigned)?;
    let asked = look(engine, |look| asked(look, period))?;
    let made = engine.read(
        |rows| match population::collect(rows, &sealed, asked.clone()) {
            Ok(made) => Ok(Ok(made)),
            Err(Trouble::Store(error)) => Err(error),
            Err(other) => Ok(Err(other)),
        },
    )?;
    let (text, statement) = made.map_err(refused)?;
    let note = engine.vouch(&statement)?.ok_or_else(unsigned)?;
    population::signed(text, note).map_err(|e| {
        Problem::new(
            &kind::INTERNAL,
            e.to_string(),
            "report it with the request id",
        )
    })
}

/// The environments that count, and what runs in them by the log and by the agents.
fn asked(look: &Look<'_>, period: &Period) -> Result<Asked, Problem> {
    let mut environments = BTreeMap::new();
    let mut running = Vec::new();
    for (id, environment) in &look.in_force.spec.environments {
        if environment.tier != Tier::Production {
            continue;
        }
        environments.insert(id.to_string(), look.zone(id));
        let mut after: Option<String> = None;
        let prefix = format!("{id}/");
        loop {
            let page = look
                .rows
                .scan(Lane::MODEL, &prefix, after.as_deref(), 500, false)?;
            for (key, row) in &page {
                let service = key.strip_prefix(&prefix).unwrap_or(key);
                let lane: Lane = serde_json::from_str(row)?;
                running.extend(runs(look, id.as_str(), service, &lane));
            }
            let Some((last, _)) = page.last().filter(|_| page.len() == 500) else {
                break;
            };
            after = Some(last.clone());
        }
    }
    Ok(Asked {
        from: period.from,
        until: period.until,
        at: look.now,
        environments,
        configuration: look.in_force.revision,
        running,
    })
}

fn runs(look: &Look<'_>, environment: &str, service: &str, lane: &Lane) -> Option<Runs> {
    let running = lane.running.as_ref()?;
    let seen = look
        .live()
        .and_then(|engine| engine.service_seen(environment, service));
    Some(Runs {
        environment: environment.to_owned(),
        service: service.to_owned(),
        deployment: running.deployment.to_string(),
        artifact: running.revision.artifact.to_string(),
        seen: seen.map(|seen| {
            let running = seen.running.values();
            running.map(|revision| revision.digest.clone()).collect()
        }),
    })
}

fn unsigned() -> Problem {
    Problem::new(
        &kind::NOT_FOUND,
        "this server has no key to sign with, or its log is empty",
        "ask a server that signs checkpoints: `tidegate audit checkpoint` shows the newest one",
    )
}
