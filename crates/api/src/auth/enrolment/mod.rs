//! Letting agents in: a person makes a join token for one agent, the agent exchanges it once for a credential that is bound to
//! a key it made itself, and renews that by itself. Rows beside the ledger; that it happened is an entry of the same
//! transaction.
//!
//! A join token opens no door but the exchange, and the text of a credential opens none without its key.

mod join;

pub(crate) use join::{Asked, joined, renewed};

use super::record::{self, granted, revoked};
use super::row::{bad, grant_of, is_live};
use super::{AccessToken, Used};
use crate::error::{Problem, kind};
use crate::look::look;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::digest::Digest;
use tidegate_core::id::EnvId;
use tidegate_core::refusal::Refusal;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_engine::Engine;
use tidegate_ledger::{Rows, StoreError, TokenRow, Tx};

/// Join tokens, by the hash of their text.
const JOINS: &str = "agent-joins";
/// What is known of agents that were ever let in, by name.
const ENROLMENTS: &str = "agent-enrolments";
/// Agents at a time.
const AGENTS: usize = 1_000;
/// A join token that was used or has ended is told from an unknown one this long.
const REMEMBERED: Millis = Millis::minutes(30 * 24 * 60);

/// A join token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Join {
    agent: String,
    environments: BTreeSet<EnvId>,
    expires: Timestamp,
    /// How long each credential is good.
    lasts: Millis,
    /// When it was used, and for which key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used: Option<Use>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Use {
    at: Timestamp,
    key: String,
}

/// An agent that was let in once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Enrolment {
    /// Environments it may serve.
    pub environments: BTreeSet<EnvId>,
    /// Who made the join token.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The newest join token, until it is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_until: Option<Timestamp>,
    /// Somebody ended it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revoked: bool,
    /// The newest attempt that was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusedUse>,
}

/// An attempt to come in as the agent that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefusedUse {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub because: String,
    /// How many so far.
    pub times: u64,
}

/// What a person asks for.
pub(crate) struct New {
    /// Name of the agent.
    pub agent: String,
    /// Environments it may serve.
    pub environments: BTreeSet<EnvId>,
    /// How long the join token is good.
    pub open_for: Millis,
    /// How long each credential is good.
    pub lasts: Millis,
}

/// Name of the credential of an agent, as it stands in the ledger.
pub(crate) fn name_of(agent: &str) -> String {
    format!("agent:{agent}")
}

/// Make a join token; its text exists only here. Earlier ones that were not used end.
pub(crate) fn opened(
    engine: &Engine,
    by: &Actor,
    new: &New,
) -> Result<(AccessToken, Timestamp), Problem> {
    let role = Role::Agent {
        environments: new.environments.clone(),
    };
    look(engine, |look| {
        let spec = &look.in_force.spec;
        super::may_make(by, &role, None, spec)?;
        let missing = new
            .environments
            .iter()
            .find(|e| !spec.environments.contains_key(*e));
        match missing {
            Some(missing) => Err(Problem::from(Refusal::NotFound {
                what: "environment".to_owned(),
                name: missing.to_string(),
            })),
            None => Ok(()),
        }
    })?;
    let token = AccessToken::new().map_err(no_random)?;
    let now = engine.now();
    let expires = new.open_for.after(now);
    let join = Join {
        agent: new.agent.clone(),
        environments: new.environments.clone(),
        expires,
        lasts: new.lasts,
        used: None,
    };
    engine.write_rows(|tx| {
        if let Err(problem) = free(&*tx, &new.agent, now)? {
            return Ok(Err(problem));
        }
        forget(tx, &new.agent, now)?;
        put_join(tx, &token.hash(), &join)?;
        let refused = enrolment(&*tx, &new.agent)?.and_then(|known| known.refused);
        let known = Enrolment {
            environments: new.environments.clone(),
            by: by.name.clone(),
            at: now,
            open_until: Some(expires),
            revoked: false,
            refused,
        };
        put(tx, &new.agent, &known)?;
        let body = json!({
            "agent": new.agent, "environments": new.environments, "by": by.name, "expires": expires,
            "credentialForMs": new.lasts.0,
        });
        record::append(
            tx,
            &name_of(&new.agent),
            by,
            "access.enrolment_opened/1",
            &body,
            now,
        )?;
        Ok(Ok(()))
    })??;
    Ok((token, expires))
}

/// May somebody come in under this name, and is there room for one more?
fn free(rows: &dyn Rows, agent: &str, now: Timestamp) -> Result<Result<(), Problem>, StoreError> {
    let name = name_of(agent);
    let tokens = rows.tokens()?;
    let live = tokens
        .iter()
        .find(|row| (row.name == name || row.name == agent) && is_live(row, now));
    if let Some(row) = live {
        let detail = format!("`{agent}` can come in already, with `{}`", row.name);
        let bound = grant_of(row)?.is_some_and(|grant| grant.key.is_some());
        let help = if bound {
            format!("`tidegate agent revoke {agent}` ends its credential first")
        } else {
            format!("`tidegate token revoke {}` ends that first", row.name)
        };
        return Ok(Err(Problem::new(&kind::NAME_TAKEN, detail, help)));
    }
    if rows.model(ENROLMENTS, agent)?.is_none()
        && rows.scan(ENROLMENTS, "", None, AGENTS, false)?.len() >= AGENTS
    {
        return Ok(Err(Refusal::OverLimit {
            what: "the number of agents".to_owned(),
            limit: AGENTS as u64,
        }
        .into()));
    }
    Ok(Ok(()))
}

