//! Services whose way back nobody decides about any more, whose silence keeps a bad version, or that lost a regulatory tag.

use super::weaken::both;
use std::collections::BTreeMap;
use tidegate_core::spec::{Otherwise, Spec};

/// Reasons by the path of the value that causes them.
pub fn weakened(old: &Spec, new: &Spec) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, was, is) in both(&old.services, &new.services) {
        let gone: Vec<&str> = was.tags.difference(&is.tags).map(|t| t.as_str()).collect();
        if !gone.is_empty() {
            let reason = format!("what {} asks is not asked any more", gone.join(", "));
            found.insert(format!("services.{name}.tags"), reason);
        }
        let at = format!("services.{name}.rollback.decides");
        let Some(before) = &was.rollback.decides else {
            continue;
        };
        let Some(after) = &is.rollback.decides else {
            found.insert(at, "nobody is asked about a bad version".to_owned());
            continue;
        };
        if after.otherwise == Otherwise::Stay && before.otherwise == Otherwise::RollBack {
            let reason = "a bad version stays when nobody answers".to_owned();
            found.insert(format!("{at}.otherwise"), reason);
        }
        if after.executive != before.executive
            && let Some(team) = &after.executive
        {
            let reason = format!("{team} may let a bad version stay");
            found.insert(format!("{at}.executive"), reason);
        }
        if before.confirm && !after.confirm {
            let reason = "nobody need confirm that they decide about the way back".to_owned();
            found.insert(format!("{at}.confirm"), reason);
        }
        if after.answer_within > before.answer_within {
            let reason = format!(
                "{} instead of {} for an answer",
                after.answer_within, before.answer_within
            );
            found.insert(format!("{at}.answer-within"), reason);
        }
    }
    found
}
