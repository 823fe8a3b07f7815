//! What somebody does not see is not there: the one place through which every answer goes.
//!
//! A hidden service is taken out of lists, its name is covered in what is about something else, and whoever asks for it by name is
//! told what they would be told of a name that nobody has. To that end the name is replaced on the way in by one that nobody has,
//! and put back in what is said about it. Whole records that cannot be changed (exports, bundles of evidence) are refused.
//! Handlers know nothing of this; for whoever sees everything nothing happens here.

mod text;

use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, kind};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use serde_json::Value;
use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock};
use text::Names;
use tidegate_core::actor::{Actor, FeedScope, Role};
use tidegate_core::refusal::Refusal;
use tidegate_core::visibility;

/// Largest answer that is looked through, in bytes; a larger one is not sent.
const ANSWER: usize = 64 << 20;
/// Largest request that is looked through.
const ASKED: usize = 8 << 20;

/// Names that nobody has and nobody can guess.
static STAND_INS: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// Parts of addresses that are the API's own.
static WORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let document = crate::openapi::document();
    let all = document.paths.paths.into_keys();
    let parts = all.flat_map(|path| {
        let parts = path.split('/').map(str::to_owned);
        parts.collect::<Vec<_>>()
    });
    parts.filter(|part| !part.contains('{')).collect()
});

fn stand_in(name: &str) -> String {
    format!("x{:016x}", STAND_INS.hash_one(name))
}

/// What whoever asks does not see. `None` when they see everything.
pub(crate) async fn of(app: &App, caller: Option<&Caller>) -> Result<Option<Arc<Hidden>>, Problem> {
    if !visibility::hides_something(&app.engine().in_force().spec) {
        return Ok(None);
    }
    // Feeds carry their secret in the path; whatever they show, they show it to nobody known.
    let feed = || Actor::machine("feed", Role::Feed(FeedScope::default()));
    let actor = caller.map_or_else(feed, Caller::actor);
    app.look(move |look| {
        let spec = &look.in_force.spec;
        let hidden = visibility::hidden_from(&actor, spec, look.view());
        if hidden.is_empty() {
            return Ok(None);
        }
        let seen = spec.services.keys().filter(|name| !hidden.contains(*name));
        let mut others: BTreeSet<String> = seen.map(ToString::to_string).collect();
        others.extend(spec.teams.keys().map(ToString::to_string));
        others.extend(spec.environments.keys().map(ToString::to_string));
        others.extend(spec.units.keys().map(ToString::to_string));
        let hidden: BTreeSet<String> = hidden.iter().map(ToString::to_string).collect();
        others.retain(|name| !hidden.contains(name));
        let names = Names::new(hidden, others);
        Ok(Some(Arc::new(Hidden { names })))
    })
    .await
}

/// What one caller does not see.
#[derive(Debug)]
pub(crate) struct Hidden {
    names: Names,
}

impl Hidden {
    /// Carry out a request as if what is hidden were not there.
    pub(crate) async fn over(self: Arc<Self>, request: Request, next: Next) -> Response {
        let path = request.uri().path().to_owned();
        if is_whole_record(&path) {
            return whole_record().into_response();
        }
        let request = match self.asked(request).await {
            Ok(request) => request,
            Err(problem) => return problem.into_response(),
        };
        let response = next.run(request).await;
        self.answered(&path, response).await
    }

