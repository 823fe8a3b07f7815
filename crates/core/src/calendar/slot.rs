//! From when to when an operation fits as a whole, why it does not, and when the answer changes next.
//!
//! Layers are spans with an effect. A freeze stands above a denial, a denial above a permission, a permission above the default
//! of the environment; an exception lifts only the layer it names. [`Merged`] is what remains: a caller builds it once for a
//! configuration and asks it often.

use super::intervals::{Intervals, Span};
use crate::time::{Millis, Timestamp};
use serde::Serialize;

/// What a layer does to the time in it. The order is the precedence: the first that holds is the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing may go (an instant or planned freeze).
    Freeze,
    /// Nothing may go (maintenance, a peak, a booking, no support).
    Deny,
    /// Work may go.
    Allow,
}

/// What counts where no layer says anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Otherwise {
    /// Work may go.
    Open,
    /// Nothing may go.
    Closed,
}

/// One rule of the calendar with its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Name, as people know it.
    pub name: String,
    /// Effect.
    pub effect: Effect,
    /// When.
    pub spans: Intervals,
    /// When an exception lifts it.
    pub lifted: Intervals,
}

impl Layer {
    /// A layer without exceptions.
    pub fn new(name: impl Into<String>, effect: Effect, spans: Intervals) -> Self {
        let (name, lifted) = (name.into(), Intervals::none());
        Self {
            name,
            effect,
            spans,
            lifted,
        }
    }
    fn holds(&self) -> Intervals {
        if self.lifted.is_empty() {
            self.spans.clone()
        } else {
            self.spans.subtraction(&self.lifted)
        }
    }
}

/// Why an operation does not fit at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "because", rename_all = "kebab-case")]
pub enum Blocker {
    /// A freeze or a denial lies in its time.
    Layer {
        /// Name of the layer.
        name: String,
        /// Its effect.
        effect: Effect,
        /// The part of it that is in the way first.
        span: Span,
    },
    /// No window is open.
    NoWindow {
        /// When the next one opens, within the horizon.
        opens: Option<Timestamp>,
    },
    /// The window closes before the operation is over.
    TooShort {
        /// When it closes.
        closes: Timestamp,
        /// How long it is still open.
        left: Millis,
    },
    /// Nothing is known about that time.
    BeyondHorizon {
        /// Up to when the calendar is known.
        known_until: Timestamp,
    },
}

/// The answer to "when does it fit".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Slot {
    /// The first span of the operation's length, at or after the instant asked for. None: not within the horizon.
    pub fits: Option<Span>,
    /// The open span around it: it may start as late as this ends minus its length.
    pub within: Option<Span>,
    /// Why it does not fit at once; empty when it does.
    pub blockers: Vec<Blocker>,
    /// The next instant at which the answer to "does it fit now" is another one. None: not within the horizon.
    pub changes: Option<Timestamp>,
}

/// All layers put together, within a horizon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    horizon: Span,
    open: Intervals,
    allowed: Intervals,
    /// Freezes and denials by start, for reasons. The third is the largest end so far.
    against: Vec<(Span, usize, Timestamp)>,
    names: Vec<(String, Effect)>,
}

impl Merged {
    /// Put layers together. Time outside `horizon` counts as unknown, so nothing fits there.
    #[must_use]
    pub fn new(layers: &[Layer], otherwise: Otherwise, horizon: Span) -> Self {
        let spans = |effect: Effect| {
            let of = layers.iter().filter(move |layer| layer.effect == effect);
            let all: Vec<Span> = of
                .flat_map(|layer| layer.holds().spans().to_vec())
                .collect();
            Intervals::from_iter(all)
        };
        let says_allow = layers.iter().any(|layer| layer.effect == Effect::Allow);
        let allowed = match otherwise {
            Otherwise::Open if !says_allow => Intervals::from_iter([horizon]),
            _ => spans(Effect::Allow).within(horizon),
        };
        let against = spans(Effect::Freeze).union(&spans(Effect::Deny));
        let open = allowed.subtraction(&against);
        let (mut against, mut names) = (Vec::new(), Vec::new());
        for layer in layers.iter().filter(|layer| layer.effect != Effect::Allow) {
            let held = layer.holds().within(horizon);
            against.extend(
                held.spans()
                    .iter()
                    .map(|span| (*span, names.len(), span.end())),
            );
            names.push((layer.name.clone(), layer.effect));
        }
        against.sort_unstable();
        let mut latest = Timestamp::MIN;
        for (span, _, largest) in &mut against {
            latest = latest.max(span.end());
            *largest = latest;
        }
        Self {
            horizon,
            open,
            allowed,
            against,
            names,
        }
    }

