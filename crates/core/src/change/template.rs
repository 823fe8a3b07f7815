//! What a part of a document pack begins with: the template that is meant for it, with what the record knows.

use crate::id::Name;
use crate::spec::{Document, Spec, Template};
use crate::stream::change::Facts;
use std::collections::BTreeMap;

/// The template for a part of this change, and its text filled in. One that names the service comes before one for all.
#[must_use]
pub fn beginning(spec: &Spec, facts: &Facts, document: Document) -> Option<(Name, String)> {
    let service = &facts.release.service;
    let of_part = spec
        .templates
        .iter()
        .filter(|(_, t)| t.document == document);
    let meant = of_part.filter(|(_, t)| t.services.is_empty() || t.services.contains(service));
    let (name, template) =
        meant.max_by_key(|(name, t)| (!t.services.is_empty(), std::cmp::Reverse(*name)))?;
    Some((name.clone(), filled(spec, facts, template)))
}

fn filled(spec: &Spec, facts: &Facts, template: &Template) -> String {
    let release = &facts.release;
    let mut fields = BTreeMap::from([
        ("change", facts.id.to_string()),
        ("release", release.to_string()),
        ("service", release.service.to_string()),
        ("version", release.version.to_string()),
        ("environment", facts.environment.to_string()),
    ]);
    if let Some(service) = spec.services.get(&release.service) {
        fields.insert("owner", service.owner.to_string());
    }
    if let Some(planned) = &facts.planned {
        let from = planned.body.from.as_ref();
        let previous = from.map_or_else(|| "none".to_owned(), |f| f.release.to_string());
        fields.insert("previous", previous);
    }
    if let Some(assessed) = &facts.assessed {
        fields.insert("class", assessed.class.as_str().to_owned());
        fields.insert("risk", assessed.risk.to_string());
    }
    template.filled(&fields)
}
