//! Telling the server how work goes.

use crate::{backoff::Backoff, lease::moved, run::Shared};
use std::{sync::atomic::Ordering, time::Duration};
use tidegate_client::Error;
use tidegate_plugin::{
    Outcome,
    wire::{Report, ReportState},
};
use tokio::time::{sleep, timeout};

/// Longest wait for an answer. A server that hangs must not cost the lease once it goes on: a report may be repeated.
pub const ANSWER: Duration = Duration::from_secs(5);

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Acknowledged.
    Yes,
    /// The lease is somebody else's now, or the server does not know the action.
    LeaseLost,
    /// Not heard; may be tried again.
    NotNow,
}

/// Renews a lease.
pub async fn running(shared: &Shared, action: &str, epoch: &Epoch, note: String) -> Heard {
    send(shared, action, epoch, ReportState::Running { note }).await
}

/// Reports an end until it is acknowledged or nobody wants it any more.
pub async fn ended(shared: &Shared, action: &str, epoch: &Epoch, result: Outcome) {
    let mut backoff = Backoff::default();
    loop {
        match send(
            shared,
            action,
            epoch,
            ReportState::Ended {
                result: result.clone(),
            },
        )
        .await
        {
            Heard::Yes => return,
            Heard::LeaseLost => {
                tracing::warn!("the end of {action} is not wanted: its lease is over");
                return;
            }
            Heard::NotNow => {
                tokio::select! {
                    () = shared.ending.cancelled() => return,
                    () = sleep(backoff.next()) => {}
                }
            }
        }
    }
}

/// Lease number of an action; it changes when the same action is leased again while it runs.
pub type Epoch = std::sync::Arc<std::sync::atomic::AtomicU64>;

async fn send(shared: &Shared, action: &str, epoch: &Epoch, state: ReportState) -> Heard {
    let under = epoch.load(Ordering::SeqCst);
    let report = Report {
        action: action.to_owned(),
        epoch: under,
        state,
    };
    let path = shared.path("reports");
    let sent = shared
        .client
        .post::<_, serde_json::Value>(&path, &report, None);
    let base = shared.client.base().to_owned();
    let answer = tokio::select! {
        answer = timeout(ANSWER, sent) => answer,
        // The heartbeat found that the server stands still: the other one takes the report, under the same number.
        () = moved(shared, &base) => return Heard::NotNow,
    };
    let Ok(answer) = answer else {
        tracing::debug!("report about {action} not answered within {ANSWER:?}");
        return Heard::NotNow;
    };
    match answer {
        Ok(_) | Err(Error::Decode { .. }) => Heard::Yes,
        // Leased again meanwhile: the same report is good under the new number.
        Err(e) if e.status() == Some(409) && epoch.load(Ordering::SeqCst) != under => Heard::NotNow,
        Err(e) if matches!(e.status(), Some(400 | 404 | 409 | 410 | 422)) => {
            tracing::warn!("report about {action} refused: {e}");
            Heard::LeaseLost
        }
        Err(e) => {
            tracing::debug!("report about {action} not heard: {e}");
            Heard::NotNow
        }
    }
}
