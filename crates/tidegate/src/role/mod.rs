//! The roles of the binary: server, agent, router, all of them for one folder (`up`), and the programs they start.
//!
//! Wiring only: each role reads its options, puts the crates together in one readable function and waits for a signal.

mod agent;
mod backup;
mod checkpoints;
mod database;
mod demo_service;
pub mod down;
mod router;
mod seal_key;
mod secret;
mod serve;
mod shim;
pub mod signal;
mod space;
mod up;

use crate::exit::{Exit, Failure};
use clap::Subcommand;

pub use agent::AgentArgs;
pub use demo_service::Behaviour;

/// Commands that start something that stays.
#[derive(Debug, Subcommand)]
pub enum Role {
    /// Server, agent and router for the configuration of this folder
    Up(up::UpArgs),
    /// Stop what `up` left running: services and router
    Down(down::DownArgs),
    /// The server: ledger, decisions, API
    Serve(serve::ServeArgs),
    /// Copy the ledger of this folder into one file, while a server goes on writing
    Backup(backup::BackupArgs),
    /// Put a backup into this folder; nothing is done at targets until an admin fenced them
    Restore(backup::RestoreArgs),
    /// Check a ledger on this machine
    #[command(subcommand)]
    Store(StoreCommand),
    /// The router: splits traffic between versions (started by the agent)
    Router(router::RouterArgs),
    /// Supervises one instance (started by the agent)
    #[command(hide = true)]
    InstanceShim(shim::ShimArgs),
    /// A small service for the tour (started by the agent)
    #[command(hide = true)]
    DemoService(demo_service::DemoServiceArgs),
}

/// Work as an agent until stopped.
///
/// # Errors
/// It could not start or not go on.
pub fn run_agent(args: AgentArgs) -> Result<Exit, Failure> {
    async_role("agent", agent::run(args))
}

/// Commands for a ledger on this machine.
#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// Check everything in a ledger or a backup: entries, tree, checkpoints
    Verify(backup::VerifyArgs),
}

impl Role {
    /// Run the role until it ends.
    ///
    /// # Errors
    /// It could not start or not go on.
    pub fn run(self) -> Result<Exit, Failure> {
        match self {
            Self::Up(args) => async_role("up", up::run(args)),
            Self::Down(args) => async_role("down", down::run(args)),
            Self::Serve(args) => async_role("serve", serve::run(args)),
            Self::Backup(args) => backup::backup(&args),
            Self::Restore(args) => backup::restore(&args),
            Self::Store(StoreCommand::Verify(args)) => backup::verify(&args),
            // The router has threads of its own and no runtime above them.
            Self::Router(args) => {
                log("router");
                router::run(args)
            }
            Self::InstanceShim(args) => shim::run(&args),
            Self::DemoService(args) => async_role("demo-service", demo_service::run(args)),
        }
    }
}

fn async_role(
    name: &str,
    role: impl Future<Output = Result<Exit, Failure>>,
) -> Result<Exit, Failure> {
    log(name);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Failure::new(Exit::Failed, format!("the runtime cannot start: {e}")))?;
    runtime.block_on(role)
}

/// Log lines go to stderr; `TIDEGATE_LOG` sets what is logged (default: warnings).
fn log(name: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("TIDEGATE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    let ansi = std::io::IsTerminal::is_terminal(&std::io::stderr());
    // A second call in one process (a test) keeps the first subscriber.
    drop(
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(ansi)
            .with_target(false)
            .try_init(),
    );
    tracing::info!(role = name, version = env!("CARGO_PKG_VERSION"), "starting");
}
