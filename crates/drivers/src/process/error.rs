//! How work at a process target goes wrong: the world said no, or we could not tell.

use std::io;
use tidegate_plugin::Outcome;

/// Why a piece of work did not take effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The artifact, the program or the request is at fault; repeating it changes nothing.
    #[error("{because}")]
    Failed {
        /// Why, for people.
        because: String,
        /// Last log lines, secrets removed.
        log: Vec<String>,
    },
    /// Outside trouble (network, disk, router); may be tried again.
    #[error("{0}")]
    Broken(String),
}

impl Error {
    /// A refusal without log lines.
    pub fn failed(because: impl Into<String>) -> Self {
        Self::Failed {
            because: because.into(),
            log: Vec::new(),
        }
    }

    /// Trouble with the disk while doing `what`; a full disk is called by its name.
    #[must_use]
    pub fn io(what: &str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Broken(format!(
                "disk full while {what}: free some space and try again"
            )),
            _ => Self::Broken(format!("trouble while {what}: {error}")),
        }
    }
}

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        match error {
            Error::Failed { because, log } => Self::Failed { because, log },
            Error::Broken(because) => Self::Broken { because },
        }
    }
}

/// Runs disk work off the async threads.
///
/// # Errors
/// Those of `work`; [`Error::Broken`] when it panicked.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(e) => Err(Error::Broken(format!("disk work ended early: {e}"))),
    }
}
