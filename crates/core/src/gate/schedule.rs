//! The instant that was asked for has come.

use super::times::moment;
use super::{Asked, GateId, GateOutcome, GateReport, PASS};

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let Some(at) = asked.request.at else {
        return asked.report(GateId::Schedule, PASS, "no time was asked for");
    };
    let zone = asked.spec.environments.get(&asked.plan.environment);
    let zone = zone.map_or("UTC", |e| e.zone.as_str());
    let when = match asked.spec.setting(zone) {
        Ok(setting) => moment(at, &setting.zone, asked.now),
        Err(_) => at.to_string(),
    };
    if asked.now >= at {
        return asked.report(GateId::Schedule, PASS, format!("asked for {when}"));
    }
    let outcome = GateOutcome::Wait {
        at,
        on: vec!["config".to_owned()],
    };
    asked
        .report(GateId::Schedule, outcome, format!("asked for {when}"))
        .who(["whoever may deploy it again for another time"])
}
