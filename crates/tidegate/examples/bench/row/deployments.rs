//! Five-step deployments a second with a body that does nothing: over HTTP with played agents, and in process without HTTP
//! to show where the time goes.

use crate::company::{Company, RECREATE};
use crate::crew::{self, Board, Crew, Lane, PATIENCE, Ran, STEPS, Until, goes_on};
use crate::figures::{Spread, round};
use crate::hands::Hands;
use crate::probe::Probe;
use crate::report::Report;
use crate::seed::{ADMIN, Seed};
use crate::server::Server;
use crate::{Common, machine};
use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tidegate_client::Client;
use tidegate_client::wire::DeployRequest;
use tokio::task::JoinSet;

/// Options of the row.
#[derive(Debug, Clone, Args)]
pub struct DeploymentsArgs {
    #[command(flatten)]
    common: Common,
    /// Rounds of each number in flight
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds of each round
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Numbers of deployments in flight
    #[arg(long, value_delimiter = ',', default_values_t = [1, 32, 128])]
    in_flight: Vec<usize>,
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

/// Run the row.
pub async fn run(args: DeploymentsArgs) -> Result<()> {
    let folder = args.common.folder()?;
    let (local, served) = (folder.path().join("local"), folder.path().join("served"));
    let settings = json!({
        "rounds": args.rounds, "seconds_each": args.seconds, "in_flight": args.in_flight, "steps_each": STEPS,
        "environments": company().environments, "services": company().services,
    });
    let mut report = Report::begin(
        "deployments",
        "five-step deployments a second; agents that do nothing, one for each environment",
        settings,
    );
    let lanes = Lane::all(&company());
    let (local_home, first) = (local.clone(), lanes.clone());
    let (seed, board) = tokio::task::spawn_blocking(move || -> Result<_> {
        let (seed, board) = prepare(&local_home)?;
        work_off(&seed, &board, &first)?;
        Ok((seed, board))
    })
    .await??;
    let mut bench = Bench {
        args: &args,
        served: Served::start(&args.common.program, &served).await?,
        local: (Arc::clone(&seed), board, lanes),
        probe: Probe::new(folder.path())?,
    };
    let outcome = bench.all(&mut report).await;
    bench.served.stop().await?;
    outcome?;
    // It holds the ledger too.
    drop(bench.local);
    tokio::task::spawn_blocking(move || close(seed)).await??;
    report.end(&args.common)
}

fn prepare(home: &Path) -> Result<(Arc<Seed>, Arc<Board>)> {
    let seed = Arc::new(Seed::filled(home, &company())?);
    Ok((seed, Arc::new(Board::default())))
}

/// First installs, so that every measured deployment replaces another.
fn work_off(seed: &Arc<Seed>, board: &Arc<Board>, lanes: &[Arc<Lane>]) -> Result<()> {
    let _crew = Crew::start(seed, &company(), board)?;
    crew::deploy(seed, board, lanes, STEPS, Until::Each(1)).map(drop)
}

fn close(seed: Arc<Seed>) -> Result<()> {
    Arc::into_inner(seed)
        .context("the ledger is still in use")?
        .close()
}

/// A real server whose work is done by played agents.
pub struct Served {
    server: Server,
    admin: Client,
    lanes: Vec<Arc<Lane>>,
    board: Arc<Board>,
    keys: Arc<AtomicU64>,
    agents: JoinSet<()>,
}

impl Served {
    /// Prepare a ledger in which every service runs everywhere, and start a server and agents on it.
    pub async fn start(program: &Path, home: &Path) -> Result<Self> {
        let lanes = Lane::all(&company());
        let (folder, first) = (home.to_owned(), lanes.clone());
        tokio::task::spawn_blocking(move || -> Result<()> {
            let (seed, board) = prepare(&folder)?;
            work_off(&seed, &board, &first)?;
            close(seed)
        })
        .await??;
        let (server, _) = Server::start(program, home).await?;
        let board: Arc<Board> = Arc::default();
        let mut agents = JoinSet::new();
        for environment in company().environments() {
            let client = server.client(&format!("{environment}.token"))?;
            let hands = Hands::new(client, &environment, vec![environment.clone()]);
            agents.spawn(agent(hands, Arc::clone(&board)));
        }
        Ok(Self {
            admin: server.client(ADMIN)?,
            server,
            lanes,
            board,
            keys: Arc::default(),
            agents,
        })
    }

