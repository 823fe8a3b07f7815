//! The environment takes deployments.

use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::stream::environment::{Environment, Phase, way_out};

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let env = &asked.plan.environment;
    let posture = match asked.view.shared::<Environment>(env.as_str()) {
        Ok((_, posture)) => posture,
        Err(refusal) => {
            let retry_at = super::BACKSTOP.after(asked.now);
            return asked.report(
                GateId::Environment,
                GateOutcome::Broken { retry_at },
                refusal.to_string(),
            );
        }
    };
    if let Some((because, since)) = posture.trust.behind() {
        let on = vec![asked.posture_changes()];
        let zone = asked.spec.environments.get(env);
        let zone = zone.map_or("UTC", |e| e.zone.as_str());
        let since = super::moment_in(since, zone);
        return asked
            .report(
                GateId::Environment,
                GateOutcome::Fail { on },
                format!("{env} is held: {because}"),
            )
            .detail(format!("since {since}; {}", way_out(env)))
            .who(["admin"]);
    }
    let (because, by, since, until) = match &posture.phase {
        Phase::Held {
            because,
            by,
            since,
            until,
        } if until.is_none_or(|until| until > asked.now) => (because, by, *since, *until),
        Phase::Held { .. } | Phase::Open { .. } => {
            return asked.report(GateId::Environment, PASS, format!("{env} is open"));
        }
    };
    let on = vec![asked.posture_changes()];
    let zone = asked.spec.environments.get(env);
    let zone = zone.map_or("UTC", |e| e.zone.as_str());
    let moment = |at| super::moment_in(at, zone);
    let (outcome, end) = match until {
        Some(at) => (
            GateOutcome::Wait { at, on },
            format!("ends by itself at {}", moment(at)),
        ),
        None => (GateOutcome::Fail { on }, "without an end".to_owned()),
    };
    asked
        .report(
            GateId::Environment,
            outcome,
            format!("{env} is held by {by}: {because}"),
        )
        .detail(format!(
            "locked since {}, {end}; tidegate env unlock {env} --reason …",
            moment(since)
        ))
        .who([by.as_str(), "admin (with --break)"])
}
