//! A judge that never found anything proves nothing: each defence is switched off in the real processes, one at a time, and must be
//! missed by the judges.

use super::kills::torture;
use super::{KillsArgs, Store};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// What is switched off, and where somebody must die for it to show.
const DEFENCES: [(&str, &[&str]); 2] = [
    // The answer to a command that comes again is not looked up.
    ("replies", &["server.turn.kept", "server.ledger.committed"]),
    // Entries are written after the states that they explain.
    ("audit", &["server.ledger.between"]),
];

/// How long to look.
#[derive(Debug, Clone, Args)]
pub struct MutationsArgs {
    /// The `tidegate` binary, built with the feature `torture`
    #[arg(long)]
    program: PathBuf,
    /// Deaths within which each must be noticed
    #[arg(long, default_value_t = 100)]
    kills: u32,
    /// The seed that the choices are drawn from
    #[arg(long, default_value_t = 1)]
    from: u64,
}

/// Switch off, kill, and expect to be told. True when each was noticed.
///
/// # Errors
/// A world cannot be started.
pub fn run(args: &MutationsArgs) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let mut missed = 0;
    for (defence, points) in DEFENCES {
        let kills = KillsArgs {
            program: args.program.clone(),
            kills: args.kills,
            from: args.from,
            seconds: 300,
            store: Store::Sqlite,
            points: points.iter().map(ToString::to_string).collect(),
            every_point: false,
            off: Some(defence.to_owned()),
        };
        let outcome = runtime.block_on(torture(&kills))?;
        let Some(outcome) = outcome else { continue };
        let kills = outcome.counts.total();
        match outcome.found.first() {
            Some(how) => {
                let how: String = how
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .chars()
                    .take(200)
                    .collect();
                println!("{defence}: noticed after {kills} kills: {how}");
            }
            None => {
                missed += 1;
                println!("{defence}: NOT NOTICED in {kills} kills");
            }
        }
        // What was found was wanted.
        if let Some(kept) = outcome.kept {
            std::fs::remove_dir_all(kept)?;
        }
    }
    println!(
        "{} defences switched off, {missed} not noticed",
        DEFENCES.len()
    );
    Ok(missed == 0)
}
