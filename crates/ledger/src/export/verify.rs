//! Checking an export with nothing but itself, and, against rewriting of the whole, a head hash kept elsewhere.

use super::line;
use crate::chain::{Broken, Verifier, same_head};
use crate::row::Head;
use std::io::{BufRead, Read};
use tidegate_core::time::Timestamp;

/// Longest line: a body at its limit, with every character escaped, fits.
const LINE: u64 = 4 * 1024 * 1024;

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

/// Check an export line by line, in constant memory but for one number per stream.
///
/// # Errors
/// The first line or entry that is not as it was written.
pub fn verify_export(mut reader: impl BufRead) -> Result<Summary, ExportError> {
    let mut verifying = Verifying::default();
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let read = reader.by_ref().take(LINE).read_until(b'\n', &mut bytes);
        match read.map_err(|because| ExportError::Io {
            after: verifying.line,
            because,
        })? {
            0 => return verifying.finish(),
            _ => verifying.push(&bytes)?,
        }
    }
}

/// An export being checked. [`verify_export`] is this in a loop.
#[derive(Debug, Clone, Default)]
pub struct Verifying {
    line: u64,
    begun: Option<Begun>,
}

#[derive(Debug, Clone)]
struct Begun {
    claimed: Head,
    verifier: Verifier,
    since: Option<Timestamp>,
    erased: u64,
}

impl Verifying {
    /// Check the next line, given with its line end.
    ///
    /// # Errors
    /// It is not as it was written.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), ExportError> {
        self.line += 1;
        let malformed = |because: String| Malformed {
            line: self.line,
            because,
        };
        let Some(bytes) = bytes.strip_suffix(b"\n") else {
            let because = if bytes.len() as u64 >= LINE {
                "is too long"
            } else {
                "has no end: the export was cut off"
            };
            return Err(malformed(because.to_owned()).into());
        };
        let text = str::from_utf8(bytes).map_err(|e| malformed(format!("is not text: {e}")))?;
        let Some(begun) = &mut self.begun else {
            let claimed = line::read_header(text).map_err(malformed)?;
            let verifier = Verifier::new(Head::empty());
            self.begun = Some(Begun {
                claimed,
                verifier,
                since: None,
                erased: 0,
            });
            return Ok(());
        };
        let entry = line::read_entry(text).map_err(malformed)?;
        begun.verifier.push(&entry)?;
        begun.since.get_or_insert(entry.at);
        begun.erased += u64::from(entry.body.is_none());
        Ok(())
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
        }) = self.begun
        else {
            return Err(Malformed {
                line: 1,
                because: "is missing: the export is empty".to_owned(),
            }
            .into());
        };
        let streams = verifier.streams();
        match same_head(verifier.into_head(), &claimed) {
            Ok(head) => Ok(Summary {
                entries: head.seq,
                head,
                streams,
                since,
                erased,
            }),
            Err(broken) => Err(broken.into()),
        }
    }
}
