//! All or nothing, one writer, snapshots for readers, and the end.

use super::Case;
use super::sample::{at, deployment, entry, live, next, read, write};
use crate::error::StoreError;
use crate::row::Head;
use crate::store::{Result, Store, Tx};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::Duration;

/// Longest wait for another thread of a case.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) const CASES: &[Case] = &[
    ("an error in a transaction takes everything back", error),
    (
        "a panic in a transaction takes everything back and the store goes on",
        panic,
    ),
    (
        "readers see what is committed while a write is under way",
        reading_beside_a_write,
    ),
    ("a snapshot stays the same while others commit", snapshot),
    ("writers take turns", turns),
    (
        "a write inside a write is refused, a read inside a write sees what was committed",
        nested,
    ),
    ("a closed store refuses everything", closed),
];

/// Something in most tables.
fn some_of_everything(tx: &mut dyn Tx) -> Result<()> {
    let a = deployment("a");
    tx.append(&entry(&a, 1), at(1))?;
    live(tx, &a, &next(5, &["environment/prod"]))?;
    tx.put_model("board", "a", Some("{}"))?;
    tx.put_blob(b"evidence")?;
    tx.quarantine(&deployment("b"), "cannot be read")
}

fn nothing_is_there(store: &dyn Store) {
    read(store, |rows| {
        assert_eq!(rows.head()?, Head::empty());
        assert_eq!(rows.entries(1, 10)?, []);
        assert_eq!(rows.state(&deployment("a"))?, None);
        assert_eq!(rows.next_due()?, None);
        assert_eq!(rows.waiting_on("environment/prod")?, []);
        assert_eq!(rows.model("board", "a")?, None);
        assert_eq!(rows.quarantines()?, []);
        Ok(())
    });
}

fn error(store: &dyn Store) {
    let given_up = || StoreError::Aborted {
        because: "changed my mind".to_owned(),
    };
    let result = store.write_with(|tx| {
        some_of_everything(tx)?;
        Err::<(), _>(given_up())
    });
    assert_eq!(result, Err(given_up()));
    nothing_is_there(store);
    write(store, |tx| some_of_everything(tx));
    assert_eq!(read(store, |rows| rows.head()).seq, 1);
}

fn panic(store: &dyn Store) {
    let caught = catch_unwind(AssertUnwindSafe(|| {
        store.write_with(|tx| {
            some_of_everything(tx)?;
            // `resume_unwind` is a panic without a message on the screen.
            std::panic::resume_unwind(Box::new("a bug in a decider")) as Result<()>
        })
    }));
    assert!(caught.is_err(), "the panic reaches the caller");
    nothing_is_there(store);
    let caught = catch_unwind(AssertUnwindSafe(|| {
        store.read_with(|_| std::panic::resume_unwind(Box::new("a bug in a query")) as Result<()>)
    }));
    assert!(caught.is_err(), "the panic reaches the caller");
    write(store, |tx| some_of_everything(tx));
    assert_eq!(read(store, |rows| rows.head()).seq, 1);
}

fn reading_beside_a_write(store: &dyn Store) {
    let (written, seen) = mpsc::channel();
    let (go, wait) = mpsc::channel();
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            write(store, |tx| {
                some_of_everything(tx)?;
                written.send(()).expect("the reader is there");
                wait.recv_timeout(PATIENCE)
                    .map_err(|e| StoreError::Aborted {
                        because: e.to_string(),
                    })
            });
        });
        seen.recv_timeout(PATIENCE).expect("the write is under way");
        nothing_is_there(store);
        go.send(()).expect("the writer is there");
        writer.join().expect("the write commits");
        assert_eq!(
            read(store, |rows| rows.head()).seq,
            1,
            "what is committed is seen at once"
        );
    });
}

fn snapshot(store: &dyn Store) {
    let a = deployment("a");
    write(store, |tx| tx.append(&entry(&a, 1), at(1)));
    read(store, |rows| {
        std::thread::scope(|scope| {
            let other = scope.spawn(|| {
                write(store, |tx| {
                    tx.put_model("board", "late", Some("{}"))?;
                    tx.append(&entry(&a, 2), at(2))
                })
            });
            assert_eq!(other.join().expect("commits beside a reader").seq, 2);
        });
        assert_eq!(rows.head()?.seq, 1);
        assert_eq!(rows.rev(&a)?, 1);
        assert_eq!(rows.model("board", "late")?, None);
        Ok(())
    });
    assert_eq!(read(store, |rows| rows.rev(&a)), 2);
}

fn turns(store: &dyn Store) {
    let (threads, each) = (4, 25);
    let add_one = |tx: &mut dyn Tx| {
        let count: u32 = tx
            .model("count", "all")?
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        tx.put_model("count", "all", Some(&(count + 1).to_string()))
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..each).for_each(|_| write(store, add_one)));
        }
    });
    assert_eq!(
        read(store, |rows| rows.model("count", "all")),
        Some((threads * each).to_string())
    );
}

fn nested(store: &dyn Store) {
    write(store, |tx| {
        tx.put_model("board", "a", Some("{}"))?;
        assert!(matches!(
            store.write(&mut |_| Ok(())),
            Err(StoreError::Aborted { .. })
        ));
        assert!(matches!(store.close(), Err(StoreError::Aborted { .. })));
        assert_eq!(store.read_with(|rows| rows.model("board", "a"))?, None);
        Ok(())
    });
    assert!(read(store, |rows| rows.model("board", "a")).is_some());
}

fn closed(store: &dyn Store) {
    write(store, |tx| some_of_everything(tx));
    assert_eq!(store.close(), Ok(()));
    assert_eq!(store.close(), Ok(()), "closing again does nothing");
    assert_eq!(store.read_with(|rows| rows.head()), Err(StoreError::Closed));
    assert_eq!(
        store.write_with(|tx| tx.put_model("board", "a", None)),
        Err(StoreError::Closed)
    );
}
