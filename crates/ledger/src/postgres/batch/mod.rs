//! A writing transaction that talks to the database as seldom as it can: it begins with the first thing it wants to know, reads by key
//! what its caller says it will need, keeps what it wrote in memory, and sends all of it together with the commit.
//!
//! What is read by key is answered from memory where it is known. Everything else (lists, ranges, rare rows) goes through the shared
//! statements of [`Session`], after what is pending and bears on it was sent. What a caller sees is the same either way.

mod fetch;
mod known;
mod pending;
mod rows;
mod tx;

pub(super) use known::Known;

use super::link::{Connection, Unsaid};
use super::together::{Fell, Step};
use crate::error::StoreError;
use crate::row::{Head, LedgerId};
use crate::sql::Session;
use crate::sql::value::{micros, number};
use crate::store::{Expected, Result};
use crate::tree::Frontier;
use fetch::{DueBy, Met, tree_of};
use pending::{Pending, places};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use tidegate_faults::kill_point;

const MOVE: &str = "UPDATE head SET seq = ?2::bigint, at = ?3::bigint, hash = ?4::bytea, frontier = ?5::bytea, turn = turn + 1 \
     WHERE ledger_id = ?1::bigint";
const TELL: &str = "SELECT pg_notify('tidegate', ?1::text)";
const TURN: &str = "UPDATE head SET turn = turn + 1 WHERE ledger_id = ?1::bigint";

/// Entries after which the sizes of tables are looked at.
const GROWN: [u64; 4] = [64, 512, 4_096, 32_768];
const MEASURE: &str = "ANALYZE head, ledger, state, due, waits, action, reply, model";

/// The transaction. Given up, also in a panic, it is rolled back.
pub(super) struct Batched<'c> {
    connection: &'c Connection,
    ledger: LedgerId,
    session: Session<'c>,
    known: RefCell<&'c mut Known>,
    pending: RefCell<Pending>,
    /// The head that it began with; `None` before it began.
    met: RefCell<Option<Met>>,
    /// The head and the tree after its own entries.
    head: RefCell<Option<Head>>,
    tree: RefCell<Option<Frontier>>,
    due: RefCell<Option<DueBy>>,
    /// A statement to begin was sent, and nothing that ends it.
    is_open: Cell<bool>,
    wrote: Cell<bool>,
    /// New rows are looked up before they are written, and not taken to be new.
    careful: bool,
    /// Ids of work and commands that were taken to be new.
    assumed: RefCell<BTreeSet<String>>,
}

impl<'c> Batched<'c> {
    pub(super) fn new(
        connection: &'c Connection,
        ledger: LedgerId,
        known: &'c mut Known,
        careful: bool,
    ) -> Self {
        Self {
            connection,
            ledger,
            session: Session::new(connection, ledger),
            known: RefCell::new(known),
            pending: RefCell::default(),
            met: RefCell::default(),
            head: RefCell::default(),
            tree: RefCell::default(),
            due: RefCell::default(),
            is_open: Cell::new(false),
            wrote: Cell::new(false),
            careful,
            assumed: RefCell::default(),
        }
    }

    /// Did it take a row to be new without asking? Then a refusal of the database may be for that.
    pub(super) fn assumed(&self) -> bool {
        !self.assumed.borrow().is_empty()
    }

    /// Take what is not known for new, unless this is to be careful. False when it must be looked up.
    fn assume(&self, id: &str) -> bool {
        if !self.careful {
            self.assumed.borrow_mut().insert(id.to_owned());
        }
        !self.careful
    }

    fn is_assumed(&self, id: &str) -> bool {
        self.assumed.borrow().contains(id)
    }

    fn has_begun(&self) -> bool {
        self.met.borrow().is_some()
    }

    fn begun(&self) -> Result<()> {
        self.session.still_whole()?;
        match self.has_begun() {
            true => Ok(()),
            false => self.fetch(&Expected::default()),
        }
    }

