//! Templates of the parts of a document pack: what is asked in each, with what the record knows filled in.

use crate::id::ServiceId;
use crate::spec::Document;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The part that is written with it.
    pub document: Document,
    /// Services that it is for; all when empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub services: BTreeSet<ServiceId>,
    /// Text with fields such as `{{ release }}`.
    pub text: String,
}

/// Names of fields that a template may have, in the order people look them up.
pub const FIELDS: [&str; 9] = [
    "change",
    "release",
    "service",
    "version",
    "environment",
    "previous",
    "owner",
    "class",
    "risk",
];

/// What is wrong with the text of a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTemplate {
    /// There is no such field.
    #[error("there is no field `{0}`")]
    Unknown(String),
    /// A field begins and does not end.
    #[error("a field begins with `{{{{` and never ends")]
    Open,
}

impl Template {
    /// Everything that is wrong with its text.
    #[must_use]
    pub fn wrong(text: &str) -> Vec<BadTemplate> {
        let mut found = Vec::new();
        for part in parts(text) {
            match part {
                Part::Field(name) if !FIELDS.contains(&name) => {
                    found.push(BadTemplate::Unknown(name.to_owned()));
                }
                Part::Open => found.push(BadTemplate::Open),
                Part::Field(_) | Part::Text(_) => {}
            }
        }
        found
    }

    /// Its text with these fields; what nobody knows reads `not known`.
    #[must_use]
    pub fn filled(&self, fields: &BTreeMap<&str, String>) -> String {
        let parts = parts(&self.text).into_iter();
        let filled = parts.map(|part| match part {
            Part::Text(text) => text,
            Part::Field(name) => fields.get(name).map_or("not known", String::as_str),
            Part::Open => "",
        });
        filled.collect()
    }
}

enum Part<'a> {
    Text(&'a str),
    Field(&'a str),
    Open,
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once("{{") {
        found.push(Part::Text(before));
        let Some((name, behind)) = after.split_once("}}") else {
            found.push(Part::Open);
            return found;
        };
        found.push(Part::Field(name.trim()));
        rest = behind;
    }
    found.push(Part::Text(rest));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_filled_in_and_what_is_none_is_named() {
        let template = Template {
            document: Document::RollbackPlan,
            services: BTreeSet::new(),
            text: "Back from {{ release }} to {{previous}}.".to_owned(),
        };
        let fields = BTreeMap::from([("release", "web@1.1.0".to_owned())]);
        assert_eq!(
            template.filled(&fields),
            "Back from web@1.1.0 to not known."
        );
        assert_eq!(Template::wrong(&template.text), []);
        let wrong = Template::wrong("{{ relese }} and {{ owner");
        let said: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "there is no field `relese`",
                "a field begins with `{{` and never ends"
            ]
        );
    }
}
