//! The calendar.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{Calendar, Conflicts, NextSlots, Page, Standing, Timestamp, Window};

/// Which part of the calendar is wanted. What is empty narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalendarQuery {
    /// First instant; now when absent.
    pub from: Option<Timestamp>,
    /// First instant after it; two weeks later when absent.
    pub until: Option<Timestamp>,
    /// Only of these environments.
    pub environments: Vec<String>,
    /// Only of these services.
    pub services: Vec<String>,
    /// Only of services of these teams.
    pub teams: Vec<String>,
    /// Only these kinds.
    pub kinds: Vec<String>,
}

/// What is to be placed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SlotQuery {
    /// Services.
    pub services: Vec<String>,
    /// Environments.
    pub environments: Vec<String>,
    /// How long one takes, for example `45m`; what the next deployment would take when absent.
    pub length: Option<String>,
    /// Not before this instant; now when absent.
    pub from: Option<Timestamp>,
    /// How many slots; three when absent.
    pub limit: Option<usize>,
}

/// Names with commas between them; nothing when there is none.
fn list(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| names.join(","))
}

fn narrowed(noun: &str, wanted: &CalendarQuery) -> Path {
    Path::new(noun)
        .query("from", wanted.from)
        .query("until", wanted.until)
        .query("environment", list(&wanted.environments))
        .query("service", list(&wanted.services))
        .query("team", list(&wanted.teams))
}

impl Client {
    /// What is on the calendar.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn calendar(&self, wanted: &CalendarQuery) -> Result<Calendar, Error> {
        let path = narrowed("calendar", wanted).query("kinds", list(&wanted.kinds));
        self.get(&path.end()).await
    }

    /// What collides on the calendar. Kinds narrow nothing here.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn conflicts(&self, wanted: &CalendarQuery) -> Result<Conflicts, Error> {
        self.get(&narrowed("calendar/conflicts", wanted).end())
            .await
    }

    /// When whole operations fit.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn next_slots(&self, wanted: &SlotQuery) -> Result<NextSlots, Error> {
        let path = Path::new("calendar/next-slots")
            .query("service", list(&wanted.services))
            .query("environment", list(&wanted.environments))
            .query("for", wanted.length.as_deref())
            .query("from", wanted.from)
            .query("limit", wanted.limit);
        self.get(&path.end()).await
    }

    /// The hours of every window.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn windows(&self) -> Result<Page<Window>, Error> {
        self.get("/api/v1/windows").await
    }

    /// Whether work may start in an environment at an instant, now when absent, as far as the calendar goes.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is no such environment.
    pub async fn standing(
        &self,
        environment: &str,
        at: Option<Timestamp>,
    ) -> Result<Standing, Error> {
        let path = Path::new("environments")
            .segment(environment)
            .segment("standing")
            .query("at", at);
        self.get(&path.end()).await
    }
}
