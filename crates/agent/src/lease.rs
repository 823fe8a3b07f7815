//! Asking for work, over and over.

use crate::{backoff::Backoff, error::Error, report::Epoch, run::Shared, work};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tidegate_faults::{is_off, kill_point};
use tidegate_plugin::{
    Action,
    wire::{LeaseReply, LeaseRequest},
};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep},
};

/// Milliseconds the server may hold a request.
const HOLD_MS: u64 = 20_000;
/// Between two looks whether the heartbeat went to another server.
const LOOK: Duration = Duration::from_millis(250);
/// Shortest time between two requests that brought nothing, for a server that does not hold them.
const QUIET: Duration = Duration::from_millis(50);

/// Actions under way at this agent, with the lease number each is reported under.
#[derive(Debug, Default)]
pub struct UnderWay {
    epochs: Mutex<BTreeMap<String, Epoch>>,
}

impl UnderWay {
    /// Notes a lease. `None` when the action runs already: it then goes on under the new number.
    fn enter(&self, action: &Action) -> Option<Epoch> {
        let mut epochs = self.lock();
        if let Some(epoch) = epochs.get(&action.id) {
            epoch.fetch_max(action.epoch, Ordering::SeqCst);
            return None;
        }
        let epoch = Arc::new(AtomicU64::new(action.epoch));
        epochs.insert(action.id.clone(), Arc::clone(&epoch));
        Some(epoch)
    }

    fn ids(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    fn leave(&self, action: &str) {
        self.lock().remove(action);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Epoch>> {
        self.epochs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leases and starts work until the agent ends.
///
/// # Errors
/// [`Error::Refused`] when the server does not accept this agent at the first contact. Later it keeps asking: what runs
/// needs its supervision.
pub async fn work(shared: Arc<Shared>) -> Result<(), Error> {
    let room = Arc::new(Semaphore::new(shared.options.at_once as usize));
    let under_way = Arc::new(UnderWay::default());
    let mut backoff = Backoff::default();
    let mut accepted = false;
    loop {
        // One place is held while asking, so that there is room for at least one action.
        let Ok(place) = room.acquire().await else {
            return Ok(());
        };
        let max = u32::try_from(room.available_permits() + 1)
            .unwrap_or(1)
            .min(64);
        drop(place);
        let asked = Instant::now();
        match ask(&shared, max, under_way.ids()).await {
            Ok(reply) => {
                if backoff.failures() > 0 {
                    tracing::info!("server {} answers again", shared.client.base());
                }
                backoff.reset();
                accepted = true;
                if reply.actions.is_empty() && asked.elapsed() < QUIET {
                    sleep(QUIET).await;
                }
                let lease = Duration::from_millis(reply.lease_ms);
                for action in reply.actions {
                    begin(&shared, &room, &under_way, action, lease);
                }
            }
            Err(e) if matches!(e.status(), Some(401 | 403)) && !accepted => {
                return Err(Error::Refused {
                    agent: shared.options.name.clone(),
                    reason: e.to_string(),
                    environments: shared.options.environments.join(", "),
                });
            }
            Err(e) => {
                if backoff.failures() == 0 {
                    tracing::warn!("no work can be asked for, what runs is kept running: {e}");
                }
                sleep(backoff.next()).await;
            }
        }
    }
}

async fn ask(
    shared: &Shared,
    max: u32,
    holding: Vec<String>,
) -> Result<LeaseReply, tidegate_client::Error> {
    let environments = shared.options.environments.clone();
    let generations = match is_off("said") {
        true => BTreeMap::new(),
        false => shared.target.generations(),
    };
    let seen = generations.iter().filter_map(|(lane, generation)| {
        let (environment, _) = lane.split_once('/')?;
        let served = environments.iter().any(|served| served == environment);
        served.then(|| LeaseRequest::seen_entry(lane, *generation))
    });
    let holding = holding.into_iter().chain(seen).collect::<Vec<_>>();
    let request = LeaseRequest {
        environments,
        max,
        wait_ms: HOLD_MS,
        holding: Some(LeaseRequest::held(shared.target.folder(), holding)),
    };
    let path = shared.path("leases");
    let asked = shared.client.post(&path, &request, None);
    if !shared.client.has_others() {
        return asked.await;
    }
    // A held request is given up when the heartbeat found that its server stands still.
    let base = shared.client.base().to_owned();
    tokio::select! {
        reply = asked => reply,
        () = moved(shared, &base) => Err(tidegate_client::Error::Unreachable {
            base: base.clone(),
            reason: "it stands still; another server is asked".to_owned(),
        }),
    }
}

/// Wait until another server is asked.
pub(crate) async fn moved(shared: &Shared, base: &str) {
    while shared.client.base() == base {
        sleep(LOOK).await;
    }
}

fn begin(
    shared: &Arc<Shared>,
    room: &Arc<Semaphore>,
    under_way: &Arc<UnderWay>,
    action: Action,
    lease: Duration,
) {
    let Some(epoch) = under_way.enter(&action) else {
        return;
    };
    let (shared, room, under_way) = (Arc::clone(shared), Arc::clone(room), Arc::clone(under_way));
    let tasks = shared.tasks.clone();
    tasks.spawn(async move {
        // The server gives no more than was asked for; if it does, the rest waits here with a renewed lease only once begun.
        let Ok(_place) = room.acquire().await else {
            return;
        };
        let id = action.id.clone();
        tracing::debug!(
            "action {id} of {} begins under lease number {}",
            action.deployment,
            action.epoch
        );
        kill_point("agent.work.leased");
        work::carry_out(shared, action, epoch, lease).await;
        under_way.leave(&id);
    });
}
