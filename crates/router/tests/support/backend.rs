//! Real little HTTP servers with the manners a test needs.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How a backend answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// 200 with its name.
    Name,
    /// The same once per connection, which it closes without a word.
    Once,
    /// 500.
    Fail,
    /// 200 with the head it got as body, after the request body was read.
    Echo,
    /// Chunks `one` and `two`, the second only after [`Backend::release`].
    Stream,
    /// Nothing until [`Backend::release`], then its name.
    Hold,
    /// 103 before 200.
    Early,
    /// Promises 100 bytes and breaks off after 4.
    Break,
    /// Changes the protocol and sends every byte back.
    Upgrade,
    /// So many megabytes of answer.
    Large(usize),
}

/// A running backend; it ends when dropped or stopped.
pub struct Backend {
    pub address: SocketAddr,
    state: Arc<State>,
}

struct State {
    name: String,
    style: Mutex<Style>,
    stopped: AtomicBool,
    released: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Backend {
    pub fn start(name: &str, style: Style) -> Backend {
        Backend::start_at(name, style, "127.0.0.1:0".parse().expect("an address"))
    }

    pub fn start_at(name: &str, style: Style, address: SocketAddr) -> Backend {
        let mut found = TcpListener::bind(address);
        // A port just given up may take a moment.
        for _ in 0..100 {
            if found.is_ok() {
                break;
            }
            thread::sleep(Duration::from_millis(20));
            found = TcpListener::bind(address);
        }
        let listener = found.expect("bind");
        let address = listener.local_addr().expect("address");
        let state = Arc::new(State {
            name: name.to_owned(),
            style: Mutex::new(style),
            stopped: AtomicBool::new(false),
            released: AtomicBool::new(false),
            open: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.stopped.load(SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                shared
                    .open
                    .lock()
                    .expect("lock")
                    .push(stream.try_clone().expect("clone"));
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let whole = stream.try_clone().expect("clone");
                    let _ = shared.serve(stream);
                    // The list of open connections holds another handle of this socket.
                    let _ = whole.shutdown(std::net::Shutdown::Both);
                });
            }
        });
        Backend { address, state }
    }

    pub fn change(&self, style: Style) {
        *self.state.style.lock().expect("lock") = style;
    }

    pub fn release(&self) {
        self.state.released.store(true, SeqCst);
    }

    /// Closes the listener and every connection.
    pub fn stop(&self) {
        if !self.state.stopped.swap(true, SeqCst) {
            let _ = TcpStream::connect(self.address);
            for stream in self.state.open.lock().expect("lock").drain(..) {
                let _ = stream.shutdown(std::net::Shutdown::Both);
            }
        }
    }
}

impl State {
    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream);
        while !self.stopped.load(SeqCst) {
            let mut head = String::new();
            loop {
                let before = head.len();
                if reader.read_line(&mut head)? == 0 {
                    return Ok(());
                }
                if head[before..].trim().is_empty() {
                    break;
                }
            }
            let body = read_body(&mut reader, &head)?;
            self.answer(&mut reader, &head, &body)?;
        }
        Ok(())
    }

    fn answer(
        &self,
        stream: &mut BufReader<TcpStream>,
        head: &str,
        body: &[u8],
    ) -> std::io::Result<()> {
        let style = *self.style.lock().expect("lock");
        let out = stream.get_mut();
        match style {
            Style::Name => out.write_all(&whole(
                "200 OK",
                self.name.as_bytes(),
                head.starts_with("HEAD "),
            )),
            Style::Once => {
                out.write_all(&whole("200 OK", self.name.as_bytes(), false))?;
                out.shutdown(std::net::Shutdown::Both)
            }
            Style::Fail => out.write_all(&whole("500 Oh", b"failed", false)),
            Style::Echo => {
                out.write_all(&whole("200 OK", &[head.as_bytes(), body].concat(), false))
            }
            Style::Stream => {
                out.write_all(
                    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n",
                )?;
                self.wait();
                out.write_all(b"3\r\ntwo\r\n0\r\n\r\n")
            }
            Style::Hold => {
                self.wait();
                out.write_all(&whole("200 OK", self.name.as_bytes(), false))
            }
            Style::Early => {
                out.write_all(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")?;
                self.wait();
                out.write_all(&whole("200 OK", b"late", false))
            }
            Style::Break => {
                out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly")?;
                out.shutdown(std::net::Shutdown::Both)
            }
            Style::Upgrade => {
                out.write_all(b"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\nhi:")?;
                let mut byte = [0];
                while stream.read(&mut byte)? == 1 {
                    stream.get_mut().write_all(&byte)?;
                }
                Ok(())
            }
            Style::Large(megabytes) => {
                write!(
                    out,
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
                    megabytes << 20
                )?;
                let block: Vec<u8> = (0..1 << 20).map(|place| (place % 251) as u8).collect();
                (0..megabytes).try_for_each(|_| out.write_all(&block))
            }
        }
    }

    fn wait(&self) {
        for _ in 0..1_000 {
            if self.released.load(SeqCst) || self.stopped.load(SeqCst) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

fn whole(status: &str, body: &[u8], head_only: bool) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nKeep-Alive: timeout=5\r\nConnection: x-hop\r\nX-Hop: 1\r\nX-End: 1\r\n\r\n", body.len()).into_bytes();
    if !head_only {
        text.extend_from_slice(body);
    }
    text
}

fn read_body(reader: &mut BufReader<TcpStream>, head: &str) -> std::io::Result<Vec<u8>> {
    let lower = head.to_ascii_lowercase();
    let mut body = Vec::new();
    if lower.contains("transfer-encoding: chunked") {
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let size = usize::from_str_radix(line.trim(), 16).unwrap_or(0);
            let mut data = vec![0; size + 2];
            reader.read_exact(&mut data)?;
            if size == 0 {
                return Ok(body);
            }
            body.extend_from_slice(&data[..size]);
        }
    }
    let length = lower
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |n| n.trim().parse().unwrap_or(0));
    body.resize(length, 0);
    reader.read_exact(&mut body)?;
    Ok(body)
}
