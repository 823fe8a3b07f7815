//! What a value may look like.

use super::Leaf;

/// Shape of a value.
#[derive(Debug)]
pub enum Shape {
    /// A scalar.
    Leaf(&'static Leaf),
    /// One of a few words.
    Word(&'static [Word]),
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Count {
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
    },
    /// Name of something written elsewhere.
    Ref(Ref),
    /// A list.
    List(&'static Shape),
    /// A list that may be empty: `[]` says that nothing is asked for.
    AnyNumber(&'static Shape),
    /// A list, or one item without the brackets.
    OneOrMore(&'static Shape),
    /// A map with free keys.
    Map(KeyRule, &'static Shape),
    /// A map with known keys.
    Table(&'static Table),
    /// A scalar of the first shape, or else a list or map of the second.
    Either(&'static Shape, &'static Shape),
    /// Anything; this version does not look into it.
    Any,
}

/// What a reference leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ref {
    /// A service.
    Service,
    /// An environment.
    Environment,
    /// A pipeline.
    Pipeline,
    /// A strategy.
    Strategy,
    /// An analysis.
    Analysis,
    /// A team.
    Team,
    /// A window.
    Window,
    /// A business unit.
    Unit,
}

impl Ref {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Environment => "environment",
            Self::Pipeline => "pipeline",
            Self::Strategy => "strategy",
            Self::Analysis => "analysis",
            Self::Team => "team",
            Self::Window => "window",
            Self::Unit => "unit",
        }
    }
}

/// What the free keys of a map are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRule {
    /// A new name.
    Name,
    /// A name written elsewhere.
    Ref(Ref),
    /// A tier, an environment, or `default`.
    Where,
    /// An environment variable.
    Variable,
    /// Any text.
    Text,
}

/// How far this version goes with a key, word or kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// All the way.
    Full,
    /// It restricts, and this version cannot enforce it: refused.
    Restricts,
    /// It restricts nothing, and this version does nothing with it: warned.
    Informs,
}

/// A word.
#[derive(Debug)]
pub struct Word {
    /// As written.
    pub text: &'static str,
    /// What it is, when this version does not act on it.
    pub doc: &'static str,
    /// Support.
    pub support: Support,
}

impl Word {
    /// A word this version acts on.
    #[must_use]
    pub const fn full(text: &'static str) -> Self {
        Self {
            text,
            doc: "",
            support: Support::Full,
        }
    }
    /// A word with less support.
    #[must_use]
    pub const fn limited(text: &'static str, doc: &'static str, support: Support) -> Self {
        Self { text, doc, support }
    }
}

/// A map with known keys.
#[derive(Debug)]
pub struct Table {
    /// In a message: "unknown key `x` in a service".
    pub what: &'static str,
    /// In a label: "not a key of `service`".
    pub of: &'static str,
    /// Keys.
    pub keys: &'static [Key],
}

/// A known key.
#[derive(Debug)]
pub struct Key {
    /// Name.
    pub name: &'static str,
    /// Its value.
    pub shape: &'static Shape,
    /// Whether it must be there.
    pub required: bool,
    /// Support.
    pub support: Support,
    /// One sentence for people, Markdown.
    pub doc: &'static str,
    /// One or two lines as they are written.
    pub example: &'static str,
}

impl Key {
    /// An optional key.
    #[must_use]
    pub const fn new(
        name: &'static str,
        shape: &'static Shape,
        doc: &'static str,
        example: &'static str,
    ) -> Self {
        Self {
            name,
            shape,
            required: false,
            support: Support::Full,
            doc,
            example,
        }
    }
    /// It must be there.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
    /// It restricts and is not enforced.
    #[must_use]
    pub const fn restricts(name: &'static str, doc: &'static str, example: &'static str) -> Self {
        Self {
            name,
            shape: &Shape::Any,
            required: false,
            support: Support::Restricts,
            doc,
            example,
        }
    }
    /// It informs and is not used.
    #[must_use]
    pub const fn informs(name: &'static str, doc: &'static str, example: &'static str) -> Self {
        Self {
            name,
            shape: &Shape::Any,
            required: false,
            support: Support::Informs,
            doc,
            example,
        }
    }
    /// It informs and is not used, but some of its keys restrict.
    #[must_use]
    pub const fn informs_as(
        name: &'static str,
        shape: &'static Shape,
        doc: &'static str,
        example: &'static str,
    ) -> Self {
        Self {
            name,
            shape,
            required: false,
            support: Support::Informs,
            doc,
            example,
        }
    }
}

impl Table {
    /// A key by name.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|k| k.name == name)
    }
}
