//! The agent as a process of its own.

use super::signal;
use crate::exit::{Exit, Failure};
use clap::Args;
use std::path::{Path, PathBuf};
use tidegate_agent::AgentOptions;

/// Options of the agent.
#[derive(Debug, Clone, Args)]
pub struct AgentArgs {
    /// Address of the server
    #[arg(long, env = "TIDEGATE_URL")]
    pub server: String,
    /// File with the agent's token; only its owner may read it
    #[arg(long, env = "TIDEGATE_TOKEN_FILE")]
    pub token_file: PathBuf,
    /// Name of this agent
    #[arg(long, default_value = "local")]
    pub name: String,
    /// Environments it serves
    #[arg(long, required = true, value_delimiter = ',')]
    pub environments: Vec<String>,
    /// Folder that belongs to this agent alone
    #[arg(long, default_value = ".tidegate/agent")]
    pub root: PathBuf,
}

/// `tidegate agent run`.
pub async fn run(args: AgentArgs) -> Result<Exit, Failure> {
    let token = token(&args.token_file)?;
    let options = options(
        &args.server,
        &token,
        &args.name,
        args.environments,
        &args.root,
    )?;
    println!(
        "agent {} serves {} for {}",
        args.name,
        options.environments.join(", "),
        args.server
    );
    tidegate_agent::run(options, signal::stop())
        .await
        .map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
    Ok(Exit::Done)
}

/// Options of an agent that starts this very binary for shim and router.
pub fn options(
    server: &str,
    token: &str,
    name: &str,
    environments: Vec<String>,
    root: &Path,
) -> Result<AgentOptions, Failure> {
    let program = std::env::current_exe().map_err(|e| {
        Failure::new(
            Exit::Failed,
            format!("the path of this program is unknown: {e}"),
        )
    })?;
    std::fs::create_dir_all(root).map_err(|e| {
        Failure::new(
            Exit::Failed,
            format!("{} cannot be made: {e}", root.display()),
        )
    })?;
    let root = root.canonicalize().map_err(|e| {
        Failure::new(
            Exit::Failed,
            format!("{} cannot be used: {e}", root.display()),
        )
    })?;
    Ok(AgentOptions::new(
        server,
        token,
        name,
        environments,
        root,
        program,
    ))
}

fn token(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        Failure::new(
            Exit::NotAllowed,
            format!("{} cannot be read: {e}", path.display()),
        )
    })?;
    Ok(text.trim().to_owned())
}
