//! Rows beside the history: answers, blobs, tokens.

use super::Case;
use super::sample::{at, read, write};
use crate::error::StoreError;
use crate::row::{BLOB_LIMIT, Reply, TokenRow};
use crate::store::Store;
use tidegate_core::digest::Digest;
use tidegate_core::id::CommandId;

pub(super) const CASES: &[Case] = &[
    (
        "an answer is kept until it expires and never replaced",
        replies,
    ),
    ("blobs are found by their digest and have a limit", blobs),
    ("tokens are found by hash and can be dropped", tokens),
];

fn reply(id: &str, expires: u64) -> Reply {
    Reply {
        command_id: CommandId(id.to_owned()),
        fingerprint: Digest::of(id.as_bytes()),
        seq: 7,
        outcome: r#"{"ok":true}"#.to_owned(),
        expires: at(expires),
    }
}

/// The commands whose answers are there, soonest to expire first.
fn left(store: &dyn Store) -> Vec<&'static str> {
    let all = ["soon", "next", "late"].into_iter();
    all.filter(|id| read(store, |rows| rows.reply(&CommandId((*id).to_owned()))).is_some())
        .collect()
}

fn replies(store: &dyn Store) {
    write(store, |tx| {
        [("late", 30), ("soon", 10), ("next", 20)]
            .iter()
            .try_for_each(|(id, at)| tx.put_reply(&reply(id, *at)))
    });
    assert_eq!(
        read(store, |rows| rows.reply(&CommandId("soon".to_owned()))),
        Some(reply("soon", 10))
    );
    assert_eq!(
        read(store, |rows| rows.reply(&CommandId("never".to_owned()))),
        None
    );
    let again = store.write_with(|tx| {
        tx.put_reply(&Reply {
            seq: 8,
            ..reply("soon", 99)
        })
    });
    assert_eq!(
        again,
        Err(StoreError::Exists {
            what: "reply to command",
            key: "soon".to_owned()
        })
    );
    write(store, |tx| tx.expire_replies(at(9), 9));
    assert_eq!(left(store), ["soon", "next", "late"]);
    write(store, |tx| tx.expire_replies(at(20), 1));
    assert_eq!(
        left(store),
        ["next", "late"],
        "bounded, longest expired first"
    );
    write(store, |tx| tx.expire_replies(at(20), 9));
    assert_eq!(left(store), ["late"]);
    assert_eq!(
        read(store, |rows| rows.reply(&CommandId("late".to_owned()))),
        Some(reply("late", 30))
    );
    write(store, |tx| tx.put_reply(&reply("soon", 40)));
}

fn blobs(store: &dyn Store) {
    let bytes = [0, 255, 10, 0, 128];
    let digest = write(store, |tx| tx.put_blob(&bytes));
    assert_eq!(digest, Digest::of(&bytes));
    assert_eq!(
        write(store, |tx| tx.put_blob(&bytes)),
        digest,
        "again is the same"
    );
    assert_eq!(read(store, |rows| rows.blob(&digest)), Some(bytes.to_vec()));
    assert_eq!(read(store, |rows| rows.blob(&Digest::of(b"unknown"))), None);
    let other = write(store, |tx| tx.put_blob(b"other"));
    assert!(write(store, |tx| tx.drop_blob(&other)));
    assert!(!write(store, |tx| tx.drop_blob(&other)), "it is gone");
    assert_eq!(read(store, |rows| rows.blob(&other)), None);
    assert_eq!(write(store, |tx| tx.put_blob(b"other")), other);
    let empty = write(store, |tx| tx.put_blob(b""));
    assert_eq!(read(store, |rows| rows.blob(&empty)), Some(Vec::new()));
    let largest = vec![7; BLOB_LIMIT];
    let digest = write(store, |tx| tx.put_blob(&largest));
    assert_eq!(read(store, |rows| rows.blob(&digest)), Some(largest));
    let refused = store.write_with(|tx| tx.put_blob(&vec![7; BLOB_LIMIT + 1]));
    assert_eq!(
        refused,
        Err(StoreError::TooLarge {
            what: "blob",
            size: BLOB_LIMIT + 1,
            limit: BLOB_LIMIT
        })
    );
}

fn tokens(store: &dyn Store) {
    let token = |name: &str, expires: Option<u64>| TokenRow {
        hash: Digest::of(name.as_bytes()),
        name: name.to_owned(),
        body: r#"{"role":"viewer"}"#.to_owned(),
        created: at(1),
        expires: expires.map(at),
    };
    let (admin, ci) = (token("admin", None), token("ci", Some(9)));
    write(store, |tx| {
        tx.put_token(&ci)?;
        tx.put_token(&admin)
    });
    read(store, |rows| {
        assert_eq!(rows.token(&ci.hash)?, Some(ci.clone()));
        assert_eq!(rows.token(&Digest::of(b"wrong"))?, None);
        assert_eq!(rows.tokens()?, [admin.clone(), ci.clone()]);
        Ok(())
    });
    let renamed = TokenRow {
        name: "zz".to_owned(),
        ..admin.clone()
    };
    write(store, |tx| tx.put_token(&renamed));
    assert!(write(store, |tx| tx.drop_token(&ci.hash)));
    assert!(!write(store, |tx| tx.drop_token(&ci.hash)));
    assert_eq!(read(store, |rows| rows.tokens()), [renamed]);
}
