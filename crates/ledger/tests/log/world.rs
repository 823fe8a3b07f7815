//! A ledger with entries, and keys.

use tidegate_core::batch::NewEntry;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_ledger::chain::verify_rows;
use tidegate_ledger::row::CheckpointRow;
use tidegate_ledger::seal::SealKey;
use tidegate_ledger::{Head, Store};

/// Append entries.
pub fn append(store: &dyn Store, count: u64) {
    let written = store.write_with(|tx| {
        for _ in 0..count {
            let n = tx.head()?.seq;
            let stream = StreamId::new(StreamKind::Deployment, &format!("d{}", n % 7));
            let entry = NewEntry {
                rev: tx.rev(&stream)? + 1,
                stream,
                kind: "deployment.noted/1".to_owned(),
                actor: "zoë".to_owned(),
                cause: format!("cmd-{n}"),
                body: format!("{{\"n\":{n},\"t\":\"a\\\"b\\n✓\"}}"),
            };
            let at = 1_790_000_000_000_000 + 1_500 * i64::try_from(n).unwrap_or(0);
            tx.append(&entry, Timestamp::from_microsecond(at).expect("a time"))?;
        }
        Ok(())
    });
    written.expect("written");
}

/// A key of the log `tidegate.local/ledger/test`.
pub fn key(seed: u8) -> SealKey {
    let text = SealKey::generate("tidegate.local/ledger/test", [seed; 32]).expect("made");
    SealKey::parse(&text).expect("read")
}

/// Sign what is there.
pub fn seal(store: &dyn Store, key: &SealKey) -> CheckpointRow {
    let tree = store.read_with(|rows| rows.tree()).expect("read");
    let row = CheckpointRow {
        size: tree.size(),
        at: Timestamp::UNIX_EPOCH,
        note: key.sign(&tree).expect("signed"),
    };
    let kept = store.write_with(|tx| {
        tx.put_checkpoint_key(key.verifier())?;
        tx.put_checkpoint(&row)
    });
    kept.expect("kept");
    row
}

/// That everything holds.
pub fn whole(store: &dyn Store) -> Head {
    let checked = store.read_with(|rows| Ok(verify_rows(rows, Head::empty())));
    checked.expect("read").expect("everything holds")
}
