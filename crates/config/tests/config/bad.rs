//! The text of every problem, reviewed: one fixture each below `bad/`, one snapshot each.

use crate::common::loaded as load;
use std::collections::BTreeSet;
use tidegate_config::{CODES, Files, Severity, render, to_json, to_sarif};

fn fixtures() -> Vec<(String, Files)> {
    crate::common::fixtures("bad")
}

#[test]
fn every_bad_tree_is_explained_in_words_that_were_reviewed() {
    for (name, files) in fixtures() {
        let loaded = load(&files);
        let text = render(&loaded.diagnostics, &files, false);
        insta::with_settings!({ snapshot_path => "../snapshots", omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name.as_str(), text);
        });
        let errors = loaded
            .diagnostics
            .iter()
            .any(|d| d.severity == Severity::Error);
        assert_eq!(
            loaded.spec.is_none(),
            errors,
            "{name}: a spec exists if and only if there is no error"
        );
    }
}

#[test]
fn every_code_is_given_out_by_a_fixture() {
    let mut given: BTreeSet<String> = fixtures()
        .iter()
        .flat_map(|(_, files)| load(files).diagnostics)
        .map(|d| d.code)
        .collect();
    let huge = Files::of([(
        "huge.yaml",
        format!("tidegate: 1\n# {}", "x".repeat(tidegate_config::MAX_FILE)),
    )]);
    given.extend(load(&huge).diagnostics.into_iter().map(|d| d.code));
    let silent: Vec<&str> = CODES
        .iter()
        .map(|c| c.id)
        .filter(|id| !given.contains(*id))
        .collect();
    assert!(silent.is_empty(), "no fixture gives {silent:?}");
}

#[test]
fn a_credential_is_never_shown_in_any_format() {
    for (name, files) in fixtures() {
        let loaded = load(&files);
        let all = format!(
            "{}{}{}{}{:?}",
            render(&loaded.diagnostics, &files, false),
            render(&loaded.diagnostics, &files, true),
            to_json(&loaded.diagnostics),
            to_sarif(&loaded.diagnostics),
            loaded.diagnostics
        );
        assert!(!all.contains("s3cr3tvalue"), "{name}: {all}");
    }
}

#[test]
fn places_are_the_same_in_text_and_json_and_point_at_what_is_meant() {
    let (_, files) = fixtures()
        .into_iter()
        .find(|(name, _)| name == "unknown-key")
        .unwrap();
    let loaded = load(&files);
    let first = &loaded.diagnostics[0];
    assert_eq!(
        (first.code.as_str(), first.line, first.column),
        ("TG0012", 4, 1)
    );
    let text = files.text(&first.file).unwrap();
    assert_eq!(&text[first.span.clone()], "stratergy");
    let json = to_json(&loaded.diagnostics);
    assert_eq!(json["diagnostics"][0]["line"], 4);
    assert_eq!(json["errors"], loaded.diagnostics.len());
    let sarif = to_sarif(&loaded.diagnostics);
    let region = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        (&region["startLine"], &region["startColumn"]),
        (&4.into(), &1.into())
    );
}
