//! Played agents within the engine's own process, and the lanes that deployments run on.

use crate::company::{Company, FIRST, SECOND};
use crate::hands::{done, lane};
use crate::seed::Seed;
use anyhow::{Context, Result};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tidegate_core::actor::Actor;
use tidegate_engine::Engine;
use tidegate_plugin::Action;
use tidegate_plugin::wire::LeaseRequest;

/// The agent of the first environment. One agent serves an environment, so whoever plays it has this name, here and over
/// HTTP.
pub const AGENT: &str = "e0";
/// Longest deployment; a longer one means that something is broken.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Steps of a first install.
pub const FIRST_STEPS: u32 = 3;
/// Steps of a recreate.
pub const STEPS: u32 = 5;
/// Threads that report at a time.
const REPORTERS: usize = 64;

/// A service in an environment: one deployment at a time, two versions in turn.
#[derive(Debug)]
pub struct Lane {
    /// Service.
    pub service: String,
    /// Environment.
    pub environment: String,
    deployed: AtomicU64,
}

impl Lane {
    /// All lanes of a company, environments first.
    pub fn all(company: &Company<'_>) -> Vec<Arc<Self>> {
        let of = |service: usize| {
            (0..company.environments).map(move |environment| {
                Arc::new(Self {
                    service: Company::service(service),
                    environment: Company::environment(environment),
                    deployed: AtomicU64::new(0),
                })
            })
        };
        (0..company.services).flat_map(of).collect()
    }

    /// `environment/service`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.environment, self.service)
    }

    /// The release whose turn it is, and how many steps its deployment has when `steps` replace another.
    pub fn next(&self, steps: u32) -> (String, u32) {
        let n = self.deployed.fetch_add(1, Ordering::Relaxed);
        let version = if n.is_multiple_of(2) { FIRST } else { SECOND };
        let steps = if n == 0 { FIRST_STEPS } else { steps };
        (format!("{}@{version}", self.service), steps)
    }
}

/// Who waits for the last step of which lane.
#[derive(Debug, Default)]
pub struct Board(Mutex<HashMap<String, (u32, tokio::sync::oneshot::Sender<()>)>>);

impl Board {
    fn waiting(&self) -> MutexGuard<'_, HashMap<String, (u32, tokio::sync::oneshot::Sender<()>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Be told when this many more steps of a lane are done.
    pub fn expect(&self, lane: &str, steps: u32) -> tokio::sync::oneshot::Receiver<()> {
        let (tell, told) = tokio::sync::oneshot::channel();
        self.waiting().insert(lane.to_owned(), (steps, tell));
        told
    }

    /// A step of a lane is done and durable.
    pub fn stepped(&self, action: &Action) {
        let name = lane(action);
        let mut waiting = self.waiting();
        let Some((left, _)) = waiting.get_mut(&name) else {
            return;
        };
        *left = left.saturating_sub(1);
        if *left == 0
            && let Some((_, tell)) = waiting.remove(&name)
        {
            // Whoever waited may have given up.
            let _ = tell.send(());
        }
    }
}

/// When a run ends.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// After this time; deployments under way are finished.
    Time(Duration),
    /// After this many deployments of each lane.
    Each(u64),
}

/// What a run did.
#[derive(Debug, Clone, Copy)]
pub struct Ran {
    /// Deployments finished.
    pub deployments: u64,
    /// From the first proposal to the last end.
    pub took: Duration,
}

impl Ran {
    /// Deployments a second.
    pub fn rate(self) -> f64 {
        self.deployments as f64 / self.took.as_secs_f64().max(1e-9)
    }
}

