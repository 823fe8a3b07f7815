//! What a transaction wrote and the database does not have yet, and the statements that bring it there: one for each kind of row,
//! whatever the number of commands.
//!
//! Their order is that in which the contract would carry them out. Triggers fire on the timers that are in the database before those of
//! this transaction are written; on those that are pending they fired at once, in memory.

use super::known::Known;
use crate::postgres::together::Step;
use crate::row::{Entry, Reply, WakeRow};
use crate::sql::kind_of;
use crate::sql::value::{limit, micros, number};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::decider::Trigger;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, StreamId};
use tidegate_core::time::Timestamp;

/// What becomes of outside work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    New,
    Leased,
    Ended,
}

/// Everything that is pending. Rows themselves are in [`Known`], where they are read.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) entries: Vec<(Entry, Digest)>,
    pub(super) tiles: Vec<(u8, u64, Vec<u8>)>,
    /// With the earliest instant.
    pub(super) fires: BTreeMap<Trigger, Timestamp>,
    pub(super) wakes: BTreeMap<StreamId, WakeRow>,
    pub(super) models: BTreeSet<(String, String)>,
    pub(super) actions: BTreeMap<ActionId, Change>,
    pub(super) replies: Vec<Reply>,
    pub(super) expire: Option<(Timestamp, usize)>,
}

