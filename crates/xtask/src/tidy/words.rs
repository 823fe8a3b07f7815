//! Words and calls that are banned in code, each with its replacement. One table; comments and strings are not looked at.
//!
//! Clippy checks methods and macros by path; this table holds what depends on the place (a crate, the clock file, tests).

use super::finding::Finding;
use super::mask::is_word;
use super::source::{Source, line_of};
use Where::{Core, CoreBut, Everywhere, OutsideClock, Pure};

/// Where a word is banned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    /// In all code, tests included.
    Everywhere,
    /// In the crate `core`, outside its tests: it does no I/O, reads no clock, holds no lock, is never async.
    Core,
    /// The same outside the one file of core that names it in the types of a library and does nothing with it.
    CoreBut(&'static str),
    /// In crates that get the time and their settings as parameters, outside tests.
    Pure,
    /// Everywhere but in a file named `clock.rs` and in tests.
    OutsideClock,
}

const PURE: [&str; 6] = ["core", "policy", "config", "ledger", "plugin", "sim"];
const NO_LOCK: &str = "core holds no lock; make it a value that the caller owns";
const NO_ASYNC: &str = "core is never async; return data and let the shell wait";
const NO_IO: &str = "core does no I/O; take what is needed as a parameter";
const NOT_YET: &str = "write the real thing, or return an error that names what is missing";

const WORDS: &[(&str, Where, &str)] = &[
    (
        "#[allow(",
        Everywhere,
        "use `#[expect(lint, reason = \"...\")]`",
    ),
    (
        "#![allow(",
        Everywhere,
        "use `#![expect(lint, reason = \"...\")]`",
    ),
    ("todo!", Everywhere, NOT_YET),
    ("unimplemented!", Everywhere, NOT_YET),
    ("dbg!", Everywhere, "remove it, or use `tracing::debug!`"),
    (
        "Timestamp::now",
        OutsideClock,
        "take the time as a parameter, or ask the role's `clock.rs`",
    ),
    (
        "Zoned::now",
        OutsideClock,
        "take the time as a parameter, or ask the role's `clock.rs`",
    ),
    (
        "SystemTime::now",
        OutsideClock,
        "take the time as a parameter, or ask the role's `clock.rs`",
    ),
    ("Instant::now", Pure, "take the time as a parameter"),
    (
        "env::var",
        Pure,
        "take the setting as a parameter; only the binary reads the environment",
    ),
    (
        "env::var_os",
        Pure,
        "take the setting as a parameter; only the binary reads the environment",
    ),
    (
        "HashMap",
        Core,
        "use `BTreeMap`: its order is the same in every process",
    ),
    (
        "HashSet",
        Core,
        "use `BTreeSet`: its order is the same in every process",
    ),
    ("Mutex", Core, NO_LOCK),
    ("RwLock", Core, NO_LOCK),
    ("async fn", Core, NO_ASYNC),
    ("async move", Core, NO_ASYNC),
    ("async {", Core, NO_ASYNC),
    (".await", Core, NO_ASYNC),
    ("tokio", Core, NO_ASYNC),
    ("std::fs", Core, NO_IO),
    ("std::net", Core, NO_IO),
    // The formatter of serde_json has the trait of its writer in each signature; the writer is one that throws away.
    ("std::io", CoreBut("canonical.rs"), NO_IO),
    ("std::env", Core, NO_IO),
    ("std::process", Core, NO_IO),
    ("std::thread", Core, NO_IO),
    ("println!", Core, NO_IO),
    ("eprintln!", Core, NO_IO),
];

/// Findings of the table, of `#[expect]` without a reason, and of notes that put work off.
pub fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for &(word, place, instead) in WORDS {
        for at in occurrences(&source.code, word) {
            let line = line_of(&source.code, at);
            if banned(place, source, line) {
                findings.push(Finding::error(
                    &source.path,
                    line,
                    format!("`{word}` is banned here"),
                    instead,
                ));
            }
        }
    }
    findings.extend(expectations_without_reason(source));
    findings.extend(put_off(source));
    findings
}

