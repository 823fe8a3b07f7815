//! SIGKILL of the server in the middle of rollouts: from the start of the new process to the next step in an agent's hands.
//!
//! Two kinds of next step are awaited: work that nobody had taken when the server died, and the step after one whose end
//! could not be reported. The agent asks again with the pauses of a real one, 50 to 500 ms.

use crate::Common;
use crate::company::{Company, RECREATE};
use crate::crew::{self, AGENT, Board, Crew, Lane, PATIENCE, STEPS, Until};
use crate::figures::{Samples, Spread, round};
use crate::hands::{Hands, lane};
use crate::report::Report;
use crate::seed::{ADMIN, Seed};
use crate::server::Server;
use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tidegate_client::Client;
use tidegate_client::wire::DeployRequest;
use tidegate_plugin::Action;

/// Options of the row.
#[derive(Debug, Clone, Args)]
pub struct ResumeArgs {
    #[command(flatten)]
    common: Common,
    /// Trials
    #[arg(long, default_value_t = 10)]
    trials: usize,
    /// Rollouts under way when the server is killed
    #[arg(long, default_value_t = 8)]
    rollouts: usize,
}

fn company(services: usize) -> Company<'static> {
    Company {
        environments: 1,
        services,
        instances: 1,
        strategy: RECREATE,
        command: "[./played]",
        port: 20_000,
    }
}

/// Run the row.
pub async fn run(args: ResumeArgs) -> Result<()> {
    let folder = args.common.folder()?;
    let settings = json!({ "trials": args.trials, "rollouts": args.rollouts });
    let mut report = Report::begin(
        "resume",
        "start of the server after SIGKILL -> next step leased",
        settings,
    );
    let (home, services) = (folder.path().to_owned(), args.rollouts.max(2));
    let lanes = tokio::task::spawn_blocking(move || prepare(&home, services)).await??;
    let (server, first_start) = Server::start(&args.common.program, folder.path()).await?;
    let mut bench = Bench {
        admin: server.client(ADMIN)?,
        hands: Hands::new(
            server.client(&format!("{AGENT}.token"))?,
            AGENT,
            company(services).environments(),
        ),
        server,
        lanes,
        keys: 0,
    };
    let outcome = bench.trials(&args, &mut report, first_start).await;
    bench.server.stop().await?;
    outcome?;
    report.end(&args.common)
}

/// Every service has its first version; the second one is released.
fn prepare(home: &Path, services: usize) -> Result<Vec<Arc<Lane>>> {
    let company = company(services);
    let seed = Arc::new(Seed::released(home, &company)?);
    seed.token(AGENT, &company.environments())?;
    let (board, lanes) = (Arc::new(Board::default()), Lane::all(&company));
    let crew = Crew::start(&seed, &company, &board)?;
    crew::deploy(&seed, &board, &lanes, STEPS, Until::Each(1))?;
    drop(crew);
    Arc::into_inner(seed)
        .context("the ledger is still in use")?
        .close()?;
    Ok(lanes)
}

struct Bench {
    server: Server,
    admin: Client,
    hands: Hands,
    lanes: Vec<Arc<Lane>>,
    keys: u64,
}

/// Times of one trial, from the start of the new process.
struct Resumed {
    waiting: Duration,
    next: Duration,
}