    /// When work may go.
    #[must_use]
    pub const fn open(&self) -> &Intervals {
        &self.open
    }

    /// The first span of `length` that fits at or after `at`, why it does not fit at once, and when that changes.
    #[must_use]
    pub fn slot(&self, length: Millis, at: Timestamp) -> Slot {
        let length = Millis(length.0.max(1));
        let found = self.open.fit(length, at);
        let fits = found.and_then(|(start, _)| Span::lasting(start, length));
        let within = found.map(|(_, span)| span);
        let now = fits.filter(|span| span.start() == at);
        let (blockers, changes) = match (now, within) {
            (Some(_), Some(within)) => (Vec::new(), self.last_start(within, length)),
            _ => (self.blockers(length, at), fits.map(Span::start)),
        };
        Slot {
            fits,
            within,
            blockers,
            changes,
        }
    }

    /// The first instant from which it does not fit any more; unknown when the horizon is what ends the span.
    fn last_start(&self, within: Span, length: Millis) -> Option<Timestamp> {
        let back = jiff::SignedDuration::from_millis(i64::try_from(length.0).ok()?);
        let last = within.end().checked_sub(back).ok()?;
        let ends = within.end() < self.horizon.end();
        // The last start still fits; ledger time goes by in microseconds.
        let next = last
            .checked_add(jiff::SignedDuration::from_micros(1))
            .ok()?;
        ends.then_some(next)
    }

    /// Everything against an operation of `length` that starts at `at`.
    #[must_use]
    pub fn blockers(&self, length: Millis, at: Timestamp) -> Vec<Blocker> {
        let Some(wanted) = Span::lasting(at, length) else {
            return Vec::new();
        };
        let known = self.horizon;
        if at < known.start() || wanted.end() > known.end() {
            let known_until = known.end();
            return vec![Blocker::BeyondHorizon { known_until }];
        }
        let mut blockers = self.in_the_way(wanted);
        match self.allowed.at(at) {
            None => {
                let opens = self.allowed.next(at).map(Span::start);
                blockers.push(Blocker::NoWindow { opens });
            }
            Some(window) if window.end() < wanted.end() => {
                let closes = window.end();
                blockers.push(Blocker::TooShort {
                    closes,
                    left: Millis::between(at, closes),
                });
            }
            Some(_) => {}
        }
        blockers
    }

    /// Freezes first, then denials; one line for each layer.
    fn in_the_way(&self, wanted: Span) -> Vec<Blocker> {
        let end = self
            .against
            .partition_point(|(span, ..)| span.start() < wanted.end());
        let start = self.against[..end].partition_point(|(.., largest)| *largest <= wanted.start());
        let mut found: Vec<(Effect, usize, Span)> = self.against[start..end]
            .iter()
            .filter(|(span, ..)| span.end() > wanted.start())
            .map(|(span, layer, _)| (self.names[*layer].1, *layer, *span))
            .collect();
        found.sort_unstable();
        found.dedup_by_key(|(_, layer, _)| *layer);
        let blocker = |(effect, layer, span): (Effect, usize, Span)| {
            let name = self.names[layer].0.clone();
            Blocker::Layer { name, effect, span }
        };
        found.into_iter().map(blocker).collect()
    }
}
