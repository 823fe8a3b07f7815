//! Cosignatures: a witness, who is not the log and not its server, says that it saw a checkpoint at an instant and that this one goes on from the
//! one it saw before. In the form of C2SP `cosignature/v1` with ed25519, so that witnesses of others can be used.
//!
//! Whether a checkpoint goes on from an earlier one is for the witness to check before it signs; this module signs and reads. It draws no
//! random number and reads no clock.

use crate::seal::{BadSeal, SealKey};
use signed_note::{Note, Signature, Signer, StandardSigner, StandardVerifier, Verifier, key_id};
use tidegate_core::time::Timestamp;

/// First byte of a public key for notes.
const NOTE: u8 = 0x01;
/// First byte of a public key for cosignatures.
const COSIGNATURE: u8 = 0x04;
/// Bytes of an ed25519 public key and its first byte.
const KEY: usize = 33;
/// Bytes of a cosignature: seconds since 1970 and the signature.
const LENGTH: usize = 72;

/// The secret of a witness.
pub struct WitnessKey {
    signer: StandardSigner,
    verifier: WitnessVerifier,
    public: String,
}

impl std::fmt::Debug for WitnessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WitnessKey({})", self.public)
    }
}

/// The public key of a witness.
#[derive(Clone)]
struct WitnessVerifier {
    name: String,
    id: u32,
    key: StandardVerifier,
}

/// A good cosignature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// Public key of the witness.
    pub by: String,
    /// When it saw the checkpoint.
    pub at: Timestamp,
}

impl WitnessKey {
    /// A new key for a witness of this name, as the text of its file: a line with the secret, a line for those who check.
    ///
    /// # Errors
    /// The name cannot be that of a key.
    pub fn generate(name: &str, seed: [u8; 32]) -> Result<String, BadSeal> {
        let text = SealKey::generate(name, seed)?;
        let mut lines = text.lines();
        let (secret, note) = (
            lines.next().unwrap_or_default(),
            lines.next().unwrap_or_default(),
        );
        // Base64 may hold the sign that parts the fields, a name may not.
        let mut key = decoded(note.splitn(3, '+').nth(2).unwrap_or_default())?;
        if let Some(first) = key.first_mut() {
            *first = COSIGNATURE;
        }
        let id = key_id(name, &key);
        let text = format!("{secret}\n{name}+{id:08x}+{}\n", encoded(&key)?);
        Self::parse(&text).map(|_| text)
    }

    /// Read the text of a key file. No error holds any part of the secret.
    ///
    /// # Errors
    /// It is not one, or its two lines do not belong together.
    pub fn parse(text: &str) -> Result<Self, BadSeal> {
        let bad = |what: &str| BadSeal(format!("is not the key of a witness: {what}"));
        let mut lines = text.lines();
        let (Some(secret), Some(public)) = (lines.next(), lines.next()) else {
            return Err(bad("it has not two lines"));
        };
        let signer = StandardSigner::new(secret)
            .map_err(|_| bad("its first line is not a private key in the form of C2SP"))?;
        let verifier = WitnessVerifier::read(public)?;
        let sample = signer.sign(b"sample").map_err(|_| bad("it cannot sign"))?;
        if !verifier.key.verify(b"sample", &sample) || signer.name() != verifier.name {
            return Err(bad("its two lines do not belong together"));
        }
        let public = public.to_owned();
        Ok(Self {
            signer,
            verifier,
            public,
        })
    }

    /// The public key, for those who check.
    #[must_use]
    pub fn verifier(&self) -> &str {
        &self.public
    }

    /// The note with a cosignature: this witness saw it at an instant, and it goes on from what it saw before.
    ///
    /// # Errors
    /// It is not a signed note, or cannot be signed.
    pub fn cosign(&self, note: &str, at: Timestamp) -> Result<String, BadSeal> {
        let cannot = |e: &dyn std::fmt::Display| BadSeal(format!("the note cannot be signed: {e}"));
        let (text, mut signatures) = parts(note)?;
        let seconds = u64::try_from(at.as_second())
            .map_err(|_| BadSeal("the note cannot be signed before 1970".to_owned()))?;
        let signature = self.signer.sign(&message(seconds, text.as_bytes()));
        let mut bytes = seconds.to_be_bytes().to_vec();
        bytes.extend(signature.map_err(|e| cannot(&e))?);
        let WitnessVerifier { name, id, .. } = &self.verifier;
        signatures.retain(|s| s.name() != name || s.id() != *id);
        signatures.push(Signature::new(name.clone(), *id, bytes).map_err(|e| cannot(&e))?);
        let note = Note::new(text.as_bytes(), &signatures).map_err(|e| cannot(&e))?;
        String::from_utf8(note.to_bytes()).map_err(|e| cannot(&e))
    }
}

