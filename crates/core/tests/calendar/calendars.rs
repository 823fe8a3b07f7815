//! Random calendars of windows, freezes and exceptions in zones whose clocks change, against every single minute.
//!
//! The oracle knows no spans: it has a table of what clocks show at each minute, finds the instant of a civil time in it, and
//! asks each rule about each minute. `TIDEGATE_CALENDARS` says how many are made (60 without it); `TIDEGATE_SEED` the first
//! seed, and a failure names its own.

use jiff::civil::{Date, DateTime, Weekday};
use tidegate_core::calendar::slot::{Effect, Layer, Merged, Otherwise};
use tidegate_core::calendar::{Bounds, Intervals, Setting, Span, Written, Zone};
use tidegate_core::time::{Millis, Timestamp};

/// Zones with what makes each hard, and a day near which its clocks change.
const ZONES: [(&str, &str); 14] = [
    ("Europe/Berlin", "2027-03-28"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-11-01"),
    ("America/New_York", "2027-03-14"),
    ("Australia/Lord_Howe", "2027-04-04"), // half an hour
    ("Australia/Sydney", "2026-10-04"),
    ("Pacific/Apia", "2011-12-30"),   // a day that was left out
    ("America/Havana", "2027-03-14"), // midnight is skipped
    ("Asia/Beirut", "2027-03-28"),    // midnight is skipped
    ("America/St_Johns", "2026-11-01"),
    ("Africa/Cairo", "2026-10-30"),
    ("Asia/Kolkata", "2026-12-31"), // end of a year
    ("UTC", "2028-02-29"),
    ("Pacific/Chatham", "2027-04-04"),
];
const DAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];
/// Minutes looked at: five days; the table has two weeks more on both sides.
const MINUTES: i64 = 5 * 1_440;
const AROUND: i64 = 14 * 1_440;

struct Seeded(u64);

impl Seeded {
    fn below(&mut self, most: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from((self.0 >> 11) % most.unsigned_abs()).unwrap()
    }
    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[usize::try_from(self.below(i64::try_from(all.len()).unwrap())).unwrap()]
    }
}

/// What clocks show, minute by minute.
struct Clocks {
    first: Timestamp,
    shown: Vec<DateTime>,
}

impl Clocks {
    fn new(zone: &Zone, around: Date) -> Self {
        let day = zone.instant(around.at(0, 0, 0, 0)).unwrap();
        let first = day - jiff::SignedDuration::from_mins(2 * 1_440 + AROUND);
        let minute = |n: i64| zone.civil(first + jiff::SignedDuration::from_mins(n));
        let shown = (0..MINUTES + 2 * AROUND).map(minute).collect();
        Self { first, shown }
    }
    fn at(&self, minute: i64) -> Timestamp {
        self.first + jiff::SignedDuration::from_mins(minute)
    }
    /// The minute at which clocks first show a time; of a skipped one as much later as they skip.
    fn minute(&self, civil: DateTime) -> i64 {
        if let Some(found) = self.shown.iter().position(|shown| *shown == civil) {
            return i64::try_from(found).unwrap();
        }
        let before = self.shown.iter().rposition(|shown| *shown < civil).unwrap();
        let ahead = civil.duration_since(self.shown[before]).as_mins();
        i64::try_from(before).unwrap() + ahead
    }
}

/// A window as days of a week with a start and a civil length, in words and for the oracle.
struct Window {
    text: String,
    days: Vec<Weekday>,
    start: i64,
    length: i64,
    allow: bool,
}

impl Window {
    fn random(random: &mut Seeded, allow: bool) -> Self {
        let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
        let step = *random.pick(&[1, 5, 30, 60]);
        let start = random.below(1_440 / step) * step;
        if random.below(4) == 0 {
            let first = usize::try_from(random.below(7)).unwrap();
            let over = 2 + random.below(4);
            let last = (first + usize::try_from(over).unwrap()) % 7;
            let end = random.below(1_440 / step) * step;
            let name = |day: usize| format!("{:?}", DAYS[day])[..3].to_owned();
            let text = format!(
                "{} {} - {} {}",
                name(first),
                clock(start),
                name(last),
                clock(end)
            );
            return Self {
                text,
                days: vec![DAYS[first]],
                start,
                length: over * 1_440 + end - start,
                allow,
            };
        }
        let length = 1 + random.below(1_439);
        let end = (start + length) % 1_440;
        let mut days: Vec<Weekday> = DAYS.to_vec();
        days.retain(|_| random.below(3) > 0);
        if days.is_empty() {
            days.push(Weekday::Sunday);
        }
        let names: Vec<String> = days.iter().map(|day| format!("{day:?}")).collect();
        let end = if end == 0 {
            "24:00".to_owned()
        } else {
            clock(end)
        };
        let text = format!("{} {}-{end}", names.join(", "), clock(start));
        Self {
            text,
            days,
            start,
            length,
            allow,
        }
    }

    /// By the library.
    fn spans(&self, setting: &Setting, time: Span) -> Intervals {
        let written = Written::read(&self.text).expect(&self.text);
        let schedule = written
            .schedule(setting, Date::constant(1970, 1, 5))
            .unwrap();
        let bounds = Bounds::new(time.start(), time.end(), 10_000);
        let (found, _) = schedule.happenings(setting, bounds).unwrap();
        found.into_iter().filter_map(|h| h.span).collect()
    }

