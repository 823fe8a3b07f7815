//! `tidegate audit erase` and `audit erasures`: take what people wrote out of an entry, and see where it was done.

use crate::cli::change::Change;
use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Look, Table};
use std::fmt::Write as _;
use tidegate_client::wire::{Erasure, ErasureRequest, Reason};

/// Take the words that people wrote out of one entry, for good
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Two admins do it: one asks, another confirms. The entry, its hash, its proofs and everything that decides stay; where
anything else rests on the words, it is refused with the reason. Copies that left the server (exports, backups,
evidence) are yours to replace.
Example: tidegate audit erase 4711 --reason 'request of a former employee'
         tidegate audit erase --confirm ERS-1 --reason 'checked'")]
pub struct Erase {
    /// Position of the entry, as `audit log` shows it
    #[arg(required_unless_present_any = ["confirm", "refuse"], conflicts_with_all = ["confirm", "refuse"])]
    seq: Option<u64>,
    /// Carry out an erasure that another admin asked for
    #[arg(long, value_name = "ERS-1", conflicts_with = "refuse")]
    confirm: Option<String>,
    /// Refuse an erasure
    #[arg(long, value_name = "ERS-1")]
    refuse: Option<String>,
    #[command(flatten)]
    change: Change,
}

/// List erasures: which entries, who asked, who confirmed and why
#[derive(Debug, clap::Args)]
pub struct Erasures {}

/// Run it.
pub async fn run(erase: &Erase, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let reason = erase.change.reason(session)?;
    let key = erase.change.key()?;
    let found = match (&erase.confirm, &erase.refuse) {
        (Some(id), _) => client.confirm_erasure(id, &Reason { reason }, &key).await?,
        (None, Some(id)) => client.refuse_erasure(id, &Reason { reason }, &key).await?,
        (None, None) => {
            let seq = erase.seq.unwrap_or_default();
            client.erase(&ErasureRequest { seq, reason }, &key).await?
        }
    };
    session
        .out
        .show(&found, &found.id, |look| text(&found, look))?;
    Ok(Exit::Done)
}

/// Run it.
pub async fn list(_: &Erasures, session: &Session) -> Result<Exit, Failure> {
    let items = session.client()?.erasures().await?.items;
    let mut table = Table::new(&[
        Column::Always("ERASURE"),
        Column::Always("ENTRY"),
        Column::Always("STREAM"),
        Column::Always("EVENT"),
        Column::Always("STATE"),
        Column::Always("ASKED BY"),
        Column::Always("AT"),
        Column::Always("DECIDED BY"),
        Column::Always("REASON"),
        Column::Wide("FIELDS"),
    ]);
    let zone = &session.out.look.zone;
    for e in &items {
        let decided = e.decided.as_ref().map(|d| d.by.clone());
        table.row([
            e.id.clone(),
            e.seq.to_string(),
            e.stream.clone(),
            e.kind.clone(),
            e.state.clone(),
            e.by.clone(),
            zone.stamp(e.at),
            decided.unwrap_or_default(),
            e.reason.clone(),
            e.fields.join(", "),
        ]);
    }
    session.out.list(&Listing {
        items: &items,
        name: |e| e.id.clone(),
        table,
        none: "no words were taken out of any entry",
    })?;
    Ok(Exit::Done)
}

fn text(e: &Erasure, look: &Look) -> String {
    let mut out = match (e.state.as_str(), &e.decided) {
        ("done", Some(d)) => format!(
            "{}: the words are gone from entry {} ({}), confirmed by {} {}\n",
            e.id,
            e.seq,
            e.kind,
            d.by,
            look.zone.long(d.at)
        ),
        (state, Some(d)) => format!("{}: {state} by {}: {}\n", e.id, d.by, d.reason),
        (_, None) => format!(
            "{}: asked for entry {} ({}) of {}\n",
            e.id, e.seq, e.kind, e.stream
        ),
    };
    let _ = writeln!(out, "  asked     {}: {}", e.by, e.reason);
    let _ = writeln!(out, "  words in  {}", e.fields.join(", "));
    if !e.copies.is_empty() {
        let copies: Vec<String> = e.copies.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            out,
            "  also in   entries {}, where the same words stand: each is erased by itself",
            copies.join(", ")
        );
    }
    if e.state == "asked" {
        let _ = writeln!(
            out,
            "  next      another admin confirms it until {}: tidegate audit erase --confirm {} --reason ...",
            look.zone.long(e.until),
            e.id
        );
    }
    out
}
