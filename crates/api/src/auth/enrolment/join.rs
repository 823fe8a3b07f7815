//! The agent's side: the exchange of a join token for a credential, and renewing that. Whoever comes with a token or a
//! credential that was used already is refused, and that is on record: it is how a copy is seen.

use super::{
    Enrolment, JOINS, Join, RefusedUse, Use, credentials, enrolment, granted, name_of, no_random,
    put, put_join, record,
};
use crate::auth::row::{bad, grant_of, role_of, row_of};
use crate::auth::{AccessToken, Grant, Used};
use crate::error::{Problem, kind};
use serde_json::json;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::digest::Digest;
use tidegate_core::possession::of_join;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_engine::Engine;
use tidegate_ledger::{StoreError, TokenRow, Tx};
use tidegate_policy::signature::is_genuine;

/// What an agent comes with.
pub(crate) struct Asked {
    /// Name it comes under.
    pub agent: String,
    /// The join token.
    pub token: AccessToken,
    /// Public key, base64.
    pub key: String,
    /// Its signature, base64.
    pub signature: String,
}

/// A credential that was made: its row, and its text, which exists only here.
type Made = (TokenRow, AccessToken);

/// Exchange a join token, once.
pub(crate) fn joined(engine: &Engine, asked: &Asked) -> Result<Made, Problem> {
    let (now, hash) = (engine.now(), asked.token.hash());
    let credential = AccessToken::new().map_err(no_random)?;
    let text = of_join(&asked.agent, &asked.key, &hash);
    let genuine = is_genuine(&asked.key, &text, &asked.signature);
    let row = engine.write_rows(|tx| {
        let Some(mut join) = join_of(tx, &hash)? else {
            return Ok(Err(refused("the join token is unknown or was withdrawn")));
        };
        if let Some(because) = wrong(tx, &join, asked, (genuine, now))? {
            refuse(tx, &join.agent, because, now)?;
            return Ok(Err(refused(because)));
        }
        join.used = Some(Use {
            at: now,
            key: asked.key.clone(),
        });
        put_join(tx, &hash, &join)?;
        for old in credentials(tx, &asked.agent)? {
            tx.drop_token(&old.hash)?;
            Used::drop(tx, &old.hash)?;
        }
        let role = Role::Agent {
            environments: join.environments.clone(),
        };
        let row = of(
            &credential,
            &asked.agent,
            (&role, &asked.key),
            (now, join.lasts),
        )?;
        tx.put_token(&row)?;
        if let Some(known) = enrolment(tx, &asked.agent)? {
            put(
                tx,
                &asked.agent,
                &Enrolment {
                    open_until: None,
                    ..known
                },
            )?;
        }
        granted(tx, &Actor::machine(row.name.clone(), role), &row, now)?;
        Ok(Ok(row))
    })??;
    Ok((row, credential))
}

fn join_of(tx: &mut dyn Tx, hash: &Digest) -> Result<Option<Join>, StoreError> {
    let text = tx.model(JOINS, &hash.to_string())?;
    text.map(|text| serde_json::from_str(&text).map_err(|e| bad("join", &e)))
        .transpose()
}

/// Why a join token is not good for what it is brought for.
fn wrong(
    tx: &mut dyn Tx,
    join: &Join,
    asked: &Asked,
    (genuine, now): (bool, Timestamp),
) -> Result<Option<&'static str>, StoreError> {
    if join.agent != asked.agent {
        return Ok(Some("the join token is for an agent of another name"));
    }
    if !genuine {
        return Ok(Some("the signature is not of the key that was sent"));
    }
    if let Some(used) = &join.used {
        // The answer may have been lost on the way: whoever holds the same key gets another, until one was used.
        let mut unheard = used.key == asked.key;
        for row in credentials(tx, &asked.agent)? {
            unheard &= Used::of(&*tx, &row.hash)?.is_none();
        }
        if !unheard {
            return Ok(Some("the join token was used already"));
        }
    }
    if now >= join.expires {
        return Ok(Some("the join token has expired"));
    }
    Ok(None)
}

fn of(
    text: &AccessToken,
    agent: &str,
    (role, key): (&Role, &str),
    (now, lasts): (Timestamp, Millis),
) -> Result<TokenRow, StoreError> {
    let grant = Grant {
        key: Some(key.to_owned()),
        renewed_for: Some(lasts),
        ..Grant::default()
    };
    let expires = lasts.after(now);
    row_of(
        text,
        &name_of(agent),
        (role, Some(&grant)),
        now,
        Some(expires),
    )
}

/// The credential that follows the one of this hash. That one stays good to its own end, so that a lost answer costs nothing;
/// once its follower was used, whoever comes with it has a copy.
pub(crate) fn renewed(engine: &Engine, agent: &str, hash: &Digest) -> Result<Made, Problem> {
    let now = engine.now();
    let text = AccessToken::new().map_err(no_random)?;
    let row = engine.write_rows(|tx| {
        let all = credentials(tx, agent)?;
        let Some(old) = all.iter().find(|row| row.hash == *hash).cloned() else {
            return Ok(Err(refused("the credential is not bound to a key, or was revoked")));
        };
        let later = all.iter().filter(|row| row.hash != *hash);
        let mut copied = false;
        for row in later.clone().filter(|row| row.created >= old.created) {
            copied |= Used::of(&*tx, &row.hash)?.is_some();
        }
        if copied {
            let because = "an older credential of this agent came after its follower was used: its folder may have been copied";
            refuse(tx, agent, because, now)?;
            return Ok(Err(refused(because)));
        }
        for row in later {
            tx.drop_token(&row.hash)?;
            Used::drop(tx, &row.hash)?;
        }
        let grant = grant_of(&old)?.unwrap_or_default();
        let (key, lasts) = (grant.key.unwrap_or_default(), grant.renewed_for);
        let lasts = lasts.unwrap_or(Millis::ZERO);
        let row = of(&text, agent, (&role_of(&old)?, &key), (now, lasts))?;
        tx.put_token(&row)?;
        let body = json!({ "token": row.name, "expires": row.expires });
        let by = Actor::machine(row.name.clone(), role_of(&row)?);
        record::append(tx, &row.name, &by, "access.renewed/1", &body, now)?;
        Ok(Ok(row))
    })??;
    Ok((row, text))
}

/// Note an attempt that is refused: with the agent, and in the ledger, at most once a minute.
fn refuse(tx: &mut dyn Tx, agent: &str, because: &str, now: Timestamp) -> Result<(), StoreError> {
    let name = name_of(agent);
    if record::is_told(&*tx, &name, now)? {
        return Ok(());
    }
    tracing::warn!(
        agent,
        because,
        "an attempt to come in as this agent was refused"
    );
    let body = json!({
        "action": format!("come in as agent {agent}"), "role": "agent", "about": agent, "because": because,
    });
    record::append(tx, &name, &Actor::system(), "access.refused/1", &body, now)?;
    let Some(mut known) = enrolment(tx, agent)? else {
        return Ok(());
    };
    known.refused = Some(RefusedUse {
        at: now,
        because: because.to_owned(),
        times: known.refused.map_or(0, |refused| refused.times) + 1,
    });
    put(tx, agent, &known)
}

fn refused(because: &str) -> Problem {
    Problem::new(
        &kind::JOIN_REFUSED,
        because,
        "an administrator makes a new one with `tidegate agent enroll`; who tried is in `tidegate agent list`",
    )
}
