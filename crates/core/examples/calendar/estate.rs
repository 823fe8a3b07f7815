//! What is asked about: environments in 50 zones, each with office hours and freezes, and releases that must be over first.

use jiff::civil::{Date, DateTime, date};
use tidegate_core::calendar::slot::{Effect, Layer, Merged, Otherwise};
use tidegate_core::calendar::{Bounds, Intervals, Setting, Span, Written, Zone};
use tidegate_core::time::{Millis, Timestamp};

const ZONES: [&str; 50] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Europe/London",
    "Europe/Lisbon",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/Halifax",
    "America/St_Johns",
    "America/Santiago",
    "America/Asuncion",
    "America/Havana",
    "Asia/Jerusalem",
    "Asia/Beirut",
    "Asia/Dubai",
    "Asia/Kathmandu",
    "Asia/Shanghai",
    "Asia/Seoul",
    "Asia/Singapore",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Honolulu",
    "Africa/Casablanca",
    "Africa/Lagos",
    "Africa/Nairobi",
    "Africa/Johannesburg",
    "Europe/Paris",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Vienna",
    "Europe/Zurich",
    "Europe/Stockholm",
    "Europe/Helsinki",
    "Europe/Athens",
    "Europe/Bucharest",
    "Europe/Dublin",
    "Europe/Warsaw",
    "America/Toronto",
    "America/Vancouver",
    "America/Phoenix",
    "America/Anchorage",
    "America/Mexico_City",
    "UTC",
];
/// First day of the year that is looked at.
const FIRST: Date = date(2026, 11, 21);
const DAYS: i64 = 351;
const FREEZES: usize = 100;
/// What must fit.
pub const LENGTH: Millis = Millis::minutes(90);

/// A small generator of numbers: the same for the same seed.
pub struct Seeded(pub u64);

impl Seeded {
    /// The next number below `most`.
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % most
    }
}

/// One environment.
pub struct Site {
    pub setting: Setting,
    /// A phrase.
    pub window: String,
    /// Civil ends of freezes.
    pub freezes: Vec<(DateTime, DateTime)>,
    /// When releases that this one depends on are over here.
    pub after: Vec<Timestamp>,
}

pub struct Estate {
    pub sites: Vec<Site>,
    pub horizon: Span,
}

impl Estate {
    pub fn new(seed: u64) -> Self {
        let mut random = Seeded(seed);
        let utc = Zone::utc();
        let at = |day: i64, minute: i64| {
            let span = jiff::Span::new().days(day).minutes(minute);
            FIRST.at(0, 0, 0, 0).checked_add(span).unwrap()
        };
        let mut number = |most: i64| i64::try_from(random.below(most.unsigned_abs())).unwrap();
        let site = |zone: &&str| Site {
            setting: Setting::in_zone(Zone::named(zone).unwrap()),
            window: format!(
                "Mon-Thu {:02}:00-{:02}:00 from 2026-11-01",
                7 + number(4),
                15 + number(5)
            ),
            freezes: (0..FREEZES)
                .map(|_| {
                    let (day, minute) = (number(DAYS), number(1_440));
                    (at(day, minute), at(day, minute + 60 + number(1_440)))
                })
                .collect(),
            after: (0..2)
                .map(|_| utc.instant(at(number(30), number(1_440))).unwrap())
                .collect(),
        };
        let sites = ZONES.iter().map(site).collect();
        let horizon = Span::new(
            utc.instant(at(0, 0)).unwrap(),
            utc.instant(at(DAYS, 0)).unwrap(),
        );
        Self {
            sites,
            horizon: horizon.unwrap(),
        }
    }

    /// Windows and freezes.
    pub fn counts(&self) -> (usize, usize) {
        let windows = self
            .sites
            .iter()
            .map(|site| site.windows(self.horizon).spans().len());
        (windows.sum(), self.sites.len() * FREEZES)
    }

    pub fn dependencies(&self) -> usize {
        self.sites.iter().map(|site| site.after.len()).sum()
    }

    pub fn all_spans(&self) -> Vec<Span> {
        let spans = |site: &Site| site.windows(self.horizon).spans().to_vec();
        self.sites.iter().flat_map(spans).collect()
    }

    /// The calendar of every site, from the texts.
    pub fn build(&self) -> Vec<Merged> {
        self.sites
            .iter()
            .map(|site| site.merged(self.horizon, None))
            .collect()
    }

    /// An instant that is asked about.
    pub fn question(&self, n: usize) -> Timestamp {
        let minutes = u64::try_from(n).unwrap() * 7_919 % (300 * 1_440);
        Millis::minutes(minutes).after(self.horizon.start())
    }

    /// Where the operation fits first, in every site, after what it depends on there.
    pub fn ask(&self, merged: &[Merged], at: Timestamp) -> Vec<Option<Span>> {
        let slot = |(site, merged): (&Site, &Merged)| {
            let from = site.after.iter().fold(at, |from, over| from.max(*over));
            merged.slot(LENGTH, from).fits
        };
        self.sites.iter().zip(merged).map(slot).collect()
    }
}

impl Site {
    fn windows(&self, horizon: Span) -> Intervals {
        let written = Written::read(&self.window).unwrap();
        let schedule = written.schedule(&self.setting, FIRST).unwrap();
        let bounds = Bounds::new(horizon.start(), horizon.end(), 100_000);
        let (found, _) = schedule.happenings(&self.setting, bounds).unwrap();
        found.into_iter().filter_map(|h| h.span).collect()
    }

    fn frozen(&self, moved: Option<usize>) -> Intervals {
        let zone = &self.setting.zone;
        let span = |(index, (from, until)): (usize, &(DateTime, DateTime))| {
            let later = i64::from(moved == Some(index));
            let until = until.saturating_add(jiff::Span::new().hours(later));
            Span::new(zone.instant(*from)?, zone.instant(until)?)
        };
        self.freezes.iter().enumerate().filter_map(span).collect()
    }

    fn merged(&self, horizon: Span, moved: Option<usize>) -> Merged {
        let layers = [
            Layer::new("office-hours", Effect::Allow, self.windows(horizon)),
            Layer::new("freezes", Effect::Freeze, self.frozen(moved)),
        ];
        Merged::new(&layers, Otherwise::Closed, horizon)
    }

    /// With one freeze an hour longer.
    pub fn edited(&self, n: usize) -> Merged {
        let first = Zone::utc().instant(FIRST.at(0, 0, 0, 0)).unwrap();
        let length = Millis(u64::try_from(DAYS).unwrap() * 86_400_000);
        self.merged(Span::lasting(first, length).unwrap(), Some(n % FREEZES))
    }
}
