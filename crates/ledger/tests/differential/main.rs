//! The same operations on the memory store and on SQLite leave the same rows and the same head hash.

mod everything;
mod op;

use everything::everything;
use op::{Op, apply, op};
use proptest::prelude::*;
use tidegate_ledger::chain::verify_rows;
use tidegate_ledger::{Head, LedgerId, MemoryStore, SqliteStore, Store};

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
