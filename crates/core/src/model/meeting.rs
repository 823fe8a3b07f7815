//! Meetings of boards: all of them by name, and by change the sitting that decides about it.

use super::{Happened, Models, Rows};
use crate::batch::ModelChange;
use crate::change::ChangeId;
use crate::decider::Trigger;
use crate::digest::canonical;
use crate::id::{EnvId, Name, ReleaseId};
use crate::refusal::Refusal;
use crate::stream::meeting::{Event, Meeting, MeetingId, Outcome};
use crate::view::View;
use serde::{Deserialize, Serialize};

/// All, by name: a [`Row`] each.
pub const ALL: &str = "meeting";
/// The sitting that decides about a change, by `change/board`.
pub const ITEMS: &str = "board-item";

/// A meeting in lists; everything else is in its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Board and day.
    pub id: MeetingId,
    /// Phase, as shown.
    pub phase: String,
}

/// Trigger fired when something happens to an item about this release in this environment.
#[must_use]
pub fn decision_about(release: &ReleaseId, env: &EnvId) -> Trigger {
    format!("board/{release}/{env}")
}

/// The sittings that decide about a change, by board.
///
/// # Errors
/// A row that cannot be read.
pub fn sittings_of(view: &dyn View, change: &ChangeId) -> Result<Vec<(Name, MeetingId)>, Refusal> {
    let rows = view.scan(ITEMS, &format!("{change}/"), crate::limits::FREEZES);
    rows.into_iter()
        .map(|(key, body)| {
            let id: MeetingId = serde_json::from_str(&body).map_err(|e| Refusal::Quarantined {
                stream: format!("item {key}"),
                because: e.to_string(),
            })?;
            Ok((id.board.clone(), id))
        })
        .collect()
}

impl Models for Meeting {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let Some(facts) = h.state.facts.as_deref() else {
            return Vec::new();
        };
        let row = Row {
            id: facts.id.clone(),
            phase: h.state.phase.name().to_owned(),
        };
        rows.put(ModelChange {
            model: ALL,
            key: facts.id.key(),
            body: canonical(&row).ok(),
        });
        let item = h.event.change().and_then(|id| facts.items.get(id));
        let Some(item) = item else {
            return Vec::new();
        };
        let topic = &item.topic;
        let dropped = matches!(item.outcome, Outcome::Dropped { .. });
        if dropped || matches!(h.event, Event::ItemPut { .. }) {
            rows.put(ModelChange {
                model: ITEMS,
                key: format!("{}/{}", topic.change, facts.id.board),
                body: canonical(&facts.id).ok().filter(|_| !dropped),
            });
        }
        vec![decision_about(&topic.release, &topic.environment)]
    }
}
