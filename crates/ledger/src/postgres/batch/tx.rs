//! What can be written in the transaction: frequent rows are kept pending, rare ones are written at once.

use super::Batched;
use super::pending::Change;
use crate::chain;
use crate::error::StoreError;
use crate::row::{ActionRow, CheckpointRow, Entry, Head, NewAction, Reply, TokenRow, WakeRow};
use crate::sql::Session;
use crate::store::{Result, Rows, Tx};
use crate::tree;
use tidegate_core::batch::NewEntry;
use tidegate_core::decider::Trigger;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, StreamId};
use tidegate_core::time::{Timestamp, ledger_time};
use tidegate_core::view::{Lease, StateRow};
use tidegate_faults::is_off;

impl<'c> Batched<'c> {
    /// The shared statements for a row that is rare, after what is pending.
    fn now(&mut self) -> Result<&mut Session<'c>> {
        self.flush()?;
        self.wrote.set(true);
        Ok(&mut self.session)
    }

    /// The same for one on which nothing that is pending bears.
    fn apart(&mut self) -> Result<&mut Session<'c>> {
        self.begun()?;
        self.wrote.set(true);
        Ok(&mut self.session)
    }

    fn writes(&self) -> Result<()> {
        self.begun()?;
        self.wrote.set(true);
        Ok(())
    }

    /// A stream whose row is known is looked at again then.
    fn wakes(&mut self, stream: &StreamId, wake: &WakeRow) -> Result<()> {
        self.writes()?;
        *self.due.get_mut() = None;
        let mut wake = wake.clone();
        if let WakeRow::Next { at, .. } = &mut wake {
            *at = ledger_time(*at);
        }
        self.pending.get_mut().wakes.insert(stream.clone(), wake);
        Ok(())
    }

    /// The head that the next entry follows. One that is not the newest entry was changed outside; nothing is built on it.
    fn head_to_build_on(&self) -> Result<Head> {
        let head = self.newest()?;
        match &*self.met.borrow() {
            Some(met) if met.is_newest => Ok(head),
            _ => Err(super::bad(
                "the head of the ledger",
                format!(
                    "it names entry {}, but the newest entry is another one or has another hash",
                    head.seq
                ),
            )),
        }
    }

    fn grow(&mut self, leaf: Digest) -> Result<()> {
        let mut grown = self.frontier()?;
        grown.push(leaf);
        let size = grown.size();
        *self.tree.get_mut() = Some(grown);
        if !size.is_multiple_of(tree::TILE) {
            return Ok(());
        }
        let tiles = tree::completed(self, size)?;
        let tiles = tiles
            .iter()
            .map(|(level, index, hashes)| (*level, *index, tree::bytes_of(hashes)));
        self.pending.get_mut().tiles.extend(tiles);
        Ok(())
    }

    fn change_action(&mut self, row: ActionRow) {
        let id = row.id.clone();
        self.known.get_mut().put_action(id.clone(), Some(row));
        let changes = &mut self.pending.get_mut().actions;
        changes.entry(id).or_insert(Change::Leased);
    }
}

