//! Redraws a block of lines in place. Only lines that changed are written; the screen is never cleared.

use std::io::Write as _;

/// A block on a screen.
#[derive(Debug, Default)]
pub struct Painter {
    shown: Vec<String>,
}

impl Painter {
    /// Show these lines in place of the ones before.
    ///
    /// # Errors
    /// Stdout is closed.
    pub fn draw(&mut self, lines: &[String], width: usize, height: usize) -> std::io::Result<()> {
        let mut next: Vec<String> = lines.iter().map(|line| fit(line, width.max(20))).collect();
        // What scrolled off the screen can never be redrawn.
        next.truncate(height.saturating_sub(1).max(1));
        let text = update(&self.shown, &next);
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()?;
        self.shown = next;
        Ok(())
    }
}

/// What must be written to turn one block into the other; the cursor is below the block before and after.
fn update(shown: &[String], next: &[String]) -> String {
    let mut text = String::new();
    if !shown.is_empty() {
        text.push_str(&format!("\u{1b}[{}A", shown.len()));
    }
    for (n, line) in next.iter().enumerate() {
        if shown.get(n) != Some(line) {
            text.push_str("\r\u{1b}[2K");
            text.push_str(line);
        }
        text.push('\n');
    }
    let left = shown.len().saturating_sub(next.len());
    text.push_str(&"\r\u{1b}[2K\n".repeat(left));
    if left > 0 {
        text.push_str(&format!("\u{1b}[{left}A"));
    }
    text
}

/// A line cut to `width` visible characters; control sequences take no room.
fn fit(line: &str, width: usize) -> String {
    let mut out = String::new();
    let (mut used, mut escape) = (0, false);
    for c in line.chars() {
        if escape {
            out.push(c);
            escape = !c.is_ascii_alphabetic();
        } else if c == '\u{1b}' {
            out.push(c);
            escape = true;
        } else if c.is_control() {
            // Text of programs must not move the cursor.
            continue;
        } else if used < width {
            out.push(c);
            used += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|t| (*t).to_owned()).collect()
    }

    #[test]
    fn only_changed_lines_are_written_and_left_over_lines_are_removed() {
        assert_eq!(
            update(&[], &lines(&["a", "b"])),
            "\r\u{1b}[2Ka\n\r\u{1b}[2Kb\n"
        );
        assert_eq!(
            update(&lines(&["a", "b"]), &lines(&["a", "c"])),
            "\u{1b}[2A\n\r\u{1b}[2Kc\n"
        );
        assert_eq!(
            update(&lines(&["a", "b"]), &lines(&["a"])),
            "\u{1b}[2A\n\r\u{1b}[2K\n\u{1b}[1A"
        );
    }

    #[test]
    fn long_lines_are_cut_without_cutting_a_colour() {
        assert_eq!(
            fit("\u{1b}[32mhealthy\u{1b}[0m", 4),
            "\u{1b}[32mheal\u{1b}[0m"
        );
        assert_eq!(fit("a\tb\u{7}c", 10), "abc");
    }
}
