//! `tidegate version`: of this program and, when one is named, of the server.

use super::session::Session;
use crate::exit::{Exit, Failure};
use serde_json::json;

/// Show the version of this program and of the server
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Version of this program.
pub const OWN: &str = env!("CARGO_PKG_VERSION");

/// Show both; a server that does not answer is no failure of this command.
pub async fn run(_: &Args, session: &Session) -> Result<Exit, Failure> {
    let server = match session.client() {
        Ok(client) => client
            .health()
            .await
            .ok()
            .map(|health| (client.base().to_owned(), health.version)),
        Err(_) => None,
    };
    let value = json!({
        "version": OWN,
        "server": server.as_ref().map(|(url, version)| json!({ "url": url, "version": version })),
    });
    session.out.show(&value, OWN, |_| {
        let mut text = format!("tidegate {OWN}\n");
        if let Some((url, version)) = &server {
            text.push_str(&format!("server   {version}   {url}\n"));
        }
        text
    })?;
    Ok(Exit::Done)
}
