//! `tidegate audit log`: entries of the ledger.

use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Table};
use serde_json::Value;
use tidegate_client::wire::Entry;
use tidegate_client::{Client, EntryFilter};

/// Entries a server gives at most at a time.
const PAGE: u32 = 200;

/// Show the newest entries, or the first ones after a position
#[derive(Debug, clap::Args)]
pub struct Log {
    /// At most this many
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: u32,
    /// Begin after this position instead of showing the newest
    #[arg(long, value_name = "SEQ")]
    after: Option<u64>,
    /// Only of this stream, for example `release/web@1.1.0`
    #[arg(long, value_name = "STREAM")]
    stream: Option<String>,
    /// Only by this actor
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    /// Only of this kind, for example `deployment.judged` or `deployment`
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only since this instant: `2026-11-25 09:00`, or RFC 3339
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
}

/// Run it.
pub async fn run(log: &Log, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let zone = &session.out.look.zone;
    let since = log
        .since
        .as_deref()
        .map(|text| session.instant(text))
        .transpose()?;
    let mut filter = EntryFilter {
        after: log.after.map(|seq| seq.to_string()),
        limit: Some(PAGE),
        stream: log.stream.clone(),
        actor: log.actor.clone(),
        kind: log.kind.clone(),
        since,
    };
    let narrowed =
        log.stream.is_some() || log.actor.is_some() || log.kind.is_some() || since.is_some();
    if log.after.is_none() && !narrowed {
        let head = client.status().await?.ledger.seq;
        filter.after = Some(head.saturating_sub(u64::from(log.limit)).to_string());
    }
    let items = read(&client, filter, log).await?;
    let mut table = Table::new(&[
        Column::Always("SEQ"),
        Column::Always("AT"),
        Column::Always("ACTOR"),
        Column::Always("STREAM"),
        Column::Always("EVENT"),
        Column::Always("DETAIL"),
        Column::Wide("CAUSE"),
        Column::Wide("HASH"),
    ]);
    for e in &items {
        table.row([
            e.seq.to_string(),
            zone.stamp(e.at),
            e.actor.clone(),
            e.stream.clone(),
            e.kind.clone(),
            match e.erased {
                Some(by) => format!("(words erased by entry {by}) {}", detail(e.body.as_ref())),
                None => detail(e.body.as_ref()),
            },
            e.cause.clone(),
            e.hash.clone(),
        ]);
    }
    session.out.list(&Listing {
        items: &items,
        name: |e| e.seq.to_string(),
        table,
        none: "no such entries",
    })?;
    Ok(Exit::Done)
}

/// The first entries after a position when one is named, else the last of all that fit.
async fn read(client: &Client, mut filter: EntryFilter, log: &Log) -> Result<Vec<Entry>, Failure> {
    let limit = usize::try_from(log.limit).unwrap_or(usize::MAX);
    let mut items: Vec<Entry> = Vec::new();
    loop {
        let page = client.audit(&filter).await?;
        items.extend(page.items);
        if log.after.is_some() && items.len() >= limit {
            items.truncate(limit);
            return Ok(items);
        }
        // Nothing more than the newest ones is kept, however long the ledger is.
        let extra = items.len().saturating_sub(limit);
        items.drain(..extra);
        if page.next.is_none() || page.next == filter.after {
            return Ok(items);
        }
        filter.after = page.next;
    }
}

/// What people look for in an event, in a few words.
fn detail(body: Option<&Value>) -> String {
    let Some(body) = body else {
        return "(erased)".to_owned();
    };
    super::super::status::first_line(&tidegate_evidence::words(body))
}
