//! Checkpoints handed out by two servers on one database: one of them takes each there, and the other goes on when it dies.

use crate::moved_clock::MovedClock;
use crate::replicas::Replicas;
use crate::world::until;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A place that takes checkpoints. It may be told not to answer.
struct Receiver {
    address: String,
    silent: Arc<AtomicBool>,
    /// Sizes that it answered for, in their order.
    took: Arc<Mutex<Vec<u64>>>,
    /// Requests without an answer.
    held: Arc<Mutex<Vec<TcpStream>>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self {
            address: format!("http://{}/checkpoints", listener.local_addr().unwrap()),
            silent: Arc::default(),
            took: Arc::default(),
            held: Arc::default(),
        };
        let (silent, took, held) = (
            Arc::clone(&receiver.silent),
            Arc::clone(&receiver.took),
            Arc::clone(&receiver.held),
        );
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some((size, mut stream)) = read(stream) else {
                    continue;
                };
                if silent.load(Ordering::SeqCst) {
                    held.lock().unwrap().push(stream);
                    continue;
                }
                took.lock().unwrap().push(size);
                drop(stream.write_all(
                    b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
                ));
            }
        });
        receiver
    }

    fn took(&self) -> Vec<u64> {
        self.took.lock().unwrap().clone()
    }

    /// Wait until it has a checkpoint over as many entries; no size may have come twice.
    #[track_caller]
    fn has(&self, size: u64) {
        let reached = until(|| self.took().last().is_some_and(|n| *n >= size).then_some(()));
        assert!(reached.is_some(), "{size} entries: {:?}", self.took());
        let took = self.took();
        assert!(took.is_sorted_by(|a, b| a < b), "more than once: {took:?}");
    }

    /// Whether whoever waits for an answer is gone, after a while.
    fn was_left(&self) -> bool {
        let held = self.held.lock().unwrap();
        let stream = held.last().unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(3)))
            .unwrap();
        let read = { stream }.read(&mut [0]);
        match read {
            Ok(0) => true,
            Ok(_) => false,
            Err(e) => e.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }
}

/// The size in the body of a request.
fn read(stream: TcpStream) -> Option<(u64, TcpStream)> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if let Some(n) = line.to_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body: Value = serde_json::from_slice(&body).ok()?;
    Some((body["size"].as_u64()?, reader.into_inner()))
}

fn newest(it: &Replicas) -> u64 {
    let log = ["audit", "log", "--limit", "1", "-o", "json"];
    let log = it.run(&log).ends(0).json();
    log["items"][0]["seq"].as_u64().unwrap()
}

/// Wait until the servers have noted how far the place is: whoever dies before that is waited for.
#[track_caller]
fn noted(it: &Replicas, size: u64) {
    let told = || {
        let checks = it.run(&["doctor", "-o", "json"]).json();
        let checks = checks["items"].as_array().or(checks.as_array())?.clone();
        let place = |check: &&Value| {
            let name = check["check"].as_str();
            name.is_some_and(|name| name.starts_with("checkpoints to "))
        };
        let places = checks.iter().filter(place);
        let mut details = places.filter_map(|check| check["detail"].as_str());
        let has = |detail: &str| {
            let (has, _) = detail.split_once(" of ")?;
            has.parse::<u64>().ok()
        };
        details
            .any(|detail| has(detail).is_some_and(|n| n >= size))
            .then_some(())
    };
    assert!(until(told).is_some(), "not noted: {size}");
}

/// The log grows; its newest entry then.
fn grows(it: &Replicas) -> u64 {
    it.run(&["env", "lock", "far", "--reason", "checking"])
        .ends(0);
    it.run(&["env", "unlock", "far", "--reason", "checked"])
        .ends(0);
    newest(it)
}

#[test]
fn one_of_two_servers_hands_a_checkpoint_out_and_the_other_goes_on_when_it_dies() {
    let receiver = Receiver::start();
    let to = format!(
        "checkpoints: {{ every: 1s, to: [{{ webhook: \"{}\" }}] }}\n---",
        receiver.address
    );
    let library = MovedClock::library();
    let Some(mut it) = Replicas::started(|text| text.replacen("---", &to, 1), library.as_deref())
    else {
        return;
    };
    for dies in [0, 1] {
        for _ in 0..3 {
            let size = grows(&it);
            receiver.has(size);
            noted(&it, size);
        }
        it.kill(dies);
        let size = grows(&it);
        receiver.has(size);
        noted(&it, size);
        it.serve(dies);
    }
    if library.is_none() {
        return;
    }
    // One dies in the middle, before the place has answered.
    receiver.silent.store(true, Ordering::SeqCst);
    let size = grows(&it);
    let held = || (!receiver.held.lock().unwrap().is_empty()).then_some(());
    assert!(until(held).is_some(), "nobody hands anything out");
    it.kill(0);
    if !receiver.was_left() {
        it.serve(0);
        it.kill(1);
        assert!(receiver.was_left(), "no server is at it");
    }
    assert_eq!(receiver.held.lock().unwrap().len(), 1, "both are at it");
    receiver.silent.store(false, Ordering::SeqCst);
    it.later(Duration::from_secs(120));
    receiver.has(size);
}
