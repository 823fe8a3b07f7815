//! An answer that is read line by line while it is still being sent.

use crate::http::{Error, causes};
use reqwest::Response;
use std::time::Duration;

/// Silence after which a stream counts as broken; servers send a heartbeat every 15 s.
pub(crate) const SILENCE: Duration = Duration::from_secs(60);
/// Longest line of a stream, in bytes.
const LINE_CAP: usize = 8 << 20;

/// Lines of an answer that is still being sent.
#[derive(Debug)]
pub struct Lines {
    response: Response,
    buffer: Vec<u8>,
    base: String,
    path: String,
    ended: bool,
}

impl Lines {
    pub(crate) fn of(response: Response, base: &str, path: &str) -> Self {
        Self {
            response,
            buffer: Vec::new(),
            base: base.to_owned(),
            path: path.to_owned(),
            ended: false,
        }
    }

    /// The next line without its end, or `None` after the last one. Silence of 60 s is an error.
    ///
    /// # Errors
    /// [`Error::Unreachable`] when the stream breaks, [`Error::Decode`] for a line over 8 MiB.
    pub async fn next(&mut self) -> Result<Option<String>, Error> {
        loop {
            if let Some(end) = self.buffer.iter().position(|b| *b == b'\n') {
                let rest = self.buffer.split_off(end + 1);
                let line = std::mem::replace(&mut self.buffer, rest);
                let line = line.strip_suffix(b"\n").unwrap_or(&line);
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                return Ok(Some(String::from_utf8_lossy(line).into_owned()));
            }
            if self.ended {
                let last = std::mem::take(&mut self.buffer);
                return Ok((!last.is_empty()).then(|| String::from_utf8_lossy(&last).into_owned()));
            }
            if self.buffer.len() > LINE_CAP {
                let reason = format!("a line is longer than {} MiB", LINE_CAP >> 20);
                return Err(Error::Decode {
                    path: self.path.clone(),
                    reason,
                });
            }
            let broken = |reason| Error::Unreachable {
                base: self.base.clone(),
                reason,
            };
            match tokio::time::timeout(SILENCE, self.response.chunk()).await {
                Err(_) => return Err(broken("the stream was silent for 60 s".to_owned())),
                Ok(Err(e)) => return Err(broken(causes(&e))),
                Ok(Ok(Some(chunk))) => self.buffer.extend_from_slice(&chunk),
                Ok(Ok(None)) => self.ended = true,
            }
        }
    }
}
