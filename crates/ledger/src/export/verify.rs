//! Checking an export with nothing but itself, and, against rewriting of the whole, a head hash kept elsewhere.

use super::ahead::{self, Line};
use super::line;
use crate::chain::{Broken, Verifier, same_head};
use crate::row::Head;
use crate::seal::{self, Sealed};
use std::io::BufRead;
use tidegate_core::time::Timestamp;

/// What a good export holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its newest entry; compare the hash with one kept elsewhere.
    pub head: Head,
    /// Number of entries.
    pub entries: u64,
    /// Number of streams.
    pub streams: usize,
    /// Ledger time of the first entry.
    pub since: Option<Timestamp>,
    /// Entries whose body was erased.
    pub erased: u64,
    /// The signed checkpoint in it, which was good.
    pub sealed: Option<Sealed>,
}

/// A line that is not a line of an export.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} {because}")]
pub struct Malformed {
    /// Counted from 1.
    pub line: u64,
    /// What is wrong.
    pub because: String,
}

/// Why an export is not good.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// An entry does not follow from those before it.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// A line cannot be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The file cannot be read.
    #[error("the export cannot be read after line {after}: {because}")]
    Io {
        /// Last line that was read.
        after: u64,
        /// What the system said.
        because: std::io::Error,
    },
}

/// Check an export in constant memory but for one number per stream: lines are read and compared on this thread, and understood on two
/// others.
///
/// # Errors
/// The first line or entry that is not as it was written.
pub fn verify_export(reader: impl BufRead) -> Result<Summary, ExportError> {
    verify_export_with(reader, Vec::new())
}

/// The same, with the public keys of the log known from elsewhere.
///
/// # Errors
/// As [`verify_export`], and that none of the keys signed all of it.
pub fn verify_export_with(reader: impl BufRead, keys: Vec<String>) -> Result<Summary, ExportError> {
    let mut verifying = Verifying::with_keys(keys);
    let ended = ahead::lines(reader, &mut |line| verifying.next(line))?;
    match ended {
        Ok(()) => verifying.finish(),
        Err(because) => Err(ExportError::Io {
            after: verifying.line,
            because,
        }),
    }
}

/// An export being checked. [`verify_export`] is this in a loop.
#[derive(Debug, Clone, Default)]
pub struct Verifying {
    line: u64,
    begun: Option<Begun>,
    keys: Vec<String>,
}

#[derive(Debug, Clone)]
struct Begun {
    claimed: Head,
    verifier: Verifier,
    since: Option<Timestamp>,
    erased: u64,
    sealed: Option<Sealed>,
}

impl Verifying {
    /// Take the public keys of the log from the caller, who knows them from elsewhere, and not from the export. Then the export
    /// must hold a checkpoint over all of its entries that one of them signed.
    #[must_use]
    pub fn with_keys(keys: Vec<String>) -> Self {
        Self {
            keys,
            ..Self::default()
        }
    }

    /// Check the next line, given with its line end.
    ///
    /// # Errors
    /// It is not as it was written.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), ExportError> {
        self.next(Line::read(bytes, self.begun.is_none(), None))
    }

    /// Check the next line, or say why it cannot be read.
    fn next(&mut self, line: Result<Line, String>) -> Result<(), ExportError> {
        self.line += 1;
        let malformed = |because: String| Malformed {
            line: self.line,
            because,
        };
        match (line.map_err(malformed)?, &mut self.begun) {
            (Line::Header(claimed), _) => {
                self.begun = Some(Begun {
                    claimed,
                    verifier: Verifier::new(Head::empty()),
                    since: None,
                    erased: 0,
                    sealed: None,
                });
            }
            (Line::Checkpoint(line), Some(begun)) => begun.seal(&line, &self.keys)?,
            (Line::Entry(entry, computed), Some(begun)) => {
                begun.verifier.next(&entry, computed.as_ref())?;
                begun.verifier.grow(None);
                begun.since.get_or_insert(entry.at);
                begun.erased += u64::from(entry.erased.is_some());
            }
            (_, None) => return Err(malformed("stands before the header".to_owned()).into()),
        }
        Ok(())
    }

    /// The newest entry that was checked, and the one that the export is to end with; `None` before its header.
    #[must_use]
    pub fn reached(&self) -> Option<(u64, u64)> {
        let begun = self.begun.as_ref()?;
        Some((begun.verifier.head().seq, begun.claimed.seq))
    }

    /// All lines were given.
    ///
    /// # Errors
    /// Entries are missing at the end, or the header names another head.
    pub fn finish(self) -> Result<Summary, ExportError> {
        let Some(Begun {
            claimed,
            verifier,
            since,
            erased,
            sealed,
        }) = self.begun
        else {
            return Err(Malformed {
                line: 1,
                because: "is missing: the export is empty".to_owned(),
            }
            .into());
        };
        if sealed.is_none() && !self.keys.is_empty() {
            let because = "no checkpoint was signed by the key that was named".to_owned();
            let seq = verifier.head().seq;
            return Err(Broken { seq, because }.into());
        }
        if !self.keys.is_empty()
            && let Some(sealed) = &sealed
            && sealed.size < verifier.head().seq
        {
            let seq = sealed.size + 1;
            let because = format!(
                "entries {seq} to {} were added after the newest checkpoint that the named key signed, so nothing shows who wrote them",
                verifier.head().seq
            );
            return Err(Broken { seq, because }.into());
        }
        verifier.accounted()?;
        let streams = verifier.streams();
        match same_head(verifier.into_head(), &claimed) {
            Ok(head) => Ok(Summary {
                entries: head.seq,
                head,
                streams,
                since,
                erased,
                sealed,
            }),
            Err(broken) => Err(broken.into()),
        }
    }
}

impl Begun {
    /// A checkpoint over exactly the entries so far.
    fn seal(&mut self, line: &line::CheckpointLine, pinned: &[String]) -> Result<(), Broken> {
        let seq = self.verifier.head().seq;
        let broken = |because: String| Broken { seq, because };
        let bad = |e: seal::BadSeal| broken(format!("the checkpoint after it is not good: {e}"));
        // The keys in the file have to belong to it also when better ones are known: no byte of an export means nothing.
        let mut sealed = seal::open(&line.checkpoint, &line.keys).map_err(bad)?;
        if !pinned.is_empty() {
            sealed = seal::open(&line.checkpoint, pinned).map_err(bad)?;
        }
        let root = self.verifier.tree().map(|tree| tree.root());
        if sealed.size != seq || root.as_ref() != Some(&sealed.root) {
            return Err(broken(
                "the checkpoint after it was signed over another history".to_owned(),
            ));
        }
        self.sealed = Some(sealed);
        Ok(())
    }
}
