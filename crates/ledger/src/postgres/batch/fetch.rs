//! Reading rows by their keys, several kinds at once, in the same way to the database that begins the transaction.

use super::known::Known;
use super::pending::places;
use super::{Batched, bad};
use crate::postgres::together::{Answer, Step};
use crate::postgres::turn::is_known;
use crate::row::{Due, Head, Reply};
use crate::sql::value::{Cells, Columns, limit, micros};
use crate::sql::{self, action_of, due_of, state_of};
use crate::store::{Expected, Result};
use crate::tree::Frontier;
use std::collections::BTreeMap;
use tidegate_core::digest::Digest;
use tidegate_core::id::{CommandId, StreamId};
use tidegate_core::time::Timestamp;
use tidegate_faults::kill_point;
use tokio_postgres::Row;

const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
const HEAD: &str =
    "SELECT seq, at, hash, frontier, turn FROM head WHERE ledger_id = ?1::bigint FOR UPDATE";
const SCHEMA: &str = "SELECT max(number) FROM migration";
const NEWEST: &str =
    "SELECT seq, hash FROM ledger WHERE ledger_id = ?1::bigint ORDER BY seq DESC LIMIT 1";
const ASIDE: &str = "SELECT stream, because FROM quarantine WHERE ledger_id = ?1::bigint";
const REPLIES: &str = "SELECT command_id, fingerprint, seq, outcome, expires FROM reply \
     WHERE ledger_id = ?1::bigint AND command_id = ANY (?2::text[])";
const REVS: &str = "SELECT t.stream, COALESCE((SELECT l.rev FROM ledger l WHERE l.ledger_id = ?1::bigint AND l.stream = t.stream \
     ORDER BY l.rev DESC LIMIT 1), 0) FROM unnest(?2::text[]) AS t (stream)";
const STATES: &str = "SELECT stream, rev, fold, body FROM state WHERE ledger_id = ?1::bigint AND stream = ANY (?2::text[])";
const ACTIONS: &str = "SELECT id, stream, environment, body, epoch, lease_by, lease_until, created, seq FROM action \
     WHERE ledger_id = ?1::bigint AND id = ANY (?2::text[])";
const MODELS: &str = "SELECT t.name, t.key, m.body FROM unnest(?2::text[], ?3::text[]) AS t (name, key) CROSS JOIN LATERAL \
     (SELECT body FROM model WHERE ledger_id = ?1::bigint AND name = t.name AND key = t.key LIMIT 1) m";

/// The head as the transaction met it.
pub(super) struct Met {
    pub(super) head: Head,
    pub(super) tree: Vec<u8>,
    pub(super) turn: i64,
    /// The newest entry is the one that the head names.
    pub(super) is_newest: bool,
}

/// What was due by an instant, at most so much of it.
pub(super) type DueBy = (Timestamp, usize, Vec<Due>);