    /// End it.
    pub async fn stop(mut self) -> Result<()> {
        self.agents.shutdown().await;
        self.server.stop().await
    }

    /// So many deployments at a time for a while.
    pub async fn run(&self, in_flight: usize, seconds: u64) -> Result<Measured> {
        let status = self.admin.status().await?;
        let cpu = machine::cpu(self.server.pid()?)?;
        let until = Until::Time(Duration::from_secs(seconds));
        let begun = Instant::now();
        let mut slots = JoinSet::new();
        for lane in self.lanes.iter().take(in_flight) {
            let (admin, lane) = (self.admin.clone(), Arc::clone(lane));
            let (board, keys) = (Arc::clone(&self.board), Arc::clone(&self.keys));
            slots.spawn(async move { slot(&admin, &lane, &board, &keys, begun, until).await });
        }
        let mut deployments = 0;
        while let Some(done) = slots.join_next().await {
            deployments += done??;
        }
        let took = begun.elapsed();
        let cpu = machine::cpu(self.server.pid()?)? - cpu;
        let now = self.admin.status().await?;
        Ok(Measured {
            ran: Ran { deployments, took },
            cpu,
            entries: now.ledger.seq - status.ledger.seq,
            commits: now.writer.turns - status.writer.turns,
        })
    }
}

struct Bench<'a> {
    args: &'a DeploymentsArgs,
    served: Served,
    local: (Arc<Seed>, Arc<Board>, Vec<Arc<Lane>>),
    probe: Probe,
}

/// A round with what it cost.
pub struct Measured {
    /// How many, in which time.
    pub ran: Ran,
    cpu: Duration,
    entries: u64,
    commits: u64,
}

impl Measured {
    fn line(&self) -> String {
        format!(
            "{:.0}/s, {:.0} entries/s, {:.0} turns/s, {:.2} CPU-ms each",
            self.ran.rate(),
            self.per_second(self.entries),
            self.per_second(self.commits),
            self.cpu_ms()
        )
    }

    fn per_second(&self, n: u64) -> f64 {
        n as f64 / self.ran.took.as_secs_f64()
    }

    /// Processor time of the server for each, in milliseconds.
    pub fn cpu_ms(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e3 / self.ran.deployments.max(1) as f64
    }

    fn data(&self) -> serde_json::Value {
        json!({
            "deployments": self.ran.deployments, "per_s": round(self.ran.rate()),
            "entries_per_s": round(self.per_second(self.entries)), "turns_per_s": round(self.per_second(self.commits)),
            "cpu_ms_each": round(self.cpu_ms()),
        })
    }
}

