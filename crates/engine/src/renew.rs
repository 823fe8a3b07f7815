//! Saved states that can no longer be trusted are folded again from their entries when an engine opens: those of a stream
//! whose fold changed meaning, and those of streams that were set aside. What folds again goes on; what does not stays
//! set aside with the reason.
//!
//! The entries are the truth; this module changes saved states and wake-ups only and never writes an entry.

use std::collections::BTreeMap;
use tidegate_core::decider::{Decider, Wake};
use tidegate_core::digest::canonical;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::model::listing;
use tidegate_core::model::queue::Row;
use tidegate_core::step::decode;
use tidegate_core::stream::{
    archive::Archive, artifact::Artifact, change::Change, config::Config, decision::Decision,
    delegation::Delegation, departure::Departure, deployment::Deployment, entry::Entry,
    environment::Environment, erasure::Erasure, exception::Exception, feed::Feed, freeze::Freeze,
    meeting::Meeting, person::Person, release::Release, train::Train,
};
use tidegate_core::time::Timestamp;
use tidegate_core::view::StateRow;
use tidegate_ledger::{Rows, Store, StoreError, Tx, WakeRow, refold};

/// Row that says with which folds the saved states were made.
const MODEL: &str = "folds";
/// States read at once.
const PAGE: usize = 500;
/// Deployments under way that are looked at.
const LIVE: usize = 100_000;
/// Raised when the rows of the line must be made from the states.
const QUEUE: u32 = 2;

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Renewed {
    /// Streams whose saved state was made again.
    pub(crate) states: u64,
    /// Streams that were set aside and go on.
    pub(crate) given_back: u64,
}

/// Fold again what must be. Costs one read of a row when nothing changed and nothing is set aside.
pub(crate) fn at_open(store: &dyn Store, now: Timestamp) -> Result<Renewed, StoreError> {
    let mut renewed = Renewed::default();
    let known = store.read_with(|rows| rows.model(MODEL, ""))?;
    let known: Option<BTreeMap<String, u32>> = known
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok());
    let wanted = folds();
    if known.as_ref() != Some(&wanted) {
        kind::<Artifact>(store, now, &mut renewed)?;
        kind::<Release>(store, now, &mut renewed)?;
        kind::<Environment>(store, now, &mut renewed)?;
        kind::<Deployment>(store, now, &mut renewed)?;
        kind::<Config>(store, now, &mut renewed)?;
        kind::<Train>(store, now, &mut renewed)?;
        kind::<Departure>(store, now, &mut renewed)?;
        kind::<Freeze>(store, now, &mut renewed)?;
        kind::<Exception>(store, now, &mut renewed)?;
        kind::<Entry>(store, now, &mut renewed)?;
        kind::<Feed>(store, now, &mut renewed)?;
        kind::<Change>(store, now, &mut renewed)?;
        kind::<Person>(store, now, &mut renewed)?;
        kind::<Delegation>(store, now, &mut renewed)?;
        kind::<Meeting>(store, now, &mut renewed)?;
        kind::<Decision>(store, now, &mut renewed)?;
        kind::<Erasure>(store, now, &mut renewed)?;
        kind::<Archive>(store, now, &mut renewed)?;
        queue(store, now)?;
        let text = canonical(&wanted).map_err(|e| bad("the folds", &e))?;
        store.write_with(|tx| tx.put_model(MODEL, "", Some(&text)))?;
    }
    for (stream, because) in store.read_with(|rows| rows.quarantines())? {
        match one(store, &stream, now) {
            Ok(true) => {
                tracing::info!(%stream, because, "set aside before, folds again and goes on");
                renewed.given_back += 1;
            }
            Ok(false) => {}
            Err(error) => tracing::error!(%stream, %error, "stays set aside"),
        }
    }
    Ok(renewed)
}

fn folds() -> BTreeMap<String, u32> {
    fn of<D: Decider>() -> (String, u32) {
        (StreamId::new(D::KIND, "").to_string(), D::FOLD)
    }
    [
        of::<Artifact>(),
        of::<Release>(),
        of::<Environment>(),
        of::<Deployment>(),
        of::<Config>(),
        of::<Train>(),
        of::<Departure>(),
        of::<Freeze>(),
        of::<Exception>(),
        of::<Entry>(),
        of::<Feed>(),
        of::<Change>(),
        of::<Person>(),
        of::<Delegation>(),
        of::<Meeting>(),
        of::<Decision>(),
        of::<Erasure>(),
        of::<Archive>(),
        (Row::MODEL.to_owned(), QUEUE),
    ]
    .into()
}

