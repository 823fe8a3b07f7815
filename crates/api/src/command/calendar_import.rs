//! Bring the events of an iCalendar file onto the calendar: one command for each that is new, changed or called off.

use super::imported_calendar;
use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, kind};
use crate::extract::{Body, DryRun};
use crate::ics::effect::{self, Shown};
use crate::ics::import::{As, Do, Known, Planned, planned};
use crate::look::{self, Look};
use crate::map::entry as map;
use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use tidegate_client::wire::{
    BrokenEvent, CalendarImport, CalendarImportRequest, EntryProposal, ImportAction, ImportedItem,
};
use tidegate_config::ics::{Broken, Ics, LARGEST, Reach};
use tidegate_core::calendar::{Span, Zone};
use tidegate_core::command::Command;
use tidegate_core::digest::Digest;
use tidegate_core::id::{CommandId, EnvId, Name, ServiceId, TeamId};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::Scope;
use tidegate_core::step::Item;
use tidegate_core::stream::entry::{self, Declared, Effect, Entry, Kind, Phase, When};
use tidegate_core::time::Millis;
use tidegate_engine::Engine;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A file as JSON text is longer than the file.
const BODY: usize = LARGEST * 2 + (1 << 20);
/// Most occurrences of a file, and most changes of one import.
const OCCURRENCES: usize = 2_000;
const CHANGES: usize = 500;
/// Days ahead, unless less is asked for.
const DAYS: u32 = 400;
/// Most entries of the past that are looked at.
const PAST: usize = 20_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(import))
        .layer(DefaultBodyLimit::max(BODY))
}

/// Bring the events of an iCalendar file onto the calendar. Importing it again changes only what changed in it.
#[utoipa::path(
    post,
    path = "/api/v1/calendar/imports",
    tag = "calendar",
    operation_id = "import_calendar",
    params(crate::extract::DryRunQuery),
    request_body = CalendarImportRequest,
    responses((status = 200, description = "What was done, or would be", body = CalendarImport))
)]
async fn import(
    State(app): State<App>,
    who: Caller,
    dry: DryRun,
    Body(request): Body<CalendarImportRequest>,
) -> Result<Json<CalendarImport>, Problem> {
    let reason = super::reason(&request.reason)?;
    super::text("name of the calendar", &request.calendar)?;
    let own = app.clone();
    let done = app
        .blocking(move |engine| {
            // One at a time: what an import compares with must not change under it.
            let _one = own.shelf().importing();
            imported(engine, &who, &request, reason, dry.0.dry_run)
        })
        .await?;
    Ok(Json(done))
}

