//! What the coming weeks would bring. It is carried out on a branch of the ledger, beside it; nothing is changed.

use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, kind};
use crate::extract::Body;
use crate::map::{config, forecast as map};
use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use std::time::{Duration, Instant};
use tidegate_client::wire::{CalendarSimulation, CalendarSimulationRequest};
use tidegate_config::{Files, load_over};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{Origins, Spec};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_engine::Engine;
use tidegate_sim::Trouble;
use tidegate_sim::forecast::{ASSUMED, Answers, NoForecast, Question, forecast};
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Largest body, in bytes.
const BODY: usize = 8 << 20;
/// How far ahead without being told, and at most.
const USUAL: Millis = Millis::minutes(13 * 7 * 24 * 60);
const MOST: Millis = Millis::minutes(400 * 24 * 60);
/// Longest time for both courses together; what was found until then is answered.
const PATIENCE: Duration = Duration::from_secs(120);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(calendar))
        .layer(DefaultBodyLimit::max(BODY))
}

/// What the coming weeks would bring: the engine itself carries on from the ledger as it is, with the clock running ahead, under the
/// configuration in force and, where files are sent, under another one. What was asked for in the quarter before is asked for again at the
/// same weekday and hour, and people answer as fast as they did. Changes nothing. One at a time; an answer may take two minutes.
#[utoipa::path(
    post,
    path = "/api/v1/simulations/calendar",
    tag = "calendar",
    operation_id = "simulate_calendar",
    request_body = CalendarSimulationRequest,
    responses((status = 200, description = "What would happen, or what is wrong with the files", body = CalendarSimulation))
)]
async fn calendar(
    State(app): State<App>,
    _: Caller,
    Body(request): Body<CalendarSimulationRequest>,
) -> Result<Json<CalendarSimulation>, Problem> {
    let place = app.forecasts().try_acquire_owned().map_err(|_| {
        Problem::new(
            &kind::OVERLOADED,
            "another forecast is being worked out",
            "try again when it is done",
        )
    })?;
    // Whoever asked may have gone.
    let gone = CancellationToken::new();
    let _until_answered = gone.clone().drop_guard();
    let stopping = app.stopping().clone();
    let found = app.blocking(move |engine| {
        let begun = Instant::now();
        let give_up =
            || gone.is_cancelled() || stopping.is_cancelled() || begun.elapsed() > PATIENCE;
        let found = simulated(engine, request, &give_up);
        drop(place);
        found
    });
    Ok(Json(found.await?))
}

fn simulated(
    engine: &Engine,
    request: CalendarSimulationRequest,
    give_up: &dyn Fn() -> bool,
) -> Result<CalendarSimulation, Problem> {
    let mut answer = CalendarSimulation::default();
    let from = engine.now();
    let until = request.until.unwrap_or_else(|| USUAL.after(from));
    checked(from, until)?;
    let mut proposed: Option<(Spec, Origins)> = None;
    if !(request.files.is_empty() && request.over.is_empty()) {
        let loaded = load_over(&Files(request.files), &Files(request.over), from);
        answer.diagnostics = loaded
            .diagnostics
            .into_iter()
            .map(config::diagnostic)
            .collect();
        match loaded.spec {
            Some(spec) => proposed = Some((spec, loaded.origins)),
            None => return Ok(answer),
        }
    }
    let answers = match (request.nobody_answers, request.answered_after_ms) {
        (true, _) => Answers::Never,
        (false, Some(lasting)) => Answers::After(Millis(lasting)),
        (false, None) => Answers::AsBefore,
    };
    let other = proposed.clone();
    let question = Question {
        until,
        repeat: !request.only_open,
        answers,
        proposed,
        give_up,
    };
    let found = forecast(engine, &question).map_err(problem)?;
    let in_force = engine.in_force();
    let taken = match answers {
        Answers::Never => None,
        Answers::After(lasting) => Some(lasting),
        Answers::AsBefore => Some(found.before.answered_after.unwrap_or(ASSUMED)),
    };
    let time = (found.from, found.until);
    answer.seq = found.seq;
    (answer.from, answer.until) = (Some(found.from), Some(found.until));
    answer.before = map::before(&found.before, taken);
    let zone = &in_force.spec.zone;
    answer.in_force = map::course(&found.in_force, time, zone, &in_force.origins);
    answer.proposed = found
        .proposed
        .as_ref()
        .zip(other.as_ref())
        .map(|(course, (spec, origins))| map::course(course, time, &spec.zone, origins));
    answer.differs = map::differs(&found);
    Ok(answer)
}

fn checked(from: Timestamp, until: Timestamp) -> Result<(), Refusal> {
    let no = |because: String, help: &str| {
        Err(Refusal::Invalid {
            because,
            help: help.to_owned(),
        })
    };
    if until <= from {
        return no(
            format!("a forecast cannot end at {until}: it is {from} now"),
            "name an end that is still to come",
        );
    }
    let ahead = Millis::between(from, until);
    if ahead > MOST {
        return no(
            format!("a forecast reaches at most 400 days ahead, not {ahead}"),
            "name an earlier end",
        );
    }
    Ok(())
}

fn problem(no: NoForecast) -> Problem {
    match no {
        NoForecast::Refused(refusal) => refusal.into(),
        NoForecast::Trouble(Trouble::Store(error)) => error.into(),
        NoForecast::Trouble(Trouble::Denied(denied)) => denied.into(),
        NoForecast::Trouble(other) => Problem::new(
            &kind::INTERNAL,
            format!("the forecast broke off: {other}"),
            "the server's log says more",
        ),
    }
}
