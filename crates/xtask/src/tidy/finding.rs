//! What a rule found: where, what, and the way out.

use std::fmt;

/// How much a finding matters. Ordered: an error is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Asks for a change soon; never fails a run.
    Warning,
    /// Fails the run.
    Error,
}

/// One place where a rule is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub level: Level,
    /// Relative to the workspace root.
    pub path: String,
    /// Counted from 1; 0 when the finding is about the whole file.
    pub line: usize,
    /// Lower-case fragment naming the thing and the reason.
    pub problem: String,
    /// The way out.
    pub help: String,
}

impl Finding {
    pub fn error(
        path: &str,
        line: usize,
        problem: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            level: Level::Error,
            path: path.to_owned(),
            line,
            problem: problem.into(),
            help: help.into(),
        }
    }

    pub fn warning(
        path: &str,
        line: usize,
        problem: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            level: Level::Warning,
            ..Self::error(path, line, problem, help)
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            level,
            path,
            line,
            problem,
            help,
        } = self;
        let level = match level {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        match line {
            0 => write!(f, "{path}: {level}: {problem}")?,
            _ => write!(f, "{path}:{line}: {level}: {problem}")?,
        }
        write!(f, "\n    help: {help}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_like_a_compiler_message() {
        let text = Finding::error(
            "crates/core/src/id.rs",
            7,
            "`HashMap` in core",
            "use `BTreeMap`",
        )
        .to_string();
        assert_eq!(
            text,
            "crates/core/src/id.rs:7: error: `HashMap` in core\n    help: use `BTreeMap`"
        );
    }
}
