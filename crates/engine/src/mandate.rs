//! What an agent that does not believe the server is shown: the plan of a deployment, whole, and the votes that people signed
//! for it.

use crate::leasing::allowed;
use crate::{Denied, Engine};
use tidegate_core::actor::Actor;
use tidegate_core::change;
use tidegate_core::digest::canonical;
use tidegate_core::id::DeploymentId;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::deployment::Deployment;
use tidegate_core::view::View;
use tidegate_ledger::TxView;
use tidegate_plugin::wire::{Mandate, SignedVote};

impl Engine {
    /// Plan and signed votes of a deployment.
    ///
    /// # Errors
    /// There is no such deployment, or it is of an environment that the token does not allow.
    pub fn mandate(&self, who: &Actor, deployment: &DeploymentId) -> Result<Mandate, Denied> {
        let found: Result<Mandate, Refusal> = self.shared.store.read_with(|rows| {
            let view = TxView::new(rows);
            let found = shown(&view, deployment);
            view.finish()?;
            Ok(found)
        })?;
        let mandate = found?;
        allowed(who, std::slice::from_ref(&mandate.environment))?;
        Ok(mandate)
    }
}

fn shown(view: &dyn View, deployment: &DeploymentId) -> Result<Mandate, Refusal> {
    let state: Deployment = view.load(deployment.as_str())?;
    let facts = state.facts.ok_or_else(|| Refusal::NotFound {
        what: "deployment".to_owned(),
        name: deployment.to_string(),
    })?;
    let body = &facts.plan.body;
    let plan = canonical(body).map_err(|e| Refusal::Quarantined {
        stream: format!("deployment/{deployment}"),
        because: e.to_string(),
    })?;
    let found = change::of(view, &body.to.release, &body.environment)?;
    let facts = found
        .as_ref()
        .and_then(|(_, change)| change.facts.as_deref());
    let votes = facts.map(|facts| facts.votes.clone());
    let signed = votes.unwrap_or_default().into_iter();
    let votes = signed
        .filter_map(|vote| vote.signature)
        .map(|signature| SignedVote {
            key: signature.key,
            value: signature.value,
            statement: signature.statement,
        })
        .collect();
    Ok(Mandate {
        environment: body.environment.to_string(),
        plan,
        votes,
    })
}
