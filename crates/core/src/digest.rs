//! SHA-256 digests of stored bytes, and the canonical JSON they are taken over.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Digest as _;
use std::fmt;

pub use crate::canonical::canonical;

/// A SHA-256 digest, written `sha256:<64 hex digits>`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// What stands before the digits.
const PREFIX: &str = "sha256:";
/// Bytes of the text.
const TEXT: usize = PREFIX.len() + 64;

/// A text that is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a digest: write `sha256:` and 64 hex digits")]
pub struct BadDigest(pub String);

impl Digest {
    /// Digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }
    /// From 32 raw bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// The raw bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
    /// 64 hex digits without the prefix.
    #[must_use]
    pub fn hex(&self) -> String {
        self.with_text(|text| text[PREFIX.len()..].to_owned())
    }
    fn with_text<T>(&self, f: impl FnOnce(&str) -> T) -> T {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; TEXT];
        text[..PREFIX.len()].copy_from_slice(PREFIX.as_bytes());
        let (pairs, _) = text[PREFIX.len()..].as_chunks_mut::<2>();
        for (pair, byte) in pairs.iter_mut().zip(self.0) {
            *pair = [
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ];
        }
        f(str::from_utf8(&text).unwrap_or_default())
    }
    /// First `n` hex digits, for people and keys.
    #[must_use]
    pub fn short(&self, n: usize) -> String {
        self.hex().chars().take(n).collect()
    }
    /// First 16 bytes as a number.
    #[must_use]
    pub fn leading_u128(&self) -> u128 {
        self.0
            .iter()
            .take(16)
            .fold(0, |n, b| (n << 8) | u128::from(*b))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| f.write_str(text))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn parsed(text: &str) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = text.strip_prefix(PREFIX)?.as_bytes().try_into().ok()?;
    let (pairs, _) = digits.as_chunks::<2>();
    let mut bytes = [0; 32];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(bytes)
}

impl std::str::FromStr for Digest {
    type Err = BadDigest;
    fn from_str(text: &str) -> Result<Self, BadDigest> {
        let bytes = parsed(text).ok_or_else(|| BadDigest(text.to_owned()))?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Digest {
    type Error = BadDigest;
    fn try_from(text: String) -> Result<Self, BadDigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_text(|text| serializer.serialize_str(text))
    }
}

/// Reads the text where it lies.
struct Text;

impl de::Visitor<'_> for Text {
    type Value = Digest;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Digest, E> {
        text.parse().map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text)
    }
}

/// A text for people with its digests (`sha256:` and 64 digits, each a word) cut to 12 digits.
#[must_use]
pub fn abbreviated(text: &str) -> String {
    const DIGITS: usize = "sha256:".len() + 12;
    let words = text
        .split(' ')
        .map(|word| match word.starts_with("sha256:") {
            true => word.get(..DIGITS).unwrap_or(word),
            false => word,
        });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_one_text_and_a_text_that_is_none_is_refused() {
        let digest = Digest::of(b"");
        let text = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(digest.to_string(), text);
        assert_eq!(text.parse(), Ok(digest.clone()));
        assert_eq!(
            serde_json::to_string(&digest).unwrap(),
            format!("\"{text}\"")
        );
        assert_eq!(
            serde_json::from_str::<Digest>(&format!("\"{text}\"")).unwrap(),
            digest
        );
        for bad in [
            &text[..70],
            &text[7..],
            &text.replace('e', "g"),
            &format!("{text}0"),
        ] {
            assert_eq!(bad.parse::<Digest>(), Err(BadDigest(bad.to_owned())));
        }
        assert!(serde_json::from_str::<Digest>("7").is_err());
    }
}
