//! Total failure of a canary: from the first bad answer to the last, with real server, agent, router and services.
//!
//! Open-loop traffic, a tenth of it to the canary. One service has 1,000 requests a second, so that its canary gets 100; the
//! others have 100, so that theirs get 10. The generator stamps both ends: the instant the first request left that failed,
//! and the instant the last failure arrived.

use crate::Common;
use crate::backend::VERSION_FILE;
use crate::company::{Company, FIRST, SECOND};
use crate::figures::{Samples, Spread, round};
use crate::report::Report;
use crate::seed::{ADMIN, Seed};
use crate::server::{self, Server};
use crate::traffic::{Seen, Traffic};
use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tidegate_client::Client;
use tidegate_client::wire::{DeployRequest, DeploymentPhase, Reason};
use tokio::task::JoinSet;

/// Options of the row.
#[derive(Debug, Clone, Args)]
pub struct RollbackArgs {
    #[command(flatten)]
    common: Common,
    /// Trials at each rate
    #[arg(long, default_value_t = 10)]
    trials: usize,
    /// Services with slow traffic, each with trials of its own at the same time
    #[arg(long, default_value_t = 4)]
    slow: usize,
}

/// Requests a second of the service with much traffic.
const FAST: u64 = 1_000;
/// Requests a second of the others.
const SLOW: u64 = 100;
/// Longest wait within a trial.
const PATIENCE: Duration = Duration::from_secs(60);
/// Late answers are waited for after the way back.
const STRAGGLERS: Duration = Duration::from_millis(300);

const STRATEGY: &str = "canary:\n  - { to: 10%, hold: 120s }\n  - { to: 100% }\nanalysis: errors\nregression: roll-back\n---\n\
     analysis: errors\nevery: 1s\nat-least: 20 requests\nmetrics:\n  \
     error-rate: { router: errors, better: lower, tolerate: +0.5pp, critical: true }\n";

/// Run the row.
pub async fn run(args: RollbackArgs) -> Result<()> {
    let folder = args.common.folder()?;
    let home = folder.path().canonicalize()?;
    let settings = json!({
        "trials": args.trials, "canary_share": "10 %", "requests_per_s": [FAST, SLOW], "slow_services": args.slow,
    });
    let mut report = Report::begin(
        "rollback",
        "first bad answer of a canary that fails totally -> last bad answer; bad answers meanwhile",
        settings,
    );
    let services = 1 + args.slow.max(1);
    let port = free_ports(services)?;
    let flip = home.join("flip-SERVICE");
    let command = format!(
        "[{:?}, backend, --flip, {:?}]",
        std::env::current_exe()?.display().to_string(),
        flip.display().to_string()
    );
    let own = home.clone();
    tokio::task::spawn_blocking(move || prepare(&own, services, port, &command)).await??;
    let (server, _) = Server::start(&args.common.program, &home).await?;
    let url = server.url();
    let mut agent = server::process(
        &args.common.program,
        &home,
        "agent.log",
        &[
            "agent",
            "run",
            "--server",
            &url,
            "--token-file",
            "local.token",
            "--environments",
            "e0",
            "--root",
            "agent",
        ],
    )?;
    let outcome = both(&args, &server, port, &home, &mut report).await;
    server::end(&mut agent).await?;
    server.stop().await?;
    tidegate_drivers::process::end_all(&home.join("agent"), Duration::from_secs(3)).await?;
    outcome?;
    report.end(&args.common)
}

fn prepare(home: &Path, services: usize, port: u16, command: &str) -> Result<()> {
    let company = Company {
        environments: 1,
        services,
        instances: 1,
        strategy: STRATEGY,
        command,
        port,
    };
    let seed = Seed::open(home, &company)?;
    for version in [FIRST, SECOND] {
        let artifact = home.join("artifacts").join(version);
        std::fs::create_dir_all(&artifact)?;
        std::fs::write(artifact.join(VERSION_FILE), version)?;
        let digest = tidegate_drivers::digest_of(&artifact)?.digest;
        for service in 0..services {
            seed.release(
                &Company::service(service),
                version,
                Some((&artifact, digest.clone())),
            )?;
        }
    }
    seed.token("local", &company.environments())?;
    seed.close()
}

/// The first port of a free block.
fn free_ports(count: usize) -> Result<u16> {
    let free = |port: usize| {
        u16::try_from(port).is_ok_and(|port| TcpListener::bind(("127.0.0.1", port)).is_ok())
    };
    (0..100_u16)
        .map(|n| 23_000 + n * 50)
        .find(|first| (0..count).all(|n| free(usize::from(*first) + n)))
        .context("no block of free ports from 23000 on")
}

async fn both(
    args: &RollbackArgs,
    server: &Server,
    port: u16,
    home: &Path,
    report: &mut Report,
) -> Result<()> {
    let admin = server.client(ADMIN)?;
    let mut fast = Lane::new(0, port, home, &admin);
    fast.install().await?;
    let shared = Arc::new(AtomicUsize::new(0));
    let found = fast.trials(FAST, args.trials, &shared).await?;
    let fast = show(report, "100 canary requests/s", &found);
    let shared = Arc::new(AtomicUsize::new(0));
    let mut lanes = JoinSet::new();
    for n in 1..=args.slow.max(1) {
        let mut lane = Lane::new(n, port, home, &admin);
        lane.install().await?;
        let (shared, trials) = (Arc::clone(&shared), args.trials);
        lanes.spawn(async move { lane.trials(SLOW, trials, &shared).await });
    }
    let mut found = Vec::new();
    while let Some(lane) = lanes.join_next().await {
        found.extend(lane??);
    }
    let slow = show(report, "10 canary requests/s", &found);
    // The goals' own measure: a tenth of the traffic to four failures is the least anybody can see.
    report.ratio(
        "reaction / time of four canary requests, at 10/s",
        Spread::of(found.iter().map(|t| t.reaction.as_secs_f64() / 0.4)),
    );
    report.at_most("p95 at 100 canary requests/s", fast, 1.0, "s");
    report.at_most("p95 at 10 canary requests/s", slow, 6.0, "s");
    Ok(())
}

