//! Go/no-go criteria: agreed beforehand, kept from their instant on, shown by evidence, and asked again at the start.

use super::boards::{NEXT, WED, ask, at, before, cab, gate, on, outcome, sitting};
use super::*;
use tidegate_core::change::criteria::{Criteria, Fulfilment, Reading, digest};
use tidegate_core::spec::{Board, Criterion, Proof};
use tidegate_core::stream::config;
use tidegate_core::stream::meeting::{self, Ballot, Kept, Outcome, read};

fn criterion(text: &str, owner: &str, proof: Proof) -> Criterion {
    Criterion {
        text: text.to_owned(),
        owner: team(owner),
        proof,
    }
}

/// The way back was rehearsed, says sre, within three days; and impact and way back are written down.
fn agreed() -> Criteria {
    BTreeMap::from([
        (
            name("rehearsed"),
            criterion(
                "the way back was rehearsed",
                "sre",
                Proof::Answer {
                    team: team("sre"),
                    valid: Some(Millis::minutes(3 * 24 * 60)),
                },
            ),
        ),
        (
            name("documented"),
            criterion(
                "the way back is written down",
                "platform",
                Proof::Gate {
                    gate: GateId::Documents,
                },
            ),
        ),
    ])
}

/// Frozen on Monday at 14:00, two days before the sitting.
fn strict() -> Board {
    Board {
        criteria: agreed(),
        freeze_criteria: Some("48 hours before".to_owned()),
        ..cab()
    }
}

fn waiting() -> (Story, String) {
    let (mut story, id) = before(strict(), 9);
    let documents = Policy {
        documents: BTreeSet::from([Document::RollbackPlan]),
        ..Policy::default()
    };
    story.ledger.spec.policies = BTreeMap::from([(name("pack"), documents)]);
    story.deployment(&id, deployment::Command::Wake).unwrap();
    (story, id)
}

fn go(story: &mut Story, day: &str, who: &str, criteria: &Criteria) -> Result<String, Refusal> {
    let command = meeting::Command::Vote {
        change: chg(1),
        subject: subject(story, 1),
        criteria: digest(criteria),
        ballot: Ballot::Go,
        team: None,
        instead_of: None,
        reason: String::new(),
    };
    ask(story, day, who, command)
}

fn attest(story: &mut Story, who: &str, id: &str, met: bool) -> Result<String, Refusal> {
    let command = meeting::Command::Attest {
        change: chg(1),
        subject: subject(story, 1),
        criterion: name(id),
        met,
        evidence: "drill 12: 41 s".to_owned(),
    };
    ask(story, WED, who, command)
}

fn document(story: &mut Story) {
    let write = Command::Write {
        document: Document::RollbackPlan,
        text: "route back to 1.0.0".to_owned(),
    };
    tell(story, 1, rita(), write).unwrap();
}

fn readings(story: &Story) -> Vec<(String, Fulfilment)> {
    let facts = sitting(story, WED).facts.unwrap();
    let ledger = &story.ledger;
    let seen = (&ledger.spec, &ledger.origins, ledger.view());
    let all: Vec<Reading> = read(&facts, &facts.items[&chg(1)], seen, ledger.now).unwrap();
    all.into_iter()
        .map(|r| (r.id.to_string(), r.state))
        .collect()
}

fn apply(story: &mut Story, board: Option<Board>, revision: u8) {
    let known: config::Config = story.ledger.view().load(config::Config::KEY).unwrap();
    let before = known.in_force().cloned();
    let digest = tidegate_core::digest::Digest::of(&[revision]);
    let command = config::Command::Apply {
        digest: digest.clone(),
        blob: digest,
        commit: None,
        reason: None,
        parent: before,
        changes: Vec::new(),
        weakens: Vec::new(),
        weakened: config::Weakened::default(),
        concerns: std::collections::BTreeMap::new(),
    };
    let admin = Actor::account("rita", Role::Admin);
    story.ask(admin, Any::Config { command }).unwrap();
    let boards = board.map(|b| (name("cab"), b)).into_iter().collect();
    story.ledger.spec.boards = boards;
    story.ledger.fire(&BTreeSet::from(["config".to_owned()]));
    story.ledger.wake_due();
}

