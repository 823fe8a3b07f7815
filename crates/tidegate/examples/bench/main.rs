//! Benchmarks of a whole Tidegate: real server processes, real agents or played ones, real disks. `cargo xtask bench` builds
//! in release and runs this program.
//!
//! Each row prints its rounds, one ratio line (median, min, max) and its goals, and leaves a JSON file. Figures depend on
//! the machine; only ratios to the probe of the same run compare. Nothing here passes or fails a build.

mod backend;
mod company;
mod crew;
mod figures;
mod hands;
mod machine;
mod peer;
mod probe;
mod report;
mod row;
mod seed;
mod server;
mod traffic;

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Benchmarks of Tidegate.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    row: Row,
}

/// What every row needs.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// The `tidegate` binary under measurement
    #[arg(long)]
    pub program: PathBuf,
    /// Folder for the JSON files
    #[arg(long)]
    pub out: PathBuf,
    /// Folder on the disk to measure; the system's folder for temporary files when absent
    #[arg(long)]
    pub disk: Option<PathBuf>,
}

impl Common {
    /// A new folder on the disk under measurement; removed when dropped.
    fn folder(&self) -> anyhow::Result<tempfile::TempDir> {
        let parent = self.disk.clone().unwrap_or_else(std::env::temp_dir);
        Ok(tempfile::Builder::new()
            .prefix("tidegate-bench-")
            .tempdir_in(parent)?)
    }
}

#[derive(Subcommand)]
enum Row {
    /// A step's end is reported until the next step is leased, durable, over HTTP on loopback
    Step(row::step::StepArgs),
    /// Total failure of a canary until its last bad answer
    Rollback(row::rollback::RollbackArgs),
    /// SIGKILL of the server in the middle of rollouts until the next step is leased
    Resume(row::resume::ResumeArgs),
    /// Five-step deployments a second, over HTTP and in process
    Deployments(row::deployments::DeploymentsArgs),
    /// Steps and five-step deployments beside Restate and DBOS, in one interleaved run
    Orchestration(row::orchestration::OrchestrationArgs),
    /// Every gate and policy of a deployment, and who may ask for it, in process
    Decision(row::decision::DecisionArgs),
    /// A quarter ahead of time, beside the quarter before, in process
    Forecast(row::forecast::ForecastArgs),
    /// Memory, processor time and start of an idle server
    Idle(row::idle::IdleArgs),
    /// Start, memory and idle processor time after very many finished deployments
    History(row::history::HistoryArgs),
    /// Memory and processor time of very many rollouts that are held and judged each second
    Held(row::held::HeldArgs),
    /// The service that the rollback row releases
    #[command(hide = true)]
    Backend(backend::BackendArgs),
}

fn main() -> anyhow::Result<()> {
    let row = Arguments::parse().row;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match row {
            Row::Step(args) => row::step::run(args).await,
            Row::Rollback(args) => row::rollback::run(args).await,
            Row::Resume(args) => row::resume::run(args).await,
            Row::Deployments(args) => row::deployments::run(args).await,
            Row::Orchestration(args) => row::orchestration::run(args).await,
            Row::Decision(args) => row::decision::run(args).await,
            Row::Forecast(args) => row::forecast::run(args).await,
            Row::Idle(args) => row::idle::run(args).await,
            Row::History(args) => row::history::run(args).await,
            Row::Held(args) => row::held::run(args).await,
            Row::Backend(args) => backend::run(args).await,
        }
    })
}
