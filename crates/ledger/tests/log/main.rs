//! The log: its tree against published cases, its checkpoints, rewriting that is found, and a verifier of others.

mod along;
mod outside;
mod rewritten;
mod seams;
mod thousand;
mod vectors;
mod world;

use tidegate_ledger::tree::{
    Frontier, leaf, prove_entry, prove_growth, root_at, shows_entry, shows_growth,
};
use tidegate_ledger::{LedgerId, MemoryStore, SqliteStore, Store};
use world::{append, key};

#[test]
fn every_entry_and_every_growth_of_a_log_with_tiles_can_be_proved() {
    let store: Box<dyn Store> = Box::new(MemoryStore::new());
    append(&*store, 700);
    store
        .read_with(|rows| {
            let entries = rows.entries(1, 999)?;
            let mut tree = Frontier::default();
            let mut roots = vec![tree.root()];
            for entry in &entries {
                tree.push(leaf(entry));
                roots.push(tree.root());
            }
            assert_eq!(rows.tree()?, tree);
            for size in [1, 2, 3, 255, 256, 257, 511, 512, 513, 699, 700] {
                let root = &roots[size];
                assert_eq!(root_at(rows, size as u64)?, *root);
                for seq in [1, 2, 100, 255, 256, 257, 400, 512, 699, 700] {
                    if seq as usize > size {
                        assert!(prove_entry(rows, seq, size as u64).is_err());
                        continue;
                    }
                    let proof = prove_entry(rows, seq, size as u64)?;
                    let good = leaf(&entries[seq as usize - 1]);
                    assert!(
                        shows_entry(&proof, size as u64, root, seq, &good),
                        "{seq} in {size}"
                    );
                    if size > 1 {
                        let other = leaf(&entries[if seq == 1 { 1 } else { 0 }]);
                        assert!(!shows_entry(&proof, size as u64, root, seq, &other));
                    }
                }
                for from in (1..=size).step_by(37).chain([size]) {
                    let proof = prove_growth(rows, from as u64, size as u64)?;
                    let (then, now) = ((from as u64, &roots[from]), (size as u64, root));
                    assert!(shows_growth(&proof, then, now), "{from} to {size}");
                    if from < size {
                        assert!(!shows_growth(&proof, (from as u64, root), now));
                    }
                }
            }
            Ok(())
        })
        .expect("read");
}

#[test]
fn a_ledger_from_before_there_was_a_tree_gets_one_when_it_is_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || SqliteStore::open(folder.path(), LedgerId::default()).expect("opens");
    let store: Box<dyn Store> = Box::new(open());
    append(&*store, 600);
    let grown = store.read_with(|rows| rows.tree()).expect("read");
    store.close().expect("closes");
    let file = rusqlite::Connection::open(folder.path().join(tidegate_ledger::sqlite::FILE))
        .expect("opens");
    file.execute_batch(
        "UPDATE head SET frontier = NULL; UPDATE ledger SET leaf = NULL; DELETE FROM tile",
    )
    .expect("as it was before");
    drop(file);
    let store: Box<dyn Store> = Box::new(open());
    assert_eq!(store.read_with(|rows| rows.tree()), Ok(grown));
    world::whole(&*store);
    append(&*store, 1);
    world::whole(&*store);
}

#[test]
fn a_key_file_is_read_back_and_a_wrong_one_is_refused_without_showing_the_secret() {
    use tidegate_ledger::seal::SealKey;
    let text = SealKey::generate("tidegate.local/ledger/test", [7; 32]).expect("made");
    let key = SealKey::parse(&text).expect("read");
    assert_eq!(key.origin(), "tidegate.local/ledger/test");
    assert!(text.starts_with("PRIVATE+KEY+"));
    let secret = text
        .lines()
        .next()
        .expect("a line")
        .splitn(5, '+')
        .last()
        .expect("a part")
        .to_owned();
    let other = SealKey::generate("tidegate.local/ledger/test", [8; 32]).expect("made");
    let mixed = format!(
        "{}\n{}\n",
        text.lines().next().expect("a line"),
        other.lines().nth(1).expect("a line")
    );
    for wrong in [
        mixed,
        String::new(),
        text.replacen("PRIVATE", "PUBLIC", 1),
        text.replace('\n', " "),
    ] {
        let refused = SealKey::parse(&wrong).expect_err("refused");
        assert!(
            !format!("{refused}{refused:?}{key:?}").contains(&secret),
            "{refused}"
        );
    }
}

#[test]
fn a_checkpoint_speaks_for_its_log_and_its_key_only() {
    use tidegate_ledger::seal::open;
    let (ours, theirs) = (key(1), key(2));
    let store: Box<dyn Store> = Box::new(MemoryStore::new());
    append(&*store, 10);
    let tree = store.read_with(|rows| rows.tree()).expect("read");
    let note = ours.sign(&tree).expect("signed");
    let sealed = open(
        &note,
        &[theirs.verifier().to_owned(), ours.verifier().to_owned()],
    )
    .expect("good");
    assert_eq!(
        (sealed.size, sealed.root, sealed.by.len()),
        (10, tree.root(), 1)
    );
    assert!(open(&note, &[theirs.verifier().to_owned()]).is_err());
    assert!(open(&note, &[]).is_err());
    for at in 0..note.len() {
        let mut bytes = note.clone().into_bytes();
        bytes[at] ^= 1;
        let changed = String::from_utf8_lossy(&bytes).into_owned();
        assert!(
            open(&changed, &[ours.verifier().to_owned()]).is_err(),
            "byte {at}: {changed}"
        );
    }
}
