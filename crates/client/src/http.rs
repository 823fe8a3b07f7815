//! A small typed HTTP client for the JSON API of a server.
//!
//! It sends, decodes and classifies; it never retries what may have arrived, because only the caller knows whether a
//! repetition is safe. Of several servers on one ledger it stays with one until that one does not answer.
//! The token is sent with each request and appears in no error and no `Debug` text.

use crate::lines::{Lines, SILENCE};
use crate::problem::Problem;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Request, RequestBuilder, Response, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Time a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// Time a whole exchange may take, unless the caller says otherwise. Longer than the longest long poll (25 s).
const EXCHANGE: Duration = Duration::from_secs(40);
/// Largest answer that is read into memory, in bytes.
const ANSWER_CAP: usize = 64 << 20;

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

/// What a prover adds to a request.
pub struct Proven {
    /// The token to send.
    pub token: String,
    /// Name of the header that carries the proof, and its text.
    pub header: (&'static str, String),
}

/// Shows with each request that whoever sends it holds a key; the token may be another one each time.
pub trait Prover: Send + Sync {
    /// For a request of this method, path with query, and body.
    fn prove(&self, method: &str, path: &str, body: &[u8]) -> Proven;
}

/// A client of one server, or of several that share a ledger. Cheap to clone; connections are shared.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    bases: Arc<[String]>,
    /// Which of them is asked; clones move on together.
    at: Arc<AtomicUsize>,
    token: Option<String>,
    prover: Option<Arc<dyn Prover>>,
    /// Every read is of the ledger as it was then.
    as_of: Option<String>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("bases", &self.bases)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client for the server at `base_url` (scheme, host, port), or for several, separated by commas. `token` is sent as
    /// bearer token; empty means none.
    ///
    /// # Errors
    /// [`Error::Address`] when the URL is not `http` or `https`, or the token cannot stand in a header.
    pub fn new(base_url: &str, token: &str) -> Result<Self, Error> {
        let refuse = |reason: String| Error::Address {
            address: base_url.to_owned(),
            reason,
        };
        let bases: Arc<[String]> = base_url
            .split(',')
            .map(|base| base.trim().trim_end_matches('/').to_owned())
            .collect();
        let urls = bases
            .iter()
            .map(|base| reqwest::Url::parse(base).map_err(|e| refuse(e.to_string())))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(url) = urls
            .iter()
            .find(|u| !matches!(u.scheme(), "http" | "https"))
        {
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
            .user_agent(concat!("tidegate/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true);
        if urls.iter().all(|url| url.scheme() == "http") {
            // Plain HTTP must also work on a host without any certificate store.
            builder = builder.tls_certs_only([]);
        }
        if urls.iter().all(is_loopback) {
            // A proxy cannot reach this host.
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|e| refuse(causes(&e)))?;
        let token = (!token.is_empty()).then(|| token.to_owned());
        Ok(Self {
            http,
            bases,
            at: Arc::default(),
            token,
            prover: None,
            as_of: None,
        })
    }

    /// The same client for a caller with a key, instead of a token.
    #[must_use]
    pub fn proving(mut self, prover: Arc<dyn Prover>) -> Self {
        self.prover = Some(prover);
        self
    }

    /// Base URL of the server that is asked, without a slash at its end.
    #[must_use]
    pub fn base(&self) -> &str {
        let at = self.at.load(Ordering::Relaxed);
        self.bases.get(at).map_or("", String::as_str)
    }

    /// Whether there is another server to ask.
    #[must_use]
    pub fn has_others(&self) -> bool {
        self.bases.len() > 1
    }

    /// The server that is asked gave no answer in the time the caller has: ask another from now on.
    pub fn try_another(&self) {
        self.move_on(self.at.load(Ordering::Relaxed));
    }

    /// Ask the server after `from` from now on, unless somebody moved on already.
    fn move_on(&self, from: usize) {
        let next = (from + 1) % self.bases.len();
        // When it fails, another clone was first.
        let _ = self
            .at
            .compare_exchange(from, next, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Asks for a resource.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get<R: DeserializeOwned>(&self, path: &str) -> Result<R, Error> {
        let request = self.request(Method::GET, path).timeout(EXCHANGE);
        self.decode(path, self.send(request).await?).await
    }

    /// Asks something that takes as long as it says.
    ///
    /// # Errors
    /// See [`Error`].
    pub(crate) async fn post_patiently<B, R>(
        &self,
        path: &str,
        body: &B,
        patience: Duration,
    ) -> Result<R, Error>
    where
        B: Serialize + ?Sized,
        R: DeserializeOwned,
    {
        let request = self.request(Method::POST, path).timeout(patience);
        self.decode(path, self.send(request.json(body)).await?)
            .await
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
        let request = self.request(Method::POST, path).timeout(EXCHANGE);
        let mut request = request.json(body);
        if let Some(key) = idempotency_key {
            request = request.header("idempotency-key", key);
        }
        self.decode(path, self.send(request).await?).await
    }

    /// The same client for looking back: everything it reads is of the ledger as it was at this instant (or, as a number, with
    /// this entry as the newest one), and everything it would change is refused.
    #[must_use]
    pub fn as_of(mut self, instant: String) -> Self {
        self.as_of = Some(instant);
        self
    }

    /// Sends a command about exactly the things that were looked at: `tags` name them as `If-Match`.
    ///
    /// # Errors
    /// See [`Error`]; 412 when one of them is another by now.
    pub async fn post_matching<B, R>(
        &self,
        path: &str,
        body: &B,
        idempotency_key: &str,
        tags: &[String],
    ) -> Result<R, Error>
    where
        B: Serialize + ?Sized,
        R: DeserializeOwned,
    {
        let quoted: Vec<String> = tags.iter().map(|tag| format!("\"{tag}\"")).collect();
        let request = self
            .request(Method::POST, path)
            .timeout(EXCHANGE)
            .json(body)
            .header("idempotency-key", idempotency_key)
            .header("if-match", quoted.join(", "));
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

    /// Removes a resource.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete<R: DeserializeOwned>(&self, path: &str) -> Result<R, Error> {
        let request = self.request(Method::DELETE, path).timeout(EXCHANGE);
        self.decode(path, self.send(request).await?).await
    }

    /// Reads a resource as it comes, line by line (event streams, logs, exports).
    ///
    /// # Errors
    /// See [`Error`]; later errors come out of [`Lines::next`].
    pub async fn lines(&self, path: &str) -> Result<Lines, Error> {
        self.lines_after(path, None).await
    }

    /// [`Self::lines`] of an event stream that goes on after an event.
    ///
    /// # Errors
    /// As `lines`.
    pub async fn lines_after(&self, path: &str, event: Option<u64>) -> Result<Lines, Error> {
        let mut request = self.request(Method::GET, path);
        if let Some(event) = event {
            request = request.header("last-event-id", event);
        }
        let sent = tokio::time::timeout(SILENCE, self.send(request)).await;
        let response = sent.map_err(|_| self.unreachable("no answer within 60 s".to_owned()))??;
        Ok(Lines::of(response, self.base(), path))
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
        let mut address = format!("{}{path}", self.base());
        if let Some(as_of) = &self.as_of {
            // Of a change too: the server refuses that, and nothing is changed by mistake.
            let mark = if path.contains('?') { '&' } else { '?' };
            let as_of = as_of.replace('+', "%2B");
            address += &format!("{mark}as_of={as_of}");
        }
        let request = self.http.request(method, address);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Error> {
        let mut request = request.build().map_err(|e| self.unreachable(causes(&e)))?;
        let mut tried = 1;
        let (response, from) = loop {
            let from = self.at.load(Ordering::Relaxed);
            let base = self.base().to_owned();
            let again = request.try_clone();
            self.sign(&mut request, &base);
            let error = match self.http.execute(request).await {
                Ok(response) => break (response, from),
                Err(error) => error,
            };
            let failed = self.unreachable(causes(&error));
            self.move_on(from);
            // Without a connection nothing was sent, so another server may be asked at once.
            let Some(other) = again.filter(|_| error.is_connect() && tried < self.bases.len())
            else {
                return Err(failed);
            };
            tried += 1;
            request = self.instead(other, &base)?;
        };
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            // It stops, or its ledger was upgraded by a newer one: whoever asks again asks another.
            self.move_on(from);
        }
        Err(Error::Problem(Box::new(
            self.problem(status, response).await,
        )))
    }

    /// Put the token and the proof of a key onto a request.
    fn sign(&self, request: &mut Request, base: &str) {
        let Some(prover) = &self.prover else {
            return;
        };
        let url = request.url().as_str();
        let path = url
            .strip_prefix(base)
            .unwrap_or_else(|| request.url().path());
        let body = request.body().and_then(reqwest::Body::as_bytes);
        let proven = prover.prove(request.method().as_str(), path, body.unwrap_or_default());
        let (name, text) = proven.header;
        let headers = [
            ("authorization", format!("Bearer {}", proven.token)),
            (name, text),
        ];
        for (name, text) in headers {
            let name = HeaderName::from_static(name);
            if let Ok(mut value) = HeaderValue::from_str(&text) {
                value.set_sensitive(true);
                request.headers_mut().insert(name, value);
            }
        }
    }

    /// The same request to the server that is asked now.
    fn instead(&self, mut request: Request, base: &str) -> Result<Request, Error> {
        let url = request.url().as_str();
        let path = url
            .strip_prefix(base)
            .unwrap_or_else(|| request.url().path());
        let url = reqwest::Url::parse(&format!("{}{path}", self.base()));
        *request.url_mut() = url.map_err(|e| self.unreachable(e.to_string()))?;
        Ok(request)
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
            base: self.base().to_owned(),
            reason,
        }
    }
}

/// The error with what caused it; the URL is left out because it may carry credentials.
pub(crate) fn causes(error: &reqwest::Error) -> String {
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

fn is_loopback(url: &reqwest::Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}
