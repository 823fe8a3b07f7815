//! The tree.

use std::ops::Range;
use std::sync::Arc;

/// A place in a file: bytes for tools, line and column (both from 1, columns in characters) for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Path of the file.
    pub file: Arc<str>,
    /// Byte range in the file's text.
    pub span: Range<usize>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// A value with its place. The place of a map or list that runs over several lines ends with its first line.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it stands.
    pub spot: Spot,
    /// What it is.
    pub tree: Tree,
}

/// What a node is.
#[derive(Debug, Clone)]
pub enum Tree {
    /// A scalar as written, after unquoting.
    Scalar {
        /// Text.
        text: String,
        /// Written without quotes and not as a block, so that YAML readers give it a type.
        plain: bool,
    },
    /// A sequence.
    List(Vec<Node>),
    /// A mapping; every key is a scalar and occurs once.
    Map(Vec<Entry>),
}

/// One key with its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Key.
    pub key: String,
    /// Place of the key.
    pub spot: Spot,
    /// Whether the key was written without quotes.
    pub plain: bool,
    /// Value.
    pub value: Node,
}

impl Node {
    /// Value of a key, when this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|e| e.key == key)
            .map(|e| &e.value)
    }

    /// Entries of a map, else none.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match &self.tree {
            Tree::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Items of a list; a scalar counts as a list of one.
    #[must_use]
    pub fn items(&self) -> &[Node] {
        match &self.tree {
            Tree::List(items) => items,
            Tree::Scalar { .. } => std::slice::from_ref(self),
            Tree::Map(_) => &[],
        }
    }

    /// Text of a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.tree {
            Tree::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }
}
