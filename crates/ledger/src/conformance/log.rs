//! The tree beside the entries and the checkpoints over it.

use super::Case;
use super::sample::{at, deployment, entry, read, write};
use crate::chain::verify_rows;
use crate::error::StoreError;
use crate::row::{CheckpointRow, Head};
use crate::store::Store;
use crate::tree::{self, Frontier, prove_entry, prove_growth, shows_entry, shows_growth};

pub(super) const CASES: &[Case] = &[
    (
        "the tree grows with the entries and is taken back with them",
        grows,
    ),
    (
        "tiles appear when they are complete, and proofs lead over them",
        tiles,
    ),
    ("checkpoints and keys are kept once", checkpoints),
];

fn append(store: &dyn Store, count: u64) {
    let a = deployment("a");
    write(store, |tx| {
        let have = tx.rev(&a)?;
        for rev in have + 1..=have + count {
            tx.append(&entry(&a, rev), at(1))?;
        }
        Ok(())
    });
}

fn grows(store: &dyn Store) {
    assert_eq!(read(store, |rows| rows.tree()), Frontier::default());
    append(store, 3);
    let mut tree = Frontier::default();
    for entry in read(store, |rows| rows.entries(1, 9)) {
        tree.push(tree::leaf(&entry));
    }
    assert_eq!(read(store, |rows| rows.tree()), tree);
    let given_up = store.write_with(|tx| {
        tx.append(&entry(&deployment("a"), 4), at(2))?;
        assert_eq!(tx.tree()?.size(), 4, "reads see it at once");
        assert_eq!(tx.leaves(3, 9)?.len(), 2);
        Err::<(), _>(StoreError::Aborted {
            because: "changed my mind".to_owned(),
        })
    });
    assert!(given_up.is_err());
    assert_eq!(read(store, |rows| rows.tree()), tree);
    assert_eq!(read(store, |rows| rows.leaves(2, 1)).len(), 1);
}

fn tiles(store: &dyn Store) {
    append(store, 255);
    assert_eq!(read(store, |rows| rows.tile(0, 0)), None);
    append(store, 1);
    let tile = read(store, |rows| rows.tile(0, 0)).expect("complete");
    assert_eq!(tile, read(store, |rows| rows.leaves(1, 256)));
    let then = read(store, |rows| rows.tree());
    append(store, 10);
    let now = read(store, |rows| rows.tree());
    read(store, |rows| {
        let third = rows.leaves(3, 1)?.remove(0);
        let proof = prove_entry(rows, 3, 266)?;
        assert!(shows_entry(&proof, 266, &now.root(), 3, &third));
        let growth = prove_growth(rows, 256, 266)?;
        assert!(shows_growth(
            &growth,
            (256, &then.root()),
            (266, &now.root())
        ));
        assert!(prove_entry(rows, 267, 266).is_err());
        assert!(prove_entry(rows, 0, 266).is_err());
        assert!(prove_growth(rows, 0, 266).is_err());
        Ok(())
    });
    let whole = read(store, |rows| Ok(verify_rows(rows, Head::empty())));
    assert_eq!(whole.map(|head| head.seq), Ok(266));
}

fn checkpoints(store: &dyn Store) {
    let row = |size, note: &str| CheckpointRow {
        size,
        at: at(size),
        note: note.to_owned(),
    };
    assert_eq!(read(store, |rows| rows.newest_checkpoint()), None);
    write(store, |tx| {
        tx.put_checkpoint(&row(7, "seven"))?;
        tx.put_checkpoint(&row(3, "three"))?;
        tx.put_checkpoint(&row(3, "another"))?;
        tx.put_checkpoint_key("name+00+b")?;
        tx.put_checkpoint_key("name+00+a")?;
        tx.put_checkpoint_key("name+00+b")
    });
    append(store, 1);
    write(store, |tx| tx.put_checkpoint_key("name+00+0"));
    read(store, |rows| {
        assert_eq!(rows.newest_checkpoint()?, Some(row(7, "seven")));
        assert_eq!(rows.checkpoints(0, 9)?, [row(3, "three"), row(7, "seven")]);
        assert_eq!(rows.checkpoints(3, 9)?, [row(7, "seven")]);
        assert_eq!(rows.checkpoints(0, 1)?, [row(3, "three")]);
        let keys = rows.checkpoint_keys()?;
        assert_eq!(keys, ["name+00+a", "name+00+b", "name+00+0"]);
        Ok(())
    });
}
