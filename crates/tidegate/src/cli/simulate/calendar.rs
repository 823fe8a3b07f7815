//! `tidegate simulate calendar`: the coming weeks, carried out ahead of time.

use super::course;
use crate::cli::session::Session;
use crate::cli::{plan, tree, validate};
use crate::exit::{Exit, Failure};
use std::path::{Path, PathBuf};
use tidegate_client::wire::CalendarSimulationRequest;
use tidegate_config::{Files, Severity, load_over};
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
    let (files, over) = proposed(args, session)?;
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

/// The other configuration, if one was named.
fn proposed(args: &Calendar, session: &Session) -> Result<(Files, Files), Failure> {
    let mut over = Files::default();
    if args.path.is_none() && args.files.is_empty() {
        return Ok((Files::default(), over));
    }
    let files = tree::read(args.path.as_deref().unwrap_or(Path::new(".")))?;
    for file in &args.files {
        over.0.extend(tree::read(file)?.0);
    }
    let loaded = load_over(&files, &over, crate::clock::now());
    let mut all = files.clone();
    all.0.extend(over.0.clone());
    validate::show(&loaded.diagnostics, &all, session);
    let wrong = |d: &tidegate_config::Diagnostic| d.severity == Severity::Error;
    if loaded.diagnostics.iter().any(wrong) {
        return Err(Failure::new(
            Exit::Invalid,
            "the configuration is not valid; nothing was carried out",
        ));
    }
    Ok((files, over))
}
