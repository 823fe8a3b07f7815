//! The conformance suite on every store of this crate.

use std::sync::Arc;
use tidegate_ledger::conformance;
use tidegate_ledger::{BranchStore, LedgerId, MemoryStore, Snapshot, SqliteStore, Store};

#[test]
fn the_memory_store_keeps_the_contract() {
    conformance::run_all(&|| Box::new(MemoryStore::new()));
}

#[test]
fn a_branch_keeps_the_contract() {
    conformance::run_all(&|| {
        let snapshot = Snapshot::of(Arc::new(MemoryStore::new())).expect("a snapshot");
        Box::new(BranchStore::new(Arc::new(snapshot)).expect("a branch"))
    });
}

#[test]
fn the_sqlite_store_keeps_the_contract() {
    let folder = tempfile::tempdir().expect("a folder");
    let count = std::cell::Cell::new(0);
    conformance::run_all(&|| {
        count.set(count.get() + 1);
        let place = folder.path().join(format!("ledger-{}", count.get()));
        Box::new(SqliteStore::open(&place, LedgerId::default()).expect("opens"))
    });
}

#[test]
fn two_ledgers_of_one_database_do_not_see_each_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let count = std::cell::Cell::new(0);
    // Every case finds its own ledger empty although the database is not.
    conformance::run_all(&|| {
        count.set(count.get() + 1);
        Box::new(SqliteStore::open(folder.path(), LedgerId(count.get())).expect("opens"))
            as Box<dyn Store>
    });
}

#[test]
fn the_sqlite_store_outlives_its_process() {
    let folder = tempfile::tempdir().expect("a folder");
    conformance::run_durable(&|| {
        Box::new(SqliteStore::open(folder.path(), LedgerId::default()).expect("opens"))
    });
}
