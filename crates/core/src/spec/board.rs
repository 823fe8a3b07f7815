//! Boards as configured: who sits on them, when they meet, and which changes they decide about. Phrases are kept as they are
//! written (checked by `tidegate-config`); the instants they mean are worked out here.
//!
//! As for trains: a phrase that cannot be read is an error, never a board that does not meet.

use super::condition::Condition;
use super::criteria::Criterion;
use super::times::offset;
use super::timetable::instants;
use super::{Spec, Unreadable};
use crate::calendar::expand::Occurrence;
use crate::calendar::phrase::Offset;
use crate::id::{Name, TeamId};
use crate::time::{Millis, Timestamp};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Sittings among which one is looked for whose agenda is still open.
const LOOKED_AT: usize = 128;

/// People who decide about some changes, together and at times that repeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// Phrase of points in time at which a sitting begins, such as `every week on Wed at 14:00`.
    pub meets: String,
    /// IANA zone of its phrases; the company's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// First day on which it may meet, and from which repetitions count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Date>,
    /// How long a sitting lasts; at its end what is undecided moves on.
    pub lasts: Millis,
    /// Team that opens sittings early and is told when an expert does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chair: Option<TeamId>,
    /// Whose members sit on it. Never empty.
    pub members: Vec<Seats>,
    /// How many seats must have voted for a decision, each by another person.
    pub quorum: u32,
    /// Which changes it decides about.
    pub reviews: Condition,
    /// Offset before a sitting from which on its agenda takes nothing more; when it begins when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agenda_closes: Option<String>,
    /// What must hold, by name, before its go lets a change start.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub criteria: BTreeMap<Name, Criterion>,
    /// Offset before a sitting from which on its criteria stay as they are; when its agenda closes when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze_criteria: Option<String>,
}

/// So many seats of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seats {
    /// Team whose members vote.
    pub team: TeamId,
    /// How many of its members count, each once.
    pub count: u32,
}

/// The instants of one sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sitting {
    /// When it begins.
    pub begins: Timestamp,
    /// When it is over at the latest.
    pub ends: Timestamp,
    /// From when on its agenda takes nothing more.
    pub agenda_closes: Timestamp,
    /// From when on its criteria stay as they are; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criteria_freeze: Option<Timestamp>,
    /// IANA zone in which it was laid.
    pub zone: String,
}

impl Board {
    /// All its seats.
    #[must_use]
    pub fn seats(&self) -> u32 {
        self.members.iter().map(|seats| seats.count).sum()
    }

    /// The sittings that begin after an instant, at most `limit`, each on another day.
    ///
    /// # Errors
    /// A phrase or a zone that cannot be read.
    pub fn sittings(
        &self,
        spec: &Spec,
        after: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Date, Sitting)>, Unreadable> {
        let setting = spec.setting(self.zone.as_deref().unwrap_or(&spec.zone))?;
        let zone = &setting.zone;
        let closes = self.agenda_closes.as_deref().map(closing).transpose()?;
        let freezes = self.freeze_criteria.as_deref().map(closing).transpose()?;
        let mut found: Vec<(Date, Sitting)> = Vec::new();
        for begins in instants(&self.meets, self.first, &setting, after, limit)? {
            let civil = zone.civil(begins);
            // A sitting is named by its board and day.
            if found.last().is_some_and(|(day, _)| *day == civil.date()) {
                continue;
            }
            let anchor = Occurrence { at: begins, civil };
            let before = |offset: Option<Offset>, without: Timestamp| match offset {
                None => Ok(without),
                Some(offset) => offset
                    .apply(anchor, &setting.working_days, zone)
                    .map(|occurrence| occurrence.at.min(begins))
                    .ok_or_else(|| Unreadable::new(&self.meets, "there is no such instant")),
            };
            let agenda_closes = before(closes, begins)?;
            let criteria_freeze = before(freezes, agenda_closes)?;
            let sitting = Sitting {
                begins,
                ends: self.lasts.after(begins),
                agenda_closes,
                criteria_freeze: Some(criteria_freeze).filter(|_| !self.criteria.is_empty()),
                zone: zone.name().to_owned(),
            };
            found.push((civil.date(), sitting));
        }
        Ok(found)
    }

    /// The next sitting that has not begun.
    ///
    /// # Errors
    /// A phrase or a zone that cannot be read, or no sitting in sight.
    pub fn next(&self, spec: &Spec, now: Timestamp) -> Result<(Date, Sitting), Unreadable> {
        let mut found = self.sittings(spec, now, 1)?;
        found.pop().ok_or_else(|| self.none())
    }

    /// The next sitting after an instant whose agenda is still open.
    ///
    /// # Errors
    /// As for [`Board::next`].
    pub fn next_open(
        &self,
        spec: &Spec,
        after: Timestamp,
        now: Timestamp,
    ) -> Result<(Date, Sitting), Unreadable> {
        let all = self.sittings(spec, after.max(now), LOOKED_AT)?;
        let mut open = all.into_iter().filter(|(_, s)| s.agenda_closes > now);
        open.next().ok_or_else(|| self.none())
    }

    /// The sitting on a day; none when it does not meet then.
    ///
    /// # Errors
    /// A phrase or a zone that cannot be read.
    pub fn on(&self, spec: &Spec, day: Date) -> Result<Option<Sitting>, Unreadable> {
        let setting = spec.setting(self.zone.as_deref().unwrap_or(&spec.zone))?;
        let Some(midnight) = setting.zone.instant(day.to_datetime(Time::midnight())) else {
            return Ok(None);
        };
        let before = midnight
            .checked_sub(jiff::SignedDuration::from_micros(1))
            .unwrap_or(midnight);
        let first = self.sittings(spec, before, 1)?.pop();
        Ok(first.filter(|(found, _)| *found == day).map(|(_, s)| s))
    }

    fn none(&self) -> Unreadable {
        Unreadable::new(&self.meets, "no sitting is in sight")
    }
}

/// `24h before`, `3 working days before`: when an agenda closes, counted from the sitting.
///
/// # Errors
/// It is no such offset.
pub fn closing(text: &str) -> Result<Offset, Unreadable> {
    offset(text)
}
