//! Entries, states, read models, answers, blobs and tokens in memory.

use super::session::Session;
use super::tables::WakeKind;
use crate::chain;
use crate::error::{StoreError, nothing_to_erase};
use crate::range::after_prefix;
use crate::row::{BLOB_LIMIT, Entry, Head, Reply, TokenRow};
use crate::store::Result;
use crate::tree;
use std::ops::Bound::{Excluded, Included, Unbounded};
use std::sync::Arc;
use tidegate_core::batch::NewEntry;
use tidegate_core::digest::Digest;
use tidegate_core::id::{CommandId, StreamId, StreamKind};
use tidegate_core::time::{Timestamp, ledger_time};
use tidegate_core::view::StateRow;

impl Session<'_> {
    pub(super) fn newest(&self) -> Head {
        let newest = self.at.ledger.range(Unbounded, Unbounded, true).next();
        newest.map_or_else(Head::empty, |(_, e)| Head {
            seq: e.seq,
            at: e.at,
            hash: e.hash.clone(),
        })
    }

    pub(super) fn ledger_from(&self, from_seq: u64, limit: usize) -> Vec<Entry> {
        let found = self.at.ledger.range(Included(from_seq), Unbounded, false);
        found
            .take(limit)
            .map(|(_, entry)| Entry::clone(entry))
            .collect()
    }

    pub(super) fn ledger_of(&self, stream: &StreamId, from_rev: u64, limit: usize) -> Vec<Entry> {
        let (low, high) = ((stream.clone(), from_rev), (stream.clone(), u64::MAX));
        let found = self
            .at
            .revisions
            .range(Included(low), Included(high), false)
            .take(limit);
        found
            .filter_map(|(_, seq)| self.at.ledger.get(seq))
            .map(|entry| Entry::clone(entry))
            .collect()
    }

    pub(super) fn newest_rev(&self, stream: &StreamId) -> u64 {
        let (low, high) = ((stream.clone(), 0), (stream.clone(), u64::MAX));
        self.at
            .revisions
            .range(Included(low), Included(high), true)
            .next()
            .map_or(0, |((_, rev), _)| *rev)
    }

    pub(super) fn append_entry(&mut self, new: &NewEntry, at: Timestamp) -> Result<Entry> {
        let have = self.newest_rev(&new.stream);
        if new.rev != have + 1 {
            return Err(StoreError::Revision {
                stream: new.stream.clone(),
                have,
                got: new.rev,
            });
        }
        let entry = chain::seal(&self.newest(), new, at)?;
        self.at.ledger.put(entry.seq, Arc::new(entry.clone()));
        self.at
            .revisions
            .put((entry.stream.clone(), entry.rev), entry.seq);
        self.grow(tree::leaf(&entry))?;
        Ok(entry)
    }

    pub(super) fn erase_words(&mut self, seq: u64, body: &str, by: u64) -> Result<()> {
        let found = self.at.ledger.get(&seq);
        let Some(entry) = found.filter(|entry| entry.erased.is_none() && by > seq) else {
            return Err(nothing_to_erase(seq));
        };
        let mut entry = Entry::clone(entry);
        (entry.body, entry.erased) = (Some(body.to_owned()), Some(by));
        self.at.ledger.put(seq, Arc::new(entry));
        Ok(())
    }

    pub(super) fn states_of(
        &self,
        kind: StreamKind,
        after: Option<&StreamId>,
        limit: usize,
    ) -> Vec<(StreamId, StateRow)> {
        let first = StreamId::new(kind, "");
        let low = match after {
            Some(after) if *after >= first => Excluded(after.clone()),
            _ => Included(first),
        };
        let found = self
            .at
            .state
            .range(low, Unbounded, false)
            .take_while(|(stream, _)| stream.kind() == Some(kind));
        found
            .take(limit)
            .map(|(stream, (row, _))| (stream.clone(), row.clone()))
            .collect()
    }

    pub(super) fn write_state(&mut self, stream: &StreamId, row: &StateRow) {
        let wake = self
            .at
            .state
            .get(stream)
            .map_or(WakeKind::Unset, |(_, wake)| *wake);
        self.at.state.put(stream.clone(), (row.clone(), wake));
    }

    pub(super) fn models_of(
        &self,
        name: &str,
        prefix: &str,
        after: Option<&str>,
        reverse: bool,
    ) -> impl Iterator<Item = (String, String)> {
        let at = |key: &str| (name.to_owned(), key.to_owned());
        let mut low = Included(at(prefix));
        let mut high = match after_prefix(prefix) {
            Some(end) => Excluded(at(&end)),
            None => Excluded((format!("{name}\0"), String::new())),
        };
        match after {
            Some(after) if reverse && after_prefix(prefix).is_none_or(|end| *after < *end) => {
                high = Excluded(at(after))
            }
            Some(after) if !reverse && after >= prefix => low = Excluded(at(after)),
            _ => {}
        }
        self.at
            .models
            .range(low, high, reverse)
            .map(|((_, key), body)| (key.clone(), body.clone()))
    }

    pub(super) fn write_model(&mut self, name: &str, key: &str, body: Option<&str>) {
        let at = (name.to_owned(), key.to_owned());
        match body {
            Some(body) => self.at.models.put(at, body.to_owned()),
            None => self.at.models.remove(at),
        }
    }

    pub(super) fn write_reply(&mut self, reply: &Reply) -> Result<()> {
        if self.at.replies.get(&reply.command_id).is_some() {
            return Err(StoreError::Exists {
                what: "reply to command",
                key: reply.command_id.0.clone(),
            });
        }
        let reply = Reply {
            expires: ledger_time(reply.expires),
            ..reply.clone()
        };
        self.at
            .replies_expire
            .put((reply.expires, reply.command_id.clone()), ());
        self.at.replies.put(reply.command_id.clone(), reply);
        Ok(())
    }

    pub(super) fn drop_expired_replies(&mut self, now: Timestamp, limit: usize) {
        let expired = self
            .at
            .replies_expire
            .iter()
            .take_while(|((expires, _), ())| *expires <= now)
            .take(limit);
        let expired: Vec<(Timestamp, CommandId)> = expired.map(|(key, ())| key.clone()).collect();
        for key in &expired {
            self.at.replies.remove(key.1.clone());
            self.at.replies_expire.remove(key.clone());
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
        self.at.blobs.put(digest.clone(), bytes.into());
        Ok(digest)
    }

    pub(super) fn remove_blob(&mut self, digest: &Digest) -> bool {
        let was = self.at.blobs.get(digest).is_some();
        self.at.blobs.remove(digest.clone());
        was
    }

    pub(super) fn tokens_by_name(&self) -> Vec<TokenRow> {
        let mut tokens: Vec<TokenRow> = self
            .at
            .tokens
            .iter()
            .map(|(_, token)| token.clone())
            .collect();
        tokens.sort_by(|a, b| (&a.name, &a.hash).cmp(&(&b.name, &b.hash)));
        tokens
    }

    pub(super) fn write_token(&mut self, token: &TokenRow) {
        let (created, expires) = (ledger_time(token.created), token.expires.map(ledger_time));
        self.at.tokens.put(
            token.hash.clone(),
            TokenRow {
                created,
                expires,
                ..token.clone()
            },
        );
    }
}