/// Agents of an engine, one for each environment and named after it. They end when dropped.
pub struct Crew {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Crew {
    /// Start them.
    pub fn start(seed: &Seed, company: &Company<'_>, board: &Arc<Board>) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (give, take) = channel::<(Actor, Action)>();
        let take = Arc::new(Mutex::new(take));
        let mut threads = Vec::new();
        for _ in 0..REPORTERS {
            let (engine, take, board) = (seed.engine.clone(), Arc::clone(&take), Arc::clone(board));
            threads.push(std::thread::spawn(move || report(&engine, &take, &board)));
        }
        for environment in company.environments() {
            let (engine, give, stop) = (seed.engine.clone(), give.clone(), Arc::clone(&stop));
            let who = Seed::agent(&environment, std::slice::from_ref(&environment))?;
            threads.push(std::thread::spawn(move || {
                lease(&engine, &who, &environment, &give, &stop)
            }));
        }
        Ok(Self { stop, threads })
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        for thread in self.threads.drain(..) {
            // A thread that panicked has said why.
            let _ = thread.join();
        }
    }
}

fn lease(
    engine: &Engine,
    who: &Actor,
    environment: &str,
    give: &Sender<(Actor, Action)>,
    stop: &Arc<AtomicBool>,
) {
    let request = LeaseRequest {
        environments: vec![environment.to_owned()],
        max: 64,
        wait_ms: 500,
        holding: None,
    };
    while !stop.load(Ordering::SeqCst) {
        match engine.lease(who, environment, &request, stop) {
            Ok(reply) => {
                for action in reply.actions {
                    if give.send((who.clone(), action)).is_err() {
                        return;
                    }
                }
            }
            Err(error) => {
                eprintln!("a played agent of {environment} stops: {error}");
                return;
            }
        }
    }
}

/// Ends when no agent is left that gives work.
fn report(engine: &Engine, take: &Mutex<Receiver<(Actor, Action)>>, board: &Board) {
    loop {
        let next = take
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv_timeout(Duration::from_secs(1));
        let (who, action) = match next {
            Ok(next) => next,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        match engine.report(&who, &action.environment, &done(&action)) {
            Ok(()) => board.stepped(&action),
            Err(error) => eprintln!("a report was refused: {error}"),
        }
    }
}

/// Deploy on all these lanes at once, in process. `steps` is the length of a deployment that replaces another.
pub fn deploy(
    seed: &Arc<Seed>,
    board: &Arc<Board>,
    lanes: &[Arc<Lane>],
    steps: u32,
    until: Until,
) -> Result<Ran> {
    let begun = Instant::now();
    let threads: Vec<JoinHandle<Result<u64>>> = lanes
        .iter()
        .map(|lane| {
            let (seed, board, lane) = (Arc::clone(seed), Arc::clone(board), Arc::clone(lane));
            std::thread::spawn(move || one(&seed, &board, &lane, steps, begun, until))
        })
        .collect();
    let mut deployments = 0;
    for thread in threads {
        deployments += thread
            .join()
            .map_err(|_| anyhow::anyhow!("a lane panicked"))??;
    }
    Ok(Ran {
        deployments,
        took: begun.elapsed(),
    })
}

/// Deploy once on each of these lanes, so many at a time.
pub fn deploy_each(
    seed: &Arc<Seed>,
    board: &Arc<Board>,
    lanes: &[Arc<Lane>],
    steps: u32,
    at_a_time: usize,
) -> Result<()> {
    let next = AtomicU64::new(0);
    let work = || -> Result<()> {
        loop {
            let n = next.fetch_add(1, Ordering::SeqCst);
            let Some(lane) = usize::try_from(n).ok().and_then(|n| lanes.get(n)) else {
                return Ok(());
            };
            one(seed, board, lane, steps, Instant::now(), Until::Each(1))?;
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..at_a_time).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| {
            let ended = worker.join();
            ended.map_err(|_| anyhow::anyhow!("a lane panicked"))?
        })
    })
}

fn one(
    seed: &Seed,
    board: &Board,
    lane: &Lane,
    steps: u32,
    begun: Instant,
    until: Until,
) -> Result<u64> {
    let mut finished = 0;
    while goes_on(until, begun, finished) {
        let (release, steps) = lane.next(steps);
        let told = board.expect(&lane.name(), steps);
        seed.deploy(&release, &lane.environment)?;
        wait(told).with_context(|| format!("{release} to {} did not end", lane.environment))?;
        finished += 1;
    }
    Ok(finished)
}

/// Is there another deployment of a lane to make?
pub fn goes_on(until: Until, begun: Instant, finished: u64) -> bool {
    match until {
        Until::Time(time) => begun.elapsed() < time,
        Until::Each(most) => finished < most,
    }
}

fn wait(told: tokio::sync::oneshot::Receiver<()>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    Ok(runtime.block_on(async { tokio::time::timeout(PATIENCE, told).await })??)
}
