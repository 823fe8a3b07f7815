//! From the report that ends a step to the lease of the next one, durable, over HTTP on loopback.
//!
//! The bench is the agent, so one clock stamps both ends. Before each report the probe runs in the same folder.

use crate::company::{Company, FIRST, SECOND};
use crate::crew::{self, AGENT, Board, Crew, Lane, Until};
use crate::figures::{Samples, Spread, round};
use crate::hands::Hands;
use crate::probe::Probe;
use crate::report::Report;
use crate::seed::{ADMIN, Seed};
use crate::server::Server;
use crate::{Common, machine};
use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tidegate_client::Client;
use tidegate_client::wire::DeployRequest;
use tidegate_plugin::Action;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Options of the row.
#[derive(Debug, Clone, Args)]
pub struct StepArgs {
    #[command(flatten)]
    common: Common,
    /// Rounds after the warm-up
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Deployments of each round; each has about 48 steps
    #[arg(long, default_value_t = 4)]
    deployments: usize,
}

const INSTANCES: u32 = 16;
/// Prepare, then for each of 16 batches: one more new, traffic, one fewer old.
pub const STEPS: usize = 49;
/// Longest wait for a step.
const PATIENCE: Duration = Duration::from_secs(30);

fn company() -> Company<'static> {
    Company {
        environments: 1,
        services: 1,
        instances: INSTANCES,
        strategy: "rolling: { batch: 1, max-unavailable: 0 }\n",
        command: "[./played]",
        port: 20_000,
    }
}

/// Run the row.
pub async fn run(args: StepArgs) -> Result<()> {
    let folder = args.common.folder()?;
    let settings = json!({ "rounds": args.rounds, "deployments_each_round": args.deployments, "steps_each": STEPS });
    let mut report = Report::begin(
        "step",
        "report that ends a step -> lease of the next step; probe: write + fdatasync of 1 KB + wake of a thread",
        settings,
    );
    let home = folder.path().to_owned();
    tokio::task::spawn_blocking(move || prepare(&home)).await??;
    let (server, _) = Server::start(&args.common.program, folder.path()).await?;
    let outcome = rounds(&args, folder.path(), &server, &mut report).await;
    server.stop().await?;
    outcome?;
    report.end(&args.common)
}

/// The first version runs; both releases are there.
pub fn prepare(home: &Path) -> Result<()> {
    let company = company();
    let seed = Arc::new(Seed::open(home, &company)?);
    for version in [FIRST, SECOND] {
        seed.release(&Company::service(0), version, None)?;
    }
    let environments = company.environments();
    seed.token(AGENT, &environments)?;
    let board = Arc::new(Board::default());
    let crew = Crew::start(&seed, &company, &board)?;
    crew::deploy(&seed, &board, &Lane::all(&company), 0, Until::Each(1))?;
    drop(crew);
    Arc::into_inner(seed)
        .context("the ledger is still in use")?
        .close()
}

async fn rounds(
    args: &StepArgs,
    folder: &Path,
    server: &Server,
    report: &mut Report,
) -> Result<()> {
    let mut bench = Bench::of(server, folder)?;
    let mut all = Round::default();
    let (mut ratios, mut p50s, mut steady) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..=args.rounds {
        let cpu = machine::cpu(server.pid()?)?;
        let mut one = Round::default();
        for _ in 0..args.deployments {
            bench.deployment(&mut one).await?;
        }
        let cpu = machine::cpu(server.pid()?)? - cpu;
        if n == 0 {
            continue;
        }
        let each = cpu.as_secs_f64() * 1e6 / (args.deployments * STEPS) as f64;
        one.show(&format!("round {n}"), Some(each), report);
        let (p50, probe) = (one.steps.quantile(0.5), one.probes.quantile(0.5));
        ratios.push(p50 / probe);
        p50s.push(p50);
        steady.push(probe);
        all.steps.extend(&one.steps);
        all.first.extend(&one.first);
        all.probes.extend(&one.probes);
    }
    all.show("all", None, report);
    report.ratio("step p50 / probe p50", Spread::of(ratios));
    report.probes(Spread::of(steady));
    report.at_most("p50 of a step", Spread::of(p50s).median, 3.0, "ms");
    Ok(())
}

