//! Configuration: problems, changes, values, places.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use tidegate_client::wire;
use tidegate_config::{Change, ChangeKind, Diagnostic, Secondary, Setting, Severity, owned};
use tidegate_core::spec::{Origins, Spec, handed_over, loosened};
use tidegate_core::stream::config::Weakened;

/// A problem of a file.
pub(crate) fn diagnostic(d: Diagnostic) -> wire::Diagnostic {
    wire::Diagnostic {
        code: d.code,
        severity: match d.severity {
            Severity::Error => wire::Severity::Error,
            Severity::Warning => wire::Severity::Warning,
        },
        file: d.file,
        line: d.line,
        column: d.column,
        span: span(d.span),
        message: d.message,
        label: d.label,
        notes: d.notes,
        help: d.help,
        secondary: d.secondary.into_iter().map(secondary).collect(),
    }
}

fn secondary(s: Secondary) -> wire::Secondary {
    wire::Secondary {
        file: s.file,
        line: s.line,
        column: s.column,
        span: span(s.span),
        label: s.label,
    }
}

fn span(range: Range<usize>) -> wire::Span {
    wire::Span {
        start: range.start,
        end: range.end,
    }
}

/// A change in one line.
pub(crate) fn change(c: &Change) -> String {
    let sign = match c.kind {
        ChangeKind::Add => '+',
        ChangeKind::Change => '~',
        ChangeKind::Remove => '-',
    };
    let values = match (&c.before, &c.after) {
        (Some(before), Some(after)) => format!(": {before} -> {after}"),
        (None, Some(after)) => format!(": {after}"),
        (Some(before), None) => format!(": {before}"),
        (None, None) => String::new(),
    };
    format!("{sign} {}{values}", c.path)
}

/// A weakened control in one line.
pub(crate) fn weakened(c: &Change) -> Option<String> {
    c.weakens
        .as_ref()
        .map(|reason| format!("{}: {reason}", c.path))
}

/// What of a change teams answer for.
pub(crate) fn answered_for(old: &Spec, new: &Spec) -> Weakened {
    Weakened {
        loosens: loosened(old, new),
        hands_over: handed_over(old, new),
        owned: owned(old, new),
    }
}

/// Documents that people wrote and that stay as they are: `service web`.
pub(crate) fn unchanged(origins: &Origins, changes: &[Change]) -> Vec<String> {
    let changed: BTreeSet<&str> = changes.iter().map(Change::document).collect();
    let written: BTreeSet<(&str, &str)> = origins.0.keys().filter_map(|path| named(path)).collect();
    written
        .into_iter()
        .filter(|(collection, name)| !changed.contains(format!("{collection}.{name}").as_str()))
        .filter_map(|(collection, name)| Some(format!("{} {name}", kind_of(collection)?)))
        .collect()
}

/// Collection and name of the document a path is in.
fn named(path: &str) -> Option<(&str, &str)> {
    let (collection, rest) = path.split_once('.')?;
    Some((collection, rest.split(['.', '[']).next()?))
}

fn kind_of(collection: &str) -> Option<&'static str> {
    Some(match collection {
        "teams" => "team",
        "environments" => "environment",
        "pipelines" => "pipeline",
        "strategies" => "strategy",
        "analyses" => "analysis",
        "services" => "service",
        "windows" => "window",
        "freezes" => "freeze",
        "trains" => "train",
        _ => return None,
    })
}

/// Where values were written.
pub(crate) fn origins(origins: &Origins) -> BTreeMap<String, wire::Place> {
    let place = |p: &tidegate_core::spec::Place| wire::Place {
        file: p.file.clone(),
        line: p.line,
    };
    origins
        .0
        .iter()
        .map(|(path, at)| (path.clone(), place(at)))
        .collect()
}

/// A value that holds.
pub(crate) fn setting(s: Setting) -> wire::Effective {
    wire::Effective {
        path: s.path,
        value: s.value.into(),
        file: s.place.file,
        line: s.place.line,
    }
}
