//! The queue of outside work.

use super::session::Session;
use super::value::{Cells, values};
use super::value::{Columns, limit, micros, number};
use crate::error::StoreError;
use crate::row::{ActionRow, NewAction};
use crate::store::Result;
use tidegate_core::id::{ActionId, EnvId, StreamId};
use tidegate_core::time::Timestamp;
use tidegate_core::view::Lease;
use tidegate_faults::is_off;

/// The columns that [`action`] understands, before a condition.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT id, stream, environment, body, epoch, lease_by, lease_until, created, seq FROM action ",
            $condition
        )
    };
}

impl Session<'_> {
    pub(super) fn read_action(&self, id: &ActionId) -> Result<Option<ActionRow>> {
        let sql = select!("WHERE ledger_id = ?1 AND id = ?2");
        self.one(
            sql,
            values![self.ledger, id.as_str()],
            "reading an action",
            action,
        )
    }

    pub(super) fn open_actions(
        &self,
        environments: &[EnvId],
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<ActionRow>> {
        let sql = select!(
            "WHERE ledger_id = ?1 AND environment = ?2 AND (lease_until IS NULL OR lease_until <= ?3) \
             ORDER BY seq, id LIMIT ?4"
        );
        let mut environments = environments.to_vec();
        environments.sort();
        environments.dedup();
        let mut open = Vec::new();
        for environment in &environments {
            let values = values![self.ledger, environment.as_str(), micros(now), limit(most)];
            open.extend(self.rows(sql, values, "reading open actions", action)?);
        }
        open.sort_by(|a, b| (a.seq, &a.id).cmp(&(b.seq, &b.id)));
        open.truncate(most);
        Ok(open)
    }

    pub(super) fn actions_awaited_by(&self, stream: &StreamId) -> Result<Vec<ActionRow>> {
        let sql = select!("WHERE ledger_id = ?1 AND stream = ?2 ORDER BY seq, id");
        self.rows(
            sql,
            values![self.ledger, stream.as_str()],
            "reading the actions of a stream",
            action,
        )
    }

    pub(super) fn queue_action(&mut self, new: &NewAction) -> Result<()> {
        let head = self.newest()?;
        let sql = "INSERT INTO action (ledger_id, id, stream, environment, body, created, seq) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
        let values = values![
            self.ledger,
            new.id.as_str(),
            new.stream.as_str(),
            new.environment.as_str(),
            new.body,
            micros(new.created),
            number(head.seq),
        ];
        match self.run(sql, values, "queueing an action")? {
            0 => Err(StoreError::Exists {
                what: "action",
                key: new.id.to_string(),
            }),
            _ => Ok(()),
        }
    }

    pub(super) fn drop_action(&mut self, id: &ActionId) -> Result<bool> {
        let sql = "DELETE FROM action WHERE ledger_id = ?1 AND id = ?2";
        Ok(self.run(sql, values![self.ledger, id.as_str()], "ending an action")? > 0)
    }

    pub(super) fn lease_action(
        &mut self,
        id: &ActionId,
        by: &str,
        until: Timestamp,
    ) -> Result<Option<u64>> {
        let sql = match is_off("epoch") {
            false => {
                "UPDATE action SET epoch = epoch + 1, lease_by = ?3, lease_until = ?4 \
                 WHERE ledger_id = ?1 AND id = ?2 RETURNING epoch"
            }
            true => {
                "UPDATE action SET epoch = 1, lease_by = ?3, lease_until = ?4 \
                 WHERE ledger_id = ?1 AND id = ?2 RETURNING epoch"
            }
        };
        let values = values![self.ledger, id.as_str(), by, micros(until)];
        self.one(sql, values, "leasing an action", |row| {
            Columns {
                row,
                bad: bad_action,
            }
            .number(0)
        })
    }

    pub(super) fn renew_lease(
        &mut self,
        id: &ActionId,
        epoch: u64,
        until: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE action SET lease_until = ?4 \
                   WHERE ledger_id = ?1 AND id = ?2 AND epoch = ?3 AND lease_by IS NOT NULL";
        let values = values![self.ledger, id.as_str(), number(epoch), micros(until)];
        Ok(self.run(sql, values, "renewing a lease")? > 0)
    }
}

pub(crate) fn action(row: &dyn Cells) -> Result<ActionRow> {
    let row = Columns {
        row,
        bad: bad_action,
    };
    Ok(ActionRow {
        id: row.action(0)?,
        stream: row.stream(1)?,
        environment: row.environment(2)?,
        body: row.get(3)?,
        lease: Lease {
            epoch: row.number(4)?,
            by: row.get(5)?,
            until: row.at_or_none(6)?,
        },
        created: row.at(7)?,
        seq: row.number(8)?,
    })
}

fn bad_action(because: String) -> StoreError {
    StoreError::BadRow {
        what: "an action".to_owned(),
        because,
    }
}
