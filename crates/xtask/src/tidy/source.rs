//! One Rust file, prepared for the rules: its text, its code without comments and literals, and which lines are tests.

use super::mask::mask;
use std::ops::RangeInclusive;

/// One Rust file.
pub struct Source {
    /// Relative to the workspace root.
    pub path: String,
    /// As written.
    pub text: String,
    /// Same lines, comments and literals blanked.
    pub code: String,
    /// Lines (from 1) inside items marked `#[cfg(test)]`.
    tests: Vec<RangeInclusive<usize>>,
}

impl Source {
    pub fn new(path: &str, text: String) -> Self {
        let code = mask(&text);
        let tests = test_items(&code);
        Self {
            path: path.to_owned(),
            text,
            code,
            tests,
        }
    }

    /// Name of the crate's folder (`core` for `crates/core/src/id.rs`).
    pub fn crate_name(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Last part of the path.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// True in test modules and in files that only tests, examples and benchmarks use.
    pub fn is_test(&self, line: usize) -> bool {
        let outside_src = ["/tests/", "/examples/", "/benches/"]
            .iter()
            .any(|folder| self.path.contains(folder));
        outside_src
            || self.file_name() == "tests.rs"
            || self.tests.iter().any(|range| range.contains(&line))
    }
}

/// Line (from 1) of a byte offset.
pub fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes()[..offset]
        .iter()
        .filter(|&&byte| byte == b'\n')
        .count()
}

/// Byte range of the braces of the item that starts at `from`: from `{` to its `}`. Nothing if a `;` ends it first.
pub fn body(code: &str, from: usize) -> Option<RangeInclusive<usize>> {
    let (mut open, mut braces, mut nested) = (None, 0_usize, 0_i32);
    for (at, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' if open.is_none() => nested += 1,
            b')' | b']' if open.is_none() => nested -= 1,
            b';' if open.is_none() && nested == 0 => return None,
            b'{' if nested == 0 || open.is_some() => {
                open.get_or_insert(at);
                braces += 1;
            }
            b'}' if open.is_some() => {
                braces -= 1;
                if braces == 0 {
                    return Some(open?..=at);
                }
            }
            _ => {}
        }
    }
    None
}

fn test_items(code: &str) -> Vec<RangeInclusive<usize>> {
    let mark = "#[cfg(test)]";
    code.match_indices(mark)
        .filter_map(|(at, _)| {
            let body = body(code, at + mark.len())?;
            Some(line_of(code, at)..=line_of(code, *body.end()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_module_is_known_by_its_lines() {
        let source = Source::new(
            "crates/core/src/id.rs",
            "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() {}\n}\nfn c() {}\n".into(),
        );
        assert_eq!(
            (1..=6)
                .filter(|&line| source.is_test(line))
                .collect::<Vec<_>>(),
            [2, 3, 4, 5]
        );
        assert_eq!(source.crate_name(), Some("core"));
    }

    #[test]
    fn files_of_tests_and_examples_are_tests_throughout() {
        assert!(Source::new("crates/router/examples/bench.rs", String::new()).is_test(1));
        assert!(!Source::new("crates/router/src/lib.rs", String::new()).is_test(1));
    }

    #[test]
    fn a_body_is_found_past_array_types_and_not_for_a_declaration() {
        let code = "fn f(x: [u8; 4]) -> u8 { if a { 1 } else { 2 } } fn g();";
        assert_eq!(
            body(code, 0).map(|range| &code[range]),
            Some("{ if a { 1 } else { 2 } }")
        );
        assert_eq!(body(code, code.find("fn g").expect("present")), None);
    }
}
