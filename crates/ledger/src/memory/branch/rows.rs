//! What a branch shows: its own rows, and those of the snapshot where it wrote none.

use super::super::session::Session;
use super::snapshot::Snapshot;
use crate::row::{ActionRow, CheckpointRow, Due, Entry, Head, Reply, TokenRow, WakeRow};
use crate::store::{Result, Rows};
use crate::tree::Frontier;
use std::cmp::Ordering;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, CommandId, EnvId, StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_core::view::StateRow;

/// In the place of a row of a read model, or of bytes, that was removed here and stands in the snapshot.
pub(super) const REMOVED: &str = "\0removed";

/// Rows of a read model in order, and the key up to which nothing is missing where the snapshot has more.
struct Page {
    rows: Vec<(String, String)>,
    end: Option<String>,
}

/// Rows of a branch over those of its snapshot.
pub(super) struct Over<'a> {
    pub(super) top: Session<'a>,
    pub(super) beneath: &'a Snapshot,
}

impl Over<'_> {
    /// Entries of the snapshot, as they were changed here.
    fn older(&self, entries: Vec<Entry>) -> Vec<Entry> {
        let changed = |entry: Entry| {
            let here = self.top.at.ledger.get(&entry.seq);
            here.map_or(entry, |here| Entry::clone(here))
        };
        entries.into_iter().map(changed).collect()
    }

    /// A page of rows of a read model: both sides in order, where both have a key the newer one, without those that were removed.
    fn page(
        &self,
        (name, prefix, reverse): (&str, &str, bool),
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page> {
        let scan = (
            name.to_owned(),
            prefix.to_owned(),
            after.map(str::to_owned),
            limit,
            reverse,
        );
        let below = self.beneath.scan(scan)?;
        // Beyond the last row of a full page the snapshot may hold more: rows written here have to wait for those.
        let end = (below.len() == limit)
            .then(|| below.last().map(|(key, _)| key.clone()))
            .flatten();
        let within = |key: &String| {
            end.as_ref().is_none_or(|end| match reverse {
                false => key <= end,
                true => key >= end,
            })
        };
        let above = self.top.models_of(name, prefix, after, reverse);
        let above: Vec<(String, String)> = above.take_while(|(key, _)| within(key)).collect();
        Ok(Page {
            rows: merged(below, above, reverse),
            end,
        })
    }
}

/// Two lists in the same order as one; of rows with the same key the second one counts.
fn merged(
    below: Vec<(String, String)>,
    above: Vec<(String, String)>,
    reverse: bool,
) -> Vec<(String, String)> {
    let mut all = Vec::with_capacity(below.len() + above.len());
    let (mut below, mut above) = (below.into_iter().peekable(), above.into_iter().peekable());
    loop {
        let order = match (below.peek(), above.peek()) {
            (None, None) => return all,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((a, _)), Some((b, _))) if reverse => b.cmp(a),
            (Some((a, _)), Some((b, _))) => a.cmp(b),
        };
        if order == Ordering::Less {
            all.extend(below.next());
            continue;
        }
        if order == Ordering::Equal {
            below.next();
        }
        all.extend(above.next().filter(|(_, body)| body != REMOVED));
    }
}

/// Do these bytes only say that those with this digest were removed?
pub(super) fn is_removed(bytes: &[u8], digest: &Digest) -> bool {
    bytes == REMOVED.as_bytes() && Digest::of(bytes) != *digest
}

