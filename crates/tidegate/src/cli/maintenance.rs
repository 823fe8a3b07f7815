//! `tidegate maintenance`: planned work on what services stand on.

use super::entry;
use super::session::Session;
use crate::exit::{Exit, Failure};

/// Declare planned maintenance
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Add(entry::Add),
    /// List planned maintenance
    List,
    Cancel(entry::Cancel),
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::Add(add) => entry::declare("maintenance", add, session).await,
        Verb::List => entry::of_kind("maintenance", session).await,
        Verb::Cancel(cancel) => entry::cancel(cancel, session).await,
    }
}
