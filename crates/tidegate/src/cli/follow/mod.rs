//! Follows deployments until they end: one line an event in a log, a block that is redrawn on a screen.
//!
//! It only looks; the work goes on without it. A server that does not answer for a while is waited for, and a lost view is
//! never reported as a failed deployment.

pub mod narrate;
pub mod paint;
pub mod screen;
mod subject;
mod verdict;
mod watch;

pub use subject::ended_before;
pub use verdict::Intent;

use super::session::Session;
use crate::exit::{Exit, Failure};
use std::collections::BTreeSet;
use subject::Subject;
use tidegate_client::Client;
use tidegate_core::time::Millis;
use watch::Watch;

/// Whether and how long a command waits.
#[derive(Debug, Clone, clap::Args)]
pub struct Wait {
    /// Do not wait: print the id and end
    #[arg(long)]
    pub no_wait: bool,
    /// Stop waiting after this time; the work goes on
    #[arg(long, alias = "wait-for", value_name = "TIME", default_value = "24h", value_parser = Millis::parse, conflicts_with = "no_wait")]
    pub timeout: Millis,
}

/// Follow one deployment.
///
/// # Errors
/// The server refuses to show it.
pub async fn deployment(
    id: &str,
    intent: Intent,
    wait: &Wait,
    client: &Client,
    session: &Session,
) -> Result<Exit, Failure> {
    Watch::new(
        Subject::Deployment {
            id: id.to_owned(),
            intent,
        },
        client,
        session,
    )
    .run(wait.timeout)
    .await
}

/// Follow a promotion: every deployment of the release that had not ended before, up to `to`.
///
/// # Errors
/// The server refuses to show it.
pub async fn promotion(
    id: &str,
    to: &str,
    before: BTreeSet<String>,
    wait: &Wait,
    client: &Client,
    session: &Session,
) -> Result<Exit, Failure> {
    let subject = Subject::Release {
        id: id.to_owned(),
        to: Some(to.to_owned()),
        before,
    };
    Watch::new(subject, client, session).run(wait.timeout).await
}

/// Follow whatever is under way with a release.
///
/// # Errors
/// The server refuses to show it.
pub async fn release(
    id: &str,
    wait: &Wait,
    client: &Client,
    session: &Session,
) -> Result<Exit, Failure> {
    let before = ended_before(id, client).await?;
    Watch::new(
        Subject::Release {
            id: id.to_owned(),
            to: None,
            before,
        },
        client,
        session,
    )
    .run(wait.timeout)
    .await
}

/// Follow whatever is under way in an environment.
///
/// # Errors
/// The server refuses to show it.
pub async fn environment(
    name: &str,
    wait: &Wait,
    client: &Client,
    session: &Session,
) -> Result<Exit, Failure> {
    client.environment(name).await?;
    Watch::new(
        Subject::Environment {
            name: name.to_owned(),
        },
        client,
        session,
    )
    .run(wait.timeout)
    .await
}
