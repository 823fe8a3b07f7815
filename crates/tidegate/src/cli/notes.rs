//! `tidegate release notes`: what somebody must know of a release, from the record and from people.

use super::reference::release_of;
use super::service::issue_text;
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::Look;
use std::fmt::Write as _;
use tidegate_client::wire::{NotedVersion, ReleaseNotes};

/// Show the notes of a release: what the record knows of it, and what people wrote, with author and date
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `service@version`
    release: String,
    /// Environment they are for [default: the first of tier production on its path]
    environment: Option<String>,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let release = release_of(&args.release)?;
    let notes = client
        .release_notes(&release, args.environment.as_deref())
        .await?;
    session
        .out
        .show(&notes, &notes.release, |look| text(&notes, look))?;
    Ok(Exit::Done)
}

fn text(notes: &ReleaseNotes, look: &Look) -> String {
    let replaces = match &notes.replaces {
        Some(from) => format!("replaces {from}"),
        None => "first install".to_owned(),
    };
    let mut out = format!(
        "{} -> {}   {replaces}   as of {}\n",
        notes.release,
        notes.environment,
        look.zone.long(notes.at)
    );
    generated(&mut out, notes);
    for document in &notes.documents {
        let name = &document.document;
        match (&document.text, &document.by, document.at) {
            (Some(text), Some(by), Some(at)) => {
                let old = if document.outdated {
                    ", for another plan"
                } else {
                    ""
                };
                let _ = writeln!(out, "{name}   by {by}, {}{old}", look.zone.long(at));
                for line in text.lines() {
                    let _ = writeln!(out, "  {line}");
                }
            }
            _ => {
                let _ = writeln!(out, "{name}   not written");
            }
        }
    }
    for (title, issues) in [("known issues", &notes.issues), ("fixed", &notes.fixed)] {
        if !issues.is_empty() {
            let _ = writeln!(out, "{title}");
        }
        for issue in issues {
            out.push_str(&issue_text(issue));
        }
    }
    out
}

fn counted(commits: u32) -> String {
    match commits {
        1 => "1 commit".to_owned(),
        n => format!("{n} commits"),
    }
}

/// What the record knows.
fn generated(out: &mut String, notes: &ReleaseNotes) {
    let commits = notes
        .commits
        .map_or_else(|| "an unknown number of commits".to_owned(), counted);
    let _ = writeln!(out, "versions   {commits}");
    for version in &notes.versions {
        let _ = writeln!(out, "  {}", built(version));
    }
    let migrates = match notes.migrates {
        Some(true) => "the database changes",
        Some(false) => "none",
        None => "not known: a version does not say",
    };
    let _ = writeln!(out, "migrations {migrates}");
    if let Some(risk) = &notes.risk {
        let _ = writeln!(out, "risk       {} {}", risk.value, risk.band);
    }
    out.push_str("ships\n");
    for item in &notes.scope {
        let source = item
            .source
            .as_ref()
            .map_or_else(String::new, |s| format!("   {s}"));
        let _ = writeln!(out, "  {} {}{source}", item.kind, item.name);
    }
    for one in &notes.excluded {
        let _ = writeln!(out, "  not: {} ({}, by {})", one.what, one.reason, one.by);
    }
    match &notes.rollback {
        Some(steps) => {
            out.push_str("way back\n");
            for (n, step) in steps.iter().enumerate() {
                let _ = writeln!(out, "  {} {step}", n + 1);
            }
        }
        None => out.push_str("way back   not known: no plan can be made\n"),
    }
}

/// `1.1.0   commit 4f2c1d0 of example/web, 3 commits, by ana@example.com`.
fn built(version: &NotedVersion) -> String {
    let mut line = version.version.clone();
    if let Some(commit) = &version.commit {
        let short: String = commit.chars().take(12).collect();
        let _ = write!(line, "   commit {short}");
        if let Some(repository) = &version.repository {
            let _ = write!(line, " of {repository}");
        }
    }
    if let Some(commits) = version.commits {
        let _ = write!(line, ", {}", counted(commits));
    }
    if !version.authors.is_empty() {
        let _ = write!(line, ", by {}", version.authors.join(", "));
    }
    line
}
