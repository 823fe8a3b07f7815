//! One leased action: started, followed, its lease renewed, its end reported.

use crate::trust::Held;
use crate::{
    clock,
    report::{self, Epoch, Heard},
    run::Shared,
};
use std::{sync::Arc, time::Duration};
use tidegate_faults::kill_point;
use tidegate_plugin::{Action, Actuator as _, Fault, Outcome, Progress};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

/// Longest time a cancelled action is still followed.
const CANCELLED: Duration = Duration::from_secs(60);

/// Carries out an action to its reported end.
pub async fn carry_out(shared: Arc<Shared>, action: Action, epoch: Epoch, lease: Duration) {
    let (say, note) = watch::channel("starting".to_owned());
    let driven = drive(&shared, &action, &say);
    tokio::pin!(driven);
    let result = tokio::select! {
        result = &mut driven => Some(result),
        () = until_lost(&shared, &action, &epoch, lease, note) => None,
    };
    match result {
        Some(result) => {
            kill_point("agent.work.ended");
            report::ended(&shared, &action.id, &epoch, result).await;
            kill_point("agent.work.reported");
        }
        None => {
            tracing::warn!(
                "the lease of {} is lost: the action is cancelled",
                action.id
            );
            // It may have ended just now; then there is nothing to cancel.
            let _ = shared.target.cancel(&action, &action.id).await;
            let _ = timeout(CANCELLED, driven).await;
        }
    }
}

async fn drive(shared: &Shared, action: &Action, say: &watch::Sender<String>) -> Outcome {
    if let Some(guard) = &shared.guard {
        match guard.admit(shared, action, clock::now()).await {
            Ok(()) => {}
            Err(Held::Refused(because)) => {
                tracing::warn!(
                    "{} of {} is refused: {because}",
                    action.id,
                    action.deployment
                );
                return Outcome::Failed {
                    because: format!("refused by the agent: {because}"),
                    log: Vec::new(),
                };
            }
            Err(Held::Unknown(because)) => return Outcome::Broken { because },
        }
    }
    let mut progress = shared.target.start(action).await;
    kill_point("agent.work.started");
    loop {
        match progress {
            Ok(Progress::Done(outcome)) => return outcome,
            Ok(Progress::Running {
                handle,
                poll_after_ms,
                note,
            }) => {
                say.send_replace(note);
                sleep(Duration::from_millis(poll_after_ms)).await;
                progress = shared.target.poll(action, &handle).await;
            }
            Err(Fault::Refused(because)) => {
                return Outcome::Failed {
                    because: format!("refused by the agent: {because}"),
                    log: Vec::new(),
                };
            }
            // Trying it again could do it twice, so it ends here and a person looks.
            Err(fault @ Fault::Unknown(_)) => {
                return Outcome::Failed {
                    because: fault.to_string(),
                    log: Vec::new(),
                };
            }
            Err(fault @ Fault::Broken(_)) => {
                return Outcome::Broken {
                    because: fault.to_string(),
                };
            }
        }
    }
}

/// Renews the lease until it is lost.
async fn until_lost(
    shared: &Shared,
    action: &Action,
    epoch: &Epoch,
    lease: Duration,
    note: watch::Receiver<String>,
) {
    loop {
        sleep((lease / 3).max(Duration::from_millis(20))).await;
        let note = note.borrow().clone();
        if report::running(shared, &action.id, epoch, note).await == Heard::LeaseLost {
            return;
        }
    }
}
