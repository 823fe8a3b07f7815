//! `tidegate audit export`: the whole ledger as a file that is checked while it is written.

use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use tidegate_client::{Client, Lines};
use tidegate_ledger::export::Verifying;

/// Write the whole ledger to a file that `audit verify FILE` can check anywhere
#[derive(Debug, clap::Args)]
pub struct Export {
    /// File to write [default: stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Run it.
pub async fn run(export: &Export, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    match &export.out {
        None => {
            let entries = copy(&client, &mut std::io::stdout().lock()).await?;
            session.out.hint(&format!("{entries} entries, chain ok"));
        }
        Some(path) => {
            let entries = to_file(&client, path).await?;
            session.out.line(&format!(
                "{entries} entries, chain ok, written to {}",
                path.display()
            ))?;
        }
    }
    Ok(Exit::Done)
}

/// Beside the target first: a broken stream leaves no half file under its name.
async fn to_file(client: &Client, path: &Path) -> Result<u64, Failure> {
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.part"));
    let trouble = |e: std::io::Error| {
        Failure::new(
            Exit::Failed,
            format!("{} cannot be written: {e}", path.display()),
        )
    };
    let mut file = BufWriter::new(File::create(&beside).map_err(trouble)?);
    let copied = copy(client, &mut file).await;
    let ended = copied.and_then(|entries| {
        file.flush()
            .and_then(|()| file.get_ref().sync_all())
            .map_err(trouble)?;
        std::fs::rename(&beside, path).map_err(trouble)?;
        Ok(entries)
    });
    if ended.is_err() {
        // The first error is the one to tell.
        drop(std::fs::remove_file(&beside));
    }
    ended
}

/// Copies and checks; returns the number of entries.
async fn copy(client: &Client, out: &mut impl Write) -> Result<u64, Failure> {
    let mut lines: Lines = client.audit_export().await?;
    let mut verifying = Verifying::default();
    while let Some(mut line) = lines.next().await? {
        line.push('\n');
        let bad = |e: tidegate_ledger::export::ExportError| {
            Failure::new(Exit::Failed, format!("the export is not good: {e}"))
                .help("`tidegate audit verify` checks the server's ledger")
        };
        verifying.push(line.as_bytes()).map_err(bad)?;
        out.write_all(line.as_bytes())?;
    }
    let summary = verifying.finish().map_err(|e| {
        Failure::new(Exit::Failed, format!("the export is not whole: {e}"))
            .help("send the command again")
    })?;
    Ok(summary.entries)
}
