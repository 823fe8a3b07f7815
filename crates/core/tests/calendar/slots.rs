//! When a whole operation fits: examples of the sample company, and the grid of minutes.

use super::{at, berlin, local};
use jiff::civil::date;
use proptest::prelude::*;
use tidegate_core::calendar::phrase::Phrase;
use tidegate_core::calendar::slot::{Blocker, Effect, Layer, Merged, Otherwise, Slot};
use tidegate_core::calendar::{Bounds, Intervals, Schedule, Setting, Span, Zone};
use tidegate_core::time::{Millis, Timestamp};

fn span(start: Timestamp, end: Timestamp) -> Span {
    Span::new(start, end).unwrap()
}

fn horizon() -> Span {
    span(at("2026-11-01T00:00:00Z"), at("2027-02-01T00:00:00Z"))
}

fn windows(text: &str, zone: Zone) -> Intervals {
    let setting = Setting::in_zone(zone);
    let phrase = Phrase::read(text).unwrap();
    let schedule = Schedule::of_phrase(&phrase, &setting, date(2026, 1, 1)).unwrap();
    let bounds = Bounds::new(horizon().start(), horizon().end(), 1_000);
    let (found, _) = schedule.happenings(&setting, bounds).unwrap();
    found.into_iter().filter_map(|h| h.span).collect()
}

/// The two regions of the sample company with its peak season.
fn region(zone: Zone, hours: &str) -> Merged {
    let new_york = Zone::named("America/New_York").unwrap();
    let peak = span(
        local(&new_york, "2026-11-25 00:00"),
        local(&new_york, "2026-12-01 06:00"),
    );
    let layers = [
        Layer::new("office-hours", Effect::Allow, windows(hours, zone)),
        Layer::new("peak-season", Effect::Freeze, Intervals::from_iter([peak])),
    ];
    Merged::new(&layers, Otherwise::Closed, horizon())
}

#[test]
fn the_train_that_leaves_inside_peak_season_waits_two_hours() {
    let eu = region(berlin(), "Mon-Thu 09:00-16:00");
    let departs = local(&berlin(), "2026-12-01 10:00");
    let slot = eu.slot(Millis::minutes(90), departs);
    assert_eq!(
        slot.fits.unwrap().start(),
        local(&berlin(), "2026-12-01 12:00")
    );
    assert_eq!(slot.changes, Some(local(&berlin(), "2026-12-01 12:00")));
    let [
        Blocker::Layer {
            name,
            effect: Effect::Freeze,
            span,
        },
    ] = slot.blockers.as_slice()
    else {
        panic!("{:?}", slot.blockers);
    };
    assert_eq!(
        (name.as_str(), span.end()),
        ("peak-season", at("2026-12-01T11:00:00Z"))
    );
}

#[test]
fn the_whole_operation_must_fit_and_what_is_too_short_says_so() {
    let eu = region(berlin(), "Mon-Thu 09:00-16:00");
    let asked = local(&berlin(), "2026-11-23 15:30");
    let slot = eu.slot(Millis::minutes(60), asked);
    let closes = local(&berlin(), "2026-11-23 16:00");
    assert_eq!(
        slot.blockers,
        [Blocker::TooShort {
            closes,
            left: Millis::minutes(30)
        }]
    );
    assert_eq!(
        slot.fits.unwrap().start(),
        local(&berlin(), "2026-11-24 09:00")
    );
    // It fits for half an hour more.
    let now = eu.slot(Millis::minutes(60), local(&berlin(), "2026-11-23 14:30"));
    assert_eq!(
        (now.blockers.len(), now.fits.unwrap().start()),
        (0, local(&berlin(), "2026-11-23 14:30"))
    );
    let micro = jiff::SignedDuration::from_micros(1);
    assert_eq!(
        now.changes,
        Some(local(&berlin(), "2026-11-23 15:00") + micro)
    );
    // Eight hours fit into no window.
    let never = eu.slot(Millis::minutes(8 * 60), asked);
    assert_eq!((never.fits, never.changes), (None, None));
    let night = eu.slot(Millis::minutes(5), local(&berlin(), "2026-11-20 20:00"));
    let opens = Some(local(&berlin(), "2026-11-23 09:00"));
    assert_eq!(night.blockers, [Blocker::NoWindow { opens }]);
}

