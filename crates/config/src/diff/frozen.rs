//! Freezes that concern less, or let more go: compared by what they mean for services, environments and operations.

use std::collections::BTreeMap;
use tidegate_core::spec::{Freeze, FreezePolicy, Going, InFlight, Operation, Spec};

/// Reasons by the path of the value that causes them; `at` is the path of the freeze.
pub fn weakened(
    old: &Spec,
    new: &Spec,
    at: &str,
    (was, is): (&Freeze, &Freeze),
) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut less = |key: &str, gone: Vec<&str>| {
        if !gone.is_empty() {
            let reason = format!("no longer holds {}", gone.join(", "));
            found.insert(format!("{at}.{key}"), reason);
        }
    };
    let environments = old.environments.keys();
    let free = environments.filter(|id| {
        new.environments.contains_key(*id)
            && was.scope.has_environment(old, id)
            && !is.scope.has_environment(new, id)
    });
    let key = changed(&[
        (
            "environments",
            was.scope.environments != is.scope.environments,
        ),
        ("tiers", was.scope.tiers != is.scope.tiers),
    ]);
    less(
        key.unwrap_or("environments"),
        free.map(|id| id.as_str()).collect(),
    );
    let services = old.services.keys();
    let free = services.filter(|id| {
        new.services.contains_key(*id)
            && was.scope.has_service(old, id)
            && !is.scope.has_service(new, id)
    });
    let key = changed(&[
        ("services", was.scope.services != is.scope.services),
        ("teams", was.scope.teams != is.scope.teams),
        (
            "service-tiers",
            was.scope.service_tiers != is.scope.service_tiers,
        ),
    ]);
    less(
        key.unwrap_or("services"),
        free.map(|id| id.as_str()).collect(),
    );
    let free = Operation::ALL
        .into_iter()
        .filter(|o| was.scope.stops(*o) && !is.scope.stops(*o));
    less("operations", free.map(Operation::as_str).collect());
    found.extend(policy(at, &was.policy, &is.policy));
    found
}

fn changed(keys: &[(&'static str, bool)]) -> Option<&'static str> {
    keys.iter()
        .find(|(_, differs)| *differs)
        .map(|(key, _)| *key)
}

/// What a policy lets go that it held before.
fn policy(at: &str, was: &FreezePolicy, is: &FreezePolicy) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut when = |weaker: bool, key: &str, reason: String| {
        if weaker {
            found.insert(format!("{at}.{key}"), reason);
        }
    };
    when(
        was.in_flight != is.in_flight && is.in_flight == InFlight::Finish,
        "in-flight",
        "rollouts under way go on inside the freeze".to_owned(),
    );
    let goes = |was, is| was == Going::Wait && is == Going::Go;
    when(
        goes(was.rollbacks, is.rollbacks),
        "rollbacks",
        "returns to an earlier version may start inside the freeze".to_owned(),
    );
    when(
        goes(was.first_installs, is.first_installs),
        "first-installs",
        "first installs may start inside the freeze".to_owned(),
    );
    let more: Vec<&str> = is
        .let_through
        .iter()
        .filter(|class| !was.let_through.contains(class))
        .map(|class| class.as_str())
        .collect();
    when(
        !more.is_empty(),
        "let-through",
        format!("changes of class {} need no grant", more.join(", ")),
    );
    let more: Vec<&str> = is
        .exception_by
        .iter()
        .filter(|team| !was.exception_by.contains(team))
        .map(|team| team.as_str())
        .collect();
    when(
        !more.is_empty(),
        "exception-by",
        format!("{} may grant exceptions", more.join(", ")),
    );
    found
}
