//! What one command changes, computed in memory and committed whole or not at all.

use crate::decider::{Ask, Trigger, Wake};
use crate::id::StreamId;
use crate::view::{Parsed, StateRow};

/// One new entry of the ledger; sequence, time and hashes are the ledger's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Stream.
    pub stream: StreamId,
    /// Revision in the stream, from 1.
    pub rev: u64,
    /// Name and version of the event, for example `deployment.proposed/1`.
    pub kind: String,
    /// Who.
    pub actor: String,
    /// Command that caused it.
    pub cause: String,
    /// Canonical JSON.
    pub body: String,
}

/// A row of a read model to write (`Some`) or remove (`None`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelChange {
    /// Read model.
    pub model: &'static str,
    /// Key.
    pub key: String,
    /// Canonical JSON.
    pub body: Option<String>,
}

/// New state of a stream and when to look at it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewState {
    /// Stream.
    pub stream: StreamId,
    /// Row; none when nothing happened to it, so that only its next look is another one.
    pub row: Option<StateRow>,
    /// The same as its own type, for whoever decides next.
    pub parsed: Option<Parsed>,
    /// When to look again.
    pub wake: Wake,
}

/// Everything one command changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Entries in order.
    pub entries: Vec<NewEntry>,
    /// Final states.
    pub states: Vec<NewState>,
    /// Read models.
    pub models: Vec<ModelChange>,
    /// Streams waiting on these are due now.
    pub fired: Vec<Trigger>,
    /// Changes to the queue of outside work.
    pub asks: Vec<Ask>,
    /// Key of the stream the command was for, as the answer to the client (for example a new deployment's id).
    pub subject: String,
}
