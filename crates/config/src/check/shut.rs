//! Environments that two rules shut together: each opening of the window lies inside a freeze.

use super::Whole;
use super::calendar::AHEAD;
use crate::diagnostic::{Report, codes};
use tidegate_core::calendar::schedule::horizon;
use tidegate_core::calendar::{Intervals, Span};
use tidegate_core::id::{EnvId, Name};
use tidegate_core::spec::{Environment, Operation, Spec};

/// Environments whose window opens, and never outside a freeze.
pub fn check(whole: &Whole<'_>, report: &mut Report) {
    let Some(now) = whole.now else { return };
    let Some(time) = Span::new(now, horizon(now, AHEAD)) else {
        return;
    };
    for (name, environment) in &whole.spec.environments {
        let Some(window) = &environment.window else {
            continue;
        };
        let Some(open) = openings(whole.spec, environment, window, time) else {
            continue;
        };
        let freezes = freezes(whole.spec, name, environment, time);
        let frozen: Intervals = freezes
            .iter()
            .flat_map(|(_, spans)| spans.spans().to_vec())
            .collect();
        if open.is_empty() || !open.subtraction(&frozen).is_empty() {
            continue;
        }
        let names: Vec<&str> = freezes.iter().map(|(name, _)| name.as_str()).collect();
        let freeze = if names.len() == 1 {
            "freeze"
        } else {
            "freezes"
        };
        let spot = whole.spot(&format!("environments.{name}.window"));
        let found = report
            .add(
                codes::NEVER_FREE,
                &spot,
                format!("{name} is never open within {AHEAD} days"),
            )
            .label(format!(
                "all {} openings of `{window}` lie inside the {freeze} {}",
                open.spans().len(),
                names.join(", ")
            ))
            .help(format!(
                "correct the window or the {freeze}; an environment is closed on purpose by a freeze alone"
            ));
        found.also(
            &whole.spot(&format!("windows.{window}.allow")),
            "opens here",
        );
        for name in names {
            found.also(
                &whole.spot(&format!("freezes.{name}.from")),
                format!("`{name}` begins here"),
            );
        }
    }
}

/// When the window of an environment is open; none when it cannot be told, which is told already.
fn openings(
    spec: &Spec,
    environment: &Environment,
    window: &Name,
    time: Span,
) -> Option<Intervals> {
    let window = spec.windows.get(window)?;
    let zone = window.zone.as_ref().unwrap_or(&environment.zone);
    window.spans(&spec.setting(zone).ok()?, time).ok()
}

/// Freezes of every service there that have something in common with the time.
fn freezes<'a>(
    spec: &'a Spec,
    name: &EnvId,
    environment: &Environment,
    time: Span,
) -> Vec<(&'a Name, Intervals)> {
    let all = spec.freezes.iter().filter(|(_, freeze)| {
        let scope = &freeze.scope;
        let everybody =
            scope.services.is_empty() && scope.teams.is_empty() && scope.service_tiers.is_empty();
        everybody && scope.stops(Operation::Update) && scope.has_environment(spec, name)
    });
    all.filter_map(|(name, freeze)| {
        let zone = freeze.zone.as_ref().unwrap_or(&environment.zone);
        let spans = freeze.spans(&spec.setting(zone).ok()?, time).ok()?;
        (!spans.is_empty()).then_some((name, spans))
    })
    .collect()
}
