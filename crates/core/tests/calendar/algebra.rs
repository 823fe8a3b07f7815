//! The algebra of intervals agrees with a grid of minutes.

use proptest::prelude::*;
use std::collections::BTreeSet;
use tidegate_core::calendar::{Intervals, Span};
use tidegate_core::time::{Millis, Timestamp};

/// Minutes of the grid.
const GRID: i64 = 180;

fn minute(n: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 / 60 * 60 + n * 60).unwrap()
}

fn span(start: i64, end: i64) -> Span {
    Span::new(minute(start), minute(end)).unwrap()
}

/// Spans that touch, overlap, repeat and stand in any order.
fn pieces() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0..GRID, 1..40i64), 0..12).prop_map(|all| {
        all.into_iter()
            .map(|(at, length)| (at, (at + length).min(GRID)))
            .collect()
    })
}

fn intervals(pieces: &[(i64, i64)]) -> Intervals {
    pieces
        .iter()
        .map(|(start, end)| span(*start, *end))
        .collect()
}

fn painted(pieces: &[(i64, i64)]) -> BTreeSet<i64> {
    pieces
        .iter()
        .flat_map(|(start, end)| *start..*end)
        .collect()
}

fn minutes(of: &Intervals) -> BTreeSet<i64> {
    (-5..GRID + 70)
        .filter(|n| of.contains(minute(*n)))
        .collect()
}

/// Sorted, apart, and none empty.
fn well_formed(of: &Intervals) -> bool {
    of.spans()
        .windows(2)
        .all(|pair| pair[0].end() < pair[1].start())
        && of.spans().iter().all(|span| span.start() < span.end())
}

proptest! {
    #[test]
    fn union_intersection_subtraction_and_complement_agree_with_the_grid(a in pieces(), b in pieces(), from in 0..GRID, length in 1..60i64) {
        let (left, right) = (intervals(&a), intervals(&b));
        let (one, other) = (painted(&a), painted(&b));
        let bounds = span(from, from + length);
        let inside: BTreeSet<i64> = (from..from + length).collect();
        let table = [
            (left.union(&right), &one | &other),
            (left.intersection(&right), &one & &other),
            (left.subtraction(&right), &one - &other),
            (left.within(bounds), &one & &inside),
            (left.complement(bounds), &inside - &one),
        ];
        for (got, wanted) in table {
            prop_assert!(well_formed(&got), "{:?}", got);
            prop_assert_eq!(minutes(&got), wanted);
        }
    }

    #[test]
    fn next_previous_around_and_touching_agree_with_the_grid(a in pieces(), n in 0..GRID, length in 1..50i64) {
        let (all, painted) = (intervals(&a), painted(&a));
        let starts = |m: &i64| painted.contains(m) && !painted.contains(&(m - 1));
        let ends = |m: &i64| !painted.contains(m) && painted.contains(&(m - 1));
        prop_assert_eq!(all.next(minute(n)).map(Span::start), (n..GRID).find(starts).map(minute));
        prop_assert_eq!(all.previous(minute(n)).map(Span::end), (0..=n).rev().find(ends).map(minute));
        prop_assert_eq!(all.at(minute(n)).is_some(), painted.contains(&n));
        prop_assert_eq!(all.touches(span(n, n + length)), (n..n + length).any(|m| painted.contains(&m)));
    }

    #[test]
    fn what_fits_is_the_first_stretch_of_the_grid_that_is_long_enough(a in pieces(), n in 0..GRID, length in 1..50i64) {
        let (all, painted) = (intervals(&a), painted(&a));
        let fits = |start: &i64| (*start..start + length).all(|m| painted.contains(&m));
        let found = all.fit(Millis::minutes(length.unsigned_abs()), minute(n));
        prop_assert_eq!(found.map(|(start, _)| start), (n..GRID).find(fits).map(minute));
    }
}

#[test]
fn an_open_end_stays_open_and_nothing_is_nothing() {
    let open = Intervals::from_iter([Span::new(minute(0), Timestamp::MAX).unwrap()]);
    let taken = intervals(&[(10, 20)]);
    let left = open.subtraction(&taken);
    assert_eq!(left.spans().last().map(|s| s.end()), Some(Timestamp::MAX));
    assert!(left.contains(minute(1_000_000)));
    assert_eq!(taken.subtraction(&open), Intervals::none());
    assert_eq!(Span::new(minute(3), minute(3)), None);
    assert_eq!(
        Intervals::none().complement(span(0, 9)),
        intervals(&[(0, 9)])
    );
}
