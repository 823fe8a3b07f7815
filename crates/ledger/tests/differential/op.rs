//! Operations on a small world, so that they meet, and how each is done.

use proptest::prelude::*;
use tidegate_core::batch::NewEntry;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, CommandId, EnvId, StreamId, StreamKind};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_core::view::StateRow;
use tidegate_ledger::{NewAction, Reply, StoreError, TokenRow, Tx, WakeRow};

/// One operation.
#[derive(Debug, Clone)]
pub enum Op {
    Stream(u8, StreamOp),
    Fire {
        on: Vec<u8>,
        at: u64,
    },
    Action(u8, ActionOp),
    Beside(BesideOp),
    /// Take the whole transaction back.
    GiveUp,
}

#[derive(Debug, Clone)]
pub enum StreamOp {
    Append {
        odd: u8,
        at: u64,
    },
    State,
    Wake {
        odd: u8,
        wake: u8,
        at: u64,
        on: Vec<u8>,
    },
    Quarantine,
    Release,
}

#[derive(Debug, Clone)]
pub enum ActionOp {
    Start { stream: u8, env: u8 },
    End,
    Lease { until: u64 },
    Renew { epoch: u64, until: u64 },
}

#[derive(Debug, Clone)]
pub enum BesideOp {
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
    Blob(u8),
    Token(u8),
    DropToken(u8),
}

pub fn op() -> impl Strategy<Value = Op> {
    let small = || 0..4_u8;
    prop_oneof![
        28 => (small(), stream_op()).prop_map(|(stream, op)| Op::Stream(stream, op)),
        6 => (some(), time()).prop_map(|(on, at)| Op::Fire { on, at }),
        12 => (small(), action_op()).prop_map(|(action, op)| Op::Action(action, op)),
        22 => beside_op().prop_map(Op::Beside),
        1 => Just(Op::GiveUp),
    ]
}

fn time() -> impl Strategy<Value = u64> {
    0..20_u64
}

fn some() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(0..3_u8, 0..3)
}

fn stream_op() -> impl Strategy<Value = StreamOp> {
    prop_oneof![
        6 => (0..8_u8, time()).prop_map(|(odd, at)| StreamOp::Append { odd, at }),
        3 => Just(StreamOp::State),
        3 => (0..8_u8, 0..6_u8, time(), some()).prop_map(|(odd, wake, at, on)| StreamOp::Wake { odd, wake, at, on }),
        1 => Just(StreamOp::Quarantine),
        1 => Just(StreamOp::Release),
    ]
}

fn action_op() -> impl Strategy<Value = ActionOp> {
    prop_oneof![
        2 => (0..4_u8, 0..4_u8).prop_map(|(stream, env)| ActionOp::Start { stream, env }),
        1 => Just(ActionOp::End),
        2 => time().prop_map(|until| ActionOp::Lease { until }),
        1 => (0..3_u64, time()).prop_map(|(epoch, until)| ActionOp::Renew { epoch, until }),
    ]
}

fn beside_op() -> impl Strategy<Value = BesideOp> {
    let small = || 0..4_u8;
    prop_oneof![
        4 => (small(), time()).prop_map(|(id, expires)| BesideOp::Reply { id, expires }),
        2 => (time(), 0..3_usize).prop_map(|(at, limit)| BesideOp::Expire { at, limit }),
        4 => (0..2_u8, "[ab/é\u{10FFFF}]{0,3}", proptest::option::of(small()))
            .prop_map(|(name, key, body)| BesideOp::Model { name, key, body }),
        1 => small().prop_map(BesideOp::Blob),
        1 => small().prop_map(BesideOp::Token),
        1 => small().prop_map(BesideOp::DropToken),
    ]
}

pub fn at(seconds: u64) -> Timestamp {
    Millis::secs(seconds).after(Timestamp::UNIX_EPOCH)
}

pub fn stream(n: u8) -> StreamId {
    let kind = if n < 2 {
        StreamKind::Deployment
    } else {
        StreamKind::Release
    };
    StreamId::new(kind, &format!("s{n}"))
}

pub fn env(n: u8) -> EnvId {
    EnvId::new(format!("env-{}", n % 2)).expect("a name")
}

pub fn action(n: u8) -> ActionId {
    ActionId::parse(&format!("act_{n:026}")).expect("an id")
}

pub fn triggers(on: &[u8]) -> Vec<String> {
    on.iter().map(|n| format!("environment/env-{n}")).collect()
}

