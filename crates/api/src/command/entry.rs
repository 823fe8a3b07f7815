//! Put something on the calendar, move it, take it away, consent to releases inside it.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, DryRun, Key, Ref};
use crate::look::Look;
use crate::map::entry as map;
use crate::map::freeze::{names, scope};
use crate::render::Done;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use tidegate_client::wire::{self, ConsentRequest, EntryMove, EntryRequest, Reason};
use tidegate_core::command::Command;
use tidegate_core::digest::Digest;
use tidegate_core::id::{CommandId, Name, TeamId};
use tidegate_core::replan::{self, Ground};
use tidegate_core::step::{self, Item, World};
use tidegate_core::stream::entry::{self, Declared, Entry, Facts};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(declare))
        .routes(routes!(moved))
        .routes(routes!(cancel))
        .routes(routes!(consent))
        .routes(routes!(withdraw))
}

/// Put something on the calendar. What hits planned work needs the digest of its proposal (`dry_run`).
#[utoipa::path(
    post,
    path = "/api/v1/calendar/entries",
    tag = "calendar",
    operation_id = "declare_entry",
    params(crate::extract::DryRunQuery),
    request_body = EntryRequest,
    responses(
        (status = 201, description = "It stands on the calendar", body = wire::CalendarEntry),
        (status = 200, description = "Dry run: what it would do to planned work", body = wire::EntryProposal)
    )
)]
async fn declare(
    State(app): State<App>,
    who: Caller,
    key: Key,
    dry: DryRun,
    Body(request): Body<EntryRequest>,
) -> Result<Response, Problem> {
    let reason = super::reason(&request.reason)?;
    super::text("title", &request.title)?;
    let id = request.id.clone().map(Name::new).transpose()?;
    let accepting = request.accept.as_deref().map(digest).transpose()?;
    let despite_terms = request.despite_terms;
    let what = declared(request)?;
    let command = move |what: Declared, accepting| {
        let command = entry::Command::Declare {
            what: Box::new(what),
            reason: reason.clone(),
            accepting,
            despite_terms,
        };
        match id.clone() {
            Some(id) => Command::Entry { id, command },
            None => Command::Enter { command },
        }
    };
    if dry.0.dry_run {
        let preview = app.look(move |look| {
            let (by, spec) = (who.actor().name, &look.in_force.spec);
            let id = match command(what.clone(), None) {
                Command::Entry { id, .. } => id,
                _ => Name::new(entry::next_id(what.kind, look.view()))?,
            };
            let facts = entry::planned(what.clone(), String::new(), (&by, look.now), spec)?;
            would(look, &who, &id, &facts, |digest| {
                command(what.clone(), Some(digest))
            })
        });
        return Ok(Json(preview.await?).into_response());
    }
    let receipt = app
        .submit(&who, key.or_new()?, command(what, accepting))
        .await?;
    let id = receipt.subject.clone();
    let location = format!("/api/v1/calendar/entries/{id}");
    let shown = app.look(move |look| map::entry(look, &id)).await?;
    Ok(Done::created(shown, location, receipt.replayed).into_response())
}

fn digest(text: &str) -> Result<Digest, Problem> {
    Ok(text.parse::<Digest>()?)
}

fn declared(request: EntryRequest) -> Result<Declared, Problem> {
    Ok(Declared {
        kind: map::kind(&request.kind)?,
        title: request.title,
        when: map::when(request.time)?,
        zone: request.zone,
        scope: scope(request.scope)?,
        effect: request.effect.as_deref().map(map::effect).transpose()?,
        owner: request.owner.map(TeamId::new).transpose()?,
        lets: names(request.lets)?,
        vendor: request.vendor.map(Name::new).transpose()?,
        source: None,
    })
}

/// What it would do. Refused to those who may not do it, and for the reasons it would be refused but for the acceptance.
fn would(
    look: &Look<'_>,
    who: &Caller,
    id: &Name,
    facts: &Facts,
    command: impl Fn(Digest) -> Command,
) -> Result<wire::EntryProposal, Problem> {
    let ground = Ground {
        now: look.now,
        spec: &look.in_force.spec,
        origins: &look.in_force.origins,
        view: look.view(),
    };
    let found = replan::propose(id, facts, &ground).map_err(|because| {
        tidegate_core::refusal::Refusal::Quarantined {
            stream: "entry".to_owned(),
            because,
        }
    })?;
    let item = Item {
        id: CommandId("dry-run".to_owned()),
        actor: who.actor(),
        command: command(found.digest.clone()),
    };
    let world = World {
        now: look.now,
        spec: ground.spec,
        origins: ground.origins,
        view: ground.view,
        judge: &*look.in_force.judge,
    };
    step::step(&item, &world)?;
    Ok(map::proposal(id, &found))
}

