//! Which days are shown.

use jiff::civil::{Date, Time, Weekday};
use tidegate_client::wire::{Calendar, CalendarEffect, Timestamp};
use tidegate_core::calendar::{Span, Zone};

/// A day, or days on which nothing happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// A day.
    Day {
        /// Its date.
        date: Date,
        /// Its time.
        span: Span,
    },
    /// Days that are left out.
    Gap {
        /// Their time.
        span: Span,
    },
}

impl Column {
    /// The time it stands for.
    pub const fn span(&self) -> Span {
        match self {
            Self::Day { span, .. } | Self::Gap { span } => *span,
        }
    }
}

/// The first instant of a day.
pub fn midnight(zone: &Zone, date: Date) -> Option<Timestamp> {
    zone.instant(date.to_datetime(Time::midnight()))
}

/// The columns of a calendar in a zone: at least one day.
pub fn columns(calendar: &Calendar, zone: &Zone) -> Vec<Column> {
    let some = days(calendar, zone, true);
    if some
        .iter()
        .any(|column| matches!(column, Column::Day { .. }))
    {
        return some;
    }
    days(calendar, zone, false)
}

fn days(calendar: &Calendar, zone: &Zone, gaps: bool) -> Vec<Column> {
    let mut all: Vec<Column> = Vec::new();
    let mut date = zone.civil(calendar.from).date();
    while let Some(start) = midnight(zone, date).filter(|start| *start < calendar.until) {
        let Some(next) = date.tomorrow().ok() else {
            break;
        };
        let Some(span) = midnight(zone, next).and_then(|end| Span::new(start, end)) else {
            break;
        };
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        if gaps && weekend && !happens(calendar, span) {
            match all.last_mut() {
                Some(Column::Gap { span: gap }) => {
                    *gap = Span::new(gap.start(), span.end()).unwrap_or(*gap);
                }
                _ => all.push(Column::Gap { span }),
            }
        } else {
            all.push(Column::Day { date, span });
        }
        date = next;
    }
    all
}

/// Whether something begins, ends or opens on a day.
fn happens(calendar: &Calendar, day: Span) -> bool {
    calendar.items.iter().any(|item| {
        let end = item.until.unwrap_or(Timestamp::MAX);
        let opens = item.effect == CalendarEffect::Opens;
        let inside = |at: Timestamp| day.start() < at && at < day.end();
        let lasts = item.from < day.end() && day.start() < end;
        (opens && lasts) || day.contains(item.from) || inside(end)
    })
}
