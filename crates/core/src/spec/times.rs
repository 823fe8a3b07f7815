//! The time that windows and freezes of the configuration take up.
//!
//! Phrases were checked before the configuration came into force. A phrase that cannot be read all the same (it was written for
//! another version) is an error here, never an empty calendar.

use super::{Freeze, Spec, Window};
use crate::calendar::expand::Ended;
use crate::calendar::holiday::{FiscalYear, WorkingDays};
use crate::calendar::phrase::{Offset, Phrase};
use crate::calendar::schedule::{Happening, MOST};
use crate::calendar::{Bounds, Intervals, Schedule, Setting, Span, Written, Zone};
use crate::time::Timestamp;
use jiff::civil::{Date, Time, date};
use thiserror::Error;

/// The first day of patterns that name none: a Monday before everything that is planned.
const FIRST_DAY: Date = date(1970, 1, 5);

/// A value of the calendar that this version cannot read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}`: {because}")]
pub struct Unreadable {
    /// As written.
    pub text: String,
    /// Why.
    pub because: String,
}

impl Unreadable {
    pub(crate) fn new(text: &str, because: impl ToString) -> Self {
        Self {
            text: text.to_owned(),
            because: because.to_string(),
        }
    }
}

impl Spec {
    /// What phrases leave open, in a zone.
    ///
    /// # Errors
    /// A zone or a fiscal year that there is not.
    pub fn setting(&self, zone: &str) -> Result<Setting, Unreadable> {
        let zone = Zone::named(zone).map_err(|because| Unreadable::new(zone, because))?;
        let first = self.fiscal_year_starts;
        let fiscal_year = FiscalYear::starting(first.max(1))
            .ok_or_else(|| Unreadable::new(&first.to_string(), "a month is 1 to 12"))?;
        Ok(Setting {
            zone,
            fiscal_year,
            working_days: self.working_days(),
        })
    }

    /// Working days of the company and of the countries whose holidays it imports.
    #[must_use]
    pub fn working_days(&self) -> WorkingDays {
        let everywhere = WorkingDays::without(self.holidays.iter().copied());
        let lists = self.holidays_of.iter();
        lists.fold(everywhere, |days, (list, holidays)| {
            days.nor_in(country_of_list(list), holidays.iter().copied())
        })
    }
}

/// The country of a list of holidays: `DE` of `DE-BE`.
#[must_use]
pub fn country_of_list(list: &str) -> &str {
    list.split_once('-').map_or(list, |(country, _)| country)
}

impl Window {
    /// When it is open, as far as an opening begins in `time` or lasts into it.
    ///
    /// # Errors
    /// A phrase that cannot be read or that does not say until when.
    pub fn spans(&self, setting: &Setting, time: Span) -> Result<Intervals, Unreadable> {
        let open = super::recurring::spans(&self.allow, None, setting, time)?;
        let shut = super::recurring::spans(&self.deny, None, setting, time)?;
        Ok(open.subtraction(&shut))
    }
}

impl Freeze {
    /// When it holds, as far as that has something in common with `time`. Without an end it lasts to [`Timestamp::MAX`].
    ///
    /// # Errors
    /// A phrase that cannot be read, or an end that is not after the beginning.
    pub fn spans(&self, setting: &Setting, time: Span) -> Result<Intervals, Unreadable> {
        let spans = match &self.around {
            None => vec![self.once(setting)?],
            Some(around) => self.repeated(around, setting, time)?,
        };
        let common = spans.into_iter().filter(|s| s.overlap(time).is_some());
        Ok(common.collect())
    }

    fn once(&self, setting: &Setting) -> Result<Span, Unreadable> {
        let from = instant(&self.from, &setting.zone)?;
        let until = self
            .until
            .as_ref()
            .map_or(Ok(Timestamp::MAX), |text| instant(text, &setting.zone))?;
        Span::new(from, until).ok_or_else(|| self.backwards())
    }

