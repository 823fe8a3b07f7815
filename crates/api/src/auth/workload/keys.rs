//! Keys that issuers publish: fetched by discovery, kept for ten minutes, asked for again at most twice a minute when a token
//! names a key that is not among them.
//!
//! Only issuers that the configuration names are ever asked.

use crate::error::{Problem, kind};
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, JwkSet};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tidegate_core::time::{Millis, Timestamp};

/// How long keys are kept.
const KEPT: Millis = Millis::minutes(10);
/// Least time between two questions about a key that is not there.
const AGAIN: Millis = Millis(30_000);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Largest answer, in bytes.
const LARGEST: usize = 256 * 1024;

/// What an issuer says about itself.
#[derive(Deserialize)]
struct Provider {
    issuer: String,
    jwks_uri: String,
}

struct Kept {
    at: Timestamp,
    keys: JwkSet,
}

/// Keys by issuer.
#[derive(Default)]
pub(crate) struct Keys(Mutex<BTreeMap<String, Kept>>);

impl Keys {
    /// The key with which an issuer signed.
    pub(crate) async fn key(
        &self,
        issuer: &str,
        id: Option<&str>,
        now: Timestamp,
    ) -> Result<DecodingKey, Problem> {
        let (known, fresh) = self.known(issuer, id, now);
        if let Some(key) = known {
            return key;
        }
        if fresh {
            return Err(unknown());
        }
        let provider: Provider = fetched(&format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        ))
        .await?;
        if provider.issuer != issuer {
            return Err(down(issuer, "it calls itself by another name"));
        }
        let keys: JwkSet = fetched(&provider.jwks_uri).await?;
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(issuer.to_owned(), Kept { at: now, keys });
        self.known(issuer, id, now)
            .0
            .unwrap_or_else(|| Err(unknown()))
    }

    /// The key, if it is kept; and whether those that are kept are too new to be asked for again.
    fn known(
        &self,
        issuer: &str,
        id: Option<&str>,
        now: Timestamp,
    ) -> (Option<Result<DecodingKey, Problem>>, bool) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(kept) = all.get(issuer).filter(|kept| now < KEPT.after(kept.at)) else {
            return (None, false);
        };
        let one = match (id, kept.keys.keys.as_slice()) {
            (Some(id), _) => kept.keys.find(id),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        let key = one.map(|jwk| {
            if matches!(jwk.algorithm, AlgorithmParameters::OctetKey(_)) {
                return Err(unknown());
            }
            DecodingKey::from_jwk(jwk).map_err(|_| unknown())
        });
        (key, now < AGAIN.after(kept.at))
    }
}

fn unknown() -> Problem {
    Problem::new(
        &kind::UNTRUSTED,
        "the token is signed with a key that its issuer does not publish",
        "send the token exactly as the CI gave it",
    )
}

fn down(what: &str, because: &str) -> Problem {
    Problem::new(
        &kind::PROVIDER,
        format!("the identity provider at {what} cannot be used: {because}"),
        "try again when it answers; a token of Tidegate lets in meanwhile",
    )
}

/// A document of a provider: no redirects, small, soon.
async fn fetched<T: serde::de::DeserializeOwned>(url: &str) -> Result<T, Problem> {
    let shown = url.split('?').next().unwrap_or_default();
    let broken = |e: reqwest::Error| {
        let because = if e.is_timeout() {
            "it did not answer within 5 s"
        } else if e.is_connect() {
            "it cannot be reached"
        } else {
            "the answer broke off"
        };
        down(shown, because)
    };
    let mut response = http(url)?.get(url).send().await.map_err(broken)?;
    if !response.status().is_success() {
        return Err(down(
            shown,
            &format!("it answered {}", response.status().as_u16()),
        ));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > LARGEST {
            return Err(down(shown, "the answer is larger than 256 KiB"));
        }
        bytes.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&bytes).map_err(|_| down(shown, "the answer is not what it should be"))
}

/// A client for a provider.
pub(crate) fn http(url: &str) -> Result<reqwest::Client, Problem> {
    let mut builder = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none());
    if url.starts_with("http://") {
        // Plain HTTP must also work on a host without any certificate store.
        builder = builder.tls_certs_only([]);
    }
    builder
        .build()
        .map_err(|_| down(url, "no connection can be made"))
}
