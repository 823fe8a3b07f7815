//! Signed votes: whose key, which text, how long. The bytes are checked where a vote is taken; here its finding is given.

use super::*;
use tidegate_core::mandate::Voter;
use tidegate_core::model::person::Row;
use tidegate_core::stream::change::{Presented, statement};
use tidegate_core::time::Timestamp;

const DAY: Millis = Millis::minutes(24 * 60);

/// Two of two teams, signed, each for a day at most; everybody has a key `laptop`, grace had one before.
fn story() -> Story {
    let policy = Policy {
        signed: true,
        valid: Some(DAY),
        ..dual()
    };
    let mut story = governed(vec![("dual-control", policy)]);
    for who in ["farah", "grace", "hugo"] {
        keys(&mut story, who, &[("laptop", who)], &[]);
    }
    keys(
        &mut story,
        "grace",
        &[("laptop", "grace"), ("home", "grace-home")],
        &["grace-lost"],
    );
    story
}

/// The public keys of somebody, by name, and those that count no more.
fn keys(story: &mut Story, who: &str, keys: &[(&str, &str)], revoked: &[&str]) {
    person(story, who, &[who], &[]);
    let row = Row {
        person: who.to_owned(),
        accounts: [who.to_owned()].into_iter().collect(),
        keys: keys
            .iter()
            .map(|(id, public)| ((*id).to_owned(), (*public).to_owned()))
            .collect(),
        revoked: revoked
            .iter()
            .map(|public| ((*public).to_owned(), "old".to_owned()))
            .collect(),
        ..Row::default()
    };
    let text = serde_json::to_string(&row).unwrap();
    let models = &mut story.ledger.models;
    models.insert(("person".to_owned(), who.to_owned()), text);
}

/// What somebody would sign, from when to when.
fn text(story: &Story, who: &str, (at, until): (Timestamp, Timestamp)) -> String {
    let state = state(story, 1);
    let facts = state.facts.as_deref().unwrap();
    let view = story.ledger.view();
    let outlook = change::outlook(&state, &story.ledger.spec, view, story.ledger.now);
    let team = if who == "farah" { "platform" } else { "risk" };
    let voter = Voter {
        person: who.to_owned(),
        instead_of: None,
        team: super::team(team),
        sign: None,
    };
    statement(
        facts,
        &outlook.unwrap().unwrap().parties,
        voter,
        (at, until),
    )
    .unwrap()
}

/// A good text of somebody, for a day from now.
fn now(story: &Story, who: &str) -> String {
    let at = story.ledger.now;
    text(story, who, (at, DAY.after(at)))
}

/// Says yes with a text that was signed with a key of this name; its bytes are those of this public key.
fn signs(
    story: &mut Story,
    who: &str,
    (key, made_by): (&str, Option<&str>),
    statement: String,
) -> Result<String, Refusal> {
    let command = Command::Approve {
        subject: subject(story, 1),
        team: None,
        sign: None,
        instead_of: None,
        reason: String::new(),
        signature: Some(Presented {
            key: key.to_owned(),
            value: "c2ln".to_owned(),
            statement,
            genuine_for: made_by.map(str::to_owned),
        }),
    };
    tell(story, 1, approver(who), command)
}

