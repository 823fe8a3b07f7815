//! What a deployment's two sides did since a part of its rollout began.
//!
//! Counters of a router only grow; a mark remembers where they stood, so that figures are differences. Marks live in
//! memory: after a restart of server or router a part begins again, and a hold with too few requests left is prolonged.

use super::packed::{self, Rows};
use super::samples;
use super::stand::{Stand, Stands};
use crate::live::{Stage, Watched};
use serde::Serialize;
use std::sync::Arc;
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

/// A look at both sides: when, and their sums since the part began.
type Look = (Duration, Counts, Counts);

/// Counters when a part began and at the newest look, and sums of its newest moments.
pub(super) struct Mark {
    part: Part,
    router: Box<str>,
    began: Duration,
    /// What was judged at the newest look.
    analysis: Arc<Analysis>,
    base: Base,
    /// [`Stands`] in few bytes.
    stands: Vec<u8>,
    recent: Vec<Look>,
    moments: Rows<9>,
    /// Figures that were told and are kept.
    pub(super) evidence: Option<Box<Body>>,
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
        route: &RouteObservation,
        analysis: &Arc<Analysis>,
        sides: &Sides<'_>,
        earlier: Option<Stand>,
        now: Duration,
    ) -> Self {
        let mut mark = Self {
            part,
            router: route.router.as_str().into(),
            began: now,
            analysis: Arc::clone(analysis),
            base: sides.base,
            stands: Vec::new(),
            recent: Vec::new(),
            moments: Rows::default(),
            evidence: None,
        };
        let (new, old) = (Stand::of(sides.new), Stand::of(sides.old));
        mark.keep(&Stands {
            then: [new.clone(), old.clone()],
            now: [new, old],
            earlier: earlier.unwrap_or_default(),
        });
        mark
    }

    fn keep(&mut self, stands: &Stands) {
        packed::replace(&mut self.stands, &stands.packed());
    }

    /// Does this mark belong to another part, or to counters that are gone?
    pub(super) fn is_over(&self, part: Part, router: &str) -> bool {
        self.part != part || *self.router != *router
    }

    /// What the old side did, for the next mark.
    pub(super) fn earlier(&self) -> Stand {
        Stands::read(&self.stands).earlier
    }

    /// Figures of the newest look; none before the first.
    pub(super) fn figures(&self) -> Vec<Sample> {
        match self.recent.is_empty() {
            true => Vec::new(),
            false => self.samples(&Stands::read(&self.stands)),
        }
    }

    /// Sums since the part began, moment by moment.
    pub(super) fn moments(&self) -> Vec<Moment> {
        let counts = |n: [u64; 4]| Counts {
            requests: n[0],
            errors: n[1],
            blocks: n[2],
            error_blocks: n[3],
        };
        let moment = |[ms, a, b, c, d, e, f, g, h]: [u64; 9]| Moment {
            ms,
            new: counts([a, b, c, d]),
            old: counts([e, f, g, h]),
        };
        self.moments.iter().map(moment).collect()
    }

    /// A moment a second, and fewer the longer a part lasts.
    fn remember(&mut self, (new, old): (Counts, Counts), now: Duration, most: usize) {
        let ms = u64::try_from(now.saturating_sub(self.began).as_millis()).unwrap_or(u64::MAX);
        let step = (ms / most as u64).max(1_000);
        if self.moments.last().is_some_and(|last| ms < last[0] + step) {
            return;
        }
        if self.moments.len() >= most {
            self.moments.thin();
        }
        let [[a, b, c, d], [e, f, g, h]] =
            [new, old].map(|side| [side.requests, side.errors, side.blocks, side.error_blocks]);
        self.moments.push([ms, a, b, c, d, e, f, g, h]);
    }

    /// Look at both sides. Gives the figures since the part began.
    pub(super) fn look(
        &mut self,
        analysis: &Arc<Analysis>,
        sides: &Sides<'_>,
        now: Duration,
        most: usize,
    ) -> Vec<Sample> {
        let mut stands = Stands::read(&self.stands);
        stands.now = [Stand::of(sides.new), Stand::of(sides.old)];
        if stands.now[1].requests >= stands.earlier.requests {
            stands.earlier = stands.now[1].clone();
        }
        self.base = sides.base;
        if !Arc::ptr_eq(&self.analysis, analysis) {
            self.analysis = Arc::clone(analysis);
        }
        let sums = stands.sums(self.base);
        self.newest(sums, now);
        self.remember(sums, now, most.min(MOMENTS));
        self.keep(&stands);
        self.samples(&stands)
    }

    /// The newest moments end now.
    fn newest(&mut self, (new, old): (Counts, Counts), now: Duration) {
        let looks = &mut self.recent;
        // A side whose base changed has smaller sums than before; its newest moments begin again.
        if looks
            .last()
            .is_some_and(|(_, _, before)| before.requests > old.requests)
        {
            looks.clear();
        }
        while looks
            .get(1)
            .is_some_and(|(at, ..)| now.saturating_sub(*at) >= RECENT)
        {
            looks.remove(0);
        }
        looks.reserve_exact(1);
        looks.push((now, new, old));
    }

    fn samples(&self, stands: &Stands) -> Vec<Sample> {
        let (new, old) = stands.sums(self.base);
        let sums = samples::Sums {
            new,
            old,
            recent: recent(&self.recent),
            base: self.base,
        };
        let [new, old] = stands.histograms(self.base);
        samples::of(&self.analysis, &sums, &new, &old)
    }
}

/// What both sides did during the newest moments, and how many milliseconds those are.
fn recent(looks: &[Look]) -> (Counts, Counts, u64) {
    let (Some((from, then_new, then_old)), Some((to, new, old))) = (looks.first(), looks.last())
    else {
        return (Counts::default(), Counts::default(), 0);
    };
    let minus = |a: &Counts, b: &Counts| Counts {
        requests: a.requests.saturating_sub(b.requests),
        errors: a.errors.saturating_sub(b.errors),
        blocks: a.blocks.saturating_sub(b.blocks),
        error_blocks: a.error_blocks.saturating_sub(b.error_blocks),
    };
    let ms = u64::try_from(to.saturating_sub(*from).as_millis()).unwrap_or(u64::MAX);
    (minus(new, then_new), minus(old, then_old), ms)
}
