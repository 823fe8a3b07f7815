//! What is asked of the calendar, checked before anything is looked up.

use super::Kind;
use crate::calendar::Span;
use crate::id::{EnvId, ServiceId, TeamId};
use crate::refusal::Refusal;
use crate::spec::Spec;
use crate::time::{Millis, Timestamp};

/// Longest stretch of one question, in days; gates look no further ahead.
pub const LONGEST_DAYS: u64 = 400;
/// Most items of one answer.
pub const MOST_ITEMS: usize = 5_000;

/// Which part of the calendar is wanted. What is empty narrows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// From when until when.
    pub time: Span,
    /// Only what concerns one of these environments.
    pub environments: Vec<EnvId>,
    /// Only what concerns one of these services.
    pub services: Vec<ServiceId>,
    /// Only what concerns a service of one of these teams.
    pub teams: Vec<TeamId>,
    /// Only these kinds.
    pub kinds: Vec<Kind>,
    /// Most items.
    pub most: usize,
}

impl Question {
    /// Everything between two instants.
    ///
    /// # Errors
    /// It ends before it begins, or is longer than [`LONGEST_DAYS`].
    pub fn between(from: Timestamp, until: Timestamp) -> Result<Self, Refusal> {
        let invalid = |because: String, help: &str| Refusal::Invalid {
            because,
            help: help.to_owned(),
        };
        let time = Span::new(from, until).ok_or_else(|| {
            invalid(
                format!("the calendar cannot end at {until}, before it begins at {from}"),
                "name an end that is later than the beginning",
            )
        })?;
        if time.length() > Millis(LONGEST_DAYS * 86_400_000) {
            return Err(invalid(
                format!(
                    "the calendar is shown for at most {LONGEST_DAYS} days, not {}",
                    time.length()
                ),
                "ask for a shorter time, then for the time after it",
            ));
        }
        Ok(Self {
            time,
            environments: Vec::new(),
            services: Vec::new(),
            teams: Vec::new(),
            kinds: Vec::new(),
            most: MOST_ITEMS,
        })
    }

    /// Whether everything that it names is configured.
    ///
    /// # Errors
    /// The first name that is not.
    pub fn known_to(&self, spec: &Spec) -> Result<(), Refusal> {
        let missing = |what: &str, name: String| Refusal::NotFound {
            what: what.to_owned(),
            name,
        };
        if let Some(name) = self
            .environments
            .iter()
            .find(|e| !spec.environments.contains_key(*e))
        {
            return Err(missing("environment", name.to_string()));
        }
        if let Some(name) = self
            .services
            .iter()
            .find(|s| !spec.services.contains_key(*s))
        {
            return Err(missing("service", name.to_string()));
        }
        match self.teams.iter().find(|t| !spec.teams.contains_key(*t)) {
            Some(name) => Err(missing("team", name.to_string())),
            None => Ok(()),
        }
    }
}
