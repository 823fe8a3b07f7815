//! The queue of outside work in memory.

use super::session::Session;
use crate::error::StoreError;
use crate::row::{ActionRow, NewAction};
use crate::store::Result;
use tidegate_core::id::{ActionId, EnvId, StreamId};
use tidegate_core::time::{Timestamp, ledger_time};
use tidegate_core::view::Lease;

impl Session<'_> {
    pub(super) fn open_actions(
        &self,
        environments: &[EnvId],
        now: Timestamp,
        limit: usize,
    ) -> Vec<ActionRow> {
        let open = |row: &&ActionRow| {
            environments.contains(&row.environment)
                && row.lease.until.is_none_or(|until| until <= now)
        };
        self.queued().filter(open).take(limit).cloned().collect()
    }

    pub(super) fn actions_awaited_by(&self, stream: &StreamId) -> Vec<ActionRow> {
        self.queued()
            .filter(|row| row.stream == *stream)
            .cloned()
            .collect()
    }

    /// Everything in the queue, oldest first.
    fn queued(&self) -> impl Iterator<Item = &ActionRow> {
        self.at
            .queue
            .iter()
            .filter_map(|((_, id), ())| self.at.actions.get(id))
    }

    pub(super) fn queue_action(&mut self, new: &NewAction) -> Result<()> {
        if self.at.actions.get(&new.id).is_some() {
            return Err(StoreError::Exists {
                what: "action",
                key: new.id.to_string(),
            });
        }
        let row = ActionRow {
            id: new.id.clone(),
            stream: new.stream.clone(),
            environment: new.environment.clone(),
            body: new.body.clone(),
            lease: Lease {
                epoch: 0,
                by: None,
                until: None,
            },
            created: ledger_time(new.created),
            seq: self.newest().seq,
        };
        self.at.queue.put((row.seq, row.id.clone()), ());
        self.at.actions.put(row.id.clone(), row);
        Ok(())
    }

    pub(super) fn drop_action(&mut self, id: &ActionId) -> bool {
        let Some(row) = self.at.actions.get(id).cloned() else {
            return false;
        };
        self.at.queue.remove((row.seq, row.id.clone()));
        self.at.actions.remove(row.id);
        true
    }

    pub(super) fn lease_action(
        &mut self,
        id: &ActionId,
        by: &str,
        until: Timestamp,
    ) -> Option<u64> {
        let mut row = self.at.actions.get(id)?.clone();
        let epoch = row.lease.epoch + 1;
        row.lease = Lease {
            epoch,
            by: Some(by.to_owned()),
            until: Some(ledger_time(until)),
        };
        self.at.actions.put(id.clone(), row);
        Some(epoch)
    }

    pub(super) fn renew_lease(&mut self, id: &ActionId, epoch: u64, until: Timestamp) -> bool {
        match self.at.actions.get(id).cloned() {
            Some(mut row) if row.lease.by.is_some() && row.lease.epoch == epoch => {
                row.lease.until = Some(ledger_time(until));
                self.at.actions.put(id.clone(), row);
                true
            }
            _ => false,
        }
    }
}
