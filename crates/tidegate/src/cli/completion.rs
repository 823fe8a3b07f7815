//! `tidegate completion`: a script that completes command lines. Works without a server.

use super::session::Session;
use crate::exit::{Exit, Failure};
use clap::CommandFactory as _;
use clap_complete::Shell;

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: tidegate completion bash > ~/.local/share/bash-completion/completions/tidegate"
)]
pub struct Args {
    /// Shell
    shell: Shell,
}

/// Print it.
pub fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut super::Cli::command(),
        "tidegate",
        &mut script,
    );
    session.out.line(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
