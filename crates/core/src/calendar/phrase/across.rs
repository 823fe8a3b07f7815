//! Windows over days: `Fri 18:00 - Mon 06:00`.

use super::days::weekdays;
use super::text::index;
use super::words::{Read, Reader, minutes};
use super::{Clock, Days, Minute};

const EXAMPLE: &str = "write for example `Fri 18:00 - Mon 06:00`";

impl Reader<'_> {
    /// Whether a time and then a dash follow: `18:00 - Mon`, `18:00-Mon`, `18:00 - 20:00`.
    pub(super) fn begins_across(&self) -> bool {
        let Some(word) = self.peek() else {
            return false;
        };
        match word.split_once('-') {
            None => minutes(word).is_some() && self.after().is_some_and(|w| w.starts_with('-')),
            Some((start, day)) => minutes(start).is_some() && !day.contains(':'),
        }
    }

    /// From a time on one day to a time on another. What is over within a day is the range that it is.
    pub(super) fn across(&mut self, days: &Days) -> Read<Clock> {
        let place = self.next;
        let word = self.peek().unwrap_or_default();
        let (start, rest) = word.split_once('-').unwrap_or((word, ""));
        let Some(start) = minutes(start).filter(|start| start.0 < 1_440) else {
            return self.wrong("a start at 24:00", "that is 00:00 of the next day");
        };
        let mut rest = rest;
        if !word.contains('-') {
            self.skip();
            rest = self
                .peek()
                .and_then(|word| word.strip_prefix('-'))
                .unwrap_or_default();
        }
        if rest.is_empty() {
            self.skip();
            rest = self.peek().unwrap_or_default();
        }
        if let Some(end) = minutes(rest) {
            return self.same_day(start, end);
        }
        let named = weekdays(rest).filter(|named| named.len() == 1);
        let Some(day) = named.and_then(|named| named.first().copied()) else {
            return self.missing("the weekday on which it ends", EXAMPLE);
        };
        self.skip();
        let end = self.minute(true)?;
        let Some(first) = days.weekday() else {
            let what = "an end on another day, and the days before it are not one weekday";
            return self.wrong_at(
                place,
                what,
                "write one window for each day on which it begins",
            );
        };
        let ahead = (index(day) + 7 - index(first)) % 7 * 1_440 + usize::from(end.0);
        match ahead.checked_sub(usize::from(start.0)) {
            Some(0) => {
                let help = "a whole week is `daily`; write another end for less";
                self.wrong_at(place, "it ends when it begins", help)
            }
            Some(length) if length < 1_440 => Ok(Clock::Range(start, end)),
            Some(1_440) if start.0 == 0 => Ok(Clock::AllDay),
            // The end of a day is written as the start of the next one.
            _ if end.0 == 1_440 => Ok(Clock::Across(start, day.next(), Minute(0))),
            _ => Ok(Clock::Across(start, day, end)),
        }
    }

    /// `09:00 - 16:00`, with spaces.
    fn same_day(&mut self, start: Minute, end: Minute) -> Read<Clock> {
        if start == end {
            return self.wrong(
                "it ends when it begins",
                "a whole day is 00:00-24:00, or no range at all",
            );
        }
        self.skip();
        Ok(Clock::Range(start, end))
    }
}
