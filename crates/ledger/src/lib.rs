//! Storage: the ordered, hash-chained ledger and the rows that commit together with it.
//!
//! One trait ([`Store`]) with three stores behind it: [`MemoryStore`] for simulation and tests, [`SqliteStore`] for one server,
//! and [`PostgresStore`] for several. Everything blocks; callers bring their own threads. This crate knows nothing of deployments: it takes the
//! [`Batch`](tidegate_core::batch::Batch) that core computed and writes it whole or not at all ([`commit::persist`]). It
//! reads no clock, draws no random number, is never `async` and never re-serialises what it hashes.

pub mod chain;
pub mod commit;
pub mod conformance;
pub mod cosign;
pub mod erased;
pub mod error;
pub mod export;
pub mod memory;
pub mod postgres;
pub mod refold;
pub mod row;
pub mod seal;
pub mod sqlite;
pub mod states;
pub mod store;
pub mod tree;
pub mod verify;
pub mod view;

mod follow;
mod gate;
mod pool;
mod range;
mod sql;

pub use commit::{Committed, persist};
pub use error::StoreError;
pub use memory::MemoryStore;
pub use memory::branch::{BranchStore, Snapshot};
pub use postgres::PostgresStore;
pub use refold::refold;
pub use row::{
    ActionRow, BLOB_LIMIT, CheckpointRow, Due, Entry, Head, LedgerId, NewAction, NewReply, Reply,
    TokenRow, WakeRow,
};
pub use sqlite::SqliteStore;
pub use states::States;
pub use store::{Expected, Rows, Store, Tx};
pub use view::TxView;
