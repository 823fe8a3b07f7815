//! A sample that anybody draws again: the same file, size and seed give the same items.
//!
//! Items are in strata by emergency, weekend and class. Every stratum that is not empty gives at least one while there is room, emergencies
//! first; the rest is shared out by size, in which an emergency and a weekend count double. Within a stratum the order is that of
//! SHA-256 over format, seed and deployment.

use super::Item;
use serde::Serialize;
use std::collections::BTreeMap;
use tidegate_core::digest::Digest;

/// What items of a sample have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Stratum {
    // In this order so that emergencies come first.
    not_emergency: bool,
    not_weekend: bool,
    class: String,
}

impl Stratum {
    /// Of an item.
    #[must_use]
    pub fn of(item: &Item) -> Self {
        Self {
            not_emergency: item.class != "emergency",
            not_weekend: !item.weekend,
            class: item.class.clone(),
        }
    }

    fn weight(&self) -> u64 {
        let double = |yes: bool| if yes { 2 } else { 1 };
        double(!self.not_emergency) * double(!self.not_weekend)
    }
}

impl std::fmt::Display for Stratum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let when = if self.not_weekend {
            "weekday"
        } else {
            "weekend"
        };
        write!(f, "{}, {when}", self.class)
    }
}

/// An item of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen<'a> {
    /// Stratum it was drawn from.
    pub stratum: Stratum,
    /// Item.
    pub item: &'a Item,
}

/// Number of items by stratum.
#[must_use]
pub fn strata(items: &[Item]) -> BTreeMap<Stratum, usize> {
    let mut strata = BTreeMap::new();
    for item in items {
        *strata.entry(Stratum::of(item)).or_default() += 1;
    }
    strata
}

/// Draw `size` items, all when there are not more, in the order in which they started.
#[must_use]
pub fn sample(items: &[Item], size: usize, seed: u64) -> Vec<Chosen<'_>> {
    let shares = shares(&strata(items), size);
    let mut by_stratum: BTreeMap<Stratum, Vec<(Digest, &Item)>> = BTreeMap::new();
    for item in items {
        let drawn =
            Digest::of(format!("tidegate-sample/1\n{seed}\n{}\n", item.deployment).as_bytes());
        let of = by_stratum.entry(Stratum::of(item)).or_default();
        of.push((drawn, item));
    }
    let mut chosen = Vec::new();
    for (stratum, mut of) in by_stratum {
        of.sort_by(|a, b| a.0.cmp(&b.0));
        let share = shares.get(&stratum).copied().unwrap_or(0);
        chosen.extend(of.into_iter().take(share).map(|(_, item)| Chosen {
            stratum: stratum.clone(),
            item,
        }));
    }
    chosen.sort_by_key(|chosen| chosen.item.seq);
    chosen
}

/// How many of each stratum.
fn shares(strata: &BTreeMap<Stratum, usize>, size: usize) -> BTreeMap<Stratum, usize> {
    let mut shares: BTreeMap<Stratum, usize> =
        strata.keys().take(size).map(|s| (s.clone(), 1)).collect();
    let mut left = size.saturating_sub(shares.len());
    // One at a time to whoever has fewest for its weight; a sample is small.
    while left > 0 {
        let open = strata.iter().filter(|(s, n)| {
            let has = shares.get(*s).copied().unwrap_or(0);
            has < **n
        });
        let neediest = open.max_by(|(a, n), (b, m)| {
            let claim = |s: &Stratum, n: usize| {
                let has = shares.get(s).copied().unwrap_or(0) as u64 + 1;
                (n as u64 * s.weight() * 1_000_000) / has
            };
            // Of equals the first stratum.
            claim(a, **n).cmp(&claim(b, **m)).then_with(|| b.cmp(a))
        });
        let Some((stratum, _)) = neediest else { break };
        *shares.entry(stratum.clone()).or_default() += 1;
        left -= 1;
    }
    shares
}