    /// By the table: minutes from and until.
    fn paint(&self, clocks: &Clocks, grid: &mut [bool]) {
        let (mut day, last) = (clocks.shown[0].date(), clocks.shown.last().unwrap().date());
        // Both ends of the table are too near to be told.
        day = day.saturating_add(jiff::Span::new().days(2));
        while day < last.saturating_sub(jiff::Span::new().days(8)) {
            if self.days.contains(&day.weekday()) {
                let start = day.at(0, 0, 0, 0) + jiff::Span::new().minutes(self.start);
                let end = start + jiff::Span::new().minutes(self.length);
                paint(grid, clocks.minute(start), clocks.minute(end));
            }
            day = day.tomorrow().unwrap();
        }
    }
}

fn paint(grid: &mut [bool], from: i64, until: i64) {
    for minute in from.max(0)..until.min(i64::try_from(grid.len()).unwrap()) {
        grid[usize::try_from(minute).unwrap()] = true;
    }
}

fn one(seed: u64) {
    let mut random = Seeded(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let (name, around) = *random.pick(&ZONES);
    let zone = Zone::named(name).unwrap();
    let setting = Setting::in_zone(zone.clone());
    let clocks = Clocks::new(&zone, around.parse().unwrap());
    let time = Span::new(clocks.at(AROUND), clocks.at(AROUND + MINUTES)).unwrap();
    let size = clocks.shown.len();
    let (mut layers, mut told) = (Vec::new(), format!("seed {seed}, {name}"));
    let (mut allowed, mut against) = (vec![false; size], vec![false; size]);
    for index in 0..1 + random.below(4) {
        let allow = index == 0 || random.below(3) > 0;
        let window = Window::random(&mut random, allow);
        told += &format!(
            "; {} {}",
            if window.allow { "allow" } else { "deny" },
            window.text
        );
        let effect = if window.allow {
            Effect::Allow
        } else {
            Effect::Deny
        };
        layers.push(Layer::new(
            window.text.clone(),
            effect,
            window.spans(&setting, time),
        ));
        window.paint(
            &clocks,
            if window.allow {
                &mut allowed
            } else {
                &mut against
            },
        );
    }
    for index in 0..random.below(4) {
        let from = AROUND + random.below(MINUTES);
        // The last may have no end.
        let until = match random.below(5) {
            0 => None,
            _ => Some(from + 1 + random.below(1_440)),
        };
        let end = until.map_or(Timestamp::MAX, |until| clocks.at(until));
        let held = Intervals::from_iter(Span::new(clocks.at(from), end));
        let mut layer = Layer::new(format!("freeze {index}"), Effect::Freeze, held);
        let mut minutes = vec![false; size];
        paint(&mut minutes, from, until.unwrap_or(i64::MAX));
        if random.below(2) == 0 {
            let lift = AROUND + random.below(MINUTES);
            let over = lift + 1 + random.below(600);
            layer.lifted = Intervals::from_iter(Span::new(clocks.at(lift), clocks.at(over)));
            minutes[usize::try_from(lift).unwrap()..usize::try_from(over).unwrap()].fill(false);
        }
        told += &format!("; freeze {from} to {until:?}");
        against
            .iter_mut()
            .zip(minutes)
            .for_each(|(all, one)| *all |= one);
        layers.push(layer);
    }
    let merged = Merged::new(&layers, Otherwise::Closed, time);
    let open = |minute: i64| {
        let index = usize::try_from(AROUND + minute).unwrap();
        (0..MINUTES).contains(&minute) && allowed[index] && !against[index]
    };
    // How many minutes are open from each on.
    let mut run = vec![0; usize::try_from(MINUTES).unwrap() + 1];
    for minute in (0..MINUTES).rev() {
        let index = usize::try_from(minute).unwrap();
        run[index] = if open(minute) { run[index + 1] + 1 } else { 0 };
        let at = clocks.at(AROUND + minute);
        assert_eq!(
            merged.open().contains(at),
            open(minute),
            "{told}: minute {minute}, {at}"
        );
    }
    for _ in 0..40 {
        let (asked, length) = (random.below(MINUTES), 1 + random.below(600));
        let wanted = (asked..MINUTES).find(|m| run[usize::try_from(*m).unwrap()] >= length);
        let at = clocks.at(AROUND + asked);
        let slot = merged.slot(Millis::minutes(length.unsigned_abs()), at);
        let found = slot.fits.map(Span::start);
        let wanted = wanted.map(|minute| clocks.at(AROUND + minute));
        assert_eq!(found, wanted, "{told}: {length} minutes from {at}");
        assert_eq!(
            slot.blockers.is_empty(),
            wanted == Some(at),
            "{told}: {:?}",
            slot.blockers
        );
    }
}

#[test]
fn random_calendars_agree_with_every_minute_in_zones_whose_clocks_change() {
    let number = |name: &str, usual: u64| {
        let given = std::env::var(name).ok();
        given.and_then(|text| text.parse().ok()).unwrap_or(usual)
    };
    let (first, count) = (number("TIDEGATE_SEED", 1), number("TIDEGATE_CALENDARS", 60));
    println!("seeds {first} to {}", first + count - 1);
    for seed in first..first + count {
        one(seed);
    }
}
