//! Problems that only show when everything is seen together: names that lead nowhere, cycles, paths, ports, strategies.

mod archive;
mod boards;
mod calendar;
mod cycles;
mod forbidden;
mod freezes;
mod frozen;
mod holidays;
mod issues;
mod layers;
mod paths;
mod policies;
mod ports;
mod questions;
mod references;
mod rules;
mod shut;
mod strategies;
mod templates;
mod traffic;
mod trains;
mod uncovered;
mod units;

use crate::diagnostic::Report;
use crate::document::Document;
use crate::files::Files;
use crate::load::Declared;
use crate::walk::Walked;
use crate::yaml::Spot;
use std::sync::Arc;
use tidegate_core::spec::Spec;
use tidegate_core::time::Timestamp;

/// Everything at once. The spec may have gaps where documents have errors of their own.
pub struct Whole<'a> {
    /// What could be decoded.
    pub spec: &'a Spec,
    /// Documents.
    pub documents: &'a [&'a Document],
    /// Names.
    pub declared: &'a Declared,
    /// Places and references.
    pub walked: &'a Walked,
    /// All files, those that are imported included.
    pub files: &'a Files,
    /// The present, when the caller knows it.
    pub now: Option<Timestamp>,
}

impl Whole<'_> {
    /// Place of a dotted path or its nearest ancestor that was written.
    fn spot(&self, path: &str) -> Spot {
        let mut at = path;
        loop {
            if let Some(spot) = self.walked.spots.get(at) {
                return spot.clone();
            }
            match at.rfind(['.', '[']) {
                Some(end) => at = &at[..end],
                None => {
                    let first = self.documents.first().map(|d| d.spot.clone());
                    return first.unwrap_or(Spot {
                        file: Arc::from(""),
                        span: 0..0,
                        line: 1,
                        column: 1,
                    });
                }
            }
        }
    }

    /// Whether something stands at exactly this path.
    fn written(&self, path: &str) -> bool {
        self.walked.spots.contains_key(path)
    }
}

/// All checks.
pub fn all(whole: &Whole<'_>, report: &mut Report) {
    references::check(whole, report);
    cycles::check(whole, report);
    paths::check(whole, report);
    ports::check(whole, report);
    strategies::check(whole, report);
    calendar::check(whole, report);
    shut::check(whole, report);
    trains::check(whole, report);
    boards::check(whole, report);
    issues::check(whole, report);
    templates::check(whole, report);
    layers::check(whole, report);
    policies::check(whole, report);
    questions::check(whole, report);
    uncovered::check(whole, report);
    forbidden::check(whole, report);
    units::check(whole, report);
    archive::check(whole, report);
}
