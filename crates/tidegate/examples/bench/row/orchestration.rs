//! Beside Restate and DBOS in one interleaved run: from the word that a step may begin to its beginning, and workflows of five durable
//! steps. Each has its server, its disk and its worker on this machine, with writes synced.
//!
//! What the peers do not do in it: gates, plans, locks, an audit log in the same transaction, read models. What we do not do: keep values
//! that code computed, and call the code again where it left off.

use super::deployments::Served;
use super::step;
use crate::figures::{Samples, Spread, round};
use crate::peer::Peer;
use crate::probe::Probe;
use crate::report::Report;
use crate::server::Server;
use crate::{Common, machine};
use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tidegate_ledger::conformance::cluster::Cluster;

/// Options of the row.
#[derive(Debug, Clone, Args)]
pub struct OrchestrationArgs {
    #[command(flatten)]
    common: Common,
    /// Folder with `node_modules` (Restate) and `venv` (DBOS); a peer that is not there is left out
    #[arg(long)]
    peers: PathBuf,
    /// Rounds after the warm-up
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Steps of each round
    #[arg(long, default_value_t = 200)]
    samples: usize,
    /// Seconds of each round of workflows
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Numbers of workflows in flight
    #[arg(long, value_delimiter = ',', default_values_t = [1, 32, 128])]
    in_flight: Vec<usize>,
}

/// Our name among the others.
const US: &str = "Tidegate";

/// Run the row.
pub async fn run(args: OrchestrationArgs) -> Result<()> {
    let folder = args.common.folder()?;
    let settings = json!({
        "rounds": args.rounds, "samples_each": args.samples, "seconds_each": args.seconds, "in_flight": args.in_flight,
    });
    let what =
        "the word that a step may begin -> it begins; five durable steps; beside Restate and DBOS";
    let mut report = Report::begin("orchestration", what, settings);
    let cluster = tokio::task::spawn_blocking(Cluster::start).await?;
    let peers = tokio::task::block_in_place(|| peers(&args, folder.path(), cluster.as_ref()))?;
    for peer in &peers {
        println!("orchestration: beside {}", peer.name);
    }
    let home = folder.path().join("steps");
    let prepared = home.clone();
    tokio::task::spawn_blocking(move || step::prepare(&prepared)).await??;
    let (server, _) = Server::start(&args.common.program, &home).await?;
    let mut bench = Bench {
        args: &args,
        steps: step::Bench::of(&server, folder.path())?,
        pid: server.pid()?,
        served: Served::start(&args.common.program, &folder.path().join("flows")).await?,
        probe: Probe::new(folder.path())?,
        peers,
    };
    let outcome = bench.all(&mut report).await;
    bench.served.stop().await?;
    server.stop().await?;
    outcome?;
    report.end(&args.common)
}

fn peers(args: &OrchestrationArgs, folder: &Path, cluster: Option<&Cluster>) -> Result<Vec<Peer>> {
    let own = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| "crates/tidegate".to_owned());
    let programs = Path::new(&own).join("examples/bench/peers");
    let mut peers = Vec::new();
    if args
        .peers
        .join("node_modules/@restatedev/restate-server")
        .exists()
    {
        let mut command = Command::new("node");
        command.arg(programs.join("restate.mjs")).arg(&args.peers);
        peers.push(Peer::start(command.arg(folder.join("restate")), &[])?);
    } else {
        println!(
            "orchestration: Restate is left out: {} holds none",
            args.peers.display()
        );
    }
    let python = args.peers.join("venv/bin/python");
    match cluster {
        Some(cluster) if python.exists() => {
            let pid = cluster.pid().context("Postgres does not run")?;
            let mut command = Command::new(python);
            command
                .arg(programs.join("dbos_peer.py"))
                .arg(cluster.url());
            peers.push(Peer::start(&mut command, &[pid])?);
        }
        _ => println!(
            "orchestration: DBOS is left out: it needs Postgres and {}",
            python.display()
        ),
    }
    Ok(peers)
}

