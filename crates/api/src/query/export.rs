//! The whole ledger as text that can be verified offline. It is sent as it is read, from one snapshot; a reader that stalls
//! is cut off, so that a snapshot is never held for ever. A transfer that does not end cleanly is not an export.

use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, kind};
use crate::extract::Search;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;
use std::io::{BufWriter, Write};
use std::time::Duration;
use tidegate_engine::Engine;
use tidegate_ledger::export::{export, export_rest, export_sealed};
use tidegate_ledger::{Head, StoreError};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Bytes sent at a time.
const CHUNK: usize = 64 << 10;
/// Chunks a reader may be behind.
const AHEAD: usize = 16;
/// How long a reader may take nothing.
const STALL: Duration = Duration::from_secs(30);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(whole))
}

/// Where an export that broke off goes on.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Rest {
    /// Only what comes after this entry.
    after: Option<u64>,
    /// The entry with which the export is to end, as its header says.
    until: Option<u64>,
}

/// Every entry of the ledger, one a line, in the form `tidegate audit verify` checks offline.
#[utoipa::path(
    get,
    path = "/api/v1/audit/export",
    tag = "audit",
    operation_id = "audit_export",
    params(Rest),
    responses((status = 200, description = "JSON lines: a header, then the entries", body = String, content_type = "application/x-ndjson"))
)]
async fn whole(
    State(app): State<App>,
    _: Caller,
    Search(rest): Search<Rest>,
) -> Result<Response, Problem> {
    if rest.after.is_some() != rest.until.is_some() {
        return Err(Problem::new(
            &kind::MALFORMED,
            "`after` and `until` belong together",
            "name the newest entry that came, and the one in the header of the export that broke off",
        ));
    }
    let attachment = "attachment; filename=\"tidegate-ledger.jsonl\"";
    let answer = sent(&app, "an export", move |engine, out| {
        write(engine, &rest, out).map(drop)
    })?;
    Ok(([(CONTENT_DISPOSITION, attachment)], answer).into_response())
}

/// JSON lines that are sent while `write` makes them, on a thread of the pool for blocking work. A line is on its way when `out` is
/// flushed.
pub(super) fn sent(
    app: &App,
    what: &'static str,
    write: impl FnOnce(&Engine, &mut BufWriter<Pipe>) -> Result<(), StoreError> + Send + 'static,
) -> Result<Response, Problem> {
    let place = app.exports().try_acquire_owned().map_err(|_| {
        Problem::new(
            &kind::OVERLOADED,
            "other exports or checks of the ledger are under way",
            "try again when they are done",
        )
    })?;
    let (sender, receiver) = mpsc::channel::<std::io::Result<Bytes>>(AHEAD);
    let (engine, handle) = (app.engine().clone(), Handle::current());
    tokio::task::spawn_blocking(move || {
        let pipe = Pipe {
            handle,
            sender: sender.clone(),
        };
        let mut out = BufWriter::with_capacity(CHUNK, pipe);
        let written = write(&engine, &mut out).map_err(|e| std::io::Error::other(e.to_string()));
        if let Err(error) = written.and_then(|()| out.flush()) {
            tracing::warn!(%error, "{what} broke off");
            // The reader must not take what it has for the whole.
            drop(sender.try_send(Err(error)));
        }
        drop(place);
    });
    let chunks = futures::stream::unfold(receiver, |mut receiver| async move {
        Some((receiver.recv().await?, receiver))
    });
    let headers = [(CONTENT_TYPE, "application/x-ndjson")];
    Ok((headers, Body::from_stream(chunks)).into_response())
}

/// Everything up to now. Where this server signs, a checkpoint is made first and the export ends with it, so that no entry in it is
/// without a signature.
fn write(engine: &Engine, rest: &Rest, out: &mut impl Write) -> Result<Head, StoreError> {
    let sealed = match rest.until {
        None => engine.seal_now()?,
        Some(_) => None,
    };
    let mut begun = false;
    engine.read(|rows| {
        // A store whose connection ended reads again; what was sent before cannot be taken back.
        if std::mem::replace(&mut begun, true) {
            return Err(StoreError::Aborted {
                because: "the connection to the database ended while the export was under way: ask for it again".to_owned(),
            });
        }
        if let (Some(after), Some(until)) = (rest.after, rest.until) {
            return export_rest(rows, after, until, out);
        }
        match sealed.clone() {
            Some(sealed) => export_sealed(rows, sealed, out),
            None => export(rows, out),
        }
    })
}

/// Hands bytes from the reading thread to the connection.
pub(super) struct Pipe {
    handle: Handle,
    sender: mpsc::Sender<std::io::Result<Bytes>>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let chunk = Bytes::copy_from_slice(bytes);
        let sent = self
            .handle
            .block_on(tokio::time::timeout(STALL, self.sender.send(Ok(chunk))));
        match sent {
            Ok(Ok(())) => Ok(bytes.len()),
            Ok(Err(_)) => Err(std::io::Error::other("the reader went away")),
            Err(_) => Err(std::io::Error::other("the reader took nothing for 30 s")),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
