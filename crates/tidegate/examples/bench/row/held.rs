//! Very many rollouts that wait in a hold at the same time, each judged every second: what the server needs for that.
//!
//! Rollouts are brought to their hold by the engine; then a real server takes over, and played agents, one for each environment, tell
//! it over HTTP every second what their routers counted. Every rollout is healthy, so that each stays.

use crate::company::Company;
use crate::crew::{self, Board, Crew, FIRST_STEPS, Lane};
use crate::figures::{Samples, round};
use crate::hands::Hands;
use crate::report::Report;
use crate::seed::{ADMIN, Seed};
use crate::server::Server;
use crate::{Common, machine};
use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tidegate_plugin::actuator::{Observation, RouteObservation};
use tidegate_plugin::router::{GroupStats, bucket};
use tidegate_plugin::wire::Observed;
use tokio::task::JoinSet;

/// Deployments that are brought to their hold at a time.
const AT_A_TIME: usize = 128;
/// Between two looks at a rollout.
const EACH: Duration = Duration::from_secs(1);
/// Requests a second to the new and to the old side.
const REQUESTS: [u64; 2] = [10, 90];
/// Canaries that stay in their first hold.
const STRATEGY: &str = "canary:\n  - { to: 10%, hold: 12h }\n  - { to: 100% }\nanalysis: errors\nregression: roll-back\n---\n\
     analysis: errors\nevery: 1s\nat-least: 20 requests\nmetrics:\n  \
     error-rate: { router: errors, better: lower, tolerate: +0.5pp, critical: true }\n  \
     p95-latency: { router: latency-p95, better: lower, tolerate: +25% }\n";

/// Options of the row.
#[derive(Debug, Clone, Args)]
pub struct HeldArgs {
    #[command(flatten)]
    common: Common,
    /// Environments
    #[arg(long, default_value_t = 20)]
    environments: usize,
    /// Services, each with a rollout in every environment
    #[arg(long, default_value_t = 500)]
    services: usize,
    /// Seconds for which they are judged
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

impl HeldArgs {
    fn company(&self) -> Company<'static> {
        Company {
            environments: self.environments,
            services: self.services,
            instances: 1,
            strategy: STRATEGY,
            command: "[./played]",
            port: 2_000,
        }
    }
}

/// Run the row.
pub async fn run(args: HeldArgs) -> Result<()> {
    let folder = args.common.folder()?;
    let home = folder.path().join("held");
    let settings = json!({
        "environments": args.environments, "services": args.services, "seconds": args.seconds, "each_ms": 1_000,
    });
    let mut report = Report::begin(
        "held",
        "rollouts in a hold, each judged every second by what played agents tell over HTTP",
        settings,
    );
    let (place, own) = (home.clone(), args.clone());
    let begun = Instant::now();
    let keys = tokio::task::spawn_blocking(move || fill(&place, &own)).await??;
    println!(
        "held: {} rollouts brought to their hold in {:.0} s",
        args.environments * args.services,
        begun.elapsed().as_secs_f64()
    );
    let (server, took) = Server::start(&args.common.program, &home).await?;
    let outcome = judged(&args, &server, &keys, took, &mut report).await;
    server.stop().await?;
    outcome?;
    report.end(&args.common)
}

/// Keys of the new and the old revision, by lane.
type Keys = BTreeMap<String, [String; 2]>;

fn fill(home: &Path, args: &HeldArgs) -> Result<Keys> {
    let company = args.company();
    let seed = Arc::new(Seed::filled(home, &company)?);
    let (board, lanes) = (Arc::new(Board::default()), Lane::all(&company));
    let crew = Crew::start(&seed, &company, &board)?;
    // A first install; then preparing, starting and the first share of the canary.
    crew::deploy_each(&seed, &board, &lanes, FIRST_STEPS, AT_A_TIME)?;
    crew::deploy_each(&seed, &board, &lanes, FIRST_STEPS, AT_A_TIME)?;
    drop(crew);
    let keys = keys(&seed)?;
    Arc::into_inner(seed)
        .context("the ledger is still in use")?
        .close()?;
    Ok(keys)
}

