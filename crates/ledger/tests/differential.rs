//! The same operations on the memory store and on SQLite leave the same rows and the same head hash.

use proptest::prelude::*;
use tidegate_core::batch::NewEntry;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, CommandId, EnvId, StreamId, StreamKind};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_core::view::StateRow;
use tidegate_ledger::chain::verify_rows;
use tidegate_ledger::{
    Head, LedgerId, MemoryStore, NewAction, Reply, Rows, SqliteStore, Store, StoreError, TokenRow,
    Tx, WakeRow,
};

/// One operation on a small world, so that operations meet.
#[derive(Debug, Clone)]
enum Op {
    Append {
        stream: u8,
        skip: u64,
        at: u64,
    },
    State {
        stream: u8,
    },
    Wake {
        stream: u8,
        wake: u8,
        at: u64,
        on: Vec<u8>,
    },
    Fire {
        on: Vec<u8>,
        at: u64,
    },
    Start {
        action: u8,
        stream: u8,
        env: u8,
    },
    End {
        action: u8,
    },
    Lease {
        action: u8,
        until: u64,
    },
    Renew {
        action: u8,
        epoch: u64,
        until: u64,
    },
    Reply {
        id: u8,
        expires: u64,
    },
    Expire {
        at: u64,
        limit: usize,
    },
    Model {
        name: u8,
        key: String,
        body: Option<u8>,
    },
    Blob {
        byte: u8,
    },
    Quarantine {
        stream: u8,
        release: bool,
    },
    Token {
        token: u8,
        drop: bool,
    },
    /// Take the whole transaction back.
    GiveUp,
}

fn op() -> impl Strategy<Value = Op> {
    let (small, time) = (0..4_u8, 0..20_u64);
    let some = proptest::collection::vec(0..4_u8, 0..3);
    prop_oneof![
        6 => (small.clone(), 0..8_u64, time.clone()).prop_map(|(stream, skip, at)| Op::Append { stream, skip, at }),
        3 => small.clone().prop_map(|stream| Op::State { stream }),
        3 => (small.clone(), 0..4_u8, time.clone(), some.clone())
            .prop_map(|(stream, wake, at, on)| Op::Wake { stream, wake, at, on }),
        2 => (some, time.clone()).prop_map(|(on, at)| Op::Fire { on, at }),
        2 => (small.clone(), small.clone(), small.clone())
            .prop_map(|(action, stream, env)| Op::Start { action, stream, env }),
        1 => small.clone().prop_map(|action| Op::End { action }),
        2 => (small.clone(), time.clone()).prop_map(|(action, until)| Op::Lease { action, until }),
        1 => (small.clone(), 0..3_u64, time.clone())
            .prop_map(|(action, epoch, until)| Op::Renew { action, epoch, until }),
        2 => (small.clone(), time.clone()).prop_map(|(id, expires)| Op::Reply { id, expires }),
        1 => (time, 0..3_usize).prop_map(|(at, limit)| Op::Expire { at, limit }),
        4 => (0..2_u8, "[ab/é\u{10FFFF}]{0,3}", proptest::option::of(small.clone()))
            .prop_map(|(name, key, body)| Op::Model { name, key, body }),
        1 => small.clone().prop_map(|byte| Op::Blob { byte }),
        1 => (small.clone(), any::<bool>()).prop_map(|(stream, release)| Op::Quarantine { stream, release }),
        1 => (small, any::<bool>()).prop_map(|(token, drop)| Op::Token { token, drop }),
        1 => Just(Op::GiveUp),
    ]
}

fn at(seconds: u64) -> Timestamp {
    Millis::secs(seconds).after(Timestamp::UNIX_EPOCH)
}

fn stream(n: u8) -> StreamId {
    let kind = if n < 2 {
        StreamKind::Deployment
    } else {
        StreamKind::Release
    };
    StreamId::new(kind, &format!("s{n}"))
}

fn env(n: u8) -> EnvId {
    EnvId::new(format!("env-{}", n % 2)).expect("a name")
}

fn action(n: u8) -> ActionId {
    ActionId::parse(&format!("act_{n:026}")).expect("an id")
}

