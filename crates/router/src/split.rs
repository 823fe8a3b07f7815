//! Exact shares: which group takes the n-th request of a route.
//!
//! The order of one period is computed when weights change (Tijdeman's rule for the chairman assignment problem: after
//! any number of requests no group is a whole request away from its share), then repeated and mixed within short runs: a
//! strict turn would give every second request of a client that alternates between two pages to the same version, and the
//! versions could no longer be compared. Picking is one atomic increment. What groups are owed when weights change is
//! carried over by starting the new period at the place that fits best, so that frequent changes do not add up to a
//! wrong share.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use tidegate_plugin::router::ALL_TRAFFIC;

/// Places after which the mixed order repeats, at least.
const MIXED: usize = 16_384;
/// Longest run within which places are mixed: so far can a group be from its share at any moment.
const RUN: usize = 8;

/// The shares of one version of weights.
#[derive(Debug)]
pub struct Split {
    /// Group index by place in the period; empty when no group has weight.
    order: Vec<u16>,
    weights: Vec<u32>,
    next: AtomicU64,
    /// Requests owed to each group apart from what this period's order explains.
    owed: Vec<f64>,
}

/// Requests owed by group key: positive when the group had fewer than its share.
pub type Debts = BTreeMap<String, f64>;

impl Split {
    /// Shares for `(key, weight)` in the order of the groups, continuing where `debts` left off.
    pub fn new(groups: &[(&str, u32)], debts: &Debts) -> Split {
        let weights: Vec<u32> = groups.iter().map(|(_, weight)| *weight).collect();
        let order = mixed(&period(&weights), RandomState::new().hash_one(()));
        let owed = carried(groups, debts);
        let mut split = Split {
            order,
            weights,
            next: AtomicU64::new(0),
            owed,
        };
        let start = split.best_start();
        for (index, explained) in split.shortfall(start).into_iter().enumerate() {
            split.owed[index] -= explained;
        }
        split.next = AtomicU64::new(start as u64);
        split
    }

    /// Index of the group that takes the next request; `None` when all weights are 0.
    pub fn pick(&self) -> Option<usize> {
        let length = self.order.len() as u64;
        if length == 0 {
            return None;
        }
        let place = self.next.fetch_add(1, Ordering::Relaxed) % length;
        self.order
            .get(place as usize)
            .map(|index| usize::from(*index))
    }

    /// What each group is owed now, by key. `keys` are in the order given to [`Split::new`].
    pub fn debts<'a>(&self, keys: impl Iterator<Item = &'a str>) -> Debts {
        let place = match self.order.len() {
            0 => 0,
            length => (self.next.load(Ordering::Relaxed) % length as u64) as usize,
        };
        let now = self.shortfall(place);
        keys.zip(now.iter().zip(&self.owed))
            .map(|(key, (here, owed))| (key.to_owned(), here + owed))
            .collect()
    }

    /// Share minus count of each group after the first `place` requests of a period.
    fn shortfall(&self, place: usize) -> Vec<f64> {
        let mut owed: Vec<f64> = self
            .weights
            .iter()
            .map(|w| f64::from(*w) * place as f64 / f64::from(ALL_TRAFFIC))
            .collect();
        for index in self.order.iter().take(place) {
            owed[usize::from(*index)] -= 1.0;
        }
        owed
    }

    /// Place in the period whose shortfall is nearest to what is owed.
    fn best_start(&self) -> usize {
        if self.owed.iter().all(|owed| owed.abs() < 1e-9) {
            return 0;
        }
        let mut here = vec![0.0_f64; self.weights.len()];
        let mut best = (f64::INFINITY, 0);
        for (place, taken) in self.order.iter().enumerate() {
            let far = here
                .iter()
                .zip(&self.owed)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f64::max);
            if far + 1e-9 < best.0 {
                best = (far, place);
            }
            for (share, weight) in here.iter_mut().zip(&self.weights) {
                *share += f64::from(*weight) / f64::from(ALL_TRAFFIC);
            }
            here[usize::from(*taken)] -= 1.0;
        }
        best.1
    }
}

