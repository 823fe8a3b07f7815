//! Batches as core makes them, written whole; commands sent twice; views.

use super::Case;
use super::sample::{action_id, at, deployment, entry, live, next, read, state, write};
use crate::commit::persist;
use crate::error::StoreError;
use crate::row::{NewReply, WakeRow};
use crate::store::{Rows, Store};
use crate::view::TxView;
use std::collections::BTreeMap;
use tidegate_core::batch::{Batch, ModelChange, NewState};
use tidegate_core::decider::{Ask, Decision, Wake};
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::id::{CommandId, DeploymentId, EnvId, ServiceId, StreamId, StreamKind};
use tidegate_core::limits;
use tidegate_core::time::Millis;
use tidegate_core::view::View;
use tidegate_core::work::{Task, Work};

pub(super) const CASES: &[Case] = &[
    ("a batch is written whole, in one transaction", whole),
    (
        "a batch that does not fit is refused before anything is written",
        refused_first,
    ),
    ("a command has one answer", answered_once),
    ("a view shows a transaction to deciders", viewed),
];

fn work() -> Work {
    Work {
        deployment: DeploymentId::parse("dep_01J00000000000000000000000").expect("an id"),
        environment: EnvId::new("prod").expect("a name"),
        service: ServiceId::new("web").expect("a name"),
        generation: 3,
        attempt: 0,
        timeout: Millis::secs(30),
        task: Task::Shift {
            weights: BTreeMap::from([("a".to_owned(), 10_000)]),
        },
    }
}

fn stream() -> StreamId {
    StreamId::new(StreamKind::Deployment, work().deployment.as_str())
}

fn batch() -> Batch {
    let release = StreamId::new(StreamKind::Release, "web@1");
    let wake = Wake::Next {
        at: at(60),
        on: vec!["release/web@1".to_owned()],
        because: "waits for the agent".to_owned(),
    };
    Batch {
        entries: vec![entry(&stream(), 1), entry(&release, 1), entry(&stream(), 2)],
        states: vec![
            NewState {
                stream: stream(),
                row: Some(state(2)),
                parsed: None,
                wake,
            },
            NewState {
                stream: release,
                row: Some(state(1)),
                parsed: None,
                wake: Decision::<()>::resting(Vec::new()).wake,
            },
        ],
        models: vec![
            ModelChange {
                model: "board",
                key: "prod/web".to_owned(),
                body: Some("{}".to_owned()),
            },
            ModelChange {
                model: "board",
                key: "prod/old".to_owned(),
                body: None,
            },
        ],
        fired: vec!["environment/prod".to_owned()],
        asks: vec![
            Ask::End { id: action_id(1) },
            Ask::Start {
                id: action_id(2),
                work: Box::new(work()),
            },
            Ask::Start {
                id: action_id(3),
                work: Box::new(work()),
            },
        ],
        subject: "dep".to_owned(),
    }
}

fn answer(id: &str) -> NewReply {
    NewReply {
        command_id: CommandId(id.to_owned()),
        fingerprint: Digest::of(b"deploy web to prod"),
        outcome: r#"{"subject":"dep"}"#.to_owned(),
        expires: at(86_400),
    }
}

fn whole(store: &dyn Store) {
    let waiter = deployment("waiter");
    write(store, |tx| {
        tx.put_model("board", "prod/old", Some("{}"))?;
        tx.start_action(&super::sample::action(1, &waiter, "prod"))?;
        live(tx, &waiter, &next(500, &["environment/prod"]))
    });
    let done = write(store, |tx| {
        persist(tx, at(7), &batch(), Some(&answer("cmd")))
    });
    assert_eq!(
        (done.first_seq, done.last_seq, done.entries.len()),
        (1, 3, 3)
    );
    read(store, |rows| {
        assert_eq!(rows.entries(1, 9)?, done.entries);
        assert_eq!(rows.state(&stream())?, Some(state(2)));
        let because = "waits for the agent".to_owned();
        let wake = WakeRow::Next {
            at: at(60),
            on: vec!["release/web@1".to_owned()],
            because,
        };
        assert_eq!(rows.wake_of(&stream())?, Some(wake));
        assert_eq!(
            rows.wake_of(&StreamId::new(StreamKind::Release, "web@1"))?,
            Some(WakeRow::Rest)
        );
        let due: Vec<_> = rows
            .due(at(7), 9)?
            .into_iter()
            .map(|due| due.stream)
            .collect();
        assert_eq!(due, std::slice::from_ref(&waiter));
        assert_eq!(
            rows.scan("board", "", None, 9, false)?,
            [("prod/web".to_owned(), "{}".to_owned())]
        );
        assert_eq!(rows.action(&action_id(1))?, None);
        let queued = rows.actions_of(&stream())?;
        assert_eq!(
            queued.iter().map(|row| row.id.clone()).collect::<Vec<_>>(),
            [action_id(2), action_id(3)]
        );
        assert_eq!(queued[0].body, canonical(&work()).expect("JSON"));
        assert_eq!((queued[0].seq, queued[0].created), (3, at(7)));
        assert_eq!(
            rows.reply(&CommandId("cmd".to_owned()))?
                .map(|reply| reply.seq),
            Some(3)
        );
        Ok(())
    });
    let nothing = write(store, |tx| persist(tx, at(8), &Batch::default(), None));
    assert_eq!((nothing.first_seq, nothing.last_seq), (4, 3));
}

