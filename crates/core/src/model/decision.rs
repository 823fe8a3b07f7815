//! Decisions about the way back: all of them by name, and by deployment the one that is open.

use super::{Happened, Models, Rows};
use crate::batch::ModelChange;
use crate::decider::Trigger;
use crate::digest::canonical;
use crate::id::DeploymentId;
use crate::stream::decision::{Decision, DecisionId};
use crate::view::View;

/// All, by name.
pub const ALL: &str = "decision";
/// The one about a deployment that is open, by deployment.
pub const OPEN: &str = "decision-open";
/// Highest number, under the empty key.
pub const NUMBER: &str = "decision-number";

/// The open one about a deployment.
#[must_use]
pub fn open_about(view: &dyn View, deployment: &DeploymentId) -> Option<DecisionId> {
    let text = view.model(OPEN, deployment.as_str())?;
    serde_json::from_str(&text).ok()
}

impl Models for Decision {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let Some(facts) = h.state.facts.as_deref() else {
            return Vec::new();
        };
        rows.put(ModelChange {
            model: ALL,
            key: h.stream.key().to_owned(),
            body: canonical(h.state).ok(),
        });
        rows.put(ModelChange {
            model: OPEN,
            key: facts.deployment.to_string(),
            body: canonical(&facts.id)
                .ok()
                .filter(|_| h.state.phase.is_open()),
        });
        super::count(rows, NUMBER, facts.id.number());
        Vec::new()
    }
}
