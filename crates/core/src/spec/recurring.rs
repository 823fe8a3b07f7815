//! The time that a list of phrases takes up: the one way in which layers of the calendar read theirs.
//!
//! A phrase that cannot be read is an error, never an empty calendar.

pub use super::times::Unreadable;

use super::times::{happenings, schedule};
use crate::calendar::{Intervals, Setting, Span, Zone};
use crate::time::{Millis, Timestamp};

/// The spans of some phrases together, as far as one begins in `time` or lasts into it. Phrases of points last `lasting`.
///
/// # Errors
/// A phrase that cannot be read, or that says no end where `lasting` gives none.
pub fn spans(
    texts: &[String],
    lasting: Option<Millis>,
    setting: &Setting,
    time: Span,
) -> Result<Intervals, Unreadable> {
    let mut all = Vec::new();
    for text in texts {
        let schedule = schedule(text, setting)?;
        let points = !schedule.has_spans();
        let length = match (points, lasting) {
            (true, None) => {
                return Err(Unreadable {
                    text: text.clone(),
                    because: "it says when, but not until when".to_owned(),
                });
            }
            (true, Some(length)) => length,
            (false, _) => Millis::ZERO,
        };
        let within = reaching_back(time, length);
        let found = happenings(text, &schedule, setting, within)?;
        all.extend(found.into_iter().filter_map(|happening| {
            let span = if points {
                Span::lasting(happening.start.at, length)
            } else {
                happening.span
            };
            span.filter(|span| span.overlap(time).is_some())
        }));
    }
    Ok(all.into_iter().collect())
}

/// `time`, begun earlier by `length`.
#[must_use]
pub fn reaching_back(time: Span, length: Millis) -> Span {
    let back = i64::try_from(length.0).map(jiff::SignedDuration::from_millis);
    let start = back
        .ok()
        .and_then(|back| time.start().checked_sub(back).ok());
    start
        .and_then(|start| Span::new(start, time.end()))
        .unwrap_or(time)
}

/// `2026-11-25 00:00` in a zone.
///
/// # Errors
/// It is no date, or there is no such instant.
pub fn instant(text: &str, zone: &Zone) -> Result<Timestamp, Unreadable> {
    super::times::instant(text, zone)
}
