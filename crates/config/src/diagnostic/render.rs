//! Problems for people, drawn like a compiler's. A credential in the text is covered before any line of it is shown.

use super::{Diagnostic, Severity, codes};
use crate::credential;
use crate::files::Files;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use std::collections::BTreeMap;

/// At most this many problems are drawn; the others are counted.
pub const SHOWN: usize = 20;

/// Draw problems with the lines they are about. Errors come first, each kind in the order of files and lines.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], files: &Files, color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut ordered: Vec<&Diagnostic> = diagnostics.iter().collect();
    ordered.sort_by_key(|d| d.severity);
    let shown = &ordered[..ordered.len().min(SHOWN)];
    let covered = covered(shown, diagnostics, files);
    let mut out = String::new();
    for diagnostic in shown {
        out.push_str(&renderer.render(&groups(diagnostic, &covered)));
        out.push_str("\n\n");
    }
    if ordered.len() > SHOWN {
        let left = &ordered[SHOWN..];
        let errors = left
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .count();
        out.push_str(&format!(
            "... and {} more: {}\n\n",
            left.len(),
            counts(errors, left.len() - errors)
        ));
    }
    let errors = ordered
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .count();
    if !ordered.is_empty() {
        out.push_str(&counts(errors, ordered.len() - errors));
        out.push('\n');
    }
    out
}

fn counts(errors: usize, warnings: usize) -> String {
    let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    format!(
        "{}, {}",
        plural(errors, "error"),
        plural(warnings, "warning")
    )
}

/// Texts of the files that are shown, credentials replaced by asterisks of the same length: by the look of the text, and
/// wherever the checker found one.
fn covered<'a>(
    shown: &[&'a Diagnostic],
    all: &[Diagnostic],
    files: &Files,
) -> BTreeMap<&'a str, String> {
    let mut texts = BTreeMap::new();
    let paths = shown
        .iter()
        .flat_map(|d| std::iter::once(&d.file).chain(d.secondary.iter().map(|s| &s.file)));
    for path in paths {
        if texts.contains_key(path.as_str()) {
            continue;
        }
        let Some(text) = files.text(path) else {
            continue;
        };
        let mut text = credential::cover(text);
        for found in all
            .iter()
            .filter(|d| d.code == codes::CREDENTIAL.id && d.file == *path)
        {
            if let Some(value) = text.get(found.span.clone()) {
                let stars = credential::stars(value);
                text.replace_range(found.span.clone(), &stars);
            }
        }
        texts.insert(path.as_str(), text);
    }
    texts
}

fn groups<'a>(d: &'a Diagnostic, texts: &'a BTreeMap<&str, String>) -> Vec<Group<'a>> {
    let level = match d.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(d.message.as_str()).id(d.code.as_str()));
    if let Some(text) = texts.get(d.file.as_str()) {
        let mut own = Snippet::source(text.as_str()).path(d.file.as_str());
        own = own.annotation(mark(AnnotationKind::Primary, &d.span, &d.label, text));
        for s in d.secondary.iter().filter(|s| s.file == d.file) {
            own = own.annotation(mark(AnnotationKind::Context, &s.span, &s.label, text));
        }
        group = group.element(own);
        for s in d.secondary.iter().filter(|s| s.file != d.file) {
            if let Some(text) = texts.get(s.file.as_str()) {
                group = group.element(
                    Snippet::source(text.as_str())
                        .path(s.file.as_str())
                        .annotation(mark(AnnotationKind::Context, &s.span, &s.label, text)),
                );
            }
        }
    }
    for note in &d.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    let help = d
        .help
        .as_deref()
        .map(|help| Group::with_title(Level::HELP.secondary_title(help)));
    std::iter::once(group).chain(help).collect()
}

fn mark<'a>(
    kind: AnnotationKind,
    span: &std::ops::Range<usize>,
    label: &'a str,
    text: &str,
) -> Annotation<'a> {
    let end = span.end.min(text.len());
    let start = span.start.min(end);
    let mark = kind.span(start..end);
    if label.is_empty() {
        mark
    } else {
        mark.label(label)
    }
}
