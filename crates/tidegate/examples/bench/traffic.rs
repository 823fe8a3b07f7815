//! Open-loop traffic to one route: requests leave at their time, however long the earlier ones take.

use crate::backend::VERSION_HEADER;
use crate::company::SECOND;
use anyhow::Result;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

/// What became of the requests since the last [`Traffic::forget`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// Answered in any way.
    pub requests: u64,
    /// Good answers of the new version.
    pub new: u64,
    /// Answers of 5xx and no answers.
    pub bad: u64,
    /// Of these, without an answer of the new version.
    pub strange: u64,
    /// When the first request left that was answered badly.
    pub first_bad: Option<Instant>,
    /// When the last bad answer arrived.
    pub last_bad: Option<Instant>,
}

/// Traffic under way; it ends when dropped.
pub struct Traffic {
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

impl Drop for Traffic {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Traffic {
    /// Send this many requests a second.
    pub fn start(url: String, rate: u64) -> Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .tls_certs_only([])
            .tcp_nodelay(true)
            .no_proxy()
            .build()?;
        let seen = Arc::new(Mutex::new(Seen::default()));
        let task = tokio::spawn(drive(client, url, rate, Arc::clone(&seen)));
        Ok(Self { seen, task })
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts now.
    pub fn seen(&self) -> Seen {
        *self.lock()
    }

    /// Count from zero.
    pub fn forget(&self) {
        *self.lock() = Seen::default();
    }
}

async fn drive(client: reqwest::Client, url: String, rate: u64, seen: Arc<Mutex<Seen>>) {
    let mut tick = tokio::time::interval(Duration::from_micros(1_000_000 / rate.max(1)));
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        tick.tick().await;
        let (client, url, seen) = (client.clone(), url.clone(), Arc::clone(&seen));
        tokio::spawn(async move {
            let sent = Instant::now();
            let answer = client.get(&url).send().await;
            let (bad, new) = match &answer {
                Ok(answer) => (
                    answer.status().is_server_error(),
                    answer
                        .headers()
                        .get(VERSION_HEADER)
                        .is_some_and(|v| v == SECOND),
                ),
                Err(_) => (true, false),
            };
            // The connection is free for the next request once the body is read.
            if let Ok(answer) = answer {
                let _ = answer.bytes().await;
            }
            count(&seen, sent, bad, new);
        });
    }
}

fn count(seen: &Mutex<Seen>, sent: Instant, bad: bool, new: bool) {
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    seen.requests += 1;
    if !bad {
        seen.new += u64::from(new);
        return;
    }
    seen.bad += 1;
    seen.strange += u64::from(!new);
    if seen.first_bad.is_none_or(|first| sent < first) {
        seen.first_bad = Some(sent);
    }
    seen.last_bad = Some(Instant::now());
}
