//! What is wrong, where, and the way out. One list for all files; nothing stops at the first problem.

pub mod codes;
mod json;
mod render;
mod sarif;

pub use codes::{CODES, Code, explain};
pub use json::to_json;
pub use render::{SHOWN, render};
pub use sarif::to_sarif;

use crate::yaml::Spot;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The configuration cannot come into force.
    Error,
    /// It can, but probably not as meant.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Stable code, `TG0012`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// File, empty when the problem is in no file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Byte range in the file.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What stands at the place; may be empty.
    pub label: String,
    /// Reasons and consequences.
    pub notes: Vec<String>,
    /// The way out.
    pub help: Option<String>,
    /// Other places that belong to it.
    pub secondary: Vec<Secondary>,
}

/// Another place that belongs to a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secondary {
    /// File.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Byte range in the file.
    pub span: Range<usize>,
    /// What stands there.
    pub label: String,
}

impl Diagnostic {
    /// Set what stands at the place.
    pub fn label(&mut self, text: impl Into<String>) -> &mut Self {
        self.label = text.into();
        self
    }

    /// Add a reason or consequence.
    pub fn note(&mut self, text: impl Into<String>) -> &mut Self {
        self.notes.push(text.into());
        self
    }

    /// Set the way out.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.help = Some(text.into());
        self
    }

    /// Set the way out when there is one.
    pub fn maybe_help(&mut self, text: Option<String>) -> &mut Self {
        self.help = text.or(self.help.take());
        self
    }

    /// Add another place.
    pub fn also(&mut self, spot: &Spot, label: impl Into<String>) -> &mut Self {
        self.secondary.push(Secondary {
            file: spot.file.to_string(),
            line: spot.line,
            column: spot.column,
            span: spot.span.clone(),
            label: label.into(),
        });
        self
    }
}

/// Collects problems.
#[derive(Debug, Default)]
pub struct Report {
    list: Vec<Diagnostic>,
}

impl Report {
    /// Add a problem at a place.
    pub fn add(
        &mut self,
        code: &'static Code,
        spot: &Spot,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.list.push(Diagnostic {
            code: code.id.to_owned(),
            severity: code.severity,
            file: spot.file.to_string(),
            line: spot.line,
            column: spot.column,
            span: spot.span.clone(),
            message: message.into(),
            label: String::new(),
            notes: Vec::new(),
            help: None,
            secondary: Vec::new(),
        });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// Whether any problem is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// All problems by file and place, each once.
    #[must_use]
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|a, b| {
            (&a.file, a.span.start, &a.code, &a.message).cmp(&(
                &b.file,
                b.span.start,
                &b.code,
                &b.message,
            ))
        });
        self.list.dedup();
        self.list
    }
}
