//! A link between servers and their database that ends a connection around the commit of a transaction: before it is passed on,
//! after it without waiting, or when the database has said that it is done and nobody has heard it yet.

use anyhow::Result;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// When the connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The commit never reaches the database.
    Before,
    /// It was sent, and nobody waits for what comes of it.
    Meanwhile,
    /// The database has committed; its answer is lost.
    After,
}

impl Moment {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Before, Self::Meanwhile, Self::After];
}

/// What a database says when it has done all it was asked: `ReadyForQuery`, outside of a transaction.
const DONE: &[u8] = b"Z\0\0\0\x05I";

/// The link.
#[derive(Debug, Default)]
pub struct Cut {
    armed: Mutex<Option<Moment>>,
    fired: AtomicU32,
}

impl Cut {
    /// Connections to `port` of this machine, through the port that it gives back.
    pub fn before(port: u16) -> Result<(Arc<Self>, u16)> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (cut, own) = (Arc::new(Self::default()), listener.local_addr()?.port());
        let shared = Arc::clone(&cut);
        // Threads end with the process; each serves one direction of a connection.
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = TcpStream::connect(("127.0.0.1", port)) else {
                    continue;
                };
                let cut = Arc::clone(&shared);
                std::thread::spawn(move || cut.connection(near, far));
            }
        });
        Ok((cut, own))
    }

    /// End the connection of the next commit. False when there was none within the patience.
    pub async fn next(&self, moment: Moment, patience: Duration) -> bool {
        let before = self.fired.load(Ordering::SeqCst);
        *self.armed() = Some(moment);
        let begun = Instant::now();
        while begun.elapsed() < patience && self.fired.load(Ordering::SeqCst) == before {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        self.armed().take();
        self.fired.load(Ordering::SeqCst) > before
    }

    fn armed(&self) -> std::sync::MutexGuard<'_, Option<Moment>> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fires(&self) {
        self.fired.fetch_add(1, Ordering::SeqCst);
    }

    fn connection(self: &Arc<Self>, mut near: TcpStream, mut far: TcpStream) -> Option<()> {
        near.set_nodelay(true).ok()?;
        far.set_nodelay(true).ok()?;
        // Set when the answer is to be lost.
        let lost = Arc::new(AtomicBool::new(false));
        let (back, forth) = (far.try_clone().ok()?, near.try_clone().ok()?);
        let (cut, told) = (Arc::clone(self), Arc::clone(&lost));
        std::thread::spawn(move || cut.answers(back, forth, &told));
        let begun = message(&mut near, false)?;
        far.write_all(&begun).ok()?;
        while let Some(message) = message(&mut near, true) {
            let commits = message[0] == b'Q' && contains(&message, b"COMMIT");
            let moment = commits.then(|| self.armed().take()).flatten();
            match moment {
                None => far.write_all(&message).ok()?,
                Some(Moment::Before) => {
                    self.fires();
                    break;
                }
                Some(Moment::Meanwhile) => {
                    // One that the database ended before is lost all the same.
                    drop(far.write_all(&message));
                    self.fires();
                    break;
                }
                Some(Moment::After) => {
                    lost.store(true, Ordering::SeqCst);
                    if far.write_all(&message).is_err() {
                        break;
                    }
                }
            }
        }
        end(&near, &far);
        Some(())
    }

    fn answers(&self, mut far: TcpStream, mut near: TcpStream, lost: &AtomicBool) {
        let mut buffer = [0; 1 << 14];
        while let Ok(read @ 1..) = far.read(&mut buffer) {
            if lost.load(Ordering::SeqCst) {
                if buffer[..read].ends_with(DONE) {
                    break;
                }
            } else if near.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        end(&near, &far);
        if lost.load(Ordering::SeqCst) {
            self.fires();
        }
    }
}

fn end(near: &TcpStream, far: &TcpStream) {
    for stream in [near, far] {
        // The other side may have hung up before.
        drop(stream.shutdown(Shutdown::Both));
    }
}

/// The next message, whole; the first one of a connection has no letter before its length.
fn message(stream: &mut TcpStream, lettered: bool) -> Option<Vec<u8>> {
    let head = if lettered { 5 } else { 4 };
    let mut message = vec![0; head];
    stream.read_exact(&mut message).ok()?;
    let length: [u8; 4] = message[head - 4..].try_into().ok()?;
    let rest = usize::try_from(u32::from_be_bytes(length))
        .ok()?
        .checked_sub(4)?;
    message.resize(head + rest, 0);
    stream.read_exact(&mut message[head..]).ok()?;
    Some(message)
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|part| part == text)
}