/// Give an entry another time. Consents given before are void.
#[utoipa::path(
    post,
    path = "/api/v1/calendar/entries/{entry}/moves",
    tag = "calendar",
    operation_id = "move_entry",
    params(("entry" = String, Path, description = "Id"), crate::extract::DryRunQuery),
    request_body = EntryMove,
    responses(
        (status = 200, description = "Moved, or what moving it would do", body = wire::CalendarEntry)
    )
)]
async fn moved(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(id): Ref,
    dry: DryRun,
    Body(request): Body<EntryMove>,
) -> Result<Response, Problem> {
    let because = super::reason(&request.reason)?;
    let id = Name::new(id)?;
    let to = map::when(request.time)?;
    let accepting = request.accept.as_deref().map(digest).transpose()?;
    let (title, despite_terms) = (request.title, request.despite_terms);
    let (name, when) = (id.clone(), to.clone());
    let command = move |accepting| Command::Entry {
        id: name.clone(),
        command: entry::Command::Move {
            to: when.clone(),
            title: title.clone(),
            sequence: None,
            because: because.clone(),
            accepting,
            despite_terms,
        },
    };
    if dry.0.dry_run {
        let preview = app.look(move |look| {
            let state: Entry = look.load("entry", id.as_str())?;
            let facts = state.phase.facts();
            let facts = facts.map(|facts| facts.at_another_time(to.clone()));
            let facts = facts.ok_or_else(|| missing(&id))?;
            would(look, &who, &id, &facts, |digest| command(Some(digest)))
        });
        return Ok(Json(preview.await?).into_response());
    }
    let done = change(&app, &who, key.or_new()?, command(accepting)).await?;
    Ok(done.into_response())
}

fn missing(id: &Name) -> Problem {
    tidegate_core::refusal::Refusal::NotFound {
        what: "entry".to_owned(),
        name: id.to_string(),
    }
    .into()
}

/// Take an entry from the calendar.
#[utoipa::path(
    post,
    path = "/api/v1/calendar/entries/{entry}/cancellations",
    tag = "calendar",
    operation_id = "cancel_entry",
    params(("entry" = String, Path, description = "Id")),
    request_body = Reason,
    responses((status = 200, description = "Cancelled", body = wire::CalendarEntry))
)]
async fn cancel(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(id): Ref,
    Body(request): Body<Reason>,
) -> Result<Done<wire::CalendarEntry>, Problem> {
    let because = super::reason(&request.reason)?;
    let id = Name::new(id)?;
    let command = entry::Command::Cancel { because };
    change(&app, &who, key.or_new()?, Command::Entry { id, command }).await
}

/// Let a release go although an entry asks for consent: for members of its team, and never for what they asked for themselves.
#[utoipa::path(
    post,
    path = "/api/v1/calendar/entries/{entry}/consents",
    tag = "calendar",
    operation_id = "consent_to_release",
    params(("entry" = String, Path, description = "Id")),
    request_body = ConsentRequest,
    responses((status = 200, description = "Consented", body = wire::CalendarEntry))
)]
async fn consent(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(id): Ref,
    Body(request): Body<ConsentRequest>,
) -> Result<Done<wire::CalendarEntry>, Problem> {
    let because = super::reason(&request.reason)?;
    let (id, release) = (Name::new(id)?, request.release.parse()?);
    let command = entry::Command::Consent { release, because };
    change(&app, &who, key.or_new()?, Command::Entry { id, command }).await
}

/// Take a consent back: what has not started waits again.
#[utoipa::path(
    post,
    path = "/api/v1/calendar/entries/{entry}/withdrawals",
    tag = "calendar",
    operation_id = "withdraw_consent",
    params(("entry" = String, Path, description = "Id")),
    request_body = ConsentRequest,
    responses((status = 200, description = "Withdrawn", body = wire::CalendarEntry))
)]
async fn withdraw(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(id): Ref,
    Body(request): Body<ConsentRequest>,
) -> Result<Done<wire::CalendarEntry>, Problem> {
    let because = super::reason(&request.reason)?;
    let (id, release) = (Name::new(id)?, request.release.parse()?);
    let command = entry::Command::Withdraw { release, because };
    change(&app, &who, key.or_new()?, Command::Entry { id, command }).await
}

async fn change(
    app: &App,
    who: &Caller,
    key: CommandId,
    command: Command,
) -> Result<Done<wire::CalendarEntry>, Problem> {
    let receipt = app.submit(who, key, command).await?;
    let id = receipt.subject.clone();
    let shown = app.look(move |look| map::entry(look, &id)).await?;
    Ok(Done::changed(shown, receipt.replayed))
}
