//! A copy of a ledger while somebody writes, and the way back from it.

use std::path::Path;
use tidegate_core::batch::NewEntry;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_ledger::sqlite::backup::{backup, restore, verify};
use tidegate_ledger::{LedgerId, SqliteStore, Store, StoreError};

fn append(store: &dyn Store, count: u64) -> u64 {
    let stream = StreamId::new(StreamKind::Deployment, "dep_1");
    let appended = store.write_with(|tx| {
        for _ in 0..count {
            let entry = NewEntry {
                stream: stream.clone(),
                rev: tx.rev(&stream)? + 1,
                kind: "deployment.noted/1".to_owned(),
                actor: "ci".to_owned(),
                cause: "cmd".to_owned(),
                body: r#"{"text":"as it was"}"#.to_owned(),
            };
            tx.append(&entry, Timestamp::UNIX_EPOCH)?;
        }
        Ok(tx.head()?.seq)
    });
    appended.expect("written")
}

fn opened(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder, LedgerId::default()).expect("opens")
}

fn head(store: &dyn Store) -> u64 {
    store.read_with(|rows| rows.head()).expect("read").seq
}

#[test]
fn a_copy_made_while_somebody_writes_is_whole_and_comes_back_as_it_was() {
    let place = tempfile::tempdir().expect("a folder");
    let (folder, blobs) = (place.path().join("data"), place.path().join("data/blobs"));
    let store = opened(&folder);
    append(&store, 300);
    let name = format!("c0/c0{}", "e".repeat(62));
    std::fs::create_dir_all(blobs.join("c0")).expect("a folder");
    std::fs::write(blobs.join(&name), b"a long text").expect("written");
    let file = place.path().join("copy.db");
    let copied = std::thread::scope(|scope| {
        let writing = scope.spawn(|| (0..40).map(|_| append(&store, 5)).last());
        let copied = backup(&folder, &blobs, &file, LedgerId::default()).expect("copied");
        writing.join().expect("joined");
        copied
    });
    assert!((300..=500).contains(&copied.seq), "{copied:?}");
    assert_eq!(head(&store), 500, "the writer went on");
    assert_eq!(
        verify(&file, LedgerId::default()).expect("verifies"),
        copied
    );

    let again = place.path().join("again");
    let restored = restore(&file, &again, &again.join("blobs"), LedgerId::default());
    assert_eq!(restored.expect("restored"), copied);
    let text = std::fs::read(again.join("blobs").join(&name)).expect("read");
    assert_eq!(text, b"a long text");
    let store = opened(&again);
    assert_eq!(head(&store), copied.seq);
    assert_eq!(append(&store, 1), copied.seq + 1, "it can be written");
}

#[test]
fn nothing_is_replaced_and_a_damaged_copy_is_refused() {
    let place = tempfile::tempdir().expect("a folder");
    let (folder, file) = (place.path().join("data"), place.path().join("copy.db"));
    let (blobs, ledger) = (folder.join("blobs"), LedgerId::default());
    let none = backup(&folder, &blobs, &file, ledger).expect_err("refused");
    assert!(none.to_string().contains("there is no ledger"), "{none}");
    append(&opened(&folder), 50);
    backup(&folder, &blobs, &file, ledger).expect("copied");
    let exists = backup(&folder, &blobs, &file, ledger).expect_err("refused");
    assert!(exists.to_string().contains("exists already"), "{exists}");
    let there = restore(&file, &folder, &blobs, ledger).expect_err("refused");
    assert!(there.to_string().contains("a ledger already"), "{there}");

    let mut bytes = std::fs::read(&file).expect("read");
    let text = b"as it was";
    let found: Vec<usize> = (0..bytes.len() - text.len())
        .filter(|at| bytes[*at..].starts_with(text))
        .collect();
    assert!(found.len() >= 50);
    for at in found {
        bytes[at] = b'A';
    }
    std::fs::write(&file, bytes).expect("written");
    let again = place.path().join("again");
    let bad = restore(&file, &again, &again.join("blobs"), ledger).expect_err("refused");
    assert!(matches!(bad, StoreError::Folder { .. }), "{bad}");
    assert!(bad.to_string().contains("does not verify"), "{bad}");
    assert!(!again.join("ledger.db").exists());
}
