//! What every command that changes something takes: a reason and an idempotency key.

use super::session::Session;
use crate::exit::{Exit, Failure};

/// Reason and idempotency key of a change.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Change {
    /// Why; kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Name this change, so that repeating the command is the same change [default: random]
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<String>,
}

/// Idempotency key of a change that keeps no reason.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Keyed {
    /// Name this change, so that repeating the command is the same change [default: random]
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<String>,
}

impl Keyed {
    /// The key given, or a new random one.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn key(&self) -> Result<String, Failure> {
        self.idempotency_key.clone().map_or_else(random_key, Ok)
    }
}

impl Change {
    /// The key given, or a new random one.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn key(&self) -> Result<String, Failure> {
        self.idempotency_key.clone().map_or_else(random_key, Ok)
    }

    /// The reason given, or asked for once.
    ///
    /// # Errors
    /// None is given and nobody can be asked.
    pub fn reason(&self, session: &Session) -> Result<String, Failure> {
        session.reason(self.reason.as_deref())
    }
}

/// A random version 4 UUID.
///
/// # Errors
/// The system has no randomness.
pub fn random_key() -> Result<String, Failure> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|e| {
        Failure::new(
            Exit::Failed,
            format!("the system gives no random numbers: {e}"),
        )
    })?;
    let n = u128::from_be_bytes(bytes);
    let n = (n & !(0xf << 76) | (4 << 76)) & !(0x3 << 62) | (0x2 << 62);
    let hex = format!("{n:032x}");
    Ok([
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_random_uuid_of_version_four() {
        let (a, b) = (random_key().unwrap(), random_key().unwrap());
        assert_ne!(a, b);
        assert_eq!(a.len(), 36);
        assert_eq!(&a[14..15], "4");
        assert!("89ab".contains(&a[19..20]), "{a}");
    }
}
