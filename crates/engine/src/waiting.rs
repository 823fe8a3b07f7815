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
            kill_point("server.lease.chosen_at_start");
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
        kill_point("server.lease.given_at_start");
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;
    use crate::tests::{Troubled, server};
    use tidegate_core::digest::canonical;
    use tidegate_core::id::{DeploymentId, ServiceId, StreamId, StreamKind};
    use tidegate_core::time::Millis;
    use tidegate_core::work::Task;
    use tidegate_ledger::NewAction;

    const ACTION: &str = "act_01J00000000000000000000001";

    fn prod() -> Vec<EnvId> {
        vec![EnvId::new("prod-eu").unwrap()]
    }

    /// An engine with one piece of new work, and what became of it when it was started.
    fn started(requests: &[(&str, bool)]) -> (Engine, Vec<u64>, Vec<Given>) {
        let engine = server(&Arc::new(Troubled::default()));
        let shared = &engine.shared;
        shared.claim("north", None, &prod()).unwrap();
        let enter = |(agent, cancelled): &(&str, bool)| {
            shared.waiting.enter(Request {
                agent: (*agent).to_owned(),
                environments: prod(),
                most: 1,
                cancelled: Arc::new(AtomicBool::new(*cancelled)),
            })
        };
        let numbers = requests.iter().map(enter).collect();
        let deployment = DeploymentId::parse("dep_01J00000000000000000000001").unwrap();
        let work = Work {
            environment: prod().remove(0),
            service: ServiceId::new("web").unwrap(),
            generation: 1,
            attempt: 0,
            timeout: Millis::secs(1),
            task: Task::Shift {
                weights: BTreeMap::new(),
            },
            deployment,
        };
        let id = ActionId::parse(ACTION).unwrap();
        let given = shared.store.write_with(|tx| {
            tx.start_action(&NewAction {
                id: id.clone(),
                stream: StreamId::new(StreamKind::Deployment, work.deployment.as_str()),
                environment: work.environment.clone(),
                body: canonical(&work).unwrap(),
                created: shared.clock.now(),
            })?;
            shared.lease_started(tx, &[(id.clone(), work.clone())])
        });
        let given = given.unwrap();
        (engine, numbers, given)
    }

    fn open(engine: &Engine) -> usize {
        let now = engine.now();
        let open = engine.read(|rows| rows.actions_open(&prod(), now, 9));
        open.unwrap().len()
    }

    #[test]
    fn work_is_leased_to_the_request_that_waits_longest_and_told_after_the_commit() {
        let (engine, numbers, given) =
            started(&[("north", true), ("other", false), ("north", false)]);
        assert_eq!(open(&engine), 0, "leased with its start");
        assert!(!engine.shared.waiting.is_served(numbers[2]));
        engine.shared.deliver(given);
        let served: Vec<bool> = numbers
            .iter()
            .map(|number| engine.shared.waiting.is_served(*number))
            .collect();
        // Nobody waits for the first one, and the environment is not the second one's.
        assert_eq!(served, [false, false, true]);
        let actions = engine.shared.waiting.leave(numbers[2]);
        assert_eq!((actions[0].id.as_str(), actions[0].epoch), (ACTION, 1));
    }

    #[test]
    fn a_request_that_left_before_the_commit_was_told_gives_its_work_back() {
        let (engine, numbers, given) = started(&[("north", false)]);
        assert!(engine.shared.waiting.leave(numbers[0]).is_empty());
        engine.shared.deliver(given);
        assert_eq!(open(&engine), 1);
    }

    #[test]
    fn work_that_nobody_waits_for_stays_open() {
        let (engine, _, given) = started(&[]);
        engine.shared.deliver(given);
        assert_eq!(open(&engine), 1);
    }
}
