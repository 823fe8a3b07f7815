//! The table of actions, and that a judge which cannot be asked forbids.

use super::*;

#[test]
fn the_table_is_sorted_and_names_each_action_once() {
    let names: Vec<&str> = ACTIONS.iter().map(|(name, _)| *name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(names, sorted);
    for (name, right) in ACTIONS {
        assert_eq!(right_of(name), Some(*right));
    }
    let spoken: Vec<&str> = PHRASES.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, spoken, "each has words of its own");
    assert_eq!(right_of("change start"), None);
}

#[test]
fn a_role_that_is_not_known_has_no_right() {
    for right in Right::ALL {
        for role in ["", "system", "feed", "Admin", "root"] {
            assert!(!right.is_for(role), "{role} {right:?}");
        }
    }
}

#[test]
fn whoever_may_not_is_told_which_roles_may() {
    assert_eq!(needed("release promote"), "operator or admin");
    assert_eq!(needed("change approve"), "approver or operator or admin");
    assert_eq!(needed("config apply"), "admin");
    assert_eq!(needed("deployment report"), "agent");
    assert_eq!(needed("release stop"), "");
    assert_eq!(phrase("environment accept"), "accept a change by hand");
    assert_eq!(phrase("release stop"), "release stop");
}