fn triggers(on: &[u8]) -> Vec<String> {
    on.iter().map(|n| format!("environment/env-{n}")).collect()
}

/// Do one operation; what it answers is part of what must be the same.
fn apply(tx: &mut dyn Tx, op: &Op) -> Result<String, StoreError> {
    let done = match op {
        Op::Append {
            stream: s,
            skip,
            at: t,
        } => {
            // Mostly the next revision, sometimes one too many; mostly in time, sometimes too early.
            let rev = tx.rev(&stream(*s))? + 1 + u64::from(*skip == 7);
            let at = if *skip == 6 {
                at(*t)
            } else {
                at(*t).max(tx.head()?.at)
            };
            let (kind, cause) = ("deployment.noted/1".to_owned(), format!("cmd-{t}"));
            let new = NewEntry {
                stream: stream(*s),
                rev,
                kind,
                actor: "ci".to_owned(),
                cause,
                body: format!("{{\"r\":{rev}}}"),
            };
            format!("{:?}", tx.append(&new, at)?)
        }
        Op::State { stream: s } => {
            let rev = tx.rev(&stream(*s))?;
            format!(
                "{:?}",
                tx.put_state(
                    &stream(*s),
                    &StateRow {
                        rev,
                        fold: 1,
                        body: format!("{rev}")
                    }
                )?
            )
        }
        Op::Wake {
            stream: s,
            wake,
            at: t,
            on,
        } => {
            let wake = match wake {
                0 => WakeRow::Rest,
                1 => WakeRow::Never,
                _ => WakeRow::Next {
                    at: at(*t),
                    on: triggers(on),
                    because: format!("until {t}"),
                },
            };
            format!("{:?}", tx.set_wake(&stream(*s), &wake)?)
        }
        Op::Fire { on, at: t } => format!("{:?}", tx.fire(&triggers(on), at(*t))?),
        Op::Start {
            action: a,
            stream: s,
            env: e,
        } => {
            let body = format!("{{\"a\":{a}}}");
            let new = NewAction {
                id: action(*a),
                stream: stream(*s),
                environment: env(*e),
                body,
                created: at(1),
            };
            format!("{:?}", tx.start_action(&new)?)
        }
        Op::End { action: a } => format!("{:?}", tx.end_action(&action(*a))?),
        Op::Lease { action: a, until } => {
            format!("{:?}", tx.lease(&action(*a), "agent:x", at(*until))?)
        }
        Op::Renew {
            action: a,
            epoch,
            until,
        } => format!("{:?}", tx.renew(&action(*a), *epoch, at(*until))?),
        Op::Reply { id, expires } => {
            let (command_id, seq) = (CommandId(format!("cmd-{id}")), tx.head()?.seq);
            let fingerprint = Digest::of(&[*id]);
            let expires = at(*expires);
            format!(
                "{:?}",
                tx.put_reply(&Reply {
                    command_id,
                    fingerprint,
                    seq,
                    outcome: "{}".to_owned(),
                    expires
                })?
            )
        }
        Op::Expire { at: t, limit } => format!("{:?}", tx.expire_replies(at(*t), *limit)?),
        Op::Model { name, key, body } => {
            let body = body.map(|n| n.to_string());
            format!(
                "{:?}",
                tx.put_model(&format!("model-{name}"), key, body.as_deref())?
            )
        }
        Op::Blob { byte } => format!("{:?}", tx.put_blob(&[*byte; 9])?),
        Op::Quarantine {
            stream: s,
            release: true,
        } => format!("{:?}", tx.release_quarantine(&stream(*s))?),
        Op::Quarantine { stream: s, .. } => format!("{:?}", tx.quarantine(&stream(*s), "odd")?),
        Op::Token { token, drop: true } => format!("{:?}", tx.drop_token(&Digest::of(&[*token]))?),
        Op::Token { token, .. } => {
            let (hash, name) = (Digest::of(&[*token]), format!("token-{}", token % 2));
            format!(
                "{:?}",
                tx.put_token(&TokenRow {
                    hash,
                    name,
                    body: "{}".to_owned(),
                    created: at(1),
                    expires: None
                })?
            )
        }
        Op::GiveUp => {
            return Err(StoreError::Aborted {
                because: "given up".to_owned(),
            });
        }
    };
    Ok(done)
}

