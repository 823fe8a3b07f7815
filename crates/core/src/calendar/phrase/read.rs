//! The grammar of phrases: one function for each part.

use super::days::weekdays;
use super::suggest::suggest;
use super::words::{Read, Reader, minutes, words};
use super::{Clock, Days, Offset, OffsetUnit, Pattern, Phrase, PhraseError, Side};
use jiff::civil::Time;

/// Longest phrase that is read, in characters.
const LONGEST: usize = 300;
pub(super) const EXAMPLES: &str = "write for example `Mon-Thu 09:00-16:00`, `every 2 weeks on Tue at 10:00`, \
    `last Fri of month 20:00-24:00` or `3 working days before fiscal-quarter-end`";

pub(super) fn phrase(text: &str) -> Read<Phrase> {
    let length = text.chars().count();
    if length > LONGEST {
        let what = format!("a phrase of {length} characters");
        return Err(PhraseError {
            column: LONGEST,
            what,
            help: format!("a phrase has at most {LONGEST}"),
        });
    }
    let mut reader = Reader {
        words: words(text),
        next: 0,
        end: length + 1,
    };
    if reader.words.is_empty() {
        return reader.wrong("there is no phrase", EXAMPLES);
    }
    let phrase = reader.phrase(true)?;
    match reader.peek() {
        None => Ok(phrase),
        Some(word) => {
            let (what, help) = if word.contains(':') && !word.contains('-') {
                (
                    format!("`{word}` without `at`"),
                    format!("write `at {word}`"),
                )
            } else {
                let known = ["at", "on", "of", "from", "before", "after"];
                (
                    format!("`{word}` is not expected here"),
                    suggest(word, &known),
                )
            };
            reader.wrong(what, help)
        }
    }
}

/// `24h` or `3d`, as durations are written elsewhere.
fn short(word: &str) -> Option<(u16, OffsetUnit)> {
    let (digits, unit) = match word.strip_suffix(['h', 'H']) {
        Some(digits) => (digits, OffsetUnit::Hours),
        None => (word.strip_suffix(['d', 'D'])?, OffsetUnit::Days),
    };
    let digit = |b: u8| b.is_ascii_digit();
    let count: u16 = digits.parse().ok().filter(|_| digits.bytes().all(digit))?;
    (1..=1_000).contains(&count).then_some((count, unit))
}

