//! When the clocks of a zone change, for those who must write a zone down in full.

use super::civil::Zone;
use crate::time::Timestamp;

/// Most changes that are listed; clocks change at most a few times a year.
const MOST: usize = 2_000;

/// From an instant on, what the clocks of a zone show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// Seconds east of UTC before it.
    pub before: i32,
    /// Seconds east of UTC from then on.
    pub after: i32,
    /// What people call it, such as `CEST`.
    pub name: String,
    /// Whether it is summer time.
    pub summer: bool,
}

impl Zone {
    /// What the clocks show at `at`, as the change that made it so.
    #[must_use]
    pub fn state(&self, at: Timestamp) -> Change {
        let info = self.rules().to_offset_info(at);
        let seconds = info.offset().seconds();
        Change {
            at,
            before: seconds,
            after: seconds,
            name: info.abbreviation().to_owned(),
            summer: info.dst().is_dst(),
        }
    }

    /// The changes after `from` and before `until`, in order. Those that change neither the offset nor the name are left out.
    #[must_use]
    pub fn changes(&self, from: Timestamp, until: Timestamp) -> Vec<Change> {
        let mut last = self.state(from);
        let mut all = Vec::new();
        let later = self.rules().following(from);
        for change in later.take_while(|c| c.timestamp() < until).take(MOST) {
            let after = change.offset().seconds();
            let name = change.abbreviation().to_owned();
            if after == last.after && name == last.name {
                continue;
            }
            let next = Change {
                at: change.timestamp(),
                before: last.after,
                after,
                name,
                summer: change.dst().is_dst(),
            };
            last = next.clone();
            all.push(next);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_change_when_the_database_says_so() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let year = |zone: &str| {
            let zone = Zone::named(zone).unwrap();
            let all = zone.changes(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
            let text = |c: &Change| format!("{} {}>{} {}", c.at, c.before, c.after, c.name);
            all.iter().map(text).collect::<Vec<_>>()
        };
        assert_eq!(
            year("Europe/Berlin"),
            [
                "2026-03-29T01:00:00Z 3600>7200 CEST",
                "2026-10-25T01:00:00Z 7200>3600 CET"
            ]
        );
        assert_eq!(
            year("Australia/Lord_Howe"),
            [
                "2026-04-04T15:00:00Z 39600>37800 +1030",
                "2026-10-03T15:30:00Z 37800>39600 +11"
            ]
        );
        assert_eq!(year("Asia/Tokyo"), [""; 0]);
        assert_eq!(
            Zone::utc().changes(at("2026-01-01T00:00:00Z"), Timestamp::MAX),
            []
        );
        let berlin = Zone::named("Europe/Berlin").unwrap();
        assert!(berlin.state(at("2026-07-01T00:00:00Z")).summer);
    }
}
