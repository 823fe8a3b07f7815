//! Texts to the configuration in force: read, recognise, walk, decode, check the whole.

use crate::builtin;
use crate::check;
use crate::decode;
use crate::diagnostic::{Diagnostic, Report, codes};
use crate::document::{Document, Documents, unsupported};
use crate::files::Files;
use crate::keys::{Body, Ref};
use crate::suggest::quote;
use crate::walk::{Walk, Walked};
use crate::yaml::{self, Spot};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tidegate_core::spec::{Origins, Pipeline, Place, Spec};
use tidegate_core::time::Timestamp;

/// What a tree of files amounts to.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration; absent when any problem is an error.
    pub spec: Option<Spec>,
    /// Where each value was written; what is built in has no entry.
    pub origins: Origins,
    /// Every problem of every file, by file and line.
    pub diagnostics: Vec<Diagnostic>,
    /// Documents that were there, broken ones included.
    pub documents: usize,
}

/// Names that documents declare, with their places; names of broken documents count.
pub type Declared = BTreeMap<Ref, BTreeMap<String, Option<Spot>>>;

/// Read, check and resolve a whole tree. What only shows against the present is not looked at.
#[must_use]
pub fn load(files: &Files) -> Loaded {
    read(files, &Files::default(), None)
}

/// As [`load`], and what would never happen from `now` on is told too.
#[must_use]
pub fn load_at(files: &Files, now: Timestamp) -> Loaded {
    read(files, &Files::default(), Some(now))
}

/// As [`load_at`], with proposed documents in the place of those of the same kind and name; others are added. A file of the same
/// path stands in the place of the other.
#[must_use]
pub fn load_over(files: &Files, over: &Files, now: Timestamp) -> Loaded {
    let mut all = files.clone();
    all.0.extend(over.0.clone());
    read(&all, over, Some(now))
}

/// Documents of the same kind and name that are not from one of the files of `over` give way.
fn replace(documents: &mut Documents, over: &Files) {
    let proposed = |d: &Document| over.0.contains_key(&*d.spot.file);
    let named: BTreeSet<(&str, String)> = documents
        .list
        .iter()
        .filter(|d| proposed(d))
        .map(|d| (d.kind.name, d.name.clone()))
        .collect();
    let stays = |d: &Document| proposed(d) || !named.contains(&(d.kind.name, d.name.clone()));
    documents.list.retain(stays);
}

fn read(files: &Files, over: &Files, now: Option<Timestamp>) -> Loaded {
    let mut report = Report::default();
    let mut documents = Documents::default();
    let mut declared = Declared::new();
    // An iCalendar file is looked at where it is imported.
    for (path, text) in files.0.iter().filter(|(path, _)| !path.ends_with(".ics")) {
        for document in yaml::read(path, text, &mut report) {
            match document {
                yaml::Document::Whole(node) => {
                    documents.take(node, path.ends_with(".json"), &mut report)
                }
                yaml::Document::Broken { key, value, stamp } => {
                    documents.count += 1;
                    documents.stamp = documents.stamp.take().or(stamp);
                    if let Some(to) = reference(&key) {
                        declared.entry(to).or_default().insert(value, None);
                    }
                }
            }
        }
    }
    replace(&mut documents, over);
    format(files, &documents, &mut report);
    let single = singles(&documents.list, &mut report);
    let mut walked = Walked::default();
    for document in &documents.list {
        walk(document, files, &mut report, &mut walked);
    }
    declare(&single, &mut declared);
    let spec = decode(&single, files);
    check::all(
        &check::Whole {
            spec: &spec,
            documents: &single,
            declared: &declared,
            walked: &walked,
            files,
            now,
        },
        &mut report,
    );
    let origins = origins(&walked);
    let spec = (!report.has_errors()).then_some(spec);
    Loaded {
        spec,
        origins,
        diagnostics: report.finish(),
        documents: documents.count,
    }
}

fn reference(kind: &str) -> Option<Ref> {
    Some(match kind {
        "service" => Ref::Service,
        "pipeline" => Ref::Pipeline,
        "strategy" => Ref::Strategy,
        "analysis" => Ref::Analysis,
        "teams" => Ref::Team,
        "units" => Ref::Unit,
        "environments" => Ref::Environment,
        "window" => Ref::Window,
        _ => return None,
    })
}

fn format(files: &Files, documents: &Documents, report: &mut Report) {
    if documents.stamp.is_some() {
        return;
    }
    let first = files.0.keys().find(|path| !path.ends_with(".ics"));
    let (file, help) = match first {
        None => (
            "",
            "write a file with `tidegate: 1` and a service, or run `tidegate init`",
        ),
        Some(first) => (first.as_str(), "write `tidegate: 1` as the first line"),
    };
    let spot = Spot {
        file: Arc::from(file),
        span: 0..0,
        line: 1,
        column: 1,
    };
    let message = if file.is_empty() {
        "there is no configuration"
    } else {
        "no file says which format this is"
    };
    report
        .add(codes::FORMAT, &spot, message)
        .label("`tidegate: 1` is missing from the whole tree")
        .help(help);
}

