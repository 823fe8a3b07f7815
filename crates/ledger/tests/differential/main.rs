//! The same operations on the memory store, on SQLite and on Postgres leave the same rows and the same head hash.

mod everything;
mod op;

use everything::everything;
use op::{Op, apply, op};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::sync::Arc;
use tidegate_ledger::chain::verify_rows;
use tidegate_ledger::conformance::cluster::Cluster;
use tidegate_ledger::postgres::Address;
use tidegate_ledger::{
    BranchStore, Head, LedgerId, MemoryStore, PostgresStore, Snapshot, SqliteStore, Store,
};

/// Run transactions; a refused operation is noted and the transaction goes on, except when it is given up.
fn run(store: &dyn Store, transactions: &[Vec<Op>]) -> Vec<String> {
    let mut seen = Vec::new();
    for ops in transactions {
        let mut answers = Vec::new();
        let result = store.write_with(|tx| {
            answers.clear();
            for op in ops {
                match apply(tx, op) {
                    Err(error) if error.blames_input() => answers.push(error.to_string()),
                    other => answers.push(other?),
                }
            }
            everything(tx)
        });
        seen.extend(answers);
        seen.push(format!("{result:?}"));
        seen.push(store.read_with(everything).expect("read"));
    }
    let verified = store
        .read_with(|rows| Ok(verify_rows(rows, Head::empty())))
        .expect("read");
    seen.push(format!("{:?}", verified.expect("the chain holds")));
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn memory_and_sqlite_answer_alike(
        transactions in proptest::collection::vec(proptest::collection::vec(op(), 1..40), 1..6)
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let sqlite = SqliteStore::open(folder.path(), LedgerId::default()).expect("opens");
        let memory = run(&MemoryStore::new(), &transactions);
        let sqlite = run(&sqlite, &transactions);
        for (memory, sqlite) in memory.iter().zip(&sqlite) {
            prop_assert_eq!(memory, sqlite);
        }
        prop_assert_eq!(memory.len(), sqlite.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// What happens on a branch of SQLite is what would have happened on the ledger itself, which stays as it was.
    #[test]
    fn a_branch_goes_on_as_the_ledger_would_have(
        before in proptest::collection::vec(proptest::collection::vec(op(), 1..40), 1..4),
        after in proptest::collection::vec(proptest::collection::vec(op(), 1..40), 1..4),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let sqlite: Arc<dyn Store> =
            Arc::new(SqliteStore::open(folder.path(), LedgerId::default()).expect("opens"));
        let (before, after) = (taken_over(before), taken_over(after));
        let memory = MemoryStore::new();
        run(&memory, &before);
        run(&*sqlite, &before);
        let was = sqlite.read_with(everything).expect("read");
        let snapshot = Arc::new(Snapshot::of(Arc::clone(&sqlite)).expect("a snapshot"));
        let branches = [0, 1].map(|_| BranchStore::new(Arc::clone(&snapshot)).expect("a branch"));
        let memory = run(&memory, &after);
        for branch in &branches {
            for (memory, branch) in memory.iter().zip(&run(branch, &after)) {
                prop_assert_eq!(memory, branch);
            }
        }
        prop_assert_eq!(was, sqlite.read_with(everything).expect("read"));
    }
}

/// Without what a branch takes over only with the stream it belongs to, and what it never finds: answers that expired.
fn taken_over(transactions: Vec<Vec<Op>>) -> Vec<Vec<Op>> {
    let left_out = |op: &Op| matches!(op, Op::Action(..) | Op::Beside(op::BesideOp::Expire { .. }));
    let kept = |ops: Vec<Op>| ops.into_iter().filter(|op| !left_out(op)).collect();
    transactions.into_iter().map(kept).collect()
}

#[test]
fn memory_and_postgres_answer_alike() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let address = Address::parse(&cluster.url(), None, None).expect("an address");
    let number = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 16,
        ..ProptestConfig::default()
    });
    let transactions = proptest::collection::vec(proptest::collection::vec(op(), 1..40), 1..6);
    let result = runner.run(&transactions, |transactions| {
        number.set(number.get() + 1);
        let store = PostgresStore::open(address.clone(), LedgerId(number.get())).expect("opens");
        let (memory, postgres) = (
            run(&MemoryStore::new(), &transactions),
            run(&store, &transactions),
        );
        for (memory, postgres) in memory.iter().zip(&postgres) {
            prop_assert_eq!(memory, postgres);
        }
        prop_assert_eq!(memory.len(), postgres.len());
        Ok(())
    });
    result.expect("alike");
}