impl Rows for Over<'_> {
    fn head(&self) -> Result<Head> {
        let newest = self.top.newest();
        Ok(match newest.seq > self.beneath.head.seq {
            true => newest,
            false => self.beneath.head.clone(),
        })
    }

    fn entries(&self, from_seq: u64, limit: usize) -> Result<Vec<Entry>> {
        let last = self.beneath.head.seq;
        let mut found = match from_seq <= last {
            true => self.older(self.beneath.ask(move |rows| {
                let room = usize::try_from(last - from_seq + 1).unwrap_or(usize::MAX);
                rows.entries(from_seq, limit.min(room))
            })?),
            false => Vec::new(),
        };
        let room = limit - found.len().min(limit);
        found.extend(self.top.ledger_from(from_seq.max(last + 1), room));
        Ok(found)
    }

    fn entries_of(&self, stream: &StreamId, from_rev: u64, limit: usize) -> Result<Vec<Entry>> {
        let before = self.beneath.rev(stream)?;
        let mut found = Vec::new();
        if from_rev <= before {
            let key = stream.clone();
            let rows = self
                .beneath
                .ask(move |rows| rows.entries_of(&key, from_rev, limit))?;
            found = self.older(rows);
        }
        let room = limit - found.len().min(limit);
        found.extend(self.top.ledger_of(stream, from_rev.max(before + 1), room));
        Ok(found)
    }

    fn rev(&self, stream: &StreamId) -> Result<u64> {
        match self.top.newest_rev(stream) {
            0 => self.beneath.rev(stream),
            rev => Ok(rev),
        }
    }

    fn state(&self, stream: &StreamId) -> Result<Option<StateRow>> {
        match self.top.at.state.get(stream) {
            Some((row, _)) => Ok(Some(row.clone())),
            None => self.beneath.state(stream),
        }
    }

    fn states(
        &self,
        kind: StreamKind,
        after: Option<&StreamId>,
        limit: usize,
    ) -> Result<Vec<(StreamId, StateRow)>> {
        let from = after.cloned();
        let below = self
            .beneath
            .ask(move |rows| rows.states(kind, from.as_ref(), limit))?;
        let mut all: std::collections::BTreeMap<StreamId, StateRow> = below.into_iter().collect();
        all.extend(self.top.states_of(kind, after, limit));
        Ok(all.into_iter().take(limit).collect())
    }

    fn due(&self, until: Timestamp, limit: usize) -> Result<Vec<Due>> {
        self.top.due(until, limit)
    }

    fn next_due(&self) -> Result<Option<Timestamp>> {
        self.top.next_due()
    }

    fn waiting_on(&self, trigger: &str) -> Result<Vec<StreamId>> {
        self.top.waiting_on(trigger)
    }

    fn wake_of(&self, stream: &StreamId) -> Result<Option<WakeRow>> {
        if self.top.at.state.get(stream).is_some() {
            return self.top.wake_of(stream);
        }
        let stream = stream.clone();
        self.beneath.ask(move |rows| rows.wake_of(&stream))
    }

    fn streams_without_wake(&self, limit: usize) -> Result<Vec<StreamId>> {
        self.top.streams_without_wake(limit)
    }

    fn action(&self, id: &ActionId) -> Result<Option<ActionRow>> {
        self.top.action(id)
    }

    fn actions_open(
        &self,
        environments: &[EnvId],
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<ActionRow>> {
        self.top.actions_open(environments, now, limit)
    }

    fn actions_of(&self, stream: &StreamId) -> Result<Vec<ActionRow>> {
        self.top.actions_of(stream)
    }

    fn reply(&self, id: &CommandId) -> Result<Option<Reply>> {
        match self.top.reply(id)? {
            Some(reply) => Ok(Some(reply)),
            None => self.beneath.reply(id),
        }
    }

    fn model(&self, name: &str, key: &str) -> Result<Option<String>> {
        match self.top.model(name, key)? {
            Some(body) => Ok(Some(body).filter(|body| body != REMOVED)),
            None => self.beneath.model(name, key),
        }
    }

    fn scan(
        &self,
        name: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        reverse: bool,
    ) -> Result<Vec<(String, String)>> {
        let mut found = Vec::new();
        let mut after = after.map(str::to_owned);
        loop {
            let page = limit.saturating_sub(found.len());
            if page == 0 {
                return Ok(found);
            }
            let next = self.page((name, prefix, reverse), after.as_deref(), page)?;
            found.extend(next.rows.into_iter().take(page));
            match next.end {
                Some(end) => after = Some(end),
                None => return Ok(found),
            }
        }
    }

    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>> {
        match self.top.blob(digest)? {
            Some(bytes) if is_removed(&bytes, digest) => Ok(None),
            Some(bytes) => Ok(Some(bytes)),
            None => {
                let digest = digest.clone();
                self.beneath.ask(move |rows| rows.blob(&digest))
            }
        }
    }

    fn quarantined(&self, stream: &StreamId) -> Result<Option<String>> {
        self.top.quarantined(stream)
    }

    fn quarantines(&self) -> Result<Vec<(StreamId, String)>> {
        self.top.quarantines()
    }

    fn token(&self, hash: &Digest) -> Result<Option<TokenRow>> {
        self.top.token(hash)
    }

    fn tokens(&self) -> Result<Vec<TokenRow>> {
        self.top.tokens()
    }

    fn tree(&self) -> Result<Frontier> {
        Ok(self.top.tree())
    }

    fn leaves(&self, from_seq: u64, limit: usize) -> Result<Vec<Digest>> {
        let last = self.beneath.head.seq;
        let mut found = match from_seq <= last {
            true => self.beneath.ask(move |rows| rows.leaves(from_seq, limit))?,
            false => Vec::new(),
        };
        let room = limit - found.len().min(limit);
        found.extend(self.top.leaves_from(from_seq.max(last + 1), room));
        Ok(found)
    }

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<Digest>>> {
        match self.top.tile(level, index)? {
            Some(hashes) => Ok(Some(hashes)),
            None => self.beneath.ask(move |rows| rows.tile(level, index)),
        }
    }

    fn checkpoints(&self, after: u64, limit: usize) -> Result<Vec<CheckpointRow>> {
        let mut found = self
            .beneath
            .ask(move |rows| rows.checkpoints(after, limit))?;
        let room = limit - found.len().min(limit);
        found.extend(self.top.checkpoints_after(after, room));
        Ok(found)
    }

    fn newest_checkpoint(&self) -> Result<Option<CheckpointRow>> {
        match self.top.newest_checkpoint() {
            Some(row) => Ok(Some(row)),
            None => self.beneath.ask(|rows| rows.newest_checkpoint()),
        }
    }

    fn checkpoint_keys(&self) -> Result<Vec<String>> {
        self.top.checkpoint_keys()
    }
}
