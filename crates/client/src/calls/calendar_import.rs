//! Import of iCalendar files.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{CalendarImport, CalendarImportRequest, ImportedCalendar, Page, Reason};

impl Client {
    /// Brings the events of a file onto the calendar, or says what that would do. Importing the same file again changes
    /// nothing.
    ///
    /// # Errors
    /// See [`Error`]; 422 with the line when the file cannot be read.
    pub async fn import_calendar(
        &self,
        request: &CalendarImportRequest,
        dry_run: bool,
    ) -> Result<CalendarImport, Error> {
        let path = Path::new("calendar").segment("imports");
        let path = path.query("dry_run", dry_run.then_some(true)).end();
        self.post(&path, request, None).await
    }

    /// Calendars of others that are imported, and when that happened last.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn imported_calendars(&self) -> Result<Page<ImportedCalendar>, Error> {
        self.get("/api/v1/calendar/imports").await
    }

    /// An imported calendar is not read any more; its entries stay as they are.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn end_imported_calendar(
        &self,
        id: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<ImportedCalendar, Error> {
        let path = Path::new("calendar/imports").segment(id).segment("ends");
        self.post(&path.end(), reason, Some(key)).await
    }
}
