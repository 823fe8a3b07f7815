//! Delegations: all of them by name, and by team those that are lent.

use super::person::{DELEGATIONS, Delegation as Row};
use super::{Happened, Models, Rows};
use crate::batch::ModelChange;
use crate::decider::Trigger;
use crate::digest::canonical;
use crate::stream::delegation::{Delegation, Phase};

/// All, by name.
pub const ALL: &str = "delegation-all";
/// Highest number, under the empty key.
pub const NUMBER: &str = "delegation-number";

impl Models for Delegation {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let Some(facts) = h.state.facts.as_deref() else {
            return Vec::new();
        };
        let row = Row {
            id: facts.id.clone(),
            from: facts.from.clone(),
            to: facts.to.clone(),
            since: facts.since,
            until: facts.until,
        };
        let lent = matches!(h.state.phase, Phase::Lent);
        rows.put(ModelChange {
            model: DELEGATIONS,
            key: format!("{}/{}", facts.team, facts.id),
            body: canonical(&row).ok().filter(|_| lent),
        });
        rows.put(ModelChange {
            model: ALL,
            key: h.stream.key().to_owned(),
            body: canonical(h.state).ok(),
        });
        super::count(rows, NUMBER, facts.id.number());
        Vec::new()
    }
}
