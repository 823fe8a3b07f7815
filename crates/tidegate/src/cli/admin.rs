//! `tidegate admin`: what only an admin does, and seldom.

use super::change::Change;
use super::env;
use super::session::Session;
use crate::exit::{Exit, Failure};
use tidegate_client::wire::Reason;

/// Seldom needed: for admins
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Go on in an environment that is held because the ledger went back: every later plan has a higher generation than its
    /// targets have seen
    Fence {
        /// Environment
        environment: String,
        #[command(flatten)]
        change: Change,
    },
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let Verb::Fence {
        environment,
        change,
    } = &args.verb;
    let reason = Reason {
        reason: change.reason(session)?,
    };
    let client = session.client()?;
    let key = change.key()?;
    let fenced = client.fence_environment(environment, &reason, &key).await?;
    env::show(&fenced, session)?;
    Ok(Exit::Done)
}
