//! Instants, spans and the bundled zone database. Time is always a parameter: nothing here reads a clock.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An instant.
pub use jiff::Timestamp;

/// A length of time in whole milliseconds.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Millis(pub u64);

impl Millis {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// Whole seconds.
    #[must_use]
    pub const fn secs(n: u64) -> Self {
        Self(n * 1_000)
    }
    /// Whole minutes.
    #[must_use]
    pub const fn minutes(n: u64) -> Self {
        Self(n * 60_000)
    }
    /// `at` plus this span; saturates at the end of representable time.
    #[must_use]
    pub fn after(self, at: Timestamp) -> Timestamp {
        let span = jiff::SignedDuration::from_millis(i64::try_from(self.0).unwrap_or(i64::MAX));
        at.saturating_add(span).unwrap_or(Timestamp::MAX)
    }
    /// `at` minus this span; saturates at the beginning of representable time.
    #[must_use]
    pub fn before(self, at: Timestamp) -> Timestamp {
        let span = jiff::SignedDuration::from_millis(i64::try_from(self.0).unwrap_or(i64::MAX));
        at.saturating_sub(span).unwrap_or(Timestamp::MIN)
    }
    /// Time from `from` to `to`, zero when `to` is earlier.
    #[must_use]
    pub fn between(from: Timestamp, to: Timestamp) -> Self {
        Self(u64::try_from(to.duration_since(from).as_millis()).unwrap_or(0))
    }
    /// Whole minutes of it, for people; itself when it is shorter than one.
    #[must_use]
    pub const fn in_minutes(self) -> Self {
        match self.0 / 60_000 {
            0 => self,
            minutes => Self::minutes(minutes),
        }
    }
    /// Read `90d`, `2h`, `10m`, `30s`, `250ms`. The unit is always written; combinations such as `1h30m` are read too.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut total: u64 = 0;
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err("an empty duration: write for example `10m`".to_owned());
        }
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number: u64 = rest[..digits].parse().map_err(|_| {
                format!("`{text}` is not a duration: write for example `30s`, `10m`, `2h`, `90d`")
            })?;
            rest = &rest[digits..];
            let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
            let unit: u64 = match &rest[..letters] {
                "ms" => 1,
                "s" => 1_000,
                "m" => 60_000,
                "h" => 3_600_000,
                "d" => 86_400_000,
                "" => {
                    return Err(format!(
                        "`{text}` has no unit: write for example `{number}s`, `{number}m` or `{number}h`"
                    ));
                }
                other => {
                    return Err(format!(
                        "`{other}` is not a unit of time: use ms, s, m, h or d"
                    ));
                }
            };
            rest = &rest[letters..];
            total = number
                .checked_mul(unit)
                .and_then(|n| total.checked_add(n))
                .filter(|n| *n <= 10 * 365 * 86_400_000)
                .ok_or_else(|| format!("`{text}` is longer than ten years"))?;
        }
        Ok(Self(total))
    }
}

impl fmt::Display for Millis {
    /// The two largest units that are not zero: `2h`, `1m30s`, `250ms`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [
            ("d", 86_400_000),
            ("h", 3_600_000),
            ("m", 60_000),
            ("s", 1_000),
            ("ms", 1),
        ];
        let mut left = self.0;
        let mut shown = 0;
        for (unit, size) in units {
            if left >= size && shown < 2 {
                write!(f, "{}{unit}", left / size)?;
                left %= size;
                shown += 1;
            }
        }
        if shown == 0 { write!(f, "0s") } else { Ok(()) }
    }
}

/// Cut to microseconds, the resolution of the ledger.
#[must_use]
pub fn ledger_time(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// A zone of the bundled database.
///
/// # Errors
/// The name is not an IANA zone.
pub fn zone(name: &str) -> Result<jiff::tz::TimeZone, String> {
    jiff::tz::TimeZoneDatabase::bundled()
        .get(name)
        .map_err(|_| {
            format!("`{name}` is not an IANA time zone: write for example `Europe/Berlin` or `UTC`")
        })
}

/// Names of all zones of the bundled database, for suggestions.
#[must_use]
pub fn zone_names() -> Vec<String> {
    jiff::tz::TimeZoneDatabase::bundled()
        .available()
        .map(|name| name.to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_needs_its_unit_and_shows_itself_shortly() {
        assert_eq!(Millis::parse("1h30m").unwrap(), Millis::minutes(90));
        assert_eq!(Millis::minutes(90).to_string(), "1h30m");
        assert_eq!(Millis(250).to_string(), "250ms");
        assert!(Millis::parse("10").unwrap_err().contains("no unit"));
        assert!(Millis::parse("10 parsecs").is_err());
        assert!(zone("Europe/Berln").is_err());
    }
}
