//! `tidegate plan`: what the files here would change in the configuration in force. Nothing is changed.

use super::session::Session;
use super::{tree, validate};
use crate::exit::{Exit, Failure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tidegate_client::Client;
use tidegate_client::wire::{PlanAnswer, PlanRequest};
use tidegate_config::{Files, Severity, load_at};

/// Version of saved plans.
const FORMAT: u32 = 1;

/// Show what the files here would change in the configuration in force
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder or file with the configuration; `-` reads stdin
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Save the plan, so that exactly this is applied: `tidegate apply FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Name the documents that stay as they are, too
    #[arg(long)]
    full: bool,
    /// End with 2 when there are differences
    #[arg(long)]
    detailed_exitcode: bool,
    /// Commit the files are from [default: that of CI, or of the Git folder]
    #[arg(long, value_name = "COMMIT")]
    commit: Option<String>,
}

/// A saved plan: the files as they were, and what they were compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Saved {
    /// Format version.
    pub tidegate_plan: u32,
    /// Texts by path.
    pub files: BTreeMap<String, String>,
    /// Commit they are from.
    pub commit: Option<String>,
    /// Digest of the configuration they were compared with.
    pub parent: Option<String>,
    /// What people saw.
    pub text: String,
}

/// A plan the server made of files.
pub struct Planned {
    /// The files.
    pub files: Files,
    /// Commit they are from.
    pub commit: Option<String>,
    /// The server's answer.
    pub answer: PlanAnswer,
}

/// Compare and show.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let planned = of_files(&args.path, args.commit.clone(), &client, session).await?;
    let answer = &planned.answer;
    session
        .out
        .show(answer, answer.digest.as_deref().unwrap_or_default(), |_| {
            heading(&args.path, planned.commit.as_deref(), client.base()) + &text(answer, args.full)
        })?;
    if let Some(path) = &args.out {
        save(path, &planned)?;
        session.out.hint(&format!(
            "saved; `tidegate apply {}` applies exactly this",
            path.display()
        ));
    }
    let differs = args.detailed_exitcode && !answer.changes.is_empty();
    Ok(if differs { Exit::Differs } else { Exit::Done })
}

/// First line above a plan.
pub fn heading(path: &Path, commit: Option<&str>, server: &str) -> String {
    let commit = commit
        .map(|c| format!(" ({})", c.chars().take(7).collect::<String>()))
        .unwrap_or_default();
    format!(
        "Comparing {}{commit} with the configuration in force at {server}\n",
        path.display()
    )
}

/// The server's text, with what stays as it is before its last line.
pub fn text(answer: &PlanAnswer, full: bool) -> String {
    let same = &answer.unchanged;
    let departures: String = answer
        .departures
        .iter()
        .chain(&answer.deployments)
        .map(|line| format!("    * {line}\n"))
        .collect();
    let needs = answer.needs.iter().map(|line| format!("    ! {line}\n"));
    let departures: String = departures + &needs.collect::<String>();
    let names = if full {
        same.iter().map(|name| format!("    {name}\n")).collect()
    } else {
        String::new()
    };
    let more = match (same.len(), full) {
        (0, _) if departures.is_empty() => return answer.text.clone(),
        (_, true) => "",
        (1, false) => " (--full to see it)",
        (_, false) => " (--full to see them)",
    };
    let noun = if same.len() == 1 {
        "document"
    } else {
        "documents"
    };
    let line = match same.len() {
        0 => String::new(),
        n => format!("    {n} {noun} unchanged{more}\n"),
    };
    let last = answer.text.rfind("Plan: ").unwrap_or(answer.text.len());
    let (changes, counts) = answer.text.split_at(last);
    format!("{changes}{departures}{line}{names}{counts}")
}

/// Read, check and compare files. Errors in the files end here, without asking the server.
pub async fn of_files(
    path: &Path,
    commit: Option<String>,
    client: &Client,
    session: &Session,
) -> Result<Planned, Failure> {
    let files = tree::read(path)?;
    let loaded = load_at(&files, crate::clock::now());
    validate::show(&loaded.diagnostics, &files, session);
    let errors = loaded
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .count();
    if errors > 0 {
        return Err(Failure::new(
            Exit::Invalid,
            "the configuration is not valid; nothing was compared or changed",
        ));
    }
    let commit = commit
        .or_else(|| super::ci::build_of_environment().commit)
        .or_else(|| tree::commit_of(path));
    let answer = client
        .plan_config(&PlanRequest {
            files: files.0.clone(),
        })
        .await?;
    refuse_errors(&answer.diagnostics)?;
    Ok(Planned {
        files,
        commit,
        answer,
    })
}

/// The server may know rules that this program does not.
pub fn refuse_errors(diagnostics: &[tidegate_client::wire::Diagnostic]) -> Result<(), Failure> {
    let errors: Vec<_> = diagnostics
        .iter()
        .filter(|d| d.severity == tidegate_client::wire::Severity::Error)
        .map(|d| format!("{}:{}: [{}] {}", d.file, d.line, d.code, d.message))
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    let mut failure = Failure::new(Exit::Invalid, "the server refuses this configuration")
        .help("server and command line may be of different versions: compare `tidegate version`");
    failure.notes = errors;
    Err(failure)
}

fn save(path: &Path, planned: &Planned) -> Result<(), Failure> {
    let saved = Saved {
        tidegate_plan: FORMAT,
        files: planned.files.0.clone(),
        commit: planned.commit.clone(),
        parent: planned.answer.parent.clone(),
        text: text(&planned.answer, false),
    };
    let text = serde_json::to_string(&saved)
        .map_err(|e| Failure::new(Exit::Failed, format!("the plan cannot be written: {e}")))?;
    std::fs::write(path, text + "\n").map_err(|e| {
        Failure::new(
            Exit::Failed,
            format!("{} cannot be written: {e}", path.display()),
        )
    })
}

/// Is this text a saved plan? It may lie in the folder of the configuration and is no part of it.
pub fn is_plan(text: &str) -> bool {
    text.starts_with("{\"tidegatePlan\":")
}

/// A saved plan, when `path` is one.
///
/// # Errors
/// It is a saved plan that this version cannot read.
pub fn saved(path: &Path) -> Result<Option<Saved>, Failure> {
    let is_file = std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() < 64 << 20);
    let Some(text) = is_file
        .then(|| std::fs::read_to_string(path).ok())
        .flatten()
    else {
        return Ok(None);
    };
    if !is_plan(&text) {
        return Ok(None);
    }
    let bad = |why: String| {
        Failure::new(
            Exit::Invalid,
            format!(
                "{} is not a plan this version can apply: {why}",
                path.display()
            ),
        )
        .help("make it again with `tidegate plan --out`")
    };
    let saved: Saved = serde_json::from_str(&text).map_err(|e| bad(e.to_string()))?;
    if saved.tidegate_plan != FORMAT {
        return Err(bad(format!("it is of format {}", saved.tidegate_plan)));
    }
    Ok(Some(saved))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(unchanged: &[&str]) -> PlanAnswer {
        PlanAnswer {
            diagnostics: Vec::new(),
            changes: Vec::new(),
            weakens: Vec::new(),
            unchanged: unchanged.iter().map(|name| (*name).to_owned()).collect(),
            departures: Vec::new(),
            deployments: Vec::new(),
            needs: Vec::new(),
            text:
                "  ~ service web\n      port: 1 -> 2\nPlan: 0 to add, 1 to change, 0 to remove.\n"
                    .to_owned(),
            digest: None,
            parent: None,
        }
    }

    #[test]
    fn what_stays_as_it_is_is_counted_and_named_when_asked_for() {
        assert!(!text(&answer(&[]), false).contains("unchanged"));
        let one = text(&answer(&["team web"]), false);
        assert!(
            one.contains("    1 document unchanged (--full to see it)\nPlan: 0"),
            "{one}"
        );
        let two = text(&answer(&["environment dev", "team web"]), false);
        assert!(
            two.contains("    2 documents unchanged (--full to see them)\n"),
            "{two}"
        );
        let full = text(&answer(&["environment dev", "team web"]), true);
        assert!(
            full.contains("    2 documents unchanged\n    environment dev\n    team web\nPlan: 0"),
            "{full}"
        );
    }
}
