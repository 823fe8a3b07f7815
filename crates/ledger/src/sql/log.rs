//! The tree beside the ledger and the checkpoints over it.

use super::session::Session;
use super::value::{Columns, limit, micros, number, values};
use crate::error::StoreError;
use crate::row::CheckpointRow;
use crate::store::Result;
use crate::tree::{self, Frontier};
use tidegate_core::digest::Digest;

impl Session<'_> {
    pub(super) fn read_frontier(&self) -> Result<Frontier> {
        if let Some(tree) = &self.tree {
            return Ok(tree.clone());
        }
        let sql = "SELECT seq, frontier FROM head WHERE ledger_id = ?1";
        let found = self.one(sql, values![self.ledger], "reading the tree", |row| {
            let row = Columns { row, bad: bad_tree };
            let (seq, edge) = (row.number(0)?, row.get::<Vec<u8>>(1)?);
            let tree = Frontier::from_bytes(seq, &edge);
            tree.ok_or_else(|| bad_tree(format!("its edge does not belong to {seq} entries")))
        })?;
        found.ok_or_else(|| bad_tree("it is missing".to_owned()))
    }

    pub(super) fn read_leaves(&self, from_seq: u64, most: usize) -> Result<Vec<Digest>> {
        let sql =
            "SELECT leaf FROM ledger WHERE ledger_id = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3";
        let values = values![self.ledger, number(from_seq), limit(most)];
        self.rows(sql, values, "reading leaves of the tree", |row| {
            Columns { row, bad: bad_tree }.digest(0)
        })
    }

    pub(super) fn read_tile(&self, level: u8, index: u64) -> Result<Option<Vec<Digest>>> {
        let sql = "SELECT hashes FROM tile WHERE ledger_id = ?1 AND level = ?2 AND idx = ?3";
        let values = values![self.ledger, u32::from(level), number(index)];
        self.one(sql, values, "reading a tile of the tree", |row| {
            let bytes: Vec<u8> = Columns { row, bad: bad_tree }.get(0)?;
            tree::digests_of(&bytes)
                .ok_or_else(|| bad_tree(format!("tile {level}/{index} has {} bytes", bytes.len())))
        })
    }

    /// The tree with one leaf more, and the tiles that are complete with it. The leaf stands beside its entry already.
    pub(super) fn grow(&mut self, leaf: Digest) -> Result<()> {
        let mut tree = self.read_frontier()?;
        tree.push(leaf);
        let size = tree.size();
        self.tree = Some(tree);
        if !size.is_multiple_of(tree::TILE) {
            return Ok(());
        }
        for (level, index, hashes) in tree::completed(self, size)? {
            let sql = "INSERT INTO tile (ledger_id, level, idx, hashes) VALUES (?1, ?2, ?3, ?4)";
            let bytes = tree::bytes_of(&hashes);
            let values = values![
                self.ledger,
                u32::from(level),
                number(index),
                bytes.as_slice()
            ];
            self.run(sql, values, "writing a tile of the tree")?;
        }
        Ok(())
    }

    pub(super) fn read_checkpoints(&self, after: u64, most: usize) -> Result<Vec<CheckpointRow>> {
        let sql = "SELECT size, at, note FROM checkpoint WHERE ledger_id = ?1 AND size > ?2 ORDER BY size LIMIT ?3";
        let values = values![self.ledger, number(after), limit(most)];
        self.rows(sql, values, "reading checkpoints", checkpoint)
    }

    pub(super) fn read_newest_checkpoint(&self) -> Result<Option<CheckpointRow>> {
        let sql =
            "SELECT size, at, note FROM checkpoint WHERE ledger_id = ?1 ORDER BY size DESC LIMIT 1";
        self.one(
            sql,
            values![self.ledger],
            "reading the newest checkpoint",
            checkpoint,
        )
    }

    pub(super) fn read_checkpoint_keys(&self) -> Result<Vec<String>> {
        let sql =
            "SELECT verifier FROM checkpoint_key WHERE ledger_id = ?1 ORDER BY since, verifier";
        self.rows(
            sql,
            values![self.ledger],
            "reading the keys of checkpoints",
            |row| Columns { row, bad: bad_tree }.get(0),
        )
    }

    pub(super) fn write_checkpoint(&mut self, new: &CheckpointRow) -> Result<()> {
        let sql = "INSERT INTO checkpoint (ledger_id, size, at, note) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
        let values = values![self.ledger, number(new.size), micros(new.at), new.note];
        self.run(sql, values, "keeping a checkpoint").map(|_| ())
    }

    pub(crate) fn write_checkpoint_key(&mut self, verifier: &str, since: u64) -> Result<()> {
        let sql = "INSERT INTO checkpoint_key (ledger_id, verifier, since) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        let values = values![self.ledger, verifier, number(since)];
        self.run(sql, values, "keeping a key of checkpoints")
            .map(|_| ())
    }

    /// Are there entries that were written before there was a tree?
    pub(crate) fn is_bare(&self) -> Result<bool> {
        let sql = "SELECT seq FROM head WHERE ledger_id = ?1 AND frontier IS NULL";
        let bare = self.one(sql, values![self.ledger], "looking for the tree", |row| {
            Columns { row, bad: bad_tree }.number(0)
        })?;
        Ok(bare.is_some())
    }

    /// The tree over them.
    pub(crate) fn plant(&mut self) -> Result<()> {
        if !self.is_bare()? {
            return Ok(());
        }
        self.tree = Some(Frontier::default());
        let mut next = 1;
        loop {
            let page = self.ledger_from(next, crate::chain::PAGE)?;
            for entry in &page {
                let leaf = tree::leaf(entry);
                let sql = "UPDATE ledger SET leaf = ?3 WHERE ledger_id = ?1 AND seq = ?2";
                let values = values![self.ledger, number(entry.seq), leaf.as_bytes()];
                self.run(sql, values, "planting the tree")?;
                self.grow(leaf)?;
                next = entry.seq + 1;
            }
            if page.len() < crate::chain::PAGE {
                break;
            }
        }
        let edge = self.read_frontier()?.to_bytes();
        let sql = "UPDATE head SET frontier = ?2 WHERE ledger_id = ?1";
        self.run(
            sql,
            values![self.ledger, edge.as_slice()],
            "planting the tree",
        )
        .map(|_| ())
    }
}

fn checkpoint(row: &dyn super::value::Cells) -> Result<CheckpointRow> {
    let row = Columns { row, bad: bad_tree };
    Ok(CheckpointRow {
        size: row.number(0)?,
        at: row.at(1)?,
        note: row.get(2)?,
    })
}

fn bad_tree(because: String) -> StoreError {
    StoreError::BadRow {
        what: "the tree of the ledger".to_owned(),
        because,
    }
}
