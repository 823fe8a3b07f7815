//! The algebra of time: sorted, disjoint, half-open spans of instants.
//!
//! Everything the calendar decides ends here, so that union, intersection and subtraction exist once. An end that nobody knows
//! yet is [`Timestamp::MAX`]. Nothing here knows zones, rules or the present.

use crate::time::{Millis, Timestamp};
use serde::Serialize;
use std::fmt;

/// From an instant up to, but without, a later one. Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    start: Timestamp,
    end: Timestamp,
}

impl Span {
    /// From `start` up to `end`; none when that is empty.
    #[must_use]
    pub fn new(start: Timestamp, end: Timestamp) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }
    /// `length` from `start` on; none when that is empty.
    #[must_use]
    pub fn lasting(start: Timestamp, length: Millis) -> Option<Self> {
        Self::new(start, length.after(start))
    }
    /// First instant.
    #[must_use]
    pub const fn start(self) -> Timestamp {
        self.start
    }
    /// First instant after it; [`Timestamp::MAX`] when it is open-ended.
    #[must_use]
    pub const fn end(self) -> Timestamp {
        self.end
    }
    /// How long it lasts.
    #[must_use]
    pub fn length(self) -> Millis {
        Millis::between(self.start, self.end)
    }
    /// Whether `at` lies in it.
    #[must_use]
    pub fn contains(self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }
    /// What both have in common.
    #[must_use]
    pub fn overlap(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.start, self.end)
    }
}

/// Spans in order; no two touch or overlap.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Intervals(Vec<Span>);

impl Intervals {
    /// No time at all.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }
    /// The spans, in order.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.0
    }
    /// Whether there is no time in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The span that `at` lies in.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Option<Span> {
        self.ending_after(at)
            .first()
            .copied()
            .filter(|s| s.contains(at))
    }
    /// Whether `at` lies in one of the spans.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.at(at).is_some()
    }
    /// The first span that starts at or after `at`.
    #[must_use]
    pub fn next(&self, at: Timestamp) -> Option<Span> {
        let index = self.0.partition_point(|span| span.start < at);
        self.0.get(index).copied()
    }
    /// The last span that ends at or before `at`.
    #[must_use]
    pub fn previous(&self, at: Timestamp) -> Option<Span> {
        let index = self.0.partition_point(|span| span.end <= at);
        index.checked_sub(1).map(|last| self.0[last])
    }
    /// The spans that end after `at`: the one around it and those that follow.
    #[must_use]
    pub fn ending_after(&self, at: Timestamp) -> &[Span] {
        &self.0[self.0.partition_point(|span| span.end <= at)..]
    }
    /// Whether any of the spans has time in common with `span`.
    #[must_use]
    pub fn touches(&self, span: Span) -> bool {
        self.ending_after(span.start)
            .first()
            .is_some_and(|first| first.start < span.end)
    }

    /// Time in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if self.is_empty() || other.is_empty() {
            return if self.is_empty() { other } else { self }.clone();
        }
        let mut all = Vec::with_capacity(self.0.len() + other.0.len());
        all.extend_from_slice(&self.0);
        all.extend_from_slice(&other.0);
        all.into_iter().collect()
    }

    /// Time in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = Vec::new();
        while let (Some(a), Some(b)) = (ours.peek(), theirs.peek()) {
            common.extend(a.overlap(**b));
            // The one that ends first has nothing more to give.
            if a.end <= b.end {
                ours.next();
            } else {
                theirs.next();
            }
        }
        Self(common)
    }

    /// Time in the first and not in the second.
    #[must_use]
    pub fn subtraction(&self, other: &Self) -> Self {
        let mut left = Vec::with_capacity(self.0.len());
        let mut taken = other.0.as_slice();
        for span in &self.0 {
            let mut start = span.start;
            while let Some(first) = taken.first().filter(|first| first.start < span.end) {
                left.extend(Span::new(start, first.start));
                start = start.max(first.end);
                if first.end > span.end {
                    break;
                }
                taken = &taken[1..];
            }
            left.extend(Span::new(start, span.end));
        }
        Self(left)
    }

    /// What lies within `bounds`.
    #[must_use]
    pub fn within(&self, bounds: Span) -> Self {
        let inside = self.ending_after(bounds.start).iter();
        Self(inside.map_while(|span| span.overlap(bounds)).collect())
    }

    /// Everything within `bounds` that is in none of the spans.
    #[must_use]
    pub fn complement(&self, bounds: Span) -> Self {
        Self::from_iter([bounds]).subtraction(self)
    }

    /// The first instant at or after `at` from which `length` fits without a break, with the span it fits into.
    #[must_use]
    pub fn fit(&self, length: Millis, at: Timestamp) -> Option<(Timestamp, Span)> {
        self.ending_after(at).iter().find_map(|&span| {
            let start = span.start.max(at);
            (Millis::between(start, span.end) >= length).then_some((start, span))
        })
    }
}

impl FromIterator<Span> for Intervals {
    /// Spans in any order; those that touch or overlap become one.
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Self {
        let mut spans: Vec<Span> = spans.into_iter().collect();
        if !spans.is_sorted() {
            spans.sort_unstable();
        }
        let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match merged.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => merged.push(span),
            }
        }
        Self(merged)
    }
}
