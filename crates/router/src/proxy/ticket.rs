//! One request in the books: under way from the choice of a backend until its last byte, counted exactly once.

use crate::counters::{Outcome, Shard};
use crate::group::{Backend, Group};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How far the request came.
#[derive(Debug, Clone, Copy)]
enum State {
    /// No answer yet.
    Waiting,
    /// Answered; counted when the body ends.
    Answered(Outcome, Duration),
    /// Not to be counted (again).
    Closed,
}

/// Books a request when dropped.
#[derive(Debug)]
pub struct Ticket {
    at: Shard,
    group: Arc<Group>,
    backend: Arc<Backend>,
    started: Instant,
    abandoned: Duration,
    state: State,
}

impl Ticket {
    pub fn new(
        at: Shard,
        group: Arc<Group>,
        backend: Arc<Backend>,
        started: Instant,
        abandoned: Duration,
    ) -> Self {
        backend.counters.enter(at);
        Ticket {
            at,
            group,
            backend,
            started,
            abandoned,
            state: State::Waiting,
        }
    }

    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    /// The same, to hold on to.
    pub fn backend_arc(&self) -> Arc<Backend> {
        Arc::clone(&self.backend)
    }

    /// When the first byte of the answer came, or the request when there is none yet.
    pub fn first_byte(&self) -> Instant {
        match self.state {
            State::Answered(_, waited) => self.started + waited,
            State::Waiting | State::Closed => self.started,
        }
    }

    /// The first byte of an answer is here.
    pub fn answered(&mut self, outcome: Outcome) {
        self.state = State::Answered(outcome, self.started.elapsed());
    }

    /// The answer broke off.
    pub fn broke(&mut self) {
        if let State::Answered(outcome, _) = &mut self.state {
            *outcome = Outcome::Error;
        }
    }

    /// Counts now; the request stays under way until the ticket is dropped.
    pub fn count(&mut self) {
        let (outcome, first_byte) = match self.state {
            State::Answered(outcome, first_byte) => (outcome, first_byte),
            State::Waiting if self.started.elapsed() >= self.abandoned => {
                (Outcome::Error, self.started.elapsed())
            }
            State::Waiting | State::Closed => return,
        };
        self.state = State::Closed;
        self.group.counters.finished(
            self.at,
            Some(&self.backend.counters),
            outcome,
            Some(first_byte),
        );
    }

    /// Another attempt takes over, or the client is to blame: nothing is counted.
    pub fn cancel(mut self) {
        self.state = State::Closed;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.count();
        self.backend.counters.leave(self.at);
    }
}
