//! What happened, counted while it happens.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Counts of one run.
#[derive(Debug, Default)]
pub struct Tally {
    inner: Mutex<Counts>,
}

/// The counts.
#[derive(Debug, Default, Clone)]
pub struct Counts {
    /// Deaths by point, and by `random <role>`.
    pub deaths: BTreeMap<String, u64>,
    /// Points that nobody passed in the time that was given.
    pub missed: u64,
    /// How rollouts ended, by phase.
    pub rollouts: BTreeMap<String, u64>,
    /// Requests to the services: sent, and not answered well.
    pub requests: (u64, u64),
    /// Times from a death of the server to its first good answer.
    pub resumed: Vec<Duration>,
    /// Processes that ended though nobody killed them.
    pub ended: Vec<String>,
    /// Looks at the whole.
    pub looks: u64,
}

impl Tally {
    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of it, so far.
    pub fn counts(&self) -> Counts {
        self.lock().clone()
    }

    /// Somebody died.
    pub fn died(&self, of: &str) {
        *self.lock().deaths.entry(of.to_owned()).or_default() += 1;
    }

    /// Nobody came by.
    pub fn missed(&self) {
        self.lock().missed += 1;
    }

    /// A rollout is over.
    pub fn rolled(&self, phase: &str) {
        *self.lock().rollouts.entry(phase.to_owned()).or_default() += 1;
    }

    /// A request was answered well, or not.
    pub fn request(&self, good: bool) {
        let mut counts = self.lock();
        counts.requests.0 += 1;
        counts.requests.1 += u64::from(!good);
    }

    /// The server answers again.
    pub fn resumed(&self, after: Duration) {
        self.lock().resumed.push(after);
    }

    /// A process ended by itself.
    pub fn ended(&self, how: String) {
        self.lock().ended.push(how);
    }

    /// The whole was looked at.
    pub fn looked(&self) {
        self.lock().looks += 1;
    }
}

impl Counts {
    /// All deaths.
    pub fn total(&self) -> u64 {
        self.deaths.values().sum()
    }

    fn of(&self, role: &str) -> u64 {
        let of = |name: &str| name.trim_start_matches("random ").starts_with(role);
        self.deaths
            .iter()
            .filter(|(name, _)| of(name))
            .map(|(_, n)| n)
            .sum()
    }

    /// The line at the end.
    pub fn line(&self, violations: usize) -> String {
        let total = self.total();
        let random: u64 = self
            .deaths
            .iter()
            .filter(|(name, _)| name.starts_with("random"))
            .map(|(_, n)| n)
            .sum();
        let points = self
            .deaths
            .keys()
            .filter(|name| !name.starts_with("random"))
            .count();
        let bound = match (violations, total) {
            (0, 1..) => format!("; at most {:.2} % at 95 % (3/n)", 300.0 / total as f64),
            _ => String::new(),
        };
        let mut resumed = self.resumed.clone();
        resumed.sort();
        let at = |share: usize| {
            resumed
                .get((resumed.len() * share / 100).min(resumed.len().saturating_sub(1)))
                .map_or(0.0, Duration::as_secs_f64)
        };
        let rollouts: Vec<String> = self
            .rollouts
            .iter()
            .map(|(phase, n)| format!("{n} {phase}"))
            .collect();
        format!(
            "{total} kills (server {}, agent {}, router {}) at {points} points, {random} of them at random; rollouts: {}; requests: {} of {} failed; \
             server answers again after {:.2} s (p50), {:.2} s (p95), {:.2} s (max); {} looks at the whole; {violations} violations{bound}",
            self.of("server"),
            self.of("agent"),
            self.of("router"),
            rollouts.join(", "),
            self.requests.1,
            self.requests.0,
            at(50),
            at(95),
            at(100),
            self.looks,
        )
    }
}
