//! A bundle: what it is made of, its list of contents, and the file.

use crate::belongs;
use crate::documents::{self, Version};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::id::{ReleaseId, StreamId};
use tidegate_core::time::Timestamp;
use tidegate_ledger::Entry;
use tidegate_ledger::export::entry_line;
use zip::write::SimpleFileOptions;

/// First line of what is signed, and the format of the list of contents.
pub const FORMAT: &str = "tidegate-evidence/3";
/// The format before sittings and departures were shown to be whole; still read.
pub const SECOND: &str = "tidegate-evidence/2";
/// The format before communications, decisions and what lies beside the log came in; still read.
pub const EARLIER: &str = "tidegate-evidence/1";
/// The list of contents.
pub const MANIFEST: &str = "manifest.json";
/// The signature over it.
pub const SIGNATURE: &str = "manifest.sig";
/// Entries, a line each, spelled as in an export of the ledger.
pub const ENTRIES: &str = "entries.jsonl";
/// Inclusion proofs, a line each.
pub const PROOFS: &str = "proofs.jsonl";
/// Entries of sittings and departures that are about other releases: without their text, so that those streams are seen to be whole.
pub const WITHHELD: &str = "withheld.jsonl";
/// Their inclusion proofs.
pub const WITHHELD_PROOFS: &str = "withheld-proofs.jsonl";
/// The signed note over the tree.
pub const CHECKPOINT: &str = "checkpoint.txt";
/// The page for people.
pub const PAGE: &str = "index.html";
/// How the files with configurations begin; the number of the revision and `.json` follow.
pub const CONFIGURATION: &str = "configuration-";

/// How the files with bodies from beside the log begin; the 64 hex digits of their SHA-256 and `.json` follow.
pub const BODY: &str = "body-";

/// An entry and the hashes that lead from it to the root of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// Entry.
    pub entry: Entry,
    /// RFC 6962 inclusion proof, from the leaf up.
    pub inclusion: Vec<Digest>,
}

/// Everything a bundle is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// Release.
    pub release: ReleaseId,
    /// When it was asked for.
    pub at: Timestamp,
    /// Its entries in the order of the ledger.
    pub entries: Vec<Proved>,
    /// The other entries of sittings and departures that are among them, without their text.
    pub withheld: Vec<Proved>,
    /// Configurations by revision, exactly as stored.
    pub configurations: BTreeMap<u64, Vec<u8>>,
    /// Bodies from beside the log that entries refer to.
    pub bodies: BTreeMap<Digest, Vec<u8>>,
    /// Signed note over the log.
    pub checkpoint: String,
    /// Public keys of the log.
    pub keys: Vec<String>,
    /// Parts that should be there and are not: what, and why.
    pub missing: Vec<Missing>,
}

/// A part that should be there and is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// What.
    pub what: String,
    /// Why.
    pub because: String,
}

/// A file of the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// Name.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Number of its bytes.
    pub bytes: u64,
}

/// The list of contents. Its digest is what the server signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`], [`SECOND`], or [`EARLIER`].
    pub format: String,
    /// Release.
    pub release: ReleaseId,
    /// When it was asked for.
    pub at: Timestamp,
    /// Public keys of the log, in the form `name+id+key` of C2SP.
    pub keys: Vec<String>,
    /// Every other file, in the order of their names.
    pub files: Vec<Listed>,
    /// Streams that are here whole, with the number of their entries.
    pub streams: BTreeMap<StreamId, u64>,
    /// Sittings and departures, which are here whole too, the text of what is about other releases left out; with the number of their
    /// entries.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shared: BTreeMap<StreamId, u64>,
    /// Parts that should be there and are not.
    pub missing: Vec<Missing>,
}

/// An inclusion proof in its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofLine {
    /// Entry.
    pub seq: u64,
    /// Hashes from the leaf up.
    pub inclusion: Vec<Digest>,
}

/// A bundle before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    files: BTreeMap<String, Vec<u8>>,
    statement: String,
}

/// A bundle that cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the bundle cannot be written: {0}")]
pub struct Unwritable(pub String);

/// What is signed.
pub(crate) fn statement(format: &str, release: &ReleaseId, manifest: &[u8]) -> String {
    format!("{format}\n{release}\n{}\n", Digest::of(manifest))
}

