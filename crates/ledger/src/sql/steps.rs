//! The schema as a numbered list of steps that only grows; which of them a database still needs, or why it is refused.

use crate::error::StoreError;
use crate::store::Result;
use tidegate_core::digest::Digest;

/// A step: its number and its statements. Never change one that was released: add one.
pub(crate) type Step = (u32, &'static str);

/// What is on record of a step that was applied.
pub(crate) type Applied = (u32, Vec<u8>);

/// What stands on record for a step.
pub(crate) fn checksum(step: Step) -> Digest {
    Digest::of(step.1.as_bytes())
}

/// The steps that are missing. A database with steps this version does not know, or with other contents of one it knows, is
/// refused.
pub(crate) fn missing(applied: &[Applied], steps: &[Step]) -> Result<Vec<Step>> {
    let known = steps.iter().map(|(number, _)| *number).max().unwrap_or(0);
    if let Some(have) = applied.iter().map(|(n, _)| *n).max().filter(|n| *n > known) {
        return Err(StoreError::NewerSchema { have, known });
    }
    let mut missing = Vec::new();
    for step in steps {
        match applied.iter().find(|(number, _)| *number == step.0) {
            Some((_, sum)) if sum.as_slice() == checksum(*step).as_bytes() => {}
            Some(_) => return Err(StoreError::OtherMigration { number: step.0 }),
            None => missing.push(*step),
        }
    }
    Ok(missing)
}