    /// An error of the database takes the whole transaction with it.
    fn keep<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| self.session.spoil(error))
    }

    fn newest(&self) -> Result<Head> {
        self.begun()?;
        if let Some(head) = &*self.head.borrow() {
            return Ok(head.clone());
        }
        let met = self.met.borrow();
        let met = met
            .as_ref()
            .ok_or_else(|| bad("the head of the ledger", "it was not read".to_owned()))?;
        Ok(met.head.clone())
    }

    fn frontier(&self) -> Result<Frontier> {
        self.begun()?;
        if let Some(tree) = &*self.tree.borrow() {
            return Ok(tree.clone());
        }
        let met = self.met.borrow();
        let met = met
            .as_ref()
            .ok_or_else(|| bad("the tree of the ledger", "it was not read".to_owned()))?;
        tree_of(met.head.seq, &met.tree)
    }

    /// Send what is pending.
    fn flush(&self) -> Result<()> {
        self.begun()?;
        if self.pending.borrow().is_empty() {
            return Ok(());
        }
        kill_point("server.postgres.flush");
        let sent = {
            let (pending, known) = (self.pending.borrow(), self.known.borrow());
            let steps = pending.steps(self.ledger.0, &known);
            self.connection
                .together(&steps, self.connection.patience.statement)
        };
        self.keep(sent.map_err(|fell| fell.unsaid.named("writing")))?;
        *self.pending.borrow_mut() = Pending::default();
        Ok(())
    }

    /// Send what is pending and commit, on one way. An error of which it is not known whether it came before the commit is
    /// [`StoreError::Unclear`].
    pub(super) fn finish(self) -> Result<()> {
        self.session.still_whole()?;
        if !self.has_begun() {
            return Ok(());
        }
        if !self.wrote.get() {
            let met = self.met.take();
            if let Some(met) = met {
                let mut known = self.known.borrow_mut();
                known.settle((met.head.hash, met.turn));
            }
            return Ok(());
        }
        if !self.pending.borrow().is_empty() {
            kill_point("server.postgres.statement");
        }
        kill_point("server.postgres.written");
        let head = self.newest()?;
        let moved = self.head.borrow().is_some();
        let edge = match moved {
            true => self.frontier()?.to_bytes(),
            false => Vec::new(),
        };
        let committed = {
            let (pending, known) = (self.pending.borrow(), self.known.borrow());
            let mut steps = pending.steps(self.ledger.0, &known);
            let ledger = self.ledger.0;
            steps.push(match moved {
                true => Step::Run(
                    MOVE,
                    places![
                        ledger,
                        number(head.seq),
                        micros(head.at),
                        head.hash.as_bytes().as_slice(),
                        edge.as_slice()
                    ],
                ),
                false => Step::Run(TURN, places![ledger]),
            });
            if moved {
                let told = format!("{ledger} {}", head.seq);
                steps.push(Step::Run(TELL, places![told]));
            }
            steps.push(Step::Say("COMMIT".to_owned()));
            let commit = steps.len() - 1;
            let sent = self
                .connection
                .together(&steps, self.connection.patience.statement);
            sent.map_err(|fell| fate(fell, commit))
        };
        self.keep(committed)?;
        self.is_open.set(false);
        let turn = self.met.borrow().as_ref().map_or(0, |met| met.turn) + 1;
        self.known.borrow_mut().settle((head.hash.clone(), turn));
        kill_point("server.postgres.committed");
        self.measure(head.seq);
        Ok(())
    }
}

impl Batched<'_> {
    /// Have the database look at the sizes of its tables when they have become large. A statement keeps the plan that was made for
    /// tables without rows until then, and that takes any index; by itself it looks after a minute, or never.
    fn measure(&self, seq: u64) {
        let before = self.met.borrow().as_ref().map_or(0, |met| met.head.seq);
        let is_time = GROWN.iter().any(|size| (before..seq).contains(size));
        if is_time && self.connection.say(MEASURE).is_err() {
            tracing::debug!("the database did not look at the sizes of its tables");
        }
    }
}

/// What an error means for the commit, which was the step with this number.
fn fate(fell: Fell, commit: usize) -> StoreError {
    // What the database itself refused before the commit took the transaction back, and the commit with it.
    let is_before = fell.at < commit;
    let was_said = matches!(&fell.unsaid, Unsaid::Refused(error) if error.as_db_error().is_some());
    match fell.unsaid.named("writing") {
        StoreError::Unreachable { because, .. } if !(is_before && was_said) => {
            StoreError::Unclear { because }
        }
        other => other,
    }
}

impl Drop for Batched<'_> {
    fn drop(&mut self) {
        if self.is_open.get() {
            // What was kept goes with it: nothing says where it is right.
            self.connection.send("ROLLBACK");
        }
    }
}

fn bad(what: &str, because: String) -> StoreError {
    StoreError::BadRow {
        what: what.to_owned(),
        because,
    }
}
