//! Answers to commands.

use super::session::Session;
use super::value::values;
use super::value::{Columns, limit, micros, number};
use crate::error::StoreError;
use crate::row::Reply;
use crate::store::Result;
use tidegate_core::id::CommandId;
use tidegate_core::time::Timestamp;

impl Session<'_> {
    pub(super) fn read_reply(&self, id: &CommandId) -> Result<Option<Reply>> {
        let sql = "SELECT fingerprint, seq, outcome, expires FROM reply WHERE ledger_id = ?1 AND command_id = ?2";
        self.one(
            sql,
            values![self.ledger, id.0],
            "reading the answer to a command",
            |row| {
                let row = Columns {
                    row,
                    bad: bad_reply,
                };
                Ok(Reply {
                    command_id: id.clone(),
                    fingerprint: row.digest(0)?,
                    seq: row.number(1)?,
                    outcome: row.get(2)?,
                    expires: row.at(3)?,
                })
            },
        )
    }

    pub(super) fn write_reply(&mut self, reply: &Reply) -> Result<()> {
        let sql = "INSERT INTO reply (ledger_id, command_id, fingerprint, seq, outcome, expires) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
        let values = values![
            self.ledger,
            reply.command_id.0,
            reply.fingerprint.as_bytes(),
            number(reply.seq),
            reply.outcome,
            micros(reply.expires),
        ];
        match self.run(sql, values, "keeping the answer to a command")? {
            0 => Err(StoreError::Exists {
                what: "reply to command",
                key: reply.command_id.0.clone(),
            }),
            _ => Ok(()),
        }
    }

    pub(super) fn drop_expired_replies(&mut self, now: Timestamp, most: usize) -> Result<()> {
        let sql = "DELETE FROM reply WHERE ledger_id = ?1 AND command_id IN (SELECT command_id FROM reply \
                   WHERE ledger_id = ?1 AND expires <= ?2 ORDER BY expires, command_id LIMIT ?3)";
        self.run(
            sql,
            values![self.ledger, micros(now), limit(most)],
            "forgetting old answers",
        )
        .map(drop)
    }
}

fn bad_reply(because: String) -> StoreError {
    StoreError::BadRow {
        what: "the answer to a command".to_owned(),
        because,
    }
}
