//! Words of a phrase with their columns, and the values that are one word: numbers, dates, times.

use super::Minute;
use jiff::civil::Date;
use thiserror::Error;

/// What is wrong with a phrase.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("column {column}: {what}")]
pub struct PhraseError {
    /// Column, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// The way out.
    pub help: String,
}

pub(super) type Read<T> = Result<T, PhraseError>;

/// One word and its column.
pub(super) struct Word<'a> {
    pub text: &'a str,
    pub column: usize,
}

/// Words with a place.
pub(super) struct Reader<'a> {
    pub words: Vec<Word<'a>>,
    pub next: usize,
    pub end: usize,
}

/// Cut a phrase into words and commas.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let (mut start, mut start_column) = (None, 0);
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    for (column, (at, letter)) in (1..).zip(ends) {
        if letter.is_whitespace() || letter == ',' {
            if let Some(from) = start.take() {
                words.push(Word {
                    text: &text[from..at],
                    column: start_column,
                });
            }
            if letter == ',' {
                words.push(Word {
                    text: &text[at..=at],
                    column,
                });
            }
        } else if start.is_none() {
            (start, start_column) = (Some(at), column);
        }
    }
    words
}

impl<'a> Reader<'a> {
    pub fn peek(&self) -> Option<&'a str> {
        self.words.get(self.next).map(|word| word.text)
    }
    pub fn after(&self) -> Option<&'a str> {
        self.words.get(self.next + 1).map(|word| word.text)
    }
    pub fn skip(&mut self) {
        self.next += 1;
    }
    pub fn takes(&mut self, wanted: &[&str]) -> bool {
        let found = self
            .peek()
            .is_some_and(|word| wanted.iter().any(|w| word.eq_ignore_ascii_case(w)));
        self.next += usize::from(found);
        found
    }
    pub fn wrong<T>(&self, what: impl Into<String>, help: impl Into<String>) -> Read<T> {
        let column = self
            .words
            .get(self.next)
            .map_or(self.end, |word| word.column);
        Err(PhraseError {
            column,
            what: what.into(),
            help: help.into(),
        })
    }
    /// As [`Self::wrong`], at an earlier word.
    pub fn wrong_at<T>(&mut self, place: usize, what: &str, help: &str) -> Read<T> {
        self.next = place;
        self.wrong(what, help)
    }
    pub fn missing<T>(&self, wanted: &str, help: impl Into<String>) -> Read<T> {
        match self.peek() {
            Some(word) => self.wrong(format!("`{word}` is not {wanted}"), help),
            None => self.wrong(format!("{wanted} is missing"), help),
        }
    }

    pub fn date(&mut self) -> Read<Date> {
        let Some(word) = self.peek() else {
            return self.missing("a date", "write for example 2026-12-01");
        };
        let parts: Vec<&str> = word.split('-').collect();
        let shape = parts.iter().map(|part| part.len()).eq([4, 2, 2])
            && word.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        if !shape {
            return self.missing("a date", "write for example 2026-12-01");
        }
        match word.parse::<Date>() {
            Ok(day) => {
                self.skip();
                Ok(day)
            }
            Err(_) => self.wrong(
                format!("the date {word} does not exist"),
                "see a calendar: write a date that exists",
            ),
        }
    }

    pub fn minute(&mut self, midnight: bool) -> Read<Minute> {
        let found = self.peek().and_then(minutes);
        match found.filter(|minute| midnight || minute.0 < 1_440) {
            Some(minute) => {
                self.skip();
                Ok(minute)
            }
            None => self.missing(
                "a time",
                "write HH:MM from 00:00 to 23:59, for example 10:00 or 14:30",
            ),
        }
    }

    pub fn number(&mut self, most: u32) -> Read<u32> {
        let found = self.peek().and_then(|word| word.parse::<u32>().ok());
        match found.filter(|n| (1..=most).contains(n)) {
            Some(n) => {
                self.skip();
                Ok(n)
            }
            None => self.missing(
                &format!("a whole number from 1 to {most}"),
                "write for example 2",
            ),
        }
    }
}

/// `HH:MM`, up to 24:00.
pub(super) fn minutes(text: &str) -> Option<Minute> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str, lengths: [usize; 2]| {
        lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    if !digits(hour, [1, 2]) || !digits(minute, [2, 2]) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && hour * 60 + minute <= 1_440).then_some(Minute(hour * 60 + minute))
}
