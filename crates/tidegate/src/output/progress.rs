//! How far something long is: one line on stderr that is written over. Where stderr is no terminal, nothing.

use std::io::{IsTerminal, Write as _};

/// A line that is written over until it ends.
#[derive(Debug)]
pub struct Progress {
    shown: bool,
    last: usize,
}

impl Progress {
    /// Shown only where a person looks at stderr.
    pub fn new() -> Self {
        Self {
            shown: std::io::stderr().is_terminal(),
            last: 0,
        }
    }

    /// Say how far it is. Lost when stderr is closed.
    pub fn show(&mut self, text: &str) {
        if self.shown {
            let width = self.last.max(text.chars().count());
            let _ = write!(std::io::stderr().lock(), "\r{text:<width$}");
            self.last = text.chars().count();
        }
    }

    /// Take the line away.
    pub fn end(self) {
        if self.last > 0 {
            let _ = write!(
                std::io::stderr().lock(),
                "\r{:width$}\r",
                "",
                width = self.last
            );
        }
    }
}
