//! Tests counted from the summaries of nextest and of Rust's own test runner.

use std::ops::AddAssign;

/// Tests that ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: u64,
    /// Failed or timed out.
    pub failed: u64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Count {
    /// What one line of output says; nothing unless it is a summary.
    pub fn in_line(line: &str) -> Self {
        let mut count = Self::default();
        let line = without_colour(line);
        if !line.trim_start().starts_with("Summary [") && !line.starts_with("test result:") {
            return count;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        for pair in words.windows(2) {
            let Ok(number) = pair[0].parse::<u64>() else {
                continue;
            };
            match pair[1].trim_end_matches([',', ';']) {
                "passed" => count.passed += number,
                "failed" | "timed" | "exec" => count.failed += number,
                _ => {}
            }
        }
        count
    }
}

/// The line without terminal colour sequences (`ESC [ … m`).
fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    for (index, part) in line.split('\u{1b}').enumerate() {
        let rest = if index == 0 {
            part
        } else {
            part.split_once('m').map_or("", |(_, rest)| rest)
        };
        plain.push_str(rest);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_of_both_runners_are_counted() {
        let count = |line| {
            let Count { passed, failed } = Count::in_line(line);
            (passed, failed)
        };
        assert_eq!(
            count(
                "     Summary [   0.301s] 31 tests run: 29 passed (2 slow), 1 failed, 1 timed out, 3 skipped"
            ),
            (29, 2)
        );
        assert_eq!(
            count(
                "\u{1b}[32;1m     Summary\u{1b}[0m [   0.3s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m passed, 0 skipped"
            ),
            (2, 0)
        );
        assert_eq!(
            count(
                "test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s"
            ),
            (3, 1)
        );
        assert_eq!(
            count("        PASS [   0.005s] 3 passed, so to say"),
            (0, 0)
        );
    }
}
