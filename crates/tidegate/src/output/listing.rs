//! Many things of one kind, in any format.

use super::{Format, Out, Table};
use crate::exit::Failure;
use serde::Serialize;
use serde_json::json;

/// Version of the line format; minor versions only add members.
const LINES: &str = "1.0";

/// Many things of one kind.
pub struct Listing<'a, T> {
    /// The things as the API gives them.
    pub items: &'a [T],
    /// Name of each, for `-o name`.
    pub name: fn(&T) -> String,
    /// The same as rows.
    pub table: Table,
    /// What is said on a terminal when there is none, for example `no releases yet: tidegate release create`.
    pub none: &'a str,
}

impl<T: Serialize> Listing<'_, T> {
    /// Write it.
    ///
    /// # Errors
    /// Stdout is closed, or a column that does not exist was named.
    pub fn write(&self, out: &Out) -> Result<(), Failure> {
        match out.format {
            Some(Format::Json | Format::Yaml | Format::Sarif) => {
                out.data(&json!({ "items": self.items }))
            }
            Some(Format::Jsonl) => {
                out.line(&version_line())?;
                self.items.iter().try_for_each(|item| out.data(item))
            }
            Some(Format::Name) => self
                .items
                .iter()
                .try_for_each(|item| out.line(&(self.name)(item))),
            Some(Format::Table | Format::Wide) | None => self.rows(out),
        }
    }

    fn rows(&self, out: &Out) -> Result<(), Failure> {
        let wide = out.format == Some(Format::Wide);
        let table = self.table.clone().select(&out.columns, wide)?;
        if table.is_empty() {
            if out.terminal.is_tty() {
                out.hint(self.none);
            }
            return Ok(());
        }
        let aligned = out.format.is_some() || out.terminal.is_tty();
        out.line(&if aligned {
            table.aligned()
        } else {
            table.separated()
        })
    }
}

/// First line of every stream of JSON lines.
pub fn version_line() -> String {
    json!({ "format": LINES, "type": "version" }).to_string()
}
