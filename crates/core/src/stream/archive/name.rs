//! Name of a hold.

use crate::id::BadName;
use crate::model::archive::NUMBER;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::fmt;

const PREFIX: &str = "HLD-";

/// Name of a hold: `HLD-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HoldId(String);

impl HoldId {
    /// From its text.
    ///
    /// # Errors
    /// It does not look like `HLD-1`.
    pub fn new(text: &str) -> Result<Self, BadName> {
        let number = text.strip_prefix(PREFIX).and_then(|n| n.parse().ok());
        number
            .filter(|n: &u64| format!("{PREFIX}{n}") == text)
            .map(|_| Self(text.to_owned()))
            .ok_or_else(|| BadName {
                what: "hold",
                text: text.to_owned(),
                rule: "it looks like `HLD-1`; `tidegate audit hold list` shows those there are",
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

impl fmt::Display for HoldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for HoldId {
    type Error = BadName;
    fn try_from(text: String) -> Result<Self, BadName> {
        Self::new(&text)
    }
}

impl From<HoldId> for String {
    fn from(id: HoldId) -> Self {
        id.0
    }
}
