//! Calendar feeds; for administrators.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{CalendarFeed, CalendarFeedRequest, NewCalendarFeed, Page};

impl Client {
    /// Makes a feed. Its address is in this answer and never again.
    ///
    /// # Errors
    /// See [`Error`]; 409 when the name is taken.
    pub async fn create_calendar_feed(
        &self,
        request: &CalendarFeedRequest,
    ) -> Result<NewCalendarFeed, Error> {
        self.post("/api/v1/calendar/feeds", request, None).await
    }

    /// All feeds without their addresses, by name.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn calendar_feeds(&self) -> Result<Page<CalendarFeed>, Error> {
        self.get("/api/v1/calendar/feeds").await
    }

    /// Ends a feed at once; the reason is kept in the audit trail.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none of this name.
    pub async fn revoke_calendar_feed(
        &self,
        name: &str,
        reason: Option<&str>,
    ) -> Result<(), Error> {
        let path = Path::new("calendar").segment("feeds").segment(name);
        let path = path.query("reason", reason);
        self.delete(&path.end()).await
    }
}
