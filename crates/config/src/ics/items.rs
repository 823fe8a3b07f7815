//! Events as they happen: each occurrence with its span, moved and cancelled ones in their place, within a total that no file
//! can exceed.

use super::{Event, Ics, IcsError};
use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::calendar::expand::{Bounds, Ended, Occurrence, expand};
use tidegate_core::calendar::rule::Moment;
use tidegate_core::calendar::{Span, Zone};
use tidegate_core::time::Timestamp;

/// Days and occurrences looked at for all events of a file together.
const BUDGET: u32 = 5_000_000;
/// At least for each: a few hundred years of a weekly rule.
const LEAST: u32 = 5_000;
/// At most for each.
const MOST: u32 = 200_000;

/// Which occurrences are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// Those that have time in common with this.
    pub time: Span,
    /// At most so many of all events together.
    pub most: usize,
}

/// One occurrence of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Line of the event it comes from.
    pub line: usize,
    /// UID of the event.
    pub uid: Option<String>,
    /// Which occurrence it is, by the start that the rule gives it (`20261201T100000Z` or `20261201`), also when it was moved
    /// since; absent when the event does not repeat.
    pub occurrence: Option<String>,
    /// As the event.
    pub sequence: u32,
    /// Whether it was called off.
    pub cancelled: bool,
    /// Title.
    pub title: String,
    /// Details.
    pub details: String,
    /// When.
    pub span: Span,
    /// Zone its author planned it in.
    pub zone: String,
    /// First and last day, when it is whole days: written as dates, or from midnight to midnight.
    pub days: Option<(Date, Date)>,
}

impl Ics {
    /// What happens within reach, by event and time. Events without length happen at a point in time and are left out.
    ///
    /// # Errors
    /// An event that happens too often, with its line.
    pub fn items(&self, floating: &Zone, reach: Reach) -> Result<Vec<Item>, IcsError> {
        self.items_or(floating, reach, |_, error| Err(error))
    }

    /// [`Ics::items`]; `trouble` says what becomes of an event that cannot be followed.
    pub(super) fn items_or(
        &self,
        floating: &Zone,
        reach: Reach,
        mut trouble: impl FnMut(&Event, IcsError) -> Result<(), IcsError>,
    ) -> Result<Vec<Item>, IcsError> {
        let mut instead: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for event in &self.events {
            if let (Some(uid), Some(moment)) = (&event.uid, event.instead_of) {
                instead.entry(uid).or_default().insert(moment.to_string());
            }
        }
        let none = BTreeSet::new();
        let count = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
        let budget = (BUDGET / count.max(1)).clamp(LEAST, MOST);
        let mut items = Vec::new();
        for event in &self.events {
            if event.instead_of.is_some() {
                items.extend(event.moved(floating, reach));
            } else {
                let uid = event.uid.as_deref();
                let moved = uid.and_then(|uid| instead.get(uid)).unwrap_or(&none);
                match event.occurrences(floating, reach, budget, moved) {
                    Ok(found) => items.extend(found),
                    Err(error) => trouble(event, error)?,
                }
            }
            if items.len() > reach.most {
                return Err(IcsError::new(
                    event.line,
                    format!(
                        "with {} there are more than {} occurrences",
                        event.called(),
                        reach.most
                    ),
                    "export fewer events, or import a file for each calendar",
                ));
            }
        }
        Ok(items)
    }
}

impl Event {
    /// The occurrence that an event with a `RECURRENCE-ID` stands for. Without the event it belongs to it still happens.
    fn moved(&self, floating: &Zone, reach: Reach) -> Option<Item> {
        let zone = self.times.zone_or(floating);
        let civil = self.times.start;
        let at = zone.instant(civil)?;
        let item = self.item(Occurrence { at, civil }, &zone)?;
        item.span.overlap(reach.time)?;
        Some(Item {
            occurrence: self.instead_of.map(|moment| moment.to_string()),
            ..item
        })
    }

    /// What the event itself says, without the occurrences that another one stands for.
    fn occurrences(
        &self,
        floating: &Zone,
        reach: Reach,
        budget: u32,
        instead: &BTreeSet<String>,
    ) -> Result<Vec<Item>, IcsError> {
        let zone = self.times.zone_or(floating);
        let repeats = !self.times.rules.is_empty() || !self.times.dates.is_empty();
        let long = i64::from(self.length.days) * 24 + 26;
        let back = jiff::SignedDuration::from_hours(long).saturating_add(
            jiff::SignedDuration::from_millis(
                i64::try_from(self.length.time.0).unwrap_or(i64::MAX / 2),
            ),
        );
        let from = reach.time.start().saturating_sub(back);
        let bounds = Bounds {
            from: from.unwrap_or(Timestamp::MIN),
            until: reach.time.end(),
            limit: reach.most.saturating_add(1),
            budget,
        };
        let found = expand(&self.times, &zone, bounds).map_err(|e| {
            let what = format!("{}: {e}", self.called());
            IcsError::new(self.line, what, "write what repeats daily or less often")
        })?;
        if matches!(found.ended, Ended::Budget | Ended::Limit) {
            let what = format!("{} repeats more often than can be looked at", self.called());
            let help = "give its rule an UNTIL, or start it later";
            return Err(IcsError::new(self.line, what, help));
        }
        let items = found.occurrences.iter().filter_map(|at| {
            let item = self.item(*at, &zone)?;
            item.span.overlap(reach.time)?;
            // Some programs name an occurrence by its day although it has a time.
            let day = Moment::Day(at.civil.date()).to_string();
            let instant = Moment::Instant(at.at).to_string();
            if instead.contains(&day) || instead.contains(&instant) {
                return None;
            }
            let key = if self.times.whole_days { day } else { instant };
            Some(Item {
                occurrence: repeats.then_some(key),
                ..item
            })
        });
        Ok(items.collect())
    }

    /// One occurrence; none when it has no length.
    fn item(&self, at: Occurrence, zone: &Zone) -> Option<Item> {
        if self.length.is_zero() {
            return None;
        }
        let days = i64::from(self.length.days);
        let end = match days {
            0 => at.at,
            days => zone.instant(at.civil.checked_add(days.days()).ok()?)?,
        };
        let span = Span::new(at.at, self.length.time.after(end))?;
        let (first, last) = (zone.civil(span.start()), zone.civil(span.end()));
        let midnight = Time::midnight();
        let whole = first.time() == midnight && last.time() == midnight;
        let last = last.date().yesterday().ok().filter(|_| whole);
        Some(Item {
            line: self.line,
            uid: self.uid.clone(),
            occurrence: None,
            sequence: self.sequence,
            cancelled: self.cancelled,
            title: self.title.clone(),
            details: self.details.clone(),
            span,
            zone: zone.name().to_owned(),
            days: last.map(|last| (first.date(), last)),
        })
    }
}