/// The lines of entries and of proofs.
fn lines(entries: &[Proved]) -> Result<(Vec<u8>, Vec<u8>), serde_json::Error> {
    let (mut all, mut proofs) = (String::new(), String::new());
    for proved in entries {
        all.push_str(&entry_line(&proved.entry)?);
        all.push('\n');
        proofs.push_str(&serde_json::to_string(&ProofLine {
            seq: proved.entry.seq,
            inclusion: proved.inclusion.clone(),
        })?);
        proofs.push('\n');
    }
    Ok((all.into_bytes(), proofs.into_bytes()))
}

impl Bundle {
    /// Put a bundle together.
    ///
    /// # Errors
    /// Something cannot be written as JSON.
    pub fn of(material: &Material) -> Result<Self, Unwritable> {
        let trouble = |e: serde_json::Error| Unwritable(e.to_string());
        let (entries, proofs) = lines(&material.entries).map_err(trouble)?;
        let facts: Vec<Entry> = material.entries.iter().map(|p| p.entry.clone()).collect();
        let withheld: Vec<Entry> = material.withheld.iter().map(|p| p.entry.clone()).collect();
        let carried = material.bodies.keys().cloned().collect();
        let about = documents::About {
            version: Version::Three,
            carried: &carried,
            release: &material.release,
            at: material.at,
            checkpoint: &material.checkpoint,
            missing: &material.missing,
        };
        let mut files =
            documents::all(&about, &facts, &material.configurations).map_err(trouble)?;
        files.insert(ENTRIES.to_owned(), entries);
        files.insert(PROOFS.to_owned(), proofs);
        if !material.withheld.is_empty() {
            let (others, proofs) = lines(&material.withheld).map_err(trouble)?;
            files.insert(WITHHELD.to_owned(), others);
            files.insert(WITHHELD_PROOFS.to_owned(), proofs);
        }
        files.insert(
            CHECKPOINT.to_owned(),
            material.checkpoint.clone().into_bytes(),
        );
        for (revision, bytes) in &material.configurations {
            files.insert(format!("{CONFIGURATION}{revision}.json"), bytes.clone());
        }
        for (digest, bytes) in &material.bodies {
            files.insert(format!("{BODY}{}.json", digest.hex()), bytes.clone());
        }
        let manifest = canonical(&Manifest {
            format: FORMAT.to_owned(),
            release: material.release.clone(),
            at: material.at,
            keys: material.keys.clone(),
            files: files.iter().map(listed).collect(),
            streams: documents::streams(&facts),
            shared: belongs::shared(&facts, &withheld),
            missing: material.missing.clone(),
        });
        let manifest = format!("{}\n", manifest.map_err(trouble)?).into_bytes();
        let statement = statement(FORMAT, &material.release, &manifest);
        files.insert(MANIFEST.to_owned(), manifest);
        Ok(Self { files, statement })
    }

    /// The text to be signed by a key of the log.
    #[must_use]
    pub fn statement(&self) -> &str {
        &self.statement
    }

    /// The file, with the signed note over [`Bundle::statement`]. The page for people comes first.
    ///
    /// # Errors
    /// The archive cannot be written.
    pub fn file(mut self, signature: String) -> Result<Vec<u8>, Unwritable> {
        let trouble = |e: zip::result::ZipError| Unwritable(e.to_string());
        self.files
            .insert(SIGNATURE.to_owned(), signature.into_bytes());
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().unix_permissions(0o644);
        let (page, rest): (Vec<_>, Vec<_>) = self.files.iter().partition(|(name, _)| *name == PAGE);
        for (name, bytes) in page.into_iter().chain(rest) {
            archive
                .start_file(name.as_str(), options)
                .map_err(trouble)?;
            archive
                .write_all(bytes)
                .map_err(|e| Unwritable(e.to_string()))?;
        }
        let file = archive.finish().map_err(trouble)?;
        Ok(file.into_inner())
    }
}

fn listed((name, bytes): (&String, &Vec<u8>)) -> Listed {
    Listed {
        name: name.clone(),
        sha256: Digest::of(bytes),
        bytes: bytes.len() as u64,
    }
}
