//! `tidegate vendor` and `tidegate legacy`: work of others, and runs that cannot be moved.

use super::calendar::feeds;
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Table};
use tidegate_client::wire::{Legacy, Vendor};
use tidegate_core::time::Millis;

/// Third parties: hours of their contracts, their work, and what of ours meets it
#[derive(Debug, clap::Args)]
pub struct Vendors {
    #[command(subcommand)]
    verb: Only,
}

/// Systems that cannot be moved, and what they cost
#[derive(Debug, clap::Args)]
pub struct Constraints {
    #[command(subcommand)]
    verb: Only,
}

#[derive(Debug, clap::Subcommand)]
enum Only {
    /// List them
    List,
}

/// Vendors.
pub async fn vendors(args: &Vendors, session: &Session) -> Result<Exit, Failure> {
    let Only::List = args.verb;
    let items = session.client()?.vendors().await?.items;
    let mut table = Table::new(&[
        Column::Always("VENDOR"),
        Column::Always("OWNER"),
        Column::Always("HOURS"),
        Column::Always("NOTICE"),
        Column::Always("SERVICES"),
        Column::Always("CALENDAR"),
        Column::Always("WORK"),
        Column::Always("CLASHES"),
        Column::Always("BREACHES"),
        Column::Wide("ZONE"),
        Column::Wide("LINE"),
    ]);
    for v in &items {
        let work = v.entries.iter().map(|e| e.id.as_str());
        let work: Vec<&str> = work.collect();
        let clashes: Vec<String> = v.clashes.iter().map(clash).collect();
        let breaches: usize = v.entries.iter().map(|e| e.breaches.len()).sum();
        table.row([
            v.name.clone(),
            v.owner.clone(),
            hours(v),
            v.notice.clone().unwrap_or_default(),
            v.services.join(","),
            calendar(v),
            work.join(","),
            clashes.join("; "),
            breaches.to_string(),
            v.zone.clone(),
            format!("{}:{}", v.rule.file, v.rule.line),
        ]);
    }
    session.out.list(&Listing {
        items: &items,
        name: |v: &Vendor| v.name.clone(),
        table,
        none: "no vendor is configured",
    })?;
    Ok(Exit::Done)
}

/// Whether what is known of its work still counts.
fn calendar(v: &Vendor) -> String {
    match (&v.calendar, v.calendar_fresh_for_ms) {
        (Some(calendar), _) => feeds::state(calendar),
        (None, Some(_)) => "never read".to_owned(),
        (None, None) => String::new(),
    }
}

fn hours(v: &Vendor) -> String {
    if v.maintenance.is_empty() {
        return "any time".to_owned();
    }
    v.maintenance.join(" or ")
}

fn clash(c: &tidegate_client::wire::VendorClash) -> String {
    format!("{} in {} meets {}", c.release, c.environment, c.entry)
}

/// Constraints.
pub async fn legacy(args: &Constraints, session: &Session) -> Result<Exit, Failure> {
    let Only::List = args.verb;
    let items = session.client()?.legacy().await?.items;
    let mut table = Table::new(&[
        Column::Always("CONSTRAINT"),
        Column::Always("RUNS"),
        Column::Always("NEXT"),
        Column::Always("DAYS/90"),
        Column::Always("TAKEN"),
        Column::Always("OWNER"),
        Column::Always("REVIEW-BY"),
        Column::Always("CONCERNS"),
        Column::Wide("WHY"),
        Column::Wide("LINE"),
    ]);
    let look = &session.out.look;
    for l in &items {
        let lasting = l.lasting_ms.map(|ms| format!(" for {}", Millis(ms)));
        let next = l
            .next
            .as_ref()
            .map(|n| match n.from <= crate::clock::now() {
                true => format!("runs until {}", look.zone.stamp(n.until)),
                false => look.zone.stamp(n.from),
            });
        let overdue = if l.overdue { " (overdue)" } else { "" };
        table.row([
            l.name.clone(),
            format!(
                "{}{} ({})",
                l.runs.join(" and "),
                lasting.unwrap_or_default(),
                l.zone
            ),
            next.unwrap_or_default(),
            l.days.to_string(),
            Millis(l.taken_ms).to_string(),
            l.owner.clone(),
            format!("{}{overdue}", l.review_by),
            l.concerns.clone(),
            l.why.clone(),
            format!("{}:{}", l.rule.file, l.rule.line),
        ]);
    }
    session.out.list(&Listing {
        items: &items,
        name: |l: &Legacy| l.name.clone(),
        table,
        none: "no system that cannot be moved is configured",
    })?;
    Ok(Exit::Done)
}