impl Bench {
    async fn trials(
        &mut self,
        args: &ResumeArgs,
        report: &mut Report,
        first_start: Duration,
    ) -> Result<()> {
        let (mut waiting, mut next) = (Samples::default(), Samples::default());
        let mut ratios = Vec::new();
        for n in 1..=args.trials {
            let one = self.trial().await?;
            let (w, s) = (
                one.waiting.as_secs_f64() * 1e3,
                one.next.as_secs_f64() * 1e3,
            );
            report.round(
                &format!("trial {n}: waiting work leased after {w:.0} ms, step after the one in hand after {s:.0} ms"),
                json!({ "waiting_ms": round(w), "next_ms": round(s) }),
            );
            ratios.push(s / (first_start.as_secs_f64() * 1e3));
            waiting.add(one.waiting);
            next.add(one.next);
        }
        report.round(
            &format!(
                "all: waiting work p50 {:.0} ms, worst {:.0} ms; step after the one in hand p50 {:.0} ms, worst {:.0} ms",
                waiting.quantile(0.5), waiting.quantile(1.0), next.quantile(0.5), next.quantile(1.0)
            ),
            json!({
                "all": true,
                "waiting_p50_ms": round(waiting.quantile(0.5)), "waiting_max_ms": round(waiting.quantile(1.0)),
                "next_p50_ms": round(next.quantile(0.5)), "next_max_ms": round(next.quantile(1.0)),
            }),
        );
        report.ratio(
            "next step after a kill / quiet start to the first 200",
            Spread::of(ratios),
        );
        let worst = waiting.quantile(1.0).max(next.quantile(1.0)) / 1e3;
        report.at_most("worst resumption", worst, 2.0, "s");
        Ok(())
    }

    async fn trial(&mut self) -> Result<Resumed> {
        self.deploy_all().await?;
        // Half way: two steps of each are done; one step is in hand, the others wait unleased.
        let mut left = self.lanes.len() * STEPS as usize;
        for _ in 0..self.lanes.len() * 2 {
            let action = self.one().await?;
            self.hands.done(&action).await?;
            left -= 1;
        }
        let in_hand = self.one().await?;
        self.server.kill().await?;
        let begun = self.server.spawn_again()?;
        let reporting = {
            let (hands, action) = (self.hands.clone(), in_hand.clone());
            tokio::spawn(patiently(move || {
                let (hands, action) = (hands.clone(), action.clone());
                async move { hands.done(&action).await }
            }))
        };
        let mine = lane(&in_hand);
        let (mut waiting, mut next) = (None, None);
        let mut taken = vec![in_hand];
        while waiting.is_none() || next.is_none() {
            let holding: Vec<String> = taken.iter().map(|a| a.id.clone()).collect();
            let hands = self.hands.clone();
            let reply = patiently(|| hands.lease(1, Some(holding.clone()))).await?;
            let now = begun.elapsed();
            for action in reply.actions {
                if lane(&action) == mine {
                    next.get_or_insert(now);
                } else {
                    waiting.get_or_insert(now);
                }
                taken.push(action);
            }
            if begun.elapsed() > PATIENCE {
                bail!("nothing went on within {} s", PATIENCE.as_secs());
            }
        }
        reporting.await??;
        left -= 1;
        for action in taken.into_iter().skip(1) {
            self.hands.done(&action).await?;
            left -= 1;
        }
        for _ in 0..left {
            let action = self.one().await?;
            self.hands.done(&action).await?;
        }
        match (waiting, next) {
            (Some(waiting), Some(next)) => Ok(Resumed { waiting, next }),
            _ => bail!("a time is missing"),
        }
    }

    async fn deploy_all(&mut self) -> Result<()> {
        for lane in &self.lanes {
            let (release, _) = lane.next(STEPS);
            self.keys += 1;
            let request = DeployRequest {
                release,
                environment: lane.environment.clone(),
                reason: None,
                again: false,
                priority: None,
                at: None,
                expires_ms: None,
            };
            self.admin
                .deploy(&request, &format!("resume-{}", self.keys))
                .await?;
        }
        Ok(())
    }

    /// One piece of work.
    async fn one(&self) -> Result<Action> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(action) = self.hands.lease(1, None).await?.actions.into_iter().next() {
                return Ok(action);
            }
        }
        bail!("no work came")
    }
}

/// Ask until there is an answer, with growing pauses.
async fn patiently<T, F: Future<Output = Result<T, tidegate_client::Error>>>(
    ask: impl Fn() -> F,
) -> Result<T> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(50);
    loop {
        match ask().await {
            Ok(answer) => return Ok(answer),
            Err(tidegate_client::Error::Unreachable { .. }) if begun.elapsed() < PATIENCE => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_millis(500));
            }
            Err(error) => return Err(error.into()),
        }
    }
}
