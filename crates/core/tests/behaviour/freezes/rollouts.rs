//! Rollouts that a freeze finds under way.

use super::*;

#[test]
fn the_way_back_of_a_rollout_is_never_stopped() {
    for policy in InFlight::ALL {
        let mut story = running();
        let id = story.deploy("web@1.1.0", "staging").unwrap();
        story.agent_finishes();
        story.regressed(&id).unwrap();
        let rules = FreezePolicy {
            rollbacks: Going::Wait,
            ..in_flight(policy)
        };
        declared(&mut story, "outage", None, rules);
        story.agent_finishes();
        assert_eq!(story.phase(&id), "rolled back", "{policy:?}");
    }
}

#[test]
fn rollouts_under_way_finish_unless_the_freeze_says_otherwise() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_works();
    declared(&mut story, "outage", None, FreezePolicy::default());
    story.succeeds(&id);
    assert_eq!(story.phase(&id), "succeeded");
}

#[test]
fn a_freeze_that_pauses_lets_the_step_under_way_end_and_the_rollout_goes_on_by_itself_afterwards() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    declared(&mut story, "outage", None, in_flight(InFlight::Pause));
    assert_eq!(story.phase(&id), "running", "the agent works on a step");
    story.agent_works();
    assert_eq!(story.phase(&id), "paused by a freeze");
    assert!(story.wanted().is_none(), "no further step starts");
    // A restart: everything that is due meanwhile is looked at when the server is back.
    story.sleep(Millis(3 * DAY.0));
    assert_eq!(story.phase(&id), "paused by a freeze");
    let resume = story.deployment(&id, Deploying::Resume);
    assert!(resume.is_err(), "nobody resumes it past the freeze");
    lift(&mut story, "outage");
    assert_eq!(story.phase(&id), "running");
    story.succeeds(&id);
}

#[test]
fn a_hold_goes_on_inside_a_freeze_and_users_are_protected() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_finishes();
    declared(&mut story, "outage", None, in_flight(InFlight::Pause));
    story.pass(Millis::minutes(5));
    assert!(story.is_judging(&id));
    story.regressed(&id).unwrap();
    story.agent_finishes();
    assert_eq!(story.phase(&id), "rolled back");
}

#[test]
fn a_rollout_that_a_person_paused_too_stays_paused_when_the_freeze_ends() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    declared(&mut story, "outage", Some(HOUR), in_flight(InFlight::Pause));
    story.agent_works();
    let reason = "lunch".to_owned();
    story.deployment(&id, Deploying::Pause { reason }).unwrap();
    assert_eq!(story.phase(&id), "paused");
    story.pass(HOUR);
    assert_eq!(story.phase(&id), "paused");
    story.deployment(&id, Deploying::Resume).unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn resuming_inside_a_freeze_leads_back_to_its_pause() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_finishes();
    let reason = "lunch".to_owned();
    story.deployment(&id, Deploying::Pause { reason }).unwrap();
    declared(&mut story, "outage", None, in_flight(InFlight::Pause));
    story.deployment(&id, Deploying::Resume).unwrap();
    story.pass(Millis::minutes(5));
    story.healthy(&id).unwrap();
    assert_eq!(story.phase(&id), "paused by a freeze");
}

#[test]
fn a_rollout_that_a_freeze_holds_for_two_weeks_is_taken_back() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    declared(&mut story, "outage", None, in_flight(InFlight::Pause));
    story.agent_finishes();
    story.pass(Millis(14 * DAY.0));
    story.agent_finishes();
    let Deployed::RolledBack { cause, .. } = story.state(&id).phase else {
        panic!("{:?}", story.state(&id).phase);
    };
    assert_eq!(
        cause.to_string(),
        "nobody decided in time (paused by a freeze: freeze FRZ-outage: card network outage)"
    );
}

#[test]
fn a_freeze_that_takes_rollouts_back_does_so_at_once_and_holds_no_release() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_works();
    story.agent_works();
    assert_eq!(story.phase(&id), "running");
    declared(&mut story, "outage", Some(DAY), in_flight(InFlight::Return));
    assert_eq!(story.phase(&id), "rolling back");
    story.agent_finishes();
    let Deployed::RolledBack { cause, touched } = story.state(&id).phase else {
        panic!("{:?}", story.state(&id).phase);
    };
    assert!(touched);
    assert_eq!(
        cause.to_string(),
        "freeze FRZ-outage takes rollouts back: card network outage"
    );
    assert_ne!(story.release_state("web@1.1.0").phase.name(), "held");
    // It may come again after the freeze.
    let again = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&again), "waiting");
    story.pass(DAY);
    assert_eq!(story.phase(&again), "running");
}

#[test]
fn a_planned_freeze_pauses_and_takes_back_the_moment_it_begins() {
    for (policy, phase) in [
        (InFlight::Finish, "running"),
        (InFlight::Pause, "paused by a freeze"),
        (InFlight::Return, "stopped"),
    ] {
        let mut story = running();
        let mut rule = freeze("2026-03-02 10:20", Some("2026-03-02 18:00"), None);
        rule.policy.in_flight = policy;
        frozen(&mut story, "afternoon", rule);
        let id = story.deploy("web@1.1.0", "staging").unwrap();
        // It would be over by then, but no agent takes its work, and the first step is tried again and again.
        story.pass(Millis::minutes(39));
        assert_eq!(story.phase(&id), "running", "{policy:?}");
        story.pass(Millis::minutes(11));
        assert_eq!(story.phase(&id), phase, "{policy:?}");
    }
}
