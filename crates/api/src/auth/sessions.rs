//! Sign-ins: a random secret that is kept as its hash, ends by itself and can be ended at once.
//!
//! Rows beside the ledger: that somebody was signed in explains no decision. What a session may do is that of its person at
//! each request.

use super::caller::Way;
use super::{AccessToken, Caller, who};
use crate::error::{Problem, kind};
use crate::look::{Look, look};
use serde::{Deserialize, Serialize};
use tidegate_core::digest::Digest;
use tidegate_core::people;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_core::view::View;
use tidegate_engine::Engine;
use tidegate_ledger::{Rows, StoreError, Tx, TxView};

/// Rows by the hash of the secret.
const MODEL: &str = "session";
/// Ends when it was not used for so long.
pub(crate) const IDLE: Millis = Millis::minutes(8 * 60);
/// Ends in any case.
pub(crate) const LONGEST: Millis = Millis::minutes(24 * 60);
/// Least time between two writes that it was used.
const EVERY: Millis = Millis::minutes(1);
/// Sessions at a time: of one account, and looked through when one is made.
const OF_ONE: usize = 20;
const LOOKED_AT: usize = 50_000;

/// A sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Session {
    /// With which account.
    pub account: String,
    /// Since when.
    pub created: Timestamp,
    /// Newest use, to the minute.
    pub seen: Timestamp,
    /// Until when at the latest.
    pub until: Timestamp,
}

impl Session {
    /// When it ends if nobody uses it any more.
    pub(crate) fn ends(&self) -> Timestamp {
        IDLE.after(self.seen).min(self.until)
    }
}

/// A sign-in that is not kept yet: the secret, which exists only here, and the row.
pub(crate) fn new(account: &str, now: Timestamp) -> Result<(AccessToken, Session), Problem> {
    let secret = AccessToken::new().map_err(|e| {
        Problem::new(
            &kind::INTERNAL,
            format!("the system gives no random numbers: {e}"),
            "try again",
        )
    })?;
    let session = Session {
        account: account.to_owned(),
        created: now,
        seen: now,
        until: LONGEST.after(now),
    };
    Ok((secret, session))
}

/// Keep a sign-in; those that have ended and the oldest of too many of one account are forgotten.
pub(crate) fn keep(
    tx: &mut dyn Tx,
    secret: &AccessToken,
    session: &Session,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut own = Vec::new();
    for (key, other) in all(&*tx)? {
        if now >= other.ends() {
            tx.put_model(MODEL, &key, None)?;
        } else if other.account == session.account {
            own.push((other.created, key));
        }
    }
    own.sort();
    let gone = (own.len() + 1).saturating_sub(OF_ONE);
    for (_, key) in own.into_iter().take(gone) {
        tx.put_model(MODEL, &key, None)?;
    }
    let body = serde_json::to_string(session).map_err(|e| bad(&e))?;
    tx.put_model(MODEL, &secret.hash().to_string(), Some(&body))
}

/// Sign an account in.
pub(crate) fn begin(engine: &Engine, account: &str) -> Result<(AccessToken, Session), Problem> {
    let now = engine.now();
    let (secret, session) = new(account, now)?;
    engine.write_rows(|tx| keep(tx, &secret, &session, now))?;
    Ok((secret, session))
}

/// Who is signed in with this secret.
pub(crate) fn caller(
    engine: &Engine,
    secret: &AccessToken,
    by_cookie: bool,
) -> Result<Option<Caller>, Problem> {
    let hash = secret.hash();
    let found = look(engine, |look| signed_in(look, &hash))?;
    let Some((actor, session)) = found else {
        return Ok(None);
    };
    let now = engine.now();
    if now >= EVERY.after(session.seen) {
        engine.write_rows(|tx| used(tx, &hash, now))?;
    }
    let way = Way::Session {
        csrf: by_cookie.then(|| csrf(secret)),
        hash,
    };
    Ok(Some(Caller::new(actor, way, Some(session.ends()))))
}

/// The sign-in of this hash, and who it is.
pub(super) fn signed_in(
    look: &Look<'_>,
    hash: &Digest,
) -> Result<Option<(tidegate_core::actor::Actor, Session)>, Problem> {
    let Some(session) = read(look.rows.model(MODEL, &hash.to_string())?)? else {
        return Ok(None);
    };
    if look.now >= session.ends() {
        return Ok(None);
    }
    let actor = who::of_account(look.view(), &look.in_force.spec, &session.account)?;
    Ok(actor.map(|mut actor| {
        actor.signed_in = Some(session.created);
        (actor, session)
    }))
}

/// What a form or a script of our own pages repeats, so that another site cannot write with the cookie.
pub(crate) fn csrf(secret: &AccessToken) -> String {
    let digest = Digest::of(format!("csrf:{}", secret.reveal()).as_bytes()).to_string();
    digest.rsplit(':').next().unwrap_or_default().to_owned()
}

/// Note the use of a session that still is there.
fn used(tx: &mut dyn Tx, hash: &Digest, now: Timestamp) -> Result<(), StoreError> {
    let key = hash.to_string();
    let Some(mut session) = read(tx.model(MODEL, &key)?)? else {
        return Ok(());
    };
    session.seen = session.seen.max(now);
    let body = serde_json::to_string(&session).map_err(|e| bad(&e))?;
    tx.put_model(MODEL, &key, Some(&body))
}

/// End one sign-in.
pub(crate) fn end(engine: &Engine, hash: &Digest) -> Result<(), StoreError> {
    engine.write_rows(|tx| tx.put_model(MODEL, &hash.to_string(), None))
}

/// End every sign-in of a person. Returns how many.
pub(crate) fn end_all(tx: &mut dyn Tx, person: &str) -> Result<usize, StoreError> {
    let mut own = Vec::new();
    let rows = all(&*tx)?;
    {
        let view = TxView::new(&*tx);
        for (key, session) in rows {
            if people::behind(&view as &dyn View, &session.account) == person {
                own.push(key);
            }
        }
        view.finish()?;
    }
    for key in &own {
        tx.put_model(MODEL, key, None)?;
    }
    Ok(own.len())
}

fn all(rows: &(impl Rows + ?Sized)) -> Result<Vec<(String, Session)>, StoreError> {
    let mut found = Vec::new();
    for (key, body) in rows.scan(MODEL, "", None, LOOKED_AT, false)? {
        if let Some(session) = read(Some(body))? {
            found.push((key, session));
        }
    }
    Ok(found)
}

fn read(body: Option<String>) -> Result<Option<Session>, StoreError> {
    body.map(|body| serde_json::from_str(&body).map_err(|e| bad(&e)))
        .transpose()
}

fn bad(error: &serde_json::Error) -> StoreError {
    StoreError::BadRow {
        what: "a sign-in".to_owned(),
        because: error.to_string(),
    }
}
