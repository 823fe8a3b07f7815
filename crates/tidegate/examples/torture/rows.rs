//! Rows of the table of faults that are no deaths at points: what happens around the processes. Each is run under the same load, is
//! looked at by the same judges, and ends with one line of counts, times and a bound.

use super::running::Ended;
use super::{Store, crowd, failover, forgotten, links, lost, power, takeover, versions};
use anyhow::Result;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Row {
    /// The answer to a commit gets lost
    LostAnswers,
    /// One of two servers dies or stands still, and the other one goes on
    Takeover,
    /// A database of two machines changes over
    Failover,
    /// An old version meets a ledger that a newer one upgraded
    Versions,
    /// The same in the middle of a thousand rollouts
    Crowd,
    /// The network between server and agent is cut, one way or both, comes and goes, or loses packets
    Links,
    /// The machine of the server loses its power
    PowerLoss,
    /// A forgotten copy of the ledger is started under targets that have seen newer work
    Forgotten,
}

/// How often.
#[derive(Debug, Clone, Args)]
pub struct RowArgs {
    /// Which
    #[arg(value_enum)]
    pub row: Row,
    /// The `tidegate` binary, built with the feature `torture`
    #[arg(long)]
    pub program: PathBuf,
    /// How many trials; each row has a number of its own
    #[arg(long)]
    pub trials: Option<u32>,
    /// The seed that the choices are drawn from
    #[arg(long, default_value_t = 1)]
    pub from: u64,
    /// Where the ledger is, for rows that can choose
    #[arg(long, value_enum, default_value_t = Store::Sqlite)]
    pub store: Store,
    /// A defence that is switched off, to see that it is missed
    #[arg(long)]
    pub off: Vec<String>,
}

/// What came of it.
pub struct Line {
    /// For people.
    pub line: String,
    /// What must never happen.
    pub found: Vec<String>,
}

/// Do it, and judge. True when nothing was found.
///
/// # Errors
/// The world cannot be started or ended.
pub fn run(args: &RowArgs) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let folder = tempfile::Builder::new().prefix("tidegate-row-").tempdir()?;
    let line = runtime.block_on(row(args, folder.path()))?;
    let Some(Line { line, found }) = line else {
        println!("skipped: see above what is missing");
        return Ok(true);
    };
    for violation in &found {
        println!("violation: {violation}");
    }
    if !found.is_empty() {
        // A copy: small disks that were mounted for the run end with it.
        let kept = folder.path().with_extension("kept");
        let mut copy = Command::new("cp");
        copy.arg("-a").arg(folder.path()).arg(&kept).status()?;
        println!("kept for a look: {}", kept.display());
    }
    println!("{line}");
    Ok(found.is_empty())
}

/// One row. `None`, with a line that says so, where something is missing.
///
/// # Errors
/// The world cannot be started or ended.
pub async fn row(args: &RowArgs, folder: &Path) -> Result<Option<Line>> {
    match args.row {
        Row::LostAnswers => lost::row(args, folder).await,
        Row::Takeover => takeover::row(args, folder).await,
        Row::Failover => failover::row(args, folder).await,
        Row::Versions => versions::row(args, folder).await,
        Row::Crowd => crowd::row(args, folder).await,
        Row::Links => links::row(args, folder).await,
        Row::PowerLoss => power::row(args, folder).await,
        Row::Forgotten => forgotten::row(args, folder).await,
    }
}

impl Ended {
    /// How rollouts ended, for the line.
    pub fn rollouts(&self) -> String {
        let rollouts = self.counts.rollouts.iter();
        let told: Vec<String> = rollouts.map(|(phase, n)| format!("{n} {phase}")).collect();
        format!("rollouts: {}", told.join(", "))
    }
}
