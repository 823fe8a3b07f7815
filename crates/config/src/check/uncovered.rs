//! Services in production that no policy concerns: all of them hold then, which is seldom what was meant.

use super::Whole;
use crate::diagnostic::{Report, codes};
use tidegate_core::change::policies_for;
use tidegate_core::spec::Tier;

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    let spec = whole.spec;
    for service in spec.services.keys() {
        let path = spec.path_of(service);
        let uncovered: Vec<&str> = path
            .iter()
            .filter(|env| {
                let known = spec.environments.get(*env);
                known.is_some_and(|e| e.tier == Tier::Production)
                    && policies_for(spec, service, env).1
            })
            .map(|env| env.as_str())
            .collect();
        if uncovered.is_empty() {
            continue;
        }
        report
            .add(
                codes::UNCOVERED,
                &whole.spot(&format!("services.{service}")),
                format!("no policy concerns {service} in {}", uncovered.join(", ")),
            )
            .label("all policies hold for it together")
            .help("name it in the `applies-to` of a policy, or leave `applies-to` away in one");
    }
}
