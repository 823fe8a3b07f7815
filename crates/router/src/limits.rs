//! The bounds of everything a router waits for or holds.

use std::time::Duration;

/// Bounds that hold for every route. [`Default`] is what `tidegate router` uses.
#[derive(Debug, Clone)]
pub struct Limits {
    /// From the first byte of a request head to its last; then 408.
    pub request_head: Duration,
    /// A connection without a request is closed after this long.
    pub keep_alive: Duration,
    /// To open a connection to a backend.
    pub connect: Duration,
    /// From the end of the request to the head of the answer; then 504.
    pub response_head: Duration,
    /// Without a byte in either direction while bodies are under way; then the connection is closed.
    pub body_idle: Duration,
    /// Without a byte in either direction on an upgraded connection.
    pub tunnel_idle: Duration,
    /// A client that leaves before the answer counts as a timeout of the group when it had waited this long.
    pub abandoned: Duration,
    /// An unused connection to a backend is not used again after this long.
    pub pooled: Duration,
    /// Between two attempts to reach an unhealthy backend.
    pub probe: Duration,
    /// From the signal to stop until requests under way are cut off.
    pub drain: Duration,
    /// Bytes of a request head; then 431.
    pub head_bytes: usize,
    /// Header lines of a request, at most 100 (the engine's own bound); then 431.
    pub headers: usize,
    /// Unused connections kept per backend and thread.
    pub pool: usize,
    /// Client connections per thread; further ones wait in the listen queue.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            request_head: Duration::from_secs(10),
            keep_alive: Duration::from_secs(75),
            connect: Duration::from_secs(2),
            response_head: Duration::from_secs(30),
            body_idle: Duration::from_secs(300),
            tunnel_idle: Duration::from_secs(3600),
            abandoned: Duration::from_secs(1),
            pooled: Duration::from_secs(30),
            probe: Duration::from_millis(250),
            drain: Duration::from_secs(10),
            head_bytes: 32 * 1024,
            headers: 100,
            pool: 256,
            connections: 16_384,
        }
    }
}

impl Limits {
    /// How often a connection looks at its deadlines: short enough that none is overrun by more than a quarter.
    pub(crate) fn tick(&self) -> Duration {
        let least = self
            .request_head
            .min(self.keep_alive)
            .min(self.response_head)
            .min(self.body_idle)
            .min(self.drain);
        (least / 4).clamp(Duration::from_millis(10), Duration::from_millis(500))
    }
}
