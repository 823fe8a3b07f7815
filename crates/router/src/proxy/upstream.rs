//! Connections to backends, kept by the thread that opened them.
//!
//! A connection is driven by the task that uses it, not by one of its own: no hand-over between tasks, and a connection
//! at rest costs nothing but its socket.

use super::exchange::Outgoing;
use crate::group::Backend;
use crate::wire::Gather;
use bytes::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use std::cell::RefCell;
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

type Driver = http1::Connection<TokioIo<Gather>, Outgoing>;

/// An open connection.
pub struct Upstream {
    pub sender: SendRequest<Outgoing>,
    /// `None` after the connection ended.
    pub driver: Option<Driver>,
}

impl Upstream {
    /// Opens a connection.
    pub async fn connect(backend: &Backend, limit: Duration) -> io::Result<Box<Upstream>> {
        let socket = match tokio::time::timeout(limit, TcpStream::connect(backend.address)).await {
            Ok(socket) => socket?,
            Err(_) => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "connection not accepted in time",
                ));
            }
        };
        socket.set_nodelay(true)?;
        let (sender, driver) = http1::handshake(TokioIo::new(Gather(socket)))
            .await
            .map_err(io::Error::other)?;
        Ok(Box::new(Upstream {
            sender,
            driver: Some(driver),
        }))
    }

    /// Moves bytes; true when the connection ended.
    pub fn advance(&mut self, cx: &mut Context<'_>) -> bool {
        match &mut self.driver {
            Some(driver) => Pin::new(driver).poll(cx).is_ready(),
            None => true,
        }
    }

    /// The socket after an answer that changed the protocol, and the bytes read beyond that answer; `None` when the
    /// connection ended instead.
    pub async fn switched(mut self: Box<Self>) -> Option<(TcpStream, Bytes)> {
        let mut driver = self.driver.take()?;
        poll_fn(|cx| driver.poll_without_shutdown(cx)).await.ok()?;
        let parts = driver.into_parts();
        Some((parts.io.into_inner().0, parts.read_buf))
    }

    /// Looks, without waiting, whether the next request may be sent.
    fn usable(&mut self) -> bool {
        let open = !self.advance(&mut Context::from_waker(Waker::noop()));
        open && self.sender.is_ready()
    }
}

/// A connection used this recently is not looked at again before a repeatable request.
const JUST_NOW: Duration = Duration::from_millis(5);

struct Idle {
    // Boxed: it moves between pool, exchange and relay on each request.
    upstream: Box<Upstream>,
    since: Instant,
}

/// Connections at rest, by [`Backend::serial`].
pub struct Pool {
    idle: RefCell<HashMap<u64, Vec<Idle>>>,
    most: usize,
    rest: Duration,
}

impl Pool {
    pub fn new(most: usize, rest: Duration) -> Self {
        Pool {
            idle: RefCell::new(HashMap::new()),
            most,
            rest,
        }
    }

    /// The connection used last, if one is open. A request that can be repeated may get one that was closed just now.
    pub fn take(&self, backend: u64, now: Instant, repeatable: bool) -> Option<Box<Upstream>> {
        let mut idle = self.idle.borrow_mut();
        let stack = idle.get_mut(&backend)?;
        while let Some(mut one) = stack.pop() {
            let rested = now.saturating_duration_since(one.since);
            if (repeatable && rested < JUST_NOW) || (rested < self.rest && one.upstream.usable()) {
                return Some(one.upstream);
            }
        }
        None
    }

    /// Keeps a connection whose answer was read whole, if it can be used again.
    pub fn put(&self, backend: u64, mut upstream: Box<Upstream>, now: Instant) {
        if !upstream.usable() {
            return;
        }
        let mut idle = self.idle.borrow_mut();
        let stack = idle.entry(backend).or_default();
        if stack.len() < self.most {
            stack.push(Idle {
                upstream,
                since: now,
            });
        }
    }

    /// Forgets the connections to a backend that broke one of them.
    pub fn clear(&self, backend: u64) {
        self.idle.borrow_mut().remove(&backend);
    }

    /// Closes what rested too long or was closed by the other side.
    pub fn sweep(&self) {
        self.idle.borrow_mut().retain(|_, stack| {
            stack.retain_mut(|one| one.since.elapsed() < self.rest && one.upstream.usable());
            !stack.is_empty()
        });
    }
}
