//! Stands in for the one binary in tests of this crate: `agentd agent --server URL --token T --root R --environment E`,
//! `agentd instance-shim --dir D`, and `agentd router …` (the router's own example program, built beside this one).

use std::{
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{Command, ExitCode},
};
use tidegate_agent::AgentOptions;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let result = match words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["instance-shim", "--dir", dir] => {
            return ExitCode::from(tidegate_drivers::shim_main(dir.as_ref()) as u8);
        }
        ["router", rest @ ..] => router(rest),
        [
            "agent",
            "--server",
            server,
            "--token",
            token,
            "--root",
            root,
            "--environment",
            environment,
            trust @ ..,
        ] => agent(server, token, PathBuf::from(root), (environment, trust)),
        _ => Err("usage: agentd agent … | instance-shim --dir D | router …".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("agentd: {why}");
            ExitCode::FAILURE
        }
    }
}

fn router(arguments: &[&str]) -> Result<(), String> {
    let own = std::env::current_exe().map_err(|e| e.to_string())?;
    let error = Command::new(own.with_file_name("router"))
        .args(arguments)
        .exec();
    Err(format!("the router example: {error}"))
}

fn agent(
    server: &str,
    token: &str,
    root: PathBuf,
    (environment, trust): (&str, &[&str]),
) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut options = AgentOptions::new(
        server,
        token,
        "local",
        vec![environment.to_owned()],
        root,
        program,
    );
    if let ["--trust", file] = trust {
        options.trust = Some(std::fs::read_to_string(file).map_err(|e| e.to_string())?);
    }
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
            .map_err(|e| e.to_string())?;
        let shutdown = async {
            term.recv().await;
        };
        tidegate_agent::run(options, shutdown)
            .await
            .map_err(|e| e.to_string())
    })
}
