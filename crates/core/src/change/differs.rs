//! What differs between two plans, in words: why a yes to the one is no yes to the other.

use crate::plan::PlanBody;
use crate::stream::release::scope;

/// Differences in effect, each one line; at least one when the plans differ.
#[must_use]
pub fn differences(before: &PlanBody, after: &PlanBody) -> Vec<String> {
    let mut found = Vec::new();
    let (old, new) = (&before.to, &after.to);
    if old.artifact != new.artifact {
        found.push(format!(
            "artifact {} instead of {}",
            new.artifact.short(8),
            old.artifact.short(8)
        ));
    }
    let names = old.values.keys().chain(new.values.keys());
    let names: std::collections::BTreeSet<&String> = names.collect();
    for name in names {
        if old.values.get(name) != new.values.get(name) {
            // The value may be a secret's place: the name says enough.
            found.push(format!("value {name}"));
        }
    }
    if (&old.command, &old.prepare) != (&new.command, &new.prepare) {
        found.push("the command it runs".to_owned());
    }
    if old.instances != new.instances {
        found.push(format!(
            "{} instances instead of {}",
            new.instances, old.instances
        ));
    }
    if (old.port, &old.health, old.grace) != (new.port, &new.health, new.grace) {
        found.push("port, health check or time to stop".to_owned());
    }
    let key = |plan: &PlanBody| plan.from.as_ref().map(|r| r.key.clone());
    if key(before) != key(after) {
        let runs = |plan| key(plan).unwrap_or_else(|| "nothing".to_owned());
        found.push(format!(
            "it replaces {} instead of {}",
            runs(after),
            runs(before)
        ));
    }
    if before.steps != after.steps {
        found.push("the steps".to_owned());
    }
    if (&before.undo, before.undo_within) != (&after.undo, after.undo_within) {
        found.push("the way back".to_owned());
    }
    if (&before.analysis, before.regression, before.watch)
        != (&after.analysis, after.regression, after.watch)
    {
        found.push("how health is judged".to_owned());
    }
    if before.gates != after.gates {
        found.push("the gates that are asked".to_owned());
    }
    found.extend(scope::differences(
        before.scope.as_ref(),
        after.scope.as_ref(),
    ));
    if found.is_empty() && before != after {
        found.push("other effects".to_owned());
    }
    found
}
