//! A client connection whose bytes are read strictly before the HTTP engine sees them.
//!
//! Whole messages pass in place. An incomplete head is held back, so the engine never sees the beginning of a head that
//! turns out to be malformed. In place of a malformed head the engine gets [`STAND_IN`], which keeps answers in order;
//! the service recognises it by its number and answers with the refusal.

use super::chunk::Chunked;
use super::gather;
use super::head::{self, Framing, Refusal};
use super::shared::{CHANGED, EARLY, STAYED, Shared, UNDECIDED};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What the engine reads instead of a malformed head.
const STAND_IN: &[u8] = b"GET / HTTP/1.1\r\nhost: refused\r\nconnection: close\r\n\r\n";

/// What comes next on the connection.
#[derive(Debug)]
enum Expect {
    Head,
    Body {
        left: u64,
    },
    Chunks(Chunked),
    /// After a bad chunk.
    Failure,
    /// After a request for an upgrade, until it is answered.
    Decision,
    /// After an upgrade.
    Anything,
    /// After a refusal.
    Nothing,
}

/// The strict reader around a client's socket.
#[derive(Debug)]
pub struct Guard {
    socket: TcpStream,
    shared: Arc<Shared>,
    expect: Expect,
    /// Bytes read but not passed on; the first `passed` of them may go.
    held: Vec<u8>,
    passed: usize,
    /// Bytes of `held` already searched for the end of a head.
    searched: usize,
    heads: u64,
    /// The engine is in the middle of a message to the client.
    writing: bool,
    most_bytes: usize,
    most_headers: usize,
}

impl Guard {
    pub fn new(
        socket: TcpStream,
        shared: Arc<Shared>,
        most_bytes: usize,
        most_headers: usize,
    ) -> Self {
        Guard {
            socket,
            shared,
            expect: Expect::Head,
            held: Vec::new(),
            passed: 0,
            searched: 0,
            heads: 0,
            writing: false,
            most_bytes,
            most_headers,
        }
    }

    /// How many of these bytes may pass now.
    fn judge(&mut self, bytes: &[u8]) -> Result<usize, Refusal> {
        let mut good = 0;
        while good < bytes.len() {
            let rest = &bytes[good..];
            match &mut self.expect {
                // One head at a time: a refusal must not take the place of a good message before it.
                Expect::Head if good > 0 => return Ok(good),
                Expect::Head => {
                    let Some(length) = head_end(rest, self.searched)? else {
                        if rest.len() > self.most_bytes {
                            return Err(head::TOO_LARGE);
                        }
                        self.searched = rest.len();
                        return Ok(0);
                    };
                    self.head(&rest[..length])?;
                    good += length;
                }
                Expect::Body { left } => {
                    let here = (*left).min(rest.len() as u64);
                    *left -= here;
                    good += here as usize;
                    if *left == 0 {
                        self.expect = Expect::Head;
                    }
                }
                Expect::Chunks(reader) => {
                    let Ok((here, ended)) = reader.advance(rest) else {
                        self.shared.bad_body.store(true, Relaxed);
                        self.expect = Expect::Failure;
                        continue;
                    };
                    good += here;
                    if ended {
                        self.expect = Expect::Head;
                    }
                }
                // What came before the bad chunk passes first: the engine must know the request to answer it.
                Expect::Failure if good == 0 => {
                    return Err(Refusal {
                        because: "chunked body malformed",
                        ..head::BARE_LF
                    });
                }
                Expect::Anything => return Ok(bytes.len()),
                Expect::Failure | Expect::Decision | Expect::Nothing => return Ok(good),
            }
        }
        Ok(good)
    }

    fn head(&mut self, whole: &[u8]) -> Result<(), Refusal> {
        self.searched = 0;
        if whole.len() > self.most_bytes {
            return Err(head::TOO_LARGE);
        }
        // One empty line before a request is ignored, as RFC 9112 section 2.2 asks.
        let head = whole.strip_prefix(b"\r\n").unwrap_or(whole);
        self.expect = match head::inspect(head, self.most_headers)? {
            Framing::Length(0) => Expect::Head,
            Framing::Length(left) => Expect::Body { left },
            Framing::Chunked => Expect::Chunks(Chunked::new()),
            Framing::Upgrade => {
                self.shared.upgrade.store(UNDECIDED, Relaxed);
                Expect::Decision
            }
        };
        self.heads += 1;
        Ok(())
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.heads += 1;
        // Set once: nothing is read after a refusal.
        let _ = self.shared.refused.set((self.heads, refusal));
        self.expect = Expect::Nothing;
        self.held.clear();
        self.held.extend_from_slice(STAND_IN);
        self.passed = self.held.len();
    }

    /// Judges what is held; an error is a body that broke the rules.
    fn judge_held(&mut self) -> io::Result<()> {
        if self.passed > 0 || self.held.is_empty() {
            return Ok(());
        }
        let held = std::mem::take(&mut self.held);
        let verdict = self.judge(&held);
        self.held = held;
        match verdict {
            Ok(good) => self.passed = good,
            Err(refusal) if matches!(self.expect, Expect::Failure) => {
                return Err(io::Error::other(refusal.because));
            }
            Err(refusal) => self.refuse(refusal),
        }
        Ok(())
    }

