//! What may start: not beside another change, not while it is closed or frozen, not without a yes of somebody else to this very
//! plan. Written apart from the gates, from the ledger's entries alone.

use super::{Checked, Judge, Told, env, wrong};
use crate::trial::company::{CARRIED, OPEN, RISK, SHOP};
use std::collections::BTreeSet;
use tidegate_core::gate::Purpose;
use tidegate_core::time::Timestamp;

impl Judge {
    /// It starts: may it, as of this instant?
    pub(super) fn started(&mut self, id: &str, at: Timestamp) -> Checked {
        let Some(told) = self.told.get(id) else {
            return Ok(());
        };
        let lane = &told.lane;
        let production = env(lane) == "prod";
        let busy = self
            .changing
            .iter()
            .find(|(other, _)| *other == lane || (production && env(other) == env(lane)));
        if let Some((other, by)) = busy {
            let how = format!("{id} starts in {lane} while {by} changes {other}");
            return Err(wrong("I2", how));
        }
        if let Some(found) = self.drifts.holds(lane)
            && told.purpose != Purpose::Rollback
            && !told.again
        {
            let how =
                format!("{id} starts in {lane} at {at}, which was changed by hand: {found:?}");
            return Err(wrong("I6", how));
        }
        if production && told.purpose != Purpose::Rollback {
            let urgent = self.urgent.is(&told.release, at);
            let hour = at.as_second().rem_euclid(86_400) / 3_600;
            if !OPEN.contains(&hour) && !urgent {
                return Err(wrong(
                    "I6",
                    format!("{id} starts in {lane} at {at}: closed"),
                ));
            }
            let held = |(from, until): &&(Timestamp, Timestamp)| *from <= at && at < *until;
            if self.freezes.values().find(held).is_some() {
                return Err(wrong(
                    "I6",
                    format!("{id} starts in {lane} at {at}: frozen"),
                ));
            }
            if let Some(other) = self.urgent.holds(&told.release, at) {
                let how = format!("{id} starts in {lane} at {at}: {other} owes its review");
                return Err(wrong("I9", how));
            }
            match told.release.service.as_str() {
                "pay" => self.approved(id, told, at, urgent)?,
                CARRIED if !told.same && !self.trains.has_travelled(&told.release) => {
                    let how = format!("{id} starts in {lane} at {at}, aboard of nothing");
                    return Err(wrong("I6", how));
                }
                _ => {}
            }
        }
        self.changing.insert(lane.clone(), id.to_owned());
        Ok(())
    }

    fn approved(&self, id: &str, told: &Told, at: Timestamp, urgent: bool) -> Checked {
        let asked: &[&str] = if urgent { &SHOP } else { &RISK };
        let none = BTreeSet::new();
        let requesters = self.requesters.get(&told.plan).unwrap_or(&none);
        let good = self.votes.iter().any(|yes| {
            yes.subject == told.plan
                && at < yes.until
                && asked.contains(&yes.person.as_str())
                && !requesters.contains(&yes.person)
        });
        match good {
            true => Ok(()),
            false => Err(wrong(
                "I9",
                format!("{id} starts at {at} without a yes of somebody else to its plan"),
            )),
        }
    }
}
