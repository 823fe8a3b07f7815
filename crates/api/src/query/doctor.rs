//! What the server finds when it looks at itself. Each check says what is wrong and the way out.

use crate::App;
use crate::auth::{Caller, enrolment};
use crate::error::Problem;
use crate::look::Look;
use crate::map::deployment::FRESH_MS;
use crate::space::{self, Space};
use axum::Json;
use axum::extract::State;
use tidegate_client::wire::{Check, CheckState, Page};
use tidegate_core::time::Millis;
use tidegate_engine::Engine;
use tidegate_engine::destinations::Place;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Timers later than this are worth a look, in milliseconds.
const LATE: u64 = 1_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(doctor))
}

/// Look at everything the server depends on.
#[utoipa::path(
    get,
    path = "/api/v1/doctor",
    tag = "server",
    operation_id = "doctor",
    responses((status = 200, description = "What was found", body = Page<Check>))
)]
async fn doctor(State(app): State<App>, _: Caller) -> Result<Json<Page<Check>>, Problem> {
    let options = app.options().clone();
    let items = app.look(move |look| {
        let mut checks = vec![
            ledger(look)?,
            streams(look)?,
            configuration(look),
            timers(look.engine()?),
            sweep(look.engine()?),
        ];
        checks.extend(options.room().map(|room| store(look, room)).transpose()?);
        checks.extend(destinations(look)?);
        checks.extend(agents(look));
        checks.extend(refused(look)?);
        checks.extend(programs(look));
        Ok(checks)
    });
    Ok(Json(Page {
        items: items.await?,
        next: None,
    }))
}

fn check(
    name: impl Into<String>,
    state: CheckState,
    detail: impl Into<String>,
    help: Option<&str>,
) -> Check {
    Check {
        check: name.into(),
        state,
        detail: detail.into(),
        help: help.map(str::to_owned),
    }
}

fn ledger(look: &Look<'_>) -> Result<Check, Problem> {
    let head = look.rows.head()?;
    let newest = if head.seq == 0 {
        "empty".to_owned()
    } else {
        format!("{} entries, newest at {}", head.seq, head.at)
    };
    if head.at > look.now {
        let help =
            "ledger time stands still until the clock has caught up; set the clock of the server";
        return Ok(check(
            "ledger",
            CheckState::Warn,
            format!("{newest}, which is ahead of the clock"),
            Some(help),
        ));
    }
    Ok(check("ledger", CheckState::Ok, newest, None))
}

fn streams(look: &Look<'_>) -> Result<Check, Problem> {
    let aside = look.rows.quarantines()?;
    let Some((stream, because)) = aside.first() else {
        return Ok(check("streams", CheckState::Ok, "none is kept aside", None));
    };
    let detail = format!("{} kept aside, first {stream}: {because}", aside.len());
    Ok(check(
        "streams",
        CheckState::Fail,
        detail,
        Some(
            "`tidegate audit log --stream` shows its entries; a newer version may be able to read them",
        ),
    ))
}

fn configuration(look: &Look<'_>) -> Check {
    let in_force = &look.in_force;
    if in_force.digest.is_none() {
        return check(
            "configuration",
            CheckState::Warn,
            "none was applied",
            Some("`tidegate apply` brings one into force"),
        );
    }
    let (services, environments) = (
        in_force.spec.services.len(),
        in_force.spec.environments.len(),
    );
    let detail = format!(
        "revision {} with {services} services and {environments} environments",
        in_force.revision
    );
    check("configuration", CheckState::Ok, detail, None)
}

fn timers(engine: &Engine) -> Check {
    let late = engine.counters().due_lag_ms;
    let detail = format!("at most {late} ms late since the start");
    if late <= LATE {
        return check("timers", CheckState::Ok, detail, None);
    }
    check(
        "timers",
        CheckState::Warn,
        detail,
        Some("the server was stopped, its clock jumped, or its disk is slow"),
    )
}

fn sweep(engine: &Engine) -> Check {
    let counters = engine.counters();
    if counters.sweep_found == 0 {
        return check(
            "sweep",
            CheckState::Ok,
            format!("found nothing in {} runs", counters.sweeps),
            None,
        );
    }
    let detail = format!(
        "found {} streams nobody would have looked at again",
        counters.sweep_found
    );
    check(
        "sweep",
        CheckState::Warn,
        detail,
        Some("it looked at them; please report it, because nothing should be found"),
    )
}

