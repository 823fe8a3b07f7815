//! Interim answers (1xx) of a backend pass to the client as they come (RFC 9110 section 15.2).

use super::headers;
use crate::wire::Shared;
use hyper::{Request, StatusCode};
use std::fmt::Write;
use std::sync::Arc;

/// Passes on interim answers to this request. Not 100: the client's own expectation is met by the engine, and the backend
/// was told of none.
pub fn pass_on<B>(request: &mut Request<B>, client: &Arc<Shared>) {
    let client = Arc::clone(client);
    hyper::ext::on_informational(request, move |answer| {
        if matches!(
            answer.status(),
            StatusCode::CONTINUE | StatusCode::SWITCHING_PROTOCOLS
        ) {
            return;
        }
        let mut headers = answer.headers().clone();
        headers::strip(&mut headers);
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = write!(text, "HTTP/1.1 {}\r\n", answer.status());
        let mut bytes = text.into_bytes();
        for (name, value) in &headers {
            bytes.extend_from_slice(name.as_str().as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        client.interim(&bytes);
    });
}
