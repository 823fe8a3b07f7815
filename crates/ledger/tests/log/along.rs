//! A ledger is checked while it grows, a part at a time.

use crate::world::{append, key, seal};
use std::sync::Mutex;
use tidegate_ledger::chain::VerifyError;
use tidegate_ledger::verify::{After, Check, Page, verify_along};
use tidegate_ledger::{Head, LedgerId, MemoryStore, SqliteStore, Store, StoreError};

#[test]
fn a_ledger_that_grows_while_it_is_checked_is_checked_to_its_new_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let stores: [Box<dyn Store>; 2] = [
        Box::new(MemoryStore::new()),
        Box::new(SqliteStore::open(folder.path(), LedgerId::default()).expect("opened")),
    ];
    for store in stores {
        append(&*store, 1_200);
        seal(&*store, &key(1));
        let grown = Mutex::new(0);
        let read = |after: &After| {
            let page = store.read_with(|rows| Page::read(rows, after))?;
            // Only while it is read, so that it has an end.
            let mut grown = grown.lock().expect("not poisoned");
            *grown += 1;
            if *grown < 4 {
                append(&*store, 300);
                seal(&*store, &key(1));
            }
            Ok(page)
        };
        let mut told = Vec::new();
        let head = verify_along(&read, Head::empty(), &mut |checked, of| {
            told.push((checked, of));
            true
        });
        assert_eq!(head.expect("good").seq, 2_100);
        assert_eq!(told.first(), Some(&(512, 1_200)));
        assert_eq!(told.last(), Some(&(2_100, 2_100)));
        store.close().expect("closed");
    }
}

#[test]
fn a_checkpoint_that_is_signed_after_its_part_was_read_is_checked_all_the_same() {
    let store: Box<dyn Store> = Box::new(MemoryStore::new());
    append(&*store, 400);
    let early = store.read_with(|rows| rows.tree()).expect("read");
    append(&*store, 300);
    let mut check = Check::new(Head::empty());
    let first = page(&*store, &check);
    assert_eq!(check.page(&first), Ok(None));
    let row = tidegate_ledger::CheckpointRow {
        size: early.size(),
        at: tidegate_core::time::Timestamp::UNIX_EPOCH,
        note: key(1).sign(&early).expect("signed"),
    };
    put(&*store, &row);
    let second = page(&*store, &check);
    let head = check.page(&second).expect("good").expect("the last one");
    assert_eq!(head.seq, 700);

    // One of another size than was signed.
    let mut forged = row;
    forged.size = 398;
    let mut check = Check::new(Head::empty());
    put(&*store, &forged);
    let found = loop {
        match check.page(&page(&*store, &check)) {
            Ok(None) => {}
            found => break found,
        }
    };
    let broken = found.expect_err("another size than was signed");
    assert!(broken.because.contains("another history"), "{broken}");
}

#[test]
fn a_check_ends_when_nobody_listens() {
    let store: Box<dyn Store> = Box::new(MemoryStore::new());
    append(&*store, 2_000);
    let read = |after: &After| store.read_with(|rows| Page::read(rows, after));
    let found = verify_along(&read, Head::empty(), &mut |_, _| false);
    assert!(
        matches!(found, Err(VerifyError::Store(StoreError::Aborted { .. }))),
        "{found:?}"
    );
}

fn page(store: &dyn Store, check: &Check) -> Page {
    let after = check.after();
    store
        .read_with(|rows| Page::read(rows, &after))
        .expect("read")
}

fn put(store: &dyn Store, row: &tidegate_ledger::CheckpointRow) {
    let kept = store.write_with(|tx| {
        tx.put_checkpoint_key(key(1).verifier())?;
        tx.put_checkpoint(row)
    });
    kept.expect("kept");
}
