//! `tidegate change write`: a part of the document pack. What was typed is on disk before it is sent, and goes only once the server has it.

use super::super::change::Keyed;
use crate::exit::{Exit, Failure};
use std::path::{Path, PathBuf};
use std::process::Command;
use tidegate_client::Client;
use tidegate_client::wire::{Change, DocumentRequest};

/// Write a part of the document pack
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `CHG-1`
    change: String,
    /// `impact`, `rollback-plan`, `backout-criteria` or `known-issues`
    document: String,
    /// Text
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["file", "edit"])]
    text: Option<String>,
    /// File with the text
    #[arg(long, value_name = "FILE", conflicts_with = "edit")]
    file: Option<PathBuf>,
    /// Write it in your editor (`VISUAL`, else `EDITOR`): begins with your draft, what is written already, or the template
    #[arg(long)]
    edit: bool,
    #[command(flatten)]
    keyed: Keyed,
}

/// What to do when an editor does not work.
const OTHERWISE: &str = "set EDITOR to one that works, or use --text or --file";

/// Run it.
pub async fn write(args: &Args, client: &Client) -> Result<Change, Failure> {
    let draft = Draft::of(&args.change, &args.document)?;
    let text = match (&args.text, &args.file) {
        (Some(text), _) => text.clone(),
        (None, Some(file)) => std::fs::read_to_string(file)
            .map_err(|e| Failure::usage(format!("{} cannot be read: {e}", file.display())))?,
        (None, None) if args.edit => edited(args, &draft, client).await?,
        (None, None) => {
            return Err(Failure::usage("the text is missing").help("add --text, --file or --edit"));
        }
    };
    let request = DocumentRequest {
        document: args.document.clone(),
        text,
    };
    let key = args.keyed.key()?;
    match client.write_document(&args.change, &request, &key).await {
        Ok(change) => {
            draft.remove();
            Ok(change)
        }
        Err(error) => {
            let failure = Failure::from(error);
            // A file of theirs is where it was.
            if args.file.is_some() {
                return Err(failure);
            }
            draft.keep(&request.text)?;
            Err(failure.note(format!(
                "your text is kept in {}: tidegate change write {} {} --edit goes on from it",
                draft.0.display(),
                args.change,
                args.document
            )))
        }
    }
}

async fn edited(args: &Args, draft: &Draft, client: &Client) -> Result<String, Failure> {
    let editor = ["VISUAL", "EDITOR"];
    let editor = editor.iter().find_map(|name| std::env::var(name).ok());
    let editor = editor
        .filter(|e| !e.trim().is_empty())
        .ok_or_else(|| Failure::usage("there is no editor").help(OTHERWISE))?;
    if draft.read()?.is_none() {
        let begun = client.document_draft(&args.change, &args.document).await?;
        draft.keep(&begun.text)?;
    }
    // As git does: the variable may hold arguments.
    let ran = Command::new("sh")
        .args(["-c", &format!("{editor} \"$0\"")])
        .arg(&draft.0)
        .status();
    let kept = || format!("your draft is {}", draft.0.display());
    match ran {
        Ok(status) if status.success() => {}
        Ok(status) => {
            let said = format!("the editor `{editor}` ended with {status}: nothing was sent");
            return Err(Failure::new(Exit::Failed, said)
                .note(kept())
                .help(OTHERWISE));
        }
        Err(e) => {
            let said = format!("the editor `{editor}` cannot be started: {e}");
            return Err(Failure::new(Exit::Failed, said)
                .note(kept())
                .help(OTHERWISE));
        }
    }
    Ok(draft.read()?.unwrap_or_default())
}

/// A file of this user.
struct Draft(PathBuf);

impl Draft {
    fn of(change: &str, document: &str) -> Result<Self, Failure> {
        let plain = |text: &str| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
            !text.is_empty() && text.chars().all(allowed)
        };
        if !plain(change) || !plain(document) {
            return Err(Failure::usage(format!(
                "`{change} {document}` is no change and part of its documents"
            ))
            .help("as in: tidegate change write CHG-1 rollback-plan --edit"));
        }
        let folder = crate::sign_ins::folder().ok_or_else(|| {
            Failure::usage("there is no folder for drafts").help("set HOME or TIDEGATE_HOME")
        })?;
        Ok(Self(
            folder
                .join("drafts")
                .join(format!("{change}.{document}.md")),
        ))
    }

    fn read(&self) -> Result<Option<String>, Failure> {
        match std::fs::read_to_string(&self.0) {
            Ok(text) => Ok(Some(text)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(broken(&self.0, &e)),
        }
    }

    fn keep(&self, text: &str) -> Result<(), Failure> {
        let folder = self.0.parent().unwrap_or(Path::new("."));
        let kept = std::fs::create_dir_all(folder).and_then(|()| {
            let new = self.0.with_extension("new");
            std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &self.0))
        });
        kept.map_err(|e| broken(&self.0, &e))
    }

    fn remove(&self) {
        // There may be none.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn broken(path: &Path, e: &std::io::Error) -> Failure {
    Failure::new(
        Exit::Failed,
        format!("the draft {} cannot be kept: {e}", path.display()),
    )
}