/// Do one operation; what it answers is part of what must be the same.
pub fn apply(tx: &mut dyn Tx, op: &Op) -> Result<String, StoreError> {
    match op {
        Op::Stream(n, op) => on_stream(tx, &stream(*n), op),
        Op::Fire { on, at: t } => tx.fire(&triggers(on), at(*t)).map(said),
        Op::Action(n, op) => on_action(tx, &action(*n), op),
        Op::Beside(op) => beside(tx, op),
        Op::GiveUp => Err(StoreError::Aborted {
            because: "given up".to_owned(),
        }),
    }
}

fn said(answer: impl std::fmt::Debug) -> String {
    format!("{answer:?}")
}

fn on_stream(tx: &mut dyn Tx, stream: &StreamId, op: &StreamOp) -> Result<String, StoreError> {
    match op {
        StreamOp::Append { odd, at: t } => {
            // Mostly the next revision, sometimes one too many; mostly in time, sometimes too early.
            let rev = tx.rev(stream)? + 1 + u64::from(*odd == 7);
            let now = if *odd == 6 {
                at(*t)
            } else {
                at(*t).max(tx.head()?.at)
            };
            let new = NewEntry {
                stream: stream.clone(),
                rev,
                kind: "deployment.noted/1".to_owned(),
                actor: "ci".to_owned(),
                cause: format!("cmd-{t}"),
                body: format!("{{\"r\":{rev}}}"),
            };
            tx.append(&new, now).map(said)
        }
        StreamOp::State => {
            let rev = tx.rev(stream)?;
            tx.put_state(
                stream,
                &StateRow {
                    rev,
                    fold: 1,
                    body: rev.to_string(),
                },
            )
            .map(said)
        }
        StreamOp::Wake {
            odd,
            wake,
            at: t,
            on,
        } => {
            // Seldom a stream without a state, which may not wait.
            if tx.state(stream)?.is_none() && *odd != 0 {
                tx.put_state(
                    stream,
                    &StateRow {
                        rev: 0,
                        fold: 1,
                        body: "new".to_owned(),
                    },
                )?;
            }
            let wake = match wake {
                0 => WakeRow::Rest,
                1 => WakeRow::Never,
                _ => WakeRow::Next {
                    at: at(*t),
                    on: triggers(on),
                    because: format!("until {t}"),
                },
            };
            tx.set_wake(stream, &wake).map(said)
        }
        StreamOp::Quarantine => tx.quarantine(stream, "odd").map(said),
        StreamOp::Release => tx.release_quarantine(stream).map(said),
    }
}

fn on_action(tx: &mut dyn Tx, id: &ActionId, op: &ActionOp) -> Result<String, StoreError> {
    match op {
        ActionOp::Start { stream: s, env: e } => {
            let (stream, environment) = (stream(*s), env(*e));
            let body = format!("{{\"for\":{s}}}");
            tx.start_action(&NewAction {
                id: id.clone(),
                stream,
                environment,
                body,
                created: at(1),
            })
            .map(said)
        }
        ActionOp::End => tx.end_action(id).map(said),
        ActionOp::Lease { until } => tx.lease(id, "agent:x", at(*until)).map(said),
        ActionOp::Renew { epoch, until } => tx.renew(id, *epoch, at(*until)).map(said),
    }
}

fn beside(tx: &mut dyn Tx, op: &BesideOp) -> Result<String, StoreError> {
    match op {
        BesideOp::Reply { id, expires } => {
            let reply = Reply {
                command_id: CommandId(format!("cmd-{id}")),
                fingerprint: Digest::of(&[*id]),
                seq: tx.head()?.seq,
                outcome: "{}".to_owned(),
                expires: at(*expires),
            };
            tx.put_reply(&reply).map(said)
        }
        BesideOp::Expire { at: t, limit } => tx.expire_replies(at(*t), *limit).map(said),
        BesideOp::Model { name, key, body } => {
            let body = body.map(|n| n.to_string());
            tx.put_model(&format!("model-{name}"), key, body.as_deref())
                .map(said)
        }
        BesideOp::Blob(byte) => tx.put_blob(&[*byte; 9]).map(said),
        BesideOp::Token(n) => {
            let (hash, name) = (Digest::of(&[*n]), format!("token-{}", n % 2));
            tx.put_token(&TokenRow {
                hash,
                name,
                body: "{}".to_owned(),
                created: at(1),
                expires: None,
            })
            .map(said)
        }
        BesideOp::DropToken(n) => tx.drop_token(&Digest::of(&[*n])).map(said),
    }
}
