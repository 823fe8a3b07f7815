//! The ledger itself and its head.

use super::Link;
use super::session::Session;
use super::value::{Cells, values};
use super::value::{Columns, limit, micros, number};
use crate::chain;
use crate::error::{StoreError, nothing_to_erase};
use crate::row::{Entry, Head, LedgerId};
use crate::store::Result;
use crate::tree;
use tidegate_core::batch::NewEntry;
use tidegate_core::digest::Digest;
use tidegate_core::id::StreamId;
use tidegate_core::time::Timestamp;

/// Make the head of a ledger that is new in this database.
pub(crate) fn begin(link: &dyn Link, ledger: LedgerId) -> Result<()> {
    let head = Head::empty();
    let sql = "INSERT INTO head (ledger_id, seq, at, hash, frontier) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
    let values = values![
        ledger.0,
        number(head.seq),
        micros(head.at),
        head.hash.as_bytes(),
        [].as_slice() as &[u8],
    ];
    link.execute(sql, values, "making the head").map(|_| ())
}

impl Session<'_> {
    pub(super) fn read_head(&self) -> Result<Head> {
        let sql = "SELECT seq, at, hash FROM head WHERE ledger_id = ?1";
        let head = self.one(sql, values![self.ledger], "reading the head", |row| {
            let row = Columns { row, bad: bad_head };
            Ok(Head {
                seq: row.number(0)?,
                at: row.at(1)?,
                hash: row.digest(2)?,
            })
        })?;
        head.ok_or_else(|| bad_head("it is missing".to_owned()))
    }

    /// The head before the first append of this transaction. A head that is not the newest entry was changed outside;
    /// nothing is built on it.
    fn head_to_build_on(&self) -> Result<Head> {
        let head = self.read_head()?;
        let sql = "SELECT seq, hash FROM ledger WHERE ledger_id = ?1 ORDER BY seq DESC LIMIT 1";
        let newest = self.one(
            sql,
            values![self.ledger],
            "reading the newest entry",
            |row| {
                let row = Columns { row, bad: bad_head };
                Ok((row.number(0)?, row.digest(1)?))
            },
        )?;
        match newest.unwrap_or((0, Head::empty().hash)) {
            (seq, hash) if seq == head.seq && hash == head.hash => Ok(head),
            (seq, _) => {
                let because = format!(
                    "it names entry {}, but the newest entry is {seq} or has another hash",
                    head.seq
                );
                Err(bad_head(because))
            }
        }
    }

    pub(super) fn append_entry(&mut self, new: &NewEntry, at: Timestamp) -> Result<Entry> {
        let head = match &self.head {
            Some(head) => head.clone(),
            None => self.head_to_build_on()?,
        };
        let have = self.newest_rev(&new.stream)?;
        if new.rev != have + 1 {
            return Err(StoreError::Revision {
                stream: new.stream.clone(),
                have,
                got: new.rev,
            });
        }
        let entry = chain::seal(&head, new, at)?;
        let sql = "INSERT INTO ledger (ledger_id, seq, at, stream, rev, kind, actor, cause, body, body_hash, hash, leaf) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
        let leaf = tree::leaf(&entry);
        let values = values![
            self.ledger,
            number(entry.seq),
            micros(entry.at),
            entry.stream.as_str(),
            number(entry.rev),
            entry.kind,
            entry.actor,
            entry.cause,
            entry.body,
            entry.body_hash.as_bytes(),
            entry.hash.as_bytes(),
            leaf.as_bytes(),
        ];
        self.run(sql, values, "appending an entry")?;
        let rev = (entry.stream.clone(), entry.rev);
        self.revs.get_mut().extend([rev]);
        self.head = Some(Head {
            seq: entry.seq,
            at: entry.at,
            hash: entry.hash.clone(),
        });
        if let Err(error) = self.grow(leaf) {
            // The entry stands already, so nothing of this transaction may be kept.
            return Err(self.spoil(error));
        }
        Ok(entry)
    }

    pub(super) fn erase_words(&mut self, seq: u64, body: &str, by: u64) -> Result<()> {
        let sql = "UPDATE ledger SET body = ?3, erased = ?4 WHERE ledger_id = ?1 AND seq = ?2 AND seq < ?4 AND erased IS NULL";
        let values = values![self.ledger, number(seq), body, number(by)];
        match self.run(sql, values, "erasing words of an entry")? {
            0 => Err(nothing_to_erase(seq)),
            _ => Ok(()),
        }
    }

    /// Write what is written once per transaction; the last thing before the commit. Gives the head when it moved.
    pub(crate) fn finish(self) -> Result<Option<Head>> {
        self.still_whole()?;
        let Some(head) = &self.head else {
            return Ok(None);
        };
        let sql =
            "UPDATE head SET seq = ?2, at = ?3, hash = ?4, frontier = ?5 WHERE ledger_id = ?1";
        let edge = self.read_frontier()?.to_bytes();
        let values = values![
            self.ledger,
            number(head.seq),
            micros(head.at),
            head.hash.as_bytes(),
            edge.as_slice(),
        ];
        self.run(sql, values, "moving the head")?;
        Ok(self.head)
    }

    pub(super) fn newest_rev(&self, stream: &StreamId) -> Result<u64> {
        if let Some(rev) = self.revs.borrow().get(stream) {
            return Ok(*rev);
        }
        let sql =
            "SELECT rev FROM ledger WHERE ledger_id = ?1 AND stream = ?2 ORDER BY rev DESC LIMIT 1";
        let doing = "reading the newest revision of a stream";
        let rev = self.one(sql, values![self.ledger, stream.as_str()], doing, |row| {
            let bad = |because| StoreError::BadRow {
                what: format!("the newest revision of {stream}"),
                because,
            };
            Columns { row, bad }.number(0)
        })?;
        let rev = rev.unwrap_or(0);
        self.revs.borrow_mut().insert(stream.clone(), rev);
        Ok(rev)
    }

    pub(super) fn ledger_from(&self, from_seq: u64, most: usize) -> Result<Vec<Entry>> {
        let sql = "SELECT seq, at, stream, rev, kind, actor, cause, body, body_hash, hash, erased FROM ledger \
                   WHERE ledger_id = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3";
        self.rows(
            sql,
            values![self.ledger, number(from_seq), limit(most)],
            "reading entries",
            entry,
        )
    }

    pub(super) fn ledger_with_leaves(
        &self,
        from_seq: u64,
        most: usize,
    ) -> Result<Vec<(Entry, Option<Digest>)>> {
        let sql = "SELECT seq, at, stream, rev, kind, actor, cause, body, body_hash, hash, erased, leaf FROM ledger \
                   WHERE ledger_id = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3";
        let values = values![self.ledger, number(from_seq), limit(most)];
        self.rows(sql, values, "reading entries", |row| {
            let bad = bad_head;
            Ok((entry(row)?, Columns { row, bad }.digest(11).ok()))
        })
    }

    pub(super) fn ledger_of(
        &self,
        stream: &StreamId,
        from_rev: u64,
        most: usize,
    ) -> Result<Vec<Entry>> {
        let sql = "SELECT seq, at, stream, rev, kind, actor, cause, body, body_hash, hash, erased FROM ledger \
                   WHERE ledger_id = ?1 AND stream = ?2 AND rev >= ?3 ORDER BY rev LIMIT ?4";
        let values = values![self.ledger, stream.as_str(), number(from_rev), limit(most)];
        self.rows(sql, values, "reading the entries of a stream", entry)
    }
}

fn entry(row: &dyn Cells) -> Result<Entry> {
    let unnamed = |because| StoreError::BadRow {
        what: "the sequence number of an entry".to_owned(),
        because,
    };
    let seq = Columns { row, bad: unnamed }.number(0)?;
    let row = Columns {
        row,
        bad: |because| StoreError::BadEntry { seq, because },
    };
    Ok(Entry {
        seq,
        at: row.at(1)?,
        stream: row.stream(2)?,
        rev: row.number(3)?,
        kind: row.get(4)?,
        actor: row.get(5)?,
        cause: row.get(6)?,
        body: row.get(7)?,
        body_hash: row.digest(8)?,
        hash: row.digest(9)?,
        erased: row
            .get::<Option<i64>>(10)?
            .and_then(|seq| u64::try_from(seq).ok()),
    })
}

fn bad_head(because: String) -> StoreError {
    StoreError::BadRow {
        what: "the head of the ledger".to_owned(),
        because,
    }
}
