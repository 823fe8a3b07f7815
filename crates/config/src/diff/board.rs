//! Boards that decide about less, or with fewer votes.

use super::weaken::both;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::spec::{Board, Spec};

/// Reasons by the path of the value that causes them.
pub fn weakened(old: &Spec, new: &Spec) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for name in old.boards.keys().filter(|n| !new.boards.contains_key(*n)) {
        let reason = "changes go without its decision".to_owned();
        found.insert(format!("boards.{name}"), reason);
    }
    for (name, was, is) in both(&old.boards, &new.boards) {
        let at = format!("boards.{name}");
        let mut when = |condition: bool, key: &str, reason: String| {
            if condition {
                found.insert(format!("{at}.{key}"), reason);
            }
        };
        when(
            is.quorum < was.quorum,
            "quorum",
            format!("{} instead of {} votes decide", is.quorum, was.quorum),
        );
        when(
            is.reviews != was.reviews,
            "reviews",
            "it decides about other changes".to_owned(),
        );
        let teams = |board: &Board| -> BTreeSet<String> {
            board.members.iter().map(|s| s.team.to_string()).collect()
        };
        let (before, after) = (teams(was), teams(is));
        let others: Vec<String> = after.difference(&before).cloned().collect();
        when(
            !others.is_empty(),
            "members",
            format!("{} may vote as well", others.join(", ")),
        );
        when(
            others.is_empty() && is.seats() > was.seats(),
            "members",
            "more people of one team count".to_owned(),
        );
        when(
            was.agenda_closes.is_some() && is.agenda_closes.is_none(),
            "agenda-closes",
            "changes may come onto the agenda until it meets".to_owned(),
        );
        when(
            was.freeze_criteria != is.freeze_criteria,
            "freeze-criteria",
            "its criteria stay as they are from another instant on".to_owned(),
        );
        criteria(&mut found, &at, was, is);
    }
    found
}

/// Criteria that are asked no longer, or shown by something else.
fn criteria(found: &mut BTreeMap<String, String>, at: &str, was: &Board, is: &Board) {
    for (id, before) in &was.criteria {
        let at = format!("{at}.criteria.{id}");
        match is.criteria.get(id) {
            None => {
                found.insert(at, "changes go without it".to_owned());
            }
            Some(after) if after.proof != before.proof => {
                let reason = format!("shown by {} instead of {}", after.proof, before.proof);
                found.insert(at, reason);
            }
            Some(_) => {}
        }
    }
}
