//! Ed25519 signatures over texts, by the keys of people.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;

/// A key that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Not PEM with a private key in it.
    #[error("it is no private key in PEM: {0}")]
    Pem(String),
    /// Another kind of key.
    #[error("it is no ed25519 key: {0}")]
    Kind(String),
    /// The system has no randomness.
    #[error("no key can be made: {0}")]
    Random(String),
}

/// The key of a person. Its text is never shown.
pub struct Key(Ed25519KeyPair);

impl Key {
    /// From PKCS #8 in PEM: what `openssl genpkey -algorithm ed25519` writes.
    ///
    /// # Errors
    /// It is not that.
    pub fn read(pem: &str) -> Result<Self, BadKey> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes())
            .map_err(|e| BadKey::Pem(e.to_string()))?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der())
            .map_err(|e| BadKey::Kind(e.to_string()))?;
        Ok(Self(pair))
    }

    /// A new one, and its text in PEM.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn new() -> Result<(Self, String), BadKey> {
        let pair = Ed25519KeyPair::generate().map_err(|e| BadKey::Random(e.to_string()))?;
        let der = pair
            .to_pkcs8v1()
            .map_err(|e| BadKey::Random(e.to_string()))?;
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(der.as_ref())
        );
        Ok((Self(pair), pem))
    }

    /// The public key: 32 bytes in base64.
    #[must_use]
    pub fn public(&self) -> String {
        STANDARD.encode(self.0.public_key().as_ref())
    }

    /// The signature over a text: 64 bytes in base64.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.0.sign(text.as_bytes()))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Key").field(&self.public()).finish()
    }
}

/// Did the owner of this public key sign this text? What cannot be read is no signature.
#[must_use]
pub fn is_genuine(public: &str, text: &str, value: &str) -> bool {
    let (Ok(public), Ok(value)) = (STANDARD.decode(public), STANDARD.decode(value)) else {
        return false;
    };
    public.len() == 32
        && UnparsedPublicKey::new(&ED25519, public)
            .verify(text.as_bytes(), &value)
            .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_signed_by_one_key_and_by_no_other() {
        let (key, pem) = Key::new().unwrap();
        let (other, _) = Key::new().unwrap();
        let value = key.sign("yes");
        assert!(is_genuine(&key.public(), "yes", &value));
        assert!(!is_genuine(&key.public(), "Yes", &value));
        assert!(!is_genuine(&other.public(), "yes", &value));
        assert!(!is_genuine(&key.public(), "yes", ""));
        assert!(!is_genuine("", "yes", &value));
        assert_eq!(Key::read(&pem).unwrap().public(), key.public());
        assert!(!format!("{key:?}").contains(&pem[28..60]));
    }

    /// RFC 8032, section 7.1, test 2, with the key as `openssl pkey` writes it.
    #[test]
    fn a_key_of_openssl_signs_as_the_standard_says() {
        let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
        let bytes = |hex: &str| -> Vec<u8> {
            (0..hex.len() / 2)
                .map(|n| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).unwrap())
                .collect()
        };
        let mut der = bytes("302e020100300506032b657004220420");
        der.extend(bytes(seed));
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(der)
        );
        let key = Key::read(&pem).unwrap();
        let signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
        assert_eq!(STANDARD.decode(key.sign("r")).unwrap(), bytes(signature));
    }

    #[test]
    fn what_is_no_ed25519_key_is_refused() {
        assert!(matches!(Key::read("hello"), Err(BadKey::Pem(_))));
        let pem = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        assert!(matches!(Key::read(pem), Err(BadKey::Kind(_))));
    }
}
