//! The schema as a numbered list of steps that only grows; which of them a database still needs, or why it is refused.

use crate::error::StoreError;
use crate::store::Result;
use tidegate_core::digest::Digest;
use tidegate_faults::versions_ahead;

/// A step: its number and its statements. Never change one that was released: add one.
pub(crate) type Step = (u32, &'static str);

/// What is on record of a step that was applied.
pub(crate) type Applied = (u32, Vec<u8>);

/// What stands on record for a step.
pub(crate) fn checksum(step: Step) -> Digest {
    Digest::of(step.1.as_bytes())
}

/// All steps of this version. In a test build that stands for later versions there are empty ones behind the real ones.
pub(crate) fn all(steps: &[Step]) -> Vec<Step> {
    let last = newest(steps);
    let later = (1..=versions_ahead()).map(|n| (last + n, ""));
    steps.iter().copied().chain(later).collect()
}

/// The newest schema that these steps lead to.
pub(crate) fn newest(steps: &[Step]) -> u32 {
    steps.iter().map(|(number, _)| *number).max().unwrap_or(0)
}

/// The steps that are missing. A database with steps this version does not know, or with other contents of one it knows, is
/// refused.
pub(crate) fn missing(applied: &[Applied], steps: &[Step]) -> Result<Vec<Step>> {
    let known = newest(steps);
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
