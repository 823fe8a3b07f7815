//! Who is told what becomes of a change.

use super::*;
use tidegate_core::model::notice::{NOTICES, Row};
use tidegate_core::spec::condition::Condition;

fn told(story: &Story) -> Vec<String> {
    let rows = story.ledger.view().scan(NOTICES, "", 1_000);
    let line = |(_, body): &(String, String)| {
        let row: Row = serde_json::from_str(body).unwrap();
        let mut to: Vec<String> = row.to.into_iter().collect();
        to.extend(row.team.map(|team| format!("team {team}")));
        format!("{} | {} | {}", row.what, to.join(", "), row.because)
    };
    let all: Vec<String> = rows.iter().map(line).collect();
    // What becomes of deployments is told elsewhere.
    let of_changes = [
        "approvals",
        "open again",
        "rejected",
        "still asked",
        "escalated",
        "approved",
        "emergency",
    ];
    all.into_iter()
        .filter(|line| of_changes.iter().any(|word| line.starts_with(word)))
        .collect()
}

#[test]
fn those_who_are_asked_are_reminded_and_others_after_them() {
    let policy = Policy {
        remind_after: Some(HOUR),
        escalate_after: Some(Millis::minutes(120)),
        escalate_to: Some(team("sre")),
        ..dual()
    };
    let mut story = governed(vec![("dual-control", policy)]);
    story.deploy("web@1.0.0", "prod").unwrap();
    yes(&mut story, 1, "farah").unwrap();
    story.pass(Millis::minutes(61));
    assert_eq!(
        told(&story),
        ["still asked | grace, hugo | nobody answered"]
    );
    story.pass(Millis::minutes(61));
    let all = told(&story);
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(all[1].starts_with("escalated | "), "{all:?}");
    assert!(all[1].contains("ines"), "{all:?}");
}

#[test]
fn whoever_said_yes_hears_that_it_is_void_and_whoever_asked_that_somebody_said_no() {
    let mut story = governed(vec![("dual-control", dual())]);
    story.deploy("web@1.0.0", "prod").unwrap();
    yes(&mut story, 1, "farah").unwrap();
    let web = crate::world::company::service("web");
    let web = story.ledger.spec.services.get_mut(&web).unwrap();
    web.values.insert("COLOUR".to_owned(), "blue".to_owned());
    story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(
        told(&story),
        ["approvals void | farah, rita | the plan changed: value COLOUR"]
    );
    let subject = subject(&story, 1);
    let reason = "not agreed".to_owned();
    tell(
        &mut story,
        1,
        approver("hugo"),
        Command::Reject { subject, reason },
    )
    .unwrap();
    assert_eq!(told(&story)[1], "rejected | rita | not agreed");
}

fn successes(number: i64) -> Condition {
    compared("service.successes_90d", ">=", number)
}

#[test]
fn the_team_is_told_when_its_record_takes_the_standard_change_away_and_when_it_comes_back() {
    let rule = |number| {
        let mut policy = classes();
        let standard = policy.classes.get_mut(&ChangeClass::Standard).unwrap();
        standard.when = Some(successes(number));
        policy
    };
    let mut story = governed(vec![("change-classes", rule(0))]);
    let plan = |story: &mut Story, id: &str| _ = story.deploy(id, "prod").unwrap();
    plan(&mut story, "web@1.0.0");
    assert_eq!(
        told(&story),
        [""; 0],
        "there is nothing before it to compare with"
    );
    // As if they were not there any more.
    story.ledger.spec.policies = BTreeMap::from([(name("change-classes"), rule(50))]);
    story.deployed("web@1.1.0", "staging");
    plan(&mut story, "web@1.1.0");
    assert_eq!(
        told(&story),
        [
            "approved beforehand no longer | team platform | service.successes_90d >= 50 (change-classes)"
        ]
    );
    story.ledger.spec.policies = BTreeMap::from([(name("change-classes"), rule(0))]);
    // What waits is looked at again with the outcome itself.
    story.deployed("web@1.2.0", "staging");
    assert_eq!(
        told(&story)[1],
        "approved beforehand again | team platform | service.successes_90d >= 0 (change-classes)"
    );
}

#[test]
fn whoever_is_asked_and_whoever_owns_it_hears_of_an_emergency_at_once() {
    let mut story = governed(vec![("a", classes())]);
    emergency(&mut story, "web@1.0.0", "INC-31").unwrap();
    let told = told(&story);
    let [one] = &told[..] else { panic!("{told:?}") };
    assert!(one.starts_with("emergency | "), "{one}");
    assert!(one.contains("INC-31: "), "{one}");
    insta::assert_snapshot!(one);
}
