//! Writing what one command decided: entries, states, wake-ups, triggers, outside work, read models and the answer, all
//! through one transaction, so that none of them can be lost or exist alone.

use crate::error::StoreError;
use crate::row::{Entry, NewAction, NewReply, Reply, WakeRow};
use crate::store::{Expected, Result, Rows, Tx};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::batch::Batch;
use tidegate_core::decider::Ask;
use tidegate_core::digest::canonical;
use tidegate_core::id::{ActionId, StreamId, StreamKind};
use tidegate_core::limits;
use tidegate_core::time::Timestamp;
use tidegate_core::work::Work;

/// What was written. With no entries `first_seq` is one more than `last_seq`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// First new entry.
    pub first_seq: u64,
    /// Newest entry of the ledger afterwards.
    pub last_seq: u64,
    /// The new entries.
    pub entries: Vec<Entry>,
}

/// Write a batch and, where given, the answer to its command.
///
/// Wake-ups are set before triggers fire, so a stream that began to wait in this batch is woken by it too: one look too
/// many is harmless, one too few is not.
///
/// # Errors
/// When the error [blames the input](StoreError::blames_input), nothing was written and the transaction may go on with
/// other batches; otherwise the transaction must be given up.
pub fn persist(
    tx: &mut dyn Tx,
    now: Timestamp,
    batch: &Batch,
    reply: Option<&NewReply>,
) -> Result<Committed> {
    let actions = started(batch, now)?;
    tx.expect(&needed(batch))?;
    check(tx, now, batch, &actions, reply)?;
    let first_seq = tx.head()?.seq + 1;
    let mut entries = Vec::with_capacity(batch.entries.len());
    for entry in &batch.entries {
        entries.push(tx.append(entry, now)?);
    }
    for state in &batch.states {
        let wake = WakeRow::from(&state.wake);
        match &state.row {
            Some(row) => tx.put_state_and_wake(&state.stream, row, &wake)?,
            None => tx.set_wake(&state.stream, &wake)?,
        }
    }
    for change in &batch.models {
        tx.put_model(change.model, &change.key, change.body.as_deref())?;
    }
    let mut actions = actions.iter();
    for ask in &batch.asks {
        match ask {
            Ask::Start { .. } => actions
                .next()
                .map_or(Ok(()), |action| tx.start_action(action))?,
            Ask::End { id } => drop(tx.end_action(id)?),
        }
    }
    tx.fire(&batch.fired, now)?;
    let last_seq = tx.head()?.seq;
    if let Some(reply) = reply {
        tx.put_reply(&Reply {
            command_id: reply.command_id.clone(),
            fingerprint: reply.fingerprint.clone(),
            seq: last_seq,
            outcome: reply.outcome.clone(),
            expires: reply.expires,
        })?;
    }
    Ok(Committed {
        first_seq,
        last_seq,
        entries,
    })
}

/// What writing a batch reads.
fn needed(batch: &Batch) -> Expected {
    let streams: BTreeSet<&StreamId> = batch.entries.iter().map(|entry| &entry.stream).collect();
    let unchanged = batch.states.iter().filter(|state| state.row.is_none());
    let ended = batch.asks.iter().filter_map(|ask| match ask {
        Ask::Start { .. } => None,
        Ask::End { id } => Some(id.clone()),
    });
    Expected {
        revs: streams.into_iter().cloned().collect(),
        states: unchanged.map(|state| state.stream.clone()).collect(),
        actions: ended.collect(),
        ..Expected::default()
    }
}

/// Queue rows of the outside work a batch starts, in order.
fn started(batch: &Batch, now: Timestamp) -> Result<Vec<NewAction>> {
    let new = |id: &ActionId, work: &Work| {
        let body = canonical(work).map_err(|e| StoreError::Aborted {
            because: format!("action `{id}` cannot be written as JSON: {e}"),
        })?;
        Ok(NewAction {
            id: id.clone(),
            stream: StreamId::new(StreamKind::Deployment, work.deployment.as_str()),
            environment: work.environment.clone(),
            body,
            created: now,
        })
    };
    let starts = batch.asks.iter().filter_map(|ask| match ask {
        Ask::Start { id, work } => Some(new(id, work)),
        Ask::End { .. } => None,
    });
    starts.collect()
}

/// Everything that would make a write refuse half way, asked first.
fn check(
    rows: &dyn Rows,
    now: Timestamp,
    batch: &Batch,
    actions: &[NewAction],
    reply: Option<&NewReply>,
) -> Result<()> {
    let head = rows.head()?;
    let at = tidegate_core::time::ledger_time(now);
    if !batch.entries.is_empty() && at < head.at {
        return Err(StoreError::TimeWentBack {
            have: head.at,
            got: at,
        });
    }
    let mut revs: BTreeMap<&StreamId, u64> = BTreeMap::new();
    for entry in &batch.entries {
        let size = entry.body.len();
        if size > limits::BODY {
            return Err(StoreError::TooLarge {
                what: "entry body",
                size,
                limit: limits::BODY,
            });
        }
        let have = match revs.get(&entry.stream) {
            Some(have) => *have,
            None => rows.rev(&entry.stream)?,
        };
        if entry.rev != have + 1 {
            return Err(StoreError::Revision {
                stream: entry.stream.clone(),
                have,
                got: entry.rev,
            });
        }
        revs.insert(&entry.stream, entry.rev);
    }
    let mut ids = BTreeSet::new();
    for action in actions {
        if !ids.insert(&action.id) || !rows.is_new_action(&action.id)? {
            return Err(StoreError::Exists {
                what: "action",
                key: action.id.to_string(),
            });
        }
    }
    if let Some(reply) = reply
        && !rows.is_new_reply(&reply.command_id)?
    {
        return Err(StoreError::Exists {
            what: "reply to command",
            key: reply.command_id.0.clone(),
        });
    }
    Ok(())
}
