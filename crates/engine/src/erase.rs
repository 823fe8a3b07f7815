//! Words that people want gone: what an entry would be without them, whether anything rests on them, and taking them out in the
//! transaction that says so.
//!
//! Two people say so through a command like any other (`stream/erasure`). Before it is carried out the stream is folded with and without
//! the words: where more than the words themselves would change, it is refused. This module decides nothing else, and writes no entry.

use crate::renew::fold_instead;
use std::cell::RefCell;
use std::collections::BTreeSet;
use tidegate_core::batch::{Batch, ModelChange};
use tidegate_core::decider::Decider;
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::model::{self, Happened, Models};
use tidegate_core::refusal::Refusal;
use tidegate_core::step::decode;
use tidegate_core::stream::erasure::redact::{Redacted, blot, is_told, redact, stands_in};
use tidegate_core::stream::erasure::{Done, Event, Target};
use tidegate_core::view::StateRow;
use tidegate_ledger::erased::erasure;
use tidegate_ledger::{Entry, Rows, StoreError, Tx, WakeRow, refold};

/// Entries before one that are looked at for the same words.
const BEFORE: u64 = 64;
/// Entries after it: what follows from a command repeats its reason.
const BEHIND: u64 = 2_000;
/// Entries of a stream that are looked at for the same words.
const LATEST: u64 = 500;

/// What would be erased.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The entry as it is and would be.
    pub target: Target,
    /// Other entries, of its stream and around it, in which the same words stand.
    pub copies: Vec<u64>,
}

/// Either a refusal that people read, or trouble with the store.
enum No {
    Refused(Refusal),
    Store(StoreError),
}

impl From<StoreError> for No {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn told<T>(result: Result<T, No>) -> Result<Result<T, Refusal>, StoreError> {
    match result {
        Ok(found) => Ok(Ok(found)),
        Err(No::Refused(refusal)) => Ok(Err(refusal)),
        Err(No::Store(error)) => Err(error),
    }
}

/// What erasing the words of an entry would do.
///
/// # Errors
/// The store cannot be read; inside, why it cannot be done.
pub(crate) fn draft(rows: &dyn Rows, seq: u64) -> Result<Result<Draft, Refusal>, StoreError> {
    told(planned(rows, seq).and_then(|plan| {
        let copies = copies(rows, &plan.entry, &plan.redacted.words)?;
        Ok(Draft {
            target: plan.target(),
            copies,
        })
    }))
}

/// An erasure that can be carried out.
pub(crate) struct Plan {
    entry: Entry,
    redacted: Redacted,
    state: Option<StateRow>,
    rows: Vec<(&'static str, String)>,
}

/// The erasure that a batch carries out, if it does.
///
/// # Errors
/// The store cannot be read; inside, why it cannot be done.
pub(crate) fn of_batch(
    rows: &dyn Rows,
    batch: &Batch,
) -> Result<Result<Option<Plan>, Refusal>, StoreError> {
    let done = batch
        .entries
        .iter()
        .filter(|entry| entry.stream.kind() == Some(StreamKind::Erasure))
        .find_map(|entry| match decode::<Event>(&entry.kind, &entry.body) {
            Ok(Event::Done(done)) => Some(done),
            _ => None,
        });
    told(done.map(|done| as_asked(rows, &done)).transpose())
}

/// The plan, when the entry and its words are still those that were asked about.
fn as_asked(rows: &dyn Rows, done: &Done) -> Result<Plan, No> {
    let plan = planned(rows, done.target.seq)?;
    if plan.target() != done.target {
        return Err(invalid(
            format!(
                "what would be taken out of entry {} is not what was asked for",
                done.target.seq
            ),
            "refuse this erasure and ask for it again",
        ));
    }
    Ok(plan)
}

impl Plan {
    fn target(&self) -> Target {
        Target {
            seq: self.entry.seq,
            stream: self.entry.stream.clone(),
            kind: self.entry.kind.clone(),
            digest: self.entry.body_hash.clone(),
            redacted: Digest::of(self.redacted.body.as_bytes()),
            fields: self.redacted.fields.clone(),
        }
    }

