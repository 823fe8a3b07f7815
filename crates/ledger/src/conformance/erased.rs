//! Words that are taken out of an entry: the entry keeps its place, and only an entry that says so makes it good.

use super::Case;
use super::sample::{at, deployment, entry, read, write};
use crate::chain::{Broken, VerifyError, verify_rows};
use crate::error::StoreError;
use crate::export::{export, verify_export};
use crate::row::Head;
use crate::store::Store;
use tidegate_core::batch::NewEntry;
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::stream::erasure::{Done, Target};

pub(super) const CASES: &[Case] = &[
    (
        "words are taken out once, and chain, tree and exports hold",
        once,
    ),
    (
        "a body that was replaced without an entry that says so is found",
        unsaid,
    ),
    ("an erasure that is given up leaves the words", given_up),
];

const WITHOUT: &str = r#"{"note":"[erased]","rev":1}"#;

/// The entry that says that `WITHOUT` stands in the place of entry 1 now.
fn says(digest: Digest) -> NewEntry {
    let done = Done {
        target: Target {
            seq: 1,
            stream: deployment("a"),
            kind: "deployment.proposed/1".to_owned(),
            digest,
            redacted: Digest::of(WITHOUT.as_bytes()),
            fields: vec!["note".to_owned()],
        },
        asked_by: "rita".to_owned(),
        by: "hugo".to_owned(),
        reason: "asked for".to_owned(),
    };
    NewEntry {
        stream: StreamId::new(StreamKind::Erasure, "ERS-1"),
        rev: 1,
        kind: "erasure.done/1".to_owned(),
        actor: "hugo".to_owned(),
        cause: "cmd".to_owned(),
        body: canonical(&done).expect("JSON"),
    }
}

fn once(store: &dyn Store) {
    let first = entry(&deployment("a"), 1);
    let digest = Digest::of(first.body.as_bytes());
    write(store, |tx| {
        tx.append(&first, at(1))?;
        tx.append(&entry(&deployment("b"), 1), at(2))
    });
    let before = read(store, |rows| rows.entries(1, 1)).remove(0);
    write(store, |tx| {
        let by = tx.append(&says(digest.clone()), at(3))?.seq;
        tx.erase(1, WITHOUT, by)?;
        let now = tx.entries(1, 1)?.remove(0);
        assert_eq!(now.body.as_deref(), Some(WITHOUT), "reads see it at once");
        Ok(())
    });
    let after = read(store, |rows| rows.entries(1, 1)).remove(0);
    assert_eq!(
        (after.body.as_deref(), after.erased),
        (Some(WITHOUT), Some(3))
    );
    assert_eq!((&after.hash, &after.body_hash), (&before.hash, &digest));
    let own = read(store, |rows| rows.entries_of(&deployment("a"), 1, 9)).remove(0);
    assert_eq!(own, after);
    let other = read(store, |rows| rows.entries(2, 1)).remove(0);
    assert_eq!(other.erased, None);
    assert!(read(store, |rows| Ok(verify_rows(rows, Head::empty()))).is_ok());
    let mut text = Vec::new();
    read(store, |rows| export(rows, &mut text));
    let summary = verify_export(text.as_slice()).expect("good");
    assert_eq!((summary.entries, summary.erased), (3, 1));
    for seq in [1, 4, 9] {
        let again = store.write_with(|tx| tx.erase(seq, "{}", 10));
        assert!(
            matches!(again, Err(StoreError::Missing { .. })),
            "{seq}: {again:?}"
        );
    }
    assert!(store.scrub().is_ok());
}

fn unsaid(store: &dyn Store) {
    let first = entry(&deployment("a"), 1);
    write(store, |tx| {
        tx.append(&first, at(1))?;
        // It speaks of another text.
        let by = tx.append(&says(Digest::of(b"other")), at(2))?.seq;
        tx.erase(1, WITHOUT, by)
    });
    let found = read(store, |rows| Ok(verify_rows(rows, Head::empty())));
    assert!(
        matches!(&found, Err(VerifyError::Broken(Broken { seq: 1, .. }))),
        "{found:?}"
    );
    let mut text = Vec::new();
    read(store, |rows| export(rows, &mut text));
    assert!(verify_export(text.as_slice()).is_err());
}

fn given_up(store: &dyn Store) {
    let first = entry(&deployment("a"), 1);
    write(store, |tx| tx.append(&first, at(1)));
    let given_up = store.write_with(|tx| {
        tx.erase(1, WITHOUT, 2)?;
        Err::<(), _>(StoreError::Aborted {
            because: "changed my mind".to_owned(),
        })
    });
    assert!(given_up.is_err());
    let kept = read(store, |rows| rows.entries(1, 1)).remove(0);
    assert_eq!(
        (kept.body.as_deref(), kept.erased),
        (Some(first.body.as_str()), None)
    );
}
