//! A small typed HTTP client for the JSON API of a server.
//!
//! It sends, decodes and classifies; it never retries, because only the caller knows whether a repetition is safe.
//! The token is sent with each request and appears in no error and no `Debug` text.

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::time::Duration;

/// Time a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// Time a whole exchange may take, unless the caller says otherwise. Longer than the longest long poll (25 s).
const EXCHANGE: Duration = Duration::from_secs(40);
/// Silence after which a stream counts as broken; servers send a heartbeat every 15 s.
const STREAM_SILENCE: Duration = Duration::from_secs(60);
/// Largest answer that is read into memory, in bytes.
const ANSWER_CAP: usize = 64 << 20;
/// Longest line of a stream, in bytes.
const LINE_CAP: usize = 8 << 20;

/// Why an exchange gave no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No answer: not connected, broken off, or too late. It is not known whether the server acted.
    #[error("server {base} is not reachable: {reason}")]
    Unreachable {
        /// Base URL that was asked.
        base: String,
        /// Why, for people.
        reason: String,
    },
    /// The server answered, and the answer is no.
    #[error("{0}")]
    Problem(Box<Problem>),
    /// The answer was not what this client understands.
    #[error("answer of {path} is not understood: {reason}")]
    Decode {
        /// Path that was asked.
        path: String,
        /// Why, for people.
        reason: String,
    },
    /// The base URL cannot be used.
    #[error(
        "server address {address:?} cannot be used: {reason}; write it like http://127.0.0.1:7070"
    )]
    Address {
        /// What was given.
        address: String,
        /// Why, for people.
        reason: String,
    },
}

impl Error {
    /// HTTP status, when the server answered with a problem.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Problem(problem) => Some(problem.status),
            _ => None,
        }
    }
}

/// A refusal as RFC 9457 describes it; the whole document stays available in `body`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// The problem document, or a string with the plain text of the answer.
    pub body: Value,
}

impl Problem {
    /// Short name of the problem.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.text("title")
    }

    /// What happened in this case.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.text("detail")
    }

    /// Stable code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.text("code")
    }

    /// The way out.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.text("help")
    }

    fn text(&self, member: &str) -> Option<&str> {
        self.body.get(member).and_then(Value::as_str)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the server answered {}", self.status)?;
        for part in [self.title(), self.detail(), self.body.as_str()]
            .into_iter()
            .flatten()
        {
            write!(f, ": {part}")?;
        }
        if let Some(help) = self.help() {
            write!(f, " ({help})")?;
        }
        Ok(())
    }
}

