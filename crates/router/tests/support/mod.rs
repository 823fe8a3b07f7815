//! What the router's tests share: a real router process, real backends, a raw HTTP client. Everything on 127.0.0.1.

#![expect(dead_code, unused_imports, reason = "each test file uses its own part")]

pub mod backend;
pub mod client;
pub mod router;

pub use backend::{Backend, Style};
pub use client::{Connection, Reply, get};
pub use router::{Router, free, group, route, table};

use std::time::{Duration, Instant};

/// Waits for something to become true, at most 10 seconds.
pub fn eventually(what: &str, mut is_true: impl FnMut() -> bool) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(10) {
        if is_true() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(is_true(), "not within 10 s: {what}");
}
