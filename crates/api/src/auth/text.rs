//! The text of a token.

use crate::random;
use tidegate_core::digest::Digest;

/// Lets secret scanners find tokens that were left lying around.
const PREFIX: &str = "tg_";

/// The text of a token: a secret, so it has no readable `Debug` and is never part of an error.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(String);

impl AccessToken {
    /// A new one from the system's random numbers.
    ///
    /// # Errors
    /// The system gives none.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        Ok(Self(format!("{PREFIX}{}", random::secret()?)))
    }

    /// From what somebody sent or a file holds; `None` when it does not look like one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(PREFIX)?;
        let plain =
            (20..=100).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_alphanumeric());
        plain.then(|| Self(text.to_owned()))
    }

    /// The text, to be sent or written to a file only its owner can read.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored. Looking it up by hash takes the same time whatever part of a guess is right.
    pub(crate) fn hash(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessToken(…)")
    }
}
