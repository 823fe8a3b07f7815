//! What people declare on the calendar: adding, moving, cancelling, consenting. Used by `calendar`, `maintenance` and `env book`.

mod add;
mod text;

pub use add::{Accept, Add, Book, Planned, book, declare, hint};
pub use text::proposal;

use super::change::Change;
use super::session::Session;
use crate::exit::{Exit, Failure};
use add::{Time, accepted};
use tidegate_client::wire::{CalendarEntry, ConsentRequest, EntryMove, Reason};

/// List what people declared on the calendar: maintenance, outages, campaigns, work of vendors
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only this kind: maintenance, outage, audit, patch, campaign, peak, vendor, board or booking
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Also those that are over or cancelled
    #[arg(long)]
    all: bool,
}

/// Put something on the calendar; what it does to planned work is shown first
#[derive(Debug, clap::Args)]
pub struct OfKind {
    /// maintenance, outage, audit, patch, campaign, peak, vendor, board or booking
    pub kind: String,
    #[command(flatten)]
    pub add: Add,
}

/// Give an entry another time; what it moves is shown before
#[derive(Debug, clap::Args)]
pub struct Move {
    /// Id, such as `outage-3`
    entry: String,
    #[command(flatten)]
    time: Time,
    /// Another title
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    #[command(flatten)]
    planned: Planned,
    #[command(flatten)]
    change: Change,
}

/// Take an entry from the calendar
#[derive(Debug, clap::Args)]
pub struct Cancel {
    /// Id, such as `outage-3`
    entry: String,
    #[command(flatten)]
    change: Change,
}

/// Let a release go although an entry asks for the consent of its team
#[derive(Debug, clap::Args)]
pub struct Consent {
    /// Id, such as `campaign-2`
    entry: String,
    /// `service@version`
    release: String,
    /// Take it back
    #[arg(long)]
    withdraw: bool,
    #[command(flatten)]
    change: Change,
}

/// List them.
pub async fn list(args: &List, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let page = client.entries(args.kind.as_deref(), args.all).await?;
    text::list(&page.items, session)?;
    Ok(Exit::Done)
}

/// Those of one kind.
pub async fn of_kind(kind: &str, session: &Session) -> Result<Exit, Failure> {
    let kind = Some(kind.to_owned());
    list(&List { kind, all: false }, session).await
}

/// Move one.
pub async fn move_to(args: &Move, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let id = &args.entry;
    let mut request = EntryMove {
        time: args.time.read(session)?,
        title: args.title.clone(),
        reason: args.change.reason(session)?,
        accept: None,
        despite_terms: args.planned.despite_terms(),
    };
    let proposal = client.move_proposal(id, &request).await?;
    let Some(digest) = accepted(&args.planned, &proposal, session)? else {
        return Ok(args.planned.exit(&proposal));
    };
    request.accept = Some(digest);
    let moved = client.move_entry(id, &request, &args.change.key()?).await?;
    show(&moved, session)
}

/// Cancel one.
pub async fn cancel(args: &Cancel, session: &Session) -> Result<Exit, Failure> {
    let reason = args.change.reason(session)?;
    let client = session.client()?;
    let key = args.change.key()?;
    let reason = Reason { reason };
    let gone = client.cancel_entry(&args.entry, &reason, &key).await?;
    show(&gone, session)
}

/// Consent to a release, or take that back.
pub async fn consent(args: &Consent, session: &Session) -> Result<Exit, Failure> {
    let request = ConsentRequest {
        release: args.release.clone(),
        reason: args.change.reason(session)?,
    };
    let client = session.client()?;
    let key = args.change.key()?;
    let entry = if args.withdraw {
        client.withdraw_consent(&args.entry, &request, &key).await?
    } else {
        client.consent(&args.entry, &request, &key).await?
    };
    show(&entry, session)
}

fn show(entry: &CalendarEntry, session: &Session) -> Result<Exit, Failure> {
    session
        .out
        .show(entry, &entry.id, |look| text::entry(entry, look))?;
    Ok(Exit::Done)
}
