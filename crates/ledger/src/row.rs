//! The rows a store keeps, as values. None of them knows how it is stored.

use serde::{Deserialize, Serialize};
use tidegate_core::decider::{Trigger, Wake};
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, CommandId, EnvId, StreamId};
use tidegate_core::time::Timestamp;
use tidegate_core::view::Lease;

/// Largest blob kept as a row, in bytes; larger ones belong beside the ledger as files.
pub const BLOB_LIMIT: usize = 256 * 1024;

/// Which ledger of a database; first key column of every table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LedgerId(pub i64);

impl Default for LedgerId {
    /// The only ledger of a server that serves one workspace.
    fn default() -> Self {
        Self(1)
    }
}

/// The newest entry, as far as anybody needs to know it: its hash names the whole history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Sequence number, 0 when the ledger is empty.
    pub seq: u64,
    /// Ledger time of the newest entry; the Unix epoch when empty.
    pub at: Timestamp,
    /// Chain hash, all zeros when empty.
    pub hash: Digest,
}

impl Head {
    /// Head of a ledger without entries.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            seq: 0,
            at: Timestamp::UNIX_EPOCH,
            hash: Digest::from_bytes([0; 32]),
        }
    }
}

/// One entry of the ledger as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Position in the ledger, from 1, without gaps.
    pub seq: u64,
    /// Ledger time, whole microseconds; never earlier than the entry before.
    pub at: Timestamp,
    /// Stream.
    pub stream: StreamId,
    /// Position in the stream, from 1, without gaps.
    pub rev: u64,
    /// Name and version of the event.
    pub kind: String,
    /// Who.
    pub actor: String,
    /// Command that caused it.
    pub cause: String,
    /// The event as written, or without the words that were erased; `None` where only the digest is known.
    pub body: Option<String>,
    /// SHA-256 of the body as it was written; kept when words are erased.
    pub body_hash: Digest,
    /// The entry of the erasure that took words out of the body, which is no longer what its digest says.
    pub erased: Option<u64>,
    /// Chain hash up to and including this entry.
    pub hash: Digest,
}

/// When a stream is looked at again, as stored. Unlike [`Wake`] it can be read back, so it proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WakeRow {
    /// At an instant, or earlier when a trigger fires.
    Next {
        /// Latest instant.
        at: Timestamp,
        /// Triggers, in text order.
        on: Vec<Trigger>,
        /// For people.
        because: String,
    },
    /// Owes nobody progress.
    Rest,
    /// Ended.
    Never,
}

impl From<&Wake> for WakeRow {
    fn from(wake: &Wake) -> Self {
        match wake {
            Wake::Next { at, on, because } => Self::Next {
                at: *at,
                on: on.clone(),
                because: because.clone(),
            },
            Wake::Rest(_) => Self::Rest,
            Wake::Never(_) => Self::Never,
        }
    }
}

/// A stream whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Stream.
    pub stream: StreamId,
    /// Since when.
    pub at: Timestamp,
    /// What it waited for.
    pub because: String,
}

/// Outside work to put into the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAction {
    /// Id.
    pub id: ActionId,
    /// Stream that waits for it.
    pub stream: StreamId,
    /// Environment whose agent does it.
    pub environment: EnvId,
    /// Canonical JSON of the work.
    pub body: String,
    /// Ledger time it was asked for.
    pub created: Timestamp,
}

/// Outside work in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionRow {
    /// Id.
    pub id: ActionId,
    /// Stream that waits for it.
    pub stream: StreamId,
    /// Environment whose agent does it.
    pub environment: EnvId,
    /// Canonical JSON of the work.
    pub body: String,
    /// Who has it.
    pub lease: Lease,
    /// Ledger time it was asked for.
    pub created: Timestamp,
    /// Newest entry when it was put into the queue: orders the queue.
    pub seq: u64,
}

/// Answer to a command, to be kept so that a repeated command gets the same answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReply {
    /// The command.
    pub command_id: CommandId,
    /// Digest of the command's body, so that one id with another body is found.
    pub fingerprint: Digest,
    /// The answer, JSON.
    pub outcome: String,
    /// When it may be forgotten.
    pub expires: Timestamp,
}

/// A kept answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The command.
    pub command_id: CommandId,
    /// Digest of the command's body.
    pub fingerprint: Digest,
    /// Newest entry of the ledger after the command.
    pub seq: u64,
    /// The answer, JSON.
    pub outcome: String,
    /// When it may be forgotten; the row is there until [`Tx::expire_replies`](crate::Tx::expire_replies) removes it.
    pub expires: Timestamp,
}

/// A signed note about a state of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointRow {
    /// Number of entries it speaks of.
    pub size: u64,
    /// When it was signed.
    pub at: Timestamp,
    /// The note, in the form of C2SP.
    pub note: String,
}

/// An access token: only its hash is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// SHA-256 of the token.
    pub hash: Digest,
    /// For people.
    pub name: String,
    /// What it may do, JSON.
    pub body: String,
    /// Since when.
    pub created: Timestamp,
    /// Until when, if it ends by itself.
    pub expires: Option<Timestamp>,
}
