//! What outlives the process.

use super::sample::{action, action_id, at, deployment, entry, live, next, read, state, write};
use crate::chain::verify_rows;
use crate::row::{Head, Reply, TokenRow, WakeRow};
use crate::store::Store;
use tidegate_core::digest::Digest;
use tidegate_core::id::CommandId;

pub(super) fn everything_is_there_after_reopening(open: &dyn Fn() -> Box<dyn Store>) {
    eprintln!("conformance: everything is there after reopening, and the chain goes on");
    let (a, b) = (deployment("a"), deployment("b"));
    let reply = Reply {
        command_id: CommandId("cmd".to_owned()),
        fingerprint: Digest::of(b"body"),
        seq: 1,
        outcome: "{}".to_owned(),
        expires: at(99),
    };
    let hash = Digest::of(b"secret");
    let token = TokenRow {
        hash: hash.clone(),
        name: "ci".to_owned(),
        body: "{}".to_owned(),
        created: at(1),
        expires: None,
    };

    let store = open();
    let (first, blob) = write(&*store, |tx| {
        let first = tx.append(&entry(&a, 1), at(1))?;
        live(tx, &a, &next(9, &["release/web@1"]))?;
        live(tx, &b, &WakeRow::Never)?;
        tx.start_action(&action(1, &a, "prod"))?;
        tx.lease(&action_id(1), "agent:x", at(30))?;
        tx.put_reply(&reply)?;
        tx.put_model("board", "a", Some("{}"))?;
        tx.put_token(&token)?;
        tx.quarantine(&b, "looked odd")?;
        Ok((first, tx.put_blob(b"evidence")?))
    });
    store.close().expect("a store closes");
    drop(store);

    let store = open();
    read(&*store, |rows| {
        assert_eq!(
            rows.head()?,
            Head {
                seq: 1,
                at: at(1),
                hash: first.hash.clone()
            }
        );
        assert_eq!(rows.entries(1, 9)?, std::slice::from_ref(&first));
        assert_eq!(rows.state(&a)?, Some(state(1)));
        assert_eq!(rows.wake_of(&a)?, Some(next(9, &["release/web@1"])));
        assert_eq!(rows.wake_of(&b)?, Some(WakeRow::Never));
        assert_eq!(
            rows.action(&action_id(1))?.map(|row| row.lease.epoch),
            Some(1)
        );
        assert_eq!(rows.reply(&reply.command_id)?, Some(reply.clone()));
        assert_eq!(rows.model("board", "a")?.as_deref(), Some("{}"));
        assert_eq!(rows.token(&hash)?, Some(token.clone()));
        assert_eq!(rows.quarantined(&b)?.as_deref(), Some("looked odd"));
        assert_eq!(rows.blob(&blob)?.as_deref(), Some(b"evidence".as_slice()));
        Ok(())
    });
    write(&*store, |tx| tx.append(&entry(&a, 2), at(2)));
    assert_eq!(
        read(&*store, |rows| Ok(verify_rows(rows, Head::empty()))).map(|head| head.seq),
        Ok(2)
    );
    store.close().expect("a store closes");
}
