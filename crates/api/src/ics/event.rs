//! One event of the feed, as it is kept and compared: whatever changes in it is a change for those who subscribed.

use super::vtimezone::stamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tidegate_core::agenda::Kind;
use tidegate_core::refusal::Refusal;
use tidegate_core::time::Timestamp;

/// What is shown when nobody says otherwise: what people plan by. Days that every calendar has anyway are left out.
const USUAL: [Kind; 15] = [
    Kind::Window,
    Kind::Freeze,
    Kind::Departure,
    Kind::Slot,
    Kind::Deployment,
    Kind::Maintenance,
    Kind::Outage,
    Kind::Audit,
    Kind::Patch,
    Kind::Campaign,
    Kind::Peak,
    Kind::Vendor,
    Kind::Board,
    Kind::Batch,
    Kind::Booking,
];

/// One event, or one that repeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Kind, as the agenda calls it.
    pub kind: String,
    /// One line.
    pub title: String,
    /// What people typed and who; never part of a public feed.
    pub private: Vec<String>,
    /// Environments that it concerns; all when empty.
    pub environments: Vec<String>,
    /// Services that it concerns; all when empty.
    pub services: Vec<String>,
    /// When.
    pub when: When,
    /// Whether it was called off.
    pub cancelled: bool,
}

/// When it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// An instant.
    At(Timestamp),
    /// From an instant up to another.
    Within(Timestamp, Timestamp),
    /// A whole day wherever it is looked at.
    Day(Date),
    /// Again and again.
    Repeats(Repeats),
}

/// An event that repeats by what clocks show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeats {
    /// IANA zone.
    pub zone: String,
    /// Beginning of the first.
    pub start: DateTime,
    /// End of the first.
    pub end: DateTime,
    /// RFC 5545 rule.
    pub rule: String,
    /// Beginnings at which it does not happen.
    pub except: Vec<DateTime>,
    /// Beginnings at which clocks change, with the instants that are really meant: clients do not agree on them.
    pub exact: Vec<(DateTime, Timestamp, Timestamp)>,
}

impl Event {
    /// Its first instant; none when it repeats, and for days.
    pub fn start(&self) -> Option<Timestamp> {
        match self.when {
            When::At(at) | When::Within(at, _) => Some(at),
            When::Day(_) | When::Repeats(_) => None,
        }
    }

    /// The same, ended at `now` because it is there no more; none when nothing of it is left.
    pub fn ended(&self, now: Timestamp) -> Option<Self> {
        match self.when {
            When::Within(start, end) if start < now && now < end => Some(Self {
                when: When::Within(start, now),
                ..self.clone()
            }),
            _ => None,
        }
    }

    /// Whether it lies wholly before an instant.
    pub fn is_before(&self, at: Timestamp) -> bool {
        match &self.when {
            When::At(own) => *own < at,
            When::Within(_, end) => *end <= at,
            When::Day(day) => {
                stamp(day.to_datetime(jiff::civil::Time::midnight()))
                    < stamp(jiff::tz::TimeZone::UTC.to_datetime(at))
            }
            When::Repeats(_) => false,
        }
    }
}

/// Kinds by what people write in the address of a feed; those that are usual when nothing is written.
pub fn kinds(written: &[String]) -> Result<BTreeSet<&'static str>, Refusal> {
    let mut all = BTreeSet::new();
    for text in written {
        match text.as_str() {
            "train" => {
                all.insert(Kind::Departure.as_str());
            }
            "release" => all.extend([Kind::Slot.as_str(), Kind::Deployment.as_str()]),
            other => {
                let kind = Kind::named(other).ok_or_else(|| Refusal::Invalid {
                    because: format!("`{}` is no kind of the calendar", other.escape_default()),
                    help: format!("the kinds are train, release, {}", names().join(", ")),
                })?;
                all.insert(kind.as_str());
            }
        }
    }
    if written.is_empty() {
        all.extend(USUAL.map(Kind::as_str));
    }
    Ok(all)
}

fn names() -> Vec<&'static str> {
    Kind::ALL.iter().map(|kind| kind.as_str()).collect()
}