macro_rules! places {
    ($($value:expr),* $(,)?) => { vec![$(Box::new($value) as $crate::postgres::together::Place<'_>),*] };
}
pub(super) use places;

/// One column of some rows, as an array.
macro_rules! column {
    ($rows:expr, $row:pat => $value:expr) => {
        $rows.iter().map(|$row| $value).collect::<Vec<_>>()
    };
}

const ENTRIES: &str = "INSERT INTO ledger (ledger_id, seq, at, stream, rev, kind, actor, cause, body, body_hash, hash, leaf) \
     SELECT ?1::bigint, * FROM unnest(?2::bigint[], ?3::bigint[], ?4::text[], ?5::bigint[], ?6::text[], ?7::text[], ?8::text[], \
     ?9::text[], ?10::bytea[], ?11::bytea[], ?12::bytea[])";
const TILES: &str = "INSERT INTO tile (ledger_id, level, idx, hashes) \
     SELECT ?1::bigint, * FROM unnest(?2::bigint[], ?3::bigint[], ?4::bytea[])";
// Rows to change are found through an array, which no plan turns round: one that was made while a table was empty is kept for long.
const FIRES: &str = "UPDATE due SET at = ?3::bigint WHERE ledger_id = ?1::bigint AND at > ?3::bigint AND stream = ANY (ARRAY \
     (SELECT w.stream FROM waits w WHERE w.ledger_id = ?1::bigint AND w.trigger_on = ANY (?2::text[])))";
const STATES: &str = "INSERT INTO state (ledger_id, stream, rev, fold, body, wake) \
     SELECT ?1::bigint, * FROM unnest(?2::text[], ?3::bigint[], ?4::bigint[], ?5::text[], ?6::text[]) \
     ON CONFLICT (ledger_id, stream) DO UPDATE SET rev = excluded.rev, fold = excluded.fold, body = excluded.body, wake = excluded.wake";
const NOT_DUE: &str = "DELETE FROM due WHERE ledger_id = ?1::bigint AND stream = ANY (?2::text[])";
const DUE: &str = "INSERT INTO due (ledger_id, stream, at, because) \
     SELECT ?1::bigint, * FROM unnest(?2::text[], ?3::bigint[], ?4::text[]) \
     ON CONFLICT (ledger_id, stream) DO UPDATE SET at = excluded.at, because = excluded.because";
const WAIT_NO_MORE: &str = "DELETE FROM waits w WHERE ledger_id = ?1::bigint AND stream = ANY (?2::text[]) AND NOT EXISTS \
     (SELECT 1 FROM unnest(?3::text[], ?4::text[]) AS t (stream, trigger_on) WHERE t.stream = w.stream AND t.trigger_on = w.trigger_on)";
const WAITS: &str = "INSERT INTO waits (ledger_id, stream, trigger_on) SELECT ?1::bigint, * FROM unnest(?2::text[], ?3::text[]) \
     ON CONFLICT DO NOTHING";
const MODELS: &str = "INSERT INTO model (ledger_id, name, key, body) \
     SELECT ?1::bigint, * FROM unnest(?2::text[], ?3::text[], ?4::text[]) \
     ON CONFLICT (ledger_id, name, key) DO UPDATE SET body = excluded.body";
const NO_MODELS: &str =
    "DELETE FROM model WHERE ledger_id = ?1::bigint AND name = ?2::text AND key = ANY (?3::text[])";
const ACTIONS: &str = "INSERT INTO action (ledger_id, id, stream, environment, body, created, seq, epoch, lease_by, lease_until) \
     SELECT ?1::bigint, * FROM unnest(?2::text[], ?3::text[], ?4::text[], ?5::text[], ?6::bigint[], ?7::bigint[], ?8::bigint[], \
     ?9::text[], ?10::bigint[])";
const LEASES: &str = "UPDATE action a SET epoch = t.epoch, lease_by = t.lease_by, lease_until = t.lease_until \
     FROM unnest(?2::text[], ?3::bigint[], ?4::text[], ?5::bigint[]) AS t (id, epoch, lease_by, lease_until) \
     WHERE a.ledger_id = ?1::bigint AND a.id = ANY (?2::text[]) AND a.id = t.id";
const NO_ACTIONS: &str =
    "DELETE FROM action WHERE ledger_id = ?1::bigint AND id = ANY (?2::text[])";
const REPLIES: &str = "INSERT INTO reply (ledger_id, command_id, fingerprint, seq, outcome, expires) \
     SELECT ?1::bigint, * FROM unnest(?2::text[], ?3::bytea[], ?4::bigint[], ?5::text[], ?6::bigint[])";
const EXPIRE: &str = "DELETE FROM reply WHERE ledger_id = ?1::bigint AND command_id IN (SELECT command_id FROM reply \
     WHERE ledger_id = ?1::bigint AND expires <= ?2::bigint ORDER BY expires, command_id LIMIT ?3::bigint)";

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
            && self.tiles.is_empty()
            && !self.touches_timers()
            && self.models.is_empty()
            && self.actions.is_empty()
            && self.replies.is_empty()
            && self.expire.is_none()
    }

    pub(super) fn touches_timers(&self) -> bool {
        !self.wakes.is_empty() || !self.fires.is_empty()
    }

    pub(super) fn steps<'a>(&'a self, ledger: i64, known: &'a Known) -> Vec<Step<'a>> {
        let mut steps = Vec::new();
        self.log(ledger, &mut steps);
        self.timers(ledger, known, &mut steps);
        self.rows(ledger, known, &mut steps);
        self.answers(ledger, &mut steps);
        steps
    }

    fn log<'a>(&'a self, ledger: i64, steps: &mut Vec<Step<'a>>) {
        let entries = &self.entries;
        if !entries.is_empty() {
            let places = places![
                ledger,
                column!(entries, (e, _) => number(e.seq)),
                column!(entries, (e, _) => micros(e.at)),
                column!(entries, (e, _) => e.stream.as_str()),
                column!(entries, (e, _) => number(e.rev)),
                column!(entries, (e, _) => e.kind.as_str()),
                column!(entries, (e, _) => e.actor.as_str()),
                column!(entries, (e, _) => e.cause.as_str()),
                column!(entries, (e, _) => e.body.as_deref()),
                column!(entries, (e, _) => e.body_hash.as_bytes().as_slice()),
                column!(entries, (e, _) => e.hash.as_bytes().as_slice()),
                column!(entries, (_, leaf) => leaf.as_bytes().as_slice()),
            ];
            steps.push(Step::Run(ENTRIES, places));
        }
        let tiles = &self.tiles;
        if !tiles.is_empty() {
            let places = places![
                ledger,
                column!(tiles, (level, ..) => i64::from(*level)),
                column!(tiles, (_, index, _) => number(*index)),
                column!(tiles, (.., hashes) => hashes.as_slice()),
            ];
            steps.push(Step::Run(TILES, places));
        }
    }

    fn timers<'a>(&'a self, ledger: i64, known: &'a Known, steps: &mut Vec<Step<'a>>) {
        let mut fires: BTreeMap<i64, Vec<&str>> = BTreeMap::new();
        for (trigger, at) in &self.fires {
            fires.entry(micros(*at)).or_default().push(trigger);
        }
        for (at, triggers) in fires {
            steps.push(Step::Run(FIRES, places![ledger, triggers, at]));
        }
        let states = self.wakes.iter();
        let states: Vec<_> = states
            .filter_map(|(stream, wake)| Some((stream, known.states.row(stream)?, wake)))
            .collect();
        if !states.is_empty() {
            let places = places![
                ledger,
                column!(states, (stream, ..) => stream.as_str()),
                column!(states, (_, row, _) => number(row.rev)),
                column!(states, (_, row, _) => i64::from(row.fold)),
                column!(states, (_, row, _) => row.body.as_str()),
                column!(states, (.., wake) => kind_of(wake)),
            ];
            steps.push(Step::Run(STATES, places));
        }
        let (mut idle, mut next, mut waits) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (stream, wake) in &self.wakes {
            match wake {
                WakeRow::Next { at, on, because } => {
                    next.push((stream.as_str(), micros(*at), because.as_str()));
                    waits.extend(on.iter().map(|on| (stream.as_str(), on.as_str())));
                }
                WakeRow::Rest | WakeRow::Never => idle.push(stream.as_str()),
            }
        }
        if !idle.is_empty() {
            steps.push(Step::Run(NOT_DUE, places![ledger, idle]));
        }
        if next.is_empty() {
            return;
        }
        let streams = column!(next, (stream, ..) => *stream);
        let places = places![
            ledger,
            streams.clone(),
            column!(next, (_, at, _) => *at),
            column!(next, (.., because) => *because),
        ];
        steps.push(Step::Run(DUE, places));
        let of = column!(waits, (stream, _) => *stream);
        let on = column!(waits, (_, trigger) => *trigger);
        let places = places![ledger, streams, of.clone(), on.clone()];
        steps.push(Step::Run(WAIT_NO_MORE, places));
        if !waits.is_empty() {
            steps.push(Step::Run(WAITS, places![ledger, of, on]));
        }
    }

    fn rows<'a>(&'a self, ledger: i64, known: &'a Known, steps: &mut Vec<Step<'a>>) {
        let (mut put, mut gone) = (Vec::new(), BTreeMap::<&str, Vec<&str>>::new());
        for (name, key) in &self.models {
            match known.model(name, key).flatten() {
                Some(body) => put.push((name.as_str(), key.as_str(), body.as_str())),
                None => gone.entry(name).or_default().push(key),
            }
        }
        if !put.is_empty() {
            let places = places![
                ledger,
                column!(put, (name, ..) => *name),
                column!(put, (_, key, _) => *key),
                column!(put, (.., body) => *body),
            ];
            steps.push(Step::Run(MODELS, places));
        }
        for (name, keys) in gone {
            steps.push(Step::Run(NO_MODELS, places![ledger, name, keys]));
        }
        self.work(ledger, known, steps);
    }

    fn work<'a>(&'a self, ledger: i64, known: &'a Known, steps: &mut Vec<Step<'a>>) {
        let of = |change: Change| {
            let some = self.actions.iter().filter(move |(_, is)| **is == change);
            some.filter_map(|(id, _)| known.actions.row(id))
                .collect::<Vec<_>>()
        };
        let ended: Vec<&str> = self
            .actions
            .iter()
            .filter(|(_, change)| **change == Change::Ended)
            .map(|(id, _)| id.as_str())
            .collect();
        if !ended.is_empty() {
            steps.push(Step::Run(NO_ACTIONS, places![ledger, ended]));
        }
        let new = of(Change::New);
        if !new.is_empty() {
            let places = places![
                ledger,
                column!(new, row => row.id.as_str()),
                column!(new, row => row.stream.as_str()),
                column!(new, row => row.environment.as_str()),
                column!(new, row => row.body.as_str()),
                column!(new, row => micros(row.created)),
                column!(new, row => number(row.seq)),
                column!(new, row => number(row.lease.epoch)),
                column!(new, row => row.lease.by.as_deref()),
                column!(new, row => row.lease.until.map(micros)),
            ];
            steps.push(Step::Run(ACTIONS, places));
        }
        let leased = of(Change::Leased);
        if !leased.is_empty() {
            let places = places![
                ledger,
                column!(leased, row => row.id.as_str()),
                column!(leased, row => number(row.lease.epoch)),
                column!(leased, row => row.lease.by.as_deref()),
                column!(leased, row => row.lease.until.map(micros)),
            ];
            steps.push(Step::Run(LEASES, places));
        }
    }

    fn answers<'a>(&'a self, ledger: i64, steps: &mut Vec<Step<'a>>) {
        let replies = &self.replies;
        if !replies.is_empty() {
            let places = places![
                ledger,
                column!(replies, reply => reply.command_id.0.as_str()),
                column!(replies, reply => reply.fingerprint.as_bytes().as_slice()),
                column!(replies, reply => number(reply.seq)),
                column!(replies, reply => reply.outcome.as_str()),
                column!(replies, reply => micros(reply.expires)),
            ];
            steps.push(Step::Run(REPLIES, places));
        }
        if let Some((now, most)) = self.expire {
            let places = places![ledger, micros(now), limit(most)];
            steps.push(Step::Run(EXPIRE, places));
        }
    }
}
