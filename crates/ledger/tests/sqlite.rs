//! The SQLite store against bad surroundings: a folder in use, files of others, changes made behind its back.

use rusqlite::Connection;
use std::path::Path;
use tidegate_core::batch::NewEntry;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_ledger::chain::{VerifyError, verify_rows};
use tidegate_ledger::{Head, LedgerId, SqliteStore, Store, StoreError};

fn open(folder: &Path) -> Result<Box<dyn Store>, StoreError> {
    SqliteStore::open(folder, LedgerId::default()).map(|store| Box::new(store) as Box<dyn Store>)
}

fn stream() -> StreamId {
    StreamId::new(StreamKind::Deployment, "d")
}

fn append(store: &dyn Store, count: u64) -> Result<(), StoreError> {
    store.write_with(|tx| {
        for _ in 0..count {
            let entry = NewEntry {
                stream: stream(),
                rev: tx.rev(&stream())? + 1,
                kind: "deployment.noted/1".to_owned(),
                actor: "ci".to_owned(),
                cause: "cmd".to_owned(),
                body: r#"{"text":"as it was"}"#.to_owned(),
            };
            tx.append(&entry, Timestamp::UNIX_EPOCH)?;
        }
        Ok(())
    })
}

/// A ledger of ten entries, closed, then changed by somebody with another program.
fn changed_behind_its_back(folder: &Path, sql: &str) -> Box<dyn Store> {
    let store = open(folder).expect("opens");
    append(&*store, 10).expect("appended");
    store.close().expect("closes");
    let connection = Connection::open(folder.join(tidegate_ledger::sqlite::FILE)).expect("opens");
    connection.execute_batch(sql).expect("changed");
    drop(connection);
    open(folder).expect("opens")
}

/// The first bad entry, if the ledger could be read at all.
fn first_broken(store: &dyn Store) -> Option<u64> {
    match store
        .read_with(|rows| Ok(verify_rows(rows, Head::empty())))
        .expect("read")
    {
        Err(VerifyError::Broken(broken)) => Some(broken.seq),
        Ok(_) | Err(VerifyError::Store(_)) => None,
    }
}

#[test]
fn a_folder_has_one_server_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).expect("opens");
    let text = open(folder.path())
        .map(|_| ())
        .expect_err("in use")
        .to_string();
    assert!(
        text.contains(&folder.path().display().to_string()),
        "{text}"
    );
    assert!(
        text.contains(&format!("(process {})", std::process::id())),
        "{text}"
    );
    store.close().expect("closes");
    open(folder.path()).expect("free again");
}

#[test]
fn a_changed_entry_is_named_whatever_was_changed() {
    let changes = [
        "UPDATE ledger SET body = replace(body, 'was', 'is') WHERE seq = 7",
        "UPDATE ledger SET actor = 'eve' WHERE seq = 7",
        "UPDATE ledger SET stream = 'nonsense' WHERE seq = 7",
        "UPDATE ledger SET at = 9223372036854775807 WHERE seq = 7",
        "UPDATE ledger SET rev = -1 WHERE seq = 7",
        "UPDATE ledger SET hash = x'00' WHERE seq = 7",
        "UPDATE ledger SET body = x'FF' WHERE seq = 7",
        "DELETE FROM ledger WHERE seq = 7",
    ];
    for change in changes {
        let folder = tempfile::tempdir().expect("a folder");
        let store = changed_behind_its_back(folder.path(), change);
        assert_eq!(first_broken(&*store), Some(7), "{change}");
    }
}

#[test]
fn a_cut_end_is_found_and_nothing_is_built_on_it() {
    for change in [
        "DELETE FROM ledger WHERE seq > 8",
        "UPDATE head SET seq = 8",
        "UPDATE head SET hash = zeroblob(32)",
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let store = changed_behind_its_back(folder.path(), change);
        assert!(
            first_broken(&*store).is_some_and(|seq| seq >= 9),
            "{change}"
        );
        let refused = append(&*store, 1).expect_err("refused");
        assert!(
            matches!(refused, StoreError::BadRow { .. }),
            "{change}: {refused}"
        );
        assert!(!refused.blames_input());
    }
}

#[test]
fn files_of_other_programs_and_damaged_ones_are_refused_with_their_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(tidegate_ledger::sqlite::FILE);
    let refused = || {
        open(folder.path())
            .map(|_| ())
            .expect_err("refused")
            .to_string()
    };

    std::fs::write(
        &file,
        "this is a text file, and it is longer than the header of a database is".repeat(20),
    )
    .expect("written");
    assert!(
        refused().contains(&file.display().to_string()),
        "{}",
        refused()
    );
    std::fs::remove_file(&file).expect("removed");

    let theirs = Connection::open(&file).expect("opens");
    theirs
        .execute_batch("CREATE TABLE theirs (x)")
        .expect("made");
    drop(theirs);
    assert!(refused().contains("another program"), "{}", refused());

    let not_a_folder = folder.path().join("file");
    std::fs::write(&not_a_folder, "").expect("written");
    let text = open(&not_a_folder)
        .map(|_| ())
        .expect_err("refused")
        .to_string();
    assert!(text.contains(&not_a_folder.display().to_string()), "{text}");
}

#[test]
fn a_newer_schema_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(tidegate_ledger::sqlite::FILE);
    open(folder.path()).expect("opens").close().expect("closes");
    let connection = Connection::open(&file).expect("opens");
    connection
        .execute_batch("INSERT INTO migration VALUES (99, x'00')")
        .expect("changed");
    drop(connection);
    let before = std::fs::read(&file).expect("read");
    let refused = open(folder.path()).map(|_| ()).expect_err("refused");
    assert!(
        matches!(refused, StoreError::NewerSchema { have: 99, .. }),
        "{refused}"
    );
    assert_eq!(std::fs::read(&file).expect("read"), before);
}

#[test]
fn a_ledger_folder_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = folder.path().join("state/ledger");
    open(&ledger).expect("opens");
    let mode = std::fs::metadata(&ledger)
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn more_readers_than_connections_take_turns() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).expect("opens");
    append(&*store, 3).expect("appended");
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..32)
            .map(|_| scope.spawn(|| store.read_with(|rows| Ok(rows.head()?.seq))))
            .collect();
        for reader in readers {
            assert_eq!(reader.join().expect("read"), Ok(3));
        }
    });
}
