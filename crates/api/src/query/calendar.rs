//! The calendar: what is on it, how environments stand, and when whole operations fit.

use super::environment::in_order;
use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, kind};
use crate::extract::{Ref, Search};
use crate::look::Look;
use crate::map::calendar as map;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::str::FromStr;
use tidegate_client::wire::{Calendar, Conflicts, NextSlots, Page, Standing, Window};
use tidegate_core::agenda::{Kind, MOST_ITEMS, Question, agenda, conflict, slots, standing};
use tidegate_core::id::{BadName, EnvId};
use tidegate_core::time::{Millis, Timestamp};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How far the calendar goes unless said otherwise.
const TWO_WEEKS: Millis = Millis(14 * 86_400_000);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(clashes))
        .routes(routes!(next_slots))
        .routes(routes!(windows))
        .routes(routes!(stands))
}

/// Which part of the calendar is wanted. Several names have commas between them.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// First instant; now by default.
    from: Option<Timestamp>,
    /// First instant after it; two weeks later by default, at most 400 days.
    until: Option<Timestamp>,
    /// Only what concerns these environments.
    environment: Option<String>,
    /// Only what concerns these services.
    service: Option<String>,
    /// Only what concerns services of these teams.
    team: Option<String>,
    /// Only these kinds, for example `window,freeze`.
    kinds: Option<String>,
    /// At most this many items, never more than 5000.
    limit: Option<u32>,
}

/// In which part of the calendar conflicts are wanted. Several names have commas between them.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Where {
    /// First instant; now by default.
    from: Option<Timestamp>,
    /// First instant after it; two weeks later by default, at most 400 days.
    until: Option<Timestamp>,
    /// Only in these environments.
    environment: Option<String>,
    /// Only of these services.
    service: Option<String>,
    /// Only of services of these teams.
    team: Option<String>,
}

impl Where {
    fn question(&self, look: &Look<'_>) -> Result<Question, Problem> {
        let from = self.from.unwrap_or(look.now);
        let until = self.until.unwrap_or_else(|| TWO_WEEKS.after(from));
        let mut question = Question::between(from, until)?;
        question.environments = names(self.environment.as_deref())?;
        question.services = names(self.service.as_deref())?;
        question.teams = names(self.team.as_deref())?;
        question.known_to(&look.in_force.spec)?;
        Ok(question)
    }
}

/// Names with commas between them.
fn names<T: FromStr<Err = BadName>>(text: Option<&str>) -> Result<Vec<T>, Problem> {
    let parts = text.into_iter().flat_map(|text| text.split(','));
    let parts = parts.map(str::trim).filter(|part| !part.is_empty());
    Ok(parts.map(str::parse).collect::<Result<_, _>>()?)
}

fn kinds(text: Option<&str>) -> Result<Vec<Kind>, Problem> {
    let parts = text.into_iter().flat_map(|text| text.split(','));
    let parts = parts.map(str::trim).filter(|part| !part.is_empty());
    let kind = |name: &str| {
        // As people say it, and as feeds take it: a train leaves, a release has a time or is under way.
        let said = match name {
            "train" => Some(vec![Kind::Departure]),
            "release" => Some(vec![Kind::Slot, Kind::Deployment]),
            name => Kind::named(name).map(|kind| vec![kind]),
        };
        said.ok_or_else(|| {
            let all: Vec<&str> = Kind::ALL.into_iter().map(Kind::as_str).collect();
            Problem::new(
                &kind::MALFORMED,
                format!("`{name}` is not a kind of calendar item"),
                format!("kinds are train, release, {}", all.join(", ")),
            )
        })
    };
    let all: Vec<Vec<Kind>> = parts.map(kind).collect::<Result<_, _>>()?;
    Ok(all.concat())
}

/// What is on the calendar, by beginning.
#[utoipa::path(
    get,
    path = "/api/v1/calendar",
    tag = "calendar",
    operation_id = "calendar",
    params(Wanted),
    responses((status = 200, description = "The calendar", body = Calendar))
)]
async fn list(
    State(app): State<App>,
    _: Caller,
    Search(wanted): Search<Wanted>,
) -> Result<Json<Calendar>, Problem> {
    let calendar = app.look(move |look| {
        let place = Where {
            from: wanted.from,
            until: wanted.until,
            environment: wanted.environment.clone(),
            service: wanted.service.clone(),
            team: wanted.team.clone(),
        };
        let mut question = place.question(look)?;
        question.kinds = kinds(wanted.kinds.as_deref())?;
        let limit = wanted.limit.and_then(|n| usize::try_from(n).ok());
        question.most = limit.unwrap_or(MOST_ITEMS).clamp(1, MOST_ITEMS);
        let found = agenda(&map::known(look), &question);
        let order = in_order(&look.in_force.spec);
        Ok(map::calendar(look, &question, &order, &found))
    });
    Ok(Json(calendar.await?))
}

