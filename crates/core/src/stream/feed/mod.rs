//! Feed: a calendar of others that is read again and again, with the age at which what it said counts as no data.
//!
//! `Fresh → Stale` by time, `→ Fresh` when it is read again, `→ Ended` by a person. Its events are entries of their own
//! ([`super::entry`]); here stands only that it was read, so that an old calendar is never taken for an empty one. What is
//! held back by a stale one is judged by the gates `calendar` and `vendor`.

mod command;
mod decide;
mod event;

pub use command::{Command, Reading};
pub use event::Event;

use crate::decider::{Ctx, Decider, Decision};
use crate::digest::Digest;
use crate::id::{Name, StreamKind, TeamId};
use crate::refusal::Refusal;
use crate::spec::{Scope, Spec};
use crate::stream::entry::{Effect, Kind};
use crate::time::{Millis, Timestamp};
use crate::view::View;
use serde::{Deserialize, Serialize};

/// Read model of feeds that have not ended, by id: the row is the state.
pub const ACTIVE: &str = "feed";
/// Most feeds; gates read them all.
pub const MOST: usize = 500;
/// Fired by every change of a feed.
pub const TRIGGER: &str = "feeds";

/// A calendar of others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// Phase.
    pub phase: Phase,
}

/// Phase of a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Was never read.
    #[default]
    Absent,
    /// Was read lately enough.
    Fresh {
        /// What it is.
        facts: Box<Facts>,
    },
    /// Was not read for longer than it stays fresh.
    Stale {
        /// What it is.
        facts: Box<Facts>,
        /// Since when.
        since: Timestamp,
    },
    /// Is not read any more.
    Ended {
        /// What it was.
        facts: Box<Facts>,
        /// Who.
        by: String,
        /// Why.
        because: String,
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
            Self::Fresh { .. } => "fresh",
            Self::Stale { .. } => "stale",
            Self::Ended { .. } => "ended",
        }
    }
    /// What it is or was.
    #[must_use]
    pub fn facts(&self) -> Option<&Facts> {
        match self {
            Self::Absent => None,
            Self::Fresh { facts } | Self::Stale { facts, .. } | Self::Ended { facts, .. } => {
                Some(facts)
            }
        }
    }
}

/// What is known of a feed since it was read last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Name of the calendar, as people gave it.
    pub calendar: String,
    /// What its events are.
    pub kind: Kind,
    /// What they do.
    pub effect: Effect,
    /// What they concern.
    pub scope: Scope,
    /// Team that answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<TeamId>,
    /// The third party whose calendar it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Name>,
    /// How long what was read counts, as declared or configured when it was read; for ever when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_for: Option<Millis>,
    /// How many events were read.
    pub events: u32,
    /// How many could not be.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub broken: u32,
    /// Digest of what was read.
    pub text: Digest,
    /// When that text came for the first time.
    pub changed: Timestamp,
    /// Who read it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Facts {
    /// How long it counts by the configuration in force: what its vendor says, else what was declared with it.
    #[must_use]
    pub fn counts_for(&self, spec: &Spec) -> Option<Millis> {
        let vendor = self.vendor.as_ref().and_then(|name| spec.vendors.get(name));
        vendor
            .and_then(|vendor| vendor.calendar_fresh_for)
            .or(self.fresh_for)
    }

    /// From when on it counts as no data, by the configuration in force.
    #[must_use]
    pub fn stale_from(&self, spec: &Spec) -> Option<Timestamp> {
        Some(self.counts_for(spec)?.after(self.at))
    }

    /// How it is read again.
    #[must_use]
    pub fn again(&self) -> String {
        let vendor = self.vendor.as_ref();
        let vendor = vendor.map_or_else(String::new, |name| format!(" --vendor {name}"));
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let calendar = match self.calendar.chars().all(plain) {
            true => self.calendar.clone(),
            false => format!("\"{}\"", self.calendar),
        };
        format!(
            "tidegate calendar import … --as {}{vendor} --calendar {calendar}",
            self.kind.as_str(),
        )
    }
}

/// The id of the feed of a calendar: its kind and its name, as far as ids take them, told apart where that is not all.
#[must_use]
pub fn id(kind: Kind, calendar: &str) -> Option<Name> {
    let plain: String = calendar
        .chars()
        .map(|c| match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9') => c,
            _ => '-',
        })
        .collect();
    let short: String = plain.trim_matches('-').chars().take(40).collect();
    let short = short.trim_end_matches('-');
    let exact = short == calendar;
    let text = format!("{}-{short}", kind.as_str());
    if exact {
        return Name::new(text).ok();
    }
    let digest = Digest::of(calendar.as_bytes()).to_string();
    let tail: String = digest
        .trim_start_matches("sha256:")
        .chars()
        .take(8)
        .collect();
    let text = text.trim_end_matches('-');
    Name::new(format!("{text}-{tail}")).ok()
}

/// Every feed that has not ended, by id.
///
/// # Errors
/// A row that cannot be read, or more rows than may be there: then it cannot be told what holds.
pub fn all(view: &dyn View) -> Result<Vec<(Name, Facts)>, String> {
    let rows = view.scan(ACTIVE, "", MOST + 1);
    if rows.len() > MOST {
        return Err(format!("there are more than {MOST} feeds"));
    }
    let read = |(key, body): (String, String)| {
        let unreadable = |e: &dyn std::fmt::Display| format!("feed {key} cannot be read: {e}");
        let name = Name::new(key.clone()).map_err(|e| unreadable(&e))?;
        let feed: Feed = serde_json::from_str(&body).map_err(|e| unreadable(&e))?;
        match feed.phase {
            Phase::Fresh { facts } | Phase::Stale { facts, .. } => Ok((name, *facts)),
            phase => Err(unreadable(&phase.name())),
        }
    };
    rows.into_iter().map(read).collect()
}

impl Decider for Feed {
    const KIND: StreamKind = StreamKind::Feed;
    const FOLD: u32 = 1;
    type Command = Command;
    type Event = Event;

    fn decide(&self, command: Command, cx: &Ctx<'_>) -> Result<Decision<Event>, Refusal> {
        decide::decide(self, command, cx)
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        match (&mut self.phase, event) {
            (phase, Event::Read { facts }) => {
                *phase = Phase::Fresh {
                    facts: facts.clone(),
                };
            }
            (Phase::Fresh { facts }, Event::WentStale { .. }) => {
                let facts = facts.clone();
                self.phase = Phase::Stale { facts, since: at };
            }
            (Phase::Fresh { facts } | Phase::Stale { facts, .. }, Event::Ended { by, because }) => {
                self.phase = Phase::Ended {
                    facts: facts.clone(),
                    by: by.clone(),
                    because: because.clone(),
                    at,
                };
            }
            _ => {}
        }
    }
}
