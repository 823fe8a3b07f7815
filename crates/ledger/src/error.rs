//! Why a store refused or failed. Texts name the thing and the reason; none holds a body or a secret.

use std::path::PathBuf;
use tidegate_core::id::StreamId;

/// A refused or failed operation on a store. Unless a variant says otherwise nothing of the transaction was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The disk of the ledger is full. The ledger is whole; writes work again as soon as there is room.
    #[error("no space left to write the ledger: free some disk space, then send the command again")]
    NoSpace,
    /// The disk failed.
    #[error("the ledger could not be read or written while {doing}: {because}")]
    Io {
        /// What was being done.
        doing: String,
        /// What the system said.
        because: String,
    },
    /// An earlier commit could not be made durable, so it is not known what is on disk. Reads go on; writes need a reopening,
    /// and whether the command took effect is answered by its reply row.
    #[error(
        "writing stopped because an earlier commit could not be made durable ({because}): check the disk, then restart"
    )]
    Stopped {
        /// What the system said then.
        because: String,
    },
    /// The wait for another connection or writer ended.
    #[error("the ledger was busy for too long while {doing}")]
    Busy {
        /// What was being done.
        doing: String,
    },
    /// The database could not be reached, or the connection to it ended before the commit.
    #[error(
        "the database could not be reached while {doing} ({because}): nothing was written; try again"
    )]
    Unreachable {
        /// What was being done.
        doing: String,
        /// What the system said.
        because: String,
    },
    /// The connection ended while a commit was under way: whether it took effect is answered by the reply row of its command.
    #[error(
        "the answer to a commit was lost ({because}): send the same command again with the same key to learn whether it took effect"
    )]
    Unclear {
        /// What the system said.
        because: String,
    },
    /// The store was closed.
    #[error("the ledger is closed")]
    Closed,
    /// Another process serves this folder.
    #[error("ledger folder {} is in use by another server{}: stop that server or choose another folder", folder.display(), holder_text(*holder))]
    InUse {
        /// The folder.
        folder: PathBuf,
        /// Process that holds it, where known.
        holder: Option<u32>,
    },
    /// The folder or file is not what it should be.
    #[error("{}: {because}", path.display())]
    Folder {
        /// File or folder.
        path: PathBuf,
        /// What is wrong.
        because: String,
    },
    /// Written by a newer version.
    #[error(
        "the ledger has schema {have}, this version knows schemas up to {known}: run the newer version again or restore a backup"
    )]
    NewerSchema {
        /// Newest migration applied.
        have: u32,
        /// Newest migration known.
        known: u32,
    },
    /// A migration on record is not the one this version has.
    #[error(
        "migration {number} of the ledger was applied with other contents: run the version that wrote it or restore a backup"
    )]
    OtherMigration {
        /// Its number.
        number: u32,
    },
    /// An entry does not follow the newest one of its stream.
    #[error("{stream} is at revision {have}, so its next entry has revision {}, not {got}", have + 1)]
    Revision {
        /// The stream.
        stream: StreamId,
        /// Its newest revision, 0 when it has none.
        have: u64,
        /// Revision offered.
        got: u64,
    },
    /// Ledger time never goes back.
    #[error(
        "an entry at {got} is earlier than the newest entry at {have}: ledger time never goes back"
    )]
    TimeWentBack {
        /// Newest time on record.
        have: tidegate_core::time::Timestamp,
        /// Time offered.
        got: tidegate_core::time::Timestamp,
    },
    /// Something with this key exists.
    #[error("{what} `{key}` exists already")]
    Exists {
        /// Kind of thing.
        what: &'static str,
        /// Its key.
        key: String,
    },
    /// Something with this key does not exist.
    #[error("there is no {what} `{key}`")]
    Missing {
        /// Kind of thing.
        what: &'static str,
        /// Its key.
        key: String,
    },
    /// Over a limit.
    #[error("{what} of {size} bytes is over the limit of {limit} bytes")]
    TooLarge {
        /// Kind of thing.
        what: &'static str,
        /// Size offered.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// An entry on record cannot be read: it was changed outside Tidegate or written by a version this one does not know.
    #[error("entry {seq} cannot be read: {because}")]
    BadEntry {
        /// Its sequence number.
        seq: u64,
        /// What is wrong.
        because: String,
    },
    /// Another row on record cannot be read.
    #[error("{what} cannot be read: {because}")]
    BadRow {
        /// Which row.
        what: String,
        /// What is wrong.
        because: String,
    },
    /// The caller gave the transaction up.
    #[error("{because}")]
    Aborted {
        /// Why.
        because: String,
    },
    /// The database said no in a way that has no name here.
    #[error("the ledger refused while {doing}: {because}")]
    Database {
        /// What was being done.
        doing: String,
        /// What it said.
        because: String,
    },
}

impl StoreError {
    /// True when the thing offered is at fault, so that the same thing is refused again; false when the store or its disk
    /// is, so that the same thing may succeed later.
    #[must_use]
    pub fn blames_input(&self) -> bool {
        matches!(
            self,
            Self::Revision { .. }
                | Self::TimeWentBack { .. }
                | Self::Exists { .. }
                | Self::Missing { .. }
                | Self::TooLarge { .. }
        )
    }
}

/// There is no such entry, or words were taken out of it before.
pub(crate) fn nothing_to_erase(seq: u64) -> StoreError {
    StoreError::Missing {
        what: "entry with all of its words:",
        key: seq.to_string(),
    }
}

fn holder_text(holder: Option<u32>) -> String {
    holder
        .map(|pid| format!(" (process {pid})"))
        .unwrap_or_default()
}
