//! A zone written down in full (`VTIMEZONE`), from the bundled database: some programs know no zones of their own.
//!
//! Where clocks change by a rule the rule is written, so that the description holds for ever; other changes are listed.

use super::text::Text;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::Offset;
use std::collections::BTreeMap;
use tidegate_core::calendar::Zone;
use tidegate_core::calendar::changes::Change;
use tidegate_core::time::Timestamp;

/// Years looked at: after 28 of them weekdays and dates have met in every way.
const YEARS: i64 = 30;
/// Least years in a row that make a rule.
const RULE: usize = 10;

/// Write a zone as it is from `from` on.
pub fn write(text: &mut Text, zone: &Zone, from: Timestamp) {
    let until = zone.civil(from).checked_add(YEARS.years());
    let until = until.ok().and_then(|civil| zone.instant(civil));
    let changes = zone.changes(from, until.unwrap_or(Timestamp::MAX));
    text.line("BEGIN", "VTIMEZONE");
    text.line("TZID", zone.name());
    let before = zone.state(from);
    observance(text, &before, &[local(&before)], None);
    for (first, series) in series(&changes) {
        let onsets: Vec<DateTime> = series.iter().map(|change| local(change)).collect();
        let (single, repeated) = onsets.split_at(onsets.len() - regular(&onsets, &changes));
        if !single.is_empty() {
            observance(text, first, single, None);
        }
        if let Some(start) = repeated.first() {
            observance(text, first, &[*start], rule(repeated));
        }
    }
    text.line("END", "VTIMEZONE");
}

/// Changes of the same kind together, in the order of the first of each kind.
fn series(changes: &[Change]) -> Vec<(&Change, Vec<&Change>)> {
    let mut places: BTreeMap<(i32, i32, &str, bool), usize> = BTreeMap::new();
    let mut all: Vec<(&Change, Vec<&Change>)> = Vec::new();
    for change in changes {
        let key = (
            change.before,
            change.after,
            change.name.as_str(),
            change.summer,
        );
        let at = *places.entry(key).or_insert_with(|| {
            all.push((change, Vec::new()));
            all.len() - 1
        });
        all[at].1.push(change);
    }
    all
}

/// What clocks show when they are changed: by the old offset, as the format wants it.
fn local(change: &Change) -> DateTime {
    let offset = Offset::from_seconds(change.before).unwrap_or(Offset::UTC);
    offset.to_datetime(change.at)
}

/// How many of the last onsets follow one rule that goes on. None when there is no rule, or it ended.
fn regular(onsets: &[DateTime], all: &[Change]) -> usize {
    let goes_on = |last: &DateTime| {
        let newest = all.last().map(local);
        newest.is_some_and(|newest| newest.year() - last.year() <= 1)
    };
    if !onsets.last().is_some_and(goes_on) {
        return 0;
    }
    let yearly = |pair: &[DateTime]| {
        pair[1].year() - pair[0].year() == 1
            && pair[0].month() == pair[1].month()
            && pair[0].time() == pair[1].time()
            && pair[0].date().weekday() == pair[1].date().weekday()
    };
    let run = onsets
        .windows(2)
        .rev()
        .take_while(|pair| yearly(pair))
        .count()
        + 1;
    let longest = (RULE..=run)
        .rev()
        .find(|n| rule(&onsets[onsets.len() - n..]).is_some());
    longest.unwrap_or(0)
}

/// The rule of onsets that lie a year apart, in one month and on one weekday.
fn rule(onsets: &[DateTime]) -> Option<String> {
    let first = onsets.first()?.date();
    let day = letters(first.weekday());
    let days: Vec<i8> = onsets.iter().map(|onset| onset.day()).collect();
    let (low, high) = (*days.iter().min()?, *days.iter().max()?);
    let nth = |day: i8| (day - 1) / 7 + 1;
    let from_end = |onset: &DateTime| onset.date().days_in_month() - onset.day() < 7;
    let which = if nth(low) == nth(high) && low <= 28 {
        format!("BYDAY={}{day}", nth(low))
    } else if onsets.iter().all(from_end) {
        format!("BYDAY=-1{day}")
    } else if high - low == 6 {
        let all: Vec<String> = (low..=high).map(|day| day.to_string()).collect();
        format!("BYMONTHDAY={};BYDAY={day}", all.join(","))
    } else {
        return None;
    };
    Some(format!("FREQ=YEARLY;BYMONTH={};{which}", first.month()))
}

fn letters(day: Weekday) -> &'static str {
    ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
        [usize::from(day.to_monday_zero_offset().unsigned_abs())]
}

fn observance(text: &mut Text, change: &Change, onsets: &[DateTime], rule: Option<String>) {
    let kind = if change.summer {
        "DAYLIGHT"
    } else {
        "STANDARD"
    };
    let Some((start, more)) = onsets.split_first() else {
        return;
    };
    text.line("BEGIN", kind);
    text.line("DTSTART", &stamp(*start));
    text.line("TZOFFSETFROM", &offset(change.before));
    text.line("TZOFFSETTO", &offset(change.after));
    text.text("TZNAME", &change.name);
    if let Some(rule) = rule {
        text.line("RRULE", &rule);
    }
    for onset in more {
        text.line("RDATE", &stamp(*onset));
    }
    text.line("END", kind);
}

/// A civil time of the format.
pub fn stamp(civil: DateTime) -> String {
    civil.strftime("%Y%m%dT%H%M%S").to_string()
}

/// A date of the format.
pub fn day(date: Date) -> String {
    date.strftime("%Y%m%d").to_string()
}

/// An instant of the format.
pub fn instant(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// `+0530`; seconds only where a zone has them.
fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let all = seconds.unsigned_abs();
    let (hours, minutes, seconds) = (all / 3_600, all / 60 % 60, all % 60);
    let tail = if seconds == 0 {
        String::new()
    } else {
        format!("{seconds:02}")
    };
    format!("{sign}{hours:02}{minutes:02}{tail}")
}
