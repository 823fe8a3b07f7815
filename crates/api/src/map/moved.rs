//! What a configuration that is not in force yet would do to deployments that wait: the answers of their gates under it.

use crate::error::Problem;
use crate::look::Look;
use tidegate_core::calendar::Zone;
use tidegate_core::gate::moment_in;
use tidegate_core::refusal::Refusal;
use tidegate_core::replan::{self, Ground, Item, Outcome, Work};
use tidegate_core::spec::{Origins, Spec};
use tidegate_core::time::Timestamp;

/// One line for each whose time it changes.
pub(crate) fn affected(
    look: &Look<'_>,
    spec: &Spec,
    origins: &Origins,
) -> Result<Vec<String>, Problem> {
    let ground = Ground {
        now: look.now,
        spec: &look.in_force.spec,
        origins: &look.in_force.origins,
        view: look.view(),
    };
    let items =
        replan::under((spec, origins), &ground).map_err(|because| Refusal::Quarantined {
            stream: "deployment".to_owned(),
            because,
        })?;
    Ok(items.iter().filter_map(|item| line(item, spec)).collect())
}

fn line(item: &Item, spec: &Spec) -> Option<String> {
    let Work::Deployment { release, .. } = &item.work else {
        return None;
    };
    let env = &item.environment;
    let zone = spec.environments.get(env).map_or(&spec.zone, |e| &e.zone);
    let zone = Zone::named(zone).map_or_else(|_| "UTC".to_owned(), |zone| zone.name().to_owned());
    let at = |at: Timestamp| moment_in(at, &zone);
    let from = item.slot.map_or_else(|| "no time".to_owned(), at);
    let what = match item.outcome {
        Outcome::Moves { to } => format!("moves from {from} to {}", at(to)),
        _ => format!("has no time any more (it was to go {from})"),
    };
    let tell = item.tell.join(", ");
    Some(format!(
        "{release} -> {env} {what}: {}; tell {tell}",
        item.because
    ))
}