impl Tx for Batched<'_> {
    fn append(&mut self, entry: &NewEntry, at: Timestamp) -> Result<Entry> {
        self.writes()?;
        let head = self.head_to_build_on()?;
        let have = self.rev(&entry.stream)?;
        if entry.rev != have + 1 {
            return Err(StoreError::Revision {
                stream: entry.stream.clone(),
                have,
                got: entry.rev,
            });
        }
        let entry = chain::seal(&head, entry, at)?;
        let leaf = tree::leaf(&entry);
        *self.head.get_mut() = Some(Head {
            seq: entry.seq,
            at: entry.at,
            hash: entry.hash.clone(),
        });
        let known = self.known.get_mut();
        known.put_rev(entry.stream.clone(), entry.rev);
        self.pending
            .get_mut()
            .entries
            .push((entry.clone(), leaf.clone()));
        let grown = self.grow(leaf);
        // The entry stands already, so nothing of this transaction may be kept.
        self.keep(grown)?;
        Ok(entry)
    }

    fn erase(&mut self, seq: u64, body: &str, by: u64) -> Result<()> {
        self.now()?.erase(seq, body, by)
    }

    fn put_state(&mut self, stream: &StreamId, row: &StateRow) -> Result<()> {
        self.now()?.put_state(stream, row)?;
        let known = self.known.get_mut();
        known.put_state(stream.clone(), Some(row.clone()));
        Ok(())
    }

    fn set_wake(&mut self, stream: &StreamId, wake: &WakeRow) -> Result<()> {
        self.begun()?;
        // It goes with a row that is known; without one the database says whether there is any.
        if self.known.get_mut().states.row(stream).is_none() {
            *self.due.get_mut() = None;
            return self.now()?.set_wake(stream, wake);
        }
        self.wakes(stream, wake)
    }

    fn put_state_and_wake(
        &mut self,
        stream: &StreamId,
        row: &StateRow,
        wake: &WakeRow,
    ) -> Result<()> {
        self.writes()?;
        let known = self.known.get_mut();
        known.put_state(stream.clone(), Some(row.clone()));
        self.wakes(stream, wake)
    }

    fn fire(&mut self, triggers: &[Trigger], now: Timestamp) -> Result<()> {
        if triggers.is_empty() {
            return Ok(());
        }
        self.writes()?;
        *self.due.get_mut() = None;
        let now = ledger_time(now);
        let pending = self.pending.get_mut();
        for wake in pending.wakes.values_mut() {
            if let WakeRow::Next { at, on, .. } = wake
                && on.iter().any(|on| triggers.contains(on))
            {
                *at = (*at).min(now);
            }
        }
        for trigger in triggers {
            let earliest = pending.fires.entry(trigger.clone()).or_insert(now);
            *earliest = (*earliest).min(now);
        }
        Ok(())
    }

    fn start_action(&mut self, action: &NewAction) -> Result<()> {
        self.writes()?;
        let is_known = self.known.get_mut().actions.get(&action.id).is_some();
        let is_new = !is_known && self.is_assumed(action.id.as_str());
        if !is_new && self.known_action(&action.id)?.is_some() {
            return Err(StoreError::Exists {
                what: "action",
                key: action.id.to_string(),
            });
        }
        if self.pending.get_mut().actions.contains_key(&action.id) {
            // It was there, and ended in this transaction.
            self.flush()?;
        }
        let row = ActionRow {
            id: action.id.clone(),
            stream: action.stream.clone(),
            environment: action.environment.clone(),
            body: action.body.clone(),
            lease: Lease {
                epoch: 0,
                by: None,
                until: None,
            },
            created: ledger_time(action.created),
            seq: self.newest()?.seq,
        };
        let changes = &mut self.pending.get_mut().actions;
        changes.insert(action.id.clone(), Change::New);
        let known = self.known.get_mut();
        known.put_action(action.id.clone(), Some(row));
        Ok(())
    }

    fn end_action(&mut self, id: &ActionId) -> Result<bool> {
        self.writes()?;
        let was = self.known_action(id)?.is_some();
        if was {
            self.known.get_mut().put_action(id.clone(), None);
            let changes = &mut self.pending.get_mut().actions;
            match changes.get(id) {
                Some(Change::New) => drop(changes.remove(id)),
                _ => drop(changes.insert(id.clone(), Change::Ended)),
            }
        }
        Ok(was)
    }

    fn lease(&mut self, id: &ActionId, by: &str, until: Timestamp) -> Result<Option<u64>> {
        self.writes()?;
        let Some(mut row) = self.known_action(id)? else {
            return Ok(None);
        };
        let epoch = match is_off("epoch") {
            false => row.lease.epoch + 1,
            true => 1,
        };
        row.lease = Lease {
            epoch,
            by: Some(by.to_owned()),
            until: Some(ledger_time(until)),
        };
        self.change_action(row);
        Ok(Some(epoch))
    }

    fn renew(&mut self, id: &ActionId, epoch: u64, until: Timestamp) -> Result<bool> {
        self.writes()?;
        match self.known_action(id)? {
            Some(mut row) if row.lease.epoch == epoch && row.lease.by.is_some() => {
                row.lease.until = Some(ledger_time(until));
                self.change_action(row);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn put_reply(&mut self, reply: &Reply) -> Result<()> {
        self.writes()?;
        let is_known = self
            .known
            .get_mut()
            .replies
            .get(&reply.command_id)
            .is_some();
        let is_new = !is_known && self.is_assumed(&reply.command_id.0);
        if !is_new && self.reply(&reply.command_id)?.is_some() {
            return Err(StoreError::Exists {
                what: "reply to command",
                key: reply.command_id.0.clone(),
            });
        }
        if self.pending.get_mut().expire.is_some() {
            self.flush()?;
        }
        let mut reply = reply.clone();
        reply.expires = ledger_time(reply.expires);
        let known = self.known.get_mut();
        known
            .replies
            .put(reply.command_id.clone(), Some(reply.clone()));
        self.pending.get_mut().replies.push(reply);
        Ok(())
    }

    fn expire_replies(&mut self, now: Timestamp, limit: usize) -> Result<()> {
        self.writes()?;
        if self.pending.get_mut().expire.is_some() {
            self.flush()?;
        }
        // Which of them go is the database's to say.
        self.known.get_mut().replies.forget();
        self.pending.get_mut().expire = Some((now, limit));
        Ok(())
    }

    fn put_model(&mut self, name: &str, key: &str, body: Option<&str>) -> Result<()> {
        self.writes()?;
        let known = self.known.get_mut();
        known.put_model(name, key, body.map(str::to_owned));
        let models = &mut self.pending.get_mut().models;
        models.insert((name.to_owned(), key.to_owned()));
        Ok(())
    }

    fn put_blob(&mut self, bytes: &[u8]) -> Result<Digest> {
        self.apart()?.put_blob(bytes)
    }
    fn drop_blob(&mut self, digest: &Digest) -> Result<bool> {
        self.apart()?.drop_blob(digest)
    }

    fn quarantine(&mut self, stream: &StreamId, because: &str) -> Result<()> {
        *self.due.get_mut() = None;
        self.apart()?.quarantine(stream, because)?;
        if let Some(aside) = &mut self.known.get_mut().aside {
            aside.insert(stream.clone(), because.to_owned());
        }
        Ok(())
    }
    fn release_quarantine(&mut self, stream: &StreamId) -> Result<bool> {
        *self.due.get_mut() = None;
        let was = self.apart()?.release_quarantine(stream)?;
        if let Some(aside) = &mut self.known.get_mut().aside {
            aside.remove(stream);
        }
        Ok(was)
    }

    fn put_token(&mut self, token: &TokenRow) -> Result<()> {
        self.apart()?.put_token(token)
    }
    fn drop_token(&mut self, hash: &Digest) -> Result<bool> {
        self.apart()?.drop_token(hash)
    }

    fn put_checkpoint(&mut self, new: &CheckpointRow) -> Result<()> {
        self.apart()?.put_checkpoint(new)
    }
    fn put_checkpoint_key(&mut self, verifier: &str) -> Result<()> {
        let since = self.newest()?.seq;
        self.apart()?.write_checkpoint_key(verifier, since)
    }
}
