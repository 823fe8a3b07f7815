//! One client connection and its deadlines.
//!
//! Deadlines are looked at by a slow tick instead of a timer per request: nothing is armed or disarmed on the hot path,
//! and a deadline is overrun by a quarter at most.

use super::Worker;
use crate::proxy::{self, Client};
use crate::table::Listener;
use crate::wire::{Guard, Shared};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::sleep;

/// How long a refused client may go on sending what nobody reads.
const LINGER: Duration = Duration::from_secs(2);

/// Bytes buffered per connection and direction before the sender is held back.
const BUFFER: usize = 64 * 1024;

pub async fn serve(worker: Rc<Worker>, listener: Arc<Listener>, stream: TcpStream, peer: IpAddr) {
    let shared = Arc::new(Shared::default());
    let guard = Guard::new(
        stream,
        Arc::clone(&shared),
        worker.limits.head_bytes,
        worker.limits.headers,
    );
    let client = Rc::new(Client::new(Rc::clone(&worker), listener, shared, peer));
    let for_requests = Rc::clone(&client);
    let mut engine = http1::Builder::new();
    engine.max_buf_size(BUFFER);
    let connection = engine
        .serve_connection(
            TokioIo::new(guard),
            service_fn(move |request| proxy::serve(Rc::clone(&for_requests), request)),
        )
        .with_upgrades();
    let mut connection = pin!(connection);
    let tick = worker.limits.tick();
    let mut timer = pin!(sleep(tick));
    let mut deadlines = Deadlines::new(&client);
    let ended = poll_fn(|cx| {
        if timer.as_mut().poll(cx).is_ready() {
            timer.set(sleep(tick));
            // The new timer must know whom to wake.
            let _ = timer.as_mut().poll(cx);
            match deadlines.look(Instant::now()) {
                Verdict::GoOn => {}
                Verdict::LastRequest => connection.as_mut().graceful_shutdown(),
                Verdict::Cut => return Poll::Ready(Ok(())),
            }
        }
        connection.as_mut().poll(cx)
    })
    .await;
    if let Err(why) = ended {
        if why.is_parse()
            && let Some(route) = client.listener.route.load().as_deref()
        {
            route.counters.add_malformed();
        }
        tracing::debug!(%why, "client connection ended");
    }
}

enum Verdict {
    GoOn,
    /// No further request on this connection.
    LastRequest,
    /// Close it now.
    Cut,
}

struct Deadlines<'a> {
    client: &'a Client,
    moved: Instant,
    head_since: Option<Instant>,
    refused_since: Option<Instant>,
}

impl<'a> Deadlines<'a> {
    fn new(client: &'a Client) -> Self {
        Deadlines {
            client,
            moved: Instant::now(),
            head_since: None,
            refused_since: None,
        }
    }

    fn look(&mut self, now: Instant) -> Verdict {
        let (client, limits) = (self.client, &self.client.worker.limits);
        if client.shared.take_moved() {
            self.moved = now;
        }
        let still = now - self.moved;
        if client.shared.is_refused() && now - *self.refused_since.get_or_insert(now) > LINGER {
            return Verdict::Cut;
        }
        if client.shared.head_begun() {
            if now - *self.head_since.get_or_insert(now) > limits.request_head {
                client.shared.head_late();
            }
        } else {
            self.head_since = None;
        }
        if let Some(since) = client.waiting() {
            // The time a long upload takes is not the backend's.
            if now - since.max(self.moved) > limits.response_head {
                client.give_up();
            }
        } else if client.busy.get() {
            if still > limits.body_idle {
                return Verdict::Cut;
            }
        } else if still > limits.keep_alive * 2 {
            return Verdict::Cut;
        } else if still > limits.keep_alive {
            return Verdict::LastRequest;
        }
        if client.worker.stopping.get() || client.listener.closed.load(Relaxed) {
            return Verdict::LastRequest;
        }
        Verdict::GoOn
    }
}
