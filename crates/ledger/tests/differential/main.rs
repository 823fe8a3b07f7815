//! The same operations on the memory store, on SQLite and on Postgres leave the same rows and the same head hash.

mod everything;
mod op;

use everything::everything;
use op::{Op, apply, op};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tidegate_ledger::chain::verify_rows;
use tidegate_ledger::conformance::cluster::Cluster;
use tidegate_ledger::postgres::Address;
use tidegate_ledger::{Head, LedgerId, MemoryStore, PostgresStore, SqliteStore, Store};

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
