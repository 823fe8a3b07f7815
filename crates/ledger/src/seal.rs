//! Checkpoints: a state of the log, its size and its root, signed with ed25519 as a C2SP signed note, so that whoever keeps one
//! outside can tell a rewritten ledger from the one it was.
//!
//! Keys are texts in the form of C2SP (`PRIVATE+KEY+...`, and for verifiers `name+id+key`); the name of a key is the origin of the
//! log. This module draws no random number and writes no file: the caller brings the seed and keeps the secret.

use crate::tree::Frontier;
use rand_core::{CryptoRng, RngCore};
use signed_note::{Note, StandardSigner, StandardVerifier, Verifier, VerifierList};
use std::fmt;
use tidegate_core::digest::Digest;
use tlog_tiles::{Checkpoint, Hash};

/// Why a key or a checkpoint is not good.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadSeal(pub String);

/// The secret that signs checkpoints of one log.
pub struct SealKey {
    signer: StandardSigner,
    origin: String,
    verifier: String,
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealKey({})", self.verifier)
    }
}

impl SealKey {
    /// A new key for the log `origin`, as the text of its file: a line with the secret, a line for verifiers.
    ///
    /// # Errors
    /// The name cannot be that of a key.
    pub fn generate(origin: &str, seed: [u8; 32]) -> Result<String, BadSeal> {
        let (secret, verifier) = signed_note::generate_key(&mut Seed(seed), origin);
        let text = format!("{secret}\n{verifier}\n");
        Self::parse(&text).map(|_| text)
    }

    /// Read the text of a key file. No error holds any part of the secret.
    ///
    /// # Errors
    /// It is not one, or its two lines do not belong together.
    pub fn parse(text: &str) -> Result<Self, BadSeal> {
        let bad = |what: &str| BadSeal(format!("is not the key of checkpoints: {what}"));
        let mut lines = text.lines();
        let (Some(secret), Some(verifier)) = (lines.next(), lines.next()) else {
            return Err(bad("it has not two lines"));
        };
        let signer = StandardSigner::new(secret)
            .map_err(|_| bad("its first line is not a private key in the form of C2SP"))?;
        let origin = verifier_of(verifier)
            .map_err(|BadSeal(why)| bad(&why))?
            .name()
            .to_owned();
        let key = Self {
            signer,
            origin,
            verifier: verifier.to_owned(),
        };
        let sample = key.sign(&Frontier::default());
        let opened = sample.and_then(|note| open(&note, std::slice::from_ref(&key.verifier)));
        opened.map_err(|_| bad("its two lines do not belong together"))?;
        Ok(key)
    }

    /// Name of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The public key, for verifiers.
    #[must_use]
    pub fn verifier(&self) -> &str {
        &self.verifier
    }

    /// The signed note that says the log has this tree.
    ///
    /// # Errors
    /// It cannot be signed.
    pub fn sign(&self, tree: &Frontier) -> Result<String, BadSeal> {
        let cannot = |e: &dyn fmt::Display| BadSeal(format!("a checkpoint cannot be signed: {e}"));
        let root = Hash(*tree.root().as_bytes());
        let checkpoint =
            Checkpoint::new(&self.origin, tree.size(), root, "").map_err(|e| cannot(&e))?;
        self.vouch(&checkpoint.to_bytes()).map_err(|e| cannot(&e))
    }

    /// A signed note with another text than that of a checkpoint. Its first line must say what it is, and never be the name of
    /// the log: then nobody can take one for the other.
    ///
    /// # Errors
    /// The text cannot be that of a note.
    pub fn vouch(&self, text: &[u8]) -> Result<String, BadSeal> {
        let cannot = |e: &dyn fmt::Display| BadSeal(e.to_string());
        let mut note = Note::new(text, &[]).map_err(|e| cannot(&e))?;
        note.add_sigs(&[&self.signer]).map_err(|e| cannot(&e))?;
        String::from_utf8(note.to_bytes()).map_err(|e| cannot(&e))
    }
}

/// What a good checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Name of the log.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Digest,
    /// The keys among those given that signed it.
    pub by: Vec<String>,
}

/// Check a checkpoint against the public keys of its log.
///
/// # Errors
/// It is not a checkpoint, or none of the keys that bear the log's name signed it.
pub fn open(note: &str, keys: &[String]) -> Result<Sealed, BadSeal> {
    let (text, by) = open_note(note, keys)?;
    let checkpoint = Checkpoint::from_bytes(text.as_bytes())
        .map_err(|_| BadSeal("it is not a checkpoint in the form of C2SP".to_owned()))?;
    let named = |key: &String| key.split('+').next() == Some(checkpoint.origin());
    let by: Vec<String> = by.into_iter().filter(named).collect();
    if by.is_empty() {
        let because = format!("no key of the log `{}` signed it", checkpoint.origin());
        return Err(BadSeal(because));
    }
    Ok(Sealed {
        origin: checkpoint.origin().to_owned(),
        size: checkpoint.size(),
        root: Digest::from_bytes(checkpoint.hash().0),
        by,
    })
}

/// Check a signed note: its text, and those of the keys that signed it, in the order of the signatures.
///
/// # Errors
/// It is not a signed note, a signature by one of the keys is wrong, or none of them signed it.
pub fn open_note(note: &str, keys: &[String]) -> Result<(String, Vec<String>), BadSeal> {
    let parsed = Note::from_bytes(note.as_bytes())
        .map_err(|e| BadSeal(format!("it is not a signed note: {e}")))?;
    let mut known = Vec::new();
    let mut verifiers: Vec<Box<dyn Verifier>> = Vec::new();
    for key in keys {
        let verifier = verifier_of(key)?;
        known.push((verifier.name().to_owned(), verifier.key_id(), key));
        verifiers.push(Box::new(verifier));
    }
    let (verified, _) = parsed
        .verify(&VerifierList::new(verifiers))
        .map_err(|e| BadSeal(format!("no key that is known signed it: {e}")))?;
    let key_of = |signature: &signed_note::Signature| {
        let mut known = known.iter();
        let found = known.find(|(name, id, _)| name == signature.name() && *id == signature.id());
        found.map(|(_, _, key)| (*key).clone())
    };
    let text = String::from_utf8(parsed.text().to_vec())
        .map_err(|_| BadSeal("its text is not UTF-8".to_owned()))?;
    Ok((text, verified.iter().filter_map(key_of).collect()))
}

fn verifier_of(key: &str) -> Result<StandardVerifier, BadSeal> {
    // Hex reads in both cases; only one text is the key, so that no changed byte of an export goes unseen.
    let id = key.trim().split('+').nth(1).unwrap_or_default();
    if id.chars().any(char::is_uppercase) {
        return Err(BadSeal(format!(
            "the id `{}` of a public key is not in lower case",
            id.escape_default()
        )));
    }
    StandardVerifier::new(key.trim()).map_err(|e| {
        BadSeal(format!(
            "`{}` is not a public key in the form name+id+key: {e:?}",
            key.trim().escape_default()
        ))
    })
}

/// Gives the seed once; a key of ed25519 takes no more.
struct Seed([u8; 32]);

impl CryptoRng for Seed {}

impl RngCore for Seed {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }
    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }
    fn fill_bytes(&mut self, dest: &mut [u8]) {
        for (to, from) in dest.iter_mut().zip(self.0) {
            *to = from;
        }
    }
    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}