struct Bench<'a> {
    args: &'a OrchestrationArgs,
    steps: step::Bench,
    pid: u32,
    served: Served,
    probe: Probe,
    peers: Vec<Peer>,
}

/// Steps of one round.
struct Steps {
    p50: f64,
    p99: f64,
    server_us: f64,
    worker_us: Option<f64>,
    samples: usize,
}

/// Workflows of one round.
struct Flows {
    per_s: f64,
    server_ms: f64,
    worker_ms: Option<f64>,
}

impl Bench<'_> {
    async fn all(&mut self, report: &mut Report) -> Result<()> {
        let mut figures: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        let mut probes = Vec::new();
        for n in 0..=self.args.rounds {
            // The first round warms up. Who begins changes from round to round.
            let counts = n > 0;
            let syncs = tokio::task::block_in_place(|| self.probe())?;
            if counts {
                probes.push(syncs);
            }
            let mut order: Vec<Option<usize>> = (0..self.peers.len()).map(Some).collect();
            order.insert(0, None);
            if n % 2 == 1 {
                order.reverse();
            }
            for who in &order {
                let steps = self.steps_of(*who).await?;
                if counts {
                    let name = self.name(*who);
                    report.round(&steps.line(&name, n), steps.data(&name));
                    figures
                        .entry(format!("p50 {name}"))
                        .or_default()
                        .push(steps.p50);
                    figures
                        .entry(format!("p99 {name}"))
                        .or_default()
                        .push(steps.p99);
                }
            }
            for in_flight in self.args.in_flight.clone() {
                for who in &order {
                    let flows = self.flows_of(*who, in_flight).await?;
                    if counts {
                        let name = self.name(*who);
                        report.round(
                            &flows.line(&name, n, in_flight),
                            flows.data(&name, in_flight),
                        );
                        let keys = [("flows", flows.per_s), ("cpu", flows.server_ms)];
                        for (what, value) in keys {
                            let key = format!("{what} {in_flight} {name}");
                            figures.entry(key).or_default().push(value);
                        }
                    }
                }
            }
        }
        self.ratios(&figures, report);
        report.probes(Spread::of(probes));
        report.quiet();
        Ok(())
    }

    fn ratios(&self, figures: &BTreeMap<String, Vec<f64>>, report: &mut Report) {
        let over = |ours: &str, theirs: &str| {
            let (ours, theirs) = (figures.get(ours)?, figures.get(theirs)?);
            Some(Spread::of(ours.iter().zip(theirs).map(|(a, b)| a / b)))
        };
        for peer in &self.peers {
            let name = &peer.name;
            for what in ["p50", "p99"] {
                if let Some(ratio) = over(&format!("{what} {US}"), &format!("{what} {name}")) {
                    report.ratio(&format!("{what} of a step, ours / {name}"), ratio);
                }
            }
            for in_flight in &self.args.in_flight {
                let key = |what: &str, who: &str| format!("{what} {in_flight} {who}");
                for (what, said) in [
                    ("flows", "five-step workflows a second"),
                    ("cpu", "processor time of the server for each"),
                ] {
                    if let Some(ratio) = over(&key(what, US), &key(what, name)) {
                        report.ratio(
                            &format!("{said}, {in_flight} in flight, ours / {name}"),
                            ratio,
                        );
                    }
                }
            }
        }
    }

    fn name(&self, who: Option<usize>) -> String {
        who.and_then(|n| self.peers.get(n))
            .map_or_else(|| US.to_owned(), |peer| peer.name.clone())
    }

    async fn steps_of(&mut self, who: Option<usize>) -> Result<Steps> {
        let wanted = self.args.samples;
        if let Some(n) = who {
            let peer = self.peers.get_mut(n).context("a peer")?;
            return tokio::task::block_in_place(|| {
                let before = peer.cpu()?;
                let said = peer.ask(&format!("gate {wanted}"))?;
                let after = peer.cpu()?;
                let samples = samples(&said)?;
                let each = |d: Duration| d.as_secs_f64() * 1e6 / samples.len() as f64;
                Ok(Steps {
                    p50: samples.quantile(0.5),
                    p99: samples.quantile(0.99),
                    server_us: each(after.server.saturating_sub(before.server)),
                    worker_us: Some(each(after.worker.saturating_sub(before.worker))),
                    samples: samples.len(),
                })
            });
        }
        let cpu = machine::cpu(self.pid)?;
        let mut round = step::Round::default();
        while round.steps.len() < wanted {
            self.steps.deployment(&mut round).await?;
        }
        let cpu = machine::cpu(self.pid)? - cpu;
        let samples = round.steps;
        Ok(Steps {
            p50: samples.quantile(0.5),
            p99: samples.quantile(0.99),
            server_us: cpu.as_secs_f64() * 1e6 / samples.len() as f64,
            worker_us: None,
            samples: samples.len(),
        })
    }

    async fn flows_of(&mut self, who: Option<usize>, in_flight: usize) -> Result<Flows> {
        let seconds = self.args.seconds;
        let Some(n) = who else {
            let measured = self.served.run(in_flight, seconds).await?;
            return Ok(Flows {
                per_s: measured.ran.rate(),
                server_ms: measured.cpu_ms(),
                worker_ms: None,
            });
        };
        let peer = self.peers.get_mut(n).context("a peer")?;
        tokio::task::block_in_place(|| {
            let before = peer.cpu()?;
            let said = peer.ask(&format!("flow {in_flight} {seconds}"))?;
            let after = peer.cpu()?;
            let done = said["done"].as_f64().context("how many were done")?;
            let took = said["seconds"].as_f64().context("how long it took")?;
            let each = |d: Duration| d.as_secs_f64() * 1e3 / done.max(1.0);
            Ok(Flows {
                per_s: done / took,
                server_ms: each(after.server.saturating_sub(before.server)),
                worker_ms: Some(each(after.worker.saturating_sub(before.worker))),
            })
        })
    }

    /// Synced writes a second, for a third of a second.
    fn probe(&mut self) -> Result<f64> {
        self.probe.settle()?;
        let (mut took, mut n) = (Duration::ZERO, 0_u32);
        while took < Duration::from_millis(300) {
            took += self.probe.once()?;
            n += 1;
        }
        Ok(f64::from(n) / took.as_secs_f64())
    }
}

