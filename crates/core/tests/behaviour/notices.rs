//! Nothing changes silently: whoever asked, whoever decides and whoever answers is told, once.

use crate::freezes::{asks, decides, declared, finance, grant, lift};
use crate::trains::{at, join, retail, tell, with};
use crate::world::story::{Story, running};
use tidegate_core::model::notice::{NOTICES, Row};
use tidegate_core::spec::{FreezePolicy, KnownIssue};
use tidegate_core::stream::departure;
use tidegate_core::stream::deployment;
use tidegate_core::time::Millis;

/// `what | about | to | because`, the oldest first.
fn told(story: &Story) -> Vec<String> {
    let rows = story.ledger.view().scan(NOTICES, "", 1_000);
    let line = |(_, body): &(String, String)| {
        let row: Row = serde_json::from_str(body).unwrap();
        let releases: Vec<String> = row.releases.iter().map(ToString::to_string).collect();
        let mut to: Vec<String> = row.to.into_iter().collect();
        to.extend(row.team.map(|team| format!("team {team}")));
        let moved = match (row.before, row.now) {
            (Some(before), Some(now)) => format!(" {before} to {now}"),
            (Some(at), None) | (None, Some(at)) => format!(" {at}"),
            (None, None) => String::new(),
        };
        let (what, about, to) = (row.what, releases.join(", "), to.join(", "));
        format!("{what}{moved} | {about} | {to} | {}", row.because)
    };
    rows.iter().map(line).collect()
}

#[test]
fn whoever_asked_hears_of_a_deployment_that_was_moved_replaced_or_given_up() {
    let mut story = running();
    let freeze = declared(
        &mut story,
        "outage",
        Some(Millis::minutes(60)),
        FreezePolicy::default(),
    );
    let first = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(told(&story), [""; 0], "who asked was answered at once");
    let later = declared(
        &mut story,
        "audit",
        Some(Millis::minutes(120)),
        FreezePolicy::default(),
    );
    story.deployment(&first, deployment::Command::Wake).unwrap();
    let second = story.deploy("web@1.2.0", "staging").unwrap();
    let reason = "not today".to_owned();
    let abort = deployment::Command::Abort { reason };
    story.deployment(&second, abort).unwrap();
    insta::assert_snapshot!(told(&story).join("\n"));
    // The same is not told again by looking again.
    let before = told(&story).len();
    lift(&mut story, &freeze);
    lift(&mut story, &later);
    story.pass(Millis::minutes(5));
    assert_eq!(told(&story).len(), before);
}

#[test]
fn who_decides_hears_that_an_exception_is_asked_for_and_who_asked_what_became_of_it() {
    let mut story = running();
    let policy = finance(&mut story);
    declared(&mut story, "outage", None, policy);
    asks(&mut story, "outage", "web@1.1.0", None).unwrap();
    decides(&mut story, "hugo", "EXC-1", grant()).unwrap();
    story.pass(Millis::minutes(24 * 60));
    insta::assert_snapshot!(told(&story).join("\n"));
}

#[test]
fn everybody_aboard_hears_of_another_date() {
    let mut story = with(retail());
    join(&mut story, 1, "web@1.1.0").unwrap();
    let before = told(&story).len();
    let to = Some(at("2026-03-05T09:00:00Z"));
    let reason = "the office is closed".to_owned();
    tell(&mut story, 1, departure::Command::Postpone { to, reason }).unwrap();
    let reason = "nothing to ship".to_owned();
    let moves = true;
    tell(&mut story, 1, departure::Command::Cancel { reason, moves }).unwrap();
    insta::assert_snapshot!(told(&story)[before..].join("\n"));
    // Nobody is aboard the one after it but who moved there; the others have nobody to tell.
    let reason = "nobody wants it".to_owned();
    let before = told(&story).len();
    tell(&mut story, 3, departure::Command::Cancel { reason, moves }).unwrap();
    assert_eq!(told(&story).len(), before);
}

#[test]
fn what_is_known_to_be_wrong_is_told_when_it_arrives_and_again_when_it_is_mended() {
    let mut story = running();
    let web = crate::world::company::service("web");
    let web = story.ledger.spec.services.get_mut(&web).unwrap();
    web.known_issues = vec![KnownIssue {
        since: Some(semver::Version::new(1, 1, 0)),
        fixed_in: Some(semver::Version::new(1, 2, 0)),
        workaround: Some("split them".to_owned()),
        ..KnownIssue::of_text("large refunds time out".to_owned())
    }];
    for release in ["web@1.1.0", "web@1.2.0"] {
        story.deployed(release, "staging");
    }
    insta::assert_snapshot!(told(&story).join("\n"));
}
