//! `tidegate audit`: the ledger, whether it is as it was written, and a copy that anybody can check.

mod checkpoint;
mod erase;
mod export;
mod hold;
mod kept;
mod log;
mod overrides;
mod population;
mod proof;
mod prove;
mod publish;
mod retention;
mod verify;
mod witness;

pub use verify::continues;

use super::session::Session;
use crate::exit::{Exit, Failure};

/// Read, check and export the ledger
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Log(log::Log),
    Overrides(overrides::Overrides),
    Verify(verify::Verify),
    Export(export::Export),
    Prove(prove::Prove),
    Checkpoint(checkpoint::Checkpoint),
    Population(population::Population),
    Erase(erase::Erase),
    Erasures(erase::Erasures),
    Retention(retention::Retention),
    Hold(hold::Args),
    Witness(witness::Args),
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::Log(log) => log::run(log, session).await,
        Verb::Overrides(asked) => overrides::run(asked, session).await,
        Verb::Verify(verify) => verify::run(verify, session).await,
        Verb::Export(export) => export::run(export, session).await,
        Verb::Prove(prove) => prove::run(prove, session).await,
        Verb::Retention(asked) => retention::run(asked, session).await,
        Verb::Hold(args) => hold::run(args, session).await,
        Verb::Witness(args) => witness::run(args, session).await,
        Verb::Population(population) => population::run(population, session).await,
        Verb::Erase(erase) => erase::run(erase, session).await,
        Verb::Erasures(erasures) => erase::list(erasures, session).await,
        Verb::Checkpoint(checkpoint) => checkpoint::run(checkpoint, session).await,
    }
}
