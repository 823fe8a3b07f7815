//! An upgraded connection: bytes both ways until one side ends, the idle time runs out, or the router stops.

use super::ticket::Ticket;
use super::upstream::Upstream;
use crate::worker::Worker;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf, copy_bidirectional};
use tokio::sync::Notify;

/// How long one direction may go on after the other ended.
const HALF_OPEN: Duration = Duration::from_secs(30);

/// Carries bytes until the end. The ticket keeps the backend in use as long.
pub async fn carry(client: OnUpgrade, upstream: Box<Upstream>, ticket: Ticket, worker: Rc<Worker>) {
    let idle = worker.limits.tunnel_idle;
    let Some((server, early)) = upstream.switched().await else {
        tracing::debug!(backend = %ticket.backend().id, "upgraded connection ended early");
        return;
    };
    let client = match client.await {
        Ok(client) => client,
        Err(why) => {
            tracing::debug!(%why, "upgrade not completed");
            return;
        }
    };
    let marks = Rc::new(Marks {
        moved: Cell::new(true),
        ended: Notify::new(),
    });
    let mut client = Watched {
        inner: TokioIo::new(client),
        marks: Rc::clone(&marks),
    };
    let mut server = Watched {
        inner: server,
        marks: Rc::clone(&marks),
    };
    let copy = async {
        client.write_all(&early).await?;
        copy_bidirectional(&mut client, &mut server)
            .await
            .map(|_| ())
    };
    let copied = tokio::select! {
        copied = copy => copied,
        () = silence(&marks.moved, idle) => Err(io::Error::new(io::ErrorKind::TimedOut, "idle")),
        () = one_sided(&marks) => Err(io::Error::new(io::ErrorKind::TimedOut, "one side ended")),
    };
    if let Err(why) = copied {
        tracing::debug!(%why, backend = %ticket.backend().id, "upgraded connection ended");
    }
}

/// Ends after a whole `idle` without a byte.
async fn silence(moved: &Cell<bool>, idle: Duration) {
    while moved.replace(false) {
        tokio::time::sleep(idle).await;
    }
}

/// Ends some time after one side ended.
async fn one_sided(marks: &Marks) {
    marks.ended.notified().await;
    tokio::time::sleep(HALF_OPEN).await;
}

struct Marks {
    moved: Cell<bool>,
    ended: Notify,
}

/// Notes when bytes move and when a side ends.
struct Watched<T> {
    inner: T,
    marks: Rc<Marks>,
}

impl<T: AsyncRead + Unpin> AsyncRead for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = to.filled().len();
        let done = Pin::new(&mut self.inner).poll_read(cx, to);
        if done.is_ready() {
            self.marks.moved.set(true);
            if to.filled().len() == before {
                self.marks.ended.notify_one();
            }
        }
        done
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Watched<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write(cx, bytes);
        if done.is_ready() {
            self.marks.moved.set(true);
        }
        done
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