fn imported(
    engine: &Engine,
    who: &Caller,
    request: &CalendarImportRequest,
    reason: String,
    dry_run: bool,
) -> Result<CalendarImport, Problem> {
    let r#as = meant(request, reason)?;
    let (ics, plan, reading) = look::look(engine, |look| {
        look.may(&who.actor(), &sample())?;
        let (ics, plan) = plan(look, request, &r#as)?;
        let reading = imported_calendar::reading(request, &r#as, &ics)?;
        imported_calendar::may(look, who, &reading)?;
        Ok((ics, plan, reading))
    })?;
    let changes = plan
        .iter()
        .filter(|p| matches!(p.what, Do::Declare(_) | Do::Move(..) | Do::Cancel(_)))
        .count();
    if changes > CHANGES {
        return Err(Refusal::OverLimit {
            what: format!(
                "the number of changes of one import (this one has {changes}; take fewer days)"
            ),
            limit: CHANGES as u64,
        }
        .into());
    }
    let accepting = request.accept.as_deref().map(str::parse::<Digest>);
    let accepting = accepting.transpose()?;
    let by = who.actor().name;
    let shown = if dry_run || accepting.is_some() {
        let all: Vec<&Do> = plan.iter().map(|planned| &planned.what).collect();
        look::look(engine, |look| effect::shown(look, &by, &r#as, &all))?
    } else {
        Shown::default()
    };
    if let Some(accepting) = accepting.filter(|_| !dry_run)
        && shown.digest.as_ref() != Some(&accepting)
    {
        let what = "what the import does to planned work".to_owned();
        return Err(Refusal::Outdated { what }.into());
    }
    let mut items = Vec::with_capacity(plan.len());
    for planned in plan {
        let accepted = match dry_run {
            true => None,
            false => accepted(engine, &by, &r#as, &planned.what, &shown)?,
        };
        items.push(done(engine, who, &r#as, planned, accepted, dry_run)?);
    }
    let feed = match dry_run {
        true => None,
        false => imported_calendar::record(engine, who, reading, &items)?,
    };
    let passed = ics.skipped.iter();
    Ok(CalendarImport {
        feed,
        title: ics.name.clone(),
        applied: !dry_run,
        items,
        proposals: match dry_run {
            true => proposals(&shown),
            false => Vec::new(),
        },
        digest: shown.digest.filter(|_| dry_run).map(|d| d.to_string()),
        passed_over: passed.map(|(kind, n)| format!("{n} {kind}")).collect(),
        broken: ics.broken.into_iter().map(broken).collect(),
    })
}

fn broken(event: Broken) -> BrokenEvent {
    BrokenEvent {
        uid: event.uid,
        line: event.error.line as u64,
        because: event.error.what,
        help: event.error.help,
    }
}

fn proposals(shown: &Shown) -> Vec<EntryProposal> {
    let all = shown.proposals.iter();
    all.map(|(id, found)| map::proposal(id, found)).collect()
}

/// The digest of what one change does now, when nothing of it goes beyond what was shown and accepted.
fn accepted(
    engine: &Engine,
    by: &str,
    r#as: &As,
    what: &Do,
    shown: &Shown,
) -> Result<Option<Digest>, Problem> {
    if shown.proposals.is_empty() {
        return Ok(None);
    }
    let found = look::look(engine, |look| effect::of(look, by, r#as, what, None))?;
    let inside = found.filter(|(_, found)| shown.has(found));
    Ok(inside.map(|(_, found)| found.digest))
}

/// Who may do one of the changes may do all of them.
fn sample() -> Command {
    let because = String::new();
    Command::Enter {
        command: entry::Command::Cancel { because },
    }
}

fn invalid(because: String, help: &str) -> Problem {
    Refusal::Invalid {
        because,
        help: help.to_owned(),
    }
    .into()
}

fn meant(request: &CalendarImportRequest, reason: String) -> Result<As, Problem> {
    let calendar = request.calendar.trim();
    if calendar.is_empty() || calendar.chars().count() > 200 || calendar.contains('\n') {
        return Err(invalid(
            "the calendar has no name of 1 to 200 characters".to_owned(),
            "name it, so that a later import finds what this one brought",
        ));
    }
    let kinds = || {
        let all = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Booking);
        all.map(Kind::as_str).collect::<Vec<_>>().join(", ")
    };
    let kind = Kind::named(&request.kind).filter(|kind| *kind != Kind::Booking);
    let kind = kind.ok_or_else(|| {
        invalid(
            format!(
                "`{}` is nothing that is imported",
                request.kind.escape_default()
            ),
            &format!("the kinds are {}", kinds()),
        )
    })?;
    let effect = request.effect.as_deref().map(|text| {
        let because = format!("`{}` is no effect", text.escape_default());
        Effect::named(text).ok_or_else(|| invalid(because, "there are blocks, asks and informs"))
    });
    let scope = Scope {
        services: request
            .services
            .iter()
            .map(ServiceId::new)
            .collect::<Result<_, _>>()?,
        environments: request
            .environments
            .iter()
            .map(EnvId::new)
            .collect::<Result<_, _>>()?,
        ..Scope::default()
    };
    let template = Declared {
        kind,
        title: String::new(),
        when: When::Once {
            from: tidegate_core::time::Timestamp::MIN,
            until: tidegate_core::time::Timestamp::MAX,
        },
        zone: None,
        scope,
        effect: effect.transpose()?,
        owner: request.owner.as_ref().map(TeamId::new).transpose()?,
        lets: Vec::new(),
        vendor: request.vendor.as_ref().map(Name::new).transpose()?,
        source: None,
    };
    Ok(As {
        template,
        calendar: calendar.to_owned(),
        whole: request.whole,
        reason,
    })
}

fn plan(
    look: &Look<'_>,
    request: &CalendarImportRequest,
    r#as: &As,
) -> Result<(Ics, Vec<Planned>), Problem> {
    let zone = request.zone.as_ref().unwrap_or(&look.in_force.spec.zone);
    let zone = Zone::named(zone)
        .map_err(|because| invalid(because, "name the zone of times that name none"))?;
    let bad = |e: tidegate_config::ics::IcsError| {
        let detail = format!("{}: {e}", r#as.calendar);
        Problem::new(&kind::INVALID, detail, e.help)
    };
    let mut ics = Ics::read_partly(&request.text, &zone).map_err(bad)?;
    let days = request.days.unwrap_or(DAYS).clamp(1, DAYS);
    let end = Millis(u64::from(days) * 86_400_000).after(look.now);
    let Some(time) = Span::new(look.now, end) else {
        return Err(invalid("the end of time".to_owned(), "see a clock"));
    };
    let reach = Reach {
        time,
        most: OCCURRENCES,
    };
    let items = ics.items_partly(&zone, reach).map_err(bad)?;
    let plan = planned(r#as, &ics, items, &known(look, r#as)?, time);
    Ok((ics, plan))
}

fn known(look: &Look<'_>, r#as: &As) -> Result<Known, Problem> {
    let mut known = Known::default();
    let bad = |because: String| Problem::new(&kind::STORE, because, "`tidegate doctor` says more");
    for (name, facts) in entry::declared(look.view()).map_err(bad)? {
        if let Some(source) = facts.source.clone()
            && source.calendar == r#as.calendar
            && facts.kind == r#as.template.kind
        {
            known.declared.insert(source.uid, (name, facts));
        }
    }
    for (_, body) in look.view().scan(entry::PAST, "", PAST) {
        let past: Entry = serde_json::from_str(&body)?;
        let source = past.phase.facts().and_then(|facts| facts.source.clone());
        let of_kind = past
            .phase
            .facts()
            .is_some_and(|f| f.kind == r#as.template.kind);
        // What this calendar called off itself may come back under the same sequence.
        let by_import =
            matches!(&past.phase, Phase::Cancelled { because, .. } if because.starts_with(OFF));
        if let Some(source) = source
            && source.calendar == r#as.calendar
            && of_kind
            && !by_import
        {
            let newest = known.past.entry(source.uid).or_insert(0);
            *newest = source.sequence.max(*newest);
        }
    }
    Ok(known)
}

/// What the reason of a cancellation by an import begins with.
const OFF: &str = "called off in ";

/// Do it, or say what would be done.
fn done(
    engine: &Engine,
    who: &Caller,
    r#as: &As,
    planned: Planned,
    accepted: Option<Digest>,
    dry_run: bool,
) -> Result<ImportedItem, Problem> {
    let mut item = ImportedItem {
        action: ImportAction::Skip,
        entry: None,
        title: planned.title.clone(),
        from: planned.span.0,
        until: planned.span.1,
        zone: planned.zone.clone(),
        line: planned.line.map(|line| line as u64),
        because: None,
    };
    let Some(command) = command(&mut item, r#as, planned.what, accepted) else {
        return Ok(item);
    };
    if dry_run {
        return Ok(item);
    }
    let id = CommandId(format!("import:{}", crate::random::id()));
    let sent = engine.submit(Item {
        id,
        actor: who.actor(),
        command,
    });
    match sent {
        Ok(receipt) => item.entry = Some(receipt.subject),
        // One entry that is refused does not hold up the others; it is told.
        Err(tidegate_engine::Denied::Refused(refusal)) => {
            item.action = ImportAction::Refused;
            item.because = Some(format!("{refusal}; help: {}", refusal.help()));
        }
        Err(other) => return Err(other.into()),
    }
    Ok(item)
}

/// The command for an occurrence, and its action and entry for people; none when there is nothing to do.
fn command(
    item: &mut ImportedItem,
    r#as: &As,
    what: Do,
    accepted: Option<Digest>,
) -> Option<Command> {
    Some(match what {
        Do::Skip(because) => {
            item.because = Some(because);
            return None;
        }
        Do::Nothing(name) => {
            item.action = ImportAction::Unchanged;
            item.entry = Some(name.to_string());
            return None;
        }
        Do::Declare(what) => {
            item.action = ImportAction::Declare;
            Command::Enter {
                command: entry::Command::Declare {
                    what,
                    reason: r#as.reason.clone(),
                    accepting: accepted,
                    despite_terms: true,
                },
            }
        }
        Do::Move(id, mut command) => {
            if let entry::Command::Move { accepting, .. } = &mut command {
                *accepting = accepted;
            }
            item.action = ImportAction::Move;
            item.entry = Some(id.to_string());
            Command::Entry { id, command }
        }
        Do::Cancel(id) => {
            item.action = ImportAction::Cancel;
            item.entry = Some(id.to_string());
            let because = format!("{OFF}{}: {}", r#as.calendar, r#as.reason);
            let command = entry::Command::Cancel { because };
            Command::Entry { id, command }
        }
    })
}
