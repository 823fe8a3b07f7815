//! What the requests of one client connection share, and what the connection's deadlines need to know of them.

use crate::table::Listener;
use crate::wire::Shared;
use crate::worker::Worker;
use hyper::header::HeaderValue;
use std::cell::Cell;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

/// One client connection as its requests see it.
pub struct Client {
    pub worker: Rc<Worker>,
    pub listener: Arc<Listener>,
    pub shared: Arc<Shared>,
    pub peer: IpAddr,
    pub peer_text: HeaderValue,
    /// Requests so far.
    pub number: Cell<u64>,
    /// A request or its answer is under way.
    pub busy: Cell<bool>,
    /// The body of the request under way broke off.
    pub body_failed: Cell<bool>,
    waiting: Cell<Option<Instant>>,
    overdue: Cell<bool>,
}

impl Client {
    pub fn new(
        worker: Rc<Worker>,
        listener: Arc<Listener>,
        shared: Arc<Shared>,
        peer: IpAddr,
    ) -> Self {
        let peer_text =
            HeaderValue::try_from(peer.to_string()).unwrap_or(HeaderValue::from_static("unknown"));
        Client {
            worker,
            listener,
            shared,
            peer,
            peer_text,
            number: Cell::new(0),
            busy: Cell::new(false),
            body_failed: Cell::new(false),
            waiting: Cell::new(None),
            overdue: Cell::new(false),
        }
    }

    /// The head of an answer is waited for from now on.
    pub fn wait(&self, since: Instant) {
        self.overdue.set(false);
        self.waiting.set(Some(since));
    }

    pub fn waited(&self) {
        self.waiting.set(None);
    }

    /// Since when the head of an answer is waited for.
    pub fn waiting(&self) -> Option<Instant> {
        self.waiting.get()
    }

    /// The wait took too long; the connection's task polls the exchange right after.
    pub fn give_up(&self) {
        self.overdue.set(true);
    }

    pub fn overdue(&self) -> bool {
        self.overdue.get()
    }
}
