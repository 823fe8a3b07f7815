//! Real deaths: a real server, agent, router and programs on this machine, killed at every point where something becomes true and
//! at instants drawn from a seed, while versions roll out. What happened is read from the target and from the ledger by rules of
//! this program's own. `cargo xtask torture` lists the points in the source, builds the program with them and runs this.

mod crowd;
mod cut;
mod failover;
mod faults;
mod forgotten;
mod judge;
mod kills;
mod ledger;
mod links;
mod load;
mod lost;
mod mutations;
mod network;
mod patroni;
mod points;
mod power;
mod process;
mod program;
mod rows;
mod running;
mod spread;
mod takeover;
mod tally;
mod versions;
mod world;

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Deaths of real processes.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Kill server, agent and router while versions roll out
    Kills(KillsArgs),
    /// Switch each defence off, one at a time: each must be noticed
    Mutations(mutations::MutationsArgs),
    /// Let processes stand still past their lease, and fill their disks
    Faults(faults::FaultsArgs),
    /// What happens around the processes: databases, networks, versions, power
    Row(rows::RowArgs),
    /// The service that is rolled out
    #[command(hide = true)]
    Program(program::ProgramArgs),
    /// Look at a ledger that no server holds any more
    #[command(hide = true)]
    Whole(ledger::WholeArgs),
    /// What is run once for each of its releases
    #[command(hide = true)]
    Prepare(program::PrepareArgs),
}

/// What to kill, and how often.
#[derive(Debug, Clone, Args)]
pub struct KillsArgs {
    /// The `tidegate` binary, built with the feature `torture`
    #[arg(long)]
    pub program: PathBuf,
    /// How many deaths
    #[arg(long, default_value_t = 100)]
    pub kills: u32,
    /// The seed that the choices are drawn from
    #[arg(long, default_value_t = 1)]
    pub from: u64,
    /// End after this many seconds, however many deaths there were by then
    #[arg(long, default_value_t = 3_600)]
    pub seconds: u64,
    /// Where the ledger is
    #[arg(long, value_enum, default_value_t = Store::Sqlite)]
    pub store: Store,
    /// The points, separated by commas
    #[arg(long, value_delimiter = ',', required = true)]
    pub points: Vec<String>,
    /// Each point must have killed somebody, or it is a violation
    #[arg(long)]
    pub every_point: bool,
    /// A defence that is switched off
    #[arg(long)]
    pub off: Vec<String>,
}

/// Where the ledger is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Store {
    /// In a file of the server's folder.
    Sqlite,
    /// In a Postgres database that is started for it.
    Postgres,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().what {
        What::Kills(args) => kills::run(&args),
        What::Mutations(args) => mutations::run(&args),
        What::Faults(args) => faults::run(&args),
        What::Row(args) => rows::run(&args),
        What::Whole(args) => ledger::look(&args).map(|()| true),
        What::Program(args) => program::serve(&args).map(|()| true),
        What::Prepare(args) => program::prepare(&args).map(|()| true),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