    fn repeated(
        &self,
        around: &str,
        setting: &Setting,
        time: Span,
    ) -> Result<Vec<Span>, Unreadable> {
        let Some(until) = &self.until else {
            let because = "what repeats needs an `until`";
            return Err(Unreadable::new(around, because));
        };
        let (from, until) = (offset(&self.from)?, offset(until)?);
        // As far as either offset reaches; working days lie at most twice as far apart as days, and a month of holidays in a
        // row is allowed for.
        let days = i64::from(from.count.max(until.count)) * 2 + 40;
        let reach = jiff::SignedDuration::from_hours(days * 24);
        let wide = Span::new(
            time.start().saturating_sub(reach).unwrap_or(Timestamp::MIN),
            time.end().saturating_add(reach).unwrap_or(Timestamp::MAX),
        )
        .unwrap_or(time);
        let base = schedule(around, setting)?;
        let zone = base.zone(setting);
        let mut all = Vec::new();
        for happening in happenings(around, &base, setting, wide)? {
            let shift = |by: Offset| {
                by.apply(happening.start, &setting.working_days, &zone)
                    .map(|occurrence| occurrence.at)
            };
            if let (Some(from), Some(until)) = (shift(from), shift(until)) {
                all.push(Span::new(from, until).ok_or_else(|| self.backwards())?);
            }
        }
        Ok(all)
    }

    fn backwards(&self) -> Unreadable {
        let until = self.until.as_deref().unwrap_or_default();
        Unreadable::new(until, format!("it is not after `{}`", self.from))
    }
}

fn read(text: &str) -> Result<Phrase, Unreadable> {
    Phrase::read(text).map_err(|error| Unreadable::new(text, error))
}

pub(super) fn schedule(text: &str, setting: &Setting) -> Result<Schedule, Unreadable> {
    counted(text, setting, FIRST_DAY)
}

/// A phrase, counted from a day when it names none, or a rule.
fn counted(text: &str, setting: &Setting, anchor: Date) -> Result<Schedule, Unreadable> {
    let written = Written::read(text).map_err(|error| Unreadable::new(text, error))?;
    written
        .schedule(setting, anchor)
        .map_err(|error| Unreadable::new(text, error))
}

/// All of them, or an error: a calendar that was cut short would let work go that it forbids.
pub(super) fn happenings(
    text: &str,
    schedule: &Schedule,
    setting: &Setting,
    time: Span,
) -> Result<Vec<Happening>, Unreadable> {
    let bounds = Bounds::new(time.start(), time.end(), MOST);
    let (found, ended) = schedule
        .happenings(setting, bounds)
        .map_err(|error| Unreadable::new(text, error))?;
    match ended {
        Ended::Finished | Ended::Until => Ok(found),
        Ended::Limit => {
            let because = format!("it happens more than {MOST} times, too often to be looked at");
            Err(Unreadable::new(text, because))
        }
        Ended::Budget => {
            let because = format!(
                "it was followed for {} steps without coming to an end",
                bounds.budget
            );
            Err(Unreadable::new(text, because))
        }
    }
}

pub(super) fn instant(text: &str, zone: &Zone) -> Result<Timestamp, Unreadable> {
    let Phrase::Instant(day, time) = read(text)? else {
        let because = "write a date, or say `around` what it lies";
        return Err(Unreadable::new(text, because));
    };
    zone.instant(day.to_datetime(time.unwrap_or(Time::midnight())))
        .ok_or_else(|| Unreadable::new(text, "there is no such instant"))
}

/// An offset that stands where it is known from what.
pub(super) fn offset(text: &str) -> Result<Offset, Unreadable> {
    match read(text)? {
        Phrase::Offset(offset, None) => Ok(offset),
        _ => {
            let because = "beside `around` it is an offset, such as `3 working days before`";
            Err(Unreadable::new(text, because))
        }
    }
}

/// Points in time that repeat; `first` is the day from which a phrase counts that names none.
pub(super) fn instant_pattern(
    text: &str,
    setting: &Setting,
    first: Option<Date>,
) -> Result<Schedule, Unreadable> {
    let schedule = counted(text, setting, first.unwrap_or(FIRST_DAY))?;
    if schedule.has_spans() {
        let because = "it says from when to when, and a point in time is needed";
        return Err(Unreadable::new(text, because));
    }
    Ok(schedule)
}
