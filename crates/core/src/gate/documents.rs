//! The parts of the document pack that are asked for are there.

use super::known::Evaluation;
use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::change::{self, Assessment, ChangeId};
use crate::spec::Document;
use crate::stream::change::Change;
use std::sync::Arc;

pub(super) fn evaluate(asked: &Evaluation<'_>) -> GateReport {
    if !change::is_governed(asked.spec, asked.plan) {
        return asked.report(GateId::Documents, PASS, "no documents are asked for");
    }
    let (found, assessment) = match asked.change() {
        Ok(known) => known,
        Err(refusal) => {
            let retry_at = super::BACKSTOP.after(asked.now);
            let outcome = GateOutcome::Broken { retry_at };
            return asked.report(GateId::Documents, outcome, refusal.to_string());
        }
    };
    let Some(assessment) = assessment.filter(|a| !a.documents.is_empty()) else {
        return asked.report(GateId::Documents, PASS, "no documents are asked for");
    };
    let facts = found.as_ref().and_then(|(_, c)| c.facts.as_deref());
    let service = asked.spec.services.get(&asked.plan.service);
    let there = |document: &Document| {
        let written = facts.is_some_and(|f| f.documents.contains_key(document));
        let known = service.is_some_and(|s| !s.known_issues.is_empty());
        written || (*document == Document::KnownIssues && known)
    };
    let missing: Vec<(&Document, &String)> = assessment
        .documents
        .iter()
        .filter(|(document, _)| !there(document))
        .collect();
    if missing.is_empty()
        && let Some(report) = outdated(asked, assessment, found.as_ref())
    {
        return report;
    }
    let Some((_, rule)) = missing.first() else {
        let names: Vec<&str> = assessment.documents.keys().map(|d| d.as_str()).collect();
        let title = format!("documents are there: {}", names.join(", "));
        return asked.report(GateId::Documents, PASS, title);
    };
    let names: Vec<&str> = missing.iter().map(|(d, _)| d.as_str()).collect();
    let id = found.as_ref().map(|(id, _)| id.to_string());
    let mut on = vec!["config".to_owned()];
    on.extend(id.iter().map(|id| format!("change/{id}")));
    let owner = service.map_or("the service's owner", |s| s.owner.as_str());
    asked
        .report(
            GateId::Documents,
            GateOutcome::Fail { on },
            format!("documents are missing: {}", names.join(", ")),
        )
        .detail(match id {
            Some(id) => format!(
                "tidegate change write {id} {} --edit (or --text …)",
                names.join("|")
            ),
            None => "they are written once it is deployed".to_owned(),
        })
        .who([owner])
        .rule((*rule).clone())
}

/// A part that was written for another plan: whoever wrote it looks at it again.
fn outdated(
    asked: &Asked<'_>,
    assessment: &Assessment,
    found: Option<&(ChangeId, Arc<Change>)>,
) -> Option<GateReport> {
    let (id, change) = found?;
    let facts = change.facts.as_deref()?;
    let planned = facts.planned.as_ref()?;
    let old = |document: &Document| {
        let written = facts.documents.get(document)?;
        let other = written
            .subject
            .as_ref()
            .is_some_and(|s| *s != planned.subject);
        other.then_some(written)
    };
    let old: Vec<_> = assessment
        .documents
        .iter()
        .filter_map(|(document, rule)| Some((document, old(document)?, rule)))
        .collect();
    let (first, _, rule) = old.first()?;
    let names: Vec<String> = old
        .iter()
        .map(|(document, w, _)| {
            format!("{} (version {}, by {})", document.as_str(), w.version, w.by)
        })
        .collect();
    let on = vec!["config".to_owned(), format!("change/{id}")];
    let title = format!("documents are of another plan: {}", names.join(", "));
    let who: std::collections::BTreeSet<&str> = old.iter().map(|(_, w, _)| w.by.as_str()).collect();
    let report = asked.report(GateId::Documents, GateOutcome::Fail { on }, title);
    let way = format!(
        "tidegate change write {id} {} --edit (or --text …)",
        first.as_str()
    );
    Some(report.detail(way).who(who).rule((*rule).clone()))
}
