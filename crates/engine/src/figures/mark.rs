//! What a deployment's two sides did since a part of its rollout began.
//!
//! Counters of a router only grow; a mark remembers where they stood, so that figures are differences. Marks live in
//! memory: after a restart of server or router a part begins again, and a hold with too few requests left is prolonged.

use super::samples;
use crate::live::{Stage, Watched};
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tidegate_core::analysis::{Base, Counts, Sample};
use tidegate_core::archive::Body;
use tidegate_core::spec::Analysis;
use tidegate_plugin::actuator::RouteObservation;
use tidegate_plugin::router::GroupStats;

/// The newest moments that gross failure is looked for in.
const RECENT: Duration = Duration::from_millis(600);

/// The part of a rollout that figures belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Steps before the first hold.
    Run,
    /// From the beginning of the hold that is this step to the beginning of the next.
    Hold(usize),
    /// The watch after the last step.
    Watch,
}

/// The part a stage belongs to; none when nothing is judged. Steps after a hold, and a pause, belong to that hold.
pub(super) fn part(stage: Stage, mark: Option<&Mark>) -> Option<Part> {
    match stage {
        Stage::Running { hold: Some(n), .. } => Some(Part::Hold(n)),
        Stage::Running { hold: None, .. } => Some(mark.map_or(Part::Run, |m| m.part)),
        Stage::Watched => Some(Part::Watch),
        Stage::Still | Stage::Other => None,
    }
}

/// Both sides of a deployment as the router counted them.
pub(super) struct Sides<'a> {
    new: &'a GroupStats,
    old: &'a GroupStats,
    /// Does the old side get traffic now?
    base: Base,
}

impl<'a> Sides<'a> {
    pub(super) fn of(body: &Watched, route: &'a RouteObservation, none: &'a GroupStats) -> Self {
        let old_key = body.from.as_deref();
        let weight = old_key.and_then(|key| route.weights.get(key));
        Self {
            new: route.groups.get(&*body.to).unwrap_or(none),
            old: old_key
                .and_then(|key| route.groups.get(key))
                .unwrap_or(none),
            base: match weight {
                Some(weight) if *weight > 0 => Base::Concurrent,
                _ => Base::Earlier,
            },
        }
    }
}

/// Counters of one side at an instant, as small as they can be kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Stand {
    requests: u64,
    errors: u64,
    blocks: u64,
    error_blocks: u64,
    /// Counts by bucket, in order.
    latency: Box<[(u16, u64)]>,
}

impl Stand {
    fn of(stats: &GroupStats) -> Self {
        Self {
            requests: stats.requests,
            errors: stats.errors,
            blocks: stats.blocks,
            error_blocks: stats.error_blocks,
            latency: stats.latency.iter().map(|(b, n)| (*b, *n)).collect(),
        }
    }
}

/// Counters when a part began, and of its newest moments.
pub(super) struct Mark {
    part: Part,
    router: String,
    new: Stand,
    old: Stand,
    /// All the old side did while it was there.
    earlier: Stand,
    recent: VecDeque<(Duration, Counts, Counts)>,
    figures: Vec<Sample>,
    began: Duration,
    moments: Vec<Moment>,
    /// Figures that were told and are kept.
    pub(super) evidence: Option<Body>,
}

/// Sums of both sides at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Moment {
    /// Milliseconds since the part began.
    ms: u64,
    new: Counts,
    old: Counts,
}

/// Moments that are kept at most; of more, every second one goes.
const MOMENTS: usize = 600;

impl Mark {
    /// A part begins. What the old side did in earlier parts is kept from the mark before.
    pub(super) fn begin(
        part: Part,
        router: &str,
        sides: &Sides<'_>,
        before: Option<Stand>,
        now: Duration,
    ) -> Self {
        Self {
            part,
            router: router.to_owned(),
            new: Stand::of(sides.new),
            old: Stand::of(sides.old),
            earlier: before.unwrap_or_default(),
            recent: VecDeque::new(),
            figures: Vec::new(),
            began: now,
            moments: Vec::new(),
            evidence: None,
        }
    }

    /// Does this mark belong to another part, or to counters that are gone?
    pub(super) fn is_over(&self, part: Part, router: &str) -> bool {
        self.part != part || self.router != router
    }

    /// What the old side did, for the next mark.
    pub(super) fn into_earlier(self) -> Stand {
        self.earlier
    }

    /// Figures of the newest look.
    pub(super) fn figures(&self) -> &[Sample] {
        &self.figures
    }

