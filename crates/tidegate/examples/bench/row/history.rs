//! What of a server's cost depends on how long it has been in use: its start, its rest, and how it answers, after more and more
//! finished deployments on one ledger. All of them are carried out by the engine.

use crate::company::{Company, RECREATE};
use crate::crew::{self, Board, Crew, Lane, STEPS, Until};
use crate::figures::{Samples, Spread, round};
use crate::report::Report;
use crate::seed::{ADMIN, Seed};
use crate::server::Server;
use crate::{Common, machine};
use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Answers of each kind that are timed.
const ANSWERS: usize = 50;

/// Options of the row.
#[derive(Debug, Clone, Args)]
pub struct HistoryArgs {
    #[command(flatten)]
    common: Common,
    /// Finished deployments at which it is measured, growing
    #[arg(long, value_delimiter = ',', default_values_t = [2_000, 10_000, 50_000])]
    sizes: Vec<u64>,
    /// Starts of each server at each size
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of rest before memory is read
    #[arg(long, default_value_t = 10)]
    rest: u64,
    /// Seconds over which processor time is counted
    #[arg(long, default_value_t = 20)]
    sample: u64,
    /// Also verify the whole log at the last size
    #[arg(long)]
    verify: bool,
}

fn company() -> Company<'static> {
    Company {
        environments: 4,
        services: 32,
        instances: 1,
        strategy: RECREATE,
        command: "[./played]",
        port: 20_000,
    }
}

/// A server as it was measured.
struct Measured {
    deployments: u64,
    entries: u64,
    /// Milliseconds to the first 200, used and empty.
    starts: Vec<(f64, f64)>,
    mb: f64,
    cpu_ms_a_minute: f64,
    list_ms: f64,
    disk_gb: f64,
}

impl Measured {
    fn start(&self) -> Spread {
        Spread::of(self.starts.iter().map(|(used, _)| *used))
    }
}

/// Run the row.
pub async fn run(args: HistoryArgs) -> Result<()> {
    let folder = args.common.folder()?;
    let settings = json!({
        "sizes": args.sizes, "rounds": args.rounds, "rest_s": args.rest, "sample_s": args.sample,
        "environments": company().environments, "services": company().services,
    });
    let mut report = Report::begin(
        "history",
        "start to the first 200, memory, idle processor time and a list of 50, by finished deployments on the ledger",
        settings,
    );
    let (empty, used) = (folder.path().join("empty"), folder.path().join("used"));
    std::fs::create_dir_all(&empty)?;
    let lanes = Lane::all(&company());
    let mut all = Vec::new();
    let mut done = 0;
    for size in &args.sizes {
        let (home, lanes) = (used.clone(), lanes.clone());
        let more = size.saturating_sub(done).div_ceil(lanes.len() as u64);
        done += more * lanes.len() as u64;
        let begun = Instant::now();
        let entries = tokio::task::spawn_blocking(move || fill(&home, &lanes, more)).await??;
        println!(
            "history: {done} deployments, {entries} entries, filled in {:.0} s",
            begun.elapsed().as_secs_f64()
        );
        let measured = measure(&args, (&empty, &used), done, entries).await?;
        told(&mut report, &measured);
        all.push(measured);
    }
    if args.verify {
        verified(&args, &used, &mut report).await?;
    }
    let (Some(first), Some(last)) = (all.first(), all.last()) else {
        return report.end(&args.common);
    };
    let ratios = last.starts.iter().map(|(used, empty)| used / empty);
    report.ratio(
        "start on the largest ledger / on an empty one",
        Spread::of(ratios),
    );
    let apart = (last.deployments - first.deployments).max(1) as f64 / 1e6;
    report.at_most(
        "start after the most deployments",
        last.start().median,
        1_000.0,
        "ms",
    );
    report.at_most(
        "more start time with a million deployments more, by the slope",
        (last.start().median - first.start().median) / apart,
        1_000.0,
        "ms",
    );
    report.at_most(
        "more idle processor time a minute with a million deployments more, by the slope",
        (last.cpu_ms_a_minute - first.cpu_ms_a_minute) / apart,
        1_000.0,
        "ms",
    );
    report.end(&args.common)
}

