//! A yes that a policy binds to the band of the risk, too.

use super::*;
use tidegate_core::spec::{RiskBand, RiskModel};

fn model(split: u8) -> RiskModel {
    let band = |name: &str, from, to| RiskBand {
        name: crate::world::company::name(name),
        from,
        to,
    };
    RiskModel {
        bands: vec![band("low", 0, split - 1), band("high", split, 100)],
        ..RiskModel::default()
    }
}

fn story(bound_to_band: bool) -> (Story, String) {
    let policy = Policy {
        bound_to_band,
        ..dual()
    };
    let mut story = governed(vec![("dual-control", policy)]);
    story.ledger.spec.risk = Some(model(100));
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    yes(&mut story, 1, "farah").unwrap();
    (story, id)
}

#[test]
fn a_yes_ends_when_the_risk_moves_into_another_band_and_says_why() {
    let (mut story, id) = story(true);
    assert!(approval(&story, &id).contains("platform (1 of 1: farah)"));
    // Every score is high by now.
    story.ledger.spec.risk = Some(model(1));
    story.pass(Millis::minutes(25 * 60));
    let title = approval(&story, &id);
    assert!(title.contains("platform (0 of 1"), "{title}");
    let deployment::Phase::Gated { reports, .. } = story.state(&id).phase else {
        panic!("it waits");
    };
    let report = reports.into_iter().find(|r| r.gate == GateId::Approval);
    let detail = report.unwrap().detail;
    assert!(
        detail.contains("farah said yes when the risk was low; it is high"),
        "{detail}"
    );
    assert!(
        detail.contains("policies.dual-control.bound-to"),
        "{detail}"
    );
    // The same person may say yes again, now knowing.
    yes(&mut story, 1, "farah").unwrap();
    yes(&mut story, 1, "hugo").unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn a_yes_that_no_policy_binds_to_the_band_stays() {
    let (mut story, id) = story(false);
    story.ledger.spec.risk = Some(model(1));
    story.pass(Millis::minutes(25 * 60));
    let title = approval(&story, &id);
    assert!(title.contains("platform (1 of 1: farah)"), "{title}");
}

#[test]
fn what_was_authorised_is_open_again() {
    let (mut story, id) = story(true);
    let lock = tidegate_core::stream::environment::Command::Hold {
        because: "load test".to_owned(),
        until: None,
        lasting: None,
    };
    let locked = Any::Environment {
        id: env("prod"),
        command: lock,
    };
    let ana = Actor::account("ana", Role::Operator);
    story.ledger.submit(ana, locked).unwrap();
    yes(&mut story, 1, "hugo").unwrap();
    assert!(matches!(state(&story, 1).phase, Phase::Authorised { .. }));
    assert_eq!(story.phase(&id), "waiting");
    story.ledger.spec.risk = Some(model(1));
    story.pass(Millis::minutes(25 * 60));
    assert!(matches!(state(&story, 1).phase, Phase::Open));
    let mut entries = story.ledger.entries.iter().rev();
    let reopened = entries.find(|e| e.entry.kind == "change.reopened/1");
    let body = &reopened.unwrap().entry.body;
    assert!(
        body.contains("farah said yes when the risk was low"),
        "{body}"
    );
}
