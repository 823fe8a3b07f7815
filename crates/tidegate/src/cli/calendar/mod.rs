//! `tidegate calendar`: what is on it, when something fits, and what rules and phrases mean as times.

mod company;
mod conflicts;
mod explain;
pub mod feeds;
mod ics;
mod import;
mod lanes;
mod next_slot;
mod occurrence;
pub mod show;

use super::entry;
use super::session::Session;
use crate::exit::{Exit, Failure};

/// Look at the calendar: what is on it, when something fits, what a rule means
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    show: show::Show,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Show(show::Show),
    Conflicts(conflicts::Conflicts),
    NextSlot(next_slot::NextSlot),
    Explain(explain::Explain),
    Ics(ics::Args),
    Import(import::Args),
    Feeds(feeds::Feeds),
    EndFeed(feeds::End),
    Entries(entry::List),
    Add(Box<entry::OfKind>),
    Move(entry::Move),
    Cancel(entry::Cancel),
    Consent(entry::Consent),
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    match &args.verb {
        None => show::run(&args.show, session).await,
        Some(Verb::Show(show)) => show::run(show, session).await,
        Some(Verb::Conflicts(asked)) => conflicts::run(asked, session).await,
        Some(Verb::NextSlot(next)) => next_slot::run(next, session).await,
        Some(Verb::Explain(explain)) => explain::run(explain, session).await,
        Some(Verb::Ics(args)) => ics::run(args, session).await,
        Some(Verb::Import(args)) => import::run(args, session).await,
        Some(Verb::Feeds(args)) => feeds::list(args, session).await,
        Some(Verb::EndFeed(args)) => feeds::end(args, session).await,
        Some(Verb::Entries(list)) => entry::list(list, session).await,
        Some(Verb::Add(args)) => entry::declare(&args.kind, &args.add, session).await,
        Some(Verb::Move(args)) => entry::move_to(args, session).await,
        Some(Verb::Cancel(args)) => entry::cancel(args, session).await,
        Some(Verb::Consent(args)) => entry::consent(args, session).await,
    }
}
