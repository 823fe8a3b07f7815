//! The queue of outside work: order, leases, epochs.

use super::Case;
use super::sample::{action, action_id, at, deployment, entry, environment, read, write};
use crate::error::StoreError;
use crate::row::ActionRow;
use crate::store::{Rows, Store};
use tidegate_core::view::Lease;

pub(super) const CASES: &[Case] = &[
    (
        "outside work is handed out oldest first to the agents of its environment",
        order,
    ),
    (
        "a lease has an epoch, an end, and can be prolonged by its holder only",
        leases,
    ),
    ("outside work is queued once and gone when it ended", ended),
];

fn open(rows: &dyn Rows, environments: &[&str], seconds: u64, limit: usize) -> Vec<ActionRow> {
    let environments: Vec<_> = environments.iter().map(|name| environment(name)).collect();
    rows.actions_open(&environments, at(seconds), limit)
        .expect("the read succeeds")
}

fn ids(rows: &[ActionRow]) -> Vec<String> {
    rows.iter()
        .map(|row| {
            row.id
                .as_str()
                .trim_start_matches("act_")
                .trim_start_matches('0')
                .to_owned()
        })
        .collect()
}

fn order(store: &dyn Store) {
    let (a, b) = (deployment("a"), deployment("b"));
    write(store, |tx| {
        tx.append(&entry(&a, 1), at(1))?;
        tx.start_action(&action(3, &a, "prod"))?;
        tx.append(&entry(&a, 2), at(1))?;
        tx.start_action(&action(2, &b, "dev"))?;
        tx.start_action(&action(1, &a, "prod"))?;
        assert_eq!(
            ids(&open(tx, &["prod"], 1, 9)),
            ["3", "1"],
            "a transaction sees its own work"
        );
        Ok(())
    });
    read(store, |rows| {
        assert_eq!(
            ids(&open(rows, &["prod", "dev", "prod"], 1, 9)),
            ["3", "1", "2"],
            "by entry, then by id"
        );
        assert_eq!(ids(&open(rows, &["prod", "dev"], 1, 2)), ["3", "1"]);
        assert_eq!(ids(&open(rows, &["dev"], 1, 9)), ["2"]);
        assert_eq!(ids(&open(rows, &["elsewhere"], 1, 9)), [""; 0]);
        assert_eq!(ids(&open(rows, &[], 1, 9)), [""; 0]);
        assert_eq!(ids(&rows.actions_of(&a)?), ["3", "1"]);
        let new = action(2, &b, "dev");
        let expected = ActionRow {
            id: new.id.clone(),
            stream: new.stream,
            environment: new.environment,
            body: new.body,
            lease: Lease {
                epoch: 0,
                by: None,
                until: None,
            },
            created: new.created,
            seq: 2,
        };
        assert_eq!(rows.action(&new.id)?, Some(expected));
        Ok(())
    });
}

fn leases(store: &dyn Store) {
    let (a, one) = (deployment("a"), action_id(1));
    write(store, |tx| tx.start_action(&action(1, &a, "prod")));
    assert!(
        !write(store, |tx| tx.renew(&one, 0, at(9))),
        "nothing to prolong before the first lease"
    );
    assert_eq!(
        write(store, |tx| tx.lease(&one, "agent:x", at(10))),
        Some(1)
    );
    read(store, |rows| {
        let lease = rows.action(&one)?.map(|row| row.lease);
        assert_eq!(
            lease,
            Some(Lease {
                epoch: 1,
                by: Some("agent:x".to_owned()),
                until: Some(at(10))
            })
        );
        assert_eq!(ids(&open(rows, &["prod"], 9, 9)), [""; 0], "held");
        assert_eq!(ids(&open(rows, &["prod"], 10, 9)), ["1"], "over at its end");
        Ok(())
    });
    assert!(write(store, |tx| tx.renew(&one, 1, at(20))));
    assert_eq!(
        ids(&read(store, |rows| Ok(open(rows, &["prod"], 19, 9)))),
        [""; 0]
    );
    assert!(
        write(store, |tx| tx.renew(&one, 1, at(30))),
        "a holder may be late as long as nobody else came"
    );

    assert_eq!(
        write(store, |tx| tx.lease(&one, "agent:y", at(40))),
        Some(2)
    );
    assert!(
        !write(store, |tx| tx.renew(&one, 1, at(99))),
        "the first holder is fenced off"
    );
    let lease = read(store, |rows| rows.action(&one)).map(|row| row.lease);
    assert_eq!(
        lease,
        Some(Lease {
            epoch: 2,
            by: Some("agent:y".to_owned()),
            until: Some(at(40))
        })
    );
    assert_eq!(
        write(store, |tx| tx.lease(&action_id(2), "agent:x", at(10))),
        None
    );
}

fn ended(store: &dyn Store) {
    let (a, one) = (deployment("a"), action_id(1));
    write(store, |tx| tx.start_action(&action(1, &a, "prod")));
    let refused = store.write_with(|tx| tx.start_action(&action(1, &a, "prod")));
    assert_eq!(
        refused,
        Err(StoreError::Exists {
            what: "action",
            key: one.to_string()
        })
    );
    assert_eq!(
        write(store, |tx| tx.lease(&one, "agent:x", at(10))),
        Some(1)
    );
    assert!(write(store, |tx| tx.end_action(&one)));
    assert!(!write(store, |tx| tx.end_action(&one)));
    assert!(
        !write(store, |tx| tx.renew(&one, 1, at(20))),
        "who still has it is told"
    );
    read(store, |rows| {
        assert_eq!(rows.action(&one)?, None);
        assert_eq!(rows.actions_of(&a)?, []);
        assert_eq!(open(rows, &["prod"], 99, 9), []);
        Ok(())
    });
}
