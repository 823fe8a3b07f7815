//! One request on one connection, until the head of its answer.

use super::client::Client;
use super::upstream::Upstream;
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::{Request, Response, StatusCode};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

/// Body of a request on its way to a backend.
pub enum Outgoing {
    Nothing,
    /// The client's body; a failure is noted there.
    Body(Incoming, Rc<Client>),
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match self.get_mut() {
            Outgoing::Nothing => Poll::Ready(None),
            Outgoing::Body(body, client) => {
                let frame = Pin::new(body).poll_frame(cx);
                if let Poll::Ready(Some(Err(_))) = &frame {
                    client.body_failed.set(true);
                }
                frame
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Outgoing::Nothing => true,
            Outgoing::Body(body, _) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Outgoing::Nothing => SizeHint::with_exact(0),
            Outgoing::Body(body, _) => body.size_hint(),
        }
    }
}

/// Why there is no answer.
pub enum Failure {
    /// Nothing was sent; the request is as it was.
    Unsent(Box<Request<Outgoing>>),
    /// The connection broke or the answer was no HTTP.
    Broken(hyper::Error),
    /// No answer in time.
    Late,
    /// The client's body broke off or was malformed.
    Body,
}

/// Sends the request and waits for the head of the answer, moving the bodies meanwhile.
pub async fn exchange(
    upstream: &mut Upstream,
    request: Request<Outgoing>,
    client: &Client,
    since: Instant,
) -> Result<Response<Incoming>, Failure> {
    let mut answer = pin!(upstream.sender.try_send_request(request));
    let mut ended = false;
    // Only the driver makes the answer, and it is polled first: a waker here would wake this very task for nothing.
    let quiet = &mut Context::from_waker(Waker::noop());
    client.wait(since);
    let result = poll_fn(|cx| {
        if client.overdue() {
            return Poll::Ready(Err(Failure::Late));
        }
        if let Some(driver) = &mut upstream.driver {
            ended = Pin::new(driver).poll(cx).is_ready();
        }
        if client.body_failed.get() {
            return Poll::Ready(Err(Failure::Body));
        }
        let mut result = answer.as_mut().poll(quiet);
        if ended && result.is_pending() {
            // Only the end of the driver gives back a request it had not taken up yet.
            upstream.driver = None;
            result = answer.as_mut().poll(quiet);
        }
        result.map_err(|mut error| match error.take_message() {
            Some(request) => Failure::Unsent(Box::new(request)),
            None => Failure::Broken(error.into_error()),
        })
    })
    .await;
    client.waited();
    let switched =
        matches!(&result, Ok(response) if response.status() == StatusCode::SWITCHING_PROTOCOLS);
    if ended && !switched {
        upstream.driver = None;
    }
    result
}
