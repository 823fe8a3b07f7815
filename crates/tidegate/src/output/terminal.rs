//! What stdin, stdout and stderr can do, and what the environment says about colour.

use std::io::IsTerminal as _;

/// What the other end of our output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terminal {
    /// Nobody looks at it as it comes: a pipe, a file, a CI log, a dumb terminal. Lines are only ever added.
    Lines,
    /// A person's screen: lines may be redrawn.
    Screen {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
}

/// Settings of the environment that matter for output.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `CLICOLOR_FORCE` is set and not `0`.
    pub force_color: bool,
    /// `TERM` is `dumb`.
    pub dumb: bool,
    /// `CI` is set and not `false`.
    pub ci: bool,
}

impl Wishes {
    /// From the environment of this process.
    pub fn of_environment() -> Self {
        let set =
            |name: &str, off: &str| std::env::var(name).is_ok_and(|v| !v.is_empty() && v != off);
        Self {
            no_color: set("NO_COLOR", ""),
            force_color: set("CLICOLOR_FORCE", "0"),
            dumb: std::env::var("TERM").is_ok_and(|t| t == "dumb"),
            ci: set("CI", "false"),
        }
    }

    /// Whether colours are written to a terminal of this kind.
    pub fn color(&self, terminal: Terminal) -> bool {
        if self.no_color {
            return false;
        }
        self.force_color || terminal.is_tty()
    }
}

impl Terminal {
    /// What stdout of this process is.
    pub fn of_stdout(wishes: &Wishes) -> Self {
        if !std::io::stdout().is_terminal() || wishes.dumb || wishes.ci {
            return Self::Lines;
        }
        let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok();
        let (width, height) = size.map_or((0, 0), |s| (s.ws_col, s.ws_row));
        Self::Screen {
            width: if width == 0 { 100 } else { width },
            height: if height == 0 { 24 } else { height },
        }
    }

    /// Whether a person looks at it.
    pub fn is_tty(self) -> bool {
        matches!(self, Self::Screen { .. })
    }

    /// Columns.
    pub fn width(self) -> usize {
        match self {
            Self::Lines => 100,
            Self::Screen { width, .. } => usize::from(width),
        }
    }
}

/// Whether a person can be asked.
pub fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_follows_the_screen_unless_somebody_says_otherwise() {
        let screen = Terminal::Screen {
            width: 80,
            height: 24,
        };
        let wishes = |no_color, force_color| Wishes {
            no_color,
            force_color,
            ..Wishes::default()
        };
        assert!(wishes(false, false).color(screen));
        assert!(!wishes(false, false).color(Terminal::Lines));
        assert!(wishes(false, true).color(Terminal::Lines));
        assert!(!wishes(true, true).color(screen));
    }
}
