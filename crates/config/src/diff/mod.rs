//! Old and new configuration in effects: what comes, changes and goes, and which controls become weaker.
//!
//! Compares resolved values, so moving text between files, comments and writing out a default are no change.

mod archive;
mod board;
mod calendar;
mod frozen;
mod identity;
mod layers;
mod owned;
mod policy;
mod render;
mod service;
mod train;
mod weaken;

pub use owned::owned;
pub use render::{plan_digest, render_plan};

use crate::settings;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::spec::{Origins, Place, Spec, Team};

/// What happens to a value or document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It comes.
    Add,
    /// It changes.
    Change,
    /// It goes.
    Remove,
}

/// One change. A whole document that comes or goes is one change with a path of two parts (`services.web`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What happens.
    pub kind: ChangeKind,
    /// Dotted path, as in [`Origins`].
    pub path: String,
    /// Value before.
    pub before: Option<String>,
    /// Value after.
    pub after: Option<String>,
    /// Which control becomes weaker by it, and where.
    pub weakens: Option<String>,
    /// Where the new value is written; absent for what goes.
    pub place: Option<Place>,
}

impl Change {
    /// The document the change is in: `services.web`, or the path itself for company-wide settings.
    #[must_use]
    pub fn document(&self) -> &str {
        document_of(&self.path)
    }
}

const COLLECTIONS: [&str; 19] = [
    "retention",
    "templates",
    "policies",
    "risk-questions",
    "units",
    "teams",
    "environments",
    "pipelines",
    "strategies",
    "analyses",
    "services",
    "windows",
    "freezes",
    "trains",
    "boards",
    "vendors",
    "legacy",
    "bookings",
    "guardrails",
];

fn document_of(path: &str) -> &str {
    let Some((collection, rest)) = path.split_once('.') else {
        return path;
    };
    if collection == "holidays" {
        return collection;
    }
    if !COLLECTIONS.contains(&collection) {
        return path;
    }
    let name = rest.split('.').next().unwrap_or(rest);
    &path[..collection.len() + 1 + name.len()]
}

/// Every change from `old` to `new`, by path. `origins` are those of `new`.
#[must_use]
pub fn diff(old: &Spec, new: &Spec, origins: &Origins) -> Vec<Change> {
    let (before, after) = (settings::all(old).0, settings::all(new).0);
    let (old_documents, new_documents) = (documents(old), documents(new));
    let mut changes: BTreeMap<String, Change> = BTreeMap::new();
    for (kind, path) in old_documents
        .difference(&new_documents)
        .map(|d| (ChangeKind::Remove, d))
        .chain(
            new_documents
                .difference(&old_documents)
                .map(|d| (ChangeKind::Add, d)),
        )
    {
        let place = (kind == ChangeKind::Add).then(|| origins.of(path));
        changes.insert(
            path.clone(),
            Change {
                kind,
                path: path.clone(),
                before: None,
                after: None,
                weakens: None,
                place,
            },
        );
    }
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for path in paths {
        let (was, is) = (before.get(path), after.get(path));
        if was == is || changes.contains_key(document_of(path)) {
            continue;
        }
        let kind = match (was, is) {
            (None, _) => ChangeKind::Add,
            (_, None) => ChangeKind::Remove,
            _ => ChangeKind::Change,
        };
        let place = is.map(|_| origins.of(path));
        let change = Change {
            kind,
            path: path.clone(),
            before: was.cloned(),
            after: is.cloned(),
            weakens: None,
            place,
        };
        changes.insert(path.clone(), change);
    }
    let named = |(path, reason): (String, String)| {
        let owners = owned::answering(old, new, &path).into_iter();
        let owners: BTreeSet<String> = owners.map(|(_, team)| team.to_string()).collect();
        if owners.is_empty() {
            return (path, reason);
        }
        let owners: Vec<String> = owners.into_iter().collect();
        let reason = format!("{reason}; {} must agree to it", owners.join(", "));
        (path, reason)
    };
    let weakened = weaken::all(old, new).into_iter().map(named).collect();
    attach(&mut changes, weakened);
    changes.into_values().collect()
}

/// Put each weakened control on the change that causes it: the same path, else the nearest change around or below it.
fn attach(changes: &mut BTreeMap<String, Change>, weakened: BTreeMap<String, String>) {
    for (path, reason) in weakened {
        let below =
            |c: &&String| c.starts_with(&format!("{path}.")) || c.starts_with(&format!("{path}["));
        let around =
            |c: &&String| path.starts_with(&format!("{c}.")) || path.starts_with(&format!("{c}["));
        let beside = |c: &&String| document_of(c) == document_of(&path);
        let found = changes
            .contains_key(&path)
            .then(|| path.clone())
            .or_else(|| changes.keys().find(below).cloned())
            .or_else(|| changes.keys().rev().find(around).cloned())
            .or_else(|| changes.keys().find(beside).cloned());
        // A weakened control is never left out, even where nothing beside it changed.
        let change = changes
            .entry(found.unwrap_or_else(|| path.clone()))
            .or_insert_with(|| Change {
                kind: ChangeKind::Change,
                path: path.clone(),
                before: None,
                after: None,
                weakens: None,
                place: None,
            });
        change.weakens = Some(match change.weakens.take() {
            Some(other) => format!("{other}; {reason}"),
            None => reason,
        });
    }
}

/// Documents by path.
fn documents(spec: &Spec) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    // A team that only exists because a service names it as its owner is no document.
    let written = spec
        .teams
        .iter()
        .filter(|(_, team)| **team != Team::default());
    all.extend(written.map(|(n, _)| format!("teams.{n}")));
    all.extend(spec.units.keys().map(|n| format!("units.{n}")));
    all.extend(
        spec.environments
            .keys()
            .map(|n| format!("environments.{n}")),
    );
    all.extend(spec.pipelines.keys().map(|n| format!("pipelines.{n}")));
    all.extend(spec.strategies.keys().map(|n| format!("strategies.{n}")));
    all.extend(spec.analyses.keys().map(|n| format!("analyses.{n}")));
    all.extend(spec.services.keys().map(|n| format!("services.{n}")));
    all.extend(spec.windows.keys().map(|n| format!("windows.{n}")));
    all.extend(spec.freezes.keys().map(|n| format!("freezes.{n}")));
    all.extend(spec.trains.keys().map(|n| format!("trains.{n}")));
    all.extend(spec.boards.keys().map(|n| format!("boards.{n}")));
    all.extend(spec.retention.keys().map(|n| format!("retention.{n}")));
    all.extend(spec.templates.keys().map(|n| format!("templates.{n}")));
    all.extend(spec.policies.keys().map(|n| format!("policies.{n}")));
    let questions = spec.risk_questions.keys();
    all.extend(questions.map(|n| format!("risk-questions.{n}")));
    all.extend(spec.vendors.keys().map(|n| format!("vendors.{n}")));
    all.extend(spec.legacy.keys().map(|n| format!("legacy.{n}")));
    all.extend(spec.guardrails.keys().map(|n| format!("guardrails.{n}")));
    all.extend(spec.bookings.keys().map(|n| format!("bookings.{n}")));
    all
}
