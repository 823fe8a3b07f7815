//! What the ledger says about access: who may come in since when and until when, and who was turned away. Written in the
//! transaction that changes the row, so that neither is ever there without the other. Never the text of a token, nor its hash.

use super::row::{bad, grant_of, role_of};
use serde_json::{Value, json};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::batch::NewEntry;
use tidegate_core::digest::canonical;
use tidegate_core::id::{CommandId, StreamId, StreamKind};
use tidegate_core::time::{Millis, Timestamp, ledger_time};
use tidegate_engine::Engine;
use tidegate_ledger::{Rows, StoreError, TokenRow, Tx};

/// Least time between two entries about refusals of one caller, so that a loop cannot fill the ledger.
const REFUSALS: Millis = Millis::minutes(1);

/// A token of this name lets in from now on.
pub(crate) fn granted(
    tx: &mut dyn Tx,
    by: &Actor,
    row: &TokenRow,
    now: Timestamp,
) -> Result<(), StoreError> {
    let role = role_of(row)?;
    let mut body = json!({ "token": row.name, "role": role.as_str(), "by": by.name });
    if let Role::Agent { environments } = &role {
        body["environments"] = json!(environments);
    }
    if let Some(end) = row.expires {
        body["expires"] = json!(end);
    }
    if let Some(grant) = grant_of(row)? {
        if let Some(key) = &grant.key {
            body["key"] = json!(key);
        }
        for (name, value) in [("account", grant.account), ("owner", grant.owner)] {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        if let Some(reach) = grant.reach {
            body["reach"] = json!(reach);
        }
    }
    append(tx, &row.name, by, "access.granted/1", &body, now)
}

/// A token of this name lets nobody in any more; with the reason where one was given.
pub(crate) fn revoked(
    tx: &mut dyn Tx,
    by: &Actor,
    row: &TokenRow,
    why: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut body = json!({ "token": row.name, "role": role_of(row)?.as_str(), "by": by.name });
    if let Some(why) = why {
        body["reason"] = json!(why);
    }
    append(tx, &row.name, by, "access.revoked/1", &body, now)
}

/// An account has another password; `once` when it must be replaced at the first sign-in.
pub(crate) fn password_set(
    tx: &mut dyn Tx,
    by: &Actor,
    account: &str,
    once: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let body = json!({ "account": account, "once": once, "by": by.name });
    append(tx, account, by, "access.password_set/1", &body, now)
}

/// Every sign-in of a person was ended.
pub(crate) fn signed_out(
    tx: &mut dyn Tx,
    by: &Actor,
    (person, sessions): (&str, usize),
    because: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let body = json!({ "person": person, "sessions": sessions, "by": by.name, "because": because });
    append(tx, person, by, "access.signed_out/1", &body, now)
}

/// Somebody known was turned away; on record `each` time, or once a minute.
pub(super) fn refusal(
    engine: &Engine,
    who: &Actor,
    (action, each): (&str, bool),
) -> Result<(), StoreError> {
    let now = engine.now();
    // A look first, so that a loop does not wait for the writer each time.
    if !each && engine.read(|rows| is_told(rows, &who.name, now))? {
        return Ok(());
    }
    engine.write_rows(|tx| {
        if !each && is_told(&*tx, &who.name, now)? {
            return Ok(());
        }
        let body = json!({ "action": action, "role": who.role.as_str() });
        append(tx, &who.name, who, "access.refused/1", &body, now)
    })
}

/// A yes or no that was refused before it was a command.
pub(crate) struct RefusedVote<'a> {
    /// What was asked, as the command is called.
    pub action: &'a str,
    /// The change or release.
    pub about: &'a str,
    /// Why not.
    pub because: &'a str,
}

/// A yes or no was refused; the same one sent again is the same.
pub(crate) fn refused_vote(
    engine: &Engine,
    who: &Actor,
    key: &CommandId,
    vote: &RefusedVote<'_>,
) -> Result<(), StoreError> {
    let now = engine.now();
    engine.write_rows(|tx| {
        let stream = StreamId::new(StreamKind::Access, &who.name);
        let rev = tx.rev(&stream)?;
        let last = match rev {
            0 => None,
            _ => tx.entries_of(&stream, rev, 1)?.pop(),
        };
        if last.is_some_and(|last| last.cause == key.0) {
            return Ok(());
        }
        let body = json!({
            "action": vote.action,
            "role": who.role.as_str(),
            "about": vote.about,
            "because": vote.because,
        });
        let entry = NewEntry {
            stream,
            rev: rev + 1,
            kind: "access.refused/1".to_owned(),
            actor: who.name.clone(),
            cause: key.0.clone(),
            body: canonical(&body).map_err(|e| bad(&who.name, &e))?,
        };
        let at = not_before(tx, now)?;
        tx.append(&entry, at).map(drop)
    })
}

/// Is the newest entry about somebody a refusal of just now?
pub(super) fn is_told(
    rows: &(impl Rows + ?Sized),
    name: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let stream = StreamId::new(StreamKind::Access, name);
    let rev = rows.rev(&stream)?;
    if rev == 0 {
        return Ok(false);
    }
    let last = rows.entries_of(&stream, rev, 1)?.pop();
    Ok(last.is_some_and(|last| {
        last.kind == "access.refused/1" && Millis::between(last.at, now) < REFUSALS
    }))
}

pub(super) fn append(
    tx: &mut dyn Tx,
    name: &str,
    by: &Actor,
    kind: &str,
    body: &Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    let stream = StreamId::new(StreamKind::Access, name);
    let entry = NewEntry {
        rev: tx.rev(&stream)? + 1,
        stream,
        kind: kind.to_owned(),
        actor: by.name.clone(),
        cause: format!("api:{}", crate::random::id()),
        body: canonical(body).map_err(|e| bad(name, &e))?,
    };
    let at = not_before(tx, now)?;
    tx.append(&entry, at)?;
    Ok(())
}

/// Ledger time never goes back: whoever looked at the clock and then waited for the writer is not before what was written
/// meanwhile.
fn not_before(tx: &dyn Tx, now: Timestamp) -> Result<Timestamp, StoreError> {
    Ok(ledger_time(now).max(tx.head()?.at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_ledger::{MemoryStore, Store};

    #[test]
    fn whoever_waited_for_the_writer_is_not_before_what_was_written_meanwhile() {
        let memory = MemoryStore::new();
        let store: &dyn Store = &memory;
        let looked = Timestamp::from_second(1_790_000_000).unwrap();
        let meanwhile = Millis(11).after(looked);
        let ana = Actor::account("ana", Role::Admin);
        for at in [meanwhile, looked] {
            store
                .write_with(|tx| password_set(tx, &ana, "ana", false, at))
                .unwrap();
        }
        let entries = store.read_with(|rows| rows.entries(1, 10)).unwrap();
        let times: Vec<Timestamp> = entries.iter().map(|e| e.at).collect();
        assert_eq!(times, [meanwhile, meanwhile]);
    }
}