    /// Writes interim answers, which may only stand between two messages of the engine.
    fn write_early(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.writing || !self.shared.early_waits.load(Relaxed) {
            return Poll::Ready(Ok(()));
        }
        let Ok(mut early) = self.shared.early.lock() else {
            return Poll::Ready(Ok(()));
        };
        while !early.is_empty() {
            let written = ready!(Pin::new(&mut self.socket).poll_write(cx, &early))?;
            early.drain(..written);
        }
        self.shared.early_waits.store(false, Relaxed);
        Poll::Ready(Ok(()))
    }

    fn pass_held(&mut self, to: &mut ReadBuf<'_>) {
        let count = self.passed.min(to.remaining());
        to.put_slice(&self.held[..count]);
        self.held.drain(..count);
        self.passed -= count;
        if self.held.is_empty() && self.held.capacity() > 4096 {
            self.held = Vec::new();
        }
    }

    /// Reads from the socket into `to` and takes back what may not pass yet; true at the end of the stream.
    fn read(&mut self, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<bool>> {
        let before = to.filled().len();
        ready!(Pin::new(&mut self.socket).poll_read(cx, to))?;
        let fresh = &to.filled()[before..];
        if fresh.is_empty() {
            return Poll::Ready(Ok(true));
        }
        self.shared.moved.store(true, Relaxed);
        if self.held.is_empty() {
            match self.judge(fresh) {
                Ok(good) if good == fresh.len() => return Poll::Ready(Ok(false)),
                Ok(good) => self.held.extend_from_slice(&fresh[good..]),
                Err(refusal) if matches!(self.expect, Expect::Failure) => {
                    return Poll::Ready(Err(io::Error::other(refusal.because)));
                }
                Err(refusal) => self.refuse(refusal),
            }
            let good = if self.passed > 0 {
                0
            } else {
                fresh.len() - self.held.len()
            };
            to.set_filled(before + good);
        } else {
            self.held.extend_from_slice(fresh);
            to.set_filled(before);
        }
        Poll::Ready(Ok(false))
    }
}

/// Length of the head that begins here, its empty line included.
fn head_end(bytes: &[u8], searched: usize) -> Result<Option<usize>, Refusal> {
    let from = searched
        .saturating_sub(3)
        .max(if bytes.starts_with(b"\r\n") { 2 } else { 0 });
    for place in from..bytes.len() {
        if bytes[place] == b'\n' {
            match bytes[..place] {
                [.., b'\r', b'\n', b'\r'] => return Ok(Some(place + 1)),
                [.., b'\r'] => {}
                _ => return Err(head::BARE_LF),
            }
        }
    }
    Ok(None)
}

impl AsyncRead for Guard {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = to.filled().len();
        loop {
            if matches!(this.expect, Expect::Decision) {
                match this.shared.upgrade.load(Relaxed) {
                    CHANGED => this.expect = Expect::Anything,
                    STAYED => this.expect = Expect::Head,
                    _ => {}
                }
            }
            this.judge_held()?;
            if this.passed > 0 {
                this.pass_held(to);
                return Poll::Ready(Ok(()));
            }
            let full = matches!(this.expect, Expect::Decision) && this.held.len() >= EARLY;
            if full || matches!(this.expect, Expect::Nothing) {
                // The answer under way decides what comes next, and its task polls again; an end of stream here would
                // make the engine drop that answer.
                return Poll::Pending;
            }
            if to.remaining() == 0 {
                return Poll::Ready(Ok(()));
            }
            this.shared.head_begun.store(
                !this.held.is_empty() && matches!(this.expect, Expect::Head),
                Relaxed,
            );
            if this.shared.head_late.swap(false, Relaxed) && this.shared.head_begun() {
                this.refuse(head::TOO_SLOW);
                continue;
            }
            let ended = ready!(this.read(cx, to))?;
            if ended || to.filled().len() > before {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncWrite for Guard {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.write_early(cx))?;
        let written = ready!(Pin::new(&mut self.socket).poll_write(cx, bytes))?;
        self.writing = true;
        self.shared.moved.store(true, Relaxed);
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.write_early(cx))?;
        let written = ready!(gather::write(&mut self.socket, cx, slices))?;
        self.writing = true;
        self.shared.moved.store(true, Relaxed);
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The engine flushes when it has nothing more to write.
        self.writing = false;
        ready!(self.write_early(cx))?;
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.socket).poll_shutdown(cx))?;
        if !matches!(this.expect, Expect::Nothing | Expect::Failure) {
            return Poll::Ready(Ok(()));
        }
        // Closing a socket with unread bytes resets it, and the client might lose the refusal. The connection's own
        // deadline ends this.
        let mut space = [0_u8; 4096];
        loop {
            let mut waste = ReadBuf::new(&mut space);
            ready!(Pin::new(&mut this.socket).poll_read(cx, &mut waste))?;
            if waste.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}
