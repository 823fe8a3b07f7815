//! Small values that the cases are written with.

use crate::row::{NewAction, WakeRow};
use crate::store::{Result, Rows, Store, Tx};
use tidegate_core::batch::NewEntry;
use tidegate_core::id::{ActionId, EnvId, StreamId, StreamKind};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_core::view::StateRow;

/// `seconds` after a fixed instant.
pub(super) fn at(seconds: u64) -> Timestamp {
    let start = Timestamp::from_microsecond(1_790_000_000_000_000).expect("an instant");
    Millis::secs(seconds).after(start)
}

pub(super) fn deployment(key: &str) -> StreamId {
    StreamId::new(StreamKind::Deployment, key)
}

pub(super) fn entry(stream: &StreamId, rev: u64) -> NewEntry {
    NewEntry {
        stream: stream.clone(),
        rev,
        kind: "deployment.proposed/1".to_owned(),
        actor: "ci".to_owned(),
        cause: format!("cmd-{stream}-{rev}"),
        body: format!(r#"{{"note":"größer","rev":{rev}}}"#),
    }
}

pub(super) fn state(rev: u64) -> StateRow {
    StateRow {
        rev,
        fold: 1,
        body: format!(r#"{{"rev":{rev}}}"#),
    }
}

pub(super) fn next(seconds: u64, on: &[&str]) -> WakeRow {
    let on = on.iter().map(ToString::to_string).collect();
    WakeRow::Next {
        at: at(seconds),
        on,
        because: format!("look again at {seconds}"),
    }
}

pub(super) fn environment(name: &str) -> EnvId {
    EnvId::new(name).expect("a name")
}

pub(super) fn action_id(n: u32) -> ActionId {
    ActionId::parse(&format!("act_{n:026}")).expect("an id")
}

pub(super) fn action(n: u32, stream: &StreamId, env: &str) -> NewAction {
    NewAction {
        id: action_id(n),
        stream: stream.clone(),
        environment: environment(env),
        body: format!(r#"{{"n":{n}}}"#),
        created: at(u64::from(n)),
    }
}

/// A stream with a state and a wake-up.
pub(super) fn live(tx: &mut dyn Tx, stream: &StreamId, wake: &WakeRow) -> Result<()> {
    tx.put_state(stream, &state(1))?;
    tx.set_wake(stream, wake)
}

/// Write or fail the case.
pub(super) fn write<T>(store: &dyn Store, f: impl FnMut(&mut dyn Tx) -> Result<T>) -> T {
    store.write_with(f).expect("the write commits")
}

/// Read or fail the case.
pub(super) fn read<T>(store: &dyn Store, f: impl FnMut(&dyn Rows) -> Result<T>) -> T {
    store.read_with(f).expect("the read succeeds")
}
