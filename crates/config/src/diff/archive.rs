//! Fewer copies elsewhere, or later ones: a rewritten ledger is found later, or not at all.

use std::collections::BTreeMap;
use tidegate_core::spec::Spec;

/// Reasons by the path of the value that causes them.
pub fn weakened(old: &Spec, new: &Spec) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
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
