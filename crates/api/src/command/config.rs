//! Plan and apply configuration.

use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, kind};
use crate::extract::{Body, DryRun, Key};
use crate::look;
use crate::map::{config as map, moved, proposal, timetable};
use crate::render::Done;
use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;
use tidegate_client::wire::{Applied, ApplyRequest, PlanAnswer, PlanRequest};
use tidegate_config::{Files, Loaded, diff, load_at, owned, render_plan};
use tidegate_core::command::Command;
use tidegate_core::digest::Digest;
use tidegate_core::id::{CommandId, StreamId, StreamKind};
use tidegate_core::spec::{Origins, Spec};
use tidegate_core::step;
use tidegate_core::stream::config::{self, Config, Event, Phase};
use tidegate_engine::{Apply, Engine, InForce};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Largest body of these operations, in bytes.
pub(super) const BODY: usize = 8 << 20;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(plan))
        .routes(routes!(apply))
        .layer(DefaultBodyLimit::max(BODY))
}

/// What files would change; changes nothing. Errors in the files are in the answer.
#[utoipa::path(
    post,
    path = "/api/v1/config/plans",
    tag = "config",
    operation_id = "plan_config",
    request_body = PlanRequest,
    responses((status = 200, description = "The plan, or what is wrong with the files", body = PlanAnswer))
)]
async fn plan(
    State(app): State<App>,
    _: Caller,
    Body(request): Body<PlanRequest>,
) -> Result<Json<PlanAnswer>, Problem> {
    Ok(Json(
        app.blocking(move |engine| planned(engine, request.files))
            .await?,
    ))
}

/// Bring files into force.
#[utoipa::path(
    post,
    path = "/api/v1/config/applications",
    tag = "config",
    operation_id = "apply_config",
    params(crate::extract::DryRunQuery),
    request_body = ApplyRequest,
    responses((status = 201, description = "In force", body = Applied), (status = 200, description = "Dry run: the plan", body = PlanAnswer))
)]
async fn apply(
    State(app): State<App>,
    who: Caller,
    key: Key,
    dry: DryRun,
    Body(request): Body<ApplyRequest>,
) -> Result<Response, Problem> {
    super::text("commit", request.commit.as_deref().unwrap_or_default())?;
    super::text("reason", request.reason.as_deref().unwrap_or_default())?;
    if dry.0.dry_run {
        let plan = app.blocking(move |engine| {
            may_apply(engine, &who)?;
            planned(engine, request.files)
        });
        return Ok(Json(plan.await?).into_response());
    }
    let key = key.required()?;
    let (applied, replayed) = app
        .blocking(move |engine| applied(engine, &who, key, request))
        .await?;
    Ok(Done::created(applied, "/api/v1/config".to_owned(), replayed).into_response())
}

fn planned(engine: &Engine, files: BTreeMap<String, String>) -> Result<PlanAnswer, Problem> {
    let in_force = engine.in_force();
    let loaded = load_at(&Files(files), engine.now());
    let diagnostics = loaded
        .diagnostics
        .into_iter()
        .map(map::diagnostic)
        .collect();
    let parent = in_force.digest.as_ref().map(ToString::to_string);
    let Some(spec) = loaded.spec else {
        return Ok(PlanAnswer {
            diagnostics,
            changes: Vec::new(),
            weakens: Vec::new(),
            unchanged: Vec::new(),
            text: String::new(),
            departures: Vec::new(),
            deployments: Vec::new(),
            needs: Vec::new(),
            digest: None,
            parent,
        });
    };
    let changes = diff(&in_force.spec, &spec, &loaded.origins);
    let digest = spec.digest()?;
    let weakened = map::answered_for(&in_force.spec, &spec);
    Ok(PlanAnswer {
        diagnostics,
        changes: changes.iter().map(map::change).collect(),
        weakens: changes.iter().filter_map(map::weakened).collect(),
        unchanged: map::unchanged(&loaded.origins, &changes),
        text: render_plan(&changes, &in_force.spec, &spec)?,
        departures: look::look(engine, |look| {
            timetable::affected(look, &spec, &loaded.origins)
        })?,
        deployments: look::look(engine, |look| moved::affected(look, &spec, &loaded.origins))?,
        needs: look::look(engine, |look| proposal::needs(look, &digest, &weakened))?,
        digest: Some(digest.to_string()),
        parent,
    })
}

