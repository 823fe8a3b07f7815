//! `tidegate schema`: the JSON Schema of configuration files, for editors. Works without a server.

use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::Format;

/// Print the JSON Schema of configuration files, for editors
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Print it.
pub fn run(_: &Args, session: &Session) -> Result<Exit, Failure> {
    let schema = tidegate_config::schema();
    match session.out.format {
        Some(Format::Yaml | Format::Jsonl) => session.out.data(&schema)?,
        _ => session.out.line(&format!("{schema:#}"))?,
    }
    Ok(Exit::Done)
}
