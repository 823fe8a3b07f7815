//! `tidegate calendar`: what rules and phrases mean as times.

mod company;
mod explain;
mod ics;
mod import;
mod occurrence;

use super::session::Session;
use crate::exit::{Exit, Failure};

/// Look at times that repeat
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Explain(explain::Explain),
    Ics(ics::Args),
    Import(import::Args),
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::Explain(explain) => explain::run(explain, session).await,
        Verb::Ics(args) => ics::run(args, session).await,
        Verb::Import(args) => import::run(args, session).await,
    }
}
