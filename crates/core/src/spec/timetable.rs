//! The instants that the phrases of a train mean, and which way a service travels.
//!
//! As for windows and freezes: a phrase that cannot be read is an error, never an empty timetable.

use super::times::{instant_pattern, offset};
use super::train::{ReleaseModel, Train};
use super::{Arrival, Spec, Tier, Unreadable};
use crate::calendar::expand::{Ended, Occurrence};
use crate::calendar::{Bounds, Setting, Zone};
use crate::id::{EnvId, Name, ServiceId};
use crate::time::{Millis, Timestamp};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

/// How far ahead departures are looked for, in days.
const AHEAD: u64 = 800;

/// The instants of one departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timetable {
    /// The instant of the train's phrase that it stands for.
    pub slot: Timestamp,
    /// When it leaves; the slot unless a person moved it.
    pub departs: Timestamp,
    /// From when on nobody may board.
    pub scope_closes: Timestamp,
    /// From when on passengers must be green.
    pub code_closes: Timestamp,
    /// From when on a go is waited for; absent when none is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decides: Option<Timestamp>,
    /// The latest instant at which it may still leave.
    pub latest: Timestamp,
    /// IANA zone in which it was laid.
    pub zone: String,
}

impl Spec {
    /// The train that carries a service.
    #[must_use]
    pub fn train_of(&self, service: &ServiceId) -> Option<(&Name, &Train)> {
        self.trains
            .iter()
            .find(|(_, train)| train.carries.contains(service))
    }

    /// Environments on the path of a service that a train takes it to, in order.
    #[must_use]
    pub fn stops<'a>(&'a self, train: &'a Train, service: &ServiceId) -> Vec<&'a EnvId> {
        let takes = |env: &&EnvId| match train.to.as_slice() {
            [] => self
                .environments
                .get(*env)
                .is_some_and(|e| e.tier == Tier::Production),
            named => named.contains(env),
        };
        self.path_of(service).iter().filter(takes).collect()
    }

    /// How releases of a service come to its users.
    #[must_use]
    pub fn release_model(&self, service: &ServiceId) -> ReleaseModel {
        if let Some((name, _)) = self.train_of(service) {
            return ReleaseModel::Train(name.clone());
        }
        let mut production = self
            .path_of(service)
            .iter()
            .filter_map(|env| self.environments.get(env))
            .filter(|e| e.tier == Tier::Production)
            .peekable();
        let comes = production.peek().is_some() && production.all(|e| e.deploy != Arrival::Manual);
        if comes {
            ReleaseModel::Continuous
        } else {
            ReleaseModel::OnDemand
        }
    }

    /// What the phrases of a train leave open.
    ///
    /// # Errors
    /// A zone or a fiscal year that there is not.
    pub fn setting_of(&self, train: &Train) -> Result<Setting, Unreadable> {
        self.setting(train.zone.as_deref().unwrap_or(&self.zone))
    }
}

impl Train {
    /// The phrase of a step: 0 is what is declared, the others are those of `cadence`.
    #[must_use]
    pub fn phrase(&self, step: usize) -> &str {
        let steps = self.cadence.as_ref().map_or(&[][..], |c| &c.steps);
        match step.checked_sub(1) {
            Some(n) => steps.get(n).unwrap_or(&self.departs),
            None => &self.departs,
        }
    }

    /// The first instants after `after` at which it leaves when it goes by `phrase`, at most `limit`.
    ///
    /// # Errors
    /// A phrase that cannot be read or that says no points in time.
    pub fn slots(
        &self,
        phrase: &str,
        setting: &Setting,
        after: Timestamp,
        limit: usize,
    ) -> Result<Vec<Timestamp>, Unreadable> {
        instants(phrase, self.first, setting, after, limit)
    }

    /// The instants of a departure at `departs` that stands for `slot`.
    ///
    /// # Errors
    /// An offset that cannot be read.
    pub fn timetable(
        &self,
        setting: &Setting,
        slot: Timestamp,
        departs: Timestamp,
    ) -> Result<Timetable, Unreadable> {
        let zone: &Zone = &setting.zone;
        let anchor = Occurrence {
            at: departs,
            civil: zone.civil(departs),
        };
        let before = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => offset(text)?
                .apply(anchor, &setting.working_days, zone)
                .map(|occurrence| Some(occurrence.at))
                .ok_or_else(|| Unreadable::new(text, "there is no such instant")),
        };
        let (scope, code) = (before(&self.scope_closes)?, before(&self.code_closes)?);
        let decides = before(&self.go_no_go)?;
        let code_closes = code.unwrap_or(departs).min(departs);
        // A decision is about passengers that no longer change.
        let scope_closes = scope.or(code).or(decides).unwrap_or(departs);
        Ok(Timetable {
            slot,
            departs,
            scope_closes: scope_closes.min(code_closes),
            code_closes,
            decides: decides.map(|at| at.min(departs)),
            latest: self.patience.after(departs),
            zone: zone.name().to_owned(),
        })
    }
}

/// The first points in time of a phrase after `after`, at most `limit`; `first` is the day from which it counts.
///
/// # Errors
/// A phrase that cannot be read or that says no points in time.
pub(super) fn instants(
    phrase: &str,
    first: Option<Date>,
    setting: &Setting,
    after: Timestamp,
    limit: usize,
) -> Result<Vec<Timestamp>, Unreadable> {
    let schedule = instant_pattern(phrase, setting, first)?;
    let next = after
        .checked_add(jiff::SignedDuration::from_micros(1))
        .unwrap_or(after);
    let first = first.and_then(|day| setting.zone.instant(day.to_datetime(Time::midnight())));
    let next = first.map_or(next, |first| first.max(next));
    let bounds = Bounds::new(next, Millis(AHEAD * 86_400_000).after(next), limit);
    let (found, ended) = schedule
        .happenings(setting, bounds)
        .map_err(|error| Unreadable::new(phrase, error))?;
    if ended == Ended::Budget {
        let because = "it happens too seldom to be found";
        return Err(Unreadable::new(phrase, because));
    }
    Ok(found.into_iter().map(|h| h.start.at).collect())
}