impl Batched<'_> {
    /// Begin, if that was not done yet, and read what is wanted and not known.
    pub(super) fn fetch(&self, wanted: &Expected) -> Result<()> {
        let left = self.missing(wanted);
        if self.has_begun() && left.is_empty() {
            return Ok(());
        }
        let fresh = self.fetch_once(&left)?;
        // Another server wrote in between: what was known is not, so more is missing.
        match fresh {
            true => Ok(()),
            false => {
                let left = self.missing(wanted);
                self.fetch_once(&left).map(drop)
            }
        }
    }

    fn missing(&self, wanted: &Expected) -> Expected {
        let known = self.known.borrow();
        let mut left = wanted.clone();
        left.replies.retain(|id| known.replies.get(id).is_none());
        left.revs.retain(|stream| !known.revs.contains_key(stream));
        left.states
            .retain(|stream| known.states.get(stream).is_none());
        left.actions.retain(|id| known.actions.get(id).is_none());
        left.models
            .retain(|(name, key)| known.model(name, key).is_none());
        left
    }

    /// False when what was known before was given up.
    fn fetch_once(&self, wanted: &Expected) -> Result<bool> {
        const DOING: &str = "reading what a transaction needs";
        if !wanted.replies.is_empty() && self.pending.borrow().expire.is_some() {
            self.flush()?;
        }
        if wanted.due.is_some() && self.pending.borrow().touches_timers() {
            self.flush()?;
        }
        let begins = !self.has_begun();
        let is_bare = self.known.borrow().aside.is_none();
        let ledger = self.ledger.0;
        let mut steps = Vec::new();
        if begins {
            // The lock comes first. Then it is looked which schema is met: whoever changes the schema locks all heads out before.
            steps.push(Step::Say(BEGIN.to_owned()));
            steps.push(Step::Run(HEAD, places![ledger]));
            steps.push(Step::Run(SCHEMA, places![]));
            steps.push(Step::Run(NEWEST, places![ledger]));
        }
        if is_bare {
            steps.push(Step::Run(ASIDE, places![ledger]));
        }
        reads(wanted, ledger, &mut steps);
        let patience = match begins {
            true => {
                self.is_open.set(true);
                self.connection.patience.lock
            }
            false => self.connection.patience.statement,
        };
        let doing = match begins {
            true => "waiting for the head of the ledger",
            false => DOING,
        };
        let answers = self.keep(
            self.connection
                .together(&steps, patience)
                .map_err(|fell| fell.unsaid.named(doing)),
        )?;
        let mut answers = answers.into_iter();
        let is_fresh = match begins {
            true => self.met(&mut answers)?,
            false => true,
        };
        let mut known = self.known.borrow_mut();
        if is_bare {
            known.aside = Some(self.keep(aside(&mut answers))?);
        }
        self.keep(take(&mut known, wanted, &mut answers))?;
        if let Some((until, most)) = wanted.due {
            let found = rows(&mut answers);
            let due: Result<Vec<Due>> = found.iter().map(|row| due_of(row)).collect();
            let due = self.keep(due)?;
            *self.due.borrow_mut() = Some((until, most, due));
        }
        Ok(is_fresh)
    }

    /// The transaction has begun. False when what was known is not right here.
    fn met(&self, answers: &mut impl Iterator<Item = Answer>) -> Result<bool> {
        drop(answers.next());
        let found = rows(answers);
        let met = found.first().map(met);
        let missing = || Err(bad("the head of the ledger", "it is missing".to_owned()));
        let mut met = self.keep(met.unwrap_or_else(missing))?;
        let schema = rows(answers);
        let schema = schema.first().and_then(|row| row.get::<_, Option<i64>>(0));
        self.keep(is_known(schema))?;
        let newest = self.keep(newest(&rows(answers)))?;
        met.is_newest = newest == (met.head.seq, met.head.hash.clone());
        let as_of = (met.head.hash.clone(), met.turn);
        let is_fresh = self.known.borrow_mut().begin(&as_of);
        *self.met.borrow_mut() = Some(met);
        kill_point("server.postgres.begun");
        Ok(is_fresh)
    }
}

fn reads<'a>(wanted: &'a Expected, ledger: i64, steps: &mut Vec<Step<'a>>) {
    let texts = |ids: Vec<&'a str>| places![ledger, ids];
    if !wanted.replies.is_empty() {
        let ids = wanted.replies.iter().map(|id| id.0.as_str()).collect();
        steps.push(Step::Run(REPLIES, texts(ids)));
    }
    if !wanted.revs.is_empty() {
        let ids = wanted.revs.iter().map(StreamId::as_str).collect();
        steps.push(Step::Run(REVS, texts(ids)));
    }
    if !wanted.states.is_empty() {
        let ids = wanted.states.iter().map(StreamId::as_str).collect();
        steps.push(Step::Run(STATES, texts(ids)));
    }
    if !wanted.actions.is_empty() {
        let ids = wanted.actions.iter().map(|id| id.as_str()).collect();
        steps.push(Step::Run(ACTIONS, texts(ids)));
    }
    if !wanted.models.is_empty() {
        let names: Vec<&str> = wanted
            .models
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        let keys: Vec<&str> = wanted.models.iter().map(|(_, key)| key.as_str()).collect();
        steps.push(Step::Run(MODELS, places![ledger, names, keys]));
    }
    if let Some((until, most)) = wanted.due {
        steps.push(Step::Run(
            sql::DUE,
            places![ledger, micros(until), limit(most)],
        ));
    }
}