impl Steps {
    fn line(&self, name: &str, n: usize) -> String {
        let worker = self
            .worker_us
            .map(|us| format!(", worker {us:.0}"))
            .unwrap_or_default();
        format!(
            "round {n}, {name}: step p50 {:.2} ms, p99 {:.2} ms of {}; server {:.0} CPU-us a step{worker}",
            self.p50, self.p99, self.samples, self.server_us
        )
    }

    fn data(&self, name: &str) -> Value {
        json!({
            "who": name, "p50_ms": round(self.p50), "p99_ms": round(self.p99), "samples": self.samples,
            "server_cpu_us": round(self.server_us), "worker_cpu_us": self.worker_us.map(round),
        })
    }
}

impl Flows {
    fn line(&self, name: &str, n: usize, in_flight: usize) -> String {
        let worker = self
            .worker_ms
            .map(|ms| format!(", worker {ms:.2}"))
            .unwrap_or_default();
        format!(
            "round {n}, {name}: {:.0} workflows of five steps a second, {in_flight} in flight; server {:.2} CPU-ms each{worker}",
            self.per_s, self.server_ms
        )
    }

    fn data(&self, name: &str, in_flight: usize) -> Value {
        json!({
            "who": name, "in_flight": in_flight, "per_s": round(self.per_s), "server_cpu_ms": round(self.server_ms),
            "worker_cpu_ms": self.worker_ms.map(round),
        })
    }
}

fn samples(said: &Value) -> Result<Samples> {
    let times = said["times_ms"].as_array().context("times")?;
    let mut samples = Samples::default();
    for time in times.iter().filter_map(Value::as_f64) {
        samples.add(Duration::from_secs_f64(time.max(0.0) / 1e3));
    }
    Ok(samples)
}