/// What a trial found.
struct Trial {
    reaction: Duration,
    seen: Seen,
}

/// The rounds of a rate; gives its 95th percentile in seconds.
fn show(report: &mut Report, rate: &str, trials: &[Trial]) -> f64 {
    let mut samples = Samples::default();
    for (n, trial) in trials.iter().enumerate() {
        samples.add(trial.reaction);
        let ms = trial.reaction.as_secs_f64() * 1e3;
        report.round(
            &format!(
                "{rate}, trial {}: {ms:.0} ms, {} bad answers, {} of them not by the canary",
                n + 1,
                trial.seen.bad,
                trial.seen.strange
            ),
            json!({ "rate": rate, "ms": round(ms), "bad": trial.seen.bad, "not_by_canary": trial.seen.strange }),
        );
    }
    let bad = Spread::of(trials.iter().map(|t| t.seen.bad as f64));
    let (p50, p95) = (samples.quantile(0.5), samples.quantile(0.95));
    report.round(
        &format!(
            "{rate}, {} trials: p50 {p50:.0} ms, p95 {p95:.0} ms; bad answers {:.0} (median; {:.0} to {:.0})",
            samples.len(), bad.median, bad.min, bad.max
        ),
        json!({ "rate": rate, "all": true, "trials": samples.len(), "p50_ms": round(p50), "p95_ms": round(p95), "bad": bad }),
    );
    p95 / 1e3
}

/// A service under traffic.
struct Lane {
    service: String,
    url: String,
    flip: PathBuf,
    admin: Client,
    keys: u64,
}

impl Lane {
    fn new(n: usize, port: u16, home: &Path, admin: &Client) -> Self {
        let service = Company::service(n);
        Self {
            url: format!("http://127.0.0.1:{}/", usize::from(port) + n),
            flip: home.join(format!("flip-{service}")),
            service,
            admin: admin.clone(),
            keys: 0,
        }
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("rollback-{}-{}", self.service, self.keys)
    }

    async fn deploy(&mut self, version: &str) -> Result<String> {
        let request = DeployRequest {
            release: format!("{}@{version}", self.service),
            environment: Company::environment(0),
            reason: None,
            again: false,
            priority: None,
            at: None,
            expires_ms: None,
        };
        let key = self.key();
        Ok(self.admin.deploy(&request, &key).await?.id)
    }

    /// The first version, to its end.
    async fn install(&mut self) -> Result<()> {
        let id = self.deploy(FIRST).await?;
        self.until(&id, DeploymentPhase::Confirmed).await
    }

    async fn until(&self, id: &str, phase: DeploymentPhase) -> Result<()> {
        let begun = Instant::now();
        let mut last = String::new();
        while begun.elapsed() < PATIENCE {
            let now = self.admin.deployment(id).await?;
            if now.phase == phase {
                return Ok(());
            }
            last = format!(
                "{} {}",
                now.phase.as_str(),
                now.cause.or(now.waiting).unwrap_or_default()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("{} is not {}: {last}", self.service, phase.as_str())
    }

    /// Trials under traffic, for as long as the shared count allows.
    async fn trials(&mut self, rate: u64, most: usize, made: &AtomicUsize) -> Result<Vec<Trial>> {
        let traffic = Traffic::start(self.url.clone(), rate)?;
        let mut trials = Vec::new();
        while made.fetch_add(1, Ordering::SeqCst) < most {
            trials.push(self.trial(&traffic).await?);
        }
        Ok(trials)
    }

    async fn trial(&mut self, traffic: &Traffic) -> Result<Trial> {
        traffic.forget();
        let id = self.deploy(SECOND).await?;
        let begun = Instant::now();
        // The canary is under way and has shown that it is well.
        while traffic.seen().new < 10 {
            if begun.elapsed() > PATIENCE {
                bail!("no traffic reached the canary of {}", self.service);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(1_000)).await;
        let before = traffic.seen();
        if before.bad > 0 {
            bail!("{} requests failed before the failure began", before.bad);
        }
        std::fs::write(&self.flip, "")?;
        self.until(&id, DeploymentPhase::RolledBack).await?;
        tokio::time::sleep(STRAGGLERS).await;
        let seen = traffic.seen();
        std::fs::remove_file(&self.flip)?;
        let (Some(first), Some(last)) = (seen.first_bad, seen.last_bad) else {
            bail!("{} was taken back without a bad answer", self.service);
        };
        let reason = Reason {
            reason: "the next trial".to_owned(),
        };
        let (release, key) = (format!("{}@{SECOND}", self.service), self.key());
        self.admin.unhold(&release, &reason, &key).await?;
        Ok(Trial {
            reaction: last - first,
            seen,
        })
    }
}
