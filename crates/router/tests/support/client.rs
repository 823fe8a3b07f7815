//! A raw HTTP client: what goes over the wire is what the test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer, read whole.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection kept open.
pub struct Connection {
    pub stream: BufReader<TcpStream>,
}

impl Connection {
    pub fn open(to: SocketAddr) -> Connection {
        let stream = TcpStream::connect(to).expect("connect");
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("timeout");
        stream.set_nodelay(true).expect("nodelay");
        Connection {
            stream: BufReader::new(stream),
        }
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream
            .get_mut()
            .write_all(bytes.as_ref())
            .expect("send");
    }

    /// Sends a request without a body and reads the answer.
    pub fn get(&mut self, path: &str, headers: &[(&str, &str)]) -> std::io::Result<Reply> {
        let lines: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let text = format!("GET {path} HTTP/1.1\r\nHost: example.test\r\n{lines}\r\n");
        self.stream.get_mut().write_all(text.as_bytes())?;
        self.reply()
    }

    /// One line without its end.
    pub fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }

    /// Status and headers.
    pub fn head(&mut self) -> std::io::Result<Reply> {
        let first = self.line()?;
        let status = first
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .unwrap_or(0);
        let mut reply = Reply {
            status,
            ..Reply::default()
        };
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok(reply);
            }
            let (name, value) = line.split_once(':').expect("a header line");
            reply
                .headers
                .push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    /// One chunk; empty for the last.
    pub fn chunk(&mut self) -> std::io::Result<Vec<u8>> {
        let size = usize::from_str_radix(&self.line()?, 16).expect("a chunk size");
        let mut data = vec![0; size + 2];
        self.stream.read_exact(&mut data)?;
        data.truncate(size);
        Ok(data)
    }

    /// A whole answer to a request other than HEAD.
    pub fn reply(&mut self) -> std::io::Result<Reply> {
        let mut reply = self.head()?;
        if reply.header("transfer-encoding") == Some("chunked") {
            loop {
                let chunk = self.chunk()?;
                if chunk.is_empty() {
                    return Ok(reply);
                }
                reply.body.extend_from_slice(&chunk);
            }
        }
        if let Some(length) = reply.header("content-length") {
            reply.body = vec![0; length.parse().expect("a length")];
            self.stream.read_exact(&mut reply.body)?;
        } else if reply.status >= 200 && reply.status != 204 && reply.status != 304 {
            self.stream.read_to_end(&mut reply.body)?;
        }
        Ok(reply)
    }
}

/// One request on a connection of its own.
pub fn get(to: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Reply {
    Connection::open(to).get(path, headers).expect("an answer")
}