/// Debts of the groups that can still be paid. Those of a group without weight are forgiven, and what the others had too
/// much or too little because of it is spread, so that the sum stays 0.
fn carried(groups: &[(&str, u32)], debts: &Debts) -> Vec<f64> {
    let of = |key: &str| debts.get(key).copied().unwrap_or(0.0);
    let live = groups.iter().filter(|(_, weight)| *weight > 0);
    let excess = live.clone().map(|(key, _)| of(key)).sum::<f64>() / live.count().max(1) as f64;
    groups
        .iter()
        .map(|(key, weight)| if *weight == 0 { 0.0 } else { of(key) - excess })
        .collect()
}

/// Order of one period, as short as the weights allow.
fn period(weights: &[u32]) -> Vec<u16> {
    let total: u32 = weights.iter().sum();
    let live = weights.iter().filter(|weight| **weight > 0).count() as i64;
    if total == 0 {
        return Vec::new();
    }
    let divisor = weights.iter().fold(total, |a, b| gcd(a, *b));
    let length = i64::from(total / divisor);
    let shares: Vec<i64> = weights
        .iter()
        .map(|weight| i64::from(weight / divisor))
        .collect();
    // Everything is multiplied by 2 (live - 1) * length to stay in whole numbers; a single group needs no rule.
    let scale = (2 * (live - 1)).max(1);
    let slack = length * (scale - 1).max(0);
    let mut counts = vec![0_i64; shares.len()];
    let mut order = Vec::with_capacity(length as usize);
    for step in 1..=length {
        // A group may go ahead once its claim has grown far enough; of those, the one whose deadline comes first does.
        let chosen = (0..shares.len())
            .filter(|i| shares[*i] > 0)
            .filter(|i| live == 1 || scale * (shares[*i] * step - counts[*i] * length) >= length)
            .min_by(|a, b| {
                let left = (slack + scale * counts[*a] * length) * shares[*b];
                let right = (slack + scale * counts[*b] * length) * shares[*a];
                left.cmp(&right)
            })
            // The rule always leaves one; the largest claim stands in should it ever not.
            .or_else(|| (0..shares.len()).max_by_key(|i| shares[*i] * step - counts[*i] * length))
            .unwrap_or(0);
        counts[chosen] += 1;
        order.push(chosen as u16);
    }
    order
}