/// The rows of the line, from the states of what is under way: a ledger from before there was a line has none, and limits are kept
/// with them.
fn queue(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    store.write_with(|tx| {
        for (id, _) in tx.scan(listing::LIVE, "", None, LIVE, false)? {
            into_line(tx, &StreamId::new(StreamKind::Deployment, &id), now)?;
        }
        Ok(())
    })
}

/// The row of one deployment, as it is kept or as it follows from its state.
fn into_line(tx: &mut dyn Tx, stream: &StreamId, now: Timestamp) -> Result<(), StoreError> {
    let Some(saved) = tx.state(stream)? else {
        return Ok(());
    };
    // One that cannot be read is set aside by whoever asks for it.
    let Ok(state) = serde_json::from_str::<Deployment>(&saved.body) else {
        return Ok(());
    };
    let (Some(row), Some(facts)) = (Row::of(&state, None, now), &state.facts) else {
        return Ok(());
    };
    let (env, id) = (&facts.plan.body.environment, &facts.id);
    let key = Row::key(env, id);
    let kept = tx.model(Row::MODEL, &key)?;
    let kept: Option<Row> = kept.and_then(|text| serde_json::from_str(&text).ok());
    let row = kept.unwrap_or(row);
    let text = canonical(&row).map_err(|e| bad("the line", &e))?;
    tx.put_model(Row::MODEL, &key, Some(&text))?;
    if let Some(key) = row.indexed(env, id) {
        tx.put_model(Row::INDEX, &key, Some(&text))?;
    }
    Ok(())
}

/// Every saved state of a kind that an older fold made.
fn kind<D: Decider>(
    store: &dyn Store,
    now: Timestamp,
    renewed: &mut Renewed,
) -> Result<(), StoreError> {
    let mut after: Option<StreamId> = None;
    loop {
        let page = store.read_with(|rows| rows.states(D::KIND, after.as_ref(), PAGE))?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        after = Some(last.clone());
        for (stream, _) in page.iter().filter(|(_, row)| row.fold != D::FOLD) {
            match again::<D>(store, stream, now) {
                Ok(()) => renewed.states += 1,
                Err(error) => {
                    tracing::error!(%stream, %error, "set aside: it does not fold with this version");
                    store.write_with(|tx| tx.quarantine(stream, &error.to_string()))?;
                }
            }
        }
    }
}

/// A stream that was set aside. False when there is nothing to fold.
fn one(store: &dyn Store, stream: &StreamId, now: Timestamp) -> Result<bool, StoreError> {
    of_kind!(stream.kind(), D => again::<D>(store, stream, now)?, else return Ok(false));
    Ok(true)
}

/// Fold a stream from its entries, save the state, look at it at once, and take it back from being set aside.
fn again<D: Decider>(
    store: &dyn Store,
    stream: &StreamId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let wake = WakeRow::from(&Wake::Next {
        at: now,
        on: Vec::new(),
        because: "its state was folded again".to_owned(),
    });
    store.write_with(|tx| {
        // Folded in the transaction that saves it: another server may write the stream at the same time.
        let row = fold::<D>(tx, stream)?;
        tx.put_state(stream, &row)?;
        if D::KIND == StreamKind::Deployment {
            // It left the line when it was set aside.
            into_line(tx, stream, now)?;
        }
        // What owes nobody progress (a finished deployment, an artifact) keeps its rest.
        if !matches!(tx.wake_of(stream)?, Some(WakeRow::Never | WakeRow::Rest)) {
            tx.set_wake(stream, &wake)?;
        }
        tx.release_quarantine(stream).map(drop)
    })
}

fn fold<D: Decider>(rows: &dyn Rows, stream: &StreamId) -> Result<StateRow, StoreError> {
    fold_instead::<D>(rows, stream, None)
}

/// The same with another body for the entry of this position.
pub(crate) fn fold_instead<D: Decider>(
    rows: &dyn Rows,
    stream: &StreamId,
    instead: Option<(u64, &str)>,
) -> Result<StateRow, StoreError> {
    let mut state = D::default();
    let rev = refold(rows, stream, &mut |entry| {
        let other = instead.filter(|(seq, _)| *seq == entry.seq);
        let Some(body) = other.map(|(_, body)| body).or(entry.body.as_deref()) else {
            return Ok(());
        };
        let event: D::Event = decode(&entry.kind, body).map_err(|e| StoreError::BadEntry {
            seq: entry.seq,
            because: e.to_string(),
        })?;
        state.evolve(entry.at, &event);
        Ok(())
    })?;
    Ok(StateRow {
        rev,
        fold: D::FOLD,
        body: canonical(&state).map_err(|e| bad(stream.as_str(), &e))?,
    })
}

fn bad(what: &str, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::BadRow {
        what: what.to_owned(),
        because: error.to_string(),
    }
}
