//! The release was healthy in the environments before this one for long enough.

use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::stream::release::{Release, Stage};
use crate::time::Millis;

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let env = &asked.plan.environment;
    let rule = format!("environments.{env}.soak");
    let Some(environment) = asked.spec.environments.get(env) else {
        let retry_at = super::BACKSTOP.after(asked.now);
        return asked.report(
            GateId::Soak,
            GateOutcome::Broken { retry_at },
            format!("{env} is no longer configured"),
        );
    };
    let soak = environment.soak;
    if soak == Millis::ZERO || environment.after.is_empty() {
        return asked.report(GateId::Soak, PASS, "no soak asked for");
    }
    let release = match asked
        .view
        .shared::<Release>(&asked.plan.to.release.to_string())
    {
        Ok((_, release)) => release,
        Err(refusal) => {
            let retry_at = super::BACKSTOP.after(asked.now);
            return asked.report(
                GateId::Soak,
                GateOutcome::Broken { retry_at },
                refusal.to_string(),
            );
        }
    };
    for before in &environment.after {
        let Some(Stage::Done { at, .. }) = release.stages.get(before) else {
            let outcome = GateOutcome::Wait {
                at: super::BACKSTOP.after(asked.now),
                on: vec![asked.release_changes()],
            };
            return asked
                .report(
                    GateId::Soak,
                    outcome,
                    format!("{before} healthy for {soak}"),
                )
                .detail(format!("it counts from the success in {before}"))
                .rule(rule);
        };
        let end = soak.after(*at);
        if end > asked.now {
            let outcome = GateOutcome::Wait {
                at: end,
                on: vec![asked.release_changes()],
            };
            let (since, enough) = (asked.moment(*at), asked.moment(end));
            return asked
                .report(
                    GateId::Soak,
                    outcome,
                    format!("{before} healthy for {soak}"),
                )
                .detail(format!("since {since}; it is long enough {enough}"))
                .rule(rule);
        }
    }
    asked
        .report(GateId::Soak, PASS, format!("healthy for {soak} before"))
        .rule(rule)
}
