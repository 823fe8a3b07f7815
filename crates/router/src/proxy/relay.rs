//! A backend's body on its way to the client; the connection goes back to the pool when it ends.

use super::client::Client;
use super::ticket::Ticket;
use super::upstream::Upstream;
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// A streaming answer.
pub struct Relay {
    body: Incoming,
    /// `None` after the connection was given back or ended.
    upstream: Option<Box<Upstream>>,
    ticket: Ticket,
    client: Rc<Client>,
}

impl Relay {
    pub fn new(
        body: Incoming,
        upstream: Box<Upstream>,
        ticket: Ticket,
        client: Rc<Client>,
    ) -> Self {
        let mut relay = Relay {
            body,
            upstream: Some(upstream),
            ticket,
            client,
        };
        if relay.body.is_end_stream() {
            relay.give_back();
        }
        relay
    }

    pub fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        // Asking for the body makes the connection want to read it. Only the connection makes frames, and it is polled
        // between the two looks: a waker would wake this very task for nothing.
        let quiet = &mut Context::from_waker(Waker::noop());
        let mut frame = Pin::new(&mut self.body).poll_frame(quiet);
        if frame.is_pending() {
            if let Some(upstream) = &mut self.upstream
                && upstream.advance(cx)
            {
                // Closed after its last byte, or broken: the body knows.
                self.upstream = None;
            }
            frame = Pin::new(&mut self.body).poll_frame(quiet);
        }
        match &frame {
            Poll::Ready(Some(Ok(_))) if self.body.is_end_stream() => self.give_back(),
            Poll::Ready(None) => self.give_back(),
            Poll::Ready(Some(Err(_))) => {
                self.ticket.broke();
                self.upstream = None;
            }
            Poll::Ready(Some(Ok(_))) | Poll::Pending => {}
        }
        frame
    }

    pub fn is_end(&self) -> bool {
        self.body.is_end_stream()
    }

    pub fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }

    fn give_back(&mut self) {
        if let Some(upstream) = self.upstream.take() {
            self.client.worker.pool.put(
                self.ticket.backend().serial,
                upstream,
                self.ticket.first_byte(),
            );
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.client.busy.set(false);
    }
}