/// A client of one server. Cheap to clone; connections are shared.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client for the server at `base_url` (scheme, host, port). `token` is sent as bearer token; empty means none.
    ///
    /// # Errors
    /// [`Error::Address`] when the URL is not `http` or `https`, or the token cannot stand in a header.
    pub fn new(base_url: &str, token: &str) -> Result<Self, Error> {
        let refuse = |reason: String| Error::Address {
            address: base_url.to_owned(),
            reason,
        };
        let url = reqwest::Url::parse(base_url).map_err(|e| refuse(e.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse(format!(
                "scheme {:?} is neither http nor https",
                url.scheme()
            )));
        }
        if token.bytes().any(|b| !b.is_ascii_graphic()) {
            return Err(refuse(
                "the token holds characters that a header cannot carry".to_owned(),
            ));
        }
        // Another part of the process may have installed it before; then it is the same provider.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true);
        if url.scheme() == "http" {
            // Plain HTTP must also work on a host without any certificate store.
            builder = builder.tls_certs_only([]);
        }
        let http = builder.build().map_err(|e| refuse(causes(&e)))?;
        let token = (!token.is_empty()).then(|| token.to_owned());
        Ok(Self {
            http,
            base: base_url.trim_end_matches('/').to_owned(),
            token,
        })
    }

    /// Base URL without a slash at its end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Asks for a resource.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get<R: DeserializeOwned>(&self, path: &str) -> Result<R, Error> {
        let request = self.request(Method::GET, path).timeout(EXCHANGE);
        self.decode(path, self.send(request).await?).await
    }

    /// Sends a command. `idempotency_key` lets the server recognise a repetition.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn post<B, R>(
        &self,
        path: &str,
        body: &B,
        idempotency_key: Option<&str>,
    ) -> Result<R, Error>
    where
        B: Serialize + ?Sized,
        R: DeserializeOwned,
    {
        let mut request = self
            .request(Method::POST, path)
            .timeout(EXCHANGE)
            .json(body);
        if let Some(key) = idempotency_key {
            request = request.header("idempotency-key", key);
        }
        self.decode(path, self.send(request).await?).await
    }

    /// Replaces a resource.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn put<B, R>(&self, path: &str, body: &B) -> Result<R, Error>
    where
        B: Serialize + ?Sized,
        R: DeserializeOwned,
    {
        let request = self.request(Method::PUT, path).timeout(EXCHANGE).json(body);
        self.decode(path, self.send(request).await?).await
    }

    /// Reads a resource as it comes, line by line (event streams, logs, exports).
    ///
    /// # Errors
    /// See [`Error`]; later errors come out of [`Lines::next`].
    pub async fn lines(&self, path: &str) -> Result<Lines, Error> {
        let sent =
            tokio::time::timeout(STREAM_SILENCE, self.send(self.request(Method::GET, path))).await;
        let response = sent.map_err(|_| self.unreachable("no answer within 60 s".to_owned()))??;
        Ok(Lines {
            response,
            buffer: Vec::new(),
            base: self.base.clone(),
            path: path.to_owned(),
            ended: false,
        })
    }

    /// Reads a whole resource as bytes, up to 64 MiB.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>, Error> {
        let request = self.request(Method::GET, path).timeout(EXCHANGE);
        self.body(path, self.send(request).await?).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Error> {
        let response = request
            .send()
            .await
            .map_err(|e| self.unreachable(causes(&e)))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        Err(Error::Problem(Box::new(
            self.problem(status, response).await,
        )))
    }

    async fn problem(&self, status: StatusCode, response: Response) -> Problem {
        let bytes = self.body("", response).await.unwrap_or_default();
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| {
            Value::String(String::from_utf8_lossy(&bytes).chars().take(500).collect())
        });
        Problem {
            status: status.as_u16(),
            body,
        }
    }

    async fn body(&self, path: &str, mut response: Response) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|e| self.unreachable(causes(&e)))?
        {
            if bytes.len() + chunk.len() > ANSWER_CAP {
                let reason = format!("it is larger than {} MiB", ANSWER_CAP >> 20);
                return Err(Error::Decode {
                    path: path.to_owned(),
                    reason,
                });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    async fn decode<R: DeserializeOwned>(
        &self,
        path: &str,
        response: Response,
    ) -> Result<R, Error> {
        let bytes = self.body(path, response).await?;
        // 204 and other empty answers decode as null, so that `()` works.
        let text = if bytes.is_empty() {
            b"null".as_slice()
        } else {
            &bytes
        };
        serde_json::from_slice(text).map_err(|e| Error::Decode {
            path: path.to_owned(),
            reason: e.to_string(),
        })
    }

    fn unreachable(&self, reason: String) -> Error {
        Error::Unreachable {
            base: self.base.clone(),
            reason,
        }
    }
}

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
            match tokio::time::timeout(STREAM_SILENCE, self.response.chunk()).await {
                Err(_) => return Err(broken("the stream was silent for 60 s".to_owned())),
                Ok(Err(e)) => return Err(broken(causes(&e))),
                Ok(Ok(Some(chunk))) => self.buffer.extend_from_slice(&chunk),
                Ok(Ok(None)) => self.ended = true,
            }
        }
    }
}

/// The error with what caused it; the URL is left out because it may carry credentials.
fn causes(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut text = String::new();
    let mut next: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(cause) = next {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    if text.is_empty() {
        "the exchange broke off".to_owned()
    } else {
        text
    }
}
