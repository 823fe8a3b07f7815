//! What makes no sense, and every answer of the gate.

use super::*;

#[test]
fn a_freeze_that_makes_no_sense_is_refused_with_the_way_out() {
    let mut story = running();
    let mut out = String::new();
    let yesterday = story
        .ledger
        .now
        .saturating_sub(jiff::SignedDuration::from_hours(24))
        .ok();
    let elsewhere = Scope {
        services: vec![service("web")],
        service_tiers: vec![1],
        ..staging()
    };
    let unknown = |environment: &str| Scope {
        environments: vec![env(environment)],
        ..Scope::default()
    };
    let by = |team: &str| FreezePolicy {
        exception_by: vec![TeamId::new(team).unwrap()],
        ..FreezePolicy::default()
    };
    let rollbacks = Scope {
        operations: vec![Operation::Rollback],
        ..staging()
    };
    let usual = FreezePolicy::default;
    frozen(&mut story, "march", freeze("2026-03-09", None, None));
    declared(&mut story, "twice", None, usual());
    let cases = [
        (
            "an end in the past",
            "a",
            declare(staging(), yesterday, usual()),
        ),
        (
            "declared already",
            "twice",
            declare(staging(), None, usual()),
        ),
        (
            "a name of the configuration",
            "march",
            declare(staging(), None, usual()),
        ),
        ("nothing there", "a", declare(elsewhere, None, usual())),
        (
            "an environment that is not there",
            "a",
            declare(unknown("moon"), None, usual()),
        ),
        (
            "a team that is not there",
            "a",
            declare(staging(), None, by("nobody")),
        ),
        (
            "only what is let through",
            "a",
            declare(rollbacks, None, usual()),
        ),
        (
            "no reason",
            "a",
            Command::Lift {
                reason: "  ".to_owned(),
            },
        ),
        (
            "not there",
            "a",
            Command::Lift {
                reason: "over".to_owned(),
            },
        ),
        (
            "no later",
            "twice",
            Command::Extend {
                until: None,
                lasting: None,
                reason: "more".to_owned(),
            },
        ),
    ];
    for (what, id, command) in cases {
        let refusal = change(&mut story, id, command).unwrap_err();
        let _ = writeln!(out, "{what}\n    {refusal}\n    help: {}", refusal.help());
    }
    for (what, freeze, id) in [
        ("no such freeze", "autumn", "web@1.1.0"),
        ("no such release", "twice", "web@9.9.9"),
        ("nobody decides", "twice", "web@1.1.0"),
        ("another service", "march", "api@1.0.0"),
    ] {
        let refusal = asks(&mut story, freeze, id, None).unwrap_err();
        let _ = writeln!(out, "{what}\n    {refusal}\n    help: {}", refusal.help());
    }
    insta::assert_snapshot!(out);
}

#[test]
fn every_answer_of_a_declared_freeze() {
    let mut out = String::new();
    let mut scene = |what: &str, story: &Story, purpose: Purpose| {
        let reports = match purpose {
            Purpose::Rollback => ask(story, "web@1.0.0", "staging", purpose),
            _ => ask(story, "web@1.1.0", "staging", purpose),
        };
        let _ = writeln!(out, "{what}\n{}", text(&reports, Some(GateId::Freeze)));
    };
    let mut story = running();
    let policy = FreezePolicy {
        let_through: vec![ChangeClass::Emergency],
        ..finance(&mut story)
    };
    declared(&mut story, "outage", None, policy.clone());
    scene("without an end", &story, Purpose::Promote);
    asks(&mut story, "outage", "web@1.1.0", Some("INC-31")).unwrap();
    scene("an emergency", &story, Purpose::Promote);
    declared(&mut story, "second", Some(HOUR), FreezePolicy::default());
    scene("lifted in one of two", &story, Purpose::Promote);
    lift(&mut story, "outage");
    scene("with an end", &story, Purpose::Promote);
    let mut rule = freeze("2026-03-01", Some("2026-03-09"), None);
    rule.policy = policy;
    frozen(&mut story, "march", rule);
    scene("declared and configured", &story, Purpose::Promote);
    scene("a return", &story, Purpose::Rollback);
    story
        .ledger
        .models
        .insert(("freeze".to_owned(), "FRZ-odd".to_owned()), "{".to_owned());
    scene("a state that cannot be read", &story, Purpose::Promote);
    insta::assert_snapshot!(out);
}
