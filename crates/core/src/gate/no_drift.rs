//! Nothing of the service was changed at its target past the ledger. What nobody explains is not built upon.

use super::{Asked, BACKSTOP, GateId, GateOutcome, GateReport, PASS, moment_in};
use crate::digest::abbreviated;
use crate::stream::environment::{Found, found, ways_out};

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let (env, service) = (&asked.plan.environment, &asked.plan.service);
    let drift = match found(asked.view, env, service) {
        Ok(drift) => drift,
        Err(refusal) => {
            let retry_at = BACKSTOP.after(asked.now);
            let outcome = GateOutcome::Broken { retry_at };
            return asked.report(GateId::NoDrift, outcome, refusal.to_string());
        }
    };
    let Some(first) = drift.found.first() else {
        let title = match drift.accepted.len() {
            0 => format!("nothing of {service} was changed past tidegate in {env}"),
            n => format!("somebody answers for what was changed past tidegate in {env} ({n})"),
        };
        return asked.report(GateId::NoDrift, PASS, title);
    };
    let again = asked.plan.from.as_ref();
    if again.is_some_and(|from| from.key == asked.plan.to.key) {
        let title = format!("deploys the same of {service} again, which puts it right");
        return asked.report(GateId::NoDrift, PASS, title);
    }
    let zone = asked.spec.environments.get(env);
    let zone = zone.map_or("UTC", |e| e.zone.as_str());
    let more = match drift.found.len() - 1 {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let on = vec![asked.posture_changes()];
    let title = format!(
        "{} of {service} was changed in {env} past tidegate{more}",
        first.difference.what
    );
    let one = |found: &Found| {
        let gone = found.gone.map_or_else(String::new, |at| {
            format!(", as deployed again since {}", moment_in(at, zone))
        });
        format!(
            "{} of {}: {} (deployed {}), seen {}{gone}",
            found.difference.what,
            found.difference.revision,
            abbreviated(&found.difference.seen),
            abbreviated(&found.difference.declared),
            moment_in(found.since, zone)
        )
    };
    let all: Vec<String> = drift.found.iter().map(one).collect();
    asked
        .report(GateId::NoDrift, GateOutcome::Fail { on }, title)
        .detail(format!("{}; {}", all.join("; "), ways_out(env, service)))
        .who(["whoever may deploy (repair)", "admin (accept)"])
}