/// Documents without those that repeat another one.
fn singles<'a>(list: &'a [Document], report: &mut Report) -> Vec<&'a Document> {
    let mut seen: BTreeMap<(&str, &str), &Document> = BTreeMap::new();
    let mut single = Vec::new();
    for document in list {
        let key = (document.kind.name, document.name.as_str());
        if let Some(first) = seen.get(&key) {
            let what = match document.name.as_str() {
                "" => format!("a second `{}` document", document.kind.name),
                name => format!(
                    "the {} {} is defined twice",
                    document.kind.name,
                    quote(name)
                ),
            };
            report
                .add(codes::DUPLICATE_DOCUMENT, &document.spot, what)
                .label("defined again here")
                .also(&first.spot, "first defined here")
                .help("documents do not add up; keep one");
        } else {
            seen.insert(key, document);
            single.push(document);
        }
    }
    single
}

fn walk(document: &Document, files: &Files, report: &mut Report, walked: &mut Walked) {
    if unsupported(document, report) {
        // Not looked into, but a credential in it is still one.
        Walk::new(report, walked).value(
            "",
            document.kind.name,
            &document.node,
            &crate::keys::Shape::Any,
        );
        return;
    }
    let (Body::Table(table) | Body::Map(table)) = document.kind.body else {
        return;
    };
    let base = match document.kind.name {
        "service" => "services",
        "pipeline" => "pipelines",
        "strategy" => "strategies",
        "analysis" => "analyses",
        "window" => "windows",
        "freeze" => "freezes",
        "train" => "trains",
        "board" => "boards",
        "holidays" => "holidays",
        "retention" => "retention",
        "template" => "templates",
        "vendor" => "vendors",
        "legacy" => "legacy",
        "environment-booking" => "bookings",
        "policy" => "policies",
        "guardrail" => "guardrails",
        "risk" => "risk",
        "risk-question" => "risk-questions",
        _ => "",
    };
    let path = if base.is_empty() {
        String::new()
    } else {
        format!("{base}.{}", document.name)
    };
    Walk::new(report, walked).document(&path, &document.spot, &document.node, table);
    if matches!(base, "guardrails" | "policies")
        && let Some(text) = document.node.get("forbid")
    {
        // The line of the text, not of its key: policies in it are told by their lines.
        walked
            .spots
            .insert(format!("{path}.forbid"), text.spot.clone());
    }
    if base == "holidays" {
        for (day, spot) in decode::holidays(&document.node, files) {
            let spots = &mut walked.spots;
            spots.entry(format!("holidays.{day}")).or_insert(spot);
        }
        for (list, spot) in decode::lists(&document.node) {
            let path = format!("holidays.{}", list.code);
            walked.spots.entry(path).or_insert_with(|| spot.clone());
        }
    }
}

fn declare(documents: &[&Document], declared: &mut Declared) {
    for document in documents {
        let Some(to) = reference(document.kind.name) else {
            continue;
        };
        let names = declared.entry(to).or_default();
        match document.kind.body {
            Body::Map(_) => {
                for e in document
                    .node
                    .get(document.kind.name)
                    .map_or(&[][..], yaml::Node::entries)
                {
                    names.insert(e.key.clone(), Some(e.spot.clone()));
                }
            }
            _ => {
                names.insert(document.name.clone(), Some(document.spot.clone()));
            }
        }
    }
}

fn of_kind<'a>(
    documents: &'a [&'a Document],
    name: &'static str,
) -> impl Iterator<Item = &'a Document> {
    documents
        .iter()
        .copied()
        .filter(move |d| d.kind.name == name)
}

fn decode(documents: &[&Document], files: &Files) -> Spec {
    let mut spec = Spec {
        zone: builtin::ZONE.to_owned(),
        strategies: builtin::strategies(),
        ..Spec::default()
    };
    if let Some(company) = of_kind(documents, "tidegate").next() {
        decode::company(&company.node, &mut spec);
    }
    match of_kind(documents, "environments").next() {
        Some(d) => spec.environments = decode::environments(&d.node, &spec.zone),
        None => {
            let id = builtin::ENVIRONMENT.parse().ok();
            spec.environments
                .extend(id.map(|id| (id, builtin::environment(&spec.zone))));
        }
    }
    if let Some(d) = of_kind(documents, "teams").next() {
        spec.teams = decode::teams(&d.node);
    }
    if let Some(d) = of_kind(documents, "units").next() {
        spec.units = decode::units(&d.node);
    }
    let standard = builtin::name(builtin::STANDARD);
    spec.analyses
        .extend(standard.clone().map(|n| (n, builtin::analysis())));
    let everywhere = Pipeline {
        path: builtin::path(&spec.environments),
        strategy: builtin::strategy_rule(),
        watch: builtin::WATCH,
    };
    spec.pipelines.extend(standard.map(|n| (n, everywhere)));
    for d in documents {
        documents_of_names(d, files, &mut spec);
    }
    let owners: Vec<_> = spec.services.values().map(|s| s.owner.clone()).collect();
    for owner in owners {
        spec.teams.entry(owner).or_default();
    }
    spec
}

