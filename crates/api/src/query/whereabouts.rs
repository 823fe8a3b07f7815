//! Where is my commit, version or artifact?

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::Search;
use crate::look::Look;
use crate::map::deployment::share;
use crate::map::release::stops;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::collections::BTreeSet;
use tidegate_client::wire::{Found, Page, StageState, Stop};
use tidegate_core::digest::Digest;
use tidegate_core::id::{EnvId, ReleaseId};
use tidegate_core::model::listing;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::artifact::{Artifact, Bits};
use tidegate_core::stream::deployment::Deployment;
use tidegate_core::stream::release::{Phase, Release, Stage};
use tidegate_core::view::View;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Answers at most.
const MOST: usize = 50;
/// Artifacts looked through for a version or digest.
const LOOKED_AT: usize = 20_000;
/// Rows read at a time.
const STRIDE: usize = 500;
/// Fewer characters of a digest mean nothing.
const PREFIX: usize = 4;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ask))
}

/// What is asked.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Beginning of a commit or digest, a version, or `service@version`.
    q: String,
}

/// Releases that carry something, and how far each came.
#[utoipa::path(
    get,
    path = "/api/v1/where",
    tag = "decisions",
    operation_id = "whereabouts",
    params(Asked),
    responses((status = 200, description = "What was found; may be nothing", body = Page<Found>))
)]
async fn ask(
    State(app): State<App>,
    _: Caller,
    Search(asked): Search<Asked>,
) -> Result<Json<Page<Found>>, Problem> {
    let q = asked.q.trim().to_owned();
    if q.is_empty() {
        let help = "name a commit, a version, a digest or `service@version`".to_owned();
        return Err(Refusal::Invalid {
            because: "nothing was asked for".to_owned(),
            help,
        }
        .into());
    }
    let page = app.look(move |look| {
        let items = candidates(look, &q)?
            .iter()
            .take(MOST)
            .map(|id| found(look, id))
            .collect::<Result<_, _>>()?;
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}

fn candidates(look: &Look<'_>, q: &str) -> Result<BTreeSet<ReleaseId>, Problem> {
    let mut ids = BTreeSet::new();
    if let Ok(id) = q.parse::<ReleaseId>() {
        let known = (look.view() as &dyn View)
            .load::<Artifact>(&id.to_string())?
            .bits()
            .is_some();
        return Ok(known.then_some(id).into_iter().collect());
    }
    for (key, _) in look.rows.scan(listing::COMMITS, q, None, MOST, false)? {
        ids.extend(
            key.split_once('/')
                .and_then(|(_, release)| release.parse::<ReleaseId>().ok()),
        );
    }
    let hex = q.strip_prefix("sha256:").unwrap_or(q).to_lowercase();
    let digest = hex.len() >= PREFIX && hex.bytes().all(|b| b.is_ascii_hexdigit());
    let mut after: Option<String> = None;
    for _ in 0..LOOKED_AT / STRIDE {
        let rows = look
            .rows
            .scan(listing::ARTIFACTS, "", after.as_deref(), STRIDE, false)?;
        let last = rows.len() < STRIDE;
        for (key, body) in rows {
            let Ok(id) = key.parse::<ReleaseId>() else {
                continue;
            };
            if id.version.as_str() == q
                || (digest && digest_of(&body).is_some_and(|d| d.hex().starts_with(&hex)))
            {
                ids.insert(id);
            }
            after = Some(key);
        }
        if last || ids.len() >= MOST {
            break;
        }
    }
    Ok(ids)
}

fn digest_of(row: &str) -> Option<Digest> {
    #[derive(Deserialize)]
    struct Row {
        bits: Option<Bits>,
    }
    serde_json::from_str::<Row>(row)
        .ok()?
        .bits
        .map(|bits| bits.digest)
}

fn found(look: &Look<'_>, id: &ReleaseId) -> Result<Found, Problem> {
    let key = id.to_string();
    let artifact: Artifact = look.view().load(&key)?;
    let release: Release = look.view().load(&key)?;
    let stages = stops(look, id, &release)
        .iter()
        .map(|env| stop(look, id, &release, env))
        .collect::<Result<_, _>>()?;
    Ok(Found {
        release: key,
        commit: artifact.bits().and_then(|bits| bits.commit.clone()),
        stages,
    })
}

fn stop(
    look: &Look<'_>,
    id: &ReleaseId,
    release: &Release,
    environment: &EnvId,
) -> Result<Stop, Problem> {
    let mut stop = Stop {
        environment: environment.to_string(),
        state: StageState::None,
        since: None,
        share: None,
        why: None,
    };
    match release.stages.get(environment) {
        None => stop.why = Some(not_there(look, id, release, environment)),
        Some(Stage::Started { deployment, .. }) => {
            let state: Deployment = look.view().load(deployment.as_str())?;
            stop.state = StageState::Started;
            if let Some(facts) = state.facts.as_deref() {
                stop.since = facts.started_at;
                stop.share = Some(share(look, &state, facts));
            }
            stop.why = Some(state.phase.name().to_owned());
        }
        Some(Stage::Done { at, .. }) => {
            stop.state = StageState::Done;
            stop.since = Some(*at);
            let running = look.view().lane(environment, &id.service).running;
            stop.why = running
                .filter(|r| r.revision.release != *id)
                .map(|r| format!("replaced by {}", r.revision.release));
        }
        Some(Stage::Failed { because, .. }) => {
            stop.state = StageState::Failed;
            stop.why = Some(because.clone());
        }
    }
    Ok(stop)
}

/// Why a release is not in an environment, in one line.
fn not_there(look: &Look<'_>, id: &ReleaseId, release: &Release, environment: &EnvId) -> String {
    match &release.phase {
        Phase::Absent => "there is no release of it yet".to_owned(),
        Phase::Cancelled { because } => format!("cancelled: {because}"),
        Phase::Held { hold } => format!("held since {}: {}", hold.environment, hold.because),
        _ => {
            let path = look.in_force.spec.path_of(&id.service);
            let before = path.iter().take_while(|env| *env != environment);
            let open = before
                .filter(|env| !matches!(release.stages.get(*env), Some(Stage::Done { .. })))
                .last();
            match open {
                Some(before) => format!("not through {before} yet"),
                None if release.wanted.is_some() => "on its way".to_owned(),
                None => format!("see `tidegate why {id} {environment}`"),
            }
        }
    }
}