#[test]
fn two_regions_meet_in_one_hour_a_day() {
    let new_york = Zone::named("America/New_York").unwrap();
    let both = region(berlin(), "Mon-Thu 09:00-16:00")
        .open()
        .intersection(region(new_york, "Mon-Thu 09:00-15:00").open());
    let (start, within) = both
        .fit(Millis::minutes(60), at("2026-11-23T00:00:00Z"))
        .unwrap();
    assert_eq!(within, span(start, at("2026-11-23T15:00:00Z")));
    assert_eq!(within.length(), Millis::minutes(60));
    // In the week between the two changes of clocks they are an hour closer.
    assert_eq!(
        both.fit(Millis::minutes(61), at("2026-11-02T00:00:00Z")),
        None
    );
}

#[test]
fn an_exception_lifts_only_the_rule_it_names() {
    let day = |n: i64| horizon().start() + jiff::SignedDuration::from_hours(24 * n);
    let all = Intervals::from_iter([span(day(1), day(9))]);
    let mut freeze = Layer::new("freeze", Effect::Freeze, all.clone());
    freeze.lifted = Intervals::from_iter([span(day(2), day(4))]);
    let deny = Layer::new(
        "maintenance",
        Effect::Deny,
        Intervals::from_iter([span(day(3), day(5))]),
    );
    let merged = Merged::new(&[freeze, deny], Otherwise::Open, horizon());
    assert!(merged.open().contains(day(2)));
    let slot = merged.slot(Millis::minutes(60), day(3));
    assert!(
        matches!(slot.blockers.as_slice(), [Blocker::Layer { name, .. }] if name == "maintenance"),
        "{:?}",
        slot.blockers
    );
    let both = merged.blockers(Millis::minutes(60), day(4));
    let names: Vec<&str> = both
        .iter()
        .map(|b| match b {
            Blocker::Layer { name, .. } => name.as_str(),
            _ => "?",
        })
        .collect();
    assert_eq!(
        names,
        ["freeze", "maintenance"],
        "a freeze is named before a denial"
    );
}

#[test]
fn an_open_ended_freeze_and_an_unknown_time_never_fit() {
    let start = at("2026-12-01T00:00:00Z");
    let open = Layer::new(
        "incident",
        Effect::Freeze,
        Intervals::from_iter([span(start, Timestamp::MAX)]),
    );
    let merged = Merged::new(&[open], Otherwise::Open, horizon());
    let slot = merged.slot(Millis::minutes(1), start);
    assert_eq!((slot.fits, slot.changes), (None, None));
    assert!(matches!(slot.blockers[0], Blocker::Layer { .. }));
    let beyond = merged.slot(Millis::minutes(1), at("2028-01-01T00:00:00Z"));
    assert_eq!(
        beyond.blockers,
        [Blocker::BeyondHorizon {
            known_until: horizon().end()
        }]
    );
    let closed = Merged::new(&[], Otherwise::Closed, horizon()).slot(Millis::minutes(1), start);
    assert_eq!(
        closed.blockers,
        [Blocker::NoWindow { opens: None }],
        "without windows the answer is closed"
    );
}

const GRID: i64 = 240;

fn minute(n: i64) -> Timestamp {
    horizon().start() + jiff::SignedDuration::from_mins(n)
}

#[derive(Debug, Clone)]
struct Piece {
    effect: Effect,
    spans: Vec<(i64, i64)>,
    lifted: Vec<(i64, i64)>,
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let effect = prop::sample::select(vec![
        Effect::Allow,
        Effect::Allow,
        Effect::Deny,
        Effect::Freeze,
    ]);
    let spans = |most| {
        prop::collection::vec((0..GRID, 1..80i64), 0..most).prop_map(|all| {
            all.into_iter()
                .map(|(a, l)| (a, (a + l).min(GRID)))
                .collect::<Vec<_>>()
        })
    };
    let one = (effect, spans(4), spans(2)).prop_map(|(effect, spans, lifted)| Piece {
        effect,
        spans,
        lifted,
    });
    prop::collection::vec(one, 0..7)
}