fn documents_of_names(d: &Document, files: &Files, spec: &mut Spec) {
    let name = d.name.as_str();
    match d.kind.name {
        "pipeline" => {
            let pipeline = decode::pipeline(&d.node, &spec.environments);
            spec.pipelines
                .extend(decode::valid(Some(name)).map(|n| (n, pipeline)));
        }
        "strategy" => {
            let strategy = decode::strategy(&d.node);
            spec.strategies
                .extend(decode::valid(Some(name)).zip(strategy));
        }
        "analysis" => {
            let analysis = decode::analysis(&d.node);
            spec.analyses
                .extend(decode::valid(Some(name)).map(|n| (n, analysis)));
        }
        "service" => {
            let service = decode::service(&d.node, |env| {
                spec.environments.keys().any(|e| e.as_str() == env)
            });
            spec.services.extend(decode::valid(Some(name)).zip(service));
        }
        "window" => {
            let window = decode::window(&d.node);
            spec.windows.extend(decode::valid(Some(name)).zip(window));
        }
        "freeze" => {
            let freeze = decode::freeze(&d.node);
            spec.freezes.extend(decode::valid(Some(name)).zip(freeze));
        }
        "train" => {
            let train = decode::train(&d.node);
            spec.trains.extend(decode::valid(Some(name)).zip(train));
        }
        "board" => {
            let board = decode::board(&d.node);
            spec.boards.extend(decode::valid(Some(name)).zip(board));
        }
        "retention" => {
            let rule = decode::retention(&d.node);
            spec.retention.extend(decode::valid(Some(name)).zip(rule));
        }
        "template" => {
            let template = decode::template(&d.node);
            spec.templates
                .extend(decode::valid(Some(name)).zip(template));
        }
        "vendor" => {
            let vendor = decode::vendor(&d.node);
            spec.vendors.extend(decode::valid(Some(name)).zip(vendor));
        }
        "legacy" => {
            let legacy = decode::legacy(&d.node);
            spec.legacy.extend(decode::valid(Some(name)).zip(legacy));
        }
        "environment-booking" => {
            let booking = decode::booking(&d.node);
            spec.bookings.extend(decode::valid(Some(name)).zip(booking));
        }
        "policy" => {
            let policy = decode::policy(&d.node);
            spec.policies
                .extend(decode::valid(Some(name)).map(|n| (n, policy)));
        }
        "guardrail" => {
            let guardrail = decode::guardrail(&d.node);
            spec.guardrails
                .extend(decode::valid(Some(name)).zip(guardrail));
        }
        "risk" => spec.risk = Some(decode::risk(&d.node)),
        "risk-question" => {
            let question = decode::risk_question(&d.node);
            spec.risk_questions
                .extend(decode::valid(Some(name)).zip(question));
        }
        // Several lists add up: each says which days are none.
        "holidays" => {
            let days = decode::holidays(&d.node, files).map(|(day, _)| day);
            spec.holidays.extend(days);
            let lists = decode::lists(&d.node).map(|(list, _)| (list.code.to_owned(), list.days()));
            spec.holidays_of.extend(lists);
        }
        _ => {}
    }
}

fn origins(walked: &Walked) -> Origins {
    let place = |spot: &Spot| Place {
        file: spot.file.to_string(),
        line: spot.line,
    };
    Origins(
        walked
            .spots
            .iter()
            .filter(|(path, _)| !path.is_empty())
            .map(|(path, spot)| (path.clone(), place(spot)))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposed_document_stands_in_the_place_of_the_one_of_its_name() {
        let over = Files::of([(
            "new.yaml",
            "risk: two\nweights: { impact: 40, history: 60 }\n",
        )]);
        let files = Files::of([(
            "tidegate.yaml",
            "tidegate: 1\n---\nrisk: two\nweights: { history: 100 }\n",
        )]);
        let loaded = load_over(&files, &over, Timestamp::UNIX_EPOCH);
        let risk = loaded.spec.unwrap().risk.unwrap();
        assert_eq!(risk.weight(tidegate_core::spec::RiskFactor::History), 60);
    }
}
