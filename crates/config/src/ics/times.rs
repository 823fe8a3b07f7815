//! When an event happens: its start, rules and dates as one set, and how long each occurrence lasts.

use super::component::Raw;
use super::line::{Line, short};
use super::property::single;
use super::zone::Zones;
use super::{IcsError, Length};
use tidegate_core::calendar::Zone;
use tidegate_core::calendar::rule::{Freq, Moment, RuleSet};
use tidegate_core::time::{Millis, Timestamp};

/// Longest occurrence, in days.
const LONGEST: u32 = 3_660;
/// Longest value of a date or rule, in bytes.
const VALUE: usize = 64 * 1024;

pub struct Times {
    pub set: RuleSet,
    pub length: Length,
    pub instead_of: Option<Moment>,
}

/// What an event is called in messages, and how its zones are found.
struct Reader<'a> {
    zones: &'a Zones,
    floating: &'a Zone,
    called: &'a str,
}

pub fn read(raw: &Raw, zones: &Zones, floating: &Zone, called: &str) -> Result<Times, IcsError> {
    let reader = Reader {
        zones,
        floating,
        called,
    };
    let Some(start) = single(raw, "DTSTART")? else {
        return Err(IcsError::new(
            raw.line,
            format!("{called} has no start"),
            "an event has a DTSTART",
        ));
    };
    let mut lines = vec![start];
    let more = ["RRULE", "EXRULE", "RDATE", "EXDATE"];
    lines.extend(
        raw.properties
            .iter()
            .filter(|line| more.contains(&line.name.as_str())),
    );
    let mut set = reader.set(&lines)?;
    reader.no_bomb(&set, &lines)?;
    let length = reader.length(raw, start, &set)?;
    let instead_of = match single(raw, "RECURRENCE-ID")? {
        None => None,
        Some(line) => Some(reader.instead_of(line, &set)?),
    };
    if instead_of.is_some() && (!set.rules.is_empty() || !set.dates.is_empty()) {
        let what = format!("{called} stands for one occurrence and repeats itself");
        return Err(IcsError::new(raw.line, what, "remove its RRULE and RDATE"));
    }
    // The start of an event is its first occurrence, also when its rule does not give it.
    if !set.rules.is_empty() {
        set.dates.push(match set.whole_days {
            true => Moment::Day(set.start.date()),
            false => Moment::Civil(set.start),
        });
    }
    Ok(Times {
        set,
        length,
        instead_of,
    })
}