/// Everything that can be read, as text.
fn everything(rows: &dyn Rows) -> Result<String, StoreError> {
    use std::fmt::Write;
    let mut out = format!("{:?}\n{:?}\n", rows.head()?, rows.entries(0, 999)?);
    let mut put = |what: &str, found: String| writeln!(out, "{what}: {found}").expect("text");
    for n in 0..4 {
        let s = stream(n);
        put(
            "stream",
            format!(
                "{:?} {:?} {:?}",
                rows.rev(&s)?,
                rows.state(&s)?,
                rows.wake_of(&s)?
            ),
        );
        put(
            "of",
            format!(
                "{:?} {:?} {:?}",
                rows.entries_of(&s, 2, 2)?,
                rows.actions_of(&s)?,
                rows.quarantined(&s)?
            ),
        );
        put(
            "waiting",
            format!("{:?}", rows.waiting_on(&triggers(&[n])[0])?),
        );
        put("action", format!("{:?}", rows.action(&action(n))?));
        put(
            "reply",
            format!("{:?}", rows.reply(&CommandId(format!("cmd-{n}")))?),
        );
        put(
            "token",
            format!(
                "{:?} {:?}",
                rows.token(&Digest::of(&[n]))?,
                rows.blob(&Digest::of(&[n; 9]))?
            ),
        );
    }
    for t in [0, 5, 10, 20] {
        put(
            "due",
            format!("{:?} {:?}", rows.due(at(t), 2)?, rows.next_due()?),
        );
        put(
            "open",
            format!("{:?}", rows.actions_open(&[env(1), env(0)], at(t), 2)?),
        );
    }
    for (prefix, after) in [
        ("", None),
        ("a", None),
        ("a", Some("a/")),
        ("\u{10FFFF}", None),
        ("", Some("b")),
    ] {
        for reverse in [false, true] {
            put(
                "scan",
                format!("{:?}", rows.scan("model-0", prefix, after, 3, reverse)?),
            );
        }
    }
    put(
        "states",
        format!("{:?}", rows.states(StreamKind::Deployment, None, 9)?),
    );
    put(
        "states",
        format!(
            "{:?}",
            rows.states(StreamKind::Release, Some(&stream(2)), 9)?
        ),
    );
    put("forgotten", format!("{:?}", rows.streams_without_wake(9)?));
    put(
        "beside",
        format!("{:?} {:?}", rows.quarantines()?, rows.tokens()?),
    );
    Ok(out)
}

/// Run transactions; a refused operation is noted and the transaction goes on, except when it is given up.
fn run(store: &dyn Store, transactions: &[Vec<Op>]) -> Vec<String> {
    let mut seen = Vec::new();
    for ops in transactions {
        let mut answers = Vec::new();
        let result = store.write_with(|tx| {
            answers.clear();
            for op in ops {
                match apply(tx, op) {
                    Err(error) if error.blames_input() => answers.push(error.to_string()),
                    other => answers.push(other?),
                }
            }
            everything(tx)
        });
        seen.extend(answers);
        seen.push(format!("{result:?}"));
        seen.push(store.read_with(everything).expect("read"));
    }
    let verified = store
        .read_with(|rows| Ok(verify_rows(rows, Head::empty())))
        .expect("read");
    seen.push(format!("{:?}", verified.expect("the chain holds")));
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn memory_and_sqlite_answer_alike(
        transactions in proptest::collection::vec(proptest::collection::vec(op(), 1..12), 1..8)
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let sqlite = SqliteStore::open(folder.path(), LedgerId::default()).expect("opens");
        let memory = run(&MemoryStore::new(), &transactions);
        let sqlite = run(&sqlite, &transactions);
        for (memory, sqlite) in memory.iter().zip(&sqlite) {
            prop_assert_eq!(memory, sqlite);
        }
        prop_assert_eq!(memory.len(), sqlite.len());
    }
}
