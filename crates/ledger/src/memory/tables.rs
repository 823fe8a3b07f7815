//! The tables of a ledger in memory, with an index table wherever SQL would have an index.

use super::overlay::Overlay;
use crate::row::{ActionRow, CheckpointRow, Entry, Reply, TokenRow};
use crate::tree::Frontier;
use std::collections::BTreeMap;
use std::sync::Arc;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, CommandId, StreamId};
use tidegate_core::time::Timestamp;
use tidegate_core::view::StateRow;

/// What a stream said about being looked at again. `Unset` is what the sweep looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WakeKind {
    Unset,
    Next,
    Rest,
    Never,
}

macro_rules! tables {
    ($($(#[doc = $doc:literal])* $name:ident: $key:ty => $value:ty,)*) => {
        /// Committed rows.
        #[derive(Clone, Default)]
        pub(super) struct Tables {
            $($(#[doc = $doc])* $name: BTreeMap<$key, $value>,)*
        }

        /// The same with the changes of one transaction over them.
        pub(super) struct Layers<'a> {
            $($(#[doc = $doc])* pub(super) $name: Overlay<'a, $key, $value>,)*
        }

        /// Changes to commit.
        pub(super) struct Changes {
            $($name: BTreeMap<$key, Option<$value>>,)*
        }

        impl<'a> Layers<'a> {
            pub(super) fn new(base: &'a Tables) -> Self {
                Self { $($name: Overlay::new(&base.$name),)* }
            }

            pub(super) fn into_changes(self) -> Changes {
                Changes { $($name: self.$name.into_changes(),)* }
            }
        }

        impl Changes {
            pub(super) fn apply(self, tables: &mut Tables) {
                $(merge(self.$name, &mut tables.$name);)*
            }
        }
    };
}

tables! {
    /// By sequence.
    ledger: u64 => Arc<Entry>,
    /// Sequence by stream and revision.
    revisions: (StreamId, u64) => u64,
    state: StreamId => (StateRow, WakeKind),
    due: StreamId => (Timestamp, String),
    /// Index of `due`.
    due_times: (Timestamp, StreamId) => (),
    waits: (String, StreamId) => (),
    /// Index of `waits`.
    waits_of: (StreamId, String) => (),
    actions: ActionId => ActionRow,
    /// Index of `actions`, oldest first.
    queue: (u64, ActionId) => (),
    replies: CommandId => Reply,
    /// Index of `replies`.
    replies_expire: (Timestamp, CommandId) => (),
    models: (String, String) => String,
    blobs: Digest => Arc<[u8]>,
    quarantine: StreamId => String,
    tokens: Digest => TokenRow,
    /// By sequence.
    leaves: u64 => Digest,
    /// The only row: the right edge.
    tree: () => Frontier,
    /// By level and index.
    tiles: (u8, u64) => Vec<Digest>,
    /// By size.
    checkpoints: u64 => CheckpointRow,
    /// Since which entry.
    checkpoint_keys: String => u64,
}

fn merge<K: Ord, V>(changes: BTreeMap<K, Option<V>>, table: &mut BTreeMap<K, V>) {
    for (key, value) in changes {
        match value {
            Some(value) => drop(table.insert(key, value)),
            None => drop(table.remove(&key)),
        }
    }
}