impl Reader<'_> {
    fn refuse<T>(
        &self,
        line: &Line,
        what: impl std::fmt::Display,
        help: impl Into<String>,
    ) -> Result<T, IcsError> {
        let what = format!("{}: {what}", self.called);
        Err(IcsError::new(line.number, what, help))
    }

    /// The lines in the form that rules are read in, with zones by their IANA names.
    fn set(&self, lines: &[&Line]) -> Result<RuleSet, IcsError> {
        let mut text = String::new();
        for line in lines {
            let value = line.value.trim();
            if value.len() > VALUE {
                return self.refuse(
                    line,
                    format!("a {} of {} bytes", line.name, value.len()),
                    format!("at most {VALUE} are read; say it with a rule"),
                );
            }
            let plain = value
                .bytes()
                .all(|b| b.is_ascii_graphic() && b != b'\\' && b != b'"');
            if value.is_empty() || !plain {
                return self.refuse(
                    line,
                    format!("`{}` is no {}", short(value), line.name),
                    "write for example 20261201, 20261201T100000Z or FREQ=WEEKLY",
                );
            }
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&line.name);
            for (key, given) in &line.parameters {
                match key.as_str() {
                    "TZID" if !value.ends_with(['Z', 'z']) => {
                        let zone = self.zones.find(given, line.number, self.called)?;
                        text.push_str(";TZID=");
                        text.push_str(zone.name());
                    }
                    "VALUE"
                        if given
                            .bytes()
                            .all(|b| b.is_ascii_alphanumeric() || b == b'-') =>
                    {
                        text.push_str(";VALUE=");
                        text.push_str(given);
                    }
                    _ => {}
                }
            }
            text.push(':');
            text.push_str(value);
        }
        RuleSet::read(&text).map_err(|e| {
            let at = e.line.saturating_sub(1).min(lines.len() - 1);
            IcsError::new(
                lines[at].number,
                format!("{}: {}", self.called, e.what),
                e.help,
            )
        })
    }

    /// What would happen more often than anybody plans is refused before it is expanded.
    fn no_bomb(&self, set: &RuleSet, lines: &[&Line]) -> Result<(), IcsError> {
        let Some(rule) = set
            .rules
            .iter()
            .chain(&set.except_rules)
            .find(|rule| rule.freq < Freq::Daily)
        else {
            return Ok(());
        };
        let line = lines.iter().find(|line| line.name.ends_with("RULE"));
        self.refuse(
            line.unwrap_or(&lines[0]),
            format!("it repeats {}", rule.freq.to_string().to_lowercase()),
            "what repeats more often than daily is no event of a calendar: remove it, or say from when to when it lasts",
        )
    }

    fn length(&self, raw: &Raw, start: &Line, set: &RuleSet) -> Result<Length, IcsError> {
        let (end, duration) = (single(raw, "DTEND")?, single(raw, "DURATION")?);
        let length = match (end, duration) {
            (Some(_), Some(line)) => {
                return self.refuse(
                    line,
                    "it has an end and a duration",
                    "keep DTEND or DURATION",
                );
            }
            (Some(line), None) => self.until(line, start, set)?,
            (None, Some(line)) => {
                let Some(length) = duration_of(line.value.trim()) else {
                    return self.refuse(
                        line,
                        format!("`{}` is no duration", short(&line.value)),
                        "write for example PT2H, P1D or P1W",
                    );
                };
                if set.whole_days && length.time != Millis::ZERO {
                    return self.refuse(
                        line,
                        "a whole day that lasts hours",
                        "write whole days, such as P1D, or a start with a time",
                    );
                }
                length
            }
            (None, None) if set.whole_days => Length {
                days: 1,
                time: Millis::ZERO,
            },
            (None, None) => Length::default(),
        };
        let days = u64::from(length.days) + length.time.0 / 86_400_000;
        if days > u64::from(LONGEST) {
            let line = end.or(duration).unwrap_or(start);
            return self.refuse(
                line,
                format!("it lasts {days} days"),
                format!("at most {LONGEST} are read"),
            );
        }
        Ok(length)
    }

    fn until(&self, line: &Line, start: &Line, set: &RuleSet) -> Result<Length, IcsError> {
        // Read as a start, so that both ends mean the same by a zone and a date.
        let as_start = Line {
            name: "DTSTART".to_owned(),
            ..line.clone()
        };
        let end = self.set(&[&as_start])?;
        if end.whole_days != set.whole_days {
            return self.refuse(
                line,
                "one end is a date and the other a time",
                "write both as dates or both as times",
            );
        }
        let backwards = || {
            self.refuse(
                line,
                format!(
                    "its end `{}` is before its start `{}`",
                    short(&line.value),
                    short(&start.value)
                ),
                "DTEND is the first instant after the event",
            )
        };
        if set.whole_days {
            let span = set.start.date().until(end.start.date());
            let days = span.ok().map_or(-1, |span| span.get_days());
            // Programs that write the same date twice mean that day.
            return match u32::try_from(days) {
                Ok(days) => Ok(Length {
                    days: days.max(1),
                    time: Millis::ZERO,
                }),
                Err(_) => backwards(),
            };
        }
        let (Some(from), Some(to)) = (self.instant(set), self.instant(&end)) else {
            return self.refuse(line, "there is no such instant", "see a calendar");
        };
        if to < from {
            return backwards();
        }
        Ok(Length {
            days: 0,
            time: Millis::between(from, to),
        })
    }

    fn instant(&self, set: &RuleSet) -> Option<Timestamp> {
        set.zone_or(self.floating).instant(set.start)
    }

    /// The occurrence that an event stands for; an instant, unless both are whole days.
    fn instead_of(&self, line: &Line, set: &RuleSet) -> Result<Moment, IcsError> {
        if line.parameter("RANGE").is_some() {
            return self.refuse(
                line,
                "it changes this and all later occurrences (RANGE)",
                "end the event with UNTIL and write a new one with another UID",
            );
        }
        let as_start = Line {
            name: "DTSTART".to_owned(),
            ..line.clone()
        };
        let found = self.set(&[&as_start])?;
        if found.whole_days {
            return Ok(Moment::Day(found.start.date()));
        }
        // Without a zone it is in that of the event.
        let zone = found.zone_or(&set.zone_or(self.floating));
        match zone.instant(found.start) {
            Some(at) => Ok(Moment::Instant(at)),
            None => self.refuse(line, "there is no such instant", "see a calendar"),
        }
    }
}

/// `P1W`, `P1DT2H`, `PT30M`. None for anything else, negative ones included.
fn duration_of(text: &str) -> Option<Length> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let rest = text.strip_prefix('P')?;
    let (days, times) = match rest.split_once('T') {
        Some((days, times)) if !times.is_empty() => (days, times),
        Some(_) => return None,
        None => (rest, ""),
    };
    if days.is_empty() && times.is_empty() {
        return None;
    }
    let mut length = Length::default();
    for (number, unit) in parts(days)? {
        let days = match unit {
            'W' => number.checked_mul(7)?,
            'D' => number,
            _ => return None,
        };
        length.days = length.days.checked_add(days)?;
    }
    for (number, unit) in parts(times)? {
        let unit = match unit {
            'H' => 3_600_000,
            'M' => 60_000,
            'S' => 1_000,
            _ => return None,
        };
        length.time.0 = length.time.0.checked_add(u64::from(number) * unit)?;
    }
    Some(length)
}

/// `2H30M` as numbers with their units.
fn parts(mut text: &str) -> Option<Vec<(u32, char)>> {
    let mut all = Vec::new();
    while !text.is_empty() {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let number = text[..digits].parse().ok()?;
        let unit = text[digits..].chars().next()?;
        all.push((number, unit));
        text = &text[digits + unit.len_utf8()..];
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_days_and_time_apart() {
        let read = |text| duration_of(text).map(|l| (l.days, l.time.0 / 60_000));
        assert_eq!(read("P1W"), Some((7, 0)));
        assert_eq!(read("P1DT2H30M"), Some((1, 150)));
        assert_eq!(read("PT90M"), Some((0, 90)));
        assert_eq!(read("+PT1H"), Some((0, 60)));
        for wrong in [
            "",
            "P",
            "PT",
            "-PT1H",
            "P1H",
            "PT1D",
            "P1Ü",
            "P99999999999D",
            "1D",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
