//! The stream of events (server-sent events), read one by one.

use crate::calls::Path;
use crate::http::{Client, Error};
use crate::lines::Lines;
use crate::wire::Event;

/// Which events are wanted.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Only of these kinds of streams, for example `deployment`; all when empty.
    pub topics: Vec<String>,
    /// Only about this service.
    pub service: Option<String>,
    /// Only about this environment.
    pub environment: Option<String>,
}

/// Events as they happen. When the stream breaks, open another one after [`Events::seq`]: nothing is lost.
#[derive(Debug)]
pub struct Events {
    lines: Lines,
    seq: Option<u64>,
}

impl Client {
    /// Opens the stream, with the events after position `after`, or from now on.
    ///
    /// # Errors
    /// See [`Error`]; later errors come out of [`Events::next`].
    pub async fn events(&self, filter: &EventFilter, after: Option<u64>) -> Result<Events, Error> {
        let topics = (!filter.topics.is_empty()).then(|| filter.topics.join(","));
        let path = Path::new("events")
            .query("topics", topics)
            .query("service", filter.service.as_deref())
            .query("environment", filter.environment.as_deref());
        let lines = self.lines_after(&path.end(), after).await?;
        Ok(Events { lines, seq: after })
    }
}

impl Events {
    /// The next event, or `None` when the server ended the stream. Heartbeats are skipped, and so is the
    /// word that the server was restored from a backup; then [`Events::seq`] begins anew.
    ///
    /// # Errors
    /// [`Error::Unreachable`] when the stream breaks or is silent for 60 s, [`Error::Decode`] for an event that is none.
    pub async fn next(&mut self) -> Result<Option<Event>, Error> {
        let mut data = String::new();
        let mut resync = false;
        while let Some(line) = self.lines.next().await? {
            if line.is_empty() {
                if data.is_empty() || std::mem::take(&mut resync) {
                    data.clear();
                    continue;
                }
                let event: Event = serde_json::from_str(&data).map_err(|e| Error::Decode {
                    path: "/api/v1/events".to_owned(),
                    reason: e.to_string(),
                })?;
                self.seq = event.seq().or(self.seq);
                return Ok(Some(event));
            }
            if line
                .strip_prefix("event:")
                .is_some_and(|name| name.trim() == "resync")
            {
                // The server's history is shorter than what was read before: its events begin anew from here.
                resync = true;
                self.seq = None;
            }
            if let Some(text) = line.strip_prefix("data:") {
                if !data.is_empty() {
                    data.push('\n');
                }
                data.push_str(text.strip_prefix(' ').unwrap_or(text));
            }
        }
        Ok(None)
    }

    /// Position of the newest event that was read.
    #[must_use]
    pub fn seq(&self) -> Option<u64> {
        self.seq
    }
}
