//! Imported calendars of others.

use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire::ImportedCalendar;
use tidegate_core::id::Name;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::feed::{self, Feed, Phase};

/// One by id.
pub(crate) fn imported(look: &Look<'_>, id: &str) -> Result<ImportedCalendar, Problem> {
    let state: Feed = look.load("feed", id)?;
    shown(look, id, &state.phase)
}

/// Those that have not ended, by id.
pub(crate) fn all(look: &Look<'_>) -> Result<Vec<ImportedCalendar>, Problem> {
    let rows = look.view().scan(feed::ACTIVE, "", feed::MOST);
    let read = |(id, body): (String, String)| {
        let state: Feed = serde_json::from_str(&body)?;
        shown(look, &id, &state.phase)
    };
    rows.into_iter().map(read).collect()
}

/// The calendar of a vendor that was read last.
pub(crate) fn of_vendor(
    look: &Look<'_>,
    vendor: &Name,
) -> Result<Option<ImportedCalendar>, Problem> {
    let mine = all(look)?.into_iter();
    let mine = mine.filter(|c| c.vendor.as_deref() == Some(vendor.as_str()));
    Ok(mine.max_by_key(|c| c.read_at))
}

fn shown(look: &Look<'_>, id: &str, phase: &Phase) -> Result<ImportedCalendar, Problem> {
    let spec = &look.in_force.spec;
    let facts = phase.facts().ok_or_else(|| Refusal::NotFound {
        what: "feed".to_owned(),
        name: id.to_owned(),
    })?;
    let stale_from = facts.stale_from(spec);
    // By the clock and the configuration in force, as the gates do.
    let state = match phase {
        Phase::Ended { .. } => "ended",
        _ if stale_from.is_some_and(|from| look.now >= from) => "stale",
        _ => "fresh",
    };
    Ok(ImportedCalendar {
        id: id.to_owned(),
        calendar: facts.calendar.clone(),
        kind: facts.kind.as_str().to_owned(),
        state: state.to_owned(),
        effect: facts.effect.as_str().to_owned(),
        concerns: facts.scope.to_string(),
        owner: facts.owner.as_ref().map(ToString::to_string),
        vendor: facts.vendor.as_ref().map(ToString::to_string),
        read_at: facts.at,
        by: facts.by.clone(),
        changed_at: facts.changed,
        fresh_for_ms: facts.counts_for(spec).map(|length| length.0),
        stale_from,
        events: facts.events,
        broken: facts.broken,
        again: facts.again(),
        note: match phase {
            Phase::Ended { by, because, .. } => Some(format!("ended by {by}: {because}")),
            _ => None,
        },
    })
}
