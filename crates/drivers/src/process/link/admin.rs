//! The router's admin interface, as calls.

use super::super::{error::Error, fetch::causes};
use reqwest::StatusCode;
use serde::de::DeserializeOwned;
use std::time::Duration;
use tidegate_plugin::router::{Stats, Table};

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(5);

/// Calls to a router process at a base URL, which changes with each process.
pub struct Admin {
    http: reqwest::Client,
    token: String,
}

impl std::fmt::Debug for Admin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Admin").finish_non_exhaustive()
    }
}

impl Admin {
    /// Calls with this token.
    #[must_use]
    pub fn new(http: reqwest::Client, token: String) -> Self {
        Self { http, token }
    }

    /// Sends a table. False when the router has a newer one.
    ///
    /// # Errors
    /// [`Error::Failed`] with the router's reason when the table is not acceptable, [`Error::Broken`] otherwise.
    pub async fn put_table(&self, base: &str, table: &Table) -> Result<bool, Error> {
        let request = self.http.put(format!("{base}/v1/table")).json(table);
        let request = request.bearer_auth(&self.token).timeout(ANSWER);
        let answer = request.send().await.map_err(|e| unreachable(&e))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|e| unreachable(&e))?;
        match status {
            StatusCode::OK => Ok(true),
            StatusCode::CONFLICT => Ok(false),
            StatusCode::UNPROCESSABLE_ENTITY => Err(Error::failed(format!(
                "the router refused the table: {}",
                reason(&text)
            ))),
            status => Err(Error::Broken(format!(
                "the router answered {status}: {}",
                reason(&text)
            ))),
        }
    }

    /// The table in force.
    ///
    /// # Errors
    /// [`Error::Broken`].
    pub async fn table(&self, base: &str) -> Result<Table, Error> {
        self.get(base, "/v1/table").await
    }

    /// Counters since the process started.
    ///
    /// # Errors
    /// [`Error::Broken`].
    pub async fn stats(&self, base: &str) -> Result<Stats, Error> {
        self.get(base, "/v1/stats").await
    }

    async fn get<T: DeserializeOwned>(&self, base: &str, path: &str) -> Result<T, Error> {
        let request = self.http.get(format!("{base}{path}"));
        let request = request.bearer_auth(&self.token).timeout(ANSWER);
        let answer = request.send().await.map_err(|e| unreachable(&e))?;
        let status = answer.status();
        if !status.is_success() {
            return Err(Error::Broken(format!(
                "the router answered {status} to {path}"
            )));
        }
        let strange = |e| {
            Error::Broken(format!(
                "the answer of the router to {path} is not understood: {e}"
            ))
        };
        answer.json().await.map_err(strange)
    }
}

fn unreachable(error: &reqwest::Error) -> Error {
    Error::Broken(format!("the router is not reachable: {}", causes(error)))
}

fn reason(text: &str) -> String {
    let value: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let error = value
        .as_ref()
        .and_then(|value| value.get("error")?.as_str())
        .unwrap_or(text);
    error.chars().take(500).collect()
}