/// How much room the ledger has, and for how long.
fn store(look: &Look<'_>, room: Result<Space, String>) -> Result<Check, Problem> {
    let room = match room {
        Ok(room) => room,
        Err(because) => {
            let help = "look at the folder of the server";
            return Ok(check("store", CheckState::Warn, because, Some(help)));
        }
    };
    let (told, state) = space::told(look, &room)?;
    let size = |bytes: u64| match bytes {
        0..1_048_576 => format!("{} KiB", bytes >> 10),
        1_048_576..1_073_741_824 => format!("{} MiB", bytes >> 20),
        _ => format!("{}.{} GiB", bytes >> 30, ((bytes % (1 << 30)) * 10) >> 30),
    };
    let grows = told.growth_per_day_bytes.map_or_else(
        || "its growth is not known before an hour has passed".to_owned(),
        |growth| format!("grew {} a day", size(growth)),
    );
    let left = match told.days_left {
        Some(days) if days < 3_650 => format!(", full in {days} days"),
        _ => String::new(),
    };
    let detail = format!(
        "{} used, {} of {} free, {grows}{left}",
        size(told.used_bytes),
        size(told.free_bytes),
        size(told.total_bytes)
    );
    let help = "make room or move the folder to a larger disk before it is full: a full disk stops every write; `tidegate audit retention` shows what may go";
    let help = (state != CheckState::Ok).then_some(help);
    Ok(check("store", state, detail, help))
}

/// One for each place that checkpoints are handed to.
fn destinations(look: &Look<'_>) -> Result<Vec<Check>, Problem> {
    let size = look.rows.head()?.seq;
    let places = look.engine()?.destinations(look.rows, size)?;
    let one = |place: Place| {
        let name = format!("checkpoints to {}", place.destination.label());
        let has = place.handed.at.map_or("nothing yet".to_owned(), |at| {
            let age = Millis::between(at, look.now);
            let (has, age) = (place.handed.size, Millis(age.0 / 1_000 * 1_000));
            format!("{has} of {size} entries, {age} ago")
        });
        match &place.handed.error {
            None => check(name, CheckState::Ok, has, None),
            Some(error) => check(
                name,
                CheckState::Warn,
                format!(
                    "has {has}; {} since then, last: {error}",
                    match place.handed.failures {
                        1 => "1 attempt failed".to_owned(),
                        n => format!("{n} attempts failed"),
                    }
                ),
                Some("correct it: it is tried again by itself, at least every ten minutes"),
            ),
        }
    };
    Ok(places.into_iter().map(one).collect())
}

/// Attempts to come in as an agent that were refused in the last week.
fn refused(look: &Look<'_>) -> Result<Vec<Check>, Problem> {
    const LATELY: Millis = Millis::minutes(7 * 24 * 60);
    let known = enrolment::all(look.rows)?.into_iter();
    let refused = known.filter_map(|(agent, enrolled)| Some((agent, enrolled.refused?)));
    Ok(refused
        .filter(|(_, refused)| look.now < LATELY.after(refused.at))
        .map(|(agent, refused)| {
            check(
                format!("agent {agent}"),
                CheckState::Warn,
                format!("an attempt to come in as it was refused at {}: {}", refused.at, refused.because),
                Some("when nobody of yours tried, somebody has a copy: `tidegate agent revoke`, then `tidegate agent enroll`"),
            )
        })
        .collect())
}

/// One for each environment.
fn agents(look: &Look<'_>) -> Vec<Check> {
    let agents = look.live().map(|e| e.agents()).unwrap_or_default();
    let spec = &look.in_force.spec;
    let one = |env| {
        let name = format!("agent of {env}");
        let mut here: Vec<_> = agents
            .iter()
            .filter(|agent| agent.environments.contains(env))
            .collect();
        here.sort_by_key(|agent| agent.silent_ms);
        match here.first() {
            None => check(
                name,
                CheckState::Warn,
                "none was heard of since the start",
                Some("`tidegate agent run` with a token for it"),
            ),
            Some(agent) if agent.reachable => check(
                name,
                CheckState::Ok,
                format!("{} heard of {} ms ago", agent.name, agent.silent_ms),
                None,
            ),
            Some(agent) => {
                let detail = format!("{} is silent for {} s", agent.name, agent.silent_ms / 1_000);
                check(
                    name,
                    CheckState::Fail,
                    detail,
                    Some("look at the agent's host and its way to this server"),
                )
            }
        }
    };
    spec.environments.keys().map(one).collect()
}

/// One for each program that cannot stay up or whose router is silent.
fn programs(look: &Look<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    let spec = &look.in_force.spec;
    for service in spec.services.keys() {
        for env in spec.path_of(service) {
            let Some(running) = look.view().lane(env, service).running else {
                continue;
            };
            let Some(seen) = look
                .live()
                .and_then(|engine| engine.service_seen(env.as_str(), service.as_str()))
                .filter(|seen| seen.age_ms < FRESH_MS)
            else {
                continue;
            };
            let name = format!("{service} in {env}");
            let crash = seen
                .running
                .get(&running.revision.key)
                .and_then(|r| r.crash_loop.as_ref());
            if let Some(crash) = crash {
                checks.push(check(
                    &name,
                    CheckState::Fail,
                    format!("crash loop: {}", crash.because),
                    Some("`tidegate rollback` returns to what ran before"),
                ));
            }
            if running.revision.port.is_some() && seen.route.is_none() {
                checks.push(check(
                    &name,
                    CheckState::Fail,
                    "its router does not answer",
                    Some("look at the router process of the agent's host"),
                ));
            }
        }
    }
    checks
}
