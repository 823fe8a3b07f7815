//! A judge that never found anything proves nothing: each defence is switched off in the real processes, one at a time, and must be
//! missed by the judges.

use super::kills::torture;
use super::rows::{self, Row, RowArgs};
use super::{KillsArgs, Store};
use anyhow::Result;
use clap::Args;
use std::path::{Path, PathBuf};

/// What shows that a defence is missing.
enum Shown {
    /// Deaths at these points.
    Deaths(&'static [&'static str]),
    /// A row of faults, with so many trials at most.
    Row(Row, u32),
}

/// What is switched off, and where it must show.
const DEFENCES: [(&str, Shown); 5] = [
    // The answer to a command that comes again is not looked up.
    (
        "replies",
        Shown::Deaths(&["server.turn.kept", "server.ledger.committed"]),
    ),
    // Entries are written after the states that they explain.
    ("audit", Shown::Deaths(&["server.ledger.between"])),
    // Work that is leased again keeps its number.
    (
        "epoch",
        Shown::Deaths(&["agent.work.leased", "agent.work.started"]),
    ),
    // A commit is answered before it is on the disk.
    ("sync", Shown::Row(Row::PowerLoss, 100)),
    // The target takes work of an older generation.
    ("fence", Shown::Row(Row::Forgotten, 5)),
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

/// What was found, after how many trials.
struct Noticed {
    found: Vec<String>,
    trials: String,
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
    for (defence, shown) in &DEFENCES {
        let noticed = match shown {
            Shown::Deaths(points) => runtime.block_on(deaths(args, defence, points))?,
            Shown::Row(row, trials) => runtime.block_on(trials_of(args, defence, *row, *trials))?,
        };
        let Some(Noticed { found, trials }) = noticed else {
            println!("{defence}: skipped");
            continue;
        };
        match found.first() {
            Some(how) => {
                let how = how.lines().next().unwrap_or_default();
                let how: String = how.chars().take(200).collect();
                println!("{defence}: noticed after {trials}: {how}");
            }
            None => {
                missed += 1;
                println!("{defence}: NOT NOTICED in {trials}");
            }
        }
    }
    println!(
        "{} defences switched off, {missed} not noticed",
        DEFENCES.len()
    );
    Ok(missed == 0)
}

async fn deaths(args: &MutationsArgs, defence: &str, points: &[&str]) -> Result<Option<Noticed>> {
    let kills = KillsArgs {
        program: args.program.clone(),
        kills: args.kills,
        from: args.from,
        seconds: 300,
        store: Store::Sqlite,
        points: points.iter().map(ToString::to_string).collect(),
        every_point: false,
        off: vec![defence.to_owned()],
    };
    let Some(outcome) = torture(&kills).await? else {
        return Ok(None);
    };
    // What was found was wanted.
    if let Some(kept) = outcome.kept {
        std::fs::remove_dir_all(kept)?;
    }
    Ok(Some(Noticed {
        trials: format!("{} kills", outcome.counts.total()),
        found: outcome.found,
    }))
}

async fn trials_of(
    args: &MutationsArgs,
    defence: &str,
    row: Row,
    trials: u32,
) -> Result<Option<Noticed>> {
    let folder = tempfile::tempdir()?;
    let args = RowArgs {
        row,
        program: args.program.clone(),
        trials: Some(trials),
        from: args.from,
        store: Store::Sqlite,
        off: vec![defence.to_owned()],
    };
    let line = rows::row(&args, Path::new(folder.path())).await?;
    Ok(line.map(|line| Noticed {
        found: line.found,
        trials: line.line,
    }))
}
