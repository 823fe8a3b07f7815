//! Requests for work are held until there is some. Each agent has at most one thread waiting for it: a newer request of the
//! same agent, a dropped connection and the end of the server all end the wait.

use crate::App;
use crate::error::{Problem, kind};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tidegate_core::actor::Actor;
use tidegate_engine::Denied;
use tidegate_engine::wire::{LeaseReply, LeaseRequest};
use tokio::sync::oneshot;

/// The agents that ever asked for work.
#[derive(Default)]
pub(crate) struct Leases(Mutex<BTreeMap<String, Slot>>);

#[derive(Default)]
struct Slot {
    /// Held by the thread that waits for this agent.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Ends that thread's wait.
    cancel: Arc<AtomicBool>,
}

/// Ends the wait when the request is dropped.
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Leases {
    /// End the wait of an agent that may come in no more.
    pub(crate) fn end(&self, agent: &str) {
        drop(self.enter(agent));
    }

    /// Take the agent's place: the request that has it now ends.
    fn enter(&self, agent: &str) -> (Arc<tokio::sync::Mutex<()>>, Arc<AtomicBool>) {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.entry(agent.to_owned()).or_default();
        slot.cancel.store(true, Ordering::SeqCst);
        slot.cancel = Arc::default();
        (Arc::clone(&slot.turn), Arc::clone(&slot.cancel))
    }
}

/// Wait for work for an agent.
pub(crate) async fn lease(
    app: &App,
    who: Actor,
    agent: String,
    request: LeaseRequest,
) -> Result<LeaseReply, Problem> {
    let (engine, asked, name, wanted) = (
        app.engine().clone(),
        who.clone(),
        agent.clone(),
        request.clone(),
    );
    // Two processes under one name would end each other's waits for ever.
    tokio::task::spawn_blocking(move || engine.claim(&asked, &name, &wanted))
        .await
        .map_err(|_| overtaken())??;
    let (turn, cancel) = app.leases().enter(&agent);
    let _guard = CancelOnDrop(Arc::clone(&cancel));
    let held = turn.lock_owned().await;
    if cancel.load(Ordering::SeqCst) {
        return Err(overtaken());
    }
    let (sender, receiver) = oneshot::channel::<Result<LeaseReply, Denied>>();
    let engine = app.engine().clone();
    std::thread::Builder::new()
        .name("tidegate-lease".to_owned())
        .spawn(move || {
            let answer = engine.lease(&who, &agent, &request, &cancel);
            drop(held);
            // The asker may be gone; what was leased to it is given out again when its lease ends.
            drop(sender.send(answer));
        })
        .map_err(|e| {
            Problem::new(
                &kind::OVERLOADED,
                format!("no thread could be started: {e}"),
                "try again in a second",
            )
        })?;
    tokio::select! {
        answer = receiver => Ok(answer.map_err(|_| overtaken())??),
        () = app.stopping().cancelled() => Err(Denied::Stopped.into()),
    }
}

fn overtaken() -> Problem {
    Problem::new(
        &kind::OVERLOADED,
        "a newer request of the same agent took this one's place",
        "run one process for each agent name",
    )
}
