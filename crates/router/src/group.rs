//! Routes, groups and backends as the worker threads see them.
//!
//! A route is replaced whole when the table changes; backends and counters live on. Requests under way keep the group
//! they started with.

use crate::counters::{BackendCounters, GroupCounters, RouteCounters};
use crate::split::Split;
use crate::stick;
use hyper::HeaderMap;
use hyper::header::HeaderName;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};

/// Connection failures in a row after which a backend gets no requests until a probe connects.
const FAILURES: u32 = 3;

/// One running instance.
#[derive(Debug)]
pub struct Backend {
    /// Unique in this process; the key of the connection pools.
    pub serial: u64,
    pub id: String,
    pub address: SocketAddr,
    pub counters: BackendCounters,
    failures: AtomicU32,
    down: AtomicBool,
}

impl Backend {
    pub fn new(serial: u64, id: &str, address: SocketAddr, shards: usize) -> Self {
        Backend {
            serial,
            id: id.to_owned(),
            address,
            counters: BackendCounters::new(shards),
            failures: AtomicU32::new(0),
            down: AtomicBool::new(false),
        }
    }

    pub fn is_healthy(&self) -> bool {
        !self.down.load(Relaxed)
    }

    /// A connection was refused, timed out, or broke before an answer.
    pub fn failed(&self) {
        if self.failures.fetch_add(1, Relaxed) + 1 >= FAILURES && !self.down.swap(true, Relaxed) {
            tracing::warn!(backend = %self.id, address = %self.address, "backend unreachable; it gets no requests until a probe connects");
        }
    }

    /// It connected or answered.
    pub fn answered(&self) {
        if self.failures.load(Relaxed) != 0 {
            self.failures.store(0, Relaxed);
        }
        if self.down.load(Relaxed) && self.down.swap(false, Relaxed) {
            tracing::info!(backend = %self.id, address = %self.address, "backend reachable again");
        }
    }
}

/// The instances of one revision, as one table has them.
#[derive(Debug)]
pub struct Group {
    pub key: String,
    pub weight: u32,
    /// Instances that may get requests.
    pub taking: Vec<Arc<Backend>>,
    /// All instances, draining ones included.
    pub all: Vec<Arc<Backend>>,
    pub counters: Arc<GroupCounters>,
    next: AtomicUsize,
}

impl Group {
    pub fn new(
        key: String,
        weight: u32,
        taking: Vec<Arc<Backend>>,
        all: Vec<Arc<Backend>>,
        counters: Arc<GroupCounters>,
    ) -> Self {
        Group {
            key,
            weight,
            taking,
            all,
            counters,
            next: AtomicUsize::new(0),
        }
    }

    /// The next healthy instance in turn, other than `tried`.
    pub fn next(&self, tried: Option<u64>) -> Option<Arc<Backend>> {
        let count = self.taking.len();
        let start = if count > 1 {
            self.next.fetch_add(1, Relaxed)
        } else {
            0
        };
        (0..count)
            .map(|step| &self.taking[(start.wrapping_add(step)) % count])
            .find(|backend| backend.is_healthy() && Some(backend.serial) != tried)
            .cloned()
    }
}

/// What identifies a user.
#[derive(Debug)]
pub enum Stick {
    Header(HeaderName),
    Cookie(String),
}

/// One route of the table in force.
#[derive(Debug)]
pub struct Route {
    pub name: String,
    pub stick: Option<Stick>,
    pub groups: Vec<Arc<Group>>,
    pub split: Split,
    pub counters: Arc<RouteCounters>,
    /// `(index, weight)` in key order, for sticky choice.
    pub ordered: Vec<(usize, u32)>,
}

/// A request's side, and the cookie that will keep its user there.
pub struct Choice {
    pub group: Arc<Group>,
    pub new_user: Option<String>,
}

impl Route {
    /// The group that takes this request; `None` when no group has weight.
    pub fn choose(&self, headers: &HeaderMap) -> Option<Choice> {
        let mut new_user = None;
        let index = match &self.stick {
            None => self.split.pick(),
            Some(Stick::Header(name)) => match headers.get(name) {
                Some(user) => {
                    stick::side(&self.ordered, stick::position(&self.name, user.as_bytes()))
                }
                None => self.split.pick(),
            },
            Some(Stick::Cookie(name)) => {
                let position = match stick::cookie(headers, name) {
                    Some(user) => stick::position(&self.name, user),
                    None => {
                        let user = stick::new_user();
                        let position = stick::position(&self.name, user.as_bytes());
                        new_user = Some(format!(
                            "{name}={user}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
                        ));
                        position
                    }
                };
                stick::side(&self.ordered, position)
            }
        }?;
        Some(Choice {
            group: Arc::clone(self.groups.get(index)?),
            new_user,
        })
    }
}
