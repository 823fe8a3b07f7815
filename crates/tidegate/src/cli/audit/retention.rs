//! `tidegate audit retention`: what goes when, by which rule, and what keeps it.

use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Table};
use tidegate_client::KeptBodies;
use tidegate_client::wire::KeptBody;

/// Bodies a server gives at most at a time.
const PAGE: usize = 200;

/// Show what is kept beside the log, what goes when by which rule, and what is held or needed
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The log itself is kept for good. Beside it lie what programs wrote (output) and the figures behind verdicts (verdict-evidence); \
they go when a `retention` document says so, unless a hold covers them, or what they explain runs or is a way back. Without \
a rule they are kept for good.")]
pub struct Retention {
    /// Only what this release left
    #[arg(long, value_name = "RELEASE")]
    release: Option<String>,
    /// Only what is past its retention by then: `2026-11-25 09:00`, or RFC 3339
    #[arg(long, value_name = "TIME")]
    by: Option<String>,
    /// At most this many, the oldest first
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: usize,
}

/// Run it.
pub async fn run(asked: &Retention, session: &Session) -> Result<Exit, Failure> {
    let by = asked.by.as_deref();
    let mut which = KeptBodies {
        release: asked.release.clone(),
        by: by.map(|text| session.instant(text)).transpose()?,
        after: None,
        limit: Some(asked.limit.min(PAGE)),
    };
    let client = session.client()?;
    let mut items: Vec<KeptBody> = Vec::new();
    loop {
        let page = client.kept_bodies(&which).await?;
        items.extend(page.items);
        items.truncate(asked.limit);
        if items.len() == asked.limit || page.next.is_none() || page.next == which.after {
            break;
        }
        which.after = page.next;
    }
    let mut table = Table::new(&[
        Column::Always("RELEASE"),
        Column::Always("IN"),
        Column::Always("CLASS"),
        Column::Always("AT"),
        Column::Always("STATE"),
        Column::Always("UNTIL"),
        Column::Always("RULE"),
        Column::Always("KEPT BY"),
        Column::Wide("BYTES"),
        Column::Wide("DEPLOYMENT"),
        Column::Wide("SHA-256"),
    ]);
    let zone = &session.out.look.zone;
    for body in &items {
        let mut kept_by = body.holds.clone();
        kept_by.extend(body.needed.clone());
        table.row([
            body.release.clone(),
            body.environment.clone(),
            body.class.clone(),
            zone.stamp(body.at),
            body.state.clone(),
            body.until
                .map(|until| zone.stamp(until))
                .unwrap_or_default(),
            body.rule.clone().unwrap_or_default(),
            kept_by.join("; "),
            body.bytes.to_string(),
            body.deployment.clone(),
            body.digest.clone(),
        ]);
    }
    session.out.list(&Listing {
        items: &items,
        name: |body| body.digest.clone(),
        table,
        none: "nothing is kept beside the log",
    })?;
    Ok(Exit::Done)
}
