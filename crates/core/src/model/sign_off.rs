//! Rollouts that wait for a signature, so that whoever is asked finds them without looking at every deployment.

use super::{Happened, Rows};
use crate::batch::ModelChange;
use crate::stream::deployment::{Deployment, Event};

/// Since when each waits, by the id of the deployment.
pub const WAITING: &str = "sign-off";

pub(super) fn of_deployment(h: &Happened<'_, Deployment, Event>, rows: &mut dyn Rows) {
    let body = match h.event {
        Event::SignOffAsked { .. } => Some(h.at.to_string()),
        Event::SignedOff { .. } | Event::AwaitsPerson { .. } | Event::RollbackStarted { .. } => {
            None
        }
        _ => return,
    };
    rows.put(ModelChange {
        model: WAITING,
        key: h.stream.key().to_owned(),
        body,
    });
}
