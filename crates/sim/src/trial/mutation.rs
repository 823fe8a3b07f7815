//! The defences that can be switched off in a trial, one at a time: a checker that never failed proves nothing.

/// One defence that is switched off, to see that the checkers notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutation {
    /// The target takes work of an older generation.
    Fence,
    /// Work that is leased anew keeps its number.
    Epoch,
    /// The answer to a command is not looked up when it comes again.
    Replies,
    /// The target does not look whether work was done before it does it.
    Records,
    /// A commit is answered before it is on disk.
    Sync,
    /// Entries are written after the states they explain.
    Audit,
}

impl Mutation {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Fence,
        Self::Epoch,
        Self::Replies,
        Self::Records,
        Self::Sync,
        Self::Audit,
    ];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fence => "fence",
            Self::Epoch => "epoch",
            Self::Replies => "replies",
            Self::Records => "records",
            Self::Sync => "sync",
            Self::Audit => "audit",
        }
    }
}
