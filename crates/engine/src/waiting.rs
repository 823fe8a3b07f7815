//! Requests for work that are held: the writer leases to them what it starts, in the same transaction, so that a step begins with
//! one commit and not with two.
//!
//! Nothing is told before it is durable. A request that went away meanwhile gives its work back; when even that fails, the lease ends
//! as any other does. Work that nobody waits for lies open until somebody asks, so this is a short cut and never the only way.

use crate::leasing::action;
use crate::{Shared, locked};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tidegate_core::id::{ActionId, EnvId};
use tidegate_core::stream::environment;
use tidegate_core::work::Work;
use tidegate_faults::kill_point;
use tidegate_ledger::{StoreError, Tx, TxView};
use tidegate_plugin::action::Action;

/// A request that is held.
pub(crate) struct Request {
    pub agent: String,
    pub environments: Vec<EnvId>,
    /// Most work it takes at once.
    pub most: usize,
    /// Nobody waits for its answer any more.
    pub cancelled: Arc<AtomicBool>,
}

/// Work that a transaction leased to a request.
#[derive(Clone)]
pub(crate) struct Given {
    request: u64,
    id: ActionId,
    epoch: u64,
    work: Work,
}

#[derive(Default)]
struct Held {
    next: u64,
    /// By number: those that wait longest come first.
    requests: BTreeMap<u64, Arc<Request>>,
    /// What they were given.
    given: BTreeMap<u64, Vec<Action>>,
}

/// The requests that are held.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<Held>);

impl Waiting {
    /// Hold a request. Gives its number.
    pub(crate) fn enter(&self, request: Request) -> u64 {
        let mut held = locked(&self.0);
        held.next += 1;
        let number = held.next;
        held.requests.insert(number, Arc::new(request));
        number
    }

    /// Was it given something?
    pub(crate) fn is_served(&self, number: u64) -> bool {
        locked(&self.0).given.contains_key(&number)
    }

    /// It is held no more; what it was given meanwhile.
    pub(crate) fn leave(&self, number: u64) -> Vec<Action> {
        let mut held = locked(&self.0);
        held.requests.remove(&number);
        held.given.remove(&number).unwrap_or_default()
    }

    fn all(&self) -> Vec<(u64, Arc<Request>)> {
        let held = locked(&self.0);
        let all = held.requests.iter();
        all.map(|(number, request)| (*number, Arc::clone(request)))
            .collect()
    }
}

impl Shared {
    /// Lease what this transaction started to the requests that are held, those that wait longest first.
    pub(crate) fn lease_started(
        &self,
        tx: &mut dyn Tx,
        started: &[(ActionId, Work)],
    ) -> Result<Vec<Given>, StoreError> {
        let mut requests = match started {
            [] => return Ok(Vec::new()),
            _ => self.waiting.all(),
        };
        requests.retain(|(_, request)| {
            let is_there = !request.cancelled.load(Ordering::SeqCst);
            is_there && self.claims.are_of(&request.agent, &request.environments)
        });
        let mut room: Vec<usize> = requests.iter().map(|(_, request)| request.most).collect();
        let until = self.options.lease.after(self.clock.now());
        let mut given = Vec::new();
        for (id, work) in started {
            let takes = |((_, request), room): &((_, Arc<Request>), &mut usize)| {
                **room > 0 && request.environments.contains(&work.environment)
            };
            let mut found = requests.iter().cloned().zip(&mut room);
            let Some(((number, request), room)) = found.find(takes) else {
                continue;
            };
            let behind = {
                let view = TxView::keeping(tx, &self.states);
                let behind = environment::is_behind(&view, &work.environment);
                view.finish()?;
                behind
            };
            if behind {
                continue;
            }
            kill_point("server.lease.chosen");
            // None when it ended in this very transaction.
            if let Some(epoch) = tx.lease(id, &request.agent, until)? {
                *room -= 1;
                given.push(Given {
                    request: number,
                    id: id.clone(),
                    epoch,
                    work: work.clone(),
                });
            }
        }
        Ok(given)
    }

    /// Tell the requests, now that it is durable.
    pub(crate) fn deliver(&self, given: Vec<Given>) {
        if given.is_empty() {
            return;
        }
        kill_point("server.lease.given");
        let mut back = Vec::new();
        {
            let mut held = locked(&self.waiting.0);
            for given in given {
                if held.requests.contains_key(&given.request) {
                    let action = action(given.id.as_str(), &given.work, given.epoch);
                    held.given.entry(given.request).or_default().push(action);
                } else {
                    back.push(given);
                }
            }
        }
        if !back.is_empty() {
            self.give_back(&back);
        }
    }

    /// Whoever asked left in the meantime: the leases end now, so that the next request finds the work.
    fn give_back(&self, back: &[Given]) {
        let now = self.clock.now();
        let ended = self.store.write_with(|tx| {
            for given in back {
                tx.renew(&given.id, given.epoch, now)?;
            }
            Ok(())
        });
        match ended {
            Ok(()) => self.hub.committed(0, true, false),
            Err(error) => {
                tracing::warn!(%error, "work whose request went away is given out again when its lease ends");
            }
        }
    }
}
