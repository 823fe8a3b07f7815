//! Event streams (server-sent events). A stream begins where its reader left off, reads what it missed from the ledger and
//! then follows the one feed; a reader too slow for the feed goes back to the ledger, so nothing is left out.
//!
//! A stream ends with what let its reader in: who that is is looked up again every minute, when it was to end, and before
//! anything is sent that may have changed it.

use crate::App;
use crate::auth::{self, Caller};
use crate::error::{Problem, kind};
use crate::extract::Search;
use crate::feed;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use futures::Stream;
use serde::Deserialize;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tidegate_client::wire::Event;
use tidegate_core::id::StreamKind;
use tidegate_core::time::Millis;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Between two signs of life.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How soon a browser connects again.
const RETRY: Duration = Duration::from_secs(2);

/// Longest time until a reader is looked up again.
const LOOK: Duration = Duration::from_secs(60);

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Topics of events after which somebody may read no more.
const CHANGES_READERS: [&str; 3] = ["access", "person", "config"];

fn topic(event: &Event) -> &str {
    event.data.stream.split('/').next().unwrap_or_default()
}

/// Which events are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Kinds of streams, separated by commas: `artifact`, `release`, `environment`, `deployment`, `config`,
    /// `access`. All by default.
    topics: Option<String>,
    /// Only about this service.
    service: Option<String>,
    /// Only about this environment.
    environment: Option<String>,
}

impl Wanted {
    /// A reader of a kind that does not exist would wait for ever.
    fn check(&self) -> Result<(), Problem> {
        let known = || StreamKind::ALL.iter().map(|kind| kind.as_str());
        let topics = self.topics.as_deref().unwrap_or_default().split(',');
        let wrong = topics
            .map(str::trim)
            .find(|topic| !topic.is_empty() && !known().any(|kind| kind == *topic));
        match wrong {
            None => Ok(()),
            Some(topic) => Err(Problem::new(
                &kind::MALFORMED,
                format!("there are no events of the kind `{topic}`"),
                format!("topics are {}", known().collect::<Vec<_>>().join(", ")),
            )),
        }
    }

    fn wants(&self, event: &Event) -> bool {
        let topic = topic(event);
        let is =
            |wanted: &Option<String>, have: &Option<String>| wanted.is_none() || wanted == have;
        self.topics
            .as_deref()
            .is_none_or(|topics| topics.split(',').any(|t| t.trim() == topic))
            && is(&self.service, &event.data.service)
            && is(&self.environment, &event.data.environment)
    }
}

/// Everything that happens, as server-sent events with CloudEvents in them. `id` is the position in the ledger; a reader
/// that sends it as `Last-Event-ID` goes on there.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    tag = "events",
    operation_id = "events",
    params(Wanted, ("Last-Event-ID" = Option<u64>, Header, description = "Position after which to go on; from now on by default")),
    responses((status = 200, description = "The stream", body = Event, content_type = "text/event-stream"))
)]
async fn events(
    State(app): State<App>,
    who: Caller,
    Search(wanted): Search<Wanted>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Sent, Infallible>>>, Problem> {
    wanted.check()?;
    // Subscribed before the head is read: what happens in between is seen twice and skipped once.
    let receiver = app.feed().subscribe();
    let head = app.look(|look| Ok(look.rows.head()?.seq)).await?;
    let after = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok())
        .and_then(|id| id.trim().parse::<u64>().ok());
    let mut first = VecDeque::from([Sent::default().retry(RETRY)]);
    if after.is_some_and(|after| after > head) {
        // The reader knows a longer history than this ledger has (a restored backup): it must read anew.
        first.push_back(
            Sent::default()
                .event("resync")
                .id(head.to_string())
                .data("{}"),
        );
    }
    let position = after.map_or(head, |after| after.min(head));
    let reader = Reader {
        app,
        who,
        // The guard has looked before the stream was subscribed.
        look_at: Instant::now(),
        wanted,
        position,
        behind: position < head,
        receiver,
        first,
        ready: VecDeque::new(),
    };
    let stream = futures::stream::unfold(reader, |mut reader| async move {
        let event = reader.next().await?;
        Some((Ok(event), reader))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("heartbeat")))
}

struct Reader {
    app: App,
    who: Caller,
    /// When the reader is looked up again at the latest.
    look_at: Instant,
    wanted: Wanted,
    /// Newest position that was looked at.
    position: u64,
    /// The ledger has entries the feed will not bring again.
    behind: bool,
    receiver: broadcast::Receiver<Arc<Event>>,
    first: VecDeque<Sent>,
    ready: VecDeque<Arc<Event>>,
}

impl Reader {
    async fn next(&mut self) -> Option<Sent> {
        if let Some(sent) = self.first.pop_front() {
            return Some(sent);
        }
        loop {
            self.may_read().await?;
            while let Some(event) = self.ready.pop_front() {
                self.position = event.seq()?;
                if self.wanted.wants(&event) {
                    let data = serde_json::to_string(&*event).ok()?;
                    return Some(Sent::default().id(event.id.clone()).data(data));
                }
            }
            let stopping = self.app.stopping().clone();
            if stopping.is_cancelled() {
                return None;
            }
            if self.behind {
                self.read().await?;
                continue;
            }
            tokio::select! {
                () = stopping.cancelled() => return None,
                () = tokio::time::sleep_until(self.wake_at()) => {}
                received = self.receiver.recv() => match received {
                    Ok(event) => match event.seq()?.checked_sub(self.position) {
                        None | Some(0) => {}
                        Some(1) => self.take(event),
                        Some(_) => self.behind = true,
                    },
                    Err(RecvError::Lagged(_)) => self.behind = true,
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }

    /// Read a page from the ledger.
    async fn read(&mut self) -> Option<()> {
        let (source, after) = (self.app.options().base.clone(), self.position);
        let page = self
            .app
            .blocking(move |engine| Ok(feed::page(engine, &source, after)?))
            .await
            .ok()?;
        self.behind = page.len() == feed::PAGE;
        for event in page {
            self.take(Arc::new(event));
        }
        Some(())
    }

    fn take(&mut self, event: Arc<Event>) {
        if CHANGES_READERS.contains(&topic(&event)) {
            self.look_at = Instant::now();
        }
        self.ready.push_back(event);
    }

    /// Nothing when whoever reads may no more.
    async fn may_read(&mut self) -> Option<()> {
        let ended = self
            .who
            .until()
            .is_some_and(|end| self.app.engine().now() >= end);
        if !ended && Instant::now() < self.look_at {
            return Some(());
        }
        let before = self.who.clone();
        let look = move |engine: &tidegate_engine::Engine| auth::again(engine, &before);
        // What cannot be told lets nobody read on.
        self.who = self.app.blocking(look).await.ok()??;
        self.look_at = Instant::now() + LOOK;
        Some(())
    }

    fn wake_at(&self) -> Instant {
        let left = self.who.until().map(|end| {
            let left = Millis::between(self.app.engine().now(), end);
            Instant::now() + Duration::from_millis(left.0).min(LOOK)
        });
        left.map_or(self.look_at, |end| end.min(self.look_at))
    }
}
