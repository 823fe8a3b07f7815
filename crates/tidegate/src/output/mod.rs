//! What people and programs read: data to stdout, questions and progress to stderr, one look for all commands.
//!
//! Renderers are pure functions from a value and a [`Look`] to text; only [`Out`] writes. Nothing here asks a server.

pub mod format;
pub mod listing;
pub mod look;
pub mod mark;
pub mod progress;
pub mod table;
pub mod terminal;
pub mod when;
pub mod yaml;

pub use format::Format;
pub use listing::Listing;
pub use look::Look;
pub use mark::Mark;
pub use progress::Progress;
pub use table::Table;
pub use terminal::Terminal;

use crate::exit::Failure;
use serde::Serialize;
use std::io::Write as _;

/// Where a command writes, and how.
#[derive(Debug)]
pub struct Out {
    /// Format asked for; absent means a table on a terminal and tab-separated rows elsewhere.
    pub format: Option<Format>,
    /// Columns asked for, by title; empty means all of the format.
    pub columns: Vec<String>,
    /// What stdout and stderr can do.
    pub terminal: Terminal,
    /// Colour, width and zone of texts.
    pub look: Look,
}

impl Out {
    /// Write text to stdout, with a line end.
    ///
    /// # Errors
    /// Stdout is closed or full.
    pub fn line(&self, text: &str) -> Result<(), Failure> {
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            stdout.write_all(b"\n")?;
        }
        Ok(stdout.flush()?)
    }

    /// A remark for people on stderr. Lost when stderr is closed.
    pub fn hint(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    /// One thing: as data when a data format was asked for, else `text`; `name` for `-o name`.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn show<T: Serialize>(
        &self,
        value: &T,
        name: &str,
        text: impl FnOnce(&Look) -> String,
    ) -> Result<(), Failure> {
        match self.format {
            Some(Format::Name) => self.line(name),
            Some(Format::Json | Format::Yaml | Format::Jsonl | Format::Sarif) => self.data(value),
            Some(Format::Table | Format::Wide) | None => {
                self.line(&without_ends(&text(&self.look)))
            }
        }
    }

    /// A value in the data format asked for (JSON when none was).
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn data<T: Serialize>(&self, value: &T) -> Result<(), Failure> {
        let value = serde_json::to_value(value).map_err(|e| {
            Failure::new(
                crate::exit::Exit::Failed,
                format!("value cannot be written: {e}"),
            )
        })?;
        let text = match self.format {
            Some(Format::Yaml) => yaml::render(&value),
            Some(Format::Jsonl) => value.to_string(),
            _ => format!("{value:#}"),
        };
        self.line(&text)
    }

    /// Many things of one kind.
    ///
    /// # Errors
    /// As [`Out::line`], and for a column that does not exist.
    pub fn list<T: Serialize>(&self, listing: &Listing<'_, T>) -> Result<(), Failure> {
        listing.write(self)
    }

    /// Whether texts are for a program: a data format was asked for.
    pub fn wants_data(&self) -> bool {
        matches!(
            self.format,
            Some(Format::Json | Format::Yaml | Format::Jsonl | Format::Name)
        )
    }
}
/// Lines without the spaces that filling up to a width leaves at their ends.
fn without_ends(text: &str) -> String {
    text.lines()
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}
