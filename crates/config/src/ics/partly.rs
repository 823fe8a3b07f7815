//! A file of which some events cannot be read: those are left out, each with its line and the reason, and the others are taken.
//!
//! With a broken event everything of its UID is left out: an occurrence that was moved and cannot be read must not appear at the time
//! it was moved from.

use super::{Event, Ics, IcsError, Item, Reach, component};
use std::collections::BTreeSet;
use tidegate_core::calendar::Zone;

/// Most events of a file that may be broken; beyond that the file is.
const MOST: usize = 100;

/// An event that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Its UID, when that can be told.
    pub uid: Option<String>,
    /// What is wrong with it, and where.
    pub error: IcsError,
}

impl Ics {
    /// [`Ics::read`], without the events that cannot be read: they are told in [`Ics::broken`].
    ///
    /// # Errors
    /// What is wrong with the file itself, or too many events that cannot be read.
    pub fn read_partly(text: &str, floating: &Zone) -> Result<Self, IcsError> {
        component::calendar(text, floating, true)
    }

    /// [`Ics::items`], without the events that cannot be followed: they are told in [`Ics::broken`].
    ///
    /// # Errors
    /// More occurrences than are wanted, or too many events that cannot be followed.
    pub fn items_partly(&mut self, floating: &Zone, reach: Reach) -> Result<Vec<Item>, IcsError> {
        let mut broken = Vec::new();
        let mut items = self.items_or(floating, reach, |event: &Event, error| {
            let uid = event.uid.clone();
            broken.push(Broken { uid, error });
            Ok(())
        })?;
        self.broken.extend(broken);
        self.without_broken()?;
        items.retain(|item| !self.is_broken(item.uid.as_deref()));
        Ok(items)
    }

    /// Whether something of this UID could not be read.
    #[must_use]
    pub fn is_broken(&self, uid: Option<&str>) -> bool {
        uid.is_some()
            && self
                .broken
                .iter()
                .any(|broken| broken.uid.as_deref() == uid)
    }

    pub(super) fn without_broken(&mut self) -> Result<(), IcsError> {
        if let Some(one) = self.broken.get(MOST) {
            return Err(IcsError::new(
                one.error.line,
                format!(
                    "more than {MOST} events cannot be read, the last is: {}",
                    one.error.what
                ),
                one.error.help.clone(),
            ));
        }
        let uids: BTreeSet<&str> = self
            .broken
            .iter()
            .filter_map(|b| b.uid.as_deref())
            .collect();
        let lost = |event: &Event| event.uid.as_deref().is_some_and(|uid| uids.contains(uid));
        self.events.retain(|event| !lost(event));
        Ok(())
    }
}
