//! The `tidegate` binary: reads the command line, runs one command, ends with its exit code.

mod cli;
mod clock;
mod context;
mod demo;
mod exit;
mod output;
mod publish;
mod role;
mod sign_ins;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main(std::env::args_os())
}
