//! What the service needs runs here, in an accepted version, and is not in the middle of a change.

use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::model::lane::Lane;

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let (service, env) = (&asked.plan.service, &asked.plan.environment);
    let rule = format!("services.{service}.needs");
    let needs = asked.spec.services.get(service).map(|s| &s.needs);
    let Some(needs) = needs.filter(|n| !n.is_empty()) else {
        return asked.report(GateId::Dependency, PASS, "needs nothing else");
    };
    let mut met = Vec::new();
    let mut unmet = Vec::new();
    let mut broken = None;
    for (name, need) in needs {
        let lane = asked.view.lane(env, name);
        let owner = asked
            .spec
            .services
            .get(name)
            .map_or_else(String::new, |s| s.owner.to_string());
        match &lane.running {
            None => unmet.push(format!(
                "{name} {} is not deployed in {env} (owner {owner})",
                need.0
            )),
            Some(running) => {
                match semver::Version::parse(running.revision.release.version.as_str()) {
                    Err(_) => {
                        broken = Some(format!(
                            "{name} runs {}, which is no semantic version, so `{}` cannot be checked",
                            running.revision.release.version, need.0
                        ));
                    }
                    Ok(version) if !need.0.matches(&version) => {
                        unmet.push(format!(
                            "{name} {} is needed, {env} runs {version} (owner {owner})",
                            need.0
                        ));
                    }
                    Ok(_) if lane.is_changing() => {
                        unmet.push(format!("{name} is being deployed in {env} (owner {owner})"))
                    }
                    Ok(version) => met.push(format!("{name} {version}")),
                }
            }
        }
    }
    let mut on: Vec<_> = needs.keys().map(|name| Lane::trigger(env, name)).collect();
    on.push("config".to_owned());
    if let Some(because) = broken {
        let retry_at = super::BACKSTOP.after(asked.now);
        return asked
            .report(
                GateId::Dependency,
                GateOutcome::Broken { retry_at },
                because,
            )
            .rule(rule);
    }
    if unmet.is_empty() {
        return asked
            .report(
                GateId::Dependency,
                PASS,
                format!("needs {}", met.join(", ")),
            )
            .rule(rule);
    }
    let outcome = GateOutcome::Wait {
        at: super::BACKSTOP.after(asked.now),
        on,
    };
    asked
        .report(GateId::Dependency, outcome, unmet.join("; "))
        .who(["whoever may deploy what is missing"])
        .rule(rule)
}
