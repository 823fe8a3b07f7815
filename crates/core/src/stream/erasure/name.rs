//! Name of an erasure.

use crate::id::BadName;
use crate::model::erasure::NUMBER;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::fmt;

const PREFIX: &str = "ERS-";

/// Name of an erasure: `ERS-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ErasureId(String);

impl ErasureId {
    /// From its text.
    ///
    /// # Errors
    /// It does not look like `ERS-1`.
    pub fn new(text: &str) -> Result<Self, BadName> {
        let number = text.strip_prefix(PREFIX).and_then(|n| n.parse().ok());
        number
            .filter(|n: &u64| format!("{PREFIX}{n}") == text)
            .map(|_| Self(text.to_owned()))
            .ok_or_else(|| BadName {
                what: "erasure",
                text: text.to_owned(),
                rule: "it looks like `ERS-1`; `tidegate audit erasures` shows those there are",
            })
    }

    /// The next one.
    #[must_use]
    pub fn next(view: &dyn View) -> Self {
        let taken = view.model(NUMBER, "");
        let last: u64 = taken.and_then(|n| n.parse().ok()).unwrap_or(0);
        Self(format!("{PREFIX}{}", last + 1))
    }

    /// Its number.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.0.strip_prefix(PREFIX)?.parse().ok()
    }

    /// The whole of it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ErasureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for ErasureId {
    type Error = BadName;
    fn try_from(text: String) -> Result<Self, BadName> {
        Self::new(&text)
    }
}

impl From<ErasureId> for String {
    fn from(id: ErasureId) -> Self {
        id.0
    }
}
