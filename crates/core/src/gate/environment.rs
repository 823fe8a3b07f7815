//! The environment takes deployments.

use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::stream::environment::{Environment, Phase};

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let env = &asked.plan.environment;
    let posture = match asked.view.load::<Environment>(env.as_str()) {
        Ok(posture) => posture,
        Err(refusal) => {
            let retry_at = super::BACKSTOP.after(asked.now);
            return asked.report(
                GateId::Environment,
                GateOutcome::Broken { retry_at },
                refusal.to_string(),
            );
        }
    };
    match &posture.phase {
        Phase::Open => asked.report(GateId::Environment, PASS, format!("{env} is open")),
        Phase::Held { because, by, .. } => asked
            .report(
                GateId::Environment,
                GateOutcome::Fail {
                    on: vec![asked.posture_changes()],
                },
                format!("{env} is held by {by}: {because}"),
            )
            .detail(format!("tidegate env unlock {env} --reason …"))
            .who(["operator", "admin"]),
    }
}
