//! Entries, their order and their chain.

use super::Case;
use super::sample::{at, deployment, entry, read, write};
use crate::chain::verify_rows;
use crate::error::StoreError;
use crate::refold::refold;
use crate::row::Head;
use crate::store::Store;
use std::time::Duration;

pub(super) const CASES: &[Case] = &[
    ("an empty ledger has an empty head and verifies", empty),
    (
        "entries are read back as written, in order, in pages, with a chain that verifies",
        appended,
    ),
    (
        "revisions of a stream have neither gaps nor duplicates",
        revisions,
    ),
    (
        "ledger time never goes back and is whole microseconds",
        time,
    ),
    ("a stream is folded again from its own entries", refolded),
];

fn empty(store: &dyn Store) {
    assert_eq!(read(store, |rows| rows.head()), Head::empty());
    assert_eq!(read(store, |rows| rows.entries(0, 10)), []);
    let head = store
        .read_with(|rows| Ok(verify_rows(rows, Head::empty())))
        .expect("read");
    assert_eq!(head, Ok(Head::empty()));
}

fn appended(store: &dyn Store) {
    let (a, b) = (deployment("a"), deployment("b"));
    let first = write(store, |tx| {
        assert_eq!(tx.rev(&a)?, 0);
        let first = tx.append(&entry(&a, 1), at(1))?;
        assert_eq!(tx.rev(&a)?, 1, "a transaction sees its own entries");
        assert_eq!(
            tx.head()?.hash,
            first.hash,
            "a transaction sees its own head"
        );
        tx.append(&entry(&b, 1), at(1))?;
        Ok(first)
    });
    let third = write(store, |tx| tx.append(&entry(&a, 2), at(2)));
    assert_eq!((first.seq, third.seq, third.rev), (1, 3, 2));
    assert_eq!(third.body.as_deref(), Some(entry(&a, 2).body.as_str()));

    let all = read(store, |rows| rows.entries(1, 10));
    assert_eq!(all.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!((&all[0], &all[2]), (&first, &third));
    assert_eq!(read(store, |rows| rows.entries(2, 1)), all[1..2]);
    assert_eq!(
        read(store, |rows| rows.entries_of(&a, 1, 10)),
        [first, third.clone()]
    );
    assert_eq!(read(store, |rows| rows.entries_of(&a, 2, 10)), all[2..]);
    assert_eq!(
        read(store, |rows| rows.entries_of(&deployment("c"), 1, 10)),
        []
    );

    let head = Head {
        seq: 3,
        at: at(2),
        hash: third.hash,
    };
    assert_eq!(
        read(store, |rows| Ok(verify_rows(rows, Head::empty()))),
        Ok(head.clone())
    );
    let after_first = Head {
        seq: 1,
        at: all[0].at,
        hash: all[0].hash.clone(),
    };
    assert_eq!(
        read(store, |rows| Ok(verify_rows(rows, after_first.clone()))),
        Ok(head)
    );
}

fn revisions(store: &dyn Store) {
    let a = deployment("a");
    write(store, |tx| tx.append(&entry(&a, 1), at(1)));
    for got in [0, 1, 3] {
        let refused = store
            .write_with(|tx| tx.append(&entry(&a, got), at(1)))
            .expect_err("refused");
        assert_eq!(
            refused,
            StoreError::Revision {
                stream: a.clone(),
                have: 1,
                got
            }
        );
        assert!(refused.blames_input());
    }
    let refused = store.write_with(|tx| tx.append(&entry(&deployment("new"), 2), at(1)));
    assert!(
        matches!(
            refused,
            Err(StoreError::Revision {
                have: 0,
                got: 2,
                ..
            })
        ),
        "{refused:?}"
    );
    assert_eq!(read(store, |rows| rows.head()).seq, 1);
}

fn time(store: &dyn Store) {
    let a = deployment("a");
    let fine = at(5)
        .checked_add(Duration::from_nanos(999))
        .expect("a time");
    let stored = write(store, |tx| tx.append(&entry(&a, 1), fine));
    assert_eq!(stored.at, at(5), "cut to microseconds");
    assert_eq!(
        write(store, |tx| tx.append(&entry(&a, 2), fine)).at,
        at(5),
        "the same instant again is not earlier"
    );
    let refused = store.write_with(|tx| tx.append(&entry(&a, 3), at(4)));
    assert_eq!(
        refused.map(|e| e.seq),
        Err(StoreError::TimeWentBack {
            have: at(5),
            got: at(4)
        })
    );
}

fn refolded(store: &dyn Store) {
    let (long, other) = (deployment("long"), deployment("other"));
    let count = 1_203;
    write(store, |tx| {
        tx.append(&entry(&other, 1), at(0))?;
        (1..=count).try_for_each(|rev| tx.append(&entry(&long, rev), at(rev)).map(|_| ()))
    });
    let mut revs = Vec::new();
    let folded = read(store, |rows| {
        refold(rows, &long, &mut |entry| {
            revs.push(entry.rev);
            Ok(())
        })
    });
    assert_eq!(folded, count);
    assert_eq!(revs, (1..=count).collect::<Vec<_>>());
    assert!(read(store, |rows| Ok(verify_rows(rows, Head::empty()))).is_ok());
}
