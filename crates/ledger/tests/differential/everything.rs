//! Everything that can be read of the small world, as text.

use crate::op::{action, at, env, stream, triggers};
use tidegate_core::digest::Digest;
use tidegate_core::id::{CommandId, StreamKind};
use tidegate_ledger::{Rows, StoreError};

pub fn everything(rows: &dyn Rows) -> Result<String, StoreError> {
    let mut out = format!("{:?}\n{:?}\n", rows.head()?, rows.entries(0, 999)?);
    for n in 0..4 {
        out += &of_stream(rows, n)?;
        out += &by_key(rows, n)?;
    }
    for seconds in [0, 5, 10, 20] {
        let (due, next) = (rows.due(at(seconds), 2)?, rows.next_due()?);
        let open = rows.actions_open(&[env(1), env(0)], at(seconds), 2)?;
        out += &format!("at {seconds}: {due:?} {next:?} {open:?}\n");
    }
    out += &scans(rows)?;
    let deployments = rows.states(StreamKind::Deployment, None, 9)?;
    let releases = rows.states(StreamKind::Release, Some(&stream(2)), 9)?;
    out += &format!(
        "{deployments:?} {releases:?} {:?}\n",
        rows.streams_without_wake(9)?
    );
    out += &format!("{:?} {:?}\n", rows.quarantines()?, rows.tokens()?);
    out += &format!("{:?} {:?}\n", rows.tree()?, rows.leaves(0, 999)?);
    Ok(out)
}

fn of_stream(rows: &dyn Rows, n: u8) -> Result<String, StoreError> {
    let stream = stream(n);
    let (rev, state, wake) = (
        rows.rev(&stream)?,
        rows.state(&stream)?,
        rows.wake_of(&stream)?,
    );
    let (entries, actions) = (rows.entries_of(&stream, 2, 2)?, rows.actions_of(&stream)?);
    let aside = rows.quarantined(&stream)?;
    Ok(format!(
        "{stream}: {rev} {state:?} {wake:?} {entries:?} {actions:?} {aside:?}\n"
    ))
}

fn by_key(rows: &dyn Rows, n: u8) -> Result<String, StoreError> {
    let waiting = rows.waiting_on(&triggers(&[n])[0])?;
    let (action, reply) = (
        rows.action(&action(n))?,
        rows.reply(&CommandId(format!("cmd-{n}")))?,
    );
    let (token, blob) = (
        rows.token(&Digest::of(&[n]))?,
        rows.blob(&Digest::of(&[n; 9]))?,
    );
    Ok(format!(
        "{n}: {waiting:?} {action:?} {reply:?} {token:?} {blob:?}\n"
    ))
}

fn scans(rows: &dyn Rows) -> Result<String, StoreError> {
    let mut out = String::new();
    for (prefix, after) in [
        ("", None),
        ("a", None),
        ("a", Some("a/")),
        ("\u{10FFFF}", None),
        ("", Some("b")),
    ] {
        for reverse in [false, true] {
            let found = rows.scan("model-0", prefix, after, 3, reverse)?;
            out += &format!("scan {prefix:?} {after:?} {reverse}: {found:?}\n");
        }
    }
    Ok(out)
}
