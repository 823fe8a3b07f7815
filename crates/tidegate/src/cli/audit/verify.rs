//! `tidegate audit verify`: is every entry as it was written? Of a server, or of an export without any server.

use super::kept::Kept;
use super::proof;
use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::Progress;
use serde_json::json;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use tidegate_client::Client;
use tidegate_client::wire::{Checkpoint, EntryProof, Verification};
use tidegate_core::digest::Digest;
use tidegate_ledger::export::{ExportError, verify_export_with};
use tidegate_ledger::seal::{self, Sealed};
use tidegate_ledger::tree::shows_growth;

/// Longest proof that is read: a body at its limit, with every character escaped, fits.
const PROOF: u64 = 4 * 1024 * 1024;

/// Check that every entry is as it was written
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Somebody who can rewrite everything can also compute a new chain and sign it: keep a head hash, a public key or a checkpoint elsewhere and compare with --head, --key or --checkpoint."
)]
pub struct Verify {
    /// Export or proof to check, without a server; `-` reads stdin [default: the ledger of the server]
    file: Option<PathBuf>,
    /// Head hash kept elsewhere, that the ledger must end with
    #[arg(long, value_name = "SHA256")]
    head: Option<Digest>,
    /// Public key of the log, known from elsewhere, that must have signed; may be repeated
    #[arg(long, value_name = "NAME+ID+KEY")]
    key: Vec<String>,
    #[command(flatten)]
    kept: Kept,
}

/// Run it.
pub async fn run(verify: &Verify, session: &Session) -> Result<Exit, Failure> {
    match &verify.file {
        Some(file) => offline(file, verify, session),
        None => online(verify, session).await,
    }
}

fn offline(path: &Path, verify: &Verify, session: &Session) -> Result<Exit, Failure> {
    let trouble = |e: std::io::Error| {
        Failure::usage(format!("{} cannot be read: {e}", path.display()))
            .help("name a file that `tidegate audit export --out FILE` or `audit prove` wrote")
    };
    let mut reader: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(BufReader::new(std::io::stdin().lock()))
    } else {
        Box::new(BufReader::new(std::fs::File::open(path).map_err(trouble)?))
    };
    let begin = reader.fill_buf().map_err(trouble)?;
    let begin = String::from_utf8_lossy(begin.get(..64).unwrap_or(begin)).into_owned();
    if begin.contains(proof::FORMAT) {
        if verify.head.is_some() {
            return Err(Failure::usage(
                "--head is compared with a whole ledger, and this is the proof of one entry",
            )
            .help(
                "leave it out, or check an export: `tidegate audit verify EXPORT --head SHA256`",
            ));
        }
        return one_entry(reader, verify, session);
    }
    let result = verify_export_with(reader, verify.key.clone());
    let summary = result.map_err(|e| invalid(&e))?;
    same_head(&summary.head.hash.to_string(), verify.head.as_ref())?;
    let sealed = summary.sealed.as_ref();
    let value = json!({
        "ok": true, "entries": summary.entries, "streams": summary.streams, "erased": summary.erased,
        "head": summary.head.hash.to_string(), "since": summary.since, "until": summary.head.at,
        "checkpoint": sealed.map(|s| json!({ "size": s.size, "root": s.root.to_string(), "signedBy": s.by, "keyPinned": !verify.key.is_empty() })),
    });
    session
        .out
        .show(&value, &summary.head.hash.to_string(), |look| {
            let since = summary
                .since
                .map(|at| format!("  since {}", look.zone.long(at)))
                .unwrap_or_default();
            let erased = if summary.erased > 0 {
                format!("  {} erased", summary.erased)
            } else {
                String::new()
            };
            format!(
                "VALID  {} entries in {} streams{since}{erased}\n       chain ok, no gap   head {}{}",
                summary.entries,
                summary.streams,
                summary.head.hash,
                sealed.map(|s| signed(s, verify)).unwrap_or_default()
            )
        })?;
    Ok(Exit::Done)
}

/// Who signed, and whether that key was known from elsewhere.
fn signed(sealed: &Sealed, verify: &Verify) -> String {
    let known = if verify.key.is_empty() {
        "   (key taken from the file itself; name one you know with --key)"
    } else {
        ""
    };
    format!(
        "\n       checkpoint of {} entries signed by {}{known}",
        sealed.size,
        sealed.by.join(", ")
    )
}

fn one_entry(mut reader: impl Read, verify: &Verify, session: &Session) -> Result<Exit, Failure> {
    let bad = |why: String| {
        Failure::new(Exit::Failed, format!("INVALID: {why}"))
            .help("ask for the proof again: `tidegate audit prove SEQ`")
    };
    let mut text = String::new();
    reader
        .by_ref()
        .take(PROOF)
        .read_to_string(&mut text)
        .map_err(|e| bad(format!("the proof cannot be read: {e}")))?;
    let found: EntryProof =
        serde_json::from_str(&text).map_err(|e| bad(format!("the proof cannot be read: {e}")))?;
    let (entry, sealed) = proof::check(&found, &verify.key).map_err(bad)?;
    let value = json!({
        "ok": true, "seq": entry.seq, "stream": entry.stream, "kind": entry.kind,
        "checkpoint": { "size": sealed.size, "root": sealed.root.to_string(), "signedBy": sealed.by, "keyPinned": !verify.key.is_empty() },
    });
    session.out.show(&value, &entry.seq.to_string(), |look| {
        format!(
            "VALID  entry {} of the log {}\n       {}  {}  by {}  {}{}",
            entry.seq,
            sealed.origin,
            entry.stream,
            entry.kind,
            entry.actor,
            look.zone.long(entry.at),
            signed(&sealed, verify)
        )
    })?;
    Ok(Exit::Done)
}

