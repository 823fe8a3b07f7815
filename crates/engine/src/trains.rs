//! Trains that the configuration has and the ledger does not: each is told once, and from then on looks after itself.
//!
//! A train whose stream exists wakes by its own timer and by every change of the configuration.

use crate::{Denied, Shared};
use tidegate_core::actor::Actor;
use tidegate_core::command::Command;
use tidegate_core::id::{CommandId, Name, StreamId, StreamKind};
use tidegate_core::step::Item;
use tidegate_core::stream::train::{self, Phase, Train};
use tidegate_core::view::View;
use tidegate_ledger::TxView;

/// Start the trains that are not under way. True when one could not be and is tried again soon.
pub(crate) fn start(shared: &Shared) -> Result<bool, Denied> {
    let in_force = shared.in_force.get();
    if in_force.spec.trains.is_empty() {
        return Ok(false);
    }
    let idle: Vec<(Name, u64)> = shared.store.read_with(|rows| {
        let view = TxView::new(rows);
        let mut idle = Vec::new();
        for name in in_force.spec.trains.keys() {
            let Ok(train) = (&view as &dyn View).load::<Train>(name.as_str()) else {
                continue;
            };
            if matches!(train.phase, Phase::Absent | Phase::Retired) {
                let stream = StreamId::new(StreamKind::Train, name.as_str());
                idle.push((name.clone(), rows.rev(&stream)?));
            }
        }
        view.finish()?;
        Ok(idle)
    })?;
    let mut retry = false;
    for (id, rev) in idle {
        let item = Item {
            id: CommandId(format!("train/{id}/{rev}")),
            actor: Actor::system(),
            command: Command::Train {
                id: id.clone(),
                command: train::Command::Wake,
            },
        };
        let fingerprint = crate::fingerprint(&item.command);
        if let Err(error) = shared.submit(item, fingerprint) {
            tracing::warn!(%id, %error, "a train could not be started; again in a second");
            retry = true;
        }
    }
    Ok(retry)
}