/// Those of the witnesses that cosigned a note, in the order of the keys. A cosignature of a witness that is not asked about means nothing.
///
/// # Errors
/// It is not a signed note, a key is not one of a witness, or a cosignature by one of them is wrong.
pub fn cosigned(note: &str, witnesses: &[String]) -> Result<Vec<Cosigned>, BadSeal> {
    let (text, signatures) = parts(note)?;
    let mut found = Vec::new();
    for public in witnesses {
        let verifier = WitnessVerifier::read(public)?;
        let by_it = signatures
            .iter()
            .filter(|s| s.name() == verifier.name && s.id() == verifier.id);
        for signature in by_it {
            let at = verifier.opened(text.as_bytes(), signature.signature())?;
            found.push(Cosigned {
                by: public.clone(),
                at,
            });
        }
    }
    Ok(found)
}

/// Text and signatures of a note.
fn parts(note: &str) -> Result<(String, Vec<Signature>), BadSeal> {
    let bad = |e: &dyn std::fmt::Display| BadSeal(format!("it is not a signed note: {e}"));
    let parsed = Note::from_bytes(note.as_bytes()).map_err(|e| bad(&e))?;
    let text = String::from_utf8(parsed.text().to_vec()).map_err(|e| bad(&e))?;
    let lines = note.lines().filter(|line| line.starts_with("— "));
    let signatures = lines.map(|line| Signature::from_bytes(line.as_bytes()));
    let signatures = signatures
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| bad(&e))?;
    Ok((text, signatures))
}

/// What a witness signs.
fn message(seconds: u64, text: &[u8]) -> Vec<u8> {
    let mut message = format!("cosignature/v1\ntime {seconds}\n").into_bytes();
    message.extend_from_slice(text);
    message
}

impl WitnessVerifier {
    fn read(public: &str) -> Result<Self, BadSeal> {
        let bad = |what: &str| {
            let shown = public.escape_default();
            BadSeal(format!(
                "`{shown}` is not the public key of a witness: {what}"
            ))
        };
        let mut parts = public.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(bad("it has not the form name+id+key"));
        };
        let mut bytes = decoded(key).map_err(|_| bad("its key is not base64"))?;
        if bytes.len() != KEY || bytes.first() != Some(&COSIGNATURE) {
            return Err(bad("it is none of ed25519 cosignatures"));
        }
        let expected = key_id(name, &bytes);
        if id != format!("{expected:08x}") {
            return Err(bad("its id does not belong to its key"));
        }
        if let Some(first) = bytes.first_mut() {
            *first = NOTE;
        }
        let as_note = format!("{name}+{:08x}+{}", key_id(name, &bytes), encoded(&bytes)?);
        let key =
            StandardVerifier::new(&as_note).map_err(|_| bad("it is no point of the curve"))?;
        Ok(Self {
            name: name.to_owned(),
            id: expected,
            key,
        })
    }

    /// When it saw the text, if the cosignature is good.
    fn opened(&self, text: &[u8], signature: &[u8]) -> Result<Timestamp, BadSeal> {
        let bad = || BadSeal(format!("the cosignature of {} is wrong", self.name));
        if signature.len() != LENGTH {
            return Err(bad());
        }
        let (seconds, signature) = signature.split_first_chunk::<8>().ok_or_else(bad)?;
        let seconds = u64::from_be_bytes(*seconds);
        if !self.key.verify(&message(seconds, text), signature) {
            return Err(bad());
        }
        let seconds = i64::try_from(seconds).map_err(|_| bad())?;
        Timestamp::from_second(seconds).map_err(|_| bad())
    }
}

/// Base64 as the library of notes reads it: through a signature line, whose first four bytes are an id.
fn decoded(text: &str) -> Result<Vec<u8>, BadSeal> {
    let line = Signature::from_bytes(format!("— key {text}").as_bytes())
        .map_err(|_| BadSeal("it is not base64".to_owned()))?;
    let mut bytes = line.id().to_be_bytes().to_vec();
    bytes.extend_from_slice(line.signature());
    Ok(bytes)
}

/// Base64 as the library of notes writes it.
fn encoded(bytes: &[u8]) -> Result<String, BadSeal> {
    let bad = || BadSeal("a key is too short".to_owned());
    let (id, rest) = bytes.split_first_chunk::<4>().ok_or_else(bad)?;
    let line = Signature::new("key".to_owned(), u32::from_be_bytes(*id), rest.to_vec())
        .map_err(|_| bad())?;
    let text = String::from_utf8(line.to_bytes()).map_err(|_| bad())?;
    let text = text.trim().strip_prefix("— key ").ok_or_else(bad)?;
    Ok(text.to_owned())
}
