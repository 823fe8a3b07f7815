//! When a deployment goes and how urgent it is: what `deploy` and `promote` take alike.

use super::session::Session;
use crate::exit::Failure;
use tidegate_client::wire::{Priority, Timestamp};
use tidegate_core::time::Millis;

/// When, and how urgent.
#[derive(Debug, Clone, clap::Args)]
pub struct Timing {
    /// Start at this instant, not before: `2026-12-01 10:00`, or RFC 3339; refused with 3 when it does not fit then
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// How urgent among those that wait for a place; `high` needs --reason [default: normal]
    #[arg(long, value_name = "low|normal|high", value_parser = priority)]
    priority: Option<Priority>,
    /// Give up when it has not started so long after its reserved time [default: 14d]
    #[arg(long, value_name = "TIME", value_parser = some_time)]
    expires: Option<Millis>,
}

fn priority(text: &str) -> Result<Priority, String> {
    match text {
        "low" => Ok(Priority::Low),
        "normal" => Ok(Priority::Normal),
        "high" => Ok(Priority::High),
        _ => Err("it is `low`, `normal` or `high`".to_owned()),
    }
}

fn some_time(text: &str) -> Result<Millis, String> {
    match Millis::parse(text)? {
        Millis::ZERO => Err("it would be given up at once".to_owned()),
        time => Ok(time),
    }
}

impl Timing {
    /// The instant, in the zone of the reader.
    ///
    /// # Errors
    /// It is none.
    pub fn at(&self, session: &Session) -> Result<Option<Timestamp>, Failure> {
        self.at
            .as_deref()
            .map(|text| session.instant(text))
            .transpose()
    }

    /// How urgent.
    pub fn priority(&self) -> Option<Priority> {
        self.priority
    }

    /// How long after its reserved time it is given up, in milliseconds.
    pub fn expires_ms(&self) -> Option<u64> {
        self.expires.map(|time| time.0)
    }
}