/// Would this caller be allowed to?
fn may_apply(engine: &Engine, who: &Caller) -> Result<(), Problem> {
    let nothing = Digest::of(b"");
    let command = config::Command::Apply {
        digest: nothing.clone(),
        blob: nothing,
        commit: None,
        reason: None,
        parent: None,
        changes: Vec::new(),
        weakens: Vec::new(),
        weakened: config::Weakened::default(),
        concerns: BTreeMap::new(),
    };
    look::look(engine, |look| {
        look.may(
            &who.actor(),
            &Command::Config {
                command: command.clone(),
            },
        )
    })
}

fn applied(
    engine: &Engine,
    who: &Caller,
    key: CommandId,
    request: ApplyRequest,
) -> Result<(Applied, bool), Problem> {
    may_apply(engine, who)?;
    let (spec, origins) = checked(engine, request.files)?;
    let digest = spec.digest()?;
    if let Some(before) = replayed(engine, &key, &digest, request.commit.as_deref())? {
        return Ok((before, true));
    }
    let in_force = engine.in_force();
    let changes = diff(&in_force.spec, &spec, &origins);
    let apply = Apply {
        owned: owned(&in_force.spec, &spec),
        spec,
        origins,
        parent: parent(request.parent, &in_force)?,
        commit: request.commit,
        reason: request.reason,
        changes: changes.iter().map(map::change).collect(),
        weakens: changes.iter().filter_map(map::weakened).collect(),
    };
    engine.apply_config(&who.actor(), key.clone(), apply)?;
    Ok((outcome(engine, &key)?.0, false))
}

/// What the files say, with the places of its values.
pub(super) fn checked(
    engine: &Engine,
    files: BTreeMap<String, String>,
) -> Result<(Spec, Origins), Problem> {
    let Loaded {
        spec,
        origins,
        diagnostics,
        ..
    } = load_at(&Files(files), engine.now());
    let Some(spec) = spec else {
        let count = diagnostics.len();
        let found = diagnostics.into_iter().map(map::diagnostic).collect();
        let detail = format!("the files have {count} problems, so nothing was changed");
        return Err(Problem::new(
            &kind::CONFIG,
            detail,
            "`tidegate validate` shows them with their lines",
        )
        .with_diagnostics(found));
    };
    Ok((spec, origins))
}

pub(super) fn parent(given: Option<String>, in_force: &InForce) -> Result<Option<Digest>, Problem> {
    match given {
        Some(digest) => {
            let digest: Digest = digest.parse()?;
            // What becomes weaker was told from what is in force here.
            if Some(&digest) != in_force.digest.as_ref() {
                return Err(Config::moved().into());
            }
            Ok(Some(digest))
        }
        None => Ok(in_force.digest.clone()),
    }
}

/// What the same command did before. It is recognised by its result and not by its text: what it was compared with has
/// changed since, by itself.
fn replayed(
    engine: &Engine,
    key: &CommandId,
    digest: &Digest,
    commit: Option<&str>,
) -> Result<Option<Applied>, Problem> {
    if engine.read(|rows| rows.reply(key))?.is_none() {
        return Ok(None);
    }
    let (before, with) = outcome(engine, key)?;
    if before.digest == digest.to_string() && with.as_deref() == commit {
        return Ok(Some(before));
    }
    let detail = "this idempotency key was used for another command";
    Err(Problem::new(
        &kind::KEY_REUSED,
        detail,
        "use a new key for a new command",
    ))
}

/// What a command brought into force, with its commit; the configuration in force when it changed nothing.
fn outcome(engine: &Engine, key: &CommandId) -> Result<(Applied, Option<String>), Problem> {
    look::look(engine, |look| {
        let stream = StreamId::new(StreamKind::Config, Config::KEY);
        let newest = look.rows.rev(&stream)?;
        for rev in (1..=newest).rev().take(RECENT) {
            let Some(entry) = look
                .rows
                .entries_of(&stream, rev, 1)?
                .pop()
                .filter(|e| e.cause == key.0)
            else {
                continue;
            };
            let Some(body) = entry.body else { continue };
            let Event::Applied {
                revision,
                digest,
                commit,
                changes,
                weakens,
                ..
            } = step::decode(&entry.kind, &body)?
            else {
                continue;
            };
            return Ok((
                Applied {
                    revision,
                    digest: digest.to_string(),
                    changes,
                    weakens,
                },
                commit,
            ));
        }
        let state: Config = look.load("configuration", Config::KEY)?;
        let (revision, digest, commit) = match state.phase {
            Phase::Applied {
                revision,
                digest,
                commit,
                ..
            } => (revision, digest.to_string(), commit),
            Phase::Absent => (0, String::new(), None),
        };
        Ok((
            Applied {
                revision,
                digest,
                changes: Vec::new(),
                weakens: Vec::new(),
            },
            commit,
        ))
    })
}

/// Revisions among which a repeated command is looked for.
const RECENT: usize = 100;
