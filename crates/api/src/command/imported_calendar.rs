//! That a calendar of others was read is recorded with each import; one that is not read any more is ended.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, Key, Ref};
use crate::ics::import::As;
use crate::look::{self, Look};
use crate::map::feed as map;
use crate::render::Done;
use axum::extract::State;
use tidegate_client::wire::{
    CalendarImportRequest, ImportAction, ImportedCalendar, ImportedItem, Reason,
};
use tidegate_config::ics::Ics;
use tidegate_core::command::Command;
use tidegate_core::digest::Digest;
use tidegate_core::id::{CommandId, Name};
use tidegate_core::refusal::Refusal;
use tidegate_core::step::{self, Item, World};
use tidegate_core::stream::feed::{self, Reading};
use tidegate_core::time::Millis;
use tidegate_engine::Engine;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(end))
}

/// What is recorded once an import is done.
pub(super) fn reading(
    request: &CalendarImportRequest,
    r#as: &As,
    ics: &Ics,
) -> Result<(Name, Reading), Problem> {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let template = &r#as.template;
    let id = feed::id(template.kind, &r#as.calendar).ok_or_else(|| Refusal::Invalid {
        because: format!("`{}` cannot be the name of a calendar", r#as.calendar),
        help: "name it with letters and digits".to_owned(),
    })?;
    let what = Reading {
        calendar: r#as.calendar.clone(),
        kind: template.kind,
        effect: template.effect,
        scope: template.scope.clone(),
        owner: template.owner.clone(),
        vendor: template.vendor.clone(),
        fresh_for: request.fresh_for_ms.map(Millis),
        events: count(ics.events.len()),
        broken: count(ics.broken.len()),
        text: Digest::of(request.text.as_bytes()),
    };
    Ok((id, what))
}

fn read((id, what): (Name, Reading)) -> Command {
    let what = Box::new(what);
    let command = feed::Command::Read { what };
    Command::Feed { id, command }
}

/// Would it be taken? Asked before anything is changed, so that an import is not refused at its end.
pub(super) fn may(look: &Look<'_>, who: &Caller, reading: &(Name, Reading)) -> Result<(), Problem> {
    let item = item(who, read(reading.clone()));
    let world = World {
        now: look.now,
        spec: &look.in_force.spec,
        origins: &look.in_force.origins,
        view: look.view(),
        judge: &*look.in_force.judge,
    };
    step::step(&item, &world)?;
    Ok(())
}

/// Record it, once the entries are there. Where events could not be read or were refused and none was taken, nothing is known of
/// the calendar, and it counts as not read.
pub(super) fn record(
    engine: &Engine,
    who: &Caller,
    (id, mut what): (Name, Reading),
    items: &[ImportedItem],
) -> Result<Option<ImportedCalendar>, Problem> {
    let refused = items
        .iter()
        .filter(|item| item.action == ImportAction::Refused)
        .count();
    what.broken = what
        .broken
        .saturating_add(u32::try_from(refused).unwrap_or(u32::MAX));
    if what.broken > 0 && refused == items.len() {
        return Ok(None);
    }
    let id = engine.submit(item(who, read((id, what))))?.subject;
    look::look(engine, |look| map::imported(look, &id)).map(Some)
}

fn item(who: &Caller, command: Command) -> Item {
    Item {
        id: CommandId(format!("import:{}", crate::random::id())),
        actor: who.actor(),
        command,
    }
}

/// An imported calendar is not read any more; its entries stay as they are. For whoever reads it, the team that answers for it,
/// and administrators.
#[utoipa::path(
    post,
    path = "/api/v1/calendar/imports/{feed}/ends",
    tag = "calendar",
    operation_id = "end_imported_calendar",
    params(("feed" = String, Path, description = "Id, such as `vendor-card-network`")),
    request_body = Reason,
    responses((status = 200, description = "Ended", body = ImportedCalendar))
)]
async fn end(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(id): Ref,
    Body(request): Body<Reason>,
) -> Result<Done<ImportedCalendar>, Problem> {
    let because = super::reason(&request.reason)?;
    let id = Name::new(id)?;
    let command = feed::Command::End { because };
    let command = Command::Feed { id, command };
    let receipt = app.submit(&who, key.or_new()?, command).await?;
    let id = receipt.subject.clone();
    let shown = app.look(move |look| map::imported(look, &id)).await?;
    Ok(Done::changed(shown, receipt.replayed))
}
