//! Figures about the engine itself, for `/status`, `doctor` and benchmarks.

use crate::locked;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Mutex;

/// Turns kept for percentiles.
const KEPT: usize = 1_024;

/// Figures since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Transactions of the writer.
    pub turns: u64,
    /// Commands answered.
    pub commands: u64,
    /// Commands refused.
    pub refused: u64,
    /// Timers and triggers carried out.
    pub wakes: u64,
    /// Entries appended.
    pub entries: u64,
    /// Streams set aside.
    pub quarantined: u64,
    /// Median of the last turns in microseconds.
    pub p50_us: u64,
    /// 99th percentile of the last turns in microseconds.
    pub p99_us: u64,
    /// Runs of the safety sweep.
    pub sweeps: u64,
    /// What the sweep found that push had missed. Expected: 0.
    pub sweep_found: u64,
    /// Most milliseconds a timer was late.
    pub due_lag_ms: u64,
}

#[derive(Default)]
pub(crate) struct Recorder(Mutex<(Counters, VecDeque<u64>)>);

impl Recorder {
    pub(crate) fn change(&self, f: impl FnOnce(&mut Counters)) {
        f(&mut locked(&self.0).0);
    }

    pub(crate) fn turn(&self, micros: u64) {
        let mut guard = locked(&self.0);
        guard.0.turns += 1;
        guard.1.push_back(micros);
        if guard.1.len() > KEPT {
            guard.1.pop_front();
        }
    }

    pub(crate) fn read(&self) -> Counters {
        let guard = locked(&self.0);
        let mut counters = guard.0.clone();
        let mut sorted: Vec<u64> = guard.1.iter().copied().collect();
        sorted.sort_unstable();
        let at = |percent: usize| {
            sorted
                .get(sorted.len() * percent / 100)
                .or(sorted.last())
                .copied()
                .unwrap_or(0)
        };
        counters.p50_us = at(50);
        counters.p99_us = at(99);
        counters
    }
}
