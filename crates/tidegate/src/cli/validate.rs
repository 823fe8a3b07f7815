//! `tidegate validate`: every problem of every file at once. Works without a server.

use super::session::Session;
use super::tree;
use crate::exit::{Exit, Failure};
use crate::output::Format;
use std::path::PathBuf;
use tidegate_config::{Diagnostic, Files, Severity, load_at, render, to_json, to_sarif};

/// Check configuration files, without a server
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder or file to check; `-` reads stdin
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Also fail on warnings
    #[arg(long, value_name = "WHAT", value_parser = ["warnings"])]
    deny: Option<String>,
}

/// Check the files and show what is wrong.
pub fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let files = tree::read(&args.path)?;
    let loaded = load_at(&files, crate::clock::now());
    let out = &session.out;
    let count = |severity| {
        loaded
            .diagnostics
            .iter()
            .filter(|d| d.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    match out.format {
        Some(Format::Sarif) => out.line(&format!("{:#}", to_sarif(&loaded.diagnostics)))?,
        Some(Format::Json | Format::Yaml) => out.data(&to_json(&loaded.diagnostics))?,
        Some(Format::Jsonl) => {
            out.line(&crate::output::listing::version_line())?;
            loaded.diagnostics.iter().try_for_each(|d| out.data(d))?;
        }
        Some(Format::Name) => loaded
            .diagnostics
            .iter()
            .try_for_each(|d| out.line(&d.code))?,
        _ => {
            show(&loaded.diagnostics, &files, session);
            if errors == 0 {
                let counts = counts(files.0.len(), loaded.documents, warnings);
                out.line(&format!("valid: {counts}"))?;
            }
        }
    }
    let failed = errors > 0 || (args.deny.is_some() && warnings > 0);
    Ok(if failed { Exit::Invalid } else { Exit::Done })
}

/// Problems on stderr, drawn like a compiler's.
pub fn show(diagnostics: &[Diagnostic], files: &Files, session: &Session) {
    if !diagnostics.is_empty() {
        session
            .out
            .hint(render(diagnostics, files, session.out.look.color).trim_end());
    }
}

/// `10 files, 23 documents, 1 warning`.
pub fn counts(files: usize, documents: usize, warnings: usize) -> String {
    let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let mut text = format!(
        "{}, {}",
        plural(files, "file"),
        plural(documents, "document")
    );
    if warnings > 0 {
        text = format!("{text}, {}", plural(warnings, "warning"));
    }
    text
}
