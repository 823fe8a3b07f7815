//! Instants for people: always with their zone. Data formats keep RFC 3339 UTC.

use jiff::tz::TimeZone;
use tidegate_core::time::{Millis, Timestamp, zone};

/// A zone of the bundled database, with its name.
#[derive(Debug, Clone)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// A zone by its IANA name.
    ///
    /// # Errors
    /// The name is not an IANA zone.
    pub fn named(name: &str) -> Result<Self, String> {
        let zone = zone(name)?;
        Ok(Self {
            name: name.to_owned(),
            zone,
        })
    }

    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self {
            name: "UTC".to_owned(),
            zone: TimeZone::UTC,
        }
    }

    /// The zone of this machine: `TZ`, else the link `/etc/localtime`, else UTC.
    pub fn local() -> Self {
        let wanted = std::env::var("TZ")
            .ok()
            .map(|tz| tz.trim_start_matches(':').to_owned());
        let linked = || {
            let target = std::fs::read_link("/etc/localtime").ok()?;
            let text = target.to_str()?;
            text.split_once("zoneinfo/")
                .map(|(_, name)| name.to_owned())
        };
        wanted
            .filter(|name| !name.is_empty())
            .or_else(linked)
            .and_then(|name| Self::named(&name).ok())
            .unwrap_or_else(Self::utc)
    }

    /// IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Last part of the name, as people say it: `Berlin`, `New York`, `UTC`.
    pub fn short(&self) -> String {
        let last = self.name.rsplit('/').next().unwrap_or(&self.name);
        last.replace('_', " ")
    }

    /// `14:03:02`.
    pub fn clock(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone())
            .strftime("%H:%M:%S")
            .to_string()
    }

    /// `14:03:02` on the day of `now`, with the day on any other.
    pub fn clock_from(&self, now: Timestamp, at: Timestamp) -> String {
        let day = |t: Timestamp| t.to_zoned(self.zone.clone()).date();
        if day(now) == day(at) {
            self.clock(at)
        } else {
            self.long(at)
        }
    }

    /// `2026-11-21 14:03:02 +01:00`, for tables.
    pub fn stamp(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone())
            .strftime("%Y-%m-%d %H:%M:%S %:z")
            .to_string()
    }

    /// `Sat 21 Nov 2026 14:03 Berlin`, for sentences.
    pub fn long(&self, at: Timestamp) -> String {
        let text = at
            .to_zoned(self.zone.clone())
            .strftime("%a %-d %b %Y %H:%M")
            .to_string();
        format!("{text} {}", self.short())
    }

    /// `+01:00`.
    pub fn offset(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%:z").to_string()
    }

    /// The hour of `at` on another day, by these clocks.
    ///
    /// # Errors
    /// The end of time.
    pub fn on_day(&self, at: Timestamp, day: jiff::civil::Date) -> Result<Timestamp, String> {
        let hour = at.to_zoned(self.zone.clone()).time();
        let zoned = day.to_datetime(hour).to_zoned(self.zone.clone());
        zoned
            .map(|zoned| zoned.timestamp())
            .map_err(|error| error.to_string())
    }

    /// An instant as people write it: RFC 3339, or `2026-11-25 09:00[:00]` in this zone.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn read(&self, text: &str) -> Result<Timestamp, String> {
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(at);
        }
        // `2026-11-20 10:00 Berlin` says its own zone.
        if let [day, time, place @ ..] = text.split_whitespace().collect::<Vec<_>>().as_slice()
            && !place.is_empty()
        {
            let zone = placed(&place.join("_")).ok_or_else(|| {
                format!(
                    "`{}` is no time zone: write `Berlin`, `Europe/Berlin` or `UTC`",
                    place.join(" ")
                )
            })?;
            return zone.read(&format!("{day} {time}"));
        }
        let civil: Result<jiff::civil::DateTime, _> = text.trim().parse();
        civil
            .ok()
            .and_then(|civil| civil.to_zoned(self.zone.clone()).ok())
            .map(|zoned| zoned.timestamp())
            .ok_or_else(|| {
                format!("`{text}` is not an instant: write `2026-11-25 09:00` (in {}) or `2026-11-25T09:00:00Z`", self.name)
            })
    }
}

/// A zone by its name, or by that of its city when only one has it.
fn placed(name: &str) -> Option<Zone> {
    if let Ok(zone) = Zone::named(name) {
        return Some(zone);
    }
    let mut cities = tidegate_core::time::zone_names().into_iter();
    let city = |zone: &String| zone.rsplit('/').next() == Some(name);
    let found = cities.find(city)?;
    match cities.find(city) {
        None => Zone::named(&found).ok(),
        Some(_) => None,
    }
}

/// Length of time for people, to a tenth of a second below ten seconds: `0.8s`, `12s`, `28m50s`, `2h`.
pub fn lasting(from: Timestamp, to: Timestamp) -> String {
    short(Millis::between(from, to))
}

/// See [`lasting`].
pub fn short(span: Millis) -> String {
    match span.0 {
        ms if ms < 10_000 => format!("{}.{}s", ms / 1_000, ms % 1_000 / 100),
        ms => Millis(ms / 1_000 * 1_000).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_but_the_bare_clock_names_the_zone() {
        let at: Timestamp = "2026-11-21T13:02:05Z".parse().unwrap();
        let berlin = Zone::named("Europe/Berlin").unwrap();
        assert_eq!(berlin.clock(at), "14:02:05");
        assert_eq!(berlin.stamp(at), "2026-11-21 14:02:05 +01:00");
        assert_eq!(berlin.long(at), "Sat 21 Nov 2026 14:02 Berlin");
        assert_eq!(
            Zone::named("America/New_York").unwrap().long(at),
            "Sat 21 Nov 2026 08:02 New York"
        );
        assert_eq!(Zone::utc().long(at), "Sat 21 Nov 2026 13:02 UTC");
    }

    #[test]
    fn an_instant_is_read_in_the_zone_that_is_shown() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let want: Timestamp = "2026-11-25T08:00:00Z".parse().unwrap();
        assert_eq!(berlin.read("2026-11-25 09:00").unwrap(), want);
        assert_eq!(berlin.read("2026-11-25T08:00:00Z").unwrap(), want);
        assert_eq!(Zone::utc().read("2026-11-25 09:00 Berlin").unwrap(), want);
        assert_eq!(Zone::utc().read("2026-11-25 03:00 New York").unwrap(), want);
        assert!(Zone::utc().read("2026-11-25 09:00 Nowhere").is_err());
        assert!(
            berlin
                .read("tomorrow")
                .unwrap_err()
                .contains("is not an instant")
        );
    }

    #[test]
    fn short_times_have_a_tenth_and_long_ones_do_not() {
        assert_eq!(short(Millis(830)), "0.8s");
        assert_eq!(short(Millis(12_340)), "12s");
        assert_eq!(short(Millis(1_730_000)), "28m50s");
    }
}
