//! A look at everything the ledger holds: after each start of a server, and at the end of a trial.

use super::judge::{Violation, wrong};
use tidegate_core::decider::Decider;
use tidegate_core::digest::canonical;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::step::decode;
use tidegate_core::stream::{
    artifact::Artifact, change::Change, config::Config, decision::Decision, departure::Departure,
    deployment::Deployment, environment::Environment, freeze::Freeze, release::Release,
    train::Train,
};
use tidegate_ledger::row::Head;
use tidegate_ledger::{Rows, StoreError, refold};

type Checked = Result<(), Violation>;

const KINDS: [StreamKind; 10] = [
    StreamKind::Artifact,
    StreamKind::Release,
    StreamKind::Deployment,
    StreamKind::Environment,
    StreamKind::Freeze,
    StreamKind::Change,
    StreamKind::Config,
    StreamKind::Decision,
    StreamKind::Departure,
    StreamKind::Train,
];

pub(super) fn unread(error: &StoreError) -> Violation {
    wrong("I7", format!("the ledger cannot be read: {error}"))
}

/// What was seen before is still there.
pub(super) fn kept(rows: &dyn Rows, seen: &Head) -> Checked {
    if seen.seq == 0 {
        return Ok(());
    }
    let found = rows.entries(seen.seq, 1).map_err(|e| unread(&e))?;
    match found.first() {
        Some(entry) if entry.hash == seen.hash => Ok(()),
        Some(_) => Err(wrong("I1", format!("entry {} is another one", seen.seq))),
        None => Err(wrong(
            "I1",
            format!("entry {} was answered for and is gone", seen.seq),
        )),
    }
}

/// Each state has an entry for its newest change, every stream will be looked at, and none is set aside.
pub(super) fn explained(rows: &dyn Rows) -> Checked {
    for kind in KINDS {
        for (stream, row) in rows
            .states(kind, None, usize::MAX)
            .map_err(|e| unread(&e))?
        {
            let rev = rows.rev(&stream).map_err(|e| unread(&e))?;
            if rev != row.rev {
                let how = format!("{stream} is at {}, its entries at {rev}", row.rev);
                return Err(wrong("I7", how));
            }
        }
    }
    let lost = rows.streams_without_wake(1).map_err(|e| unread(&e))?;
    if let Some(stream) = lost.first() {
        return Err(wrong("S10", format!("nobody will look at {stream}")));
    }
    let aside = rows.quarantines().map_err(|e| unread(&e))?;
    match aside.first() {
        Some((stream, because)) => Err(wrong("S10", format!("{stream} is set aside: {because}"))),
        None => Ok(()),
    }
}

/// Everything that can be told from a ledger alone, also from one that a real server wrote.
///
/// # Errors
/// The first thing in it that must never be.
pub fn whole(rows: &dyn Rows) -> Checked {
    explained(rows)?;
    folded(rows)
}

/// Entries, tree and states agree as a whole.
pub(super) fn folded(rows: &dyn Rows) -> Checked {
    tidegate_ledger::chain::verify_rows(rows, Head::empty())
        .map_err(|e| wrong("I7", e.to_string()))?;
    kind::<Artifact>(rows)?;
    kind::<Release>(rows)?;
    kind::<Deployment>(rows)?;
    kind::<Environment>(rows)?;
    kind::<Freeze>(rows)?;
    kind::<Change>(rows)?;
    kind::<Config>(rows)?;
    kind::<Decision>(rows)?;
    kind::<Departure>(rows)?;
    kind::<Train>(rows)
}

fn kind<D: Decider>(rows: &dyn Rows) -> Checked {
    for (stream, row) in rows
        .states(D::KIND, None, usize::MAX)
        .map_err(|e| unread(&e))?
    {
        if fold::<D>(rows, &stream).map_err(|e| unread(&e))? != row.body {
            return Err(wrong("S2", format!("{stream} is not what its entries say")));
        }
    }
    Ok(())
}

fn fold<D: Decider>(rows: &dyn Rows, stream: &StreamId) -> Result<String, StoreError> {
    let mut state = D::default();
    let bad = |e: serde_json::Error| StoreError::BadRow {
        what: stream.to_string(),
        because: e.to_string(),
    };
    refold(rows, stream, &mut |entry| {
        let body = entry.body.as_deref().unwrap_or("null");
        let event: D::Event = decode(&entry.kind, body).map_err(bad)?;
        state.evolve(entry.at, &event);
        Ok(())
    })?;
    canonical(&state).map_err(bad)
}
