//! May a release enter an environment, and if not, why not? The most important question of all.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::Search;
use crate::look::{Look, look};
use crate::map::decision::{Question, When, decision};
use crate::map::{self, deployment, phase};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::{self, ClassPath, Decision, Preview};
use tidegate_core::change::{self, ChangeId};
use tidegate_core::command::Command;
use tidegate_core::gate::{self, GateReport, Purpose};
use tidegate_core::id::{DeploymentId, EnvId, ReleaseId};
use tidegate_core::model::meeting::sittings_of;
use tidegate_core::queue::Request;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::change::Change;
use tidegate_core::stream::deployment::{self as core, Deployment, Phase};
use tidegate_core::stream::meeting::{Meeting, Outcome, Ruling};
use tidegate_core::time::Timestamp;
use tidegate_engine::{Denied, Deploy, Engine};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ask))
}

/// What is asked.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// `service@version`.
    release: String,
    /// Environment.
    environment: String,
    /// The instant the question is about; now by default.
    at: Option<Timestamp>,
}

/// Every gate of a release before an environment, met and unmet, with who can change each.
#[utoipa::path(
    get,
    path = "/api/v1/decisions",
    tag = "decisions",
    operation_id = "decision",
    params(Asked),
    responses((status = 200, description = "The decision", body = Decision))
)]
async fn ask(
    State(app): State<App>,
    _: Caller,
    Search(asked): Search<Asked>,
) -> Result<Json<Decision>, Problem> {
    let release: ReleaseId = asked.release.parse()?;
    let environment = EnvId::new(asked.environment)?;
    let found = app.look(move |look| decide(look, &release, &environment, asked.at));
    Ok(Json(found.await?))
}

/// The decision: of the deployment under way when there is one, else of the one that would be made.
pub(crate) fn decide(
    look: &Look<'_>,
    release: &ReleaseId,
    environment: &EnvId,
    at: Option<Timestamp>,
) -> Result<Decision, Problem> {
    let mut decision = match under_way(look, release, environment, at)? {
        Some(decision) => decision,
        None => preview(look, release, environment, at)?.decision,
    };
    if let Some(deployment) = &decision.deployment {
        let id = DeploymentId::parse(deployment)?;
        decision.open_decision = map::rollback_decision::open_about(look, &id)?;
    }
    if let Some((id, change)) = change::of(look.view(), release, environment)? {
        decision.refused_by = refused_by(look, &id, &change)?;
        decision.change = Some(id.to_string());
        decision.change_phase = Some(change.phase.name().to_owned());
    }
    Ok(decision)
}

/// Boards that said no-go to the plan of a change that waits.
fn refused_by(look: &Look<'_>, id: &ChangeId, change: &Change) -> Result<Vec<String>, Problem> {
    let planned = change.facts.as_deref().and_then(|f| f.planned.as_ref());
    let Some(planned) = planned.filter(|_| change.phase.is_pending()) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for (board, meeting) in sittings_of(look.view(), id)? {
        let meeting: Meeting = look.view().load(&meeting.key())?;
        let item = meeting.facts.and_then(|mut f| f.items.remove(id));
        let item = item.filter(|i| i.topic.subject == planned.subject);
        let ruling = item.map(|i| i.outcome);
        if matches!(&ruling, Some(Outcome::Decided { decision }) if decision.ruling == Ruling::NoGo)
        {
            found.push(board.to_string());
        }
    }
    Ok(found)
}

/// A refusal; when the gates say no, with the answers it was refused for.
pub(crate) fn refused(
    engine: &Engine,
    denied: Denied,
    (release, environment): (&ReleaseId, &EnvId),
) -> Problem {
    let reports = match &denied {
        Denied::Refused(Refusal::Blocked { reports, .. }) => reports.clone(),
        _ => return denied.into(),
    };
    let decision = look(engine, |look| {
        let question = question(look, release, environment, (look.now, When::default()));
        Ok(decision(&question, &reports))
    });
    Problem::from(denied).with_decision(decision.ok())
}

/// Plan and decision of the deployment that would be made.
pub(crate) fn preview(
    look: &Look<'_>,
    release: &ReleaseId,
    environment: &EnvId,
    at: Option<Timestamp>,
) -> Result<Preview, Problem> {
    let ask = Deploy {
        release: release.clone(),
        environment: environment.clone(),
        purpose: Purpose::Promote,
        reason: String::new(),
        // The question is whether it may, not whether it would change anything.
        again: true,
        request: Request::PLAIN,
    };
    previewed(look, &ask, at)
}

