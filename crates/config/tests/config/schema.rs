//! The schema for editors says what the checker says, as far as a single document shows it. Documents are read here by
//! an ordinary YAML reader, as editors do.

use crate::common::loaded as load;
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Value, json};
use tidegate_config::{Files, Severity, render, schema};

fn documents(files: &Files) -> Vec<Value> {
    files
        .0
        .values()
        .flat_map(|text| Yaml::load_from_str(text).unwrap())
        .map(|y| to_json(&y))
        .collect()
}

fn to_json(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(b)) => json!(b),
        Yaml::Value(Scalar::Integer(i)) => json!(i),
        Yaml::Value(Scalar::FloatingPoint(f)) => json!(f.into_inner()),
        Yaml::Value(Scalar::String(s)) => json!(s),
        Yaml::Sequence(items) => items.iter().map(to_json).collect(),
        Yaml::Mapping(map) => map
            .iter()
            .map(|(k, v)| (k.as_str().unwrap().to_owned(), to_json(v)))
            .collect(),
        other => panic!("an ordinary value, not {other:?}"),
    }
}

#[test]
fn the_schema_is_one_and_accepts_what_loads() {
    let schema = schema();
    assert!(jsonschema::meta::is_valid(&schema));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, files) in crate::common::fixtures("good") {
        let loaded = load(&files);
        assert!(
            loaded.diagnostics.is_empty(),
            "{name}: {}",
            render(&loaded.diagnostics, &files, false)
        );
        for document in documents(&files) {
            let faults: Vec<String> = validator
                .iter_errors(&document)
                .map(|e| format!("{} at {}", e, e.instance_path()))
                .collect();
            assert!(faults.is_empty(), "{name}: {faults:?}");
        }
    }
}

#[test]
fn the_schema_refuses_what_a_single_document_shows_to_be_wrong() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let known = [
        "canaries",
        "commands",
        "freezes",
        "health",
        "missing-keys",
        "names",
        "no-kind",
        "not-enforced",
        "ranges",
        "unknown-key",
        "units",
        "words",
        "wrong-types",
    ];
    for (name, files) in crate::common::fixtures("bad")
        .into_iter()
        .filter(|(name, _)| known.contains(&name.as_str()))
    {
        assert!(
            documents(&files).iter().any(|d| !validator.is_valid(d)),
            "{name} passes the schema"
        );
    }
}

#[test]
fn whatever_the_schema_refuses_the_checker_refuses_too() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let readable = |files: &Files| {
        files
            .0
            .values()
            .all(|text| Yaml::load_from_str(text).is_ok())
    };
    for (name, files) in crate::common::fixtures("bad")
        .into_iter()
        .filter(|(_, files)| readable(files))
    {
        let refused = documents(&files).iter().any(|d| !validator.is_valid(d));
        let errors = load(&files)
            .diagnostics
            .iter()
            .any(|d| d.severity == Severity::Error);
        assert!(
            !refused || errors,
            "{name}: an editor would mark what loads"
        );
    }
}

#[test]
fn every_key_tells_people_what_it_is() {
    let schema = schema().to_string();
    assert!(schema.contains("Deployment lock") || schema.contains("At most one deployment"));
    let mut branch = &serde_json::from_str::<Value>(&schema).unwrap();
    let mut kinds = Vec::new();
    while let Some(kind) = branch["if"]["required"][0].as_str() {
        kinds.push(kind.to_owned());
        for (key, value) in branch["then"]["properties"]
            .as_object()
            .into_iter()
            .flatten()
        {
            assert!(
                value["markdownDescription"].is_string(),
                "{kind}.{key} has no description"
            );
        }
        branch = &branch["else"];
    }
    assert_eq!(kinds[..4], ["service", "pipeline", "strategy", "analysis"]);
    assert_eq!(
        kinds[kinds.len() - 3..],
        ["teams", "environments", "tidegate"]
    );
}
