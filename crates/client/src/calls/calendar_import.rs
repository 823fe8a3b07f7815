//! Import of iCalendar files.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{CalendarImport, CalendarImportRequest};

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
}
