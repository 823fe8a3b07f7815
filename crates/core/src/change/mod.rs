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

use crate::id::{EnvId, ReleaseId};
use crate::model;
use crate::refusal::Refusal;
use crate::stream::change::Change;
use crate::view::View;
use std::sync::Arc;

crate::id::numbered!(
    ChangeId,
    "CHG-",
    "change",
    "tidegate change list",
    model::change::NUMBER,
    "Name of a change: `CHG-1`."
);

/// The newest change of a release in an environment; absent when there is none.
///
/// # Errors
/// Its stored state cannot be read.
pub fn of(
    view: &dyn View,
    release: &ReleaseId,
    env: &EnvId,
) -> Result<Option<(ChangeId, Arc<Change>)>, Refusal> {
    let key = model::change::key(release, env);
    let Some(text) = view.model(model::change::NEWEST, &key) else {
        return Ok(None);
    };
    let id: ChangeId = serde_json::from_str(&text).map_err(|e| Refusal::Quarantined {
        stream: format!("change of {release} in {env}"),
        because: e.to_string(),
    })?;
    let (_, change) = view.shared::<Change>(id.as_str())?;
    Ok(Some((id, change)))
}
