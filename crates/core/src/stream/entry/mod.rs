//! Entry: something that people declare on the calendar: maintenance, an outage, an audit, a patch, a campaign, a peak, work of a
//! vendor, a sitting of a board, a booking.
//!
//! `Declared → Over` by time, `→ Cancelled` by a person; it may be moved while it is declared. What it holds back is judged by
//! the gates `calendar` and `booking` from the row of the read model; nothing here starts or stops work.

mod command;
mod decide;
mod event;
mod facts;

pub use command::{Command, Declared};
pub use decide::planned;
pub use event::Event;
pub use facts::{Consent, Effect, Facts, Kind, Source, When};

use crate::decider::{Ctx, Decider, Decision};
use crate::id::{Name, StreamId, StreamKind};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::view::View;
use serde::{Deserialize, Serialize};

/// Read model of entries that are declared, by id: the row is the state.
pub const ACTIVE: &str = "entry";
/// Read model of entries that are over or cancelled, by id.
pub const PAST: &str = "entry-past";
/// How many ids were made.
pub const COUNT: &str = "entry-count";
/// Most entries that may be declared at a time; gates read them all.
pub const MOST: usize = 2_000;
/// Fired by every change of an entry.
pub const TRIGGER: &str = "entries";

/// An entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Phase.
    pub phase: Phase,
}

/// Phase of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Does not exist.
    #[default]
    Absent,
    /// Stands on the calendar.
    Declared {
        /// What it is.
        facts: Box<Facts>,
    },
    /// Taken from the calendar.
    Cancelled {
        /// What it was.
        facts: Box<Facts>,
        /// Who.
        by: String,
        /// Why.
        because: String,
        /// When.
        at: Timestamp,
    },
    /// Its time has passed.
    Over {
        /// What it was.
        facts: Box<Facts>,
        /// When.
        at: Timestamp,
    },
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Declared { .. } => "declared",
            Self::Cancelled { .. } => "cancelled",
            Self::Over { .. } => "over",
        }
    }
    /// What it is or was.
    #[must_use]
    pub fn facts(&self) -> Option<&Facts> {
        match self {
            Self::Absent => None,
            Self::Declared { facts } | Self::Cancelled { facts, .. } | Self::Over { facts, .. } => {
                Some(facts)
            }
        }
    }
}

/// Every entry that is declared, by id.
///
/// # Errors
/// A row that cannot be read, or more rows than may be there: then it cannot be told what holds.
pub fn declared(view: &dyn View) -> Result<Vec<(Name, Facts)>, String> {
    let rows = view.scan(ACTIVE, "", MOST + 1);
    if rows.len() > MOST {
        return Err(format!("more than {MOST} entries stand on the calendar"));
    }
    let read = |(key, body): (String, String)| {
        let unreadable = |e: &dyn std::fmt::Display| format!("entry {key} cannot be read: {e}");
        let name = Name::new(key.clone()).map_err(|e| unreadable(&e))?;
        let entry: Entry = serde_json::from_str(&body).map_err(|e| unreadable(&e))?;
        match entry.phase {
            Phase::Declared { facts } => Ok((name, *facts)),
            phase => Err(unreadable(&phase.name())),
        }
    };
    rows.into_iter().map(read).collect()
}

/// The id of a new entry.
pub(crate) fn made(command: &Command, view: &dyn View) -> String {
    match command {
        Command::Declare { what, .. } => next_id(what.kind, view),
        // Refused: only what is declared is new.
        _ => "new".to_owned(),
    }
}

/// The next free id of a kind: `outage-3`.
#[must_use]
pub fn next_id(kind: Kind, view: &dyn View) -> String {
    let first = next_ids(kind, view).next();
    first.map_or_else(|| format!("{}-new", kind.as_str()), |id| id.to_string())
}

/// The next free ids of a kind, in the order in which they are given out.
pub fn next_ids(kind: Kind, view: &dyn View) -> impl Iterator<Item = Name> {
    let count = view.model(COUNT, "");
    let count: u64 = count.and_then(|text| text.parse().ok()).unwrap_or(0);
    // People may have chosen such a name themselves.
    let free = move |id: &Name| {
        let stream = StreamId::new(StreamKind::Entry, id.as_str());
        view.state(&stream).is_none()
    };
    let ids = (count + 1..).take(2 * MOST);
    ids.filter_map(move |n| Name::new(format!("{}-{n}", kind.as_str())).ok())
        .filter(free)
}

impl Decider for Entry {
    const KIND: StreamKind = StreamKind::Entry;
    const FOLD: u32 = 1;
    type Command = Command;
    type Event = Event;

    fn decide(&self, command: Command, cx: &Ctx<'_>) -> Result<Decision<Event>, Refusal> {
        decide::decide(self, command, cx)
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        match (&mut self.phase, event) {
            (phase, Event::Declared { facts }) => {
                *phase = Phase::Declared {
                    facts: facts.clone(),
                };
            }
            (
                Phase::Declared { facts },
                Event::Moved {
                    to,
                    title,
                    breaches,
                    sequence,
                    ..
                },
            ) => {
                facts.when = to.clone();
                facts.breaches.clone_from(breaches);
                if let Some(title) = title {
                    facts.title.clone_from(title);
                }
                if let (Some(source), Some(sequence)) = (&mut facts.source, sequence) {
                    source.sequence = *sequence;
                }
                facts.moved += 1;
                // What was consented to was another time.
                facts.consents.clear();
            }
            (
                Phase::Declared { facts },
                Event::Consented {
                    release,
                    by,
                    because,
                },
            ) => {
                facts.consents.retain(|c| c.release != *release);
                facts.consents.push(Consent {
                    release: release.clone(),
                    by: by.clone(),
                    because: because.clone(),
                    at,
                });
            }
            (Phase::Declared { facts }, Event::Withdrawn { release, .. }) => {
                facts.consents.retain(|c| c.release != *release);
            }
            (Phase::Declared { facts }, Event::Cancelled { by, because }) => {
                self.phase = Phase::Cancelled {
                    facts: facts.clone(),
                    by: by.clone(),
                    because: because.clone(),
                    at,
                };
            }
            (Phase::Declared { facts }, Event::Over {}) => {
                self.phase = Phase::Over {
                    facts: facts.clone(),
                    at,
                };
            }
            _ => {}
        }
    }
}
