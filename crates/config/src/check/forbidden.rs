//! Texts on who may not do what: that they are Cedar, mean something, only take away, and leave somebody who may.

use super::Whole;
use crate::decode;
use crate::diagnostic::{Report, codes};
use crate::document::Document;
use crate::files::Files;
use crate::suggest::quote;
use crate::yaml::Spot;
use tidegate_core::authority::Rule;
use tidegate_core::spec::Origins;
use tidegate_policy::authority::{Kind, Policies, Problem, Text, impossible, read};

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    let mut all_fine = true;
    let mut first: Option<&Document> = None;
    for document in whole.documents {
        let kind = document.kind.name;
        if !matches!(kind, "guardrail" | "policy") {
            continue;
        }
        let Some(at) = document.node.get("forbid") else {
            continue;
        };
        let Some(text) = at.text().map(decode::policy_text) else {
            all_fine = false;
            continue;
        };
        first = first.or(Some(document));
        if let Some(scope) = document.node.get("applies-to") {
            report
                .add(codes::TEXT_HAS_SCOPE, &scope.spot, "a policy text beside `applies-to`")
                .label("this narrows the approvals, not the text")
                .also(&at.spot, "the text")
                .help("give the text a policy of its own, and let it say what it is about: `when { resource has service && … }`");
        }
        let named = Text {
            name: format!("{kind} {}", document.name),
            path: String::new(),
            text: &text,
            unit: None,
        };
        for problem in read(&named).err().unwrap_or_default() {
            all_fine = false;
            told(whole.files, &at.spot, &named.name, problem, report);
        }
    }
    if let (true, Some(first)) = (all_fine, first) {
        somebody_may(whole, first, report);
    }
}

fn told(files: &Files, begin: &Spot, name: &str, problem: Problem, report: &mut Report) {
    let (code, what) = match problem.kind {
        Kind::Syntax => (codes::NOT_CEDAR, "is not Cedar"),
        Kind::Meaning => (codes::NOT_IN_SCHEMA, "means nothing here"),
        Kind::Permit => (codes::PERMITS, "permits"),
    };
    let (kind, name) = name.split_once(' ').unwrap_or((name, ""));
    let at = line(files, begin, problem.line);
    let message = format!("the text of the {kind} {} {what}", quote(name));
    let added = report.add(code, &at, message).label(problem.message);
    if let Some(help) = problem.help {
        added.help(help);
    }
}

/// Is there somebody left for everything on which others wait?
fn somebody_may(whole: &Whole<'_>, first: &Document, report: &mut Report) {
    // Places are those of the files, so that a rule is found again.
    let origins = Origins::default();
    let Ok(policies) = Policies::of(whole.spec, &origins) else {
        return;
    };
    for found in impossible(&policies, whole.spec) {
        let culprit = found.by.iter().find_map(|rule| of_rule(whole, rule));
        let spot = culprit.map_or(&first.spot, |document| {
            document
                .node
                .get("forbid")
                .map_or(&document.spot, |at| &at.spot)
        });
        let names: Vec<&str> = found.by.iter().map(|rule| rule.id.as_str()).collect();
        report
            .add(
                codes::NOBODY_MAY,
                spot,
                format!("nobody could do `{}` any more", found.action),
            )
            .label(format!(
                "{} forbids it to everybody, so {}",
                names.join(" and "),
                found.so
            ))
            .help("leave somebody who may: `unless { principal in Team::\"…\" }`");
    }
}

fn of_rule<'a>(whole: &'a Whole<'_>, rule: &Rule) -> Option<&'a Document> {
    let named = |d: &&&Document| {
        let name = format!("{} {}", d.kind.name, d.name);
        rule.id.strip_prefix(&name).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(": ") || rest.starts_with(" no. ")
        })
    };
    whole.documents.iter().find(named).copied()
}

/// The line so many lines further on, without its indentation.
fn line(files: &Files, from: &Spot, further: u32) -> Spot {
    let text = files.0.get(&*from.file).map_or("", String::as_str);
    if further == 0 {
        return from.clone();
    }
    let mut start = from.span.start;
    for _ in 0..further {
        match text.get(start..).and_then(|rest| rest.find('\n')) {
            Some(end) => start += end + 1,
            None => return from.clone(),
        }
    }
    let rest = text.get(start..).unwrap_or_default();
    let written = rest.lines().next().unwrap_or_default();
    let indent = written.len() - written.trim_start().len();
    let end = start + written.trim_end().len().max(indent);
    Spot {
        file: from.file.clone(),
        span: start + indent..end,
        line: from.line.saturating_add(further),
        column: u32::try_from(indent + 1).unwrap_or(u32::MAX),
    }
}
