//! Plans.

use tidegate_client::wire;
use tidegate_core::plan::{Plan, Step};

fn names(steps: &[Step]) -> Vec<String> {
    steps.iter().map(|step| step.intent.to_string()).collect()
}

/// A plan as people read it.
pub(crate) fn summary(plan: &Plan) -> wire::PlanSummary {
    let body = &plan.body;
    wire::PlanSummary {
        digest: plan.digest.to_string(),
        generation: plan.envelope.generation,
        from: body.from.as_ref().map(|from| from.key.clone()),
        to: body.to.key.clone(),
        steps: names(&body.steps),
        undo: names(&body.undo),
        closing: names(&body.closing),
        watch_ms: body.watch.0,
        report: plan.envelope.report.clone(),
    }
}

/// The way back of a plan that is being carried out, as a plan of its own.
pub(crate) fn undoing(plan: &Plan) -> wire::PlanSummary {
    let body = &plan.body;
    let forward = summary(plan);
    wire::PlanSummary {
        from: Some(body.to.key.clone()),
        to: body
            .from
            .as_ref()
            .map_or_else(|| "nothing".to_owned(), |from| from.key.clone()),
        steps: forward.undo,
        undo: Vec::new(),
        closing: Vec::new(),
        watch_ms: 0,
        report: vec!["the deployment under way is taken back by its own undo steps".to_owned()],
        ..forward
    }
}
