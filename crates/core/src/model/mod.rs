//! Exact read models: rows computed with the events and committed with them.
//!
//! Each file is one model: what its key is, what its row says, how an event changes it. Rows hold nothing that cannot be
//! computed again from the ledger.

pub mod archive;
pub mod change;
pub mod decision;
pub mod delegation;
pub mod departure;
pub mod entry;
pub mod erasure;
pub mod exception;
pub mod feed;
pub mod freeze;
pub mod lane;
pub mod lasted;
pub mod listing;
pub mod meeting;
pub mod notice;
pub mod person;
pub mod queue;
pub mod sign_off;
pub mod track;

use crate::batch::ModelChange;
use crate::id::StreamId;
use crate::time::Timestamp;

/// Where models read their former rows and leave their new ones.
pub trait Rows {
    /// A row as of now, changes of this batch included.
    fn row(&self, model: &str, key: &str) -> Option<String>;
    /// Write or remove a row.
    fn put(&mut self, change: ModelChange);
}

/// Keep the highest number under the empty key of `model`.
fn count(rows: &mut dyn Rows, model: &'static str, number: Option<u64>) {
    let last = rows.row(model, "").and_then(|n| n.parse().ok());
    if let Some(number) = number.filter(|n| last.is_none_or(|last| *n > last)) {
        rows.put(ModelChange {
            model,
            key: String::new(),
            body: Some(number.to_string()),
        });
    }
}

/// What a model is told.
pub struct Happened<'a, S, E> {
    /// Ledger time.
    pub at: Timestamp,
    /// Stream.
    pub stream: &'a StreamId,
    /// Revision of the stream after the event.
    pub rev: u64,
    /// State after the event.
    pub state: &'a S,
    /// The event.
    pub event: &'a E,
}

/// What a kind of stream keeps up to date. Returns triggers that the change of a model fires.
pub trait Models: crate::decider::Decider {
    /// Bring the models up to date with one event.
    fn project(
        happened: &Happened<'_, Self, Self::Event>,
        rows: &mut dyn Rows,
    ) -> Vec<crate::decider::Trigger>;
}
