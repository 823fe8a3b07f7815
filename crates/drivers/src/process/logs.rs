//! Output of instances: rotation while it is written, and the last lines without secrets when it is read.

use super::redact::Redactor;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// Lines that leave the agent with what it sees again and again.
pub const LINES: usize = 40;
/// Lines that leave it once, with the end of a piece of work.
pub const OUTPUT: usize = 400;
/// Bytes read from the end of a log to find them.
const TAIL: u64 = 64 << 10;
/// Longest line that leaves the agent, in characters.
const WIDEST: usize = 500;

/// A log file with two older ones beside it (`log`, `log.1`, `log.2`).
#[derive(Debug)]
pub struct Rotation {
    path: PathBuf,
    limit: u64,
    open: Option<(File, u64)>,
}

impl Rotation {
    /// A log at `path`, rotated when it reaches `limit` bytes.
    #[must_use]
    pub fn new(path: PathBuf, limit: u64) -> Self {
        Self {
            path,
            limit,
            open: None,
        }
    }

    /// Appends; rotates before when the file is full.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write(&mut self, part: &[u8]) -> io::Result<()> {
        if self
            .open
            .as_ref()
            .is_some_and(|(_, size)| *size >= self.limit)
        {
            self.open = None;
            let older = |n: u8| self.path.with_extension(n.to_string());
            // An absent older file is the usual case at first.
            let _ = fs::rename(older(1), older(2));
            fs::rename(&self.path, older(1))?;
        }
        if self.open.is_none() {
            let file = OpenOptions::new()
                .create(true)
                .append(true)
                .mode(0o600)
                .open(&self.path)?;
            let size = file.metadata()?.len();
            self.open = Some((file, size));
        }
        if let Some((file, size)) = &mut self.open {
            file.write_all(part)?;
            *size += part.len() as u64;
        }
        Ok(())
    }
}

/// The last lines of a log, secrets removed, control characters replaced. Missing logs give no lines.
#[must_use]
pub fn last_lines(log: &Path, redactor: &Redactor) -> Vec<String> {
    lines(log, redactor, LINES)
}

/// The same, as many as are kept of what a program wrote.
#[must_use]
pub fn output(log: &Path, redactor: &Redactor) -> Vec<String> {
    lines(log, redactor, OUTPUT)
}

fn lines(log: &Path, redactor: &Redactor, most: usize) -> Vec<String> {
    let mut text = tail(log);
    if text.lines().count() < most {
        text = tail(&log.with_extension("1")) + &text;
    }
    let clean = redactor.clean(&text);
    let printable = |line: &str| -> String {
        line.chars()
            .map(|c| {
                if c.is_control() && c != '\t' {
                    '\u{fffd}'
                } else {
                    c
                }
            })
            .take(WIDEST)
            .collect()
    };
    let lines: Vec<&str> = clean.lines().collect();
    lines
        .iter()
        .skip(lines.len().saturating_sub(most))
        .map(|line| printable(line))
        .collect()
}

fn tail(log: &Path) -> String {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(log)?;
        let size = file.metadata()?.len();
        file.seek(SeekFrom::Start(size.saturating_sub(TAIL)))?;
        let mut bytes = Vec::new();
        file.take(TAIL).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_three_files_are_kept_and_the_last_lines_come_from_both_sides_of_a_rotation() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("log");
        let mut rotation = Rotation::new(log.clone(), 100);
        for n in 0..100 {
            rotation.write(format!("line {n:03}\n").as_bytes()).unwrap();
        }
        let mut names: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["log", "log.1", "log.2"]);
        let lines = last_lines(&log, &Redactor::default());
        assert_eq!(lines.last().map(String::as_str), Some("line 099"));
        assert!(lines.len() > 10 && lines.len() <= LINES, "{lines:?}");
    }
}
