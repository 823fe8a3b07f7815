//! How a command ends: exit codes, and the one block of text that says why. Every program that calls Tidegate reads the
//! codes, so a code never changes its meaning.

use std::fmt;
use std::process::ExitCode;
use tidegate_client::{Error, Problem};

/// Exit code of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed, unexpectedly.
    Failed = 1,
    /// Differences exist (`plan --detailed-exitcode`).
    Differs = 2,
    /// Blocked: the answer is "no" or "not yet".
    Blocked = 3,
    /// Sign-in needed, or not allowed.
    NotAllowed = 4,
    /// A deployment failed and was rolled back.
    RolledBack = 5,
    /// Timed out waiting; the work goes on.
    TimedOut = 6,
    /// Conflict: changed since you looked, or locked.
    Conflict = 7,
    /// Rejected by a person.
    Rejected = 8,
    /// The command line is not right.
    Usage = 64,
    /// The configuration is not valid.
    Invalid = 65,
    /// Interrupted or detached.
    Detached = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A command that did not succeed: what it ends with and what people are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Exit code.
    pub exit: Exit,
    /// Stable code, `TG2006`, when there is one.
    pub code: Option<String>,
    /// What happened. Empty: nothing more is to be said (the reader of our output is gone).
    pub message: String,
    /// More lines below it.
    pub notes: Vec<String>,
    /// The way out.
    pub help: Option<String>,
    /// The decision inside a refusal, as the server sent it.
    pub decision: Option<serde_json::Value>,
}

impl Failure {
    /// A failure with a text.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            code: None,
            message: message.into(),
            notes: Vec::new(),
            help: None,
            decision: None,
        }
    }

    /// The command line cannot be used as it is.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Add the way out.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Add a line below.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "error[{code}]: {}", self.message)?,
            None => write!(f, "error: {}", self.message)?,
        }
        for note in &self.notes {
            write!(f, "\n  {note}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\nhelp: {help}")?;
        }
        Ok(())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Problem(problem) => Self::from(*problem),
            Error::Unreachable { .. } => Self::new(Exit::Failed, error.to_string())
                .help("is the server running? `tidegate up` starts one for this folder; `tidegate doctor` looks closer"),
            Error::Address { .. } => Self::usage(error.to_string()),
            Error::Decode { .. } => Self::new(Exit::Failed, error.to_string())
                .help("server and command line may be of different versions: compare `tidegate version`"),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let text = [problem.detail(), problem.title(), problem.body.as_str()]
            .into_iter()
            .flatten()
            .find(|text| !text.is_empty());
        let message = match text {
            Some(text) => text.to_owned(),
            None => format!("the server answered {}", problem.status),
        };
        Self {
            exit: exit_of(problem.status, problem.code()),
            code: problem.code().map(str::to_owned),
            message,
            notes: diagnostics(&problem),
            help: help(&problem),
            decision: problem
                .body
                .get("decision")
                .filter(|d| !d.is_null())
                .cloned(),
        }
    }
}

/// The way out: the server's, but for what only this program knows.
fn help(problem: &Problem) -> Option<String> {
    if problem.code() == Some("TG3001") {
        let text = "sign in with `tidegate login`, or name a valid token with --token, TIDEGATE_TOKEN or `.tidegate/admin.token`; \
                    an admin makes one: `tidegate token create <name> --role operator`";
        return Some(text.to_owned());
    }
    problem.help().map(str::to_owned)
}

/// Lines of the diagnostics a refused configuration comes with.
fn diagnostics(problem: &Problem) -> Vec<String> {
    let text = |d: &serde_json::Value, key: &str| {
        d.get(key)
            .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
            .unwrap_or_default()
    };
    let list = problem.body.get("diagnostics").and_then(|d| d.as_array());
    list.into_iter()
        .flatten()
        .map(|d| {
            let [file, line, code, message] =
                ["file", "line", "code", "message"].map(|key| text(d, key));
            format!("{file}:{line}: [{code}] {message}")
        })
        .collect()
}

