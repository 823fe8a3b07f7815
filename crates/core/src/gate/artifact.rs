//! The artifact is registered, is the very one the plan names, and was neither retired nor recalled.

use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::stream::artifact::{Artifact, Phase};

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let release = &asked.plan.to.release;
    let on = vec![format!("artifact/{release}")];
    let artifact = match asked.view.shared::<Artifact>(&release.to_string()) {
        Ok((_, artifact)) => artifact,
        Err(refusal) => {
            let retry_at = super::BACKSTOP.after(asked.now);
            return asked.report(
                GateId::Artifact,
                GateOutcome::Broken { retry_at },
                refusal.to_string(),
            );
        }
    };
    let fail = |title: String| {
        asked.report(
            GateId::Artifact,
            GateOutcome::Fail { on: on.clone() },
            title,
        )
    };
    match &artifact.phase {
        Phase::Absent => fail(format!("{release} is not registered"))
            .detail("tidegate artifact register")
            .who(["publisher", "operator"]),
        Phase::Registered { bits } | Phase::Verified { bits, .. }
            if bits.digest != asked.plan.to.artifact =>
        {
            fail(format!(
                "the plan names {}, registered is {}",
                asked.plan.to.artifact, bits.digest
            ))
        }
        Phase::Registered { .. } => asked
            .report(GateId::Artifact, PASS, "artifact registered")
            .detail("its digest is checked before anything is unpacked"),
        Phase::Verified { .. } => asked.report(
            GateId::Artifact,
            PASS,
            "artifact registered and its digest verified",
        ),
        Phase::Retired { .. } => fail(format!("{release} was retired")).who(["operator"]),
        Phase::Recalled { because, .. } => {
            fail(format!("{release} was recalled: {because}")).who(["operator"])
        }
    }
}
