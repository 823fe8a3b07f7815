//! Asking work under way to end, with the reason.

use super::error::Error;
use std::sync::{Arc, OnceLock};
use tokio_util::sync::CancellationToken;

/// A request to end that work can wait for. Clones belong together.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    token: CancellationToken,
    why: Arc<OnceLock<Error>>,
}

impl Stop {
    /// Asks; the first reason stays.
    pub fn ask(&self, why: Error) {
        let _ = self.why.set(why);
        self.token.cancel();
    }

    /// Whether it was asked, for work that cannot wait for it.
    ///
    /// # Errors
    /// The reason.
    pub fn check(&self) -> Result<(), Error> {
        match self.token.is_cancelled() {
            true => Err(self.error()),
            false => Ok(()),
        }
    }

    /// Ends when it was asked.
    pub async fn asked(&self) {
        self.token.cancelled().await;
    }

    /// The reason.
    #[must_use]
    pub fn error(&self) -> Error {
        self.why
            .get()
            .cloned()
            .unwrap_or_else(|| Error::failed("cancelled"))
    }

    /// The result of `work`, or the reason when it was asked before; `work` is then dropped.
    ///
    /// # Errors
    /// Those of `work`, or the reason.
    pub async fn or<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        tokio::select! {
            biased;
            () = self.asked() => Err(self.error()),
            result = work => result,
        }
    }
}