/// Open join tokens of an agent, and those that ended long ago.
fn forget(tx: &mut dyn Tx, agent: &str, now: Timestamp) -> Result<usize, StoreError> {
    let mut open = 0;
    for (hash, text) in tx.scan(JOINS, "", None, usize::MAX, false)? {
        let join: Join = serde_json::from_str(&text).map_err(|e| bad(agent, &e))?;
        let own = join.agent == agent && join.used.is_none();
        if own || now >= REMEMBERED.after(join.expires) {
            tx.put_model(JOINS, &hash, None)?;
            open += usize::from(own && now < join.expires);
        }
    }
    Ok(open)
}

/// End the credential and the open join token of an agent. Returns the hashes that let nobody in any more.
pub(crate) fn ended(engine: &Engine, by: &Actor, agent: &str) -> Result<Vec<Digest>, Problem> {
    let (now, in_force) = (engine.now(), engine.in_force());
    engine.write_rows(|tx| {
        let known = enrolment(&*tx, agent)?;
        let theirs = |known: &Enrolment| {
            let role = Role::Agent {
                environments: known.environments.clone(),
            };
            super::may_make(by, &role, None, &in_force.spec).is_ok()
        };
        let Some(mut known) = known.filter(theirs) else {
            return Ok(Err(Problem::from(Refusal::NotFound {
                what: "enrolled agent".to_owned(),
                name: agent.to_owned(),
            })));
        };
        let rows = credentials(&*tx, agent)?;
        for row in &rows {
            tx.drop_token(&row.hash)?;
            Used::drop(tx, &row.hash)?;
        }
        let open = forget(tx, agent, now)?;
        match rows.last() {
            Some(row) => revoked(tx, by, row, None, now)?,
            None if open > 0 => {
                let name = name_of(agent);
                let body = json!({ "token": name, "role": "agent", "by": by.name });
                record::append(tx, &name, by, "access.revoked/1", &body, now)?;
            }
            None => {}
        }
        known.revoked = true;
        known.open_until = None;
        put(tx, agent, &known)?;
        Ok(Ok(rows.into_iter().map(|row| row.hash).collect()))
    })?
}

/// Credentials of an agent that are bound to a key, the oldest first.
fn credentials(rows: &dyn Rows, agent: &str) -> Result<Vec<TokenRow>, StoreError> {
    let name = name_of(agent);
    let mut found = Vec::new();
    for row in rows.tokens()? {
        if row.name == name && grant_of(&row)?.is_some_and(|grant| grant.key.is_some()) {
            found.push(row);
        }
    }
    found.sort_by_key(|row| row.created);
    Ok(found)
}

/// When the newest credential of an agent ends.
pub(crate) fn credential_ends(
    rows: &dyn Rows,
    agent: &str,
) -> Result<Option<Timestamp>, StoreError> {
    let all = credentials(rows, agent)?;
    Ok(all.last().and_then(|row| row.expires))
}

/// Agents that were ever let in, by name.
pub(crate) fn all(rows: &dyn Rows) -> Result<Vec<(String, Enrolment)>, StoreError> {
    let rows = rows.scan(ENROLMENTS, "", None, AGENTS, false)?;
    let read = |(agent, text): (String, String)| {
        let known = serde_json::from_str(&text).map_err(|e| bad(&agent, &e))?;
        Ok((agent, known))
    };
    rows.into_iter().map(read).collect()
}

fn enrolment(rows: &dyn Rows, agent: &str) -> Result<Option<Enrolment>, StoreError> {
    let text = rows.model(ENROLMENTS, agent)?;
    text.map(|text| serde_json::from_str(&text).map_err(|e| bad(agent, &e)))
        .transpose()
}

fn put(tx: &mut dyn Tx, agent: &str, known: &Enrolment) -> Result<(), StoreError> {
    let body = serde_json::to_string(known).map_err(|e| bad(agent, &e))?;
    tx.put_model(ENROLMENTS, agent, Some(&body))
}

fn put_join(tx: &mut dyn Tx, hash: &Digest, join: &Join) -> Result<(), StoreError> {
    let body = serde_json::to_string(join).map_err(|e| bad(&join.agent, &e))?;
    tx.put_model(JOINS, &hash.to_string(), Some(&body))
}

fn no_random(e: getrandom::Error) -> Problem {
    let detail = format!("the system gives no random numbers: {e}");
    Problem::new(&kind::INTERNAL, detail, "try again")
}