fn keys(seed: &Seed) -> Result<Keys> {
    use tidegate_core::id::{StreamId, StreamKind};
    use tidegate_core::model::listing::LIVE;
    let mut found = Keys::new();
    let live = seed
        .engine
        .read(|rows| rows.scan(LIVE, "", None, usize::MAX, false))?;
    for (id, _) in live {
        let stream = StreamId::new(StreamKind::Deployment, &id);
        let state = seed.engine.read(|rows| rows.state(&stream))?;
        let state: Value =
            serde_json::from_str(&state.context("a deployment without a state")?.body)?;
        let body = &state["facts"]["plan"]["body"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let lane = format!("{}/{}", text(&body["environment"]), text(&body["service"]));
        found.insert(lane, [text(&body["to"]["key"]), text(&body["from"]["key"])]);
    }
    Ok(found)
}

/// What a router counted after so many seconds.
fn counted(second: u64, rate: u64) -> GroupStats {
    let micros = [900, 1_100, 1_400, 1_800, 2_300, 3_000, 4_000, 9_000];
    let requests = second * rate;
    GroupStats {
        requests,
        errors: requests / 1_000,
        blocks: second,
        error_blocks: (requests / 1_000).min(second),
        latency: micros
            .iter()
            .map(|us| (bucket(*us), requests / micros.len() as u64))
            .collect(),
        ..GroupStats::default()
    }
}

fn observed(environment: &str, keys: &Keys, second: u64) -> Observed {
    let lanes = keys
        .iter()
        .filter(|(lane, _)| lane.split('/').next() == Some(environment));
    let route = |[new, old]: &[String; 2]| RouteObservation {
        router: "played".to_owned(),
        weights: [(new.clone(), 1_000), (old.clone(), 9_000)].into(),
        groups: [new, old]
            .into_iter()
            .zip(REQUESTS)
            .map(|(key, rate)| (key.clone(), counted(second, rate)))
            .collect(),
    };
    Observed {
        environments: vec![environment.to_owned()],
        seen: Observation {
            routes: lanes
                .map(|(lane, keys)| (lane.clone(), route(keys)))
                .collect(),
            running: BTreeMap::new(),
        },
    }
}

async fn judged(
    args: &HeldArgs,
    server: &Server,
    keys: &Keys,
    start: Duration,
    report: &mut Report,
) -> Result<()> {
    let rollouts = keys.len();
    ensure!(
        rollouts == args.environments * args.services,
        "{rollouts} rollouts are held"
    );
    let before = machine::resident(server.pid()?)?;
    let cpu = machine::cpu(server.pid()?)?;
    let begun = Instant::now();
    let mut agents = JoinSet::new();
    for (n, environment) in args.company().environments().into_iter().enumerate() {
        let client = server.client(&format!("{environment}.token"))?;
        let hands = Hands::new(client, &environment, vec![environment.clone()]);
        let here = keys.clone();
        let (seconds, first) = (
            args.seconds,
            EACH * u32::try_from(n)? / u32::try_from(args.environments)?,
        );
        agents.spawn(async move {
            let mut late = Samples::default();
            for second in 1..=seconds {
                let due = begun + first + EACH * u32::try_from(second)?;
                let seen = observed(&environment, &here, second);
                tokio::time::sleep_until(due.into()).await;
                hands.observed(&seen).await?;
                late.add(due.elapsed());
            }
            anyhow::Ok(late)
        });
    }
    let mut late = Samples::default();
    while let Some(ended) = agents.join_next().await {
        late.extend(&ended??);
    }
    let took = begun.elapsed();
    let cpu = machine::cpu(server.pid()?)? - cpu;
    let mb = machine::resident(server.pid()?)?;
    judged_all(server, rollouts, args.seconds).await?;
    let share = cpu.as_secs_f64() / took.as_secs_f64();
    let rate = (rollouts as u64 * args.seconds) as f64 / took.as_secs_f64();
    report.round(
        &format!(
            "{rollouts} rollouts, {rate:.0} looks/s for {:.0} s: {mb:.0} MB ({before:.0} MB before), {:.2} of a core, {:.1} CPU-us a look; \
             told to judged p50 {:.0} ms, p99 {:.0} ms; start {:.0} ms",
            took.as_secs_f64(), share, share * 1e6 / rate, late.quantile(0.5), late.quantile(0.99), start.as_secs_f64() * 1e3
        ),
        json!({
            "rollouts": rollouts, "looks_per_s": round(rate), "mb": round(mb), "mb_before": round(before), "cores": round(share),
            "cpu_us_a_look": round(share * 1e6 / rate), "late_p50_ms": round(late.quantile(0.5)),
            "late_p99_ms": round(late.quantile(0.99)), "start_ms": round(start.as_secs_f64() * 1e3),
            "kb_each": round((mb - 60.0).max(0.0) * 1e3 / rollouts as f64),
        }),
    );
    report.at_most("memory", mb, 512.0, "MB");
    report.at_most(
        "memory with 100,000 rollouts, by the slope",
        (mb - before) * 1e5 / rollouts as f64 + before,
        512.0,
        "MB",
    );
    report.at_most("told to judged, p99", late.quantile(0.99), 1_000.0, "ms");
    Ok(())
}

/// Every rollout still stands in its hold, and its figures are those of the last second.
async fn judged_all(server: &Server, rollouts: usize, seconds: u64) -> Result<()> {
    let client = server.client(ADMIN)?;
    let (mut seen, mut after) = (0, String::new());
    loop {
        let path = format!("/api/v1/deployments?state=live&limit=200{after}");
        let page: Value = client.get(&path).await?;
        let items = page["items"].as_array().context("no list")?;
        for item in items {
            ensure!(item["share"] == 1_000, "not in its hold: {item}");
            let figures = item["figures"][0]["figures"]["new"]["requests"].as_u64();
            // The first look is where counting begins.
            let wanted = (seconds - 1) * REQUESTS[0];
            ensure!(
                figures == Some(wanted),
                "judged by {figures:?} requests, not {wanted}: {item}"
            );
        }
        seen += items.len();
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    ensure!(seen == rollouts, "{seen} of {rollouts} rollouts are left");
    Ok(())
}
