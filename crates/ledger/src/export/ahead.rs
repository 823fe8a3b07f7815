//! Lines of an export, understood on several threads before it is their turn to be compared.
//!
//! What takes time is to read JSON, to spell it again and to hash; that needs a line and the entry before it alone.

use super::line::{self, CheckpointLine};
use super::verify::ExportError;
use crate::follow::{self, Computed};
use crate::row::{Entry, Head};
use std::io::{BufRead, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use tidegate_core::digest::Digest;

/// Longest line: a body at its limit, with every character escaped, fits.
const LINE: u64 = 4 * 1024 * 1024;
/// Bytes of the lines that go to a thread together.
const TOGETHER: usize = 256 * 1024;
/// Threads that understand lines.
const THREADS: usize = 2;
/// Parts that each of them has before it, or has done.
const AHEAD: usize = 3;

/// A line, as far as it can be understood without those before it.
pub(super) enum Line {
    Header(Head),
    Checkpoint(CheckpointLine),
    /// With what was computed of it, when the hash of the entry before it was known.
    Entry(Box<Entry>, Option<Computed>),
}

impl Line {
    /// Read a line, given with its end. The first one is the header.
    pub(super) fn read(
        bytes: &[u8],
        is_first: bool,
        previous: Option<&Digest>,
    ) -> Result<Self, String> {
        let Some(bytes) = bytes.strip_suffix(b"\n") else {
            let because = if bytes.len() as u64 >= LINE {
                "is too long"
            } else {
                "has no end: the export was cut off"
            };
            return Err(because.to_owned());
        };
        let text = str::from_utf8(bytes).map_err(|e| format!("is not text: {e}"))?;
        if is_first {
            return line::read_header(text).map(Self::Header);
        }
        if text.starts_with(line::CHECKPOINT) {
            return line::read_checkpoint(text).map(Self::Checkpoint);
        }
        let mut entry = line::read_entry(text)?;
        let computed = previous.map(|previous| Computed::of(previous, &entry));
        if computed.is_some() {
            follow::lighten(&mut entry);
        }
        Ok(Self::Entry(Box::new(entry), computed))
    }
}

/// Lines that are understood together.
struct Part {
    is_first: bool,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Part {
    /// The next lines; and whether there are more, or why they cannot be read.
    fn read(reader: &mut impl BufRead, is_first: bool) -> (Self, std::io::Result<bool>) {
        let mut part = Self {
            is_first,
            bytes: Vec::with_capacity(TOGETHER),
            ends: Vec::new(),
        };
        while part.bytes.len() < TOGETHER {
            let mut one = reader.by_ref().take(LINE);
            match one.read_until(b'\n', &mut part.bytes) {
                Ok(0) => return (part, Ok(false)),
                Ok(_) => part.ends.push(part.bytes.len()),
                Err(error) => return (part, Err(error)),
            }
        }
        (part, Ok(true))
    }

    /// Up to the first that cannot be read.
    fn understood(&self) -> Vec<Result<Line, String>> {
        let (mut from, mut previous) = (0, None);
        let mut lines = Vec::with_capacity(self.ends.len());
        for end in &self.ends {
            let is_first = self.is_first && from == 0;
            let line = Line::read(&self.bytes[from..*end], is_first, previous.as_ref());
            if let Ok(Line::Entry(entry, _)) = &line {
                previous = Some(entry.hash.clone());
            }
            let is_bad = line.is_err();
            lines.push(line);
            if is_bad {
                break;
            }
            from = *end;
        }
        lines
    }
}

type Understood = Vec<Result<Line, String>>;

fn understand(parts: &Receiver<Part>, done: &SyncSender<Understood>) {
    for part in parts {
        // Nobody listens once something bad was found.
        if done.send(part.understood()).is_err() {
            return;
        }
    }
}

/// Give each line in order to `next`. Inside, why the lines after those could not be read.
///
/// # Errors
/// The first of `next`.
pub(super) fn lines(
    mut reader: impl BufRead,
    next: &mut dyn FnMut(Result<Line, String>) -> Result<(), ExportError>,
) -> Result<std::io::Result<()>, ExportError> {
    std::thread::scope(|scope| {
        let mut threads = Vec::new();
        for _ in 0..THREADS {
            let (give, parts) = sync_channel(AHEAD);
            let (done, take) = sync_channel(AHEAD);
            scope.spawn(move || understand(&parts, &done));
            threads.push((give, take));
        }
        let (mut given, mut taken, mut more) = (0, 0, Ok(true));
        loop {
            while matches!(more, Ok(true)) && given - taken < THREADS * AHEAD {
                let (part, rest) = Part::read(&mut reader, given == 0);
                more = rest;
                let gone = threads[given % THREADS].0.send(part).is_err();
                given += 1;
                if gone {
                    break;
                }
            }
            if taken == given {
                return Ok(more.map(drop));
            }
            let Ok(understood) = threads[taken % THREADS].1.recv() else {
                let because = std::io::Error::other("a thread that reads lines ended");
                return Ok(Err(because));
            };
            taken += 1;
            for line in understood {
                next(line)?;
            }
        }
    })
}
