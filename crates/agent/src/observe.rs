//! Telling the server what is true at the target: on change, and as often as it asks.

use crate::{backoff::Backoff, report::ANSWER, run::Shared};
use std::{sync::Arc, time::Duration};
use tidegate_plugin::{
    Sensor as _,
    wire::{Observed, ObservedReply},
};
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// Shortest time between two observations.
const SHORTEST: Duration = Duration::from_millis(50);
/// Longest; an observation is also the heartbeat.
const LONGEST: Duration = Duration::from_secs(2);
/// Wait for an answer where other servers share the ledger.
const ELSEWHERE: Duration = Duration::from_secs(1);

/// Sends observations for as long as the agent runs.
pub async fn keep_telling(shared: Arc<Shared>) {
    let mut changes = shared.target.changes();
    let mut backoff = Backoff::default();
    loop {
        let sent = Instant::now();
        changes.mark_unchanged();
        let pause = match tell(&shared).await {
            Ok(reply) => {
                backoff.reset();
                Duration::from_millis(reply.next_ms).clamp(SHORTEST, LONGEST)
            }
            Err(why) => {
                if backoff.failures() == 0 {
                    tracing::warn!("observations are not heard: {why}");
                }
                sleep(backoff.next()).await;
                continue;
            }
        };
        tokio::select! {
            () = sleep_until(sent + pause) => {}
            Ok(()) = changes.changed() => sleep_until(sent + SHORTEST).await,
        }
    }
}

async fn tell(shared: &Shared) -> Result<ObservedReply, String> {
    let seen = shared.target.observe().await.map_err(|e| e.to_string())?;
    let observed = Observed {
        environments: shared.options.environments.clone(),
        seen,
    };
    let path = shared.path("observations");
    let sent = shared.client.post(&path, &observed, None);
    // The heartbeat also finds out that a server stands still, which another one can make up for.
    let patience = if shared.client.has_others() {
        ELSEWHERE
    } else {
        ANSWER
    };
    match timeout(patience, sent).await {
        Ok(answer) => answer.map_err(|e| e.to_string()),
        Err(_) => {
            shared.client.try_another();
            Err(format!("the server did not answer within {patience:?}"))
        }
    }
}
