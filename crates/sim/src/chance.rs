//! Chance from a seed: the same seed gives the same world.

use tidegate_core::time::Millis;

/// A source of numbers that only depends on its seed (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// From a seed.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or(0)
    }

    /// A time from `least` to `most`, both included.
    pub fn between(&mut self, least: Millis, most: Millis) -> Millis {
        let width = most.0.saturating_sub(least.0).saturating_add(1);
        Millis(least.0.saturating_add(self.below(width)))
    }

    /// True in `share` of 10,000 cases.
    pub fn happens(&mut self, share: u64) -> bool {
        self.below(10_000) < share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_one_others() {
        let three = |seed| {
            let mut chance = Chance::from_seed(seed);
            [
                chance.below(1_000),
                chance.below(1_000),
                chance.below(1_000),
            ]
        };
        assert_eq!(three(7), three(7));
        assert_ne!(three(7), three(8));
    }

    #[test]
    fn times_stay_within_their_bounds() {
        let mut chance = Chance::from_seed(1);
        for _ in 0..1_000 {
            let time = chance.between(Millis::secs(5), Millis::secs(7));
            assert!((5_000..=7_000).contains(&time.0));
        }
    }
}
