//! The router as a process of its own.

use crate::exit::{Exit, Failure};
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Options of the router.
#[derive(Debug, Clone, Args)]
pub struct RouterArgs {
    /// Address of its control interface; loopback only, port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    pub admin: SocketAddr,
    /// File with the token of the control interface
    #[arg(long)]
    pub token_file: PathBuf,
    /// Folder where the table in force is kept
    #[arg(long)]
    pub state: PathBuf,
    /// Threads; one per core when absent
    #[arg(long)]
    pub threads: Option<usize>,
    /// File that gets the control address once it listens
    #[arg(long)]
    pub ready_file: Option<PathBuf>,
}

/// `tidegate router`.
pub fn run(args: RouterArgs) -> Result<Exit, Failure> {
    let threads = args
        .threads
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let options = tidegate_router::Options {
        admin: args.admin,
        token_file: args.token_file,
        state: args.state,
        threads,
        ready_file: args.ready_file,
    };
    tidegate_router::run(options).map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
    Ok(Exit::Done)
}
