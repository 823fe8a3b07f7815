//! How environments were used: for those who plan room and those who pay for it.

use super::environment::in_order;
use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::Search;
use crate::look::Look;
use crate::map::calendar::known;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::{EnvironmentUsage, TeamUsage, UsageReport};
use tidegate_core::agenda::Question;
use tidegate_core::agenda::usage::{MOST, Usage, usage};
use tidegate_core::id::EnvId;
use tidegate_core::model::listing::DEPLOYMENTS;
use tidegate_core::refusal::Refusal;
use tidegate_core::time::{Millis, Timestamp};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How far back, unless said otherwise.
const MONTH: i64 = 30 * 24;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(report))
}

/// Which time.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct When {
    /// First instant; 30 days before its end by default.
    from: Option<Timestamp>,
    /// First instant after it; now by default. At most 400 days together.
    until: Option<Timestamp>,
    /// Only this environment.
    environment: Option<String>,
}

/// Deployments, time in use, waits, contention and bookings of each environment.
#[utoipa::path(
    get,
    path = "/api/v1/usage",
    tag = "environments",
    operation_id = "usage",
    params(When),
    responses((status = 200, description = "How they were used", body = UsageReport))
)]
async fn report(
    State(app): State<App>,
    _: Caller,
    Search(when): Search<When>,
) -> Result<Json<UsageReport>, Problem> {
    let only = when.environment.map(EnvId::new).transpose()?;
    let found = app.look(move |look| answer(look, (when.from, when.until), only.as_ref()));
    Ok(Json(found.await?))
}

fn answer(
    look: &Look<'_>,
    (from, until): (Option<Timestamp>, Option<Timestamp>),
    only: Option<&EnvId>,
) -> Result<UsageReport, Problem> {
    let until = until.unwrap_or(look.now);
    let back = until.saturating_sub(jiff::SignedDuration::from_hours(MONTH));
    let from = from.unwrap_or(back.unwrap_or(Timestamp::MIN));
    let mut question = Question::between(from, until)?;
    question.environments = only.cloned().into_iter().collect();
    question.known_to(&look.in_force.spec)?;
    let rows = look.rows.scan(DEPLOYMENTS, "", None, MOST + 1, true)?;
    let bodies = rows.into_iter().map(|(_, body)| body);
    let report = usage(&known(look), question.time, bodies).map_err(|error| Refusal::Invalid {
        because: format!("a booking cannot be read: {error}"),
        help: "correct it, or take it from the calendar".to_owned(),
    })?;
    let order = in_order(&look.in_force.spec);
    let wanted = order
        .iter()
        .filter(|env| only.is_none_or(|only| only == *env));
    Ok(UsageReport {
        from: question.time.start(),
        until: question.time.end(),
        environments: wanted
            .filter_map(|env| Some(shown(env, report.environments.get(env)?)))
            .collect(),
        cut: report.cut,
    })
}

fn shown(env: &EnvId, of: &Usage) -> EnvironmentUsage {
    let team = |team: &dyn ToString, deployments, lasted: Millis| TeamUsage {
        team: team.to_string(),
        deployments,
        lasted_ms: lasted.0,
    };
    let booked = of.booked.iter();
    let teams = of.by_team.iter();
    EnvironmentUsage {
        environment: env.to_string(),
        deployments: of.deployments,
        returns: of.returns,
        busy_ms: of.busy.0,
        waited_ms: of.waited.0,
        longest_wait_ms: of.longest.0,
        longest_wait: of.longest_id.as_ref().map(ToString::to_string),
        contended_ms: of.contended.0,
        most_waiting: of.most_waiting,
        booked: booked
            .map(|(name, lasted)| team(name, None, *lasted))
            .collect(),
        teams: teams
            .map(|(name, (count, lasted))| team(name, Some(*count), *lasted))
            .collect(),
    }
}
