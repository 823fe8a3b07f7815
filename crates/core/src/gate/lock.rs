//! Where only one thing at a time may change, nothing else is changing.

use super::{Asked, GateId, GateOutcome, GateReport, LOOK_AGAIN, PASS, capacity};
use crate::queue::holders;

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let env = &asked.plan.environment;
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
    let running = match holders(asked.view, env) {
        Ok(running) => running,
        Err(refusal) => {
            let retry_at = super::BACKSTOP.after(asked.now);
            let outcome = GateOutcome::Broken { retry_at };
            return asked.report(GateId::Lock, outcome, refusal.to_string());
        }
    };
    let service = &asked.plan.service;
    let other = running
        .into_iter()
        .find(|holder| holder.release.service != *service);
    match other {
        None => asked
            .report(
                GateId::Lock,
                PASS,
                format!("nothing else is being deployed to {env}"),
            )
            .rule(rule),
        Some(holder) => asked
            .report(
                GateId::Lock,
                GateOutcome::Wait {
                    at: LOOK_AGAIN.after(asked.now),
                    on: vec![asked.own_turn()],
                },
                format!(
                    "{env} is locked by {} ({})",
                    holder.release, holder.deployment
                ),
            )
            .detail(format!(
                "{env} takes one deployment at a time: {}",
                capacity::holder(asked, &holder)
            ))
            .who(["whoever may abort it"])
            .rule(rule),
    }
}
