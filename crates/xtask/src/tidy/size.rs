//! Files are one thought and functions fit a screen. Length is the only part of that a program can see.

use super::finding::Finding;
use super::source::{Source, body, line_of};

const FILE_WARNING: usize = 400;
const FILE_LIMIT: usize = 800;
const FUNCTION_WARNING: usize = 70;
const CODE: [&str; 8] = [
    ".rs",
    ".py",
    ".sh",
    ".ts",
    ".tsx",
    ".js",
    ".css",
    "ARCHITECTURE.md",
];

/// Length of one file that people write.
pub fn check_length(path: &str, text: &str) -> Vec<Finding> {
    if !CODE.iter().any(|end| path.ends_with(end)) {
        return Vec::new();
    }
    let help = "find the seam and split it by thought, not by size";
    let lines = text.lines().count();
    let problem = |limit| format!("{lines} lines, more than {limit}");
    match lines {
        0..=FILE_WARNING => Vec::new(),
        lines if lines <= FILE_LIMIT => vec![Finding::warning(
            path,
            FILE_WARNING + 1,
            problem(FILE_WARNING),
            help,
        )],
        _ => vec![Finding::error(
            path,
            FILE_LIMIT + 1,
            problem(FILE_LIMIT),
            help,
        )],
    }
}

/// Length of each function, signature and closing brace included.
pub fn check_functions(source: &Source) -> Vec<Finding> {
    let code = &source.code;
    let mut findings = Vec::new();
    let mut offset = 0;
    for (index, line) in code.split_inclusive('\n').enumerate() {
        let start = offset;
        offset += line.len();
        let (Some(name), Some(body)) = (function_name(line), body(code, start)) else {
            continue;
        };
        let lines = line_of(code, *body.end()) - index;
        if lines > FUNCTION_WARNING {
            findings.push(Finding::warning(
                &source.path,
                index + 1,
                format!("function `{name}` has {lines} lines, more than {FUNCTION_WARNING}"),
                "name its steps and make each a function",
            ));
        }
    }
    findings
}

/// Name of the function that a line of rustfmt's output begins to define.
fn function_name(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace().skip_while(|word| {
        matches!(
            *word,
            "pub" | "const" | "async" | "unsafe" | "extern" | "default"
        ) || word.starts_with("pub(")
    });
    (words.next() == Some("fn")).then_some(())?;
    words.next()?.split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    #[test]
    fn a_long_file_warns_and_a_very_long_one_fails() {
        let level = |lines: usize| {
            check_length("crates/core/src/id.rs", &"x\n".repeat(lines))
                .first()
                .map(|found| found.level)
        };
        assert_eq!(level(400), None);
        assert_eq!(level(401), Some(Level::Warning));
        assert_eq!(level(800), Some(Level::Warning));
        assert_eq!(level(801), Some(Level::Error));
        assert!(check_length("Cargo.lock", &"x\n".repeat(5_000)).is_empty());
    }

    #[test]
    fn a_long_function_warns_with_its_name_and_line() {
        let long = format!(
            "struct S;\npub(crate) async fn long<T>(\n) {{\n{}}}\n",
            "    call(\"}\");\n".repeat(70)
        );
        let source = Source::new("crates/core/src/id.rs", long);
        let findings = check_functions(&source);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 2);
        assert!(
            findings[0].problem.contains("`long` has 73 lines"),
            "{}",
            findings[0].problem
        );
        let short = format!("fn short() {{\n{}}}\n", "    call();\n".repeat(68));
        assert!(check_functions(&Source::new("crates/core/src/id.rs", short)).is_empty());
    }
}
