//! A long ledger is read and computed in parts on several threads: what is found is what is found in order, wherever parts meet.

use crate::world::{append, key, seal, whole};
use tidegate_ledger::chain::{VerifyError, verify_rows};
use tidegate_ledger::export::{Verifying, export, verify_export};
use tidegate_ledger::verify::{After, Page, verify_along};
use tidegate_ledger::{Head, LedgerId, SqliteStore, Store};

const ENTRIES: u64 = 3_000;
/// Around the ends of tiles (256) and of parts (512), and within them.
const PLACES: [u64; 6] = [1, 256, 512, 513, 1_025, 2_999];

type Found = Result<Head, VerifyError>;

fn both(store: &dyn Store) -> (Found, Found) {
    let in_order = store.read_with(|rows| Ok(verify_rows(rows, Head::empty())));
    let read = |after: &After| store.read_with(|rows| Page::read(rows, after));
    let along = verify_along(&read, Head::empty(), &mut |_, _| true);
    (in_order.expect("read"), along)
}

/// A changed copy of a ledger, as found in both ways, which are the same.
fn found(folder: &std::path::Path, change: &str) -> String {
    let copy = tempfile::tempdir().expect("a folder");
    let name = tidegate_ledger::sqlite::FILE;
    std::fs::copy(folder.join(name), copy.path().join(name)).expect("copied");
    let file = rusqlite::Connection::open(copy.path().join(name)).expect("opens");
    file.execute_batch(change).expect(change);
    drop(file);
    let store: Box<dyn Store> =
        Box::new(SqliteStore::open(copy.path(), LedgerId::default()).expect("opens"));
    let (in_order, along) = both(&*store);
    assert_eq!(along, in_order, "{change}");
    store.close().expect("closes");
    along.expect_err(change).to_string()
}

#[test]
fn what_is_wrong_in_a_part_is_named_as_it_is_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let store: Box<dyn Store> =
        Box::new(SqliteStore::open(folder.path(), LedgerId::default()).expect("opens"));
    for part in [700, 324, 1_000, ENTRIES - 2_024] {
        append(&*store, part);
        seal(&*store, &key(1));
    }
    assert_eq!(both(&*store).1, Ok(whole(&*store)));
    store.close().expect("closes");
    for seq in PLACES {
        let changes = [
            ("actor = 'eve'", "its hash does not follow"),
            ("body = '{}'", "its body is not the one"),
            ("at = at - 10000000000", "its time"),
            ("rev = rev + 1000", "it is revision"),
            ("hash = leaf", "its hash does not follow"),
            ("leaf = hash", "its leaf in the tree"),
            ("stream = 'tower/1'", "is not a kind of stream"),
        ];
        for (change, because) in changes {
            // The time of the first one may be any.
            if seq == 1 && change.starts_with("at") {
                continue;
            }
            let text = found(
                folder.path(),
                &format!("UPDATE ledger SET {change} WHERE seq = {seq}"),
            );
            let place = format!("entry {seq}: ");
            assert!(
                text.starts_with(&place) && text.contains(because),
                "{change}: {text}"
            );
        }
        let gone = found(
            folder.path(),
            &format!("DELETE FROM ledger WHERE seq = {seq}"),
        );
        assert!(
            gone.starts_with(&format!("entry {seq}: is missing")),
            "{gone}"
        );
    }
    let signed = found(
        folder.path(),
        "UPDATE checkpoint SET size = 1023 WHERE size = 1024",
    );
    assert!(
        signed.starts_with("entry 1023: the checkpoint of 1023"),
        "{signed}"
    );
    let tile = found(
        folder.path(),
        "UPDATE tile SET hashes = zeroblob(8192) WHERE idx = 4",
    );
    assert!(tile.starts_with("entry 1280: tile 0/4"), "{tile}");
    let two = found(
        folder.path(),
        "UPDATE ledger SET actor = 'eve' WHERE seq IN (600, 1100, 1700)",
    );
    assert!(two.starts_with("entry 600: "), "the first one: {two}");
}

#[test]
fn the_first_bad_line_of_a_long_export_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let store: Box<dyn Store> =
        Box::new(SqliteStore::open(folder.path(), LedgerId::default()).expect("opens"));
    append(&*store, ENTRIES);
    seal(&*store, &key(1));
    let mut bytes = Vec::new();
    let written = store.read_with(|rows| export(rows, &mut bytes));
    let summary = verify_export(bytes.as_slice()).expect("good");
    assert_eq!(
        (summary.entries, summary.head),
        (ENTRIES, written.expect("read"))
    );
    assert!(bytes.len() > 4 * 256 * 1_024, "several parts");
    let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
    for n in [1, 2, 700, 701, 1_500, lines.len() - 1] {
        let mut changed = lines.clone();
        // Two lines changed place; then one is gone; then one is no line.
        let swapped = {
            changed.swap(n, if n + 1 < lines.len() { n + 1 } else { n - 1 });
            changed.concat()
        };
        let gone = [lines[..n].concat(), lines[n + 1..].concat()].concat();
        let nothing = [lines[..n].concat(), b"{}\n".to_vec(), lines[n..].concat()].concat();
        for bytes in [swapped, gone, nothing] {
            let one_by_one = bytes
                .split_inclusive(|b| *b == b'\n')
                .try_fold(Verifying::default(), |mut state, line| {
                    state.push(line).map(|()| state)
                })
                .and_then(Verifying::finish);
            let together = verify_export(bytes.as_slice());
            assert_eq!(
                together.map_err(|e| e.to_string()),
                one_by_one.map_err(|e| e.to_string()),
                "at line {n}"
            );
        }
    }
}
