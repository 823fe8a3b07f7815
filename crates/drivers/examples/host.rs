//! Stands in for the one binary in tests of this crate: `host instance-shim --dir D`, `host router …` (the router's own
//! example program, built beside this one), and `host target --root R`, an agent without a server: it carries out the
//! actions it reads as JSON lines and prints each outcome; the line `observe` prints what it sees.

use std::{
    io::{BufRead as _, Write as _},
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{Command, ExitCode},
};
use tidegate_drivers::{Options, ProcessTarget, shim_main};
use tidegate_plugin::{Action, Actuator as _, Outcome, Progress, Sensor as _};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let result = match words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["instance-shim", "--dir", dir] => return ExitCode::from(shim_main(dir.as_ref()) as u8),
        ["router", rest @ ..] => router(rest),
        ["target", "--root", root] => target(PathBuf::from(root)),
        _ => Err("usage: host instance-shim --dir D | router … | target --root R".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("host: {why}");
            ExitCode::FAILURE
        }
    }
}

fn router(arguments: &[&str]) -> Result<(), String> {
    let own = std::env::current_exe().map_err(|e| e.to_string())?;
    let program = own.with_file_name("router");
    let error = Command::new(&program).args(arguments).exec();
    Err(format!("{}: {error}", program.display()))
}

fn target(root: PathBuf) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let target = ProcessTarget::open(Options::new(root, program))
            .await
            .map_err(|e| e.to_string())?;
        say("ready")?;
        for line in std::io::stdin().lock().lines() {
            let line = line.map_err(|e| e.to_string())?;
            if line == "observe" {
                let seen = target.observe().await.map_err(|e| e.to_string())?;
                say(&serde_json::to_string(&seen).map_err(|e| e.to_string())?)?;
                continue;
            }
            let action: Action = serde_json::from_str(&line).map_err(|e| e.to_string())?;
            let outcome = carry_out(&target, &action).await?;
            say(&serde_json::to_string(&outcome).map_err(|e| e.to_string())?)?;
        }
        target.close().await;
        Ok(())
    })
}

async fn carry_out(target: &ProcessTarget, action: &Action) -> Result<Outcome, String> {
    let mut progress = target.start(action).await.map_err(|e| e.to_string())?;
    loop {
        match progress {
            Progress::Done(outcome) => return Ok(outcome),
            Progress::Running { handle, .. } => {
                progress = target
                    .poll(action, &handle)
                    .await
                    .map_err(|e| e.to_string())?;
            }
        }
    }
}

fn say(line: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|e| e.to_string())
}