/// The rule of precedence, said once more for one minute.
fn goes(pieces: &[Piece], otherwise: Otherwise, n: i64) -> bool {
    let covers = |spans: &[(i64, i64)]| spans.iter().any(|(a, b)| (*a..*b).contains(&n));
    let holds = |p: &Piece| covers(&p.spans) && !covers(&p.lifted);
    let any = |effect| pieces.iter().any(|p| p.effect == effect && holds(p));
    let windows = pieces.iter().any(|p| p.effect == Effect::Allow);
    match () {
        () if any(Effect::Freeze) || any(Effect::Deny) => false,
        () if any(Effect::Allow) => true,
        () => !windows && otherwise == Otherwise::Open,
    }
}

fn merged(pieces: &[Piece], otherwise: Otherwise) -> Merged {
    let intervals = |spans: &[(i64, i64)]| {
        spans
            .iter()
            .map(|(a, b)| span(minute(*a), minute(*b)))
            .collect()
    };
    let layer = |(n, p): (usize, &Piece)| {
        let mut layer = Layer::new(n.to_string(), p.effect, intervals(&p.spans));
        layer.lifted = intervals(&p.lifted);
        layer
    };
    let layers: Vec<Layer> = pieces.iter().enumerate().map(layer).collect();
    Merged::new(&layers, otherwise, span(minute(0), minute(GRID)))
}

proptest! {
    #[test]
    fn the_next_slot_is_the_first_on_the_grid_and_the_answer_does_not_change_before_it_says_so(
        pieces in pieces(), open in any::<bool>(), asked in 0..GRID, length in 1..60i64,
    ) {
        let otherwise = if open { Otherwise::Open } else { Otherwise::Closed };
        let merged = merged(&pieces, otherwise);
        let grid: Vec<bool> = (0..GRID).map(|n| goes(&pieces, otherwise, n)).collect();
        let fits = |start: i64| start + length <= GRID && (start..start + length).all(|n| grid[usize::try_from(n).unwrap()]);
        let operation = Millis::minutes(length.unsigned_abs());
        let Slot { fits: found, within, blockers, changes } = merged.slot(operation, minute(asked));
        let wanted = (asked..GRID).find(|n| fits(*n));
        prop_assert_eq!(found.map(Span::start), wanted.map(minute));
        prop_assert_eq!(blockers.is_empty(), fits(asked), "{:?}", blockers);
        if let (Some(found), Some(within)) = (found, within) {
            prop_assert!(within.start() <= found.start() && found.end() <= within.end());
        }
        // Until the instant named, the answer at every minute is the answer now.
        let until = changes.unwrap_or(minute(GRID) - jiff::SignedDuration::from_mins(length - 1));
        for n in (asked..GRID).take_while(|n| minute(*n) < until) {
            prop_assert_eq!(fits(n), fits(asked), "minute {}", n);
        }
        if let Some(changes) = changes {
            let there = merged.slot(operation, changes);
            prop_assert_eq!(there.blockers.is_empty(), !fits(asked));
        }
    }

    #[test]
    fn windows_in_a_zone_agree_with_its_clocks_on_every_day_without_a_change(
        zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"]),
        start in 0..1440u16, end in 1..=1440u16, days in 0..90i64,
    ) {
        prop_assume!(start != end);
        let zone = Zone::named(zone).unwrap();
        let shown = |n: u16| format!("{:02}:{:02}", n / 60, n % 60);
        let all = windows(&format!("Mon-Thu {}-{}", shown(start), shown(end)), zone.clone());
        let first = horizon().start() + jiff::SignedDuration::from_hours(24 * days);
        let steady = |at: Timestamp| {
            let offset = |hours| zone.civil(at + jiff::SignedDuration::from_hours(hours)).duration_since(zone.civil(at)) == jiff::SignedDuration::from_hours(hours);
            offset(-48) && offset(48)
        };
        for n in (0..1440).step_by(7) {
            let at = first + jiff::SignedDuration::from_mins(n);
            let civil = zone.civil(at);
            let minute = u16::from(civil.hour().unsigned_abs()) * 60 + u16::from(civil.minute().unsigned_abs());
            let monday_to_thursday = |offset: i8| (civil.weekday().to_monday_zero_offset() + offset).rem_euclid(7) < 4;
            let open = if start < end {
                (start..end).contains(&minute) && monday_to_thursday(0)
            } else {
                (minute >= start && monday_to_thursday(0)) || (minute < end && monday_to_thursday(-1))
            };
            prop_assert!(!steady(at) || at < horizon().start() || all.contains(at) == open, "{} {}", zone, civil);
        }
    }
}
