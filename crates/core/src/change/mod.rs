//! What is asked of a change before it may go, and how far it is there.
//!
//! Everything here is worked out anew each time it is asked, from the configuration in force and what people said: nothing
//! that was once enough stays enough by itself. The stream `change` keeps what was said.

mod assess;
mod carries;
mod class;
pub mod criteria;
mod differs;
pub mod due;
mod emergency;
mod outlook;
mod party;
mod replay;
mod standing;
mod template;

pub use assess::{Assessment, Quiet, Required, Subject, assess, facts, is_governed, policies_for};
pub use carries::{Carried, between, carried};
pub use differs::differences;
pub use emergency::{Emergency, emergency};
pub use outlook::{Ballot, Outlook, outlook};
pub(crate) use party::of as parties_of;
pub use party::{Parties, parties};
pub use replay::{Past, replay};
pub(crate) use standing::matching;
pub use standing::{Count, Signature, Standing, Vote, impossible, standing};
pub use template::beginning;

use crate::id::{BadName, EnvId, ReleaseId};
use crate::model;
use crate::refusal::Refusal;
use crate::stream::change::Change;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Name of a change: `CHG-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChangeId(String);

const CHANGE: &str = "CHG-";

impl ChangeId {
    /// From its text.
    ///
    /// # Errors
    /// It does not look like `CHG-1`.
    pub fn new(text: &str) -> Result<Self, BadName> {
        let number = text.strip_prefix(CHANGE).and_then(|n| n.parse().ok());
        number
            .filter(|n: &u64| format!("{CHANGE}{n}") == text)
            .map(|_| Self(text.to_owned()))
            .ok_or_else(|| BadName {
                what: "change",
                text: text.to_owned(),
                rule: "it looks like `CHG-1`; `tidegate change list` shows those there are",
            })
    }

    /// The next one.
    #[must_use]
    pub fn next(view: &dyn View) -> Self {
        let taken = view.model(model::change::NUMBER, "");
        let last: u64 = taken.and_then(|n| n.parse().ok()).unwrap_or(0);
        Self(format!("{CHANGE}{}", last + 1))
    }

    /// Its number.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.0.strip_prefix(CHANGE)?.parse().ok()
    }

    /// The whole of it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for ChangeId {
    type Error = BadName;
    fn try_from(text: String) -> Result<Self, BadName> {
        Self::new(&text)
    }
}

impl From<ChangeId> for String {
    fn from(id: ChangeId) -> Self {
        id.0
    }
}

/// The newest change of a release in an environment; absent when there is none.
///
/// # Errors
/// Its stored state cannot be read.
pub fn of(
    view: &dyn View,
    release: &ReleaseId,
    env: &EnvId,
) -> Result<Option<(ChangeId, Change)>, Refusal> {
    let key = model::change::key(release, env);
    let Some(text) = view.model(model::change::NEWEST, &key) else {
        return Ok(None);
    };
    let id: ChangeId = serde_json::from_str(&text).map_err(|e| Refusal::Quarantined {
        stream: format!("change of {release} in {env}"),
        because: e.to_string(),
    })?;
    let change: Change = view.load(id.as_str())?;
    Ok(Some((id, change)))
}
