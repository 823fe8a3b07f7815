//! Words that are taken out of an entry, for people.

use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire::{self, ErasureDecided};
use tidegate_core::model::erasure::ALL;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::erasure::{Erasure, Phase};

/// Erasures listed.
const MOST: usize = 500;

/// The newest first.
pub(crate) fn erasures(look: &Look<'_>) -> Result<Vec<wire::Erasure>, Problem> {
    let mut found = Vec::new();
    for (_, body) in look.rows.scan(ALL, "", None, usize::MAX, false)? {
        found.push(shown(&serde_json::from_str(&body)?)?);
    }
    found.sort_by_key(|e| std::cmp::Reverse(e.at));
    found.truncate(MOST);
    Ok(found)
}

/// One by name.
pub(crate) fn erasure_of(look: &Look<'_>, name: &str) -> Result<wire::Erasure, Problem> {
    shown(&look.load("erasure", name)?)
}

fn shown(state: &Erasure) -> Result<wire::Erasure, Problem> {
    let Some(facts) = state.facts.as_deref() else {
        let (what, name) = ("erasure".to_owned(), String::new());
        return Err(Refusal::NotFound { what, name }.into());
    };
    let decided = match &state.phase {
        Phase::Absent | Phase::Asked => None,
        Phase::Done { by, reason, at } | Phase::Refused { by, reason, at } => {
            Some(ErasureDecided {
                by: by.clone(),
                reason: reason.clone(),
                at: *at,
            })
        }
    };
    let target = &facts.target;
    Ok(wire::Erasure {
        id: facts.id.to_string(),
        seq: target.seq,
        stream: target.stream.to_string(),
        kind: target.kind.clone(),
        digest: target.digest.to_string(),
        redacted: target.redacted.to_string(),
        fields: target.fields.clone(),
        state: state.phase.name().to_owned(),
        reason: facts.reason.clone(),
        by: facts.by.clone(),
        at: facts.at,
        until: facts.until,
        decided,
        copies: Vec::new(),
    })
}
