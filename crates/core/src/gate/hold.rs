//! A rolled-back version stays away until a person releases it.

use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::stream::release::Release;

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let id = &asked.plan.to.release;
    let release = match asked.view.shared::<Release>(&id.to_string()) {
        Ok((_, release)) => release,
        Err(refusal) => {
            let retry_at = super::BACKSTOP.after(asked.now);
            return asked.report(
                GateId::Hold,
                GateOutcome::Broken { retry_at },
                refusal.to_string(),
            );
        }
    };
    match release.held(&asked.plan.to.key) {
        None => asked.report(GateId::Hold, PASS, "not held"),
        Some(hold) => asked
            .report(
                GateId::Hold,
                GateOutcome::Fail {
                    on: vec![asked.release_changes()],
                },
                format!(
                    "held since it was rolled back in {}: {}",
                    hold.environment, hold.because
                ),
            )
            .detail(format!("tidegate release unhold {id} --reason …"))
            .who(["operator", "admin"]),
    }
}
