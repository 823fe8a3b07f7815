//! Everything the ledger knows of a release, as one signed file that can be checked without a server.

use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, kind};
use crate::extract::Ref;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use tidegate_core::id::ReleaseId;
use tidegate_core::refusal::Refusal;
use tidegate_engine::Engine;
use tidegate_evidence::Bundle;
use tidegate_evidence::bundle::Unwritable;
use tidegate_evidence::collect::{Trouble, collect};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(bundle))
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
    let place = app.exports().try_acquire_owned().map_err(|_| {
        Problem::new(
            &kind::OVERLOADED,
            "other exports are under way",
            "try again when they are done",
        )
    })?;
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
    let material = material.map_err(|trouble| match trouble {
        Trouble::NoRelease(release) => Problem::from(Refusal::NotFound {
            what: "release".to_owned(),
            name: release.to_string(),
        }),
        other => Problem::new(
            &kind::OVER_LIMIT,
            other.to_string(),
            "export the whole ledger: `tidegate audit export --out FILE`",
        ),
    })?;
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

fn unsigned() -> Problem {
    Problem::new(
        &kind::NOT_FOUND,
        "this server has no key to sign with, or its log is empty",
        "ask a server that signs checkpoints: `tidegate audit checkpoint` shows the newest one",
    )
}
