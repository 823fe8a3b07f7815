//! Entries of the calendar, vendors and constraints.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{
    CalendarEntry, ConsentRequest, EntryMove, EntryProposal, EntryRequest, Legacy, Page, Reason,
    Vendor,
};

impl Client {
    /// Entries of the calendar, of one kind or all; with `past` also those that are over or cancelled.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn entries(
        &self,
        kind: Option<&str>,
        past: bool,
    ) -> Result<Page<CalendarEntry>, Error> {
        let path = Path::new("calendar/entries")
            .query("kind", kind)
            .query("past", past.then_some(true));
        self.get(&path.end()).await
    }

    /// One entry.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn entry(&self, id: &str) -> Result<CalendarEntry, Error> {
        self.get(&Path::new("calendar/entries").segment(id).end())
            .await
    }

    /// What [`Self::declare_entry`] would do to planned work; changes nothing.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn entry_proposal(&self, request: &EntryRequest) -> Result<EntryProposal, Error> {
        let path = Path::new("calendar/entries").query("dry_run", Some(true));
        self.post(&path.end(), request, None).await
    }

    /// Puts something on the calendar.
    ///
    /// # Errors
    /// See [`Error`]; 409 when what was accepted is no longer what would happen.
    pub async fn declare_entry(
        &self,
        request: &EntryRequest,
        key: &str,
    ) -> Result<CalendarEntry, Error> {
        self.post("/api/v1/calendar/entries", request, Some(key))
            .await
    }

    /// What [`Self::move_entry`] would do to planned work; changes nothing.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn move_proposal(
        &self,
        id: &str,
        request: &EntryMove,
    ) -> Result<EntryProposal, Error> {
        let path = Path::new("calendar/entries").segment(id).segment("moves");
        self.post(&path.query("dry_run", Some(true)).end(), request, None)
            .await
    }

    /// Gives an entry another time.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn move_entry(
        &self,
        id: &str,
        request: &EntryMove,
        key: &str,
    ) -> Result<CalendarEntry, Error> {
        let path = Path::new("calendar/entries").segment(id).segment("moves");
        self.post(&path.end(), request, Some(key)).await
    }

    /// Takes an entry from the calendar.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn cancel_entry(
        &self,
        id: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<CalendarEntry, Error> {
        let path = Path::new("calendar/entries")
            .segment(id)
            .segment("cancellations");
        self.post(&path.end(), reason, Some(key)).await
    }

    /// Lets a release go although an entry asks for consent.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn consent(
        &self,
        id: &str,
        request: &ConsentRequest,
        key: &str,
    ) -> Result<CalendarEntry, Error> {
        let path = Path::new("calendar/entries")
            .segment(id)
            .segment("consents");
        self.post(&path.end(), request, Some(key)).await
    }

    /// Takes a consent back.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn withdraw_consent(
        &self,
        id: &str,
        request: &ConsentRequest,
        key: &str,
    ) -> Result<CalendarEntry, Error> {
        let path = Path::new("calendar/entries")
            .segment(id)
            .segment("withdrawals");
        self.post(&path.end(), request, Some(key)).await
    }

    /// Third parties with their work and what of ours meets it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn vendors(&self) -> Result<Page<Vendor>, Error> {
        self.get("/api/v1/vendors").await
    }

    /// Systems that cannot be moved, and what they cost.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn legacy(&self) -> Result<Page<Legacy>, Error> {
        self.get("/api/v1/legacy").await
    }
}