fn banned(place: Where, source: &Source, line: usize) -> bool {
    let name = source.crate_name().unwrap_or_default();
    match place {
        Everywhere => true,
        Core => name == "core" && !source.is_test(line),
        CoreBut(file) => name == "core" && source.file_name() != file && !source.is_test(line),
        Pure => PURE.contains(&name) && !source.is_test(line),
        OutsideClock => source.file_name() != "clock.rs" && !source.is_test(line),
    }
}

/// Offsets where `word` stands on its own: not as a part of a longer identifier.
fn occurrences(code: &str, word: &str) -> Vec<usize> {
    let bytes = code.as_bytes();
    let edge =
        |byte: Option<&u8>, own: u8| !(is_word(own) && byte.is_some_and(|&byte| is_word(byte)));
    code.match_indices(word)
        .map(|(at, _)| at)
        .filter(|&at| {
            edge(
                at.checked_sub(1).and_then(|before| bytes.get(before)),
                word.as_bytes()[0],
            )
        })
        .filter(|&at| edge(bytes.get(at + word.len()), word.as_bytes()[word.len() - 1]))
        .collect()
}

fn expectations_without_reason(source: &Source) -> Vec<Finding> {
    let opens = source.code.match_indices("[expect(").map(|(at, _)| at);
    opens
        .filter(|&at| {
            let end = source.code[at..]
                .find(']')
                .map_or(source.code.len(), |end| at + end);
            !source.code[at..end].contains("reason")
        })
        .map(|at| {
            let line = line_of(&source.code, at);
            Finding::error(
                &source.path,
                line,
                "`#[expect]` without a reason",
                "add `reason = \"...\"`",
            )
        })
        .collect()
}

/// Notes in comments that put work off.
fn put_off(source: &Source) -> Vec<Finding> {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
    ];
    let mut findings = Vec::new();
    for mark in marks {
        for at in occurrences(&source.text, mark) {
            let line = line_of(&source.text, at);
            findings.push(Finding::error(
                &source.path,
                line,
                format!("`{mark}` puts work off"),
                NOT_YET,
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&Source::new(path, text.into()))
            .iter()
            .map(|finding| format!("{} {}", finding.line, finding.problem))
            .collect()
    }

    #[test]
    fn every_word_of_the_table_is_caught_in_core_and_names_its_replacement() {
        for &(word, _, instead) in WORDS {
            let source = Source::new(
                "crates/core/src/id.rs",
                format!("//! x\nfn f() {{ {word} (); }}\n"),
            );
            let findings = check(&source);
            assert!(
                findings
                    .iter()
                    .any(|finding| finding.line == 2 && finding.help == instead),
                "{word} was not found"
            );
        }
    }

    #[test]
    fn words_in_comments_strings_and_longer_names_are_not_code() {
        let text = "//! HashMap\nfn f() { let s = \"std::fs\"; my_todo!(); HashMapLike::new(); }\n";
        assert_eq!(found("crates/core/src/id.rs", text), Vec::<String>::new());
    }

    #[test]
    fn the_clock_is_read_in_the_clock_file_and_in_tests_only() {
        let text = "fn now() { Timestamp::now() }\n";
        assert_eq!(
            found("crates/engine/src/clock.rs", text),
            Vec::<String>::new()
        );
        assert_eq!(
            found("crates/engine/src/writer.rs", text),
            ["1 `Timestamp::now` is banned here"]
        );
        assert_eq!(
            found("crates/engine/tests/writer.rs", text),
            Vec::<String>::new()
        );
    }

    #[test]
    fn other_crates_may_hash_and_wait() {
        assert_eq!(
            found(
                "crates/agent/src/run.rs",
                "async fn f(m: HashMap<u8, u8>) { x.await }\n"
            ),
            Vec::<String>::new()
        );
    }

    #[test]
    fn an_expectation_needs_a_reason() {
        let text = "#[expect(dead_code)]\nfn f() {}\n#[expect(\n    dead_code,\n    reason = \"x\"\n)]\nfn g() {}\n";
        assert_eq!(
            found("crates/core/src/id.rs", text),
            ["1 `#[expect]` without a reason"]
        );
    }

    #[test]
    fn a_note_that_puts_work_off_is_found_in_a_comment() {
        let text = format!("// {}: later\n", concat!("TO", "DO"));
        assert_eq!(found("crates/core/src/id.rs", &text).len(), 1);
    }
}
