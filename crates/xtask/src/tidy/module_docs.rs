//! Every module says why it exists: its file begins with `//!`.

use super::finding::Finding;
use super::source::Source;

pub fn check(source: &Source) -> Vec<Finding> {
    let first = source.text.lines().next().unwrap_or_default();
    match first.strip_prefix("//!").map(str::trim) {
        Some(words) if !words.is_empty() => Vec::new(),
        _ => vec![Finding::error(
            &source.path,
            1,
            "the module does not begin with `//!` and a sentence",
            "say in the first line why it exists, and below what it must not do",
        )],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> usize {
        check(&Source::new("crates/core/src/id.rs", text.into())).len()
    }

    #[test]
    fn a_module_without_a_first_sentence_is_found() {
        assert_eq!(findings("//! Typed identifiers.\nuse x;\n"), 0);
        assert_eq!(findings("use x;\n//! Too late.\n"), 1);
        assert_eq!(findings("//!\n//! Late.\n"), 1);
        assert_eq!(findings(""), 1);
    }
}
