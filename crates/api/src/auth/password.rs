//! Passwords: what is kept of them, and how long it takes to try one.
//!
//! Argon2id with 19 MiB, two passes, one lane (the figures OWASP gives). The text exists only while a request is answered;
//! what is kept is its hash, in a row beside the ledger. Nothing here may log.

use crate::error::{Problem, kind};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;
use tidegate_core::refusal::Refusal;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_ledger::{Rows, StoreError, Tx};

/// Rows by account.
const MODEL: &str = "credential";
/// Memory in KiB, passes, lanes.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// Fewest and most characters.
const LENGTH: (usize, usize) = (12, 128);
/// How long a one-time password may be used.
pub(crate) const ONCE: Millis = Millis::minutes(7 * 24 * 60);

/// What is kept of a password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credential {
    /// Argon2 with its parameters and salt.
    hash: String,
    /// It must be replaced at the first sign-in, which must come before this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub once: Option<Timestamp>,
    /// Since when.
    set: Timestamp,
}

fn argon2() -> Result<Argon2<'static>, Problem> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|e| defect(&e))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn defect(error: &dyn std::fmt::Display) -> Problem {
    Problem::new(
        &kind::INTERNAL,
        format!("a password could not be hashed: {error}"),
        "report it with the request id",
    )
}

/// Hash a password; `once` is the end of one that must be replaced. Takes tens of milliseconds.
pub(crate) fn hashed(
    password: &str,
    once: Option<Timestamp>,
    now: Timestamp,
) -> Result<Credential, Problem> {
    let hash = argon2()?
        .hash_password(password.as_bytes())
        .map_err(|e| defect(&e))?
        .to_string();
    Ok(Credential {
        hash,
        once,
        set: now,
    })
}

/// Is this the password? Takes as long whether there is a credential or not.
pub(crate) fn fits(credential: Option<&Credential>, password: &str) -> Result<bool, Problem> {
    static NOBODY: OnceLock<String> = OnceLock::new();
    let nobody = match NOBODY.get() {
        Some(hash) => hash,
        None => {
            let made = hashed("nobody has this password", None, Timestamp::UNIX_EPOCH)?.hash;
            NOBODY.get_or_init(|| made)
        }
    };
    let kept = credential.map_or(nobody.as_str(), |c| c.hash.as_str());
    let parsed = PasswordHash::new(kept).map_err(|e| defect(&e))?;
    let right = argon2()?
        .verify_password(password.as_bytes(), &parsed)
        .is_ok();
    Ok(right && credential.is_some())
}

/// Can this be a password?
pub(crate) fn acceptable(password: &str, account: &str) -> Result<(), Problem> {
    let length = password.chars().count();
    let because = if length < LENGTH.0 || length > LENGTH.1 {
        format!(
            "a password has {} to {} characters, and this one has {length}",
            LENGTH.0, LENGTH.1
        )
    } else if holds(&password.to_lowercase(), &account.to_lowercase()) {
        "the password holds the name of the account".to_owned()
    } else {
        return Ok(());
    };
    let help = "choose a longer one, such as four words that have nothing to do with each other";
    Err(Refusal::Invalid {
        because,
        help: help.to_owned(),
    }
    .into())
}

/// Is the name of the account in it? One of three letters as a word of its own; a shorter one stands in nearly everything
/// and gives nothing away.
fn holds(password: &str, account: &str) -> bool {
    match account.chars().count() {
        0..=2 => false,
        3 => password
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word == account),
        _ => password.contains(account),
    }
}

/// What is kept for an account.
pub(crate) fn of(
    rows: &(impl Rows + ?Sized),
    account: &str,
) -> Result<Option<Credential>, StoreError> {
    let Some(body) = rows.model(MODEL, account)? else {
        return Ok(None);
    };
    let read = serde_json::from_str(&body).map_err(|_| StoreError::BadRow {
        what: format!("the password of `{account}`"),
        because: "it is not what this version writes".to_owned(),
    });
    read.map(Some)
}

/// Keep it for an account; the former one is void.
pub(crate) fn keep(
    tx: &mut dyn Tx,
    account: &str,
    credential: &Credential,
) -> Result<(), StoreError> {
    let body = serde_json::to_string(credential).map_err(|e| super::row::bad(account, &e))?;
    tx.put_model(MODEL, account, Some(&body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_kept_as_argon2id_with_its_figures_and_fits_only_itself() {
        let now = Timestamp::UNIX_EPOCH;
        let kept = hashed("correct horse battery", None, now).unwrap();
        assert!(
            kept.hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            kept.hash
        );
        assert!(fits(Some(&kept), "correct horse battery").unwrap());
        assert!(!fits(Some(&kept), "correct horse batterz").unwrap());
        assert!(!fits(None, "nobody has this password").unwrap());
        let again = hashed("correct horse battery", None, now).unwrap();
        assert_ne!(kept.hash, again.hash, "each has a salt of its own");
    }

    #[test]
    fn what_is_too_short_too_long_or_the_name_is_refused() {
        assert!(acceptable("eleven char", "ana").is_err());
        assert!(acceptable(&"x".repeat(129), "ana").is_err());
        assert!(acceptable("ANA is my name", "ana").is_err());
        assert!(acceptable("four plain words here", "ana").is_ok());
        assert!(acceptable("bananas in the garden", "ana").is_ok());
        assert!(acceptable("such a long password", "a").is_ok());
        assert!(acceptable("my rita-colored dog", "rita").is_err());
    }
}
