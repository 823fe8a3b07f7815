//! Outages, audits and patches that people declare.

use super::*;

#[test]
fn an_outage_moves_what_it_must_keeps_what_it_can_and_is_refused_on_outdated_ground() {
    let mut story = two_regions();
    // `prod` opens in the evening, `far` on Wednesday; one deployment runs already.
    for (to, allow) in [
        ("prod", "every day 20:00-22:00"),
        ("far", "Wed 09:00-12:00"),
    ] {
        let window = Window {
            allow: words(&[allow]),
            deny: Vec::new(),
            zone: None,
            at_most: None,
        };
        story.ledger.spec.windows.insert(name(to), window);
        environment(&mut story, to).window = Some(name(to));
    }
    let moved = story.deploy("web@1.1.0", "prod").unwrap();
    let kept = story.deploy("web@1.1.0", "far").unwrap();
    let running = story.deploy("web@1.0.0", "staging").unwrap();
    assert_eq!(story.phase(&running), "running");

    let mut outage = what(
        Kind::Outage,
        "The payment network moves",
        once("2026-03-02T18:00:00Z", "2026-03-03T06:00:00Z"),
    );
    outage.scope.environments = vec![env("staging"), env("prod"), env("far")];
    let proposal = proposed(&story, &outage);
    let said: Vec<_> = proposal
        .items
        .iter()
        .map(|item| match &item.work {
            Work::Deployment { id, .. } => (id.as_str(), &item.outcome),
            Work::Departure { .. } => panic!("no train goes here"),
        })
        .collect();
    let to = at("2026-03-03T20:00:00Z");
    assert_eq!(
        said,
        [
            (kept.as_str(), &Outcome::Stays),
            (moved.as_str(), &Outcome::Moves { to }),
            (running.as_str(), &Outcome::GoesOn),
        ]
    );
    assert_eq!(proposal.items[1].tell, ["rita", "team platform"]);
    assert_eq!(
        proposal.summary(),
        "1 move, 1 are under way and go on, 1 stay"
    );

    // Not without saying so, and not on ground that has moved.
    story
        .ask(person("ana"), declare(outage.clone(), None))
        .unwrap_err();
    story.refused("it hits planned work: 1 move");
    let mut other = story.clone();
    let id = other.deploy("web@1.2.0", "prod").unwrap();
    assert_eq!(other.phase(&id), "waiting");
    let answer = other.ask(
        person("ana"),
        declare(outage.clone(), Some(proposal.digest.clone())),
    );
    assert_eq!(answer.unwrap_err().code(), "TG2007");
    assert_eq!(declared(&other.ledger).unwrap(), []);

    let answer = story.ask(person("ana"), declare(outage, Some(proposal.digest)));
    assert_eq!(answer.unwrap(), "outage-1");
    // What it moves is told at once, why included.
    let reports = says(&story, "prod", GateId::Calendar);
    assert!(
        reports.contains("outage-1 (The payment network moves)"),
        "{reports}"
    );
    until(&mut story, "2026-03-04T09:00:00Z");
    assert_eq!(passed(&story, &moved), Some(to));
    assert_eq!(passed(&story, &kept), Some(at("2026-03-04T09:00:00Z")));
    let over: Entry = story.ledger.view().load("outage-1").unwrap();
    assert_eq!(over.phase.name(), "over");
}

#[test]
fn an_audit_that_leaves_no_slot_gives_up_what_would_expire_and_says_why() {
    let mut story = two_regions();
    let window = Window {
        allow: words(&["Tue 20:00-22:00"]),
        deny: Vec::new(),
        zone: None,
        at_most: None,
    };
    story.ledger.spec.windows.insert(name("tuesdays"), window);
    environment(&mut story, "prod").window = Some(name("tuesdays"));
    let id = story.deploy("web@1.1.0", "prod").unwrap();
    let audit = what(
        Kind::Audit,
        "Auditors are here",
        once("2026-03-03T00:00:00Z", "2027-06-01T00:00:00Z"),
    );
    let proposal = proposed(&story, &audit);
    assert_eq!(proposal.items[0].outcome, Outcome::IsCancelled);
    story
        .ask(person("ana"), declare(audit, Some(proposal.digest)))
        .unwrap();
    story.then(&[
        "entry.declared",
        "deployment.cancelled",
        "change.withdrawn",
        "release.stage_failed",
    ]);
    assert_eq!(story.phase(&id), "cancelled");
    let told = story
        .ledger
        .entries
        .iter()
        .rev()
        .find(|e| e.entry.kind.starts_with("deployment.c"));
    let body = &told.unwrap().entry.body;
    assert!(
        body.contains("Auditors are here: audit audit-1 leaves it no slot"),
        "{body}"
    );
}

#[test]
fn a_patch_goes_and_everything_else_makes_way() {
    let mut story = two_regions();
    let mut patch = what(
        Kind::Patch,
        "CVE in the parser",
        once("2026-03-02T09:00:00Z", "2026-03-02T18:00:00Z"),
    );
    patch.lets = vec![release("web@1.1.0")];
    story.ask(person("ana"), declare(patch, None)).unwrap();
    let other = story.deploy("web@1.2.0", "prod").unwrap();
    assert_eq!(story.phase(&other), "waiting");
    let this = story.deploy("web@1.1.0", "prod").unwrap();
    assert_eq!(story.phase(&this), "running");
}