/// The order several times over, each run of places in an order of its own. A run holds whole periods or is short, so the
/// shares stay as exact as they were at its ends.
fn mixed(order: &[u16], seed: u64) -> Vec<u16> {
    if order.is_empty() {
        return Vec::new();
    }
    let mut mixed = order.repeat(MIXED.div_ceil(order.len()));
    let run = match order.len() {
        1 => return order.to_vec(),
        2..RUN => order.len() * (RUN / order.len()),
        // One place for the smallest share of a common canary: 5 % has a period of 20.
        length @ RUN..=20 => length,
        _ => RUN,
    };
    let mut state = seed | 1;
    for places in mixed.chunks_mut(run) {
        for last in (1..places.len()).rev() {
            // xorshift64 (Marsaglia 2003): even enough to mix eight places.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            places.swap(last, (state % (last as u64 + 1)) as usize);
        }
    }
    mixed
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::iter::repeat_with;

    fn worst(weights: &[u32]) -> f64 {
        let order = period(weights);
        let total: u32 = weights.iter().sum();
        let mut counts = vec![0.0; weights.len()];
        let mut worst = 0.0_f64;
        for (done, index) in order.iter().enumerate() {
            counts[usize::from(*index)] += 1.0;
            for (count, weight) in counts.iter().zip(weights) {
                let share = (done + 1) as f64 * f64::from(*weight) / f64::from(total);
                worst = worst.max((share - count).abs());
            }
        }
        worst
    }

    #[test]
    fn after_any_number_of_requests_no_group_is_a_whole_request_away_from_its_share() {
        let tables: &[&[u32]] = &[
            &[10_000],
            &[9_000, 1_000],
            &[5_000, 5_000],
            &[9_999, 1],
            &[3_333, 3_333, 3_334],
            &[1, 1, 9_998],
            &[7_000, 0, 2_500, 500],
            &[1_111, 2_222, 3_333, 3_334],
            &[17, 4_983, 2_500, 1_250, 625, 625],
        ];
        for weights in tables {
            assert!(
                worst(weights) < 1.0,
                "{weights:?} deviates by {}",
                worst(weights)
            );
        }
    }

    #[test]
    fn requests_that_alternate_meet_both_versions_alike() {
        for weights in [[5_000, 5_000], [1_000, 9_000], [2_500, 7_500]] {
            let split = Split::new(&[("new", weights[0]), ("old", weights[1])], &Debts::new());
            for every in [2, 3, 4, 5, 10] {
                let mut new = vec![0_u32; every];
                for n in 0..200_000 {
                    new[n % every] += u32::from(split.pick() == Some(0));
                }
                let wanted = f64::from(weights[0]) / f64::from(ALL_TRAFFIC);
                for seen in &new {
                    let share = f64::from(*seen) / (200_000.0 / every as f64);
                    assert!(
                        (share - wanted).abs() < 0.3 * wanted + 0.01,
                        "{weights:?}, every {every}: {new:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_mixed_order_stays_within_a_run_of_its_shares() {
        for weights in [
            &[5_000, 5_000][..],
            &[1_000, 9_000],
            &[3_333, 6_667],
            &[500, 9_500],
        ] {
            let order = mixed(&period(weights), 42);
            let mut counts = vec![0.0; weights.len()];
            for (done, index) in order.iter().enumerate() {
                counts[usize::from(*index)] += 1.0;
                for (count, weight) in counts.iter().zip(weights) {
                    let share = (done + 1) as f64 * f64::from(*weight) / f64::from(ALL_TRAFFIC);
                    assert!(
                        (share - count).abs() <= RUN as f64 / 2.0,
                        "{weights:?} at {done}"
                    );
                }
            }
        }
    }

    #[test]
    fn frequent_changes_of_weights_keep_the_sum_of_shares_exact() {
        let steps = [1_000, 2_500, 1_000, 300, 5_000, 9_000, 10, 0, 1_000];
        let (mut wanted, mut got) = (0.0, 0.0);
        let mut debts = Debts::new();
        for round in 0..300 {
            let canary = steps[round % steps.len()];
            let groups = [("new", canary), ("old", ALL_TRAFFIC - canary)];
            let split = Split::new(&groups, &debts);
            // Far fewer requests than a period between two changes.
            for index in repeat_with(|| split.pick()).take(3).flatten() {
                got += f64::from(u8::from(index == 0));
                wanted += f64::from(canary) / f64::from(ALL_TRAFFIC);
            }
            debts = split.debts(groups.iter().map(|(key, _)| *key));
            // A weight of zero forgives the debt (at most one request), and it came up every ninth time.
            assert!(
                (wanted - got).abs() < 2.0 + RUN as f64 + round as f64 / 9.0,
                "round {round}: {got} of {wanted}"
            );
        }
    }

    #[test]
    fn a_changed_weight_that_never_reaches_zero_stays_within_a_run_of_its_share() {
        let (mut wanted, mut got) = (0.0, 0.0);
        let mut debts = Debts::new();
        for round in 0..400_u32 {
            let canary = 100 + (round * 37) % 3_000;
            let groups = [("new", canary), ("old", ALL_TRAFFIC - canary)];
            let split = Split::new(&groups, &debts);
            for index in repeat_with(|| split.pick()).take(3).flatten() {
                got += f64::from(u8::from(index == 0));
                wanted += f64::from(canary) / f64::from(ALL_TRAFFIC);
            }
            debts = split.debts(groups.iter().map(|(key, _)| *key));
            assert!(
                (wanted - got).abs() < 2.0 + RUN as f64,
                "round {round}: {got} of {wanted}"
            );
        }
    }
}
