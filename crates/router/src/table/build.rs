//! What a route remembers over tables, and the next version of it made from that.

use crate::counters::{GroupCounters, RouteCounters};
use crate::group::{Backend, Group, Route, Stick};
use crate::split::{Debts, Split};
use crate::table::check;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use tidegate_plugin::router::{self as contract, GroupStats, RouteStats};

/// Groups remembered after they left the table.
const REMEMBERED: usize = 64;

/// One route over all tables.
#[derive(Debug)]
pub struct History {
    counters: Arc<RouteCounters>,
    groups: BTreeMap<String, Known>,
    /// Keys of groups that left the table, oldest first.
    gone: VecDeque<String>,
    current: Option<Arc<Route>>,
}

/// One group over all tables.
#[derive(Debug)]
struct Known {
    counters: Arc<GroupCounters>,
    backends: Vec<Arc<Backend>>,
}

impl History {
    pub fn new() -> Self {
        History {
            counters: Arc::new(RouteCounters::new()),
            groups: BTreeMap::new(),
            gone: VecDeque::new(),
            current: None,
        }
    }

    /// The next version of the route. `serial` numbers new backends; `shards` is the number of workers.
    pub fn build(
        &mut self,
        wanted: &contract::Route,
        serial: &mut u64,
        shards: usize,
    ) -> Arc<Route> {
        let groups: Vec<Arc<Group>> = wanted
            .groups
            .iter()
            .map(|group| Arc::new(self.build_group(group, serial, shards)))
            .collect();
        self.forget(
            &wanted
                .groups
                .iter()
                .map(|group| group.key.as_str())
                .collect(),
        );
        let debts = match &self.current {
            Some(old) => old
                .split
                .debts(old.groups.iter().map(|group| group.key.as_str())),
            None => Debts::new(),
        };
        let shares: Vec<(&str, u32)> = groups
            .iter()
            .map(|group| (group.key.as_str(), group.weight))
            .collect();
        let split = Split::new(&shares, &debts);
        let mut ordered: Vec<(usize, u32)> = groups
            .iter()
            .map(|group| group.weight)
            .enumerate()
            .collect();
        ordered.sort_by(|(a, _), (b, _)| groups[*a].key.cmp(&groups[*b].key));
        let stick = wanted.stick.as_ref().and_then(|stick| match stick {
            contract::Stick::Header(name) => name.parse().ok().map(Stick::Header),
            contract::Stick::Cookie(name) => Some(Stick::Cookie(name.clone())),
        });
        let counters = Arc::clone(&self.counters);
        let route = Arc::new(Route {
            name: wanted.name.clone(),
            stick,
            groups,
            split,
            counters,
            ordered,
        });
        self.current = Some(Arc::clone(&route));
        route
    }

    /// The route left the table; its counters stay.
    pub fn leave(&mut self) {
        self.current = None;
        self.forget(&BTreeSet::new());
    }

    /// The route as the table has it; `None` when it left.
    pub fn current(&self) -> Option<Arc<Route>> {
        self.current.clone()
    }

    /// Instances of the table that are out of reach.
    pub fn down(&self) -> impl Iterator<Item = &Arc<Backend>> {
        self.current
            .iter()
            .flat_map(|route| route.groups.iter().flat_map(|group| group.all.iter()))
            .filter(|backend| !backend.is_healthy())
    }

    pub fn stats(&self) -> RouteStats {
        RouteStats {
            unrouted: self.counters.unrouted(),
            malformed: self.counters.malformed(),
            groups: self
                .groups
                .iter()
                .map(|(key, known)| (key.clone(), known.stats()))
                .collect(),
        }
    }

    fn build_group(&mut self, wanted: &contract::Group, serial: &mut u64, shards: usize) -> Group {
        self.gone.retain(|key| *key != wanted.key);
        let known = self
            .groups
            .entry(wanted.key.clone())
            .or_insert_with(|| Known {
                counters: Arc::new(GroupCounters::new(shards)),
                backends: Vec::new(),
            });
        let (mut taking, mut all) = (Vec::new(), Vec::new());
        for backend in &wanted.backends {
            // The address was checked before.
            let Ok(address) = check::address(&backend.address) else {
                continue;
            };
            let old = known
                .backends
                .iter()
                .find(|old| old.id == backend.id && old.address == address);
            let live = old.cloned().unwrap_or_else(|| {
                *serial += 1;
                Arc::new(Backend::new(*serial, &backend.id, address, shards))
            });
            if !backend.draining {
                taking.push(Arc::clone(&live));
            }
            all.push(live);
        }
        let left: Vec<Arc<Backend>> = known
            .backends
            .drain(..)
            .filter(|old| old.counters.in_flight() > 0 && all.iter().all(|new| new.id != old.id))
            .collect();
        known.backends = all.iter().cloned().chain(left).collect();
        Group::new(
            wanted.key.clone(),
            wanted.weight,
            taking,
            all,
            Arc::clone(&known.counters),
        )
    }

    fn forget(&mut self, current: &BTreeSet<&str>) {
        for key in self
            .groups
            .keys()
            .filter(|key| !current.contains(key.as_str()))
        {
            if !self.gone.contains(key) {
                self.gone.push_back(key.clone());
            }
        }
        while self.gone.len() > REMEMBERED {
            if let Some(key) = self.gone.pop_front() {
                self.groups.remove(&key);
            }
        }
    }
}

impl Known {
    fn stats(&self) -> GroupStats {
        let mut stats = self.counters.snapshot();
        for backend in &self.backends {
            let one = backend.counters.snapshot(backend.is_healthy());
            stats.in_flight += one.in_flight;
            stats.backends.insert(backend.id.clone(), one);
        }
        stats
    }
}
