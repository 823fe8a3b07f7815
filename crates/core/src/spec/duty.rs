//! Which teams must be on duty for a service, and when a team is. What follows from it is up to gates and departures.

use super::{Spec, Team, Unreadable, recurring};
use crate::calendar::{Intervals, Span, Zone};
use crate::id::{ServiceId, TeamId};
use std::collections::BTreeSet;

impl Spec {
    /// When somebody of a team is on duty, as far as it lies in `time`, and the zone in which that is told. Never, for a team
    /// that does not say when.
    ///
    /// # Errors
    /// Cover that cannot be read.
    pub fn duty(&self, team: &Team, time: Span) -> Result<(Zone, Intervals), Unreadable> {
        let zone = team.zone.as_deref().unwrap_or(&self.zone);
        let setting = self.setting(zone)?;
        let cover = recurring::spans(&team.cover, None, &setting, time)?;
        Ok((setting.zone, cover))
    }

    /// Teams that must be on duty for a service, as far as they say when they are.
    #[must_use]
    pub fn covering(&self, service: &ServiceId) -> BTreeSet<&TeamId> {
        let Some(configured) = self.services.get(service) else {
            return BTreeSet::new();
        };
        let says = |team: &TeamId| self.teams.get(team).map(|t| !t.cover.is_empty());
        if configured.cover_by.is_empty() {
            let needed = configured.needs.keys();
            let owners = needed.filter_map(|name| Some(&self.services.get(name)?.owner));
            let owners = owners.chain([&configured.owner]);
            return owners.filter(|team| says(team) == Some(true)).collect();
        }
        // Asked for by name: one that is gone is not on duty.
        let named = configured.cover_by.iter();
        named.filter(|team| says(team) != Some(false)).collect()
    }
}
