//! A refusal of the server, as its caller sees it.

use crate::wire::ProblemDocument;
use serde_json::Value;

/// A refusal as RFC 9457 describes it; the whole document stays available in `body`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// The problem document, or a string with the plain text of the answer.
    pub body: Value,
}

impl Problem {
    /// Short name of the problem.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.text("title")
    }

    /// What happened in this case.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.text("detail")
    }

    /// Stable code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.text("code")
    }

    /// The way out.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.text("help")
    }

    /// The whole document, typed; absent when the answer was something else (a proxy's page, say).
    #[must_use]
    pub fn document(&self) -> Option<ProblemDocument> {
        serde_json::from_value(self.body.clone()).ok()
    }

    fn text(&self, member: &str) -> Option<&str> {
        self.body.get(member).and_then(Value::as_str)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the server answered {}", self.status)?;
        for part in [self.title(), self.detail(), self.body.as_str()]
            .into_iter()
            .flatten()
        {
            write!(f, ": {part}")?;
        }
        if let Some(help) = self.help() {
            write!(f, " ({help})")?;
        }
        Ok(())
    }
}
