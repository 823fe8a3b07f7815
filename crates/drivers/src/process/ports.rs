//! Ports for instances: free now, not given twice by this agent, and outside the range of outgoing connections.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher as _, RandomState},
    net::{Ipv4Addr, TcpListener},
    ops::RangeInclusive,
    sync::Mutex,
};

/// Gives out ports.
#[derive(Debug)]
pub struct Ports {
    range: RangeInclusive<u16>,
    given: Mutex<BTreeSet<u16>>,
}

impl Ports {
    /// Ports of `range`.
    #[must_use]
    pub fn new(range: RangeInclusive<u16>) -> Self {
        Self {
            range,
            given: Mutex::default(),
        }
    }

    /// A free port, or `None` when all are taken. The search begins anywhere, so that two agents on one host rarely meet.
    #[must_use]
    pub fn take(&self) -> Option<u16> {
        let (first, count) = (u64::from(*self.range.start()), self.range.len() as u64);
        let begin = RandomState::new().hash_one(0) % count.max(1);
        let mut given = self.given.lock().ok()?;
        let mut candidates = (0..count)
            .map(|n| first + (begin + n) % count)
            .filter_map(|n| u16::try_from(n).ok());
        let port = candidates.find(|port| !given.contains(port) && is_free(*port))?;
        given.insert(port);
        Some(port)
    }

    /// Notes a port in use by an instance that was found running.
    pub fn note(&self, port: u16) {
        if let Ok(mut given) = self.given.lock() {
            given.insert(port);
        }
    }

    /// Takes a port back.
    pub fn give_back(&self, port: u16) {
        if let Ok(mut given) = self.given.lock() {
            given.remove(&port);
        }
    }
}

/// Whether nobody listens on a loopback port.
#[must_use]
pub fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_given_once_and_again_after_it_came_back() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let ports = Ports::new(port..=port);
        assert_eq!(ports.take(), None, "somebody listens there");
        drop(taken);
        assert_eq!(ports.take(), Some(port));
        assert_eq!(ports.take(), None, "already given");
        ports.give_back(port);
        assert_eq!(ports.take(), Some(port));
    }
}
