//! Rows beside the history: blobs, streams kept aside, tokens.

use super::session::Session;
use super::value::{Cells, values};
use super::value::{Columns, limit, micros};
use crate::error::StoreError;
use crate::row::{BLOB_LIMIT, TokenRow};
use crate::store::Result;
use tidegate_core::digest::Digest;
use tidegate_core::id::StreamId;

impl Session<'_> {
    pub(super) fn read_blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT body FROM blob WHERE ledger_id = ?1 AND digest = ?2";
        let bad = |because| StoreError::BadRow {
            what: format!("blob {digest}"),
            because,
        };
        let found: Option<Vec<u8>> = self.one(
            sql,
            values![self.ledger, digest.as_bytes()],
            "reading a blob",
            |row| Columns { row, bad }.get(0),
        )?;
        match found {
            Some(bytes) if Digest::of(&bytes) != *digest => {
                Err(bad("its bytes have another digest".to_owned()))
            }
            found => Ok(found),
        }
    }

    pub(super) fn write_blob(&mut self, bytes: &[u8]) -> Result<Digest> {
        if bytes.len() > BLOB_LIMIT {
            return Err(StoreError::TooLarge {
                what: "blob",
                size: bytes.len(),
                limit: BLOB_LIMIT,
            });
        }
        let digest = Digest::of(bytes);
        let sql = "INSERT INTO blob (ledger_id, digest, size, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
        let values = values![self.ledger, digest.as_bytes(), limit(bytes.len()), bytes];
        self.run(sql, values, "writing a blob")?;
        Ok(digest)
    }

    pub(super) fn remove_blob(&mut self, digest: &Digest) -> Result<bool> {
        let sql = "DELETE FROM blob WHERE ledger_id = ?1 AND digest = ?2";
        let values = values![self.ledger, digest.as_bytes()];
        Ok(self.run(sql, values, "removing a blob")? > 0)
    }

    pub(super) fn read_quarantine(&self, stream: &StreamId) -> Result<Option<String>> {
        let sql = "SELECT because FROM quarantine WHERE ledger_id = ?1 AND stream = ?2";
        let doing = "reading whether a stream is kept aside";
        self.one(sql, values![self.ledger, stream.as_str()], doing, |row| {
            Columns {
                row,
                bad: bad_quarantine,
            }
            .get(0)
        })
    }

    pub(super) fn read_quarantines(&self) -> Result<Vec<(StreamId, String)>> {
        let sql = "SELECT stream, because FROM quarantine WHERE ledger_id = ?1 ORDER BY stream";
        self.rows(
            sql,
            values![self.ledger],
            "reading which streams are kept aside",
            |row| {
                let row = Columns {
                    row,
                    bad: bad_quarantine,
                };
                Ok((row.stream(0)?, row.get(1)?))
            },
        )
    }

    pub(super) fn write_quarantine(&mut self, stream: &StreamId, because: &str) -> Result<()> {
        let sql = "INSERT INTO quarantine (ledger_id, stream, because) VALUES (?1, ?2, ?3) \
                   ON CONFLICT (ledger_id, stream) DO UPDATE SET because = excluded.because";
        self.run(
            sql,
            values![self.ledger, stream.as_str(), because],
            "keeping a stream aside",
        )
        .map(|_| ())
    }

    pub(super) fn drop_quarantine(&mut self, stream: &StreamId) -> Result<bool> {
        let sql = "DELETE FROM quarantine WHERE ledger_id = ?1 AND stream = ?2";
        Ok(self.run(
            sql,
            values![self.ledger, stream.as_str()],
            "releasing a stream",
        )? > 0)
    }

    pub(super) fn read_token(&self, hash: &Digest) -> Result<Option<TokenRow>> {
        let sql = "SELECT hash, name, body, created, expires FROM token WHERE ledger_id = ?1 AND hash = ?2";
        self.one(
            sql,
            values![self.ledger, hash.as_bytes()],
            "reading a token",
            token,
        )
    }

    pub(super) fn read_tokens(&self) -> Result<Vec<TokenRow>> {
        let sql = "SELECT hash, name, body, created, expires FROM token WHERE ledger_id = ?1 ORDER BY name, hash";
        self.rows(sql, values![self.ledger], "reading tokens", token)
    }

    pub(super) fn write_token(&mut self, token: &TokenRow) -> Result<()> {
        let sql = "INSERT INTO token (ledger_id, hash, name, body, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                   ON CONFLICT (ledger_id, hash) DO UPDATE SET name = excluded.name, body = excluded.body, \
                   created = excluded.created, expires = excluded.expires";
        let values = values![
            self.ledger,
            token.hash.as_bytes(),
            token.name,
            token.body,
            micros(token.created),
            token.expires.map(micros),
        ];
        self.run(sql, values, "keeping a token").map(|_| ())
    }

    pub(super) fn drop_token_row(&mut self, hash: &Digest) -> Result<bool> {
        let sql = "DELETE FROM token WHERE ledger_id = ?1 AND hash = ?2";
        Ok(self.run(
            sql,
            values![self.ledger, hash.as_bytes()],
            "removing a token",
        )? > 0)
    }
}

fn token(row: &dyn Cells) -> Result<TokenRow> {
    let row = Columns {
        row,
        bad: |because| StoreError::BadRow {
            what: "a token".to_owned(),
            because,
        },
    };
    Ok(TokenRow {
        hash: row.digest(0)?,
        name: row.get(1)?,
        body: row.get(2)?,
        created: row.at(3)?,
        expires: row.at_or_none(4)?,
    })
}

fn bad_quarantine(because: String) -> StoreError {
    StoreError::BadRow {
        what: "a stream kept aside".to_owned(),
        because,
    }
}
