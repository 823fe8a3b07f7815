//! Where only one thing at a time may change, nothing else is changing.

use super::{Asked, GateId, GateOutcome, GateReport, PASS};

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let (service, env) = (&asked.plan.service, &asked.plan.environment);
    let rule = format!("environments.{env}.one-at-a-time");
    let locked = asked
        .spec
        .environments
        .get(env)
        .is_none_or(|e| e.one_at_a_time);
    if !locked {
        return asked.report(
            GateId::Lock,
            PASS,
            format!("{env} takes several deployments at a time"),
        );
    }
    let other = asked
        .view
        .lanes(env)
        .into_iter()
        .filter(|(name, lane)| name != service && lane.is_changing())
        .find_map(|(name, lane)| lane.live.map(|live| (name, live)));
    match other {
        None => asked
            .report(
                GateId::Lock,
                PASS,
                format!("nothing else is being deployed to {env}"),
            )
            .rule(rule),
        Some((name, live)) => asked
            .report(
                GateId::Lock,
                GateOutcome::Wait {
                    at: super::BACKSTOP.after(asked.now),
                    on: vec![asked.environment_changes()],
                },
                format!("{env} is locked by {} ({})", live.release, live.deployment),
            )
            .detail(format!(
                "{env} takes one deployment at a time and {name} is under way"
            ))
            .who(["whoever may abort it"])
            .rule(rule),
    }
}
