//! Where the counters of a rollout's two sides stood: when its part began, and at the newest look.

use super::packed::{put, take};
use std::collections::BTreeMap;
use tidegate_core::analysis::{Base, Counts};
use tidegate_plugin::router::GroupStats;

/// Counters of one side at an instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stand {
    pub(super) requests: u64,
    errors: u64,
    blocks: u64,
    error_blocks: u64,
    /// Counts by bucket, in order.
    latency: Vec<(u16, u64)>,
}

impl Stand {
    pub(super) fn of(stats: &GroupStats) -> Self {
        Self {
            requests: stats.requests,
            errors: stats.errors,
            blocks: stats.blocks,
            error_blocks: stats.error_blocks,
            latency: stats.latency.iter().map(|(b, n)| (*b, *n)).collect(),
        }
    }

    fn put(&self, bytes: &mut Vec<u8>) {
        for number in [self.requests, self.errors, self.blocks, self.error_blocks] {
            put(bytes, number);
        }
        put(bytes, self.latency.len() as u64);
        let mut before = 0;
        for (bucket, n) in &self.latency {
            put(bytes, u64::from(bucket - before));
            put(bytes, *n);
            before = *bucket;
        }
    }

    fn take(bytes: &mut &[u8]) -> Self {
        let [requests, errors, blocks, error_blocks] = [(); 4].map(|()| take(bytes));
        let mut before = 0;
        let latency = (0..take(bytes)).map(|_| {
            before += u16::try_from(take(bytes)).unwrap_or(0);
            (before, take(bytes))
        });
        let latency = latency.collect();
        Self {
            requests,
            errors,
            blocks,
            error_blocks,
            latency,
        }
    }
}

/// Both sides, the new one first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stands {
    /// When the part began.
    pub(super) then: [Stand; 2],
    pub(super) now: [Stand; 2],
    /// All the old side did while it was there.
    pub(super) earlier: Stand,
}

impl Stands {
    pub(super) fn packed(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512);
        for stand in self.then.iter().chain(&self.now) {
            stand.put(&mut bytes);
        }
        // Nearly always the same as it is now.
        let is_now = self.earlier == self.now[1];
        put(&mut bytes, u64::from(is_now));
        if !is_now {
            self.earlier.put(&mut bytes);
        }
        bytes
    }

    pub(super) fn read(mut bytes: &[u8]) -> Self {
        let mut next = || Stand::take(&mut bytes);
        let (then, now) = ([next(), next()], [next(), next()]);
        let earlier = match take(&mut bytes) {
            1 => now[1].clone(),
            _ => Stand::take(&mut bytes),
        };
        Self { then, now, earlier }
    }

    /// What the new side is held against: the end and the beginning of what the old one did.
    fn base(&self, base: Base) -> (&Stand, Option<&Stand>) {
        match base {
            Base::Concurrent => (&self.now[1], Some(&self.then[1])),
            Base::Earlier => (&self.earlier, None),
        }
    }

    /// What each side did since the part began.
    pub(super) fn sums(&self, base: Base) -> (Counts, Counts) {
        let (old, old_then) = self.base(base);
        (
            since(&self.now[0], Some(&self.then[0])),
            since(old, old_then),
        )
    }

    /// Its latencies, by bucket.
    pub(super) fn histograms(&self, base: Base) -> [BTreeMap<u16, u64>; 2] {
        let (old, old_then) = self.base(base);
        [
            histogram(&self.now[0], Some(&self.then[0])),
            histogram(old, old_then),
        ]
    }
}

fn since(now: &Stand, then: Option<&Stand>) -> Counts {
    let none = Stand::default();
    let then = then.unwrap_or(&none);
    let blocks = now.blocks.saturating_sub(then.blocks);
    let error_blocks = now.error_blocks.saturating_sub(then.error_blocks);
    Counts {
        requests: now.requests.saturating_sub(then.requests),
        errors: now.errors.saturating_sub(then.errors),
        blocks,
        // A second that had begun at the mark was counted as a block before it; its error afterwards has no block here.
        error_blocks: error_blocks.min(blocks),
    }
}

fn histogram(now: &Stand, then: Option<&Stand>) -> BTreeMap<u16, u64> {
    let then: &[(u16, u64)] = then.map_or(&[], |then| &then.latency);
    let before = |bucket: u16| {
        let found = then.binary_search_by_key(&bucket, |(b, _)| *b);
        found.map_or(0, |n| then[n].1)
    };
    now.latency
        .iter()
        .map(|(bucket, n)| (*bucket, n.saturating_sub(before(*bucket))))
        .filter(|(_, n)| *n > 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stand(counts: [u64; 4], latency: &[(u16, u64)]) -> Stand {
        let [requests, errors, blocks, error_blocks] = counts;
        Stand::of(&GroupStats {
            requests,
            errors,
            blocks,
            error_blocks,
            latency: latency.iter().copied().collect(),
            ..GroupStats::default()
        })
    }

    #[test]
    fn an_error_in_the_second_of_the_mark_makes_no_more_bad_blocks_than_blocks() {
        let then = stand([10, 0, 1, 0], &[]);
        let counts = since(&stand([60, 6, 6, 6], &[]), Some(&then));
        assert_eq!((counts.blocks, counts.error_blocks), (5, 5));
        assert_eq!((counts.requests, counts.errors), (50, 6));
    }

    #[test]
    fn both_sides_come_back_as_they_stood() {
        let old = stand([900, 3, 60, 2], &[(0, 1), (40, 800), (500, 99)]);
        let stands = Stands {
            then: [Stand::default(), stand([1, 1, 1, 1], &[(u16::MAX, 1)])],
            now: [stand([u64::MAX, 0, 7, 0], &[]), old.clone()],
            earlier: old,
        };
        assert_eq!(Stands::read(&stands.packed()), stands);
        // The router was started anew: it counted less than the one before it.
        let restarted = Stands {
            now: [Stand::default(), stand([5, 0, 1, 0], &[(41, 5)])],
            ..stands
        };
        assert_eq!(Stands::read(&restarted.packed()), restarted);
    }

    #[test]
    fn latencies_are_those_since_the_mark() {
        let then = stand([3, 0, 0, 0], &[(7, 3)]);
        let now = stand([10, 0, 0, 0], &[(7, 3), (9, 7)]);
        assert_eq!(histogram(&now, Some(&then)), BTreeMap::from([(9, 7)]));
        assert_eq!(histogram(&now, None), BTreeMap::from([(7, 3), (9, 7)]));
    }
}
