//! `tidegate audit overrides`: every time somebody set a rule aside.

use super::super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Table};
use tidegate_client::OverrideFilter;
use tidegate_client::wire::Override;
use tidegate_core::time::Millis;

/// List every time somebody set a rule aside: who, why, for how long, what went because of it, and who reviewed it
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exceptions, emergencies, broken locks, lowered classes, escalations, versions that stay live against the criteria, controls that became weaker with their owner's yes, and holds that were ended early; the oldest first. `-o json` gives the same for a file."
)]
pub struct Overrides {
    /// Only since this instant: `2026-11-25 09:00`, or RFC 3339
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only before this instant
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

/// Run it.
pub async fn run(asked: &Overrides, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let instant = |text: &Option<String>| text.as_deref().map(|t| session.instant(t)).transpose();
    let mut filter = OverrideFilter {
        since: instant(&asked.since)?,
        until: instant(&asked.until)?,
        limit: Some(200),
        after: None,
    };
    let mut items: Vec<Override> = Vec::new();
    loop {
        let page = client.audit_overrides(&filter).await?;
        items.extend(page.items);
        if page.next.is_none() || page.next == filter.after {
            break;
        }
        filter.after = page.next;
    }
    let zone = &session.out.look.zone;
    let mut table = Table::new(&[
        Column::Always("SEQ"),
        Column::Always("AT"),
        Column::Always("WHAT"),
        Column::Always("NAME"),
        Column::Always("RELEASE"),
        Column::Always("WHERE"),
        Column::Always("BY"),
        Column::Always("FOR"),
        Column::Always("REVIEW"),
        Column::Always("REASON"),
        Column::Wide("INCIDENT"),
        Column::Wide("USED BY"),
    ]);
    for o in &items {
        let lasting = o
            .until
            .map(|until| Millis::between(o.at, until).to_string());
        let review = match (&o.reviewed_by, o.review_due) {
            (Some(by), _) => format!("by {by}"),
            (None, Some(due)) => format!("due {}", zone.stamp(due)),
            (None, None) if !o.agreed_by.is_empty() => format!("yes by {}", o.agreed_by.join(", ")),
            (None, None) => String::new(),
        };
        table.row([
            o.seq.to_string(),
            zone.stamp(o.at),
            o.what.clone(),
            o.name.clone(),
            o.release.clone().unwrap_or_default(),
            o.environments.join(", "),
            o.by.clone(),
            lasting.unwrap_or_default(),
            review,
            o.reason.clone().unwrap_or_else(|| "(erased)".to_owned()),
            o.incident.clone().unwrap_or_default(),
            o.used_by.join(", "),
        ]);
    }
    session.out.list(&Listing {
        items: &items,
        name: |o| o.name.clone(),
        table,
        none: "nobody set a rule aside",
    })?;
    Ok(Exit::Done)
}
