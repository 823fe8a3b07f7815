//! Whatever the bytes, reading ends with an answer.

use crate::common::loaded as load;
use proptest::prelude::*;
use std::collections::BTreeMap;
use tidegate_config::{Files, Severity, render, to_json, to_sarif};

fn check(files: &Files) {
    let loaded = load(files);
    let errors = loaded
        .diagnostics
        .iter()
        .any(|d| d.severity == Severity::Error);
    assert_eq!(loaded.spec.is_none(), errors);
    let lines = |text: &str| text.matches('\n').count() + 1;
    let lines: BTreeMap<&String, usize> = files
        .0
        .iter()
        .map(|(path, text)| (path, lines(text)))
        .collect();
    for d in &loaded.diagnostics {
        if let Some(text) = files.text(&d.file) {
            assert!(
                text.get(d.span.clone()).is_some(),
                "{d:?} is no range of the text"
            );
            let last = lines[&d.file];
            assert!(
                d.line > 0 && d.line as usize <= last && d.column > 0,
                "{d:?} of {last} lines"
            );
        }
    }
    let _ = (
        render(&loaded.diagnostics, files, true),
        to_json(&loaded.diagnostics),
        to_sarif(&loaded.diagnostics),
    );
    if let Some(spec) = loaded.spec {
        for service in spec.services.keys() {
            for env in spec.path_of(service) {
                spec.resolve(service, env)
                    .expect("a spec that came out leads nowhere to nothing");
            }
        }
    }
}

fn seeds() -> Vec<String> {
    let all = crate::common::fixtures("good")
        .into_iter()
        .chain(crate::common::fixtures("bad"));
    all.flat_map(|(_, files)| files.0.into_values()).collect()
}

const PIECES: &[&str] = &[
    "---\n",
    "\t",
    "\n",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "&a ",
    "*a ",
    "!!str ",
    "| \n",
    ">-\n",
    "%",
    "#",
    "? ",
    "<<: ",
    "...\n",
    "\u{feff}",
    "\r\n",
    "é",
    "\u{2028}",
    "0",
    "010",
    "yes",
    "~",
    "service",
    "environments:\n",
    "\0",
    "secret:",
    "${",
    "100%",
    "tidegate: 1\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_tree_is_answered(
        seed in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..6, any::<prop::sample::Index>()), 1..6),
    ) {
        let mut text: Vec<char> = seed.get(&seeds()).chars().collect();
        for (at, cut, piece) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + cut).min(text.len());
            text.splice(at..end, piece.get(PIECES).chars());
        }
        check(&crate::common::of(&text.into_iter().collect::<String>()));
    }

    #[test]
    fn random_text_is_answered(text in any::<String>()) {
        check(&crate::common::of(&text));
    }

    #[test]
    fn random_yaml_like_text_is_answered(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        check(&crate::common::of(&pieces.concat()));
    }
}

#[test]
fn deep_nesting_and_long_lines_end_with_an_answer() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", "")] {
        for depth in [30, 60, 1_000, 5_000] {
            check(&crate::common::of(&format!(
                "service: web\nowner: {}x{}\n",
                open.repeat(depth),
                close.repeat(depth)
            )));
        }
    }
    check(&crate::common::of(&"service: web\n---\n".repeat(2_000)));
    check(&crate::common::of(&format!(
        "service: {}",
        "x".repeat(500_000)
    )));
    let items: String = (0..2_000)
        .map(|n| format!("{{\"K{n}\": \"\u{e4}\"}},"))
        .collect();
    check(&Files::of([("one-line.json", format!("[{items} {{}}]"))]));
    check(&Files::default());
}