    /// The request with names that nobody has in the place of hidden ones.
    async fn asked(&self, request: Request) -> Result<Request, Problem> {
        let (mut parts, mut body) = request.into_parts();
        let text = parts.uri.to_string();
        let mut other = self.on_the_way_in(&text);
        // Where a list goes on was made unreadable when it was answered.
        if let Some((before, query)) = other.split_once('?') {
            let go_on = |part: &str| match part.strip_prefix("after=") {
                Some(key) => format!("after={}", self.put_back(key)),
                None => part.to_owned(),
            };
            let query: Vec<String> = query.split('&').map(go_on).collect();
            other = format!("{before}?{}", query.join("&"));
        }
        if other != text {
            parts.uri = other.parse::<Uri>().map_err(|_| unreadable())?;
        }
        if is_json(&parts.headers) {
            let bytes = to_bytes(body, ASKED).await.map_err(|_| unreadable())?;
            body = match serde_json::from_slice::<Value>(&bytes) {
                Ok(value) => {
                    parts.headers.remove(CONTENT_LENGTH);
                    Body::from(self.without_names(value).to_string())
                }
                // What it is, the handler says.
                Err(_) => Body::from(bytes),
            };
        }
        Ok(Request::from_parts(parts, body))
    }

    /// An address in which hidden names are names that nobody has; the words of the API itself stay what they are.
    fn on_the_way_in(&self, text: &str) -> String {
        let (path, query) = text
            .split_once('?')
            .map_or((text, None), |(p, q)| (p, Some(q)));
        let part = |part: &str| {
            if WORDS.contains(part) {
                part.to_owned()
            } else {
                self.names.replaced(part, stand_in)
            }
        };
        let path: Vec<String> = path.split('/').map(part).collect();
        let path = path.join("/");
        let value = |pair: &str| match pair.split_once('=') {
            Some((key, value)) => format!("{key}={}", self.names.replaced(value, stand_in)),
            None => pair.to_owned(),
        };
        match query {
            None => path,
            Some(query) => {
                let all: Vec<String> = query.split('&').map(value).collect();
                format!("{path}?{}", all.join("&"))
            }
        }
    }

    /// Data that was sent, with other names where a whole value is one; what people wrote stays as it is.
    fn without_names(&self, value: Value) -> Value {
        let names = self.names.all();
        let is_name = |text: &str| {
            let name = text.split(['@', '/']).next().unwrap_or_default();
            names.contains(name)
        };
        match value {
            Value::String(text) if is_name(&text) => {
                Value::String(self.names.replaced(&text, stand_in))
            }
            Value::Array(all) => {
                Value::Array(all.into_iter().map(|one| self.without_names(one)).collect())
            }
            Value::Object(members) => {
                let each = |(key, value): (String, Value)| (key, self.without_names(value));
                Value::Object(members.into_iter().map(each).collect())
            }
            other => other,
        }
    }

    /// The names as they were asked for.
    fn put_back(&self, text: &str) -> String {
        let all = self.names.all().iter();
        all.fold(text.to_owned(), |text, name| {
            text.replace(&stand_in(name), name)
        })
    }

    /// The answer without what is hidden.
    async fn answered(&self, path: &str, response: Response) -> Response {
        let (mut parts, body) = response.into_parts();
        if let Some(problem) = parts.extensions.remove::<Problem>() {
            let seen = problem.seen_through(
                // A name that was asked for is told back, whatever has it.
                |text| self.put_back(&self.names.covered(text)),
                |value| self.names.without(value),
            );
            parts.extensions.insert(seen);
        }
        if let Some(to) = parts.headers.remove(LOCATION) {
            let covered = to.to_str().map(|to| self.put_back(&self.names.covered(to)));
            if let Some(to) = covered.ok().and_then(|to| to.parse().ok()) {
                parts.headers.insert(LOCATION, to);
            }
        }
        let kind = parts.headers.get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().to_owned();
        if kind == "text/event-stream" {
            return Response::from_parts(parts, self.followed(body));
        }
        parts.headers.remove(CONTENT_LENGTH);
        let Ok(bytes) = to_bytes(body, ANSWER).await else {
            return too_large().into_response();
        };
        let seen = match kind.as_str() {
            "" if bytes.is_empty() => bytes,
            "application/json" => match self.data(&bytes) {
                Some(seen) => seen,
                None => return nothing_there(path).into_response(),
            },
            "application/x-ndjson" => Bytes::from(self.lines(&bytes)),
            "text/calendar" => Bytes::from(self.calendar(&String::from_utf8_lossy(&bytes))),
            kind if kind.starts_with("text/") => {
                Bytes::from(self.names.covered(&String::from_utf8_lossy(&bytes)))
            }
            // What cannot be looked through is not sent.
            _ => return whole_record().into_response(),
        };
        Response::from_parts(parts, Body::from(seen))
    }

