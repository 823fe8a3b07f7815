//! Somebody rewrites the ledger, with hashes computed anew; and every byte of an export with a checkpoint.

use crate::world::{append, key, seal, whole};
use rusqlite::Connection;
use tidegate_ledger::chain::verify_rows;
use tidegate_ledger::export::{
    Verifying, export, export_sealed, verify_export, verify_export_with,
};
use tidegate_ledger::{Head, LedgerId, MemoryStore, SqliteStore, Store};

/// Every byte is flipped once, in an export of a thousand entries with a checkpoint at its end.
#[test]
fn every_flipped_byte_of_a_thousand_signed_entries_is_found() {
    let store: Box<dyn Store> = Box::new(MemoryStore::new());
    append(&*store, 990);
    seal(&*store, &key(1));
    append(&*store, 10);
    seal(&*store, &key(1));
    let mut bytes = Vec::new();
    store
        .read_with(|rows| export(rows, &mut bytes))
        .expect("exported");
    let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
    let mut before = Verifying::with_keys(vec![key(1).verifier().to_owned()]);
    let mut flips = 0_usize;
    for (index, line) in lines.iter().enumerate() {
        for position in 0..line.len() {
            let mut flipped = line.to_vec();
            flipped[position] ^= 1 << (flips % 8);
            flips += 1;
            if let Ok(state) = after(before.clone(), &flipped) {
                let rest = lines.get(index + 1..).unwrap_or_default();
                let found = rest
                    .iter()
                    .try_fold(state, |state, line| after(state, line))
                    .and_then(Verifying::finish);
                assert!(
                    found.is_err(),
                    "byte {position} of line {}: {}",
                    index + 1,
                    String::from_utf8_lossy(&flipped)
                );
            }
        }
        before.push(line).expect("good as it was exported");
    }
    let summary = before.finish().expect("good");
    assert_eq!((flips, summary.entries), (bytes.len(), 1_000));
    assert_eq!(summary.sealed.map(|s| s.size), Some(1_000));
}

#[test]
fn entries_behind_the_checkpoint_are_not_vouched_for_by_its_key() {
    let store: Box<dyn Store> = Box::new(MemoryStore::new());
    append(&*store, 30);
    let sealed = seal(&*store, &key(1));
    append_other(&*store);
    append_other(&*store);
    let mut whole = Vec::new();
    store
        .read_with(|rows| export(rows, &mut whole))
        .expect("exported");
    let keys = || vec![key(1).verifier().to_owned()];
    let good = verify_export(whole.as_slice()).expect("its chain and its own key are good");
    assert_eq!(good.entries, 32);
    let found = verify_export_with(whole.as_slice(), keys()).expect_err("not all is signed");
    let text = found.to_string();
    assert!(text.contains("entries 31 to 32 were added"), "{text}");

    let mut covered = Vec::new();
    store
        .read_with(|rows| export_sealed(rows, sealed.clone(), &mut covered))
        .expect("exported");
    let good = verify_export_with(covered.as_slice(), keys()).expect("all of it is signed");
    assert_eq!((good.entries, good.sealed.map(|s| s.size)), (30, Some(30)));
}

fn after(
    mut state: Verifying,
    bytes: &[u8],
) -> Result<Verifying, tidegate_ledger::export::ExportError> {
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        state.push(line)?;
    }
    Ok(state)
}

/// One who may write the database makes another history and computes all hashes of it anew. Only what was signed tells.
#[test]
fn a_history_that_was_rewritten_with_new_hashes_is_found_by_its_checkpoint() {
    let honest: Box<dyn Store> = Box::new(MemoryStore::new());
    append(&*honest, 300);
    let signed = seal(&*honest, &key(1));
    for changed in [1_u64, 2, 150, 255, 256, 257, 299, 300] {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || SqliteStore::open(folder.path(), LedgerId::default()).expect("opens");
        let store: Box<dyn Store> = Box::new(open());
        // The same entries but for one, with everything computed from it, in a ledger that is whole in itself.
        append(&*store, changed - 1);
        append_other(&*store);
        append(&*store, 300 - changed);
        whole(&*store);
        let put = store.write_with(|tx| {
            tx.put_checkpoint_key(key(1).verifier())?;
            tx.put_checkpoint(&signed)
        });
        put.expect("kept");
        let checked = store
            .read_with(|rows| Ok(verify_rows(rows, Head::empty())))
            .expect("read");
        let text = checked.expect_err("found").to_string();
        assert!(
            text.contains("entry 300") && text.contains("another history"),
            "{changed}: {text}"
        );
    }
}

fn append_other(store: &dyn Store) {
    use tidegate_core::batch::NewEntry;
    use tidegate_core::id::{StreamId, StreamKind};
    let written = store.write_with(|tx| {
        let n = tx.head()?.seq;
        let stream = StreamId::new(StreamKind::Deployment, &format!("d{}", n % 7));
        let entry = NewEntry {
            rev: tx.rev(&stream)? + 1,
            stream,
            kind: "deployment.noted/1".to_owned(),
            actor: "eve".to_owned(),
            cause: format!("cmd-{n}"),
            body: "{}".to_owned(),
        };
        tx.append(&entry, tx.head()?.at).map(drop)
    });
    written.expect("written");
}

#[test]
fn a_change_of_the_tree_or_of_a_checkpoint_is_named() {
    let changes = [
        (
            "UPDATE ledger SET leaf = zeroblob(32) WHERE seq = 7",
            "entry 7",
        ),
        ("UPDATE tile SET hashes = zeroblob(8192)", "entry 256"),
        ("DELETE FROM tile", "entry 256"),
        (
            "UPDATE head SET frontier = zeroblob(length(frontier))",
            "entry 300",
        ),
        ("UPDATE head SET frontier = x'00'", "entry 300"),
        (
            "UPDATE checkpoint SET note = replace(note, 'a', 'b')",
            "entry 280",
        ),
        ("UPDATE checkpoint SET size = 279", "entry 279"),
        (
            "INSERT INTO checkpoint VALUES (1, 400, 0, 'x')",
            "entry 301",
        ),
        ("DELETE FROM checkpoint_key", "entry 280"),
    ];
    for (change, named) in changes {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || SqliteStore::open(folder.path(), LedgerId::default()).expect("opens");
        let store: Box<dyn Store> = Box::new(open());
        append(&*store, 280);
        seal(&*store, &key(1));
        append(&*store, 20);
        whole(&*store);
        store.close().expect("closes");
        let file =
            Connection::open(folder.path().join(tidegate_ledger::sqlite::FILE)).expect("opens");
        file.execute_batch(change).expect("changed");
        drop(file);
        let store: Box<dyn Store> = Box::new(open());
        let checked = store
            .read_with(|rows| Ok(verify_rows(rows, Head::empty())))
            .expect("read");
        let text = checked.expect_err(change).to_string();
        assert!(text.contains(named), "{change}: {text}");
    }
}