/// A dry run: refused to those who may not do it, and for the reasons it would be refused.
pub(crate) fn dry_run(look: &Look<'_>, who: &Caller, ask: &Deploy) -> Result<Preview, Problem> {
    let plan = look.preview(ask, look.now)?.plan;
    let command = core::Command::Propose {
        plan: Box::new(plan),
        purpose: ask.purpose,
        reason: String::new(),
        request: ask.request.clone(),
    };
    look.may(&who.actor(), &Command::Propose { command })?;
    previewed(look, ask, None)
}

fn previewed(look: &Look<'_>, ask: &Deploy, at: Option<Timestamp>) -> Result<Preview, Problem> {
    let at = at.unwrap_or(look.now);
    let found = look.preview(ask, at)?;
    let ground = look.ground();
    let when = When::of(&ground.asked(ask, &found.plan, at), &found.reports);
    let path = gate::class_path(&ground.asked(ask, &found.plan, at));
    let question = question(look, &ask.release, &ask.environment, (at, when));
    let mut preview = map::decision::preview(&question, &found.plan, &found.reports);
    preview.decision.path = map::decision::path(path, &found.reports);
    Ok(preview)
}

fn question<'a>(
    look: &'a Look<'_>,
    release: &'a ReleaseId,
    environment: &'a EnvId,
    (at, when): (Timestamp, When),
) -> Question<'a> {
    Question {
        release,
        environment,
        asked_at: at,
        zone: look.zone(environment),
        origins: &look.in_force.origins,
        when,
    }
}

/// A change with the path of its class.
pub(crate) fn with_path(look: &Look<'_>, mut shown: wire::Change) -> Result<wire::Change, Problem> {
    let state: Change = look.load("change", &shown.id)?;
    shown.path = path_of(look, &state)?;
    Ok(shown)
}

/// Of its deployment, else of the one that would be made. `None` when it is over before it began, or nothing can be planned.
fn path_of(look: &Look<'_>, state: &Change) -> Result<Option<ClassPath>, Problem> {
    let Some(facts) = state.facts.as_deref() else {
        return Ok(None);
    };
    if let Some(planned) = &facts.planned {
        let Gates { reports, path, .. } = gates(look, &planned.deployment, look.now)?;
        return Ok(map::decision::path(path, &reports));
    }
    if !state.phase.is_pending() {
        return Ok(None);
    }
    let found = preview(look, &facts.release, &facts.environment, None);
    Ok(found.ok().and_then(|found| found.decision.path))
}

/// The decision of the deployment of this release that is under way there.
fn under_way(
    look: &Look<'_>,
    release: &ReleaseId,
    environment: &EnvId,
    at: Option<Timestamp>,
) -> Result<Option<Decision>, Problem> {
    let lane = look.view().lane(environment, &release.service);
    let Some(live) = lane.live.filter(|live| live.release == *release) else {
        return Ok(None);
    };
    let at = at.unwrap_or(look.now);
    let Gates {
        reports,
        when,
        path,
        phase,
    } = gates(look, &live.deployment, at)?;
    let question = question(look, release, environment, (at, when));
    let mut decision = decision(&question, &reports);
    decision.deployment = Some(live.deployment.to_string());
    decision.phase = Some(phase::name(&phase));
    decision.path = map::decision::path(path, &reports);
    Ok(Some(decision))
}

/// What the gates of a deployment say.
struct Gates {
    reports: Vec<GateReport>,
    when: When,
    path: Option<gate::ClassPath>,
    phase: Phase,
}

/// Gates of a deployment: as they are while it waits at them, as they were when it passed.
fn gates(look: &Look<'_>, id: &DeploymentId, at: Timestamp) -> Result<Gates, Problem> {
    let state: Deployment = look.load("deployment", id.as_str())?;
    let (reports, when) = match (&state.phase, state.facts.as_deref()) {
        (Phase::Gated { .. }, Some(facts)) => {
            let asked = deployment::asked(look, facts, at);
            let reports = gate::evaluate(&asked);
            let when = When::of(&asked, &reports);
            (reports, when)
        }
        _ => {
            let earliest = Some(at);
            let when = When {
                earliest,
                ..When::default()
            };
            (deployment::passed(look, id.as_str())?, when)
        }
    };
    let facts = state.facts.as_deref();
    let path = facts.and_then(|facts| gate::class_path(&deployment::asked(look, facts, at)));
    Ok(Gates {
        reports,
        when,
        path,
        phase: state.phase,
    })
}
