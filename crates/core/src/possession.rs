//! What an agent signs to show that it holds the key its credential is bound to (proof of possession): the exact texts, which
//! both sides make by themselves. The bytes of a signature are made and checked elsewhere.

use crate::digest::Digest;
use crate::time::{Millis, Timestamp};

/// Name of the header that carries a [`Proof`].
pub const HEADER: &str = "tidegate-proof";
/// A proof is good for this long before and after the instant it names.
pub const WINDOW: Millis = Millis::minutes(1);

/// The text signed over one request. `path` begins with `/` and has the query as it was sent.
#[must_use]
pub fn of_request(
    (method, path): (&str, &str),
    at: Timestamp,
    credential: &Digest,
    body: &[u8],
) -> String {
    let (at, body) = (at.as_microsecond(), Digest::of(body));
    format!("tidegate agent request 1\n{method}\n{path}\n{at}\n{credential}\n{body}\n")
}

/// The text signed once, when a join token is exchanged for a credential.
#[must_use]
pub fn of_join(agent: &str, public_key: &str, join_token: &Digest) -> String {
    format!("tidegate agent join 1\n{agent}\n{public_key}\n{join_token}\n")
}

/// A signature over a request with the instant it was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// By the agent's clock, in whole microseconds.
    pub at: Timestamp,
    /// Ed25519 signature, base64.
    pub value: String,
}

impl Proof {
    /// From a header; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (at, value) = text.trim().split_once(' ')?;
        let at = Timestamp::from_microsecond(at.parse().ok()?).ok()?;
        Some(Self {
            at,
            value: value.trim().to_owned(),
        })
    }

    /// Is it of about now?
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        let apart = Millis::between(self.at, now)
            .0
            .max(Millis::between(now, self.at).0);
        apart <= WINDOW.0
    }
}

impl std::fmt::Display for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.at.as_microsecond(), self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_read_as_it_was_written_and_is_good_for_a_minute_to_both_sides() {
        let at = Timestamp::from_microsecond(1_790_000_000_000_001).unwrap();
        let proof = Proof {
            at,
            value: "abc=".to_owned(),
        };
        assert_eq!(Proof::parse(&proof.to_string()), Some(proof.clone()));
        for bad in ["", "abc=", "x abc=", "99999999999999999999 abc="] {
            assert_eq!(Proof::parse(bad), None, "{bad}");
        }
        assert!(proof.is_fresh(WINDOW.after(at)));
        assert!(!proof.is_fresh(Millis(WINDOW.0 + 1).after(at)));
        let ahead = Proof {
            at: Millis(WINDOW.0 + 1).after(at),
            value: String::new(),
        };
        assert!(!ahead.is_fresh(at));
    }

    #[test]
    fn everything_that_tells_requests_apart_is_in_the_text() {
        let at = Timestamp::UNIX_EPOCH;
        let (one, other) = (Digest::of(b"1"), Digest::of(b"2"));
        let all = [
            of_request(("POST", "/a"), at, &one, b""),
            of_request(("GET", "/a"), at, &one, b""),
            of_request(("POST", "/b"), at, &one, b""),
            of_request(("POST", "/a"), Millis(1).after(at), &one, b""),
            of_request(("POST", "/a"), at, &other, b""),
            of_request(("POST", "/a"), at, &one, b"x"),
            of_join("a", "key", &one),
        ];
        let apart: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(apart.len(), all.len());
    }
}