impl Reader<'_> {
    fn phrase(&mut self, offsets: bool) -> Read<Phrase> {
        let Some(word) = self.peek() else {
            return self.missing("a phrase", EXAMPLES);
        };
        if self.takes(&["fiscal-quarter-end"]) {
            return Ok(Phrase::QuarterEnd);
        }
        if word.len() >= 8 && word.as_bytes()[0].is_ascii_digit() && word.matches('-').count() == 2
        {
            return self.instant();
        }
        if word.bytes().all(|b| b.is_ascii_digit()) || short(word).is_some() {
            return self.offset(offsets);
        }
        self.pattern().map(Phrase::Pattern)
    }

    fn instant(&mut self) -> Read<Phrase> {
        let day = self.date()?;
        let time = match self.peek() {
            Some(word) if word.contains(':') && !word.contains('-') => {
                let minute = self.minute(false)?;
                let (hour, minute) = (minute.0 / 60, minute.0 % 60);
                let part = |n: u16| i8::try_from(n).unwrap_or(0);
                Some(Time::constant(part(hour), part(minute), 0, 0))
            }
            _ => None,
        };
        Ok(Phrase::Instant(day, time))
    }

    fn offset(&mut self, allowed: bool) -> Read<Phrase> {
        if !allowed {
            return self.wrong("an offset from an offset", "count from the thing itself");
        }
        let (count, unit) = match self.peek().and_then(short) {
            Some(short) => {
                self.skip();
                short
            }
            None => self.count()?,
        };
        let side = if self.takes(&["before"]) {
            Side::Before
        } else if self.takes(&["after"]) {
            Side::After
        } else {
            return self.missing(
                "`before` or `after`",
                "write for example `3 working days before fiscal-quarter-end`",
            );
        };
        let anchor = match self.peek() {
            None => None,
            Some(_) => Some(Box::new(self.phrase(false)?)),
        };
        Ok(Phrase::Offset(Offset { count, unit, side }, anchor))
    }

    /// `3 working days`, `24 hours`.
    fn count(&mut self) -> Read<(u16, OffsetUnit)> {
        let count = self.number(1_000)?;
        let working = self.takes(&["working"]);
        let unit = match self.peek() {
            _ if self.takes(&["day", "days"]) && working => OffsetUnit::WorkingDays,
            _ if self.words[self.next - 1]
                .text
                .to_ascii_lowercase()
                .starts_with("day") =>
            {
                OffsetUnit::Days
            }
            _ if !working && self.takes(&["hour", "hours"]) => OffsetUnit::Hours,
            word => {
                let known = ["days", "hours", "working days"];
                let known = if working { &known[..1] } else { &known };
                let help = suggest(word.unwrap_or_default(), known);
                return self.missing("a unit of an offset", help);
            }
        };
        Ok((u16::try_from(count).unwrap_or(1_000), unit))
    }

    fn pattern(&mut self) -> Read<Pattern> {
        let every = self.takes(&["every"]);
        let (mut count, mut days) = (1, None);
        if every {
            if self
                .peek()
                .is_some_and(|w| w.bytes().all(|b| b.is_ascii_digit()))
            {
                count = self.number(1_000)?;
            }
            days = self.unit(count > 1)?;
        }
        let unit_said = days.is_some();
        let days = match days {
            Some(days) => days,
            None => self.days()?,
        };
        let monthly = matches!(days, Days::NthOfMonth(_) | Days::OfMonth(_));
        if monthly && !unit_said && !self.peek().is_some_and(|w| w.eq_ignore_ascii_case("of")) {
            // `every second Tue` is every 2 weeks for one reader and once a month for another.
            let help = if every {
                "write `second Tue of month`, or `every 2 weeks on Tue`"
            } else {
                "write for example `last Fri of month`"
            };
            return self.missing("`of month`", help);
        }
        if self.takes(&["of"]) {
            if !monthly {
                self.next -= 1;
                return self.wrong(
                    "weekdays `of` something",
                    "say which of them: `first Tue of month`, `last Tue of month`",
                );
            }
            if !self.takes(&["month", "months"]) {
                return self.missing(
                    "`month`",
                    "days are counted in a month: `last Fri of month`",
                );
            }
        }
        let clock = self.clock(&days)?;
        let from = if self.takes(&["from"]) {
            Some(self.date()?)
        } else {
            None
        };
        Ok(Pattern {
            every: count,
            days,
            clock,
            from,
        })
    }

    /// `day`, `week on <days>`, `month on <days>`; none when days follow at once, as in `every Tue`.
    fn unit(&mut self, counted: bool) -> Read<Option<Days>> {
        let help = "write for example `every 2 weeks on Tue at 10:00`";
        if self.takes(&["day", "days"]) {
            if self.takes(&["on"]) {
                self.next -= 1;
                return self.wrong(
                    "`every day` on certain days",
                    "write `every week on Mon, Wed`",
                );
            }
            return Ok(Some(Days::Each));
        }
        if self.below_a_day() {
            let word = self.peek().unwrap_or_default();
            let what = format!("`every {word}`: phrases repeat daily or less often");
            return self.wrong(
                what,
                "write an RFC 5545 rule in UTC: DTSTART:20261201T000000Z RRULE:FREQ=HOURLY",
            );
        }
        if self.takes(&["week", "weeks"]) {
            if !self.takes(&["on"]) {
                return self.missing("`on` with the days", help);
            }
            let place = self.next;
            return match self.days()? {
                days @ Days::OfWeek(_) => Ok(Some(days)),
                _ => self.wrong_at(
                    place,
                    "days of a month in a week",
                    "write `every month on last Fri`",
                ),
            };
        }
        if self.takes(&["month", "months"]) {
            if !self.takes(&["on"]) {
                return self.missing(
                    "`on` with the days",
                    "write for example `every month on last Fri at 10:00`",
                );
            }
            let place = self.next;
            return match self.days()? {
                days @ (Days::NthOfMonth(_) | Days::OfMonth(_)) => Ok(Some(days)),
                _ => self.wrong_at(
                    place,
                    "a weekday of a month without its place",
                    "write `first Tue`, `last Tue`, or `every week on Tue`",
                ),
            };
        }
        let word = self.peek().unwrap_or_default();
        if counted || !self.begins_days() {
            return self.missing(
                "`days`, `weeks` or `months`",
                suggest(word, &["day", "week", "month", "days", "weeks", "months"]),
            );
        }
        Ok(None)
    }

    fn below_a_day(&self) -> bool {
        let word = self.peek().unwrap_or_default().to_ascii_lowercase();
        match word.as_str() {
            "seconds" | "minute" | "minutes" | "hour" | "hours" => true,
            // `every second Tue` is another matter.
            "second" => self
                .after()
                .is_none_or(|word| weekdays(word).is_none() && word != "day"),
            _ => false,
        }
    }

    fn clock(&mut self, days: &Days) -> Read<Clock> {
        if self.takes(&["at"]) {
            return Ok(Clock::At(self.minute(false)?));
        }
        if self.begins_across() {
            return self.across(days);
        }
        let Some(word) = self
            .peek()
            .filter(|word| word.contains(':') && word.contains('-'))
        else {
            return Ok(Clock::AllDay);
        };
        let example = "write for example 09:00-16:00";
        let (start, end) = word.split_once('-').unwrap_or((word, ""));
        let (Some(start), Some(end)) = (minutes(start), minutes(end)) else {
            return self.wrong(format!("`{word}` is not a range of times"), example);
        };
        if start == end {
            return self.wrong(
                format!("`{word}` is empty"),
                "a whole day is 00:00-24:00, or no range at all",
            );
        }
        if start.0 == 1_440 {
            return self.wrong("a start at 24:00", "that is 00:00 of the next day");
        }
        self.skip();
        Ok(Clock::Range(start, end))
    }
}
