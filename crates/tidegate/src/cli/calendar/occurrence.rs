//! One occurrence as it is shown: the instant, the zone, and what the clocks there do with it.

use crate::output::Table;
use crate::output::table::Column;
use crate::output::when::Zone as Shown;
use serde::Serialize;
use tidegate_core::calendar::civil::Fits;
use tidegate_core::calendar::{Occurrence, Span, Zone};
use tidegate_core::time::{Millis, Timestamp};

/// One occurrence, as data.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The instant.
    pub at: Timestamp,
    /// The zone whose clocks count.
    pub zone: String,
    /// What they show then, with their offset.
    pub local: String,
    /// Weekday there.
    pub day: String,
    /// What is to be known about that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The span, when there is one.
    #[serde(flatten)]
    pub span: Option<Stretch>,
}

/// A span, as data.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stretch {
    /// First instant.
    pub start: Timestamp,
    /// First instant after it.
    pub end: Timestamp,
    /// Until when an operation of the length asked for may start. Absent: it does not fit, or none was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_start: Option<Timestamp>,
}

impl Row {
    /// A point in time, or the start of a window.
    pub fn new(start: Occurrence, zone: &Zone) -> Self {
        Self {
            at: start.at,
            zone: zone.name().to_owned(),
            local: zone.text(start.at),
            day: zone.civil(start.at).strftime("%a").to_string(),
            note: clock_note(start, zone),
            span: None,
        }
    }

    /// The time that an operation of `length` takes from here.
    pub fn lasting(mut self, length: Millis) -> Self {
        self.span = Span::lasting(self.at, length).map(|span| Stretch {
            start: span.start(),
            end: span.end(),
            last_start: None,
        });
        self
    }

    /// A window, and until when an operation of `length` may start in it.
    pub fn window(mut self, span: Span, length: Option<Millis>) -> Self {
        let back = |length: Millis| {
            let back = jiff::SignedDuration::from_millis(i64::try_from(length.0).ok()?);
            span.end().checked_sub(back).ok()
        };
        let last_start = length
            .filter(|length| span.length() >= *length)
            .and_then(back);
        if let (Some(length), None) = (length, last_start) {
            self.remark(&format!("too short for {length}"));
        }
        self.span = Some(Stretch {
            start: span.start(),
            end: span.end(),
            last_start,
        });
        self
    }

    fn remark(&mut self, text: &str) {
        let before = self.note.take().map(|note| note + "; ").unwrap_or_default();
        self.note = Some(before + text);
    }
}

/// What clocks that change do with a time.
fn clock_note(start: Occurrence, zone: &Zone) -> Option<String> {
    let civil = start.civil.strftime("%H:%M");
    match zone.fits(start.civil) {
        Fits::Once => None,
        Fits::Skipped => Some(format!("clocks skip {civil}: moved later by as much")),
        Fits::Twice if zone.instant(start.civil) == Some(start.at) => {
            Some(format!("clocks show {civil} twice: the first"))
        }
        Fits::Twice => Some(format!("clocks show {civil} twice: the second")),
    }
}

/// Rows as a table; `last_starts` says whether a length was asked for.
pub fn table(rows: &[Row], shown: &Shown, last_starts: bool) -> Table {
    let spans = rows.iter().any(|row| row.span.is_some());
    let mut table = Table::new(&[
        Column::Always("DAY"),
        Column::Always("AT"),
        Column::Always("ZONE"),
        Column::Always("UTC"),
        if spans {
            Column::Always("UNTIL")
        } else {
            Column::Wide("UNTIL")
        },
        if spans && last_starts {
            Column::Always("LAST-START")
        } else {
            Column::Wide("LAST-START")
        },
        Column::Always("NOTE"),
    ]);
    for row in rows {
        let stretch = row.span.as_ref();
        let stamp = |at: Timestamp| shown.stamp(at);
        table.row([
            row.day.clone(),
            stamp(row.at),
            row.zone.clone(),
            row.at.to_string(),
            stretch.map(|s| stamp(s.end)).unwrap_or_default(),
            stretch
                .and_then(|s| s.last_start)
                .map(stamp)
                .unwrap_or_default(),
            row.note.clone().unwrap_or_default(),
        ]);
    }
    table
}
