//! What a server costs that has nothing to do: memory, processor time, and its start, on an empty and on a used ledger.

use crate::company::{Company, RECREATE};
use crate::crew::{self, Board, Crew, Lane, STEPS, Until};
use crate::figures::{Spread, round};
use crate::report::Report;
use crate::seed::Seed;
use crate::server::Server;
use crate::{Common, machine};
use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Options of the row.
#[derive(Debug, Clone, Args)]
pub struct IdleArgs {
    #[command(flatten)]
    common: Common,
    /// Starts of each server
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Finished deployments on the used ledger
    #[arg(long, default_value_t = 2_000)]
    deployments: u64,
    /// Seconds of rest before memory is read
    #[arg(long, default_value_t = 20)]
    rest: u64,
    /// Seconds over which processor time is counted
    #[arg(long, default_value_t = 10)]
    sample: u64,
}

fn company() -> Company<'static> {
    Company {
        environments: 4,
        services: 10,
        instances: 1,
        strategy: RECREATE,
        command: "[./played]",
        port: 20_000,
    }
}

/// Run the row.
pub async fn run(args: IdleArgs) -> Result<()> {
    let folder = args.common.folder()?;
    let settings = json!({ "rounds": args.rounds, "deployments": args.deployments, "rest_s": args.rest, "sample_s": args.sample });
    let mut report = Report::begin(
        "idle",
        "memory and processor time of a server without work; start to the first 200",
        settings,
    );
    let (empty, used) = (folder.path().join("empty"), folder.path().join("used"));
    let (home, deployments) = (used.clone(), args.deployments);
    std::fs::create_dir_all(&empty)?;
    let entries = tokio::task::spawn_blocking(move || fill(&home, deployments)).await??;
    let mut starts = Vec::new();
    for n in 0..args.rounds {
        let one = start(&args.common.program, &empty).await?;
        let other = start(&args.common.program, &used).await?;
        report.round(
            &format!(
                "round {}: start to first 200: empty {one:.0} ms, {entries} entries {other:.0} ms",
                n + 1
            ),
            json!({ "start_empty_ms": round(one), "start_used_ms": round(other), "entries": entries }),
        );
        starts.push(other / one);
    }
    let (one, _) = Server::start(&args.common.program, &empty).await?;
    let (other, _) = Server::start(&args.common.program, &used).await?;
    tokio::time::sleep(Duration::from_secs(args.rest)).await;
    let before = [machine::cpu(one.pid()?)?, machine::cpu(other.pid()?)?];
    tokio::time::sleep(Duration::from_secs(args.sample)).await;
    let after = [machine::cpu(one.pid()?)?, machine::cpu(other.pid()?)?];
    let memory = [
        machine::resident(one.pid()?)?,
        machine::resident(other.pid()?)?,
    ];
    // Of a whole minute, from the sample.
    let minute: Vec<f64> = before
        .iter()
        .zip(after)
        .map(|(before, after)| {
            (after - *before).as_secs_f64() * 1e3 * 60.0 / args.sample.max(1) as f64
        })
        .collect();
    one.stop().await?;
    other.stop().await?;
    report.round(
        &format!(
            "idle: empty {:.1} MB, {:.0} CPU-ms a minute; after {deployments} deployments {:.1} MB, {:.0} CPU-ms a minute",
            memory[0], minute[0], memory[1], minute[1]
        ),
        json!({
            "empty_mb": round(memory[0]), "used_mb": round(memory[1]),
            "empty_cpu_ms_a_minute": round(minute[0]), "used_cpu_ms_a_minute": round(minute[1]),
        }),
    );
    report.ratio(
        "start on a used ledger / on an empty one",
        Spread::of(starts),
    );
    report.at_most("idle memory, empty", memory[0], 60.0, "MB");
    report.at_most("idle memory, used", memory[1], 60.0, "MB");
    report.end(&args.common)
}

async fn start(program: &Path, home: &Path) -> Result<f64> {
    let (server, took) = Server::start(program, home).await?;
    server.stop().await?;
    Ok(took.as_secs_f64() * 1e3)
}

/// Finish this many deployments in process. Gives the number of entries.
fn fill(home: &Path, deployments: u64) -> Result<u64> {
    let company = company();
    let seed = Arc::new(Seed::released(home, &company)?);
    let (board, lanes) = (Arc::new(Board::default()), Lane::all(&company));
    let crew = Crew::start(&seed, &company, &board)?;
    let each = deployments.div_ceil(lanes.len() as u64);
    crew::deploy(&seed, &board, &lanes, STEPS, Until::Each(each))?;
    drop(crew);
    let entries = seed.engine.read(|rows| rows.head())?.seq;
    Arc::into_inner(seed)
        .context("the ledger is still in use")?
        .close()?;
    Ok(entries)
}
