//! iCalendar files (RFC 5545) that others wrote: holidays, maintenance of vendors, campaigns.
//!
//! Strict and bounded: what cannot be read is told with its line before anything of it is used, and no file takes long. A calendar
//! of others may lose the events that cannot be read and nothing else; a list of holidays is taken whole or not at all. What an
//! event is for is not known here; recurrence is that of `tidegate_core::calendar`, so that an imported rule means what our own means.

mod component;
mod items;
mod line;
mod partly;
mod property;
mod times;
mod windows;
mod zone;

pub use items::{Item, Reach};
pub use partly::Broken;

use std::collections::BTreeMap;
use tidegate_core::calendar::Zone;
use tidegate_core::calendar::rule::{Moment, RuleSet};
use tidegate_core::time::Millis;

/// Largest file, in bytes.
pub const LARGEST: usize = 10 * 1024 * 1024;
/// Most events of a file.
pub const EVENTS: usize = 10_000;

/// Why a file is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IcsError {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong, with the event it is in.
    pub what: String,
    /// The way out.
    pub help: String,
}

impl IcsError {
    fn new(line: usize, what: impl Into<String>, help: impl Into<String>) -> Self {
        let (what, help) = (what.into(), help.into());
        Self { line, what, help }
    }
}

impl std::fmt::Display for IcsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for IcsError {}

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ics {
    /// `X-WR-CALNAME` or `NAME`.
    pub name: Option<String>,
    /// Events in the order of the file. No two have the same UID and recurrence.
    pub events: Vec<Event>,
    /// Components that are no events, by kind, with their number: they are not read.
    pub skipped: BTreeMap<String, usize>,
    /// Events that could not be read, when that is let pass: nothing of their UIDs is among the events.
    pub broken: Vec<Broken>,
}

/// One `VEVENT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Line of its `BEGIN`.
    pub line: usize,
    /// `UID`; absent when the file gives none.
    pub uid: Option<String>,
    /// `RECURRENCE-ID`: the occurrence of the event with the same UID that this one stands for.
    pub instead_of: Option<Moment>,
    /// `SEQUENCE`, rising with each change by the author.
    pub sequence: u32,
    /// `STATUS:CANCELLED`, or the whole file is a cancellation.
    pub cancelled: bool,
    /// `SUMMARY`.
    pub title: String,
    /// `DESCRIPTION`.
    pub details: String,
    /// When it begins: `DTSTART` with rules and dates.
    pub times: RuleSet,
    /// How long each occurrence lasts.
    pub length: Length,
}

/// How long an event lasts: days that clocks show, then time that goes by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Length {
    /// Calendar days.
    pub days: u32,
    /// Exact time.
    pub time: Millis,
}

impl Length {
    /// Whether nothing is left.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.days == 0 && self.time == Millis::ZERO
    }
}

impl Ics {
    /// Read a file. Times without a zone are in `floating`.
    ///
    /// # Errors
    /// The first problem, with its line.
    pub fn read(text: &str, floating: &Zone) -> Result<Self, IcsError> {
        component::calendar(text, floating, false)
    }

    /// [`Ics::read`] of bytes, which need not be text.
    ///
    /// # Errors
    /// The first problem, with its line.
    pub fn read_bytes(bytes: &[u8], floating: &Zone) -> Result<Self, IcsError> {
        Self::read(Self::text(bytes)?, floating)
    }

    /// The text of a file.
    ///
    /// # Errors
    /// It is too large, or no text from some line on.
    pub fn text(bytes: &[u8]) -> Result<&str, IcsError> {
        line::small_enough(bytes.len())?;
        std::str::from_utf8(bytes).map_err(|e| {
            let before = &bytes[..e.valid_up_to()];
            let line = before.iter().filter(|b| **b == b'\n').count() + 1;
            let help = "save the calendar as UTF-8";
            IcsError::new(line, "this is not UTF-8 text", help)
        })
    }
}

impl Event {
    /// How messages call it.
    #[must_use]
    pub fn called(&self) -> String {
        let title = self.title.trim();
        if title.is_empty() {
            format!("the event in line {}", self.line)
        } else {
            format!("the event `{}`", line::short(title))
        }
    }
}
