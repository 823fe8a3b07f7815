//! Who goes next: priority, fairness, age, and those who leave the line.

use super::{ask, capacity, crowd, drain, frozen, started, with};
use crate::world::company::{env, service};
use crate::world::story::{rita, running};
use std::collections::BTreeMap;
use tidegate_core::command::Command as Any;
use tidegate_core::gate::Purpose;
use tidegate_core::queue::{Priority, Request};
use tidegate_core::stream::deployment::{self, Phase};
use tidegate_core::stream::release as rel;

#[test]
fn priority_goes_first_then_the_team_that_was_served_less_then_age() {
    let mut story = crowd(&["a", "a", "a", "a", "b", "b"], Some(1));
    ask(&mut story, 0, Request::PLAIN).unwrap();
    ask(&mut story, 1, Request::PLAIN).unwrap();
    ask(&mut story, 2, with(Priority::Low)).unwrap();
    ask(&mut story, 4, Request::PLAIN).unwrap();
    ask(&mut story, 5, Request::PLAIN).unwrap();
    ask(&mut story, 3, with(Priority::High)).unwrap();
    drain(&mut story, 1);
    // `b` was never served, so its first goes before the older one of `a`; then `a` was served longer ago.
    assert_eq!(started(&story), ["s0", "s3", "s4", "s1", "s5", "s2"]);
}

#[test]
fn high_priority_says_why() {
    let mut story = running();
    let plan = story
        .plan("web@1.1.0", "staging", Purpose::Promote)
        .unwrap();
    let command = deployment::Command::Propose {
        plan: Box::new(plan),
        purpose: Purpose::Promote,
        reason: "  ".to_owned(),
        request: with(Priority::High),
    };
    let _ = story.ask(rita(), Any::Propose { command });
    story.refused("priority `high` needs a reason");
    let promote = rel::Command::Promote {
        to: env("prod"),
        reason: String::new(),
        request: with(Priority::High),
    };
    let _ = story.release("web@1.1.0", promote);
    story.refused("say why with `--reason`");
}

#[test]
fn who_waits_for_something_else_blocks_nobody_behind_it() {
    let mut story = crowd(&["a", "a", "a"], Some(1));
    let first = ask(&mut story, 0, Request::PLAIN).unwrap();
    // `s1` needs what does not run there.
    let needs = tidegate_core::spec::Need("^1".parse().unwrap());
    let spec = &mut story.ledger.spec;
    let one = spec.services.get_mut(&service("s1")).unwrap();
    one.needs = BTreeMap::from([(service("web"), needs)]);
    let blocked = ask(&mut story, 1, with(Priority::High)).unwrap();
    let last = ask(&mut story, 2, Request::PLAIN).unwrap();
    assert_eq!(capacity(&story, &last).0, "1st of 2 for staging");
    story.agent_finishes();
    assert_eq!(story.phase(&first), "succeeded");
    assert_eq!(story.phase(&blocked), "waiting");
    assert_eq!(story.phase(&last), "succeeded");
}

#[test]
fn a_cancelled_one_leaves_the_line_and_a_failed_one_gives_its_place_back() {
    let mut story = crowd(&["a", "a", "a"], Some(1));
    let first = ask(&mut story, 0, Request::PLAIN).unwrap();
    let second = ask(&mut story, 1, Request::PLAIN).unwrap();
    let third = ask(&mut story, 2, Request::PLAIN).unwrap();
    let abort = |reason: &str| deployment::Command::Abort {
        reason: reason.to_owned(),
    };
    story.deployment(&second, abort("not today")).unwrap();
    assert_eq!(story.phase(&third), "waiting");
    story.deployment(&first, abort("wrong version")).unwrap();
    assert_eq!(story.phase(&first), "stopped");
    assert_eq!(story.phase(&third), "running", "in the same instant");
    let rows = story.ledger.view().queue(&env("staging")).unwrap();
    assert_eq!(rows.len(), 1);
}

#[test]
fn whoever_is_replaced_in_the_line_learns_by_whom_and_why() {
    let mut story = running();
    frozen(&mut story, "2026-03-05");
    let first = story.deploy("web@1.1.0", "staging").unwrap();
    story.deploy("web@1.2.0", "staging").unwrap();
    let Phase::Superseded { because } = story.state(&first).phase else {
        panic!("it is replaced");
    };
    assert_eq!(
        because,
        "web@1.2.0 took its place at the gates, asked for by rita: a reason"
    );
}