#[test]
fn what_nobody_answered_is_unknown_and_a_go_waits_until_each_criterion_is_met() {
    let (mut story, id) = waiting();
    let report = gate(&story, &id);
    assert!(
        report.detail.starts_with(
            "0 of 2 criteria met; documented unmet (platform), rehearsed unknown (sre)"
        ),
        "{report:?}"
    );
    go(&mut story, WED, "farah", &agreed()).unwrap();
    go(&mut story, WED, "grace", &agreed()).unwrap();
    let Outcome::Decided { decision } = outcome(&story, WED) else {
        panic!("not decided");
    };
    let states: Vec<Fulfilment> = decision.criteria.iter().map(|r| r.state).collect();
    assert_eq!(
        states,
        [Fulfilment::Unmet, Fulfilment::Unknown],
        "kept with the decision"
    );
    let report = gate(&story, &id);
    assert_eq!(
        report.title,
        "board cab said go, and 0 of 2 criteria met; documented unmet (platform), rehearsed unknown (sre)"
    );
    assert_eq!(report.who, ["platform (documented)", "sre (rehearsed)"]);
    document(&mut story);
    attest(&mut story, "ines", "rehearsed", false).unwrap();
    assert_eq!(readings(&story)[1].1, Fulfilment::Unmet);
    assert_eq!(story.phase(&id), "waiting");
    attest(&mut story, "ines", "rehearsed", true).unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn only_the_team_that_is_asked_answers_and_nobody_with_a_part_in_the_change() {
    let (mut story, _) = waiting();
    refused(
        attest(&mut story, "grace", "rehearsed", true),
        "sre answers rehearsed",
    );
    story
        .ledger
        .spec
        .teams
        .get_mut(&team("sre"))
        .unwrap()
        .members = ["ines", "emil"].map(str::to_owned).to_vec();
    refused(
        attest(&mut story, "emil", "rehearsed", true),
        "emil has a part in web@1.0.0 (author",
    );
    refused(
        attest(&mut story, "ines", "documented", true),
        "documented is shown by gate documents, not by an answer",
    );
    refused(
        attest(&mut story, "ines", "lucky", true),
        "cab/2026-11-25 has no criterion `lucky`",
    );
}

#[test]
fn an_answer_ages_and_whoever_left_the_team_answered_for_nobody() {
    let (mut story, id) = waiting();
    document(&mut story);
    story.held("prod", "an audit");
    attest(&mut story, "ines", "rehearsed", true).unwrap();
    go(&mut story, WED, "farah", &agreed()).unwrap();
    go(&mut story, WED, "grace", &agreed()).unwrap();
    assert!(
        gate(&story, &id)
            .title
            .starts_with("board cab said go, Mon 23 Nov")
    );
    story.pass(Millis::minutes(3 * 24 * 60));
    let report = gate(&story, &id);
    assert!(
        report
            .title
            .ends_with("1 of 2 criteria met; rehearsed unknown (sre)"),
        "{report:?}"
    );
    assert_eq!(
        report.detail,
        "rehearsed: the answer of ines is too old: drill 12: 41 s"
    );
    attest(&mut story, "ines", "rehearsed", true).unwrap();
    assert_eq!(readings(&story)[1].1, Fulfilment::Met);
    story
        .ledger
        .spec
        .teams
        .get_mut(&team("sre"))
        .unwrap()
        .members = vec!["hugo".to_owned()];
    assert_eq!(readings(&story)[1].1, Fulfilment::Unknown);
}

#[test]
fn an_answer_and_a_vote_are_for_the_plan_and_the_criteria_that_were_looked_at() {
    let (mut story, _) = waiting();
    attest(&mut story, "ines", "rehearsed", true).unwrap();
    let mut other = agreed();
    other.remove(&name("documented"));
    refused(
        go(&mut story, WED, "farah", &other),
        "which are now sha256:",
    );
    refused(
        go(&mut story, WED, "farah", &BTreeMap::new()),
        "this vote does not say which criteria of cab/2026-11-25 it is for",
    );
    go(&mut story, WED, "farah", &agreed()).unwrap();
    let web = crate::world::company::service("web");
    let web = story.ledger.spec.services.get_mut(&web).unwrap();
    web.values.insert("LIMIT".to_owned(), "2".to_owned());
    story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(
        readings(&story)[1].1,
        Fulfilment::Unknown,
        "it was about another plan"
    );
}

#[test]
fn criteria_stay_as_they_are_from_their_instant_on_until_whoever_leads_decides_otherwise() {
    let (mut story, id) = waiting();
    document(&mut story);
    let mut softer = strict();
    softer.criteria.remove(&name("rehearsed"));
    apply(&mut story, Some(softer.clone()), 1);
    assert!(
        sitting(&story, WED).facts.unwrap().criteria.is_following(),
        "it is 09:00"
    );
    assert_eq!(readings(&story).len(), 1);
    apply(&mut story, Some(strict()), 2);
    story.pass(Millis::minutes(5 * 60));
    let Kept::Frozen { at: since, .. } = sitting(&story, WED).facts.unwrap().criteria else {
        panic!("not frozen at 14:00");
    };
    assert_eq!(since, at("2026-11-23T14:00:00Z"));
    apply(&mut story, Some(softer.clone()), 3);
    assert_eq!(readings(&story).len(), 2, "an edit changes nothing");
    let facts = sitting(&story, WED).facts.unwrap();
    let board = &story.ledger.spec.boards[&name("cab")];
    assert_eq!(
        facts.differs(Some(board)),
        ["rehearsed is no longer asked: the way back was rehearsed"]
    );
    go(&mut story, WED, "farah", &agreed()).unwrap();
    go(&mut story, WED, "grace", &agreed()).unwrap();
    assert_eq!(story.phase(&id), "waiting");

    let adopt = || meeting::Command::Adopt {
        reason: "the drill moved to January".to_owned(),
    };
    refused(
        ask(&mut story, WED, "grace", adopt()),
        "those who lead the board do",
    );
    ask(&mut story, WED, "ines", adopt()).unwrap();
    let changed = story.ledger.entries.iter().rev();
    let mut changed = changed.filter(|e| e.entry.kind == "meeting.criteria_changed/1");
    let body = &changed.next().expect("it is recorded").entry.body;
    assert!(
        body.contains(r#""void":["CHG-1"]"#),
        "every vote was for those before: {body}"
    );
    assert_eq!(outcome(&story, WED), Outcome::Undecided);
    refused(
        ask(&mut story, WED, "ines", adopt()),
        "the configuration has the same criteria",
    );
    go(&mut story, WED, "farah", &softer.criteria).unwrap();
    go(&mut story, WED, "grace", &softer.criteria).unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn an_edit_after_the_instant_and_before_anything_was_on_the_agenda_changes_nothing_either() {
    let (mut story, first) = before(strict(), 2);
    story.succeeds(&first);
    story.pass(Millis::minutes(6 * 60));
    assert_eq!(sitting(&story, WED).facts, None, "nothing needed it");
    apply(&mut story, Some(cab()), 1);
    let facts = sitting(&story, WED).facts.unwrap();
    assert_eq!(facts.id, on(WED));
    assert_eq!(facts.criteria(Some(&cab())), agreed());
    assert_eq!(
        sitting(&story, NEXT).facts,
        None,
        "the sitting after that is still open"
    );
}

#[test]
fn a_decision_whose_criteria_changed_after_the_sitting_is_decided_at_the_next_one() {
    let (mut story, _) = waiting();
    go(&mut story, WED, "farah", &agreed()).unwrap();
    go(&mut story, WED, "grace", &agreed()).unwrap();
    story.pass(Millis::minutes(60 * 60));
    let mut softer = strict();
    softer.criteria.remove(&name("rehearsed"));
    apply(&mut story, Some(softer), 1);
    let adopt = meeting::Command::Adopt {
        reason: "no drill this year".to_owned(),
    };
    ask(&mut story, WED, "ines", adopt).unwrap();
    let Outcome::Moved { to, because } = outcome(&story, WED) else {
        panic!("{:?}", outcome(&story, WED));
    };
    assert_eq!(
        (to, because.as_str()),
        (on(NEXT), "its criteria were changed")
    );
    assert_eq!(outcome(&story, NEXT), Outcome::Undecided);
}
