//! `tidegate calendar feeds` and `end-feed`: calendars of others, when each was read last, and whether that still counts.

use crate::cli::change::Change;
use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Look, Mark, Table};
use tidegate_client::wire::{ImportedCalendar, Reason, StaleCalendar, Timestamp};
use tidegate_core::time::Millis;

/// List calendars of others that are imported: when each was read last, and whether that still counts
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A stale one is no data: what it could hold back waits until it is imported again. Ends with 0; with -o json, \
`state` says it."
)]
pub struct Feeds {
    /// Only those that are stale; ends with 1 when there is one
    #[arg(long)]
    stale: bool,
}

/// A calendar of others is not imported any more: it is never stale again, its entries stay
#[derive(Debug, clap::Args)]
pub struct End {
    /// Id, such as `vendor-card-network`
    feed: String,
    #[command(flatten)]
    change: Change,
}

/// List them.
pub async fn list(args: &Feeds, session: &Session) -> Result<Exit, Failure> {
    let mut items = session.client()?.imported_calendars().await?.items;
    if args.stale {
        items.retain(|c| c.state == "stale");
    }
    let mut table = Table::new(&[
        Column::Always("FEED"),
        Column::Always("CALENDAR"),
        Column::Always("STATE"),
        Column::Always("READ"),
        Column::Always("COUNTS-FOR"),
        Column::Always("EVENTS"),
        Column::Always("BROKEN"),
        Column::Always("EFFECT"),
        Column::Always("OWNER"),
        Column::Always("CONCERNS"),
        Column::Wide("VENDOR"),
        Column::Wide("CHANGED"),
        Column::Wide("BY"),
    ]);
    let look = &session.out.look;
    for c in &items {
        table.row([
            c.id.clone(),
            c.calendar.clone(),
            state(c),
            look.zone.stamp(c.read_at),
            c.fresh_for_ms
                .map_or_else(|| "ever".to_owned(), |ms| Millis(ms).to_string()),
            c.events.to_string(),
            c.broken.to_string(),
            c.effect.clone(),
            c.owner.clone().unwrap_or_default(),
            c.concerns.clone(),
            c.vendor.clone().unwrap_or_default(),
            look.zone.stamp(c.changed_at),
            c.by.clone(),
        ]);
    }
    session.out.list(&Listing {
        items: &items,
        name: |c| c.id.clone(),
        table,
        none: "no calendar of others was imported: tidegate calendar import",
    })?;
    Ok(match args.stale && !items.is_empty() {
        true => Exit::Failed,
        false => Exit::Done,
    })
}

/// End one.
pub async fn end(args: &End, session: &Session) -> Result<Exit, Failure> {
    let reason = args.change.reason(session)?;
    let key = args.change.key()?;
    let client = session.client()?;
    let reason = Reason { reason };
    let ended = client
        .end_imported_calendar(&args.feed, &reason, &key)
        .await?;
    session
        .out
        .show(&ended, &ended.id, |look| one(&ended, look))?;
    Ok(Exit::Done)
}

fn one(c: &ImportedCalendar, look: &Look) -> String {
    let note = c.note.as_deref().unwrap_or_default();
    format!(
        "{}  {}  {} ({})\n  read     {} by {}: {} events, {} could not be read\n  concerns {}\n  {note}\n",
        c.id,
        c.state,
        c.calendar,
        c.kind,
        look.zone.stamp(c.read_at),
        c.by,
        c.events,
        c.broken,
        c.concerns,
    )
}

/// `fresh`, or `stale for 3d`.
pub fn state(c: &ImportedCalendar) -> String {
    match c.stale_from {
        Some(from) if c.state == "stale" => format!("stale for {}", age(from)),
        _ => c.state.clone(),
    }
}

fn age(since: Timestamp) -> Millis {
    Millis::between(since, crate::clock::now()).in_minutes()
}

/// One line about a calendar that was not read lately.
pub fn stale(c: &StaleCalendar, look: &Look) -> String {
    let (kind, name) = (&c.kind, &c.calendar);
    let counts = Millis(c.fresh_for_ms);
    let read = match c.read_at {
        Some(at) => format!("last read {}, {} ago", look.zone.long(at), age(at)),
        None => "never read".to_owned(),
    };
    let what = match (c.blocks, c.services.as_slice()) {
        (false, _) => "what it would say is not known".to_owned(),
        (true, []) => "production waits".to_owned(),
        (true, [one]) => format!("{one} waits"),
        (true, some) => format!("{} wait", some.join(", ")),
    };
    let owner = c.owner.as_ref().map(|o| format!(" ({o})"));
    format!(
        "{} stale: {kind} calendar {name} was {read}; it counts for {counts}, so {what}{}: {}",
        Mark::Broken.paint(look),
        owner.unwrap_or_default(),
        c.again
    )
}
