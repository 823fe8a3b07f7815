//! The router's own answers, and the body type of all answers.

use super::relay::Relay;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use hyper::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Body of an answer.
pub enum Answer {
    /// The router's own text, empty after it was taken.
    Own(Bytes),
    /// A backend's body.
    Relay(Box<Relay>),
}

/// An answer the router gives by itself.
pub fn own(status: StatusCode, because: &str) -> Response<Answer> {
    let mut response = Response::new(Answer::Own(Bytes::from(format!("{because}\n"))));
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The same, and the connection ends with it.
pub fn last(status: StatusCode, because: &str) -> Response<Answer> {
    let mut response = own(status, because);
    response
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

impl Body for Answer {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match self.get_mut() {
            Answer::Own(text) if text.is_empty() => Poll::Ready(None),
            Answer::Own(text) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(text))))),
            Answer::Relay(relay) => relay.poll(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Answer::Own(text) => text.is_empty(),
            Answer::Relay(relay) => relay.is_end(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Answer::Own(text) => SizeHint::with_exact(text.len() as u64),
            Answer::Relay(relay) => relay.size_hint(),
        }
    }
}