fn refused_first(store: &dyn Store) {
    write(store, |tx| persist(tx, at(7), &batch(), None));
    let release = StreamId::new(StreamKind::Release, "web@1");
    let new = |change: &dyn Fn(&mut Batch)| {
        let mut batch = Batch {
            entries: vec![entry(&stream(), 3), entry(&release, 2)],
            ..Batch::default()
        };
        change(&mut batch);
        batch
    };
    let misfits = [
        new(&|batch| batch.entries[1].rev = 7),
        new(&|batch| batch.entries.push(entry(&stream(), 3))),
        new(&|batch| {
            batch.asks = vec![Ask::Start {
                id: action_id(2),
                work: Box::new(work()),
            }]
        }),
        new(&|batch| {
            batch.asks = vec![
                Ask::Start {
                    id: action_id(9),
                    work: Box::new(work())
                };
                2
            ]
        }),
        new(&|batch| batch.entries[1].body = "x".repeat(limits::BODY + 1)),
    ];
    write(store, |tx| {
        for misfit in &misfits {
            let refused = persist(tx, at(8), misfit, None).expect_err("refused");
            assert!(refused.blames_input(), "{refused}");
            assert_eq!(tx.head()?.seq, 3, "nothing was written: {refused}");
        }
        let refused = persist(tx, at(6), &new(&|_| {}), None).expect_err("refused");
        assert_eq!(
            refused,
            StoreError::TimeWentBack {
                have: at(7),
                got: at(6)
            }
        );
        persist(tx, at(8), &new(&|_| {}), None)
    });
    assert_eq!(
        read(store, |rows| rows.head()).seq,
        5,
        "the transaction went on with the next batch"
    );
}

fn answered_once(store: &dyn Store) {
    write(store, |tx| {
        persist(tx, at(7), &batch(), Some(&answer("cmd")))
    });
    let kept = read(store, |rows| rows.reply(&CommandId("cmd".to_owned()))).expect("kept");
    assert_eq!(
        (kept.seq, kept.fingerprint, kept.outcome),
        (3, answer("cmd").fingerprint, answer("cmd").outcome)
    );
    let again = Batch {
        entries: vec![entry(&deployment("x"), 1)],
        ..Batch::default()
    };
    let refused = store.write_with(|tx| persist(tx, at(8), &again, Some(&answer("cmd"))));
    assert_eq!(
        refused,
        Err(StoreError::Exists {
            what: "reply to command",
            key: "cmd".to_owned()
        })
    );
    assert_eq!(read(store, |rows| rows.head()).seq, 3);
}

fn viewed(store: &dyn Store) {
    write(store, |tx| {
        persist(tx, at(7), &batch(), None)?;
        let rows: &dyn Rows = &*tx;
        let view = TxView::new(rows);
        assert_eq!(view.state(&stream()), Some(state(2)));
        assert_eq!(view.model("board", "prod/web").as_deref(), Some("{}"));
        assert_eq!(view.scan("board", "prod/", 9).len(), 1);
        assert_eq!(view.lease(&action_id(2)).map(|lease| lease.epoch), Some(0));
        assert_eq!(view.lease(&action_id(8)), None);
        view.finish()
    });
}
