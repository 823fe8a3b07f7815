//! Bounded traffic on loopback through the router: so many requests a second and route, and what became of each.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// No tour lasts longer; neither does its traffic.
const LONGEST: Duration = Duration::from_secs(600);

/// What became of the requests of one route.
#[derive(Default)]
pub struct Route {
    sent: AtomicU64,
    failed: AtomicU64,
    /// Failures by the version that answered, `-` when none did.
    by_version: Mutex<BTreeMap<String, u64>>,
    first_failure: Mutex<Option<Instant>>,
    last_failure: Mutex<Option<Instant>>,
}

/// Counts at one moment.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// Requests answered or failed.
    pub sent: u64,
    /// Of these failed.
    pub failed: u64,
    /// Failures by version.
    pub by_version: BTreeMap<String, u64>,
    /// First failure.
    pub first_failure: Option<Instant>,
    /// Last failure.
    pub last_failure: Option<Instant>,
}

/// Traffic to several routes.
pub struct Load {
    routes: BTreeMap<String, Arc<Route>>,
    tasks: Vec<JoinHandle<()>>,
    stopped: Arc<AtomicBool>,
}

impl Load {
    /// Send `rate` requests a second to each of `routes` (name and URL).
    pub fn start(routes: Vec<(String, String)>, rate: u64) -> Self {
        let stopped = Arc::new(AtomicBool::new(false));
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .no_proxy()
            .build()
            .unwrap_or_default();
        let mut load = Self {
            routes: BTreeMap::new(),
            tasks: Vec::new(),
            stopped,
        };
        for (name, url) in routes {
            let route = Arc::new(Route::default());
            load.routes.insert(name, Arc::clone(&route));
            load.tasks.push(tokio::spawn(drive(
                client.clone(),
                url,
                rate,
                route,
                Arc::clone(&load.stopped),
            )));
        }
        load
    }

    /// What became of the requests of a route so far.
    pub fn counted(&self, name: &str) -> Counted {
        self.routes
            .get(name)
            .map(|r| r.counted())
            .unwrap_or_default()
    }

    /// All routes together.
    pub fn total(&self) -> Counted {
        let mut total = Counted::default();
        for route in self.routes.values() {
            let one = route.counted();
            total.sent += one.sent;
            total.failed += one.failed;
        }
        total
    }

    /// End it.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// An open loop: requests leave at their time, however long the earlier ones take.
async fn drive(
    client: reqwest::Client,
    url: String,
    rate: u64,
    route: Arc<Route>,
    stopped: Arc<AtomicBool>,
) {
    let mut tick = tokio::time::interval(Duration::from_micros(1_000_000 / rate.max(1)));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let end = Instant::now() + LONGEST;
    while !stopped.load(Ordering::SeqCst) && Instant::now() < end {
        tick.tick().await;
        let (client, url, route, stopped) = (
            client.clone(),
            url.clone(),
            Arc::clone(&route),
            Arc::clone(&stopped),
        );
        tokio::spawn(async move {
            let answer = client.get(&url).send().await;
            if stopped.load(Ordering::SeqCst) {
                return;
            }
            match answer {
                Ok(answer) if !answer.status().is_server_error() => route.count(None),
                Ok(answer) => {
                    let version = answer
                        .headers()
                        .get("x-version")
                        .and_then(|v| v.to_str().ok())
                        .unwrap_or("-");
                    route.count(Some(version.to_owned()));
                }
                Err(_) => route.count(Some("-".to_owned())),
            }
        });
    }
}

impl Route {
    fn count(&self, failed_by: Option<String>) {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let Some(version) = failed_by else { return };
        self.failed.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        *self
            .by_version
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(version)
            .or_default() += 1;
        self.first_failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(now);
        *self
            .last_failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    fn counted(&self) -> Counted {
        Counted {
            sent: self.sent.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            by_version: self
                .by_version
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
            first_failure: *self
                .first_failure
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
            last_failure: *self
                .last_failure
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        }
    }
}