/// Exit code for a refusal of the server. The code decides; the status speaks for codes this version does not know.
pub fn exit_of(status: u16, code: Option<&str>) -> Exit {
    match code {
        Some("TG2001") => return Exit::Blocked,
        Some(
            "TG2008" | "TG2013" | "TG2016" | "TG2017" | "TG3001" | "TG3020" | "TG3021" | "TG3022"
            | "TG3023" | "TG3024" | "TG3026" | "TG3027",
        ) => {
            return Exit::NotAllowed;
        }
        Some("TG2002" | "TG2005" | "TG2006" | "TG2007" | "TG2009" | "TG2015" | "TG3003") => {
            return Exit::Conflict;
        }
        Some("TG3005") => return Exit::Invalid,
        _ => {}
    }
    match status {
        401 | 403 => Exit::NotAllowed,
        409 | 412 => Exit::Conflict,
        400 | 422 | 428 => Exit::Usage,
        _ => Exit::Failed,
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::new(Exit::Done, "");
        }
        Self::new(Exit::Failed, format!("output cannot be written: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_refusal_has_its_exit_code() {
        let table = [
            (409, "TG2001", Exit::Blocked),
            (409, "TG2002", Exit::Conflict),
            (404, "TG2003", Exit::Failed),
            (422, "TG2004", Exit::Usage),
            (409, "TG2005", Exit::Conflict),
            (409, "TG2006", Exit::Conflict),
            (409, "TG2007", Exit::Conflict),
            (403, "TG2008", Exit::NotAllowed),
            (409, "TG2009", Exit::Conflict),
            (429, "TG2010", Exit::Failed),
            (503, "TG2011", Exit::Failed),
            (403, "TG2013", Exit::NotAllowed),
            (403, "TG2016", Exit::NotAllowed),
            (412, "TG2015", Exit::Conflict),
            (401, "TG3001", Exit::NotAllowed),
            (428, "TG3017", Exit::Usage),
            (400, "TG3002", Exit::Usage),
            (422, "TG3003", Exit::Conflict),
            (422, "TG3005", Exit::Invalid),
            (503, "TG3010", Exit::Failed),
            (503, "TG3011", Exit::Failed),
            (500, "TG9999", Exit::Failed),
            (403, "TG9999", Exit::NotAllowed),
            (409, "TG9999", Exit::Conflict),
        ];
        for (status, code, exit) in table {
            assert_eq!(exit_of(status, Some(code)), exit, "{status} {code}");
        }
    }

    #[test]
    fn codes_are_the_documented_numbers() {
        let table = [
            (Exit::Done, 0),
            (Exit::Failed, 1),
            (Exit::Differs, 2),
            (Exit::Blocked, 3),
            (Exit::NotAllowed, 4),
            (Exit::RolledBack, 5),
            (Exit::TimedOut, 6),
            (Exit::Conflict, 7),
            (Exit::Rejected, 8),
            (Exit::Usage, 64),
            (Exit::Invalid, 65),
            (Exit::Detached, 130),
        ];
        for (exit, number) in table {
            assert_eq!(exit as u8, number, "{exit:?}");
        }
    }

    #[test]
    fn a_problem_becomes_one_block_with_code_and_way_out() {
        let body = json!({
            "title": "busy", "status": 409, "code": "TG2006",
            "detail": "web is being deployed to prod-eu by dep_1 (running)",
            "help": "wait for it (`tidegate status dep_1 --watch`)",
        });
        let failure = Failure::from(Problem { status: 409, body });
        assert_eq!(failure.exit, Exit::Conflict);
        assert_eq!(
            failure.to_string(),
            "error[TG2006]: web is being deployed to prod-eu by dep_1 (running)\nhelp: wait for it (`tidegate status dep_1 --watch`)"
        );
    }

    #[test]
    fn an_answer_that_is_no_problem_document_is_still_told() {
        let failure = Failure::from(Problem {
            status: 502,
            body: json!("bad gateway"),
        });
        assert_eq!(failure.to_string(), "error: bad gateway");
        let failure = Failure::from(Problem {
            status: 500,
            body: json!({}),
        });
        assert_eq!(failure.to_string(), "error: the server answered 500");
    }
}