    /// Absent when the whole is about something hidden.
    fn data(&self, bytes: &Bytes) -> Option<Bytes> {
        let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
            return None;
        };
        let mut seen = self.names.without(value)?;
        if let Some(Value::String(next)) = seen.get_mut("next") {
            *next = self.names.replaced(next, stand_in);
            return Some(Bytes::from(seen.to_string()));
        }
        // What was asked for is told back as it was asked for.
        Some(Bytes::from(self.put_back(&seen.to_string())))
    }

    /// Lines of data without those about something hidden.
    fn lines(&self, bytes: &Bytes) -> String {
        let text = String::from_utf8_lossy(bytes);
        let all = text.lines().filter_map(|line| {
            let value = serde_json::from_str::<Value>(line).ok()?;
            Some(format!("{}\n", self.names.without(value)?))
        });
        all.collect()
    }

    /// A calendar without the events that name something hidden. Long lines are folded, so a name may stand across two.
    fn calendar(&self, text: &str) -> String {
        const BEGIN: &str = "BEGIN:VEVENT\r\n";
        const END: &str = "END:VEVENT\r\n";
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, inside)) = rest.split_once(BEGIN) {
            out.push_str(before);
            let Some((event, after)) = inside.split_once(END) else {
                // Half an event is none.
                return out;
            };
            if !self
                .names
                .are_in(&event.replace("\r\n ", "").replace("\r\n\t", ""))
            {
                out.push_str(BEGIN);
                out.push_str(event);
                out.push_str(END);
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// Events as they come, without those about something hidden.
    fn followed(&self, body: Body) -> Body {
        let names = self.names.clone();
        let seen = body.into_data_stream().filter(move |chunk| {
            let hidden = chunk
                .as_ref()
                .is_ok_and(|chunk| names.are_in(&String::from_utf8_lossy(chunk)));
            std::future::ready(!hidden)
        });
        Body::from_stream(seen)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/json"))
}

/// Signed or hashed as a whole, so that nothing can be left out of it.
fn is_whole_record(path: &str) -> bool {
    [
        "/api/v1/audit/export",
        "/api/v1/audit/population",
        "/api/v1/audit/proof",
    ]
    .contains(&path)
        || (path.starts_with("/api/v1/releases/") && path.ends_with("/evidence"))
}

fn whole_record() -> Problem {
    Problem::new(
        &kind::NOT_ALLOWED,
        "whole records are for those who see everything, because nothing can be left out of them",
        "an auditor of the company (`auditors`) or an admin takes it",
    )
}

fn too_large() -> Problem {
    Problem::new(
        &kind::INTERNAL,
        "the answer is too large to be looked through",
        "ask for less at once",
    )
}

fn unreadable() -> Problem {
    Problem::new(
        &kind::MALFORMED,
        "the request cannot be read",
        "send JSON of at most 8 MiB",
    )
}

/// As if nobody had made it.
fn nothing_there(path: &str) -> Problem {
    let rest = path.strip_prefix("/api/v1/").unwrap_or(path);
    let mut parts = rest.split('/');
    let what = match parts.next().unwrap_or_default() {
        "rollback-decisions" => "decision".to_owned(),
        "boards" => "meeting".to_owned(),
        plural => plural.strip_suffix('s').unwrap_or(plural).to_owned(),
    };
    let name = parts.next().unwrap_or_default().to_owned();
    Refusal::NotFound { what, name }.into()
}
