//! `tidegate audit export`: the whole ledger as a file that is checked while it is written.

use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
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
            let entries =
                copy(&client, Verifying::default(), &mut std::io::stdout().lock()).await?;
            session.out.hint(&format!("{entries} entries, chain ok"));
        }
        Some(path) => {
            let entries = to_file(&client, path, session).await?;
            session.out.line(&format!(
                "{entries} entries, chain ok, written to {}",
                path.display()
            ))?;
        }
    }
    Ok(Exit::Done)
}

/// Beside the target first: a broken stream leaves no half file under its name. What came before it broke is checked and kept, and the same
/// command goes on from there.
async fn to_file(client: &Client, path: &Path, session: &Session) -> Result<u64, Failure> {
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
    let begun = begun(&beside);
    if let Some((after, until)) = begun.verifying.reached().filter(|(after, _)| *after > 0) {
        session.out.hint(&format!(
            "going on after entry {after} of {until}, which came before"
        ));
    }
    let mut file = File::options();
    let file = file.create(true).truncate(false).write(true).open(&beside);
    let mut file = file.map_err(trouble)?;
    file.set_len(begun.bytes).map_err(trouble)?;
    file.seek(SeekFrom::End(0)).map_err(trouble)?;
    let mut file = BufWriter::new(file);
    let copied = copy(client, begun.verifying, &mut file).await;
    file.flush().map_err(trouble)?;
    match copied {
        Ok(entries) => {
            file.get_ref().sync_all().map_err(trouble)?;
            std::fs::rename(&beside, path).map_err(trouble)?;
            Ok(entries)
        }
        Err(Broken::Off(failure)) => Err(failure.note(format!(
            "what came is kept in {}: the same command goes on from there; remove it to begin anew",
            beside.display()
        ))),
        Err(Broken::Bad(failure)) => {
            // The first error is the one to tell.
            drop(std::fs::remove_file(&beside));
            Err(failure)
        }
    }
}

/// What came of an export before it broke off.
struct Begun {
    verifying: Verifying,
    bytes: u64,
}

/// Whole lines of the file, as long as they are good. One that is not is as if nothing had come.
fn begun(path: &Path) -> Begun {
    let mut begun = Begun {
        verifying: Verifying::default(),
        bytes: 0,
    };
    let Ok(file) = File::open(path) else {
        return begun;
    };
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    loop {
        line.clear();
        match reader.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) if !line.ends_with(b"\n") => break,
            Ok(read) => {
                if begun.verifying.push(&line).is_err() {
                    return Begun {
                        verifying: Verifying::default(),
                        bytes: 0,
                    };
                }
                begun.bytes += read as u64;
            }
        }
    }
    match begun.verifying.reached() {
        Some((after, _)) if after > 0 => begun,
        _ => Begun {
            verifying: Verifying::default(),
            bytes: 0,
        },
    }
}

/// Why an export did not come whole.
enum Broken {
    /// The connection ended; what came is good.
    Off(Failure),
    /// What came is not good.
    Bad(Failure),
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Off(failure) | Broken::Bad(failure) => failure,
        }
    }
}

/// Copies and checks; returns the number of entries.
async fn copy(
    client: &Client,
    mut verifying: Verifying,
    out: &mut impl Write,
) -> Result<u64, Broken> {
    let off = |e: tidegate_client::Error| Broken::Off(e.into());
    if let Ok(whole) = verifying.clone().finish()
        && whole.sealed.is_some()
    {
        // Only the last word to the file was missing.
        return Ok(whole.entries);
    }
    let mut lines: Lines = match verifying.reached() {
        Some((after, until)) if after > 0 => client.audit_export_rest(after, until).await,
        _ => {
            verifying = Verifying::default();
            client.audit_export().await
        }
    }
    .map_err(off)?;
    while let Some(mut line) = lines.next().await.map_err(off)? {
        line.push('\n');
        let bad = |e: tidegate_ledger::export::ExportError| {
            Broken::Bad(
                Failure::new(Exit::Failed, format!("the export is not good: {e}"))
                    .help("`tidegate audit verify` checks the server's ledger"),
            )
        };
        verifying.push(line.as_bytes()).map_err(bad)?;
        let written = out.write_all(line.as_bytes());
        written.map_err(|e| Broken::Off(e.into()))?;
    }
    let summary = verifying.finish().map_err(|e| {
        Broken::Off(
            Failure::new(Exit::Failed, format!("the export is not whole: {e}"))
                .help("send the command again"),
        )
    })?;
    Ok(summary.entries)
}