/// That the server's log still begins with a signed note that was kept: the number of entries of that one, and the checkpoint that was shown to go
/// on from it. Without keys that are known from elsewhere those of the server are taken.
///
/// # Errors
/// It does not, or the server gives no answer.
pub async fn continues(
    note: &str,
    known: &[String],
    client: &Client,
) -> Result<(u64, Checkpoint), Failure> {
    let bad = |why: String| {
        Failure::new(Exit::Failed, format!("INVALID: {why}"))
            .help("the log was rewritten, or this is a checkpoint of another one; compare with an export kept elsewhere")
    };
    let now = client.audit_checkpoint().await?;
    let keys = if known.is_empty() { &now.keys } else { known };
    let kept =
        seal::open(note, keys).map_err(|e| bad(format!("the kept checkpoint is not good: {e}")))?;
    if kept.size > now.size {
        return Err(bad(format!(
            "{} entries were signed, the log has {} now",
            kept.size, now.size
        )));
    }
    let grown = client.audit_consistency(kept.size).await?;
    let newest = seal::open(&grown.newest.note, keys)
        .map_err(|e| bad(format!("the newest checkpoint is not good: {e}")))?;
    let path = proof::digests(&grown.consistency).map_err(bad)?;
    let from = (kept.size, &kept.root);
    match kept.origin == newest.origin && shows_growth(&path, from, (newest.size, &newest.root)) {
        true => Ok((kept.size, grown.newest)),
        false => Err(bad(format!(
            "the log does not begin with the {} entries that were signed",
            kept.size
        ))),
    }
}

/// That a key that is known from elsewhere signed the entries the server found good: they are the beginning of what its newest
/// checkpoint covers.
async fn signed_by(
    found: &Verification,
    verify: &Verify,
    client: &Client,
) -> Result<Sealed, Failure> {
    let bad = |why: String| {
        Failure::new(Exit::Failed, format!("INVALID: {why}"))
            .help("compare with an export or a checkpoint kept elsewhere")
    };
    let root = found.root.as_deref().ok_or_else(|| {
        Failure::new(
            Exit::Failed,
            "the server does not say the root of what it checked, so no signature can be compared with it",
        )
        .help("check an export instead: `tidegate audit export --out FILE`, then `tidegate audit verify FILE --key …`")
    })?;
    let root: Digest = root.parse().map_err(|e| bad(format!("{e}")))?;
    let now = client.audit_checkpoint().await?;
    let open = |note: &str| {
        seal::open(note, &verify.key)
            .map_err(|e| bad(format!("the newest checkpoint is not good: {e}")))
    };
    let sealed = open(&now.note)?;
    if sealed.size < found.entries {
        return Err(bad(format!(
            "entries {} to {} are not covered by any checkpoint that the named key signed",
            sealed.size + 1,
            found.entries
        )));
    }
    let grown = client.audit_consistency(found.entries).await?;
    let newest = open(&grown.newest.note)?;
    let path = proof::digests(&grown.consistency).map_err(bad)?;
    let from = (found.entries, &root);
    match shows_growth(&path, from, (newest.size, &newest.root)) {
        true => Ok(newest),
        false => Err(bad(format!(
            "the {} entries that were checked are not those that were signed",
            found.entries
        ))),
    }
}

fn invalid(error: &ExportError) -> Failure {
    let place = match error {
        ExportError::Broken(broken) => {
            format!("INVALID at entry {}: {}", broken.seq, broken.because)
        }
        ExportError::Malformed(malformed) => format!(
            "INVALID at line {}: it {}",
            malformed.line, malformed.because
        ),
        ExportError::Io { .. } => return Failure::new(Exit::Failed, error.to_string()),
    };
    Failure::new(Exit::Failed, place)
        .help("everything before it is as it was written; compare with another copy")
}

fn same_head(have: &str, wanted: Option<&Digest>) -> Result<(), Failure> {
    match wanted {
        Some(wanted) if wanted.to_string() != have => Err(Failure::new(
            Exit::Failed,
            format!("INVALID: the chain ends with {have}, not with {wanted}"),
        )
        .help("entries were added, removed or rewritten since that head hash was kept")),
        _ => Ok(()),
    }
}

async fn online(verify: &Verify, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let mut progress = Progress::new();
    let found = client.audit_verification_told(|checked, of| {
        progress.show(&format!("{checked} of {of} entries checked"));
    });
    let found = found.await;
    progress.end();
    let found = found?;
    if let Some(bad) = found.first_bad.as_ref().filter(|_| !found.ok) {
        return Err(Failure::new(
            Exit::Failed,
            format!("INVALID at entry {}: {}", bad.seq, bad.because),
        )
        .help("everything before it is as it was written; compare with an export"));
    }
    if !found.ok {
        return Err(Failure::new(
            Exit::Failed,
            "INVALID: the server does not say where",
        ));
    }
    same_head(&found.head, verify.head.as_ref())?;
    let sealed = match verify.key.is_empty() {
        true => None,
        false => Some(signed_by(&found, verify, &client).await?),
    };
    let kept = verify.kept.check(&verify.key, &client).await?;
    session.out.show(&found, &found.head, |look| {
        let mut grown = String::new();
        if let Some(kept) = &kept {
            grown += &format!(
                "\n       begins with the {} entries of the checkpoint",
                kept.size
            );
            for (witness, (size, at)) in &kept.witnesses {
                let at = look.zone.long(*at);
                grown += &format!("\n       {witness} cosigned {size} entries {at}");
            }
        }
        format!(
            "VALID  {} entries\n       chain ok, no gap, tree ok   head {}{}{grown}",
            found.entries,
            found.head,
            sealed.map(|s| signed(&s, verify)).unwrap_or_default()
        )
    })?;
    Ok(Exit::Done)
}
