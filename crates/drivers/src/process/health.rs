//! Whether an instance answers.

use std::{net::Ipv4Addr, time::Duration};
use tidegate_plugin::action::Health;
use tokio::{net::TcpStream, time};

/// How long a program without a port must live to count as healthy.
const ALIVE: Duration = Duration::from_secs(1);
/// Shortest time between two checks.
const SHORTEST: Duration = Duration::from_millis(50);

/// How one kind of instance is checked.
#[derive(Debug, Clone)]
pub struct Check {
    http: reqwest::Client,
    health: Health,
    how: How,
}

#[derive(Debug, Clone)]
enum How {
    Get(String),
    Connect,
    Alive,
}

impl Check {
    /// The check `health` asks for; `takes_traffic` tells a port that must accept from one that may stay closed.
    #[must_use]
    pub fn new(http: reqwest::Client, health: &Health, takes_traffic: bool) -> Self {
        let how = match &health.path {
            Some(path) => How::Get(format!("/{}", path.trim_start_matches('/'))),
            None if takes_traffic => How::Connect,
            None => How::Alive,
        };
        Self {
            http,
            health: health.clone(),
            how,
        }
    }

    /// Time between two checks.
    #[must_use]
    pub fn every(&self) -> Duration {
        Duration::from_millis(self.health.every_ms).max(SHORTEST)
    }

    /// Time from start until the first healthy answer must have come.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        Duration::from_millis(self.health.deadline_ms)
    }

    /// Looks once at an instance that has lived for `age`.
    ///
    /// # Errors
    /// What was seen instead, for people.
    pub async fn look(&self, port: u16, age: Duration) -> Result<(), String> {
        let timeout = Duration::from_millis(self.health.timeout_ms.max(1));
        match time::timeout(timeout, self.ask(port, age)).await {
            Ok(seen) => seen,
            Err(_) => Err(format!("no answer within {} ms", self.health.timeout_ms)),
        }
    }

    async fn ask(&self, port: u16, age: Duration) -> Result<(), String> {
        match &self.how {
            How::Alive if age >= ALIVE => Ok(()),
            How::Alive => Err("it has not lived for a second yet".to_owned()),
            How::Connect => match TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
                Ok(_) => Ok(()),
                Err(e) => Err(format!("port {port} refuses connections: {e}")),
            },
            How::Get(path) => {
                let answer = self
                    .http
                    .get(format!("http://127.0.0.1:{port}{path}"))
                    .send()
                    .await;
                match answer.map(|answer| answer.status()) {
                    Ok(status) if status.is_success() || status.is_redirection() => Ok(()),
                    Ok(status) => Err(format!("GET {path} answered {status}")),
                    Err(e) => Err(format!("GET {path}: {}", super::fetch::causes(&e))),
                }
            }
        }
    }
}
