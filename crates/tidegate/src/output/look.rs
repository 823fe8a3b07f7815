//! How texts look: colour, width, zone. A value, so that renderers stay pure.

use super::when::Zone;

/// How texts look.
#[derive(Debug, Clone)]
pub struct Look {
    /// Whether colours are written.
    pub color: bool,
    /// Columns of the terminal, 100 where there is none.
    pub width: usize,
    /// Zone in which times are shown.
    pub zone: Zone,
}

/// A colour; the shape and the word always say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Fine.
    Good,
    /// Not yet.
    Waiting,
    /// Not fine.
    Bad,
    /// Could not be told.
    Unclear,
    /// An exception.
    Special,
    /// Of less interest.
    Dim,
}

impl Look {
    /// Text in a tone, when colours are written.
    pub fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Good => "32",
            Tone::Waiting => "33",
            Tone::Bad => "31",
            Tone::Unclear => "35",
            Tone::Special => "36",
            Tone::Dim => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// A plain look for tests and pipes.
    #[cfg(test)]
    pub fn plain() -> Self {
        Self {
            color: false,
            width: 100,
            zone: Zone::named("Europe/Berlin").unwrap(),
        }
    }
}
