//! A small static backend and a loader with a bounded number of requests over connections kept open.

use crate::Result;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, LocalOptions, LocalRuntime};
use tokio::task::spawn_local;

const REQUEST: &[u8] =
    b"GET /hello HTTP/1.1\r\nHost: example.test\r\nUser-Agent: bench\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n\r\n";

/// What to send where.
#[derive(Clone, Copy)]
pub struct Load {
    pub target: SocketAddr,
    pub connections: usize,
    pub requests: usize,
}

/// What came back.
pub struct Seen {
    pub good: usize,
    pub bad: usize,
    pub took: Duration,
    micros: Vec<u64>,
}

impl Seen {
    /// Latency in microseconds.
    pub fn quantile(&self, share: f64) -> u64 {
        let place = (self.micros.len() as f64 * share) as usize;
        self.micros
            .get(place.min(self.micros.len().saturating_sub(1)))
            .copied()
            .unwrap_or(0)
    }
}

fn runtime() -> Result<LocalRuntime> {
    Ok(Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?)
}

/// Starts a backend that answers every request with its name; it lives as long as this process.
pub fn backend(name: &'static str) -> Result<SocketAddr> {
    let socket = std::net::TcpListener::bind("127.0.0.1:0")?;
    socket.set_nonblocking(true)?;
    let address = socket.local_addr()?;
    let runtime_ready = std::sync::mpsc::channel();
    thread::spawn(move || {
        let Ok(runtime) = runtime() else { return };
        let _ = runtime_ready.0.send(());
        runtime.block_on(async move {
            let Ok(listener) = TcpListener::from_std(socket) else {
                return;
            };
            while let Ok((stream, _)) = listener.accept().await {
                spawn_local(answer(stream, name));
            }
        });
    });
    runtime_ready.1.recv()?;
    Ok(address)
}

async fn answer(mut stream: TcpStream, name: &str) {
    let body = format!("hello from {name}");
    let text = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.set_nodelay(true);
    let mut space = [0_u8; 4096];
    loop {
        // Requests are small and one at a time: one read is one request.
        match stream.read(&mut space).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        if stream.write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Sends all requests and waits for their answers; a request without an answer after 10 s is bad.
pub fn run(load: Load) -> Result<Seen> {
    let seen = Rc::new(RefCell::new(Seen {
        good: 0,
        bad: 0,
        took: Duration::ZERO,
        micros: Vec::with_capacity(load.requests),
    }));
    let begun = Instant::now();
    runtime()?.block_on(async {
        let left = Rc::new(RefCell::new(load.requests));
        let tasks: Vec<_> = (0..load.connections)
            .map(|_| spawn_local(one(load.target, Rc::clone(&left), Rc::clone(&seen))))
            .collect();
        for task in tasks {
            let _ = task.await;
        }
    });
    let mut seen = Rc::into_inner(seen)
        .ok_or("a load task is still running")?
        .into_inner();
    seen.took = begun.elapsed();
    seen.micros.sort_unstable();
    Ok(seen)
}

async fn one(target: SocketAddr, left: Rc<RefCell<usize>>, seen: Rc<RefCell<Seen>>) {
    let mut stream = None;
    let mut space = [0_u8; 4096];
    loop {
        if *left.borrow() == 0 {
            return;
        }
        *left.borrow_mut() -= 1;
        let begun = Instant::now();
        let done = tokio::time::timeout(
            Duration::from_secs(10),
            request(&mut stream, target, &mut space),
        )
        .await;
        let mut seen = seen.borrow_mut();
        if matches!(done, Ok(Ok(true))) {
            seen.good += 1;
            seen.micros.push(begun.elapsed().as_micros() as u64);
        } else {
            seen.bad += 1;
            stream = None;
        }
    }
}

async fn request(
    open: &mut Option<TcpStream>,
    target: SocketAddr,
    space: &mut [u8],
) -> std::io::Result<bool> {
    if open.is_none() {
        let fresh = TcpStream::connect(target).await?;
        fresh.set_nodelay(true)?;
        *open = Some(fresh);
    }
    let Some(stream) = open else { return Ok(false) };
    stream.write_all(REQUEST).await?;
    let mut filled = 0;
    loop {
        let count = stream.read(&mut space[filled..]).await?;
        filled += count;
        let text = &space[..filled];
        if let Some(end) = text.windows(4).position(|four| four == b"\r\n\r\n") {
            // The body is `hello from a`: 12 bytes.
            if filled >= end + 4 + 12 {
                return Ok(text.starts_with(b"HTTP/1.1 200"));
            }
        }
        if count == 0 {
            return Ok(false);
        }
    }
}