/// What collides before it hurts, each with both sides and what may be done.
#[utoipa::path(
    get,
    path = "/api/v1/calendar/conflicts",
    tag = "calendar",
    operation_id = "conflicts",
    params(Where),
    responses((status = 200, description = "The conflicts", body = Conflicts))
)]
async fn clashes(
    State(app): State<App>,
    _: Caller,
    Search(place): Search<Where>,
) -> Result<Json<Conflicts>, Problem> {
    let found = app.look(move |look| {
        let question = place.question(look)?;
        let found = conflict::conflicts(&map::known(look), &question)?;
        Ok(map::conflicts(look, &question, &found))
    });
    Ok(Json(found.await?))
}

/// What is to be placed. Several names have commas between them.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Placing {
    /// Services; they go in the order of what they need.
    service: String,
    /// Environments; they go in the order of `after`.
    environment: String,
    /// How long one service takes in one environment, for example `45m`; what its next deployment would take by default.
    r#for: Option<String>,
    /// Not before this instant; now by default.
    from: Option<Timestamp>,
    /// How many slots, 3 unless said, never more than 20.
    limit: Option<u32>,
}

/// The next times at which whole operations fit, as far as the calendar decides.
#[utoipa::path(
    get,
    path = "/api/v1/calendar/next-slots",
    tag = "calendar",
    operation_id = "next_slots",
    params(Placing),
    responses((status = 200, description = "The slots", body = NextSlots))
)]
async fn next_slots(
    State(app): State<App>,
    _: Caller,
    Search(wanted): Search<Placing>,
) -> Result<Json<NextSlots>, Problem> {
    let found = app.look(move |look| {
        let length = wanted.r#for.as_deref().map(length).transpose()?;
        let limit = wanted.limit.and_then(|n| usize::try_from(n).ok());
        let search = slots::Search {
            services: names(Some(&wanted.service))?,
            environments: names(Some(&wanted.environment))?,
            length,
            from: wanted.from.unwrap_or(look.now),
            slots: limit.unwrap_or(3).clamp(1, slots::MOST_SLOTS),
        };
        let found = slots::slots(&map::known(look), &search)?;
        Ok(map::next_slots(look, &search, &found))
    });
    Ok(Json(found.await?))
}

fn length(text: &str) -> Result<Millis, Problem> {
    let length = Millis::parse(text).and_then(|length| match length {
        Millis::ZERO => Err("a length of nothing".to_owned()),
        length => Ok(length),
    });
    length.map_err(|because| Problem::new(&kind::MALFORMED, because, "write for example `for=45m`"))
}

/// The hours of every window, once for each zone in which it is read.
#[utoipa::path(
    get,
    path = "/api/v1/windows",
    tag = "calendar",
    operation_id = "windows",
    responses((status = 200, description = "Windows", body = Page<Window>))
)]
async fn windows(State(app): State<App>, _: Caller) -> Result<Json<Page<Window>>, Problem> {
    let page = app.look(|look| {
        let hours = standing::hours(&map::known(look));
        let origins = &look.in_force.origins;
        let items = hours.iter().map(|h| map::window(h, origins)).collect();
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}

/// Which instant.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Moment {
    /// The instant the question is about; now by default.
    at: Option<Timestamp>,
}

/// Whether work may start in an environment, until when, and when next, as far as the calendar goes for all services.
#[utoipa::path(
    get,
    path = "/api/v1/environments/{environment}/standing",
    tag = "calendar",
    operation_id = "standing",
    params(("environment" = String, Path, description = "Name"), Moment),
    responses((status = 200, description = "How it stands", body = Standing))
)]
async fn stands(
    State(app): State<App>,
    _: Caller,
    Ref(name): Ref,
    Search(moment): Search<Moment>,
) -> Result<Json<Standing>, Problem> {
    let env = EnvId::new(name)?;
    let found = app.look(move |look| {
        let at = moment.at.unwrap_or(look.now);
        let found = standing::standing(&map::known(look), &env, at)?;
        Ok(map::standing(look, &env, &found))
    });
    Ok(Json(found.await?))
}