    /// Sums since the part began, moment by moment.
    pub(super) fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// A moment a second, and fewer the longer a part lasts.
    fn remember(&mut self, new: Counts, old: Counts, now: Duration, most: usize) {
        let ms = u64::try_from(now.saturating_sub(self.began).as_millis()).unwrap_or(u64::MAX);
        let step = (ms / most as u64).max(1_000);
        if self.moments.last().is_some_and(|last| ms < last.ms + step) {
            return;
        }
        if self.moments.len() >= most {
            let mut n = 0;
            self.moments.retain(|_| {
                n += 1;
                n % 2 == 1
            });
        }
        // Doubling would hold twice of what is needed by very many.
        if self.moments.len() == self.moments.capacity() {
            let more = (most - self.moments.len()).min(self.moments.len().max(8));
            self.moments.reserve_exact(more);
        }
        self.moments.push(Moment { ms, new, old });
    }

    /// Figures since the part began.
    pub(super) fn look(
        &mut self,
        analysis: &Analysis,
        sides: &Sides<'_>,
        now: Duration,
        most: usize,
    ) -> Vec<Sample> {
        let (new, old) = (Stand::of(sides.new), Stand::of(sides.old));
        let concurrent = sides.base == Base::Concurrent;
        let empty = Stand::default();
        if old.requests >= self.earlier.requests {
            self.earlier = old.clone();
        }
        let (old, old_then) = match concurrent {
            true => (&old, &self.old),
            false => (&self.earlier, &empty),
        };
        let (total_new, total_old) = (since(&new, &self.new), since(old, old_then));
        let recent = recent(&mut self.recent, (total_new, total_old), now);
        let sums = samples::Sums {
            new: total_new,
            old: total_old,
            recent,
            base: sides.base,
        };
        let new_latency = histogram(&new, &self.new);
        let old_latency = histogram(old, old_then);
        self.figures = samples::of(analysis, &sums, &new_latency, &old_latency);
        self.remember(total_new, total_old, now, most.min(MOMENTS));
        self.figures.clone()
    }
}

fn since(now: &Stand, then: &Stand) -> Counts {
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

fn histogram(now: &Stand, then: &Stand) -> BTreeMap<u16, u64> {
    let before = |bucket: u16| {
        let found = then.latency.binary_search_by_key(&bucket, |(b, _)| *b);
        found.map_or(0, |n| then.latency[n].1)
    };
    now.latency
        .iter()
        .map(|(bucket, n)| (*bucket, n.saturating_sub(before(*bucket))))
        .filter(|(_, n)| *n > 0)
        .collect()
}

/// What both sides did during the newest moments, and how many milliseconds those are.
fn recent(
    looks: &mut VecDeque<(Duration, Counts, Counts)>,
    (new, old): (Counts, Counts),
    now: Duration,
) -> (Counts, Counts, u64) {
    // A side whose base changed has smaller sums than before; its newest moments begin again.
    if looks
        .back()
        .is_some_and(|(_, _, o)| o.requests > old.requests)
    {
        looks.clear();
    }
    looks.push_back((now, new, old));
    while looks
        .get(1)
        .is_some_and(|(at, ..)| now.saturating_sub(*at) >= RECENT)
    {
        looks.pop_front();
    }
    let Some((at, then_new, then_old)) = looks.front() else {
        return (Counts::default(), Counts::default(), 0);
    };
    let minus = |a: Counts, b: Counts| Counts {
        requests: a.requests.saturating_sub(b.requests),
        errors: a.errors.saturating_sub(b.errors),
        blocks: a.blocks.saturating_sub(b.blocks),
        error_blocks: a.error_blocks.saturating_sub(b.error_blocks),
    };
    let ms = u64::try_from(now.saturating_sub(*at).as_millis()).unwrap_or(u64::MAX);
    (minus(new, *then_new), minus(old, *then_old), ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_in_the_second_of_the_mark_makes_no_more_bad_blocks_than_blocks() {
        let stats = |requests, errors, blocks, error_blocks| GroupStats {
            requests,
            errors,
            blocks,
            error_blocks,
            ..GroupStats::default()
        };
        let counts = since(
            &Stand::of(&stats(60, 6, 6, 6)),
            &Stand::of(&stats(10, 0, 1, 0)),
        );
        assert_eq!((counts.blocks, counts.error_blocks), (5, 5));
        assert_eq!((counts.requests, counts.errors), (50, 6));
    }
}
