//! Credentials that are bound to a key: a request with one is signed by that key, is of about now, and comes once. A copy of
//! the text of such a credential lets nobody in.

use super::Caller;
use super::caller::Way;
use crate::App;
use crate::error::{Problem, kind};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use tidegate_core::digest::Digest;
use tidegate_core::possession::{HEADER, Proof, WINDOW, of_request};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_policy::signature::is_genuine;

/// Largest body of an agent, in bytes; the limit of every other body.
const BODY: usize = 1 << 20;
/// Proofs remembered; more in two minutes than agents send.
const KEPT: usize = 500_000;

/// Proofs that came lately, so that none is taken twice.
#[derive(Default)]
pub(crate) struct Proofs(Mutex<BTreeSet<(Timestamp, Digest)>>);

impl Proofs {
    /// Did this one not come before? Those that are too old to be taken are forgotten.
    fn is_first(&self, proof: &Proof, now: Timestamp) -> Result<bool, Problem> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = Millis(WINDOW.0 + 1).before(now);
        let lowest = Digest::from_bytes([0; 32]);
        *seen = seen.split_off(&(oldest, lowest));
        if seen.len() >= KEPT {
            let detail = "more signed requests came than can be remembered";
            return Err(Problem::new(
                &kind::OVERLOADED,
                detail,
                "try again in a minute",
            ));
        }
        Ok(seen.insert((proof.at, Digest::of(proof.value.as_bytes()))))
    }
}

/// The request, when its caller needs no key or has shown to hold it.
pub(super) async fn shown(
    app: &App,
    caller: &Caller,
    request: Request,
) -> Result<Request, Problem> {
    let Way::Token {
        hash,
        key: Some(key),
    } = caller.way()
    else {
        return Ok(request);
    };
    let (parts, body) = request.into_parts();
    let header = parts.headers.get(HEADER).and_then(|h| h.to_str().ok());
    let Some(proof) = header.and_then(Proof::parse) else {
        return Err(refused(
            "the credential is bound to the agent's key, and the request is not signed with it",
            "start the agent with the folder that holds its key; a copied credential lets nobody in",
        ));
    };
    let body = to_bytes(body, BODY).await.map_err(|_| {
        let detail = format!("the body is longer than {BODY} bytes or broke off");
        Problem::new(&kind::TOO_LARGE, detail, "send less at a time")
    })?;
    let now = app.engine().now();
    if !proof.is_fresh(now) {
        return Err(refused(
            "the request was signed for another time",
            "set the clock of the agent's host; it may be a minute apart from the server's",
        ));
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let text = of_request((parts.method.as_str(), path), proof.at, hash, &body);
    if !is_genuine(key, &text, &proof.value) {
        return Err(refused(
            "the signature of the request is not of the key that the credential is bound to",
            "start the agent with the folder that holds its key",
        ));
    }
    if !app.proofs().is_first(&proof, now)? {
        return Err(refused(
            "the signed request came before",
            "sign each request anew",
        ));
    }
    Ok(Request::from_parts(parts, Body::from(body)))
}

fn refused(detail: &str, help: &str) -> Problem {
    Problem::new(&kind::UNAUTHENTICATED, detail, help)
}
