//! Work that a policy finds too risky for busy hours goes in the quiet ones.

use super::*;

fn quiet_when(when: Condition) -> Policy {
    Policy {
        needs_quiet: Some(when),
        ..Policy::default()
    }
}

fn story(policies: Vec<(&str, Policy)>) -> Story {
    let mut story = governed(policies);
    let prod = story.ledger.spec.environments.get_mut(&env("prod"));
    let prod = prod.unwrap();
    "Europe/Berlin".clone_into(&mut prod.zone);
    prod.quiet = vec!["every day 02:00-05:00".to_owned()];
    story
}

fn window(story: &Story, id: &str) -> (String, String) {
    let deployment::Phase::Gated { reports, .. } = story.state(id).phase else {
        panic!("{id} is not at its gates");
    };
    let report = reports.into_iter().find(|r| r.gate == GateId::Window);
    let report = report.unwrap();
    (report.title, report.detail)
}

#[test]
fn what_is_risky_waits_for_the_night_and_what_is_not_goes_at_once() {
    let bold = compared("risk.score", ">=", 30);
    let mut story = story(vec![("nights", quiet_when(bold))]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(story.phase(&id), "waiting");
    let (title, detail) = window(&story, &id);
    assert!(title.starts_with("quiet time of prod opens"), "{title}");
    assert!(title.contains("02:00"), "{title}");
    assert!(
        detail.ends_with("policies.nights.needs-quiet asks for quiet hours: risk.score >= 30"),
        "{detail}"
    );
    story.pass(Millis::minutes(24 * 60));
    assert_ne!(story.phase(&id), "waiting", "the night came");

    let never = compared("risk.score", ">=", 101);
    let mut other = self::story(vec![("nights", quiet_when(never))]);
    let id = other.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(other.phase(&id), "running");
}

#[test]
fn a_fact_that_nobody_knows_counts_as_risk() {
    let large = compared("change.size", ">=", 100);
    let mut story = story(vec![("nights", quiet_when(large))]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(story.phase(&id), "waiting");
    let (_, detail) = window(&story, &id);
    assert!(
        detail.ends_with("change.size is not known, so `change.size >= 100` may hold"),
        "{detail}"
    );
}

#[test]
fn an_emergency_does_not_wait_for_the_night() {
    let bold = compared("risk.score", ">=", 0);
    let nights = quiet_when(bold);
    let mut story = story(vec![("change-classes", classes()), ("nights", nights)]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    let asked = Command::Emergency {
        release: release("web@1.0.0"),
        environment: env("prod"),
        incident: "INC-7".to_owned(),
        root_cause: None,
        reason: "checkout is down".to_owned(),
    };
    tell(&mut story, 1, rita(), asked).unwrap();
    yes(&mut story, 1, "ines").unwrap();
    story.pass(Millis::secs(1));
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn it_goes_nowhere_where_nobody_says_when_it_is_quiet() {
    let bold = compared("risk.score", ">=", 0);
    let mut story = governed(vec![("nights", quiet_when(bold))]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    let (title, _) = window(&story, &id);
    assert_eq!(title, "it needs quiet hours, and prod names none");
}
