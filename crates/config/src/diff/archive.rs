//! Fewer copies elsewhere, or later ones: a rewritten ledger is found later, or not at all. And what is kept for a shorter time.

use std::collections::BTreeMap;
use tidegate_core::spec::{Retention, Spec};

/// Reasons by the path of the value that causes them.
pub fn weakened(old: &Spec, new: &Spec) -> BTreeMap<String, String> {
    let mut found = sooner(old, new);
    let Some(was) = &old.checkpoints else {
        return found;
    };
    let is = new.checkpoints.as_ref();
    for (n, place) in was.to.iter().enumerate() {
        if is.is_none_or(|is| !is.to.contains(place)) {
            let reason = format!("checkpoints no longer go to {}", place.label());
            found.insert(format!("checkpoints.to[{n}]"), reason);
        }
    }
    if is.is_some_and(|is| is.every > was.every) {
        let reason = "checkpoints go out later".to_owned();
        found.insert("checkpoints.every".to_owned(), reason);
    }
    found
}

/// What goes earlier than before, or may.
fn sooner(old: &Spec, new: &Spec) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, is) in &new.retention {
        let at = format!("retention.{name}");
        match old.retention.get(name) {
            None => {
                let reason = format!("what it speaks of is removed after {}", is.keep);
                found.insert(at, reason);
            }
            Some(was) => {
                if is.keep.least_days() < was.keep.least_days() {
                    let reason = format!("kept for {} instead of {}", is.keep, was.keep);
                    found.insert(format!("{at}.keep"), reason);
                }
                let same = Retention {
                    keep: was.keep,
                    ..is.clone()
                };
                if same != *was {
                    let reason = "it speaks of other things than before".to_owned();
                    found.insert(at, reason);
                }
            }
        }
    }
    let left = old
        .retention
        .keys()
        .filter(|name| !new.retention.contains_key(*name));
    for name in left.filter(|_| !new.retention.is_empty()) {
        let reason = "another rule may remove earlier what it kept".to_owned();
        found.insert(format!("retention.{name}"), reason);
    }
    found
}
