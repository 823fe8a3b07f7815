//! `tidegate simulate calendar`: the coming weeks, carried out ahead of time.

use super::course;
use crate::cli::plan;
use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use std::path::{Path, PathBuf};
use tidegate_client::wire::CalendarSimulationRequest;
use tidegate_config::Files;
use tidegate_core::time::Millis;

/// What to look at, and what the people and the demand are taken for.
#[derive(Debug, clap::Args)]
pub struct Calendar {
    /// Folder or file with another configuration; with -f the one that is changed [default with -f: .]
    path: Option<PathBuf>,
    /// File with proposed documents, each in the place of the one of the same kind and name; may be repeated
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How far ahead: `30d`, `2027-03-31 00:00`, or RFC 3339 [default: 91d]
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Carry on what is open; what was asked for in the quarter before does not come again
    #[arg(long)]
    only_open: bool,
    /// How long people take to say yes: `4h`, or `never` [default: as long as in the quarter before]
    #[arg(long, value_name = "TIME|never", value_parser = answered)]
    answered_after: Option<Answered>,
}

#[derive(Debug, Clone, Copy)]
enum Answered {
    After(Millis),
    Never,
}

fn answered(text: &str) -> Result<Answered, String> {
    match text {
        "never" => Ok(Answered::Never),
        text => Millis::parse(text).map(Answered::After),
    }
}

/// Ask and show.
pub async fn run(args: &Calendar, session: &Session) -> Result<Exit, Failure> {
    let now = crate::clock::now();
    let (files, over) = match (&args.path, args.files.as_slice()) {
        // Only that in force.
        (None, []) => (Files::default(), Files::default()),
        (path, files) => {
            let path = path.as_deref().unwrap_or(Path::new("."));
            super::proposed(path, files, session)?
        }
    };
    let until = match args.until.as_deref() {
        None => None,
        Some(text) => Some(match Millis::parse(text) {
            Ok(ahead) => ahead.after(now),
            Err(_) => session.instant(text)?,
        }),
    };
    let request = CalendarSimulationRequest {
        files: files.0,
        over: over.0,
        until,
        only_open: args.only_open,
        answered_after_ms: match args.answered_after {
            Some(Answered::After(lasting)) => Some(lasting.0),
            _ => None,
        },
        nobody_answers: matches!(args.answered_after, Some(Answered::Never)),
    };
    let found = session.client()?.simulate_calendar(&request).await?;
    plan::refuse_errors(&found.diagnostics)?;
    let name = found.in_force.journeys.len().to_string();
    session
        .out
        .show(&found, &name, |look| course::text(&found, look))?;
    Ok(Exit::Done)
}
