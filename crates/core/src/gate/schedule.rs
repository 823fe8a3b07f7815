//! The instant that was asked for has come.

use super::{Asked, GateId, GateOutcome, GateReport, PASS};

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let Some(at) = asked.request.at else {
        return asked.report(GateId::Schedule, PASS, "no time was asked for");
    };
    let when = asked.moment(at);
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
