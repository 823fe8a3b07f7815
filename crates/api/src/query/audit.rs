//! The ledger, entry by entry, and its proof.

use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, kind};
use crate::extract::{Limit, Search};
use crate::look::Look;
use crate::map;
use crate::query::export::sent;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use std::io::Write;
use tidegate_client::wire::{Entry, FirstBad, Page, Verification, VerificationLine};
use tidegate_core::id::StreamId;
use tidegate_core::time::Timestamp;
use tidegate_engine::Engine;
use tidegate_ledger::chain::VerifyError;
use tidegate_ledger::refold::first_since;
use tidegate_ledger::tree::root_at;
use tidegate_ledger::verify::{self, After, verify_along};
use tidegate_ledger::{Head, StoreError};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Entries read at a time.
const STRIDE: usize = 500;
/// Entries looked at for one part; a filter that finds less gives a short part with a `next`.
const LOOKED_AT: usize = 20_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(verification))
}

/// Which entries are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Position after which to begin, or `next` of the part before.
    after: Option<u64>,
    /// At most this many, 50 unless said, never more than 200.
    #[param(value_type = Option<u32>)]
    #[serde(default)]
    limit: Limit,
    /// Only of this stream, for example `release/web@1.1.0`.
    stream: Option<String>,
    /// Only by this actor.
    actor: Option<String>,
    /// Only of this kind: `deployment.judged/1`, `deployment.judged` or `deployment`.
    kind: Option<String>,
    /// Only since this instant.
    since: Option<Timestamp>,
}

impl Wanted {
    fn wants(&self, entry: &tidegate_ledger::Entry) -> bool {
        let kind = self.kind.as_deref().is_none_or(|kind| {
            entry
                .kind
                .strip_prefix(kind)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
        });
        kind && self
            .actor
            .as_deref()
            .is_none_or(|actor| entry.actor == actor)
            && self.since.is_none_or(|since| entry.at >= since)
            && self.after.is_none_or(|after| entry.seq > after)
    }
}

/// Entries of the ledger, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "audit",
    operation_id = "audit",
    params(Wanted),
    responses((status = 200, description = "Entries", body = Page<Entry>))
)]
async fn list(
    State(app): State<App>,
    _: Caller,
    Search(wanted): Search<Wanted>,
) -> Result<Json<Page<Entry>>, Problem> {
    let stream = match &wanted.stream {
        None => None,
        Some(text) => Some(StreamId::parse(text).ok_or_else(|| {
            let help = "write for example `release/web@1.1.0`, `deployment/dep_…`, `environment/prod` or `config/main`";
            Problem::new(&kind::INVALID, format!("there is no stream `{}`", text.escape_default()), help)
        })?),
    };
    Ok(Json(
        app.look(move |look| page(look, &wanted, stream.as_ref()))
            .await?,
    ))
}

fn page(
    look: &Look<'_>,
    wanted: &Wanted,
    stream: Option<&StreamId>,
) -> Result<Page<Entry>, Problem> {
    let limit = wanted.limit.get();
    let mut items: Vec<Entry> = Vec::new();
    // Position in the ledger, or in the stream when there is one.
    let mut from = match (stream, wanted.since) {
        (Some(_), _) => 1,
        (None, since) => {
            let after = wanted.after.unwrap_or(0).saturating_add(1);
            since.map_or(Ok(after), |since| {
                Ok::<_, StoreError>(
                    first_since(look.rows, since, look.rows.head()?.seq)?.max(after),
                )
            })?
        }
    };
    let mut newest = wanted.after.unwrap_or(0);
    for _ in 0..LOOKED_AT / STRIDE {
        let entries = match stream {
            Some(stream) => look.rows.entries_of(stream, from, STRIDE)?,
            None => look.rows.entries(from, STRIDE)?,
        };
        for entry in &entries {
            if items.len() == limit {
                return Ok(Page {
                    next: items.last().map(|last| last.seq.to_string()),
                    items,
                });
            }
            newest = newest.max(entry.seq);
            if wanted.wants(entry) {
                items.push(map::audit::entry(entry));
            }
        }
        if entries.len() < STRIDE {
            return Ok(Page { items, next: None });
        }
        from += STRIDE as u64;
    }
    Ok(Page {
        items,
        next: Some(newest.to_string()),
    })
}

/// Compute the whole chain again, and say how far it is after each part. Entries that are written meanwhile are looked at too.
#[utoipa::path(
    get,
    path = "/api/v1/audit/verification",
    tag = "audit",
    operation_id = "audit_verification",
    responses((status = 200, description = "JSON lines: how far it is, and last whether every entry is as it was written", body = VerificationLine, content_type = "application/x-ndjson"))
)]
async fn verification(State(app): State<App>, _: Caller) -> Result<Response, Problem> {
    sent(&app, "a check of the ledger", verify)
}

fn verify(engine: &Engine, out: &mut impl Write) -> Result<(), StoreError> {
    let mut broken_off = None;
    let read = |after: &After| engine.read(|rows| verify::Page::read(rows, after));
    let found = verify_along(&read, Head::empty(), &mut |checked, of| {
        let told = line(
            out,
            &VerificationLine {
                checked,
                of,
                found: None,
            },
        );
        broken_off = told.err();
        broken_off.is_none()
    });
    if let Some(error) = broken_off {
        return Err(error);
    }
    let found = match found {
        Ok(head) => Verification {
            entries: head.seq,
            head: head.hash.to_string(),
            root: Some(engine.read(|rows| root_at(rows, head.seq))?.to_string()),
            ok: true,
            first_bad: None,
        },
        Err(VerifyError::Broken(broken)) => Verification {
            entries: broken.seq.saturating_sub(1),
            head: engine.read(|rows| rows.head())?.hash.to_string(),
            root: None,
            ok: false,
            first_bad: Some(FirstBad {
                seq: broken.seq,
                because: broken.because,
            }),
        },
        Err(VerifyError::Store(error)) => return Err(error),
    };
    let end = VerificationLine {
        checked: found.entries,
        of: found.entries,
        found: Some(found),
    };
    line(out, &end)
}

/// One line, sent at once.
fn line(out: &mut impl Write, line: &VerificationLine) -> Result<(), StoreError> {
    let failed = |because: String| StoreError::Io {
        doing: "sending how far the check is".to_owned(),
        because,
    };
    let mut text = serde_json::to_string(line).map_err(|e| failed(e.to_string()))?;
    text.push('\n');
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|e| failed(e.to_string()))
}
