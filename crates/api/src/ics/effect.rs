//! What an import does to planned work: one proposal for each entry that hits some, and one digest over all of them.
//!
//! While entries of one import are carried out, the earlier ones have changed the ground of the later ones. What was accepted
//! is therefore held against what each hits then: work that was not shown is never hit.

use super::import::{As, Do};
use crate::error::Problem;
use crate::look::Look;
use std::collections::BTreeSet;
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::id::Name;
use tidegate_core::refusal::Refusal;
use tidegate_core::replan::{self, Ground, Proposal, Work};
use tidegate_core::stream::entry::{self, Command};

/// What an import does to planned work.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Entries that hit some, with what they do.
    pub proposals: Vec<(Name, Proposal)>,
    /// Over all of this; none when nothing is hit.
    pub digest: Option<Digest>,
}

impl Shown {
    /// Was it shown that this work is hit?
    pub fn has(&self, found: &Proposal) -> bool {
        let of = |p: &Proposal| -> BTreeSet<Work> { p.hit().map(|i| named(&i.work)).collect() };
        let shown: BTreeSet<Work> = self.proposals.iter().flat_map(|(_, p)| of(p)).collect();
        of(found).is_subset(&shown)
    }
}

/// Which work it is, whoever is aboard.
fn named(work: &Work) -> Work {
    match work.clone() {
        Work::Departure { id, .. } => Work::Departure {
            id,
            passengers: Vec::new(),
        },
        deployment @ Work::Deployment { .. } => deployment,
    }
}

/// What all of it does, each entry as if it were the only one.
pub fn shown(look: &Look<'_>, by: &str, r#as: &As, plan: &[&Do]) -> Result<Shown, Problem> {
    let kind = r#as.template.kind;
    let mut ids = entry::next_ids(kind, look.view());
    let mut shown = Shown::default();
    for what in plan {
        let id = match what {
            Do::Declare(_) => ids.next(),
            _ => None,
        };
        if let Some((id, proposal)) = of(look, by, r#as, what, id)?
            && proposal.hits() > 0
        {
            shown.proposals.push((id, proposal));
        }
    }
    if !shown.proposals.is_empty() {
        let digests: Vec<&Digest> = shown.proposals.iter().map(|(_, p)| &p.digest).collect();
        let text = canonical(&(&r#as.calendar, digests))?;
        shown.digest = Some(Digest::of(text.as_bytes()));
    }
    Ok(shown)
}

/// What one change does; nothing for what declares and moves nothing, or is refused for another reason.
pub fn of(
    look: &Look<'_>,
    by: &str,
    r#as: &As,
    what: &Do,
    id: Option<Name>,
) -> Result<Option<(Name, Proposal)>, Problem> {
    let spec = &look.in_force.spec;
    let (id, facts) = match what {
        Do::Declare(what) => {
            let id = id.or_else(|| entry::next_ids(what.kind, look.view()).next());
            let facts = entry::planned(
                what.as_ref().clone(),
                r#as.reason.clone(),
                (by, look.now),
                spec,
            );
            match (id, facts) {
                (Some(id), Ok(facts)) => (id, facts),
                _ => return Ok(None),
            }
        }
        Do::Move(id, Command::Move { to, .. }) => {
            let state: entry::Entry = look.view().load(id.as_str())?;
            let Some(facts) = state.phase.facts() else {
                return Ok(None);
            };
            (id.clone(), facts.at_another_time(to.clone()))
        }
        _ => return Ok(None),
    };
    let ground = Ground {
        now: look.now,
        spec,
        origins: &look.in_force.origins,
        view: look.view(),
    };
    let found = replan::propose(&id, &facts, &ground);
    let found = found.map_err(|because| Refusal::Quarantined {
        stream: "entry".to_owned(),
        because,
    })?;
    Ok(Some((id, found)))
}
