//! What freezes and exceptions are called, which of them hold, and what a new one would do.
//!
//! Planned freezes are configuration, declared ones are streams; gates and rollouts see both through this module.

mod authority;
mod found;
mod preview;

pub use authority::{Deciders, deciders};
pub use found::{Found, Unknown, ahead, declared, exceptions, found};
pub use preview::{Affected, Effect, affected};

use crate::id::{BadName, Name};
use crate::refusal::Refusal;
use crate::spec::{FreezePolicy, Scope, Spec};
use crate::stream::freeze::Freeze;
use crate::time::Timestamp;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Name of a freeze that a person declared, such as `FRZ-quarter-close` or `FRZ-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FreezeId(String);

const FREEZE: &str = "FRZ-";

impl FreezeId {
    /// From its name, with or without `FRZ-`.
    ///
    /// # Errors
    /// What stands behind it is not a name.
    pub fn new(text: &str) -> Result<Self, BadName> {
        let name = Name::new(text.strip_prefix(FREEZE).unwrap_or(text))?;
        Ok(Self(format!("{FREEZE}{name}")))
    }

    /// The next one that nobody named.
    #[must_use]
    pub fn next(view: &dyn View) -> Self {
        let taken = view.model(crate::model::freeze::NUMBER, "");
        let last: u64 = taken.and_then(|n| n.parse().ok()).unwrap_or(0);
        Self(format!("{FREEZE}{}", last + 1))
    }

    /// Its number, when it has one instead of a name.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.name().parse().ok()
    }

    /// What stands behind `FRZ-`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.strip_prefix(FREEZE).unwrap_or(&self.0)
    }

    /// The whole of it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

crate::id::numbered!(
    ExceptionId,
    "EXC-",
    "exception",
    "tidegate exception list",
    crate::model::exception::NUMBER,
    "Name of an exception: `EXC-1`."
);

impl fmt::Display for FreezeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for FreezeId {
    type Error = BadName;
    fn try_from(text: String) -> Result<Self, BadName> {
        Self::new(&text)
    }
}

impl From<FreezeId> for String {
    fn from(id: FreezeId) -> String {
        id.0
    }
}

/// One certain freeze. A declared one that ended and is declared again under the same name is another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FreezeRef {
    /// Of the configuration.
    Configured {
        /// Its name.
        name: Name,
    },
    /// Declared by a person.
    Declared {
        /// Its id.
        id: FreezeId,
        /// When it was declared.
        declared: Timestamp,
    },
}

impl FreezeRef {
    /// Dotted path of the configuration behind it.
    #[must_use]
    pub fn rule(&self) -> Option<String> {
        match self {
            Self::Configured { name } => Some(format!("freezes.{name}")),
            Self::Declared { .. } => None,
        }
    }

    /// What fires when it changes.
    #[must_use]
    pub fn trigger(&self) -> String {
        match self {
            Self::Configured { .. } => "config".to_owned(),
            Self::Declared { id, .. } => format!("freeze/{id}"),
        }
    }
}

impl fmt::Display for FreezeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configured { name } => name.fmt(f),
            Self::Declared { id, .. } => id.fmt(f),
        }
    }
}

/// A freeze that is configured or declared and has not been lifted.
#[derive(Debug, Clone)]
pub struct Known {
    /// Which.
    pub which: FreezeRef,
    /// Why, for people.
    pub why: String,
    /// What it concerns.
    pub scope: Scope,
    /// What may go all the same.
    pub policy: FreezePolicy,
}

/// The freeze that people call `name`: `quarter-close` of the configuration, else `FRZ-quarter-close`.
///
/// # Errors
/// There is none, or its state cannot be read.
pub fn named(name: &str, spec: &Spec, view: &dyn View) -> Result<Known, Refusal> {
    if let Some((name, freeze)) = Name::new(name)
        .ok()
        .and_then(|n| spec.freezes.get_key_value(&n))
    {
        return Ok(Known {
            which: FreezeRef::Configured { name: name.clone() },
            why: freeze.why.clone(),
            scope: freeze.scope.clone(),
            policy: freeze.policy.clone(),
        });
    }
    let missing = || Refusal::NotFound {
        what: "freeze".to_owned(),
        name: name.to_owned(),
    };
    let id = FreezeId::new(name).map_err(|_| missing())?;
    let freeze: Freeze = view.load(id.as_str())?;
    let known = freeze.in_force().ok_or_else(missing)?;
    Ok(known)
}

/// The same freeze as it stands now; none when it was lifted, ended or taken out of the configuration.
///
/// # Errors
/// Its state cannot be read.
pub fn present(which: &FreezeRef, spec: &Spec, view: &dyn View) -> Result<Option<Known>, Refusal> {
    let found = match named(&which.to_string(), spec, view) {
        Ok(found) => found,
        Err(Refusal::NotFound { .. }) => return Ok(None),
        Err(other) => return Err(other),
    };
    Ok(Some(found).filter(|found| found.which == *which))
}
