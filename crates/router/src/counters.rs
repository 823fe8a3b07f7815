//! What happened, counted without a lock.
//!
//! Each worker thread writes its own shard, so a count is a plain load and store; readers add the shards up. Counters
//! outlive the table that named them, because a judge compares two readings.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tidegate_plugin::router::{BackendStats, GroupStats, bucket};

/// Latency buckets kept: the last one takes everything above half an hour.
const BUCKETS: usize = 8 + 8 * 29;

/// A number that one thread writes and all may read.
#[derive(Debug, Default)]
struct Cell(AtomicU64);

impl Cell {
    fn add(&self, more: u64) {
        self.0
            .store(self.0.load(Relaxed).wrapping_add(more), Relaxed);
    }

    fn subtract(&self, less: u64) {
        self.0
            .store(self.0.load(Relaxed).wrapping_sub(less), Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

#[derive(Debug, Default)]
#[repr(align(128))]
struct GroupShard {
    requests: Cell,
    errors: Cell,
    latency: Latency,
}

#[derive(Debug)]
struct Latency(Box<[Cell]>);

impl Default for Latency {
    fn default() -> Self {
        Latency((0..BUCKETS).map(|_| Cell::default()).collect())
    }
}

#[derive(Debug, Default)]
#[repr(align(128))]
struct BackendShard {
    /// Started minus finished.
    in_flight: Cell,
    requests: Cell,
}

/// The newest second in which something happened, so that each second counts once.
#[derive(Debug, Default)]
struct Seconds(AtomicU64);

impl Seconds {
    /// True for the first caller in this second.
    fn first(&self, second: u64) -> bool {
        self.0.load(Relaxed) < second && self.0.fetch_max(second, Relaxed) < second
    }
}

/// Counters of one group over all tables.
#[derive(Debug)]
pub struct GroupCounters {
    shards: Box<[GroupShard]>,
    blocks: AtomicU64,
    error_blocks: AtomicU64,
    /// Blocks of requests that reached no backend.
    nowhere: Blocks,
}

/// Block marks of one instance.
#[derive(Debug, Default)]
pub struct Blocks {
    any: Seconds,
    error: Seconds,
}

/// Counters of one instance over all tables.
#[derive(Debug)]
pub struct BackendCounters {
    shards: Box<[BackendShard]>,
    blocks: Blocks,
}

/// Counters of one route.
#[derive(Debug)]
pub struct RouteCounters {
    unrouted: AtomicU64,
    malformed: AtomicU64,
}

/// A place in the shards and the beginning of time.
#[derive(Debug, Clone, Copy)]
pub struct Shard {
    /// Number of the worker thread.
    pub index: usize,
    /// Start of the process; seconds count from 1.
    pub epoch: Instant,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Answered below 500.
    Good,
    /// A 5xx answer, a refused or broken connection, or a timeout.
    Error,
}

impl GroupCounters {
    pub fn new(shards: usize) -> Self {
        GroupCounters {
            shards: (0..shards).map(|_| GroupShard::default()).collect(),
            blocks: AtomicU64::new(0),
            error_blocks: AtomicU64::new(0),
            nowhere: Blocks::default(),
        }
    }

    /// Counts a finished request; `backend` is absent when none could be reached.
    pub fn finished(
        &self,
        at: Shard,
        backend: Option<&BackendCounters>,
        outcome: Outcome,
        first_byte: Option<Duration>,
    ) {
        let second = at.epoch.elapsed().as_secs() + 1;
        let shard = &self.shards[at.index];
        shard.requests.add(1);
        if let Some(waited) = first_byte {
            let micros = u64::try_from(waited.as_micros()).unwrap_or(u64::MAX);
            shard.latency.0[usize::from(bucket(micros)).min(BUCKETS - 1)].add(1);
        }
        let blocks = backend.map_or(&self.nowhere, |backend| &backend.blocks);
        if blocks.any.first(second) {
            self.blocks.fetch_add(1, Relaxed);
        }
        if outcome == Outcome::Error {
            shard.errors.add(1);
            if blocks.error.first(second) {
                self.error_blocks.fetch_add(1, Relaxed);
            }
        }
        if let Some(backend) = backend {
            backend.shards[at.index].requests.add(1);
        }
    }

    /// Sums; backends and requests under way are added by the caller, who knows the instances.
    pub fn snapshot(&self) -> GroupStats {
        let mut stats = GroupStats {
            blocks: self.blocks.load(Relaxed),
            error_blocks: self.error_blocks.load(Relaxed),
            ..GroupStats::default()
        };
        // Errors first: a reader never sees more errors than requests.
        stats.errors = self.shards.iter().map(|shard| shard.errors.get()).sum();
        stats.requests = self.shards.iter().map(|shard| shard.requests.get()).sum();
        for (index, cell) in self
            .shards
            .iter()
            .flat_map(|shard| shard.latency.0.iter().enumerate())
        {
            if cell.get() > 0 {
                *stats.latency.entry(index as u16).or_default() += cell.get();
            }
        }
        stats
    }
}

impl BackendCounters {
    pub fn new(shards: usize) -> Self {
        BackendCounters {
            shards: (0..shards).map(|_| BackendShard::default()).collect(),
            blocks: Blocks::default(),
        }
    }

    /// A request was given to this backend.
    pub fn enter(&self, at: Shard) {
        self.shards[at.index].in_flight.add(1);
    }

    /// It left; must be called by the thread that called [`BackendCounters::enter`].
    pub fn leave(&self, at: Shard) {
        self.shards[at.index].in_flight.subtract(1);
    }

    /// Requests under way.
    pub fn in_flight(&self) -> u64 {
        self.shards
            .iter()
            .fold(0_u64, |sum, shard| sum.wrapping_add(shard.in_flight.get()))
    }

    pub fn snapshot(&self, healthy: bool) -> BackendStats {
        BackendStats {
            healthy,
            in_flight: self.in_flight(),
            requests: self.shards.iter().map(|shard| shard.requests.get()).sum(),
        }
    }
}

impl RouteCounters {
    pub fn new() -> Self {
        RouteCounters {
            unrouted: AtomicU64::new(0),
            malformed: AtomicU64::new(0),
        }
    }

    pub fn add_unrouted(&self) {
        self.unrouted.fetch_add(1, Relaxed);
    }

    pub fn add_malformed(&self) {
        self.malformed.fetch_add(1, Relaxed);
    }

    pub fn unrouted(&self) -> u64 {
        self.unrouted.load(Relaxed)
    }

    pub fn malformed(&self) -> u64 {
        self.malformed.load(Relaxed)
    }
}
