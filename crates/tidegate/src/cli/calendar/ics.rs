//! `tidegate calendar ics`: addresses at which calendar programs read the calendar.

use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Table};
use tidegate_client::wire::{CalendarFeed, CalendarFeedRequest};
use tidegate_core::time::Millis;

/// Make, list and revoke addresses that calendar programs subscribe to; for admins
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Make an address; it is shown once, and whoever has it reads this calendar and nothing else
    Create(Create),
    /// List feeds, without their addresses
    List,
    /// End a feed at once
    Revoke {
        /// Name
        name: String,
        /// Agree beforehand
        #[arg(short, long)]
        yes: bool,
        /// Why; kept in the audit trail
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
struct Create {
    /// Name; calendar programs show it
    name: String,
    /// Only what concerns these environments
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    environment: Vec<String>,
    /// Only these kinds, for example `freeze,train,release,maintenance` [default: what people plan by]
    #[arg(long, value_delimiter = ',', value_name = "KINDS")]
    kinds: Vec<String>,
    /// Titles and scopes only: no reasons that people typed, and no names
    #[arg(long)]
    public: bool,
    /// Let it end by itself after this time, for example `365d` [default: never]
    #[arg(long, value_name = "TIME", value_parser = Millis::parse)]
    expires_in: Option<Millis>,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    match &args.verb {
        Verb::Create(create) => {
            let request = CalendarFeedRequest {
                name: create.name.clone(),
                environments: create.environment.clone(),
                kinds: create.kinds.clone(),
                public: create.public,
                expires_in_s: create.expires_in.map(|span| span.0.div_ceil(1_000)),
            };
            let feed = client.create_calendar_feed(&request).await?;
            // The address alone on stdout, so that it can go into a program without passing a screen.
            session.out.show(&feed, &feed.name, |_| feed.url.clone())?;
            session.out.hint(
                "this is shown once, and whoever has it can read the calendar; some programs look again only every few hours",
            );
        }
        Verb::List => list(&client.calendar_feeds().await?.items, session)?,
        Verb::Revoke { name, yes, reason } => {
            if !session.confirm(&format!("End the calendar feed `{name}` now?"), *yes)? {
                return Err(Failure::new(Exit::Rejected, "not revoked"));
            }
            client.revoke_calendar_feed(name, reason.as_deref()).await?;
            session.out.hint(&format!(
                "revoked {name}; `tidegate audit log --stream access/{name}` shows by whom and why"
            ));
        }
    }
    Ok(Exit::Done)
}

fn list(items: &[CalendarFeed], session: &Session) -> Result<(), Failure> {
    let zone = &session.out.look.zone;
    let mut table = Table::new(&[
        Column::Always("NAME"),
        Column::Always("ENVIRONMENTS"),
        Column::Always("KINDS"),
        Column::Always("SHOWS"),
        Column::Always("CREATED"),
        Column::Always("EXPIRES"),
    ]);
    let all = |list: &[String], otherwise: &str| match list {
        [] => otherwise.to_owned(),
        list => list.join(","),
    };
    for feed in items {
        let shows = if feed.public { "titles" } else { "everything" };
        table.row([
            feed.name.clone(),
            all(&feed.environments, "all"),
            all(&feed.kinds, "usual"),
            shows.to_owned(),
            zone.stamp(feed.created_at),
            feed.expires_at
                .map_or_else(|| "never".to_owned(), |at| zone.stamp(at)),
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |feed| feed.name.clone(),
        table,
        none: "no calendar feeds",
    })
}
