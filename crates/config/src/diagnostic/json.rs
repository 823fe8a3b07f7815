//! Problems for programs.

use super::{Diagnostic, Severity};
use serde_json::{Value, json};

/// `{"version", "errors", "warnings", "diagnostics": [...]}`.
#[must_use]
pub fn to_json(diagnostics: &[Diagnostic]) -> Value {
    let errors = diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .count();
    json!({
        "version": "1",
        "errors": errors,
        "warnings": diagnostics.len() - errors,
        "diagnostics": diagnostics,
    })
}
