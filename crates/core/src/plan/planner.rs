//! Turns (running, wanted, strategy) into a plan.

use crate::digest::Digest;
use crate::gate::{self, Purpose};
use crate::model::lane::Lane;
use crate::plan::{Envelope, Plan, PlanBody, Revision};
use crate::spec::Resolved;
use crate::strategy::{self, Compiled};
use crate::stream::release::Agreed;

/// What shall run, and why it is asked for.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The new revision.
    pub to: Revision,
    /// Configuration that holds there.
    pub resolved: &'a Resolved<'a>,
    /// Digest of the configuration in force.
    pub spec: Digest,
    /// Why.
    pub purpose: Purpose,
    /// Plan even when the same revision runs already.
    pub again: bool,
    /// Scope of the release, where people said anything about it.
    pub scope: Option<Agreed>,
}

/// Why nothing is planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPlan {
    /// It runs already, in every effect.
    #[error("{0} runs already, with the same configuration")]
    RunsAlready(String),
    /// The plan would be larger than the limit.
    #[error("the plan would have {0} steps; the limit is {limit}", limit = crate::limits::STEPS)]
    TooLarge(usize),
    /// The serialiser failed; does not happen.
    #[error("the plan cannot be written down: {0}")]
    Unwritable(String),
}

/// The plan for what is wanted, given what runs.
///
/// # Errors
/// Why nothing is planned.
pub fn plan(wanted: &Wanted<'_>, lane: &Lane) -> Result<Plan, NoPlan> {
    let from = lane.running.as_ref().map(|r| r.revision.clone());
    let same = from.as_ref().is_some_and(|f| {
        f.key == wanted.to.key && f.instances == wanted.to.instances && f.port == wanted.to.port
    });
    if same && !wanted.again {
        return Err(NoPlan::RunsAlready(wanted.to.release.to_string()));
    }
    let (_, chosen) = wanted.resolved.strategy;
    let retire = lane
        .warm
        .clone()
        .filter(|w| w.key != wanted.to.key && from.as_ref().is_none_or(|f| f.key != w.key));
    let Compiled {
        steps,
        undo,
        closing,
        watch,
        report,
    } = strategy::compile(
        (&chosen.shape, &wanted.resolved.service.owner),
        from.as_ref(),
        &wanted.to,
        retire.as_ref(),
        wanted.resolved.pipeline.watch,
        wanted.purpose,
    );
    let count = steps.len() + undo.len() + closing.len();
    if count > crate::limits::STEPS {
        return Err(NoPlan::TooLarge(count));
    }
    let body = PlanBody {
        service: wanted.to.release.service.clone(),
        environment: wanted.resolved.name.clone(),
        from,
        retire,
        to: wanted.to.clone(),
        steps,
        undo,
        closing,
        watch,
        analysis: wanted.resolved.analysis.map(|(_, a)| a.clone()),
        regression: chosen.regression,
        undo_within: wanted.resolved.service.rollback.within,
        gates: gate::required(wanted.purpose),
        // A return goes back to what was agreed on before.
        scope: wanted.scope.clone().filter(|_| !wanted.purpose.is_return()),
    };
    let digest = body
        .digest()
        .map_err(|e| NoPlan::Unwritable(e.to_string()))?;
    let newest = lane.newest.as_ref();
    Ok(Plan {
        digest,
        body,
        envelope: Envelope {
            parent: newest.map(|n| n.plan.clone()),
            generation: lane.generation() + 1,
            spec: wanted.spec.clone(),
            report,
            shape: chosen.shape.kind().to_owned(),
            expected: None,
        },
    })
}