impl Bench<'_> {
    async fn all(&mut self, report: &mut Report) -> Result<()> {
        let mut best: f64 = 0.0;
        let (mut ratios, mut probes) = (Vec::new(), Vec::new());
        for in_flight in self.args.in_flight.clone() {
            let mut rates = Vec::new();
            let mut local_rates = Vec::new();
            for n in 0..self.args.rounds {
                let syncs = tokio::task::block_in_place(|| self.probe_rate())?;
                let http = self.served.run(in_flight, self.args.seconds).await?;
                tokio::task::block_in_place(|| self.probe.settle())?;
                let local = self.in_process(in_flight).await?;
                report.round(
                    &format!(
                        "{in_flight} in flight, round {}: HTTP {}; in process {}; probe {syncs:.0} syncs/s",
                        n + 1,
                        http.line(),
                        local.line()
                    ),
                    json!({
                        "in_flight": in_flight, "http": http.data(), "in_process": local.data(), "probe_syncs_per_s": round(syncs),
                    }),
                );
                rates.push(http.ran.rate());
                local_rates.push(local.ran.rate());
                ratios.push(http.ran.rate() / local.ran.rate());
                probes.push(syncs);
            }
            let (http, local) = (Spread::of(rates), Spread::of(local_rates));
            report.round(
                &format!(
                    "{in_flight} in flight: HTTP {:.0}/s ({:.0} to {:.0}), in process {:.0}/s ({:.0} to {:.0})",
                    http.median, http.min, http.max, local.median, local.min, local.max
                ),
                json!({ "in_flight": in_flight, "median": true, "http_per_s": http, "in_process_per_s": local }),
            );
            best = best.max(http.median);
        }
        report.ratio(
            "deployments a second over HTTP / in process, same number in flight",
            Spread::of(ratios),
        );
        report.probes(Spread::of(probes));
        report.at_least("five-step deployments a second", best, 1_000.0, "/s");
        Ok(())
    }

    /// Writes with a sync a second, one after another.
    fn probe_rate(&mut self) -> Result<f64> {
        self.probe.settle()?;
        let (begun, mut n) = (Instant::now(), 0_u32);
        while begun.elapsed() < Duration::from_millis(300) {
            self.probe.once()?;
            n += 1;
        }
        Ok(f64::from(n) / begun.elapsed().as_secs_f64())
    }

    async fn in_process(&self, in_flight: usize) -> Result<Measured> {
        let (seed, board, lanes) = &self.local;
        let lanes: Vec<_> = lanes.iter().take(in_flight).cloned().collect();
        let (seed, board) = (Arc::clone(seed), Arc::clone(board));
        let until = Until::Time(Duration::from_secs(self.args.seconds));
        tokio::task::spawn_blocking(move || {
            let crew = Crew::start(&seed, &company(), &board)?;
            let head = seed.engine.read(|rows| rows.head())?.seq;
            let turns = seed.engine.counters().turns;
            let cpu = machine::cpu(std::process::id())?;
            let ran = crew::deploy(&seed, &board, &lanes, STEPS, until)?;
            let cpu = machine::cpu(std::process::id())? - cpu;
            let measured = Measured {
                ran,
                cpu,
                entries: seed.engine.read(|rows| rows.head())?.seq - head,
                commits: seed.engine.counters().turns - turns,
            };
            drop(crew);
            Ok(measured)
        })
        .await?
    }
}

/// An agent that does nothing, as fast as it can; many reports are under way at a time.
async fn agent(hands: Hands, board: Arc<Board>) {
    loop {
        let reply = match hands.lease(64, None).await {
            Ok(reply) => reply,
            Err(error) => {
                eprintln!("no work: {error}");
                return;
            }
        };
        for action in reply.actions {
            let (hands, board) = (hands.clone(), Arc::clone(&board));
            tokio::spawn(async move {
                match hands.done(&action).await {
                    Ok(()) => board.stepped(&action),
                    Err(error) => eprintln!("a report was refused: {error}"),
                }
            });
        }
    }
}

async fn slot(
    admin: &Client,
    lane: &Lane,
    board: &Board,
    keys: &AtomicU64,
    begun: Instant,
    until: Until,
) -> Result<u64> {
    let mut finished = 0;
    while goes_on(until, begun, finished) {
        let (release, steps) = lane.next(STEPS);
        let told = board.expect(&lane.name(), steps);
        let request = DeployRequest {
            release: release.clone(),
            environment: lane.environment.clone(),
            reason: None,
            again: false,
            priority: None,
            at: None,
            expires_ms: None,
        };
        let key = format!("bench-{}", keys.fetch_add(1, Ordering::Relaxed));
        admin.deploy(&request, &key).await?;
        tokio::time::timeout(PATIENCE, told)
            .await
            .with_context(|| format!("{release} to {} did not end", lane.environment))??;
        finished += 1;
    }
    Ok(finished)
}