    /// Take the words out of the entry, its stream's state and the rows that its stream keeps up to date; `by` says so.
    pub(crate) fn carry_out(self, tx: &mut dyn Tx, by: u64) -> Result<(), StoreError> {
        tx.erase(self.entry.seq, &self.redacted.body, by)?;
        if let Some(state) = &self.state {
            tx.put_state(&self.entry.stream, state)?;
        }
        for (name, key) in &self.rows {
            let Some(body) = tx.model(name, key)? else {
                continue;
            };
            let unread = |e: serde_json::Error| StoreError::BadRow {
                what: format!("the row `{key}` of {name}"),
                because: e.to_string(),
            };
            let mut value = serde_json::from_str(&body).map_err(unread)?;
            blot(&mut value, &self.redacted.words);
            let without = canonical(&value).map_err(unread)?;
            tx.put_model(name, key, Some(&without))?;
        }
        Ok(())
    }
}

/// Where the entry of a batch stands that says that words were taken out.
pub(crate) fn position(entries: &[Entry]) -> Option<u64> {
    let mut entries = entries.iter();
    entries
        .find(|entry| matches!(erasure(entry), Ok(Some(_))))
        .map(|entry| entry.seq)
}

fn invalid(because: String, help: &str) -> No {
    No::Refused(Refusal::Invalid {
        because,
        help: help.to_owned(),
    })
}

fn planned(rows: &dyn Rows, seq: u64) -> Result<Plan, No> {
    let found = rows.entries(seq, 1)?.pop().filter(|entry| entry.seq == seq);
    let Some(entry) = found else {
        return Err(No::Refused(Refusal::NotFound {
            what: "ledger entry".to_owned(),
            name: seq.to_string(),
        }));
    };
    let stream = entry.stream.clone();
    let (None, Some(body)) = (entry.erased, &entry.body) else {
        let by = entry.erased.map(|by| format!(" by entry {by}"));
        return Err(invalid(
            format!(
                "words were taken out of entry {seq} already{}",
                by.unwrap_or_default()
            ),
            "`tidegate audit erasures` shows who did it and why",
        ));
    };
    let redacted = redact(&entry.kind, body).map_err(|why| {
        invalid(
            format!("entry {seq} {why}"),
            "`tidegate audit log --after N --limit 1 -o json` shows what an entry holds",
        )
    })?;
    if !matches!(
        rows.wake_of(&stream)?,
        None | Some(WakeRow::Never | WakeRow::Rest)
    ) {
        return Err(invalid(
            format!("{stream} is still under way, and its texts are read until it ends"),
            "ask again when it has ended",
        ));
    }
    let mut plan = Plan {
        entry,
        redacted,
        state: None,
        rows: Vec::new(),
    };
    of_kind!(stream.kind(), D => plan.without::<D>(rows)?, else ());
    Ok(plan)
}

impl Plan {
    /// State and rows of the stream without the words, when nothing else in the state changes.
    fn without<D: Decider + Models>(&mut self, rows: &dyn Rows) -> Result<(), No> {
        let stream = &self.entry.stream;
        let rests = |because: String| {
            invalid(
                format!(
                    "{stream} rests on the words of entry {}: {because}",
                    self.entry.seq
                ),
                "they stay; where a person has to be forgotten, end what rests on them first",
            )
        };
        let before = fold_instead::<D>(rows, stream, None)?;
        let instead = (self.entry.seq, self.redacted.body.as_str());
        let after = match fold_instead::<D>(rows, stream, Some(instead)) {
            Err(StoreError::BadEntry { because, .. }) => {
                return Err(rests(format!("without them it cannot be read ({because})")));
            }
            other => other?,
        };
        let blotted = |row: &StateRow| {
            let value = serde_json::from_str(&row.body);
            value.map(|mut value| {
                blot(&mut value, &self.redacted.words);
                value
            })
        };
        match (blotted(&before), blotted(&after)) {
            (Ok(before), Ok(after)) if before == after => {}
            _ => return Err(rests("more than they would change in it".to_owned())),
        }
        let touched = touched::<D>(rows, stream)?;
        let mut found = Vec::new();
        for (name, key) in touched {
            let body = rows.model(name, &key)?;
            if body.is_some_and(|body| stands_in(&body, &self.redacted.words)) {
                found.push((name, key));
            }
        }
        self.rows = found;
        self.state = rows.state(stream)?.is_some().then_some(after);
        Ok(())
    }
}

/// Rows of read models that the events of a stream ever wrote.
fn touched<D: Decider + Models>(
    rows: &dyn Rows,
    stream: &StreamId,
) -> Result<BTreeSet<(&'static str, String)>, StoreError> {
    let mut seen = Seen {
        rows,
        keys: BTreeSet::new(),
        failed: RefCell::new(None),
    };
    let mut state = D::default();
    refold(rows, stream, &mut |entry| {
        let Some(body) = &entry.body else {
            return Ok(());
        };
        let event: D::Event = decode(&entry.kind, body).map_err(|e| StoreError::BadEntry {
            seq: entry.seq,
            because: e.to_string(),
        })?;
        state.evolve(entry.at, &event);
        D::project(
            &Happened {
                at: entry.at,
                stream,
                rev: entry.rev,
                state: &state,
                event: &event,
            },
            &mut seen,
        );
        Ok(())
    })?;
    seen.failed.into_inner().map_or(Ok(seen.keys), Err)
}

/// Notes which rows are written, and writes none.
struct Seen<'a> {
    rows: &'a dyn Rows,
    keys: BTreeSet<(&'static str, String)>,
    failed: RefCell<Option<StoreError>>,
}

impl model::Rows for Seen<'_> {
    fn row(&self, model: &str, key: &str) -> Option<String> {
        self.rows.model(model, key).unwrap_or_else(|error| {
            self.failed.borrow_mut().get_or_insert(error);
            None
        })
    }
    fn put(&mut self, change: ModelChange) {
        self.keys.insert((change.model, change.key));
    }
}

/// Other entries that hold the same words: the newest of its stream, and those around it. Short words say nothing about where they come
/// from, so they are looked for in its stream and in what the same command wrote.
fn copies(rows: &dyn Rows, entry: &Entry, words: &[String]) -> Result<Vec<u64>, StoreError> {
    let first = entry.seq.saturating_sub(BEFORE).max(1);
    let most = usize::try_from(BEFORE + BEHIND).unwrap_or(usize::MAX);
    let near = rows.entries(first, most)?.into_iter();
    let told = words.iter().all(|words| is_told(words));
    let near = near.filter(|other| told || other.cause == entry.cause);
    let newest = rows.rev(&entry.stream)?;
    let from = newest.saturating_sub(LATEST) + 1;
    let most = usize::try_from(LATEST).unwrap_or(usize::MAX);
    let own = rows.entries_of(&entry.stream, from, most)?;
    let holds = |other: &Entry| {
        other.seq != entry.seq
            && other
                .body
                .as_ref()
                .is_some_and(|body| stands_in(body, words))
    };
    let found: BTreeSet<u64> = near
        .chain(own)
        .filter(holds)
        .map(|other| other.seq)
        .collect();
    Ok(found.into_iter().collect())
}
