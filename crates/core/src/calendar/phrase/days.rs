//! The days of a phrase: of a week, of a month.

use super::Days;
use super::read::EXAMPLES;
use super::suggest::suggest;
use super::text::{ORDINALS, WEEKDAYS, index};
use super::words::{Read, Reader};
use jiff::civil::Weekday;

impl Reader<'_> {
    /// Whether days follow.
    pub fn begins_days(&self) -> bool {
        let word = self.peek().unwrap_or_default();
        weekdays(word).is_some() || nth(word).is_some()
    }

    /// A list of days, all of one kind.
    pub fn days(&mut self) -> Read<Days> {
        let (mut week, mut nths, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            let Some(word) = self.peek() else {
                return self.missing("a day", EXAMPLES);
            };
            if let Some(found) = weekdays(word) {
                self.skip();
                week.extend(found);
            } else if word.eq_ignore_ascii_case("daily") && week.is_empty() && nths.is_empty() {
                self.skip();
                return Ok(Days::Each);
            } else if let Some(place) = nth(word) {
                self.skip();
                match self.peek().and_then(weekdays).as_deref() {
                    Some([day]) => nths.push((place, *day)),
                    _ if self.peek().is_some_and(|w| w.eq_ignore_ascii_case("day")) => {
                        numbers.push(place)
                    }
                    _ => {
                        return self.missing(
                            "a weekday or `day`",
                            format!("write for example `{word} Fri of month`"),
                        );
                    }
                }
                self.skip();
            } else if self.takes(&["day"]) {
                numbers.push(i8::try_from(self.number(31)?).unwrap_or(31));
            } else {
                return self.missing("a day", self.day_help(word));
            }
            if !self.takes(&[","]) {
                break;
            }
        }
        week.sort_by_key(|day| index(*day));
        week.dedup();
        // From the start of the month to its end.
        let order = |place: i8| {
            if place < 0 {
                i16::from(place) + 100
            } else {
                i16::from(place)
            }
        };
        nths.sort_by_key(|(place, day)| (order(*place), index(*day)));
        nths.dedup();
        numbers.sort_by_key(|number| order(*number));
        numbers.dedup();
        match (week.is_empty(), nths.is_empty(), numbers.is_empty()) {
            (false, true, true) => Ok(Days::OfWeek(week)),
            (true, false, true) => Ok(Days::NthOfMonth(nths)),
            (true, true, false) => Ok(Days::OfMonth(numbers)),
            _ => {
                self.next -= 1;
                self.wrong("days of different kinds in one list", "write two rules")
            }
        }
    }

    fn day_help(&self, word: &str) -> String {
        let mut known = vec![
            "every",
            "day",
            "weekdays",
            "weekends",
            "daily",
            "fiscal-quarter-end",
        ];
        known.extend(WEEKDAYS.iter().flat_map(|(short, long, _)| [*short, *long]));
        known.extend(ORDINALS.iter().map(|(word, ..)| *word));
        // Of `Mon-Thru` the half that is no day.
        let mut halves = word.split('-');
        let half = halves.find(|half| weekdays(half).is_none()).unwrap_or(word);
        let whole = suggest(word, &known);
        let found = if whole.starts_with("did") {
            whole
        } else {
            suggest(half, &known)
        };
        if found.starts_with("did") {
            found
        } else {
            EXAMPLES.to_owned()
        }
    }
}

/// `Mon`, `Monday`, `Mon-Thu` (also over the end of a week), `weekdays`, `weekends`.
pub(super) fn weekdays(text: &str) -> Option<Vec<Weekday>> {
    let all = WEEKDAYS.map(|(.., day)| day);
    match text.to_ascii_lowercase().as_str() {
        "weekday" | "weekdays" => return Some(all[..5].to_vec()),
        "weekend" | "weekends" => return Some(all[5..].to_vec()),
        _ => {}
    }
    let one = |name: &str| {
        let is = |(short, long, _): &&(&str, &str, Weekday)| {
            name.eq_ignore_ascii_case(short) || name.eq_ignore_ascii_case(long)
        };
        WEEKDAYS.iter().find(is).map(|(.., day)| *day)
    };
    match text.split_once('-') {
        None => one(text).map(|day| vec![day]),
        Some((first, last)) => {
            let (first, last) = (index(one(first)?), index(one(last)?));
            let length = (last + 7 - first) % 7 + 1;
            Some((first..first + length).map(|day| all[day % 7]).collect())
        }
    }
}

pub(super) fn nth(text: &str) -> Option<i8> {
    let is = |(word, number, _): &&(&str, &str, i8)| {
        text.eq_ignore_ascii_case(word) || text.eq_ignore_ascii_case(number)
    };
    ORDINALS.iter().find(is).map(|(.., place)| *place)
}
