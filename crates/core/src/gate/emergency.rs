//! What a declared emergency need not wait for. Everything else holds: what it skips is written here and nowhere else.

use super::known::Evaluation;
use super::{GateId, GateOutcome, GateReport};
use crate::spec::ChangeClass;

/// Conditions of planning that an emergency in time does not wait for. Artifact, order, dependency, hold, environment, no-drift,
/// vendor, apart, lock, capacity and its own approvals hold; each freeze says itself whether emergencies pass.
const SKIPPED: [GateId; 10] = [
    GateId::Soak,
    GateId::Scope,
    GateId::Documents,
    GateId::Train,
    GateId::Window,
    GateId::Schedule,
    GateId::Cover,
    GateId::RollbackOwner,
    GateId::Booking,
    GateId::Calendar,
];

/// Does an emergency in time go without this gate?
pub(super) fn skips(gate: GateId) -> bool {
    SKIPPED.contains(&gate)
}

/// The report, lifted when it holds back an emergency that need not wait for it.
pub(super) fn lifted(asked: &Evaluation<'_>, mut report: GateReport) -> GateReport {
    if report.outcome.passes() || !skips(report.gate) {
        return report;
    }
    let plan = asked.plan;
    let newest = crate::change::of(asked.view, &plan.to.release, &plan.environment);
    let Ok(Some((id, change))) = newest else {
        return report;
    };
    // Most changes are no emergency: only for one that was declared is it worked out whether it still is in time.
    if change.emergency().is_none() {
        return report;
    }
    let class = asked.change().ok().and_then(|(_, a)| Some(a?.class));
    if class == Some(ChangeClass::Emergency) {
        report.outcome = GateOutcome::Overridden { by: id.to_string() };
    }
    report
}
