//! Forecast: the product's own engine goes on from a real ledger, on a branch of it, with the clock running ahead.
//!
//! The world around it is a model, and a plain one: what was asked for in the quarter before is asked for again at the same weekday and
//! hour, people answer as fast as they did, programs behave as they did, agents are always there. So it says what the calendar, the rules and the
//! places do to the work there is, not what will happen. Nothing is drawn by chance: the same ledger gives the same forecast. It
//! writes nothing and decides nothing in production.

mod before;
mod course;
mod demand;
mod journey;
mod people;

pub use before::Before;
pub use course::Course;
pub use demand::Unasked;
pub use journey::{End, Held, Journey, Wait};
pub(crate) use people::says_yes;

use crate::world::Trouble;
use std::sync::Arc;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{Origins, Spec};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_engine::Engine;

/// Weeks that are asked for again: a quarter, so that each day stays its weekday.
pub const WEEKS: i64 = 13;
/// How long people are said to take where the ledger knows no yes.
pub const ASSUMED: Millis = Millis::minutes(4 * 60);

/// What is asked.
pub struct Question<'a> {
    /// How far ahead.
    pub until: Timestamp,
    /// Whether the requests of the quarter before come again, or only what is open is carried on.
    pub repeat: bool,
    /// How fast people answer.
    pub answers: Answers,
    /// Another configuration, in force from the first instant.
    pub proposed: Option<(Spec, Origins)>,
    /// Asked often: true when nobody waits for the answer any longer.
    pub give_up: &'a dyn Fn() -> bool,
}

/// How fast people say yes once they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// As in the quarter before: the median.
    AsBefore,
    /// After so long.
    After(Millis),
    /// Never.
    Never,
}

/// What would happen.
#[derive(Debug, Clone)]
pub struct Forecast {
    /// The ledger's newest entry when it began.
    pub seq: u64,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// What the quarter before showed.
    pub before: Before,
    /// Under the configuration in force.
    pub in_force: Course,
    /// Under the other configuration.
    pub proposed: Option<Course>,
}

/// Why there is no forecast.
#[derive(Debug, thiserror::Error)]
pub enum NoForecast {
    /// The question makes no sense, or the proposed configuration is refused.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The world stopped turning.
    #[error("{0}")]
    Trouble(#[from] Trouble),
}

/// Go on from `engine`'s ledger as it is now. Takes some milliseconds of processor time for each entry that is written on the way.
///
/// # Errors
/// Why there is none.
pub fn forecast(engine: &Engine, question: &Question<'_>) -> Result<Forecast, NoForecast> {
    let snapshot = Arc::new(engine.snapshot().map_err(Trouble::from)?);
    let in_force = engine.in_force();
    let from = engine.now();
    let seq = snapshot.head().seq;
    let before = before::read(&snapshot, &in_force.spec, from)?;
    let lasting = match question.answers {
        Answers::Never => None,
        Answers::After(lasting) => Some(lasting),
        Answers::AsBefore => Some(before.answered_after.unwrap_or(ASSUMED)),
    };
    let asked = course::Asked {
        engine,
        snapshot: &snapshot,
        until: question.until,
        requests: match question.repeat {
            true => &before.requests,
            false => &[],
        },
        lasting,
        give_up: question.give_up,
    };
    let now = course::run(&asked, &in_force.spec, None)?;
    let proposed = match &question.proposed {
        None => None,
        Some((spec, origins)) => Some(course::run(&asked, spec, Some(origins))?),
    };
    Ok(Forecast {
        seq,
        from,
        until: question.until,
        before,
        in_force: now,
        proposed,
    })
}