/// Asks for work over and over, as an agent does, and stamps its arrival.
async fn ask(hands: Hands, give: mpsc::Sender<(Instant, Action)>) {
    loop {
        match hands.lease(8, None).await {
            Ok(reply) => {
                let now = Instant::now();
                for action in reply.actions {
                    if give.send((now, action)).await.is_err() {
                        return;
                    }
                }
            }
            Err(error) => {
                eprintln!("no work: {error}");
                return;
            }
        }
    }
}

/// Samples of a round.
#[derive(Default)]
pub struct Round {
    /// From a report to the next lease.
    pub steps: Samples,
    first: Samples,
    probes: Samples,
}

impl Round {
    fn show(&self, name: &str, server_cpu_us: Option<f64>, report: &mut Report) {
        let (p50, p99) = (self.steps.quantile(0.5), self.steps.quantile(0.99));
        let (probe, probe_p99) = (self.probes.quantile(0.5), self.probes.quantile(0.99));
        let first = self.first.quantile(0.5);
        let cpu =
            server_cpu_us.map_or_else(String::new, |us| format!("; server {us:.0} CPU-us a step"));
        report.round(
            &format!(
                "{name}: p50 {p50:.2} ms, p99 {p99:.2} ms of {} steps; probe p50 {probe:.2} ms, p99 {probe_p99:.2} ms; \
                 deployment asked for -> first step p50 {first:.2} ms{cpu}",
                self.steps.len(),
            ),
            json!({
                "name": name, "p50_ms": round(p50), "p99_ms": round(p99), "samples": self.steps.len(),
                "probe_p50_ms": round(probe), "probe_p99_ms": round(probe_p99),
                "asked_to_first_step_p50_ms": round(first), "server_cpu_us_a_step": server_cpu_us.map(round),
            }),
        );
    }
}

/// The people and the agent of the row.
pub struct Bench {
    admin: Client,
    hands: Hands,
    take: mpsc::Receiver<(Instant, Action)>,
    probe: Probe,
    deployed: usize,
    /// Ends with it.
    _asking: JoinSet<()>,
}

impl Bench {
    /// Over a server on a ledger that [`prepare`] made.
    pub fn of(server: &Server, folder: &Path) -> Result<Self> {
        let token = server.client(&format!("{AGENT}.token"))?;
        let hands = Hands::new(token, AGENT, company().environments());
        let (give, take) = mpsc::channel(64);
        let mut asking = JoinSet::new();
        asking.spawn(ask(hands.clone(), give));
        Ok(Self {
            admin: server.client(ADMIN)?,
            hands,
            take,
            probe: Probe::new(folder)?,
            deployed: 0,
            _asking: asking,
        })
    }

    /// One deployment, step by step.
    pub async fn deployment(&mut self, round: &mut Round) -> Result<()> {
        self.deployed += 1;
        let version = if self.deployed.is_multiple_of(2) {
            FIRST
        } else {
            SECOND
        };
        let request = DeployRequest {
            release: format!("{}@{version}", Company::service(0)),
            environment: Company::environment(0),
            reason: None,
            again: false,
            priority: None,
            at: None,
            expires_ms: None,
        };
        let mut sent = Instant::now();
        let key = format!("step-{}", self.deployed);
        self.admin.deploy(&request, &key).await?;
        for n in 0..STEPS {
            let next = tokio::time::timeout(PATIENCE, self.take.recv()).await;
            let Ok(Some((arrived, action))) = next else {
                bail!("step {n} of {STEPS} never came");
            };
            let took = arrived.saturating_duration_since(sent);
            if n == 0 {
                round.first.add(took);
            } else {
                round.steps.add(took);
            }
            // Meanwhile the request for more work reaches the server and is held there.
            let probe = tokio::task::block_in_place(|| self.probe.once())?;
            round.probes.add(probe);
            sent = Instant::now();
            self.hands.done(&action).await?;
        }
        Ok(())
    }
}