#[test]
fn a_yes_without_a_signature_is_refused_where_the_policy_wants_one() {
    let mut story = story();
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    refused(
        yes(&mut story, 1, "grace"),
        "a yes counts here only with a signature (policies.dual-control.signed)",
    );
    for who in ["farah", "grace"] {
        let said = now(&story, who);
        signs(&mut story, who, ("laptop", Some(who)), said).unwrap();
    }
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn a_signature_by_any_other_key_than_the_one_that_is_named_is_refused_with_the_reason() {
    let mut story = story();
    story.deploy("web@1.0.0", "prod").unwrap();
    let said = now(&story, "grace");
    let cases = [
        // Nobody known made these bytes.
        (
            ("laptop", None),
            "the signature is wrong: key laptop of grace did not sign this",
        ),
        (("pad", None), "key pad is not registered for grace"),
        (("old", None), "key old of grace was revoked"),
        // Somebody did.
        (
            ("laptop", Some("hugo")),
            "a key of somebody else than grace signed it",
        ),
        (
            ("laptop", Some("grace-home")),
            "another key of grace than laptop signed it",
        ),
        (
            ("laptop", Some("grace-lost")),
            "key laptop of grace was revoked",
        ),
        (("old", Some("grace-lost")), "key old of grace was revoked"),
    ];
    for (key, because) in cases {
        refused(signs(&mut story, "grace", key, said.clone()), because);
    }
    assert!(state(&story, 1).facts.unwrap().votes.is_empty());
}

#[test]
fn a_signature_over_anything_but_this_vote_on_this_plan_is_refused() {
    let mut story = story();
    story.deploy("web@1.0.0", "prod").unwrap();
    let own = ("laptop", Some("grace"));
    let other = "something else was signed than this vote on this plan";
    let good = now(&story, "grace");
    let plan = subject(&story, 1).to_string();
    let elsewhere = good.replace(&plan, &Digest::of(b"another plan").to_string());
    refused(signs(&mut story, "grace", own, elsewhere), other);
    let of_hugo = now(&story, "hugo");
    refused(signs(&mut story, "grace", own, of_hugo), other);
    let unasked = good.replace("\"requesters\":[\"rita\"]", "\"requesters\":[\"hugo\"]");
    assert_ne!(unasked, good);
    refused(signs(&mut story, "grace", own, unasked), other);
    refused(
        signs(&mut story, "grace", own, good.replace("vote/1", "vote/2")),
        "what was signed is no vote: it is `vote/2` and no `vote/1`",
    );
    refused(
        signs(&mut story, "grace", own, good.replacen('{', "{ ", 1)),
        "what was signed is no vote: it is not written canonically",
    );
    refused(
        signs(&mut story, "grace", own, "yes".to_owned()),
        "what was signed is no vote: it is no vote",
    );
    // An older plan: it was good when it was signed.
    let web = crate::world::company::service("web");
    let values = &mut story.ledger.spec.services.get_mut(&web).unwrap().values;
    values.insert("COLOUR".to_owned(), "blue".to_owned());
    story.deploy("web@1.0.0", "prod").unwrap();
    refused(signs(&mut story, "grace", own, good), other);
}

#[test]
fn a_signature_is_given_now_and_for_no_longer_than_the_policy_lets_a_yes_be_good() {
    let mut story = story();
    story.deploy("web@1.0.0", "prod").unwrap();
    let (own, at) = (("laptop", Some("grace")), story.ledger.now);
    let before = at - jiff::SignedDuration::from_mins(6);
    let ahead = at + jiff::SignedDuration::from_mins(6);
    let wrong = [
        (before, at + jiff::SignedDuration::from_mins(1)),
        (ahead, DAY.after(ahead)),
        (at, at),
        (at, DAY.after(at) + jiff::SignedDuration::from_secs(1)),
    ];
    for time in wrong {
        let said = text(&story, "grace", time);
        refused(
            signs(&mut story, "grace", own, said),
            "it must be signed now, and for 1d at most",
        );
    }
    // Shorter is good, and ends then.
    let ends = HOUR.after(at);
    let said = text(&story, "grace", (at, ends));
    signs(&mut story, "grace", own, said).unwrap();
    assert_eq!(state(&story, 1).facts.unwrap().votes[0].until, ends);
}

#[test]
fn a_yes_counts_while_its_person_has_the_key_and_not_for_another_key_of_the_same_name() {
    let mut story = story();
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    let said = now(&story, "grace");
    signs(&mut story, "grace", ("laptop", Some("grace")), said).unwrap();
    let without =
        "approval: platform (0 of 1: asked emil, farah)  risk (0 of 1: asked grace, hugo)";
    assert_ne!(approval_now(&mut story, &id), without);
    keys(&mut story, "grace", &[], &["grace"]);
    assert_eq!(approval_now(&mut story, &id), without);
    keys(&mut story, "grace", &[("laptop", "grace-new")], &["grace"]);
    assert_eq!(approval_now(&mut story, &id), without);
    // Signed again with the new one, it counts.
    let said = now(&story, "grace");
    signs(&mut story, "grace", ("laptop", Some("grace-new")), said).unwrap();
    assert_ne!(approval_now(&mut story, &id), without);
}
