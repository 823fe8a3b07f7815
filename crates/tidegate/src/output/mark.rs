//! Marks: the state of a condition, as shape and word; colour only repeats it.

use super::look::{Look, Tone};

/// State of a condition, check or stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Met.
    Ok,
    /// Not yet.
    Wait,
    /// Not met.
    No,
    /// Could not be told.
    Broken,
    /// Lifted by an exception.
    Exception,
    /// Done earlier.
    Done,
    /// Under way.
    Running,
    /// Not reached.
    Open,
    /// Worth a look.
    Warn,
}

impl Mark {
    /// `[ok]`, `[wait]`, ...
    pub fn text(self) -> &'static str {
        match self {
            Self::Ok => "[ok]",
            Self::Wait => "[wait]",
            Self::No => "[no]",
            Self::Broken => "[broken]",
            Self::Exception => "[exception]",
            Self::Done => "[done]",
            Self::Running => "[ >  ]",
            Self::Open => "[    ]",
            Self::Warn => "[warn]",
        }
    }

    /// The mark in its colour.
    pub fn paint(self, look: &Look) -> String {
        look.paint(self.tone(), self.text())
    }

    /// The mark in its colour, filled up with blanks to `width`.
    pub fn padded(self, look: &Look, width: usize) -> String {
        let blanks = width.saturating_sub(self.text().len());
        format!("{}{:blanks$}", self.paint(look), "")
    }

    fn tone(self) -> Tone {
        match self {
            Self::Ok | Self::Done => Tone::Good,
            Self::Wait | Self::Running | Self::Warn => Tone::Waiting,
            Self::No => Tone::Bad,
            Self::Broken => Tone::Unclear,
            Self::Exception => Tone::Special,
            Self::Open => Tone::Dim,
        }
    }
}
