//! The release succeeded in every environment that stands before this one.

use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::stream::release::{Release, Stage};

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let env = &asked.plan.environment;
    let rule = format!("environments.{env}.after");
    let Some(environment) = asked.spec.environments.get(env) else {
        let retry_at = super::BACKSTOP.after(asked.now);
        return asked.report(
            GateId::Order,
            GateOutcome::Broken { retry_at },
            format!("{env} is no longer configured"),
        );
    };
    if environment.after.is_empty() {
        return asked.report(GateId::Order, PASS, "first on the path");
    }
    let release = match asked
        .view
        .shared::<Release>(&asked.plan.to.release.to_string())
    {
        Ok((_, release)) => release,
        Err(refusal) => {
            let retry_at = super::BACKSTOP.after(asked.now);
            return asked.report(
                GateId::Order,
                GateOutcome::Broken { retry_at },
                refusal.to_string(),
            );
        }
    };
    let missing: Vec<String> = environment
        .after
        .iter()
        .filter(|before| !matches!(release.stages.get(*before), Some(Stage::Done { .. })))
        .map(ToString::to_string)
        .collect();
    if missing.is_empty() {
        let after: Vec<&str> = environment
            .after
            .iter()
            .map(crate::id::EnvId::as_str)
            .collect();
        return asked
            .report(
                GateId::Order,
                PASS,
                format!("succeeded in {}", after.join(", ")),
            )
            .rule(rule);
    }
    let outcome = GateOutcome::Wait {
        at: super::BACKSTOP.after(asked.now),
        on: vec![asked.release_changes()],
    };
    asked
        .report(
            GateId::Order,
            outcome,
            format!(
                "{} must succeed in {} first",
                asked.plan.to.release,
                missing.join(", ")
            ),
        )
        .who(["whoever may promote it there"])
        .rule(rule)
}