fn rows(answers: &mut impl Iterator<Item = Answer>) -> Vec<Row> {
    match answers.next() {
        Some(Answer::Rows(rows)) => rows,
        _ => Vec::new(),
    }
}

/// Number and hash of the newest entry.
fn newest(rows: &[Row]) -> Result<(u64, Digest)> {
    let Some(row) = rows.first() else {
        return Ok((0, Head::empty().hash));
    };
    let row = Columns {
        row: row as &dyn Cells,
        bad: |because| bad("the newest entry", because),
    };
    Ok((row.number(0)?, row.digest(1)?))
}

/// All streams that are kept aside.
fn aside(answers: &mut impl Iterator<Item = Answer>) -> Result<BTreeMap<StreamId, String>> {
    let aside = rows(answers).into_iter().map(|row| {
        let row = Columns {
            row: &row as &dyn Cells,
            bad: |because| bad("a stream kept aside", because),
        };
        Ok((row.stream(0)?, row.get(1)?))
    });
    aside.collect()
}

/// Keep what came, and that the rest is not there.
fn take(
    known: &mut Known,
    wanted: &Expected,
    answers: &mut impl Iterator<Item = Answer>,
) -> Result<()> {
    for id in &wanted.replies {
        known.replies.put(id.clone(), None);
    }
    if !wanted.replies.is_empty() {
        for row in rows(answers) {
            let reply = reply(&row)?;
            known.replies.put(reply.command_id.clone(), Some(reply));
        }
    }
    if !wanted.revs.is_empty() {
        for row in rows(answers) {
            let row = Columns {
                row: &row as &dyn Cells,
                bad: |because| bad("the newest revision of a stream", because),
            };
            known.put_rev(row.stream(0)?, row.number(1)?);
        }
    }
    for stream in &wanted.states {
        known.put_state(stream.clone(), None);
    }
    if !wanted.states.is_empty() {
        for row in rows(answers) {
            let (stream, row) = state_of(&row)?;
            known.put_state(stream, Some(row));
        }
    }
    for id in &wanted.actions {
        known.put_action(id.clone(), None);
    }
    if !wanted.actions.is_empty() {
        for row in rows(answers) {
            let action = action_of(&row)?;
            known.put_action(action.id.clone(), Some(action));
        }
    }
    for (name, key) in &wanted.models {
        known.put_model(name, key, None);
    }
    if !wanted.models.is_empty() {
        for row in rows(answers) {
            let row = Columns {
                row: &row as &dyn Cells,
                bad: |because| bad("a row of a read model", because),
            };
            let (name, key): (String, String) = (row.get(0)?, row.get(1)?);
            known.put_model(&name, &key, Some(row.get(2)?));
        }
    }
    Ok(())
}

fn reply(row: &Row) -> Result<Reply> {
    let row = Columns {
        row: row as &dyn Cells,
        bad: |because| bad("the answer to a command", because),
    };
    Ok(Reply {
        command_id: CommandId(row.get(0)?),
        fingerprint: row.digest(1)?,
        seq: row.number(2)?,
        outcome: row.get(3)?,
        expires: row.at(4)?,
    })
}

fn met(row: &Row) -> Result<Met> {
    let row = Columns {
        row: row as &dyn Cells,
        bad: |because| bad("the head of the ledger", because),
    };
    let head = Head {
        seq: row.number(0)?,
        at: row.at(1)?,
        hash: row.digest(2)?,
    };
    Ok(Met {
        tree: row.get(3)?,
        turn: row.get(4)?,
        is_newest: false,
        head,
    })
}

/// The tree whose edge this is.
pub(super) fn tree_of(seq: u64, edge: &[u8]) -> Result<Frontier> {
    Frontier::from_bytes(seq, edge).ok_or_else(|| {
        bad(
            "the tree of the ledger",
            format!("its edge does not belong to {seq} entries"),
        )
    })
}
