//! Name of a meeting: its board and the day on which it is.

use crate::id::{BadName, Name};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Name of a meeting: `weekly-cab/2026-11-25`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MeetingId {
    /// Board.
    pub board: Name,
    /// Day, in the zone of the board.
    pub day: Date,
}

impl MeetingId {
    /// From its parts.
    #[must_use]
    pub fn new(board: Name, day: Date) -> Self {
        Self { board, day }
    }

    /// Key of its stream and of its row.
    #[must_use]
    pub fn key(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for MeetingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.board, self.day)
    }
}

impl std::str::FromStr for MeetingId {
    type Err = BadName;
    fn from_str(text: &str) -> Result<Self, BadName> {
        let bad = || BadName {
            what: "meeting",
            text: text.to_owned(),
            rule: "write it as board and day, for example `weekly-cab/2026-11-25`",
        };
        let (board, day) = text.split_once('/').ok_or_else(bad)?;
        Ok(Self {
            board: Name::new(board)?,
            day: day.parse().map_err(|_| bad())?,
        })
    }
}

impl TryFrom<String> for MeetingId {
    type Error = BadName;
    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl From<MeetingId> for String {
    fn from(id: MeetingId) -> Self {
        id.to_string()
    }
}
