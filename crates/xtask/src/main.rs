//! Chores of this repository: `cargo xtask tidy`, `ci`, `bench`, `sim` and `torture`.
//!
//! It exists so that people and CI run the same checks by the same command. It must not be used by the product: nothing
//! here ships, and no other crate depends on it.

mod bench;
mod ci;
mod sim;
mod tidy;
mod torture;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Chores of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Check crate edges, sizes, module docs, banned words, the dependency graph and licences.
    Tidy,
    /// Run everything CI runs: format, tidy, clippy, tests, doc tests. Stops at the first step that fails.
    Ci,
    /// Measure, in release. Figures go to the terminal and below `bench` of the target folder.
    Bench(bench::BenchArgs),
    /// Run trials: the real server in a simulated world in which everything breaks, from seeds. Ends with one line of counts.
    Sim(sim::SimArgs),
    /// Kill real servers, agents and routers at every point where something becomes true. Ends with one line of counts.
    Torture(torture::TortureArgs),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().chore {
        Chore::Tidy => tidy::command(),
        Chore::Ci => ci::command(),
        Chore::Bench(args) => bench::command(&args),
        Chore::Sim(args) => sim::command(&args),
        Chore::Torture(args) => torture::command(&args),
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
