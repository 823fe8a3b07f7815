//! What was told to whom.

use super::page::{Listing, keys};
use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Limit, Search};
use crate::look::Look;
use crate::map::notice::notice;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::{Notice, Page};
use tidegate_core::model::notice::{NOTICES, Row};
use tidegate_core::people;
use tidegate_core::time::Timestamp;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which notices.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Only those for this person or team; `me` for the caller and their teams.
    to: Option<String>,
    /// Only those about this release.
    release: Option<String>,
    /// Only since this instant.
    since: Option<Timestamp>,
    /// At most this many, 50 unless said, never more than 200.
    #[param(value_type = Option<u32>)]
    #[serde(default)]
    limit: Limit,
    /// `next` of the part before.
    after: Option<String>,
}

/// What became of planned work, told to whoever asked for it and to the owners of its services; the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/notices",
    tag = "events",
    operation_id = "notices",
    params(Wanted),
    responses((status = 200, description = "Notices", body = Page<Notice>))
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Search(wanted): Search<Wanted>,
) -> Result<Json<Page<Notice>>, Problem> {
    let account = caller.name().to_owned();
    let page = app.look(move |look| page(look, &wanted, &account));
    Ok(Json(page.await?))
}

fn page(look: &Look<'_>, wanted: &Wanted, account: &str) -> Result<Page<Notice>, Problem> {
    let reader = wanted
        .to
        .as_deref()
        .map(|to| Reader::new(look, to, account));
    let list = Listing {
        model: NOTICES,
        prefix: String::new(),
        after: wanted.after.as_deref(),
        limit: wanted.limit.get(),
        newest_first: true,
    };
    let wants = |body: &serde_json::Value| {
        let Ok(row) = serde_json::from_value::<Row>(body.clone()) else {
            return true;
        };
        let about = |release: &String| row.releases.iter().any(|r| r.to_string() == *release);
        wanted.since.is_none_or(|since| row.at >= since)
            && wanted.release.as_ref().is_none_or(about)
            && reader
                .as_ref()
                .is_none_or(|who| who.reads(&notice(look, &row)))
    };
    let found = keys(look, &list, wants)?;
    let mut items = Vec::new();
    for key in &found.items {
        let Some(body) = look.view().model(NOTICES, key) else {
            continue;
        };
        items.push(notice(look, &serde_json::from_str(&body)?));
    }
    // What is older than asked for is not looked for any further.
    let over = |key: &String| {
        wanted.since.is_some_and(|since| {
            let micros = since.as_microsecond().max(0);
            key.as_str() < format!("{micros:020}").as_str()
        })
    };
    Ok(Page {
        next: found.next.filter(|key| !over(key)),
        items,
    })
}

/// Who reads: a person with their teams, or a team.
struct Reader {
    name: String,
    teams: Vec<String>,
}

impl Reader {
    fn new(look: &Look<'_>, to: &str, account: &str) -> Self {
        let (view, spec) = (look.view(), &look.in_force.spec);
        if to != "me" {
            return Self {
                name: people::behind(view, to),
                teams: vec![to.to_owned()],
            };
        }
        let person = people::behind(view, account);
        let of = |team: &&tidegate_core::id::TeamId| people::is_member(spec, view, team, &person);
        let teams = spec.teams.keys().filter(of);
        Self {
            teams: teams.map(ToString::to_string).collect(),
            name: person,
        }
    }

    fn reads(&self, notice: &Notice) -> bool {
        notice.to.contains(&self.name) || self.teams.iter().any(|t| notice.teams.contains(t))
    }
}
