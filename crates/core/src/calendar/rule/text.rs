//! A set of rules as text, in one canonical order of parts.

use super::part::letters;
use super::{Freq, Moment, Rule, RuleSet, RuleZone};
use jiff::civil::{DateTime, Weekday};
use std::fmt;

impl fmt::Display for Freq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secondly => "SECONDLY",
            Self::Minutely => "MINUTELY",
            Self::Hourly => "HOURLY",
            Self::Daily => "DAILY",
            Self::Weekly => "WEEKLY",
            Self::Monthly => "MONTHLY",
            Self::Yearly => "YEARLY",
        })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Civil(civil) => f.write_str(&stamp(*civil)),
            Self::Day(day) => write!(f, "{}", day.strftime("%Y%m%d")),
            Self::Instant(at) => {
                let civil = jiff::tz::TimeZone::UTC.to_datetime(*at);
                write!(f, "{}Z", stamp(civil))
            }
        }
    }
}

fn stamp(civil: DateTime) -> String {
    civil.strftime("%Y%m%dT%H%M%S").to_string()
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FREQ={}", self.freq)?;
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        if let Some(count) = self.count {
            write!(f, ";COUNT={count}")?;
        }
        if let Some(until) = &self.until {
            write!(f, ";UNTIL={until}")?;
        }
        if self.week_start != Weekday::Monday {
            write!(f, ";WKST={}", letters(self.week_start))?;
        }
        let lists = [
            ("BYMONTH", &self.by_month),
            ("BYWEEKNO", &self.by_week),
            ("BYYEARDAY", &self.by_year_day),
            ("BYMONTHDAY", &self.by_month_day),
        ];
        lists
            .iter()
            .try_for_each(|(name, list)| part(f, name, list))?;
        if !self.by_day.is_empty() {
            let one = |by: &super::ByDay| match by.nth {
                0 => letters(by.day).to_owned(),
                n => format!("{n}{}", letters(by.day)),
            };
            let days: Vec<String> = self.by_day.iter().map(one).collect();
            write!(f, ";BYDAY={}", days.join(","))?;
        }
        let lists = [
            ("BYHOUR", &self.by_hour),
            ("BYMINUTE", &self.by_minute),
            ("BYSECOND", &self.by_second),
            ("BYSETPOS", &self.by_position),
        ];
        lists
            .iter()
            .try_for_each(|(name, list)| part(f, name, list))
    }
}

fn part(f: &mut fmt::Formatter<'_>, name: &str, list: &[i16]) -> fmt::Result {
    if list.is_empty() {
        return Ok(());
    }
    let values: Vec<String> = list.iter().map(i16::to_string).collect();
    write!(f, ";{name}={}", values.join(","))
}

impl fmt::Display for RuleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.clock(f, "DTSTART", self.start)?;
        if let Some(lasts) = self.lasts {
            lasts.line(f, self.start, |f, end| self.clock(f, "\nDTEND", end))?;
        }
        self.rules
            .iter()
            .try_for_each(|rule| write!(f, "\nRRULE:{rule}"))?;
        self.except_rules
            .iter()
            .try_for_each(|rule| write!(f, "\nEXRULE:{rule}"))?;
        self.dates
            .iter()
            .try_for_each(|date| self.date(f, "RDATE", date))?;
        self.except_dates
            .iter()
            .try_for_each(|date| self.date(f, "EXDATE", date))
    }
}

impl RuleSet {
    /// Start or end, with the zone of the set.
    fn clock(&self, f: &mut fmt::Formatter<'_>, name: &str, civil: DateTime) -> fmt::Result {
        let text = stamp(civil);
        match &self.zone {
            _ if self.whole_days => write!(f, "{name};VALUE=DATE:{}", &text[..8]),
            RuleZone::Floating => write!(f, "{name}:{text}"),
            RuleZone::Named(zone) if zone.name() == "UTC" => write!(f, "{name}:{text}Z"),
            RuleZone::Named(zone) => write!(f, "{name};TZID={zone}:{text}"),
        }
    }
    /// A civil time is in the zone of the set, so the line names it.
    fn date(&self, f: &mut fmt::Formatter<'_>, name: &str, date: &Moment) -> fmt::Result {
        match (date, &self.zone) {
            (Moment::Day(_), _) => write!(f, "\n{name};VALUE=DATE:{date}"),
            (Moment::Civil(_), RuleZone::Named(zone)) => write!(f, "\n{name};TZID={zone}:{date}"),
            _ => write!(f, "\n{name}:{date}"),
        }
    }
}