fn told(report: &mut Report, found: &Measured) {
    let start = found.start();
    let empty = Spread::of(found.starts.iter().map(|(_, empty)| *empty));
    report.round(
        &format!(
            "{} deployments, {} entries, {:.2} GB: start {:.0} ms ({:.0} to {:.0}; empty {:.0} ms), {:.1} MB, {:.0} CPU-ms a minute at rest, \
             list of 50 p50 {:.1} ms",
            found.deployments, found.entries, found.disk_gb, start.median, start.min, start.max, empty.median, found.mb,
            found.cpu_ms_a_minute, found.list_ms
        ),
        json!({
            "deployments": found.deployments, "entries": found.entries, "disk_gb": round(found.disk_gb), "start_ms": start,
            "start_empty_ms": empty, "mb": round(found.mb), "idle_cpu_ms_a_minute": round(found.cpu_ms_a_minute),
            "list_p50_ms": round(found.list_ms),
        }),
    );
}

async fn measure(
    args: &HistoryArgs,
    (empty, used): (&Path, &PathBuf),
    deployments: u64,
    entries: u64,
) -> Result<Measured> {
    let program = &args.common.program;
    let mut starts = Vec::new();
    for _ in 0..args.rounds {
        starts.push((start(program, used).await?, start(program, empty).await?));
    }
    let (server, _) = Server::start(program, used).await?;
    tokio::time::sleep(Duration::from_secs(args.rest)).await;
    let before = machine::cpu(server.pid()?)?;
    tokio::time::sleep(Duration::from_secs(args.sample)).await;
    let spent = machine::cpu(server.pid()?)? - before;
    let mb = machine::resident(server.pid()?)?;
    let client = server.client(ADMIN)?;
    let mut lists = Samples::default();
    for _ in 0..ANSWERS {
        let begun = Instant::now();
        client
            .get::<serde_json::Value>("/api/v1/deployments?limit=50")
            .await?;
        lists.add(begun.elapsed());
    }
    server.stop().await?;
    Ok(Measured {
        deployments,
        entries,
        starts,
        mb,
        cpu_ms_a_minute: spent.as_secs_f64() * 1e3 * 60.0 / args.sample.max(1) as f64,
        list_ms: lists.quantile(0.5),
        disk_gb: bytes(used)? as f64 / 1e9,
    })
}

async fn start(program: &Path, home: &Path) -> Result<f64> {
    let (server, took) = Server::start(program, home).await?;
    server.stop().await?;
    Ok(took.as_secs_f64() * 1e3)
}

/// The whole chain and tree, by the binary.
async fn verified(args: &HistoryArgs, used: &Path, report: &mut Report) -> Result<()> {
    let (server, _) = Server::start(&args.common.program, used).await?;
    let begun = Instant::now();
    let status = tokio::process::Command::new(&args.common.program)
        .args(["audit", "verify"])
        .env("TIDEGATE_URL", server.url())
        .env(
            "TIDEGATE_TOKEN",
            std::fs::read_to_string(used.join(ADMIN))?.trim(),
        )
        .current_dir(used)
        .status()
        .await?;
    let took = begun.elapsed().as_secs_f64();
    server.stop().await?;
    anyhow::ensure!(status.success(), "the log does not verify");
    report.round(
        &format!("`audit verify`: valid, in {took:.1} s"),
        json!({ "verified_s": round(took) }),
    );
    Ok(())
}

/// Bytes of the files in a folder and below.
fn bytes(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        sum += match about.is_dir() {
            true => bytes(&entry.path())?,
            false => about.len(),
        };
    }
    Ok(sum)
}

/// Finish this many more deployments on each lane. Gives the number of entries.
fn fill(home: &Path, lanes: &[Arc<Lane>], each: u64) -> Result<u64> {
    let company = company();
    let seed = if home.exists() {
        Arc::new(Seed::again(home)?)
    } else {
        Arc::new(Seed::released(home, &company)?)
    };
    let board = Arc::new(Board::default());
    let crew = Crew::start(&seed, &company, &board)?;
    crew::deploy(&seed, &board, lanes, STEPS, Until::Each(each))?;
    drop(crew);
    let entries = seed.engine.read(|rows| rows.head())?.seq;
    Arc::into_inner(seed)
        .context("the ledger is still in use")?
        .close()?;
    Ok(entries)
}
