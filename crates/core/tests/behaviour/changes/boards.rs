//! What a board decides about, who counts in it, and what becomes of items that it does not decide.

use super::*;
use crate::world::company::bits;
use tidegate_core::gate::{GateOutcome, GateReport};
use tidegate_core::spec::{Board, Seats};
use tidegate_core::stream::artifact;
use tidegate_core::stream::meeting::{
    self, Ballot, Meeting, MeetingId, Outcome, Phase as Sitting, Ruling,
};
use tidegate_core::time::Timestamp;

const DAY: Millis = Millis::minutes(24 * 60);

/// Rita, farah and emil are of platform, grace and hugo of risk, ines of sre. Rita asks for everything and emil wrote it.
pub(super) fn cab() -> Board {
    let seats = |name: &str| Seats {
        team: team(name),
        count: 1,
    };
    Board {
        meets: "every week on Wed at 14:00".to_owned(),
        zone: None,
        first: None,
        lasts: HOUR,
        chair: Some(team("sre")),
        members: vec![seats("platform"), seats("risk"), seats("sre")],
        quorum: 2,
        reviews: many_commits(),
        agenda_closes: Some("24h before".to_owned()),
        criteria: BTreeMap::new(),
        freeze_criteria: None,
    }
}

fn many_commits() -> Condition {
    Condition {
        text: "change.size >= 3".to_owned(),
        expr: Expr::Pair {
            op: Op::Ge,
            left: Box::new(Expr::Fact {
                name: "change.size".to_owned(),
            }),
            right: Box::new(Expr::Value {
                value: Value::Int(3),
            }),
        },
    }
}

fn register(story: &mut Story, id: &str, commits: u32) {
    let told = artifact::Command::Register {
        bits: artifact::Bits {
            authors: vec!["emil".to_owned()],
            commits: Some(commits),
            migrates: Some(false),
            ..bits(id)
        },
    };
    story.artifact(id, told).unwrap();
}

/// Monday morning: `web@1.0.0` is in production's queue, with a board that meets on Wednesdays. With `commits` of it.
pub(super) fn before(board: Board, commits: u32) -> (Story, String) {
    let mut story = governed(vec![]);
    for who in ["rita", "farah", "emil", "grace", "hugo", "ines"] {
        person(&mut story, who, &[who], &[]);
    }
    for id in ["web@1.0.0", "web@1.1.0"] {
        register(&mut story, id, commits);
    }
    story.ledger.spec.boards = BTreeMap::from([(name("cab"), board)]);
    story.ledger.now = "2026-11-23T09:00:00Z".parse().unwrap();
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    (story, id)
}

pub(super) fn on(day: &str) -> MeetingId {
    format!("cab/{day}").parse().unwrap()
}

pub(super) fn sitting(story: &Story, day: &str) -> Meeting {
    story.ledger.view().load(&on(day).key()).unwrap()
}

pub(super) fn outcome(story: &Story, day: &str) -> Outcome {
    let facts = sitting(story, day).facts.expect("it was called");
    facts.items[&chg(1)].outcome.clone()
}

pub(super) fn ask(
    story: &mut Story,
    day: &str,
    who: &str,
    command: meeting::Command,
) -> Result<String, Refusal> {
    let id = on(day);
    story.ask(approver(who), Any::Meeting { id, command })
}

fn says(story: &mut Story, day: &str, who: &str, ballot: Ballot) -> Result<String, Refusal> {
    let command = meeting::Command::Vote {
        change: chg(1),
        subject: subject(story, 1),
        criteria: None,
        ballot,
        team: None,
        instead_of: None,
        reason: "because".to_owned(),
    };
    ask(story, day, who, command)
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn gate(story: &Story, id: &str) -> GateReport {
    let deployment::Phase::Gated { reports, .. } = story.state(id).phase else {
        panic!("{id} is not at its gates");
    };
    let mut found = reports.into_iter().filter(|r| r.gate == GateId::Board);
    found.next().unwrap()
}

pub(super) const WED: &str = "2026-11-25";
pub(super) const NEXT: &str = "2026-12-02";

#[test]
fn what_needs_a_board_comes_onto_its_agenda_and_waits_until_two_members_say_go() {
    let (mut story, id) = before(cab(), 9);
    assert_eq!(sitting(&story, WED).phase, Sitting::Called);
    let report = gate(&story, &id);
    assert_eq!(
        report.title,
        "board cab decides, Wed 25 Nov 2026 14:00 UTC: 0 of 2 votes"
    );
    assert_eq!(report.who, ["farah", "grace", "hugo", "ines"]);
    assert_eq!(report.rule.as_deref(), Some("boards.cab.reviews"));
    let GateOutcome::Wait { at: until, .. } = report.outcome else {
        panic!("{report:?}");
    };
    assert_eq!(until, at("2026-11-25T14:00:00Z"));
    says(&mut story, WED, "farah", Ballot::Go).unwrap();
    assert_eq!(
        gate(&story, &id).title,
        "board cab decides, Wed 25 Nov 2026 14:00 UTC: 1 of 2 votes: farah go"
    );
    says(&mut story, WED, "grace", Ballot::Go).unwrap();
    assert_eq!(story.phase(&id), "running");
    let Outcome::Decided { decision } = outcome(&story, WED) else {
        panic!("not decided");
    };
    assert_eq!((decision.ruling, decision.counted.len()), (Ruling::Go, 2));
}

#[test]
fn what_the_rule_does_not_name_never_comes_onto_an_agenda() {
    let (story, id) = before(cab(), 2);
    assert_eq!(story.phase(&id), "running");
    assert_eq!(sitting(&story, WED).phase, Sitting::Absent);
}

#[test]
fn a_fact_that_is_not_known_counts_as_if_the_rule_held() {
    let mut story = governed(vec![]);
    story.ledger.spec.boards = BTreeMap::from([(name("cab"), cab())]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    assert!(
        gate(&story, &id).title.starts_with("board cab decides"),
        "{}",
        gate(&story, &id).title
    );
}

#[test]
fn standard_changes_never_come_to_a_board_and_neither_do_emergencies() {
    let mut all = cab();
    all.reviews = Condition {
        text: "true".to_owned(),
        expr: Expr::Value {
            value: Value::Bool(true),
        },
    };
    let (mut story, _) = before(all.clone(), 2);
    assert_eq!(sitting(&story, WED).phase, Sitting::Called);
    story.ledger.spec.policies = BTreeMap::from([(name("classes"), classes())]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(
        story.phase(&id),
        "running",
        "two commits are a standard change"
    );
    assert!(matches!(outcome(&story, WED), Outcome::Dropped { .. }));
    let (mut story, id) = before(all, 9);
    story.ledger.spec.policies = BTreeMap::from([(name("classes"), classes())]);
    emergency(&mut story, "web@1.0.0", "INC-1").unwrap();
    story.deployment(&id, deployment::Command::Wake).unwrap();
    let title = gate(&story, &id).title;
    assert!(
        title.starts_with("no board is needed (class emergency"),
        "{title}"
    );
}

#[test]
fn whoever_asked_for_it_or_wrote_it_has_no_vote_through_any_account() {
    let (mut story, _) = before(cab(), 9);
    person(&mut story, "rita", &["rita", "rr"], &[]);
    let go = |story: &mut Story, who| says(story, WED, who, Ballot::Go);
    refused(
        go(&mut story, "rita"),
        "rita has a part in web@1.0.0 (requester",
    );
    refused(
        go(&mut story, "rr"),
        "rita has a part in web@1.0.0 (requester",
    );
    refused(
        go(&mut story, "emil"),
        "emil has a part in web@1.0.0 (author",
    );
    go(&mut story, "grace").unwrap();
    refused(
        go(&mut story, "grace"),
        "grace has said go about CHG-1 already",
    );
    let stranger = go(&mut story, "otto");
    refused(
        stranger,
        "otto has no seat; seats are for platform, risk, sre",
    );
}

#[test]
fn two_members_of_one_team_have_one_seat() {
    let (mut story, id) = before(cab(), 9);
    says(&mut story, WED, "grace", Ballot::Go).unwrap();
    says(&mut story, WED, "hugo", Ballot::Go).unwrap();
    assert!(gate(&story, &id).title.ends_with("1 of 2 votes: grace go"));
    says(&mut story, WED, "ines", Ballot::Go).unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn a_voter_who_turns_out_to_be_the_requester_takes_the_decision_along() {
    let (mut story, id) = before(cab(), 9);
    story.held("prod", "an audit");
    says(&mut story, WED, "farah", Ballot::Go).unwrap();
    says(&mut story, WED, "grace", Ballot::Go).unwrap();
    person(&mut story, "rita", &["rita", "farah"], &[]);
    story.deployment(&id, deployment::Command::Wake).unwrap();
    assert_eq!(
        gate(&story, &id).title,
        "the go of board cab does not stand: farah counts no more, so 1 of 2 is left"
    );
}

/// When a no-go is looked at again.
fn again() -> tidegate_core::time::Timestamp {
    "2026-12-02T09:00:00Z".parse().unwrap()
}

#[test]
fn a_no_go_says_when_it_is_looked_at_again() {
    let (mut story, _) = before(cab(), 9);
    let next = "2020-01-01T00:00:00Z".parse().unwrap();
    refused(
        says(&mut story, WED, "grace", Ballot::NoGo { next }),
        "a no-go is looked at again",
    );
    says(&mut story, WED, "grace", Ballot::NoGo { next: again() }).unwrap();
}

#[test]
fn disagreement_is_decided_when_the_rest_cannot_turn_it_and_dissent_is_kept() {
    let (mut story, id) = before(cab(), 9);
    says(&mut story, WED, "farah", Ballot::Go).unwrap();
    says(&mut story, WED, "grace", Ballot::NoGo { next: again() }).unwrap();
    assert_eq!(outcome(&story, WED), Outcome::Undecided);
    says(&mut story, WED, "ines", Ballot::NoGo { next: again() }).unwrap();
    let Outcome::Decided { decision } = outcome(&story, WED) else {
        panic!("not decided");
    };
    assert_eq!(decision.ruling, Ruling::NoGo);
    assert_eq!(decision.next(), Some(again()));
    let way = gate(&story, &id).detail;
    assert!(way.starts_with("looked at again "), "{way}");
    assert_eq!(decision.dissent, ["farah"]);
    assert!(
        gate(&story, &id).title.starts_with("board cab said no-go"),
        "{}",
        gate(&story, &id).title
    );
    refused(
        says(&mut story, WED, "hugo", Ballot::Go),
        "CHG-1 is decided: no-go",
    );
    assert_eq!(story.release_state("web@1.0.0").phase.name(), "rolling");
}

#[test]
fn a_changed_plan_reopens_the_item_and_a_vote_on_the_old_one_is_refused() {
    let (mut story, _) = before(cab(), 9);
    let old = subject(&story, 1);
    says(&mut story, WED, "farah", Ballot::Go).unwrap();
    let web = story
        .ledger
        .spec
        .services
        .get_mut(&crate::world::company::service("web"));
    web.unwrap()
        .values
        .insert("LIMIT".to_owned(), "2".to_owned());
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    let facts = sitting(&story, WED).facts.unwrap();
    assert!(
        facts.items[&chg(1)].votes.is_empty(),
        "its votes were for another plan"
    );
    let stale = meeting::Command::Vote {
        change: chg(1),
        subject: old,
        criteria: None,
        ballot: Ballot::Go,
        team: None,
        instead_of: None,
        reason: String::new(),
    };
    refused(ask(&mut story, WED, "grace", stale), "which is now sha256:");
    says(&mut story, WED, "farah", Ballot::Go).unwrap();
    says(&mut story, WED, "grace", Ballot::Go).unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn a_condition_is_a_gate_until_somebody_without_a_part_confirms_it() {
    let (mut story, id) = before(cab(), 9);
    let repeated = Ballot::GoIf {
        text: "load test repeated".to_owned(),
        owner: "emil".to_owned(),
        until: at("2026-11-26T12:00:00Z"),
    };
    says(&mut story, WED, "farah", Ballot::Go).unwrap();
    says(&mut story, WED, "grace", repeated).unwrap();
    assert_eq!(
        gate(&story, &id).title,
        "board cab said go, if: 1 load test repeated (emil until Thu 26 Nov 2026 12:00 UTC)"
    );
    let met = |number| meeting::Command::Confirm {
        change: chg(1),
        condition: number,
        evidence: "run 4711".to_owned(),
    };
    refused(
        ask(&mut story, WED, "emil", met(1)),
        "emil has a part in web@1.0.0 (author",
    );
    refused(
        ask(&mut story, WED, "rita", met(1)),
        "rita has a part in web@1.0.0 (requester",
    );
    refused(
        ask(&mut story, WED, "hugo", met(2)),
        "CHG-1 has no open condition 2",
    );
    ask(&mut story, WED, "hugo", met(1)).unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn a_condition_that_nobody_met_in_time_takes_the_item_to_the_next_sitting() {
    let (mut story, id) = before(cab(), 9);
    let tomorrow = Ballot::GoIf {
        text: "load test repeated".to_owned(),
        owner: "emil".to_owned(),
        until: at("2026-11-24T12:00:00Z"),
    };
    says(&mut story, WED, "farah", Ballot::Go).unwrap();
    says(&mut story, WED, "grace", tomorrow).unwrap();
    story.pass(Millis::minutes(28 * 60));
    let Outcome::Moved { to, because } = outcome(&story, WED) else {
        panic!("{:?}", outcome(&story, WED));
    };
    assert_eq!(to, on(NEXT));
    assert_eq!(
        because,
        "condition 1 was not met in time: load test repeated"
    );
    assert_eq!(outcome(&story, NEXT), Outcome::Undecided);
    assert!(
        gate(&story, &id)
            .title
            .starts_with("board cab decides, Wed 2 Dec 2026")
    );
}

#[test]
fn without_a_quorum_an_item_moves_on_with_its_votes() {
    let (mut story, id) = before(cab(), 9);
    says(&mut story, WED, "grace", Ballot::Go).unwrap();
    story.pass(Millis::minutes(54 * 60 + 1));
    assert!(matches!(sitting(&story, WED).phase, Sitting::Closed { .. }));
    let Outcome::Moved { because, .. } = outcome(&story, WED) else {
        panic!("{:?}", outcome(&story, WED));
    };
    assert_eq!(because, "no quorum: 1 of 2 votes: grace go");
    says(&mut story, NEXT, "ines", Ballot::Go).unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn a_server_that_was_away_counts_the_votes_that_were_given_and_moves_the_rest() {
    let (mut story, id) = before(cab(), 9);
    says(&mut story, WED, "grace", Ballot::Go).unwrap();
    story.sleep(Millis::minutes(5 * 24 * 60));
    assert!(matches!(sitting(&story, WED).phase, Sitting::Closed { .. }));
    assert_eq!(outcome(&story, NEXT), Outcome::Undecided);
    says(&mut story, NEXT, "farah", Ballot::Go).unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn what_comes_after_the_agenda_closed_is_refused_there_and_decided_at_the_next_sitting() {
    let (mut story, id) = before(cab(), 2);
    story.succeeds(&id);
    story.pass(Millis::minutes(31 * 60));
    register(&mut story, "web@1.2.0", 9);
    story.deployed("web@1.2.0", "staging");
    let id = story.deploy("web@1.2.0", "prod").unwrap();
    let late = sitting(&story, WED).facts.unwrap().late;
    let (change, to) = late.first_key_value().unwrap();
    assert_eq!(*to, on(NEXT));
    let facts = sitting(&story, NEXT).facts.unwrap();
    let from = facts.items[change].topic.from.clone().unwrap();
    assert_eq!(
        from.because,
        "it came after the agenda of cab/2026-11-25 had closed Tue 24 Nov 2026 14:00 UTC"
    );
    assert!(
        gate(&story, &id)
            .title
            .starts_with("board cab decides, Wed 2 Dec 2026 14:00")
    );
    let vote = meeting::Command::Vote {
        change: change.clone(),
        subject: facts.items[change].topic.subject.clone(),
        criteria: None,
        ballot: Ballot::Go,
        team: None,
        instead_of: None,
        reason: String::new(),
    };
    refused(
        ask(&mut story, WED, "grace", vote),
        "came after the agenda of cab/2026-11-25 had closed",
    );
}

#[test]
fn an_expert_is_asked_first_and_whoever_leads_answers_when_it_is_overdue() {
    let (mut story, id) = before(cab(), 9);
    let context = |until: &str| Ballot::NeedsContext {
        expert: "emil".to_owned(),
        due: at(until),
    };
    says(&mut story, WED, "grace", context("2026-11-24T12:00:00Z")).unwrap();
    says(&mut story, WED, "farah", Ballot::Go).unwrap();
    says(&mut story, WED, "grace", Ballot::Go).unwrap();
    assert_eq!(
        outcome(&story, WED),
        Outcome::Undecided,
        "emil is asked first"
    );
    assert!(
        gate(&story, &id)
            .title
            .ends_with("waits for context from emil")
    );
    let answer = || meeting::Command::Answer {
        change: chg(1),
        text: "the index is built online".to_owned(),
    };
    refused(ask(&mut story, WED, "ines", answer()), "emil is asked");
    story.pass(Millis::minutes(28 * 60));
    let Outcome::Moved { because, .. } = outcome(&story, WED) else {
        panic!("{:?}", outcome(&story, WED));
    };
    assert_eq!(because, "emil did not answer in time");
    refused(ask(&mut story, NEXT, "hugo", answer()), "emil is asked");
    ask(&mut story, NEXT, "ines", answer()).unwrap();
    assert_eq!(story.phase(&id), "running", "the votes were there already");
}

#[test]
fn whoever_leads_the_board_opens_it_early_and_nobody_else() {
    let (mut story, _) = before(cab(), 9);
    let open = || meeting::Command::Open {
        reason: "it is urgent".to_owned(),
    };
    refused(
        ask(&mut story, WED, "grace", open()),
        "those who lead the board do",
    );
    ask(&mut story, WED, "ines", open()).unwrap();
    assert!(matches!(sitting(&story, WED).phase, Sitting::Open { .. }));
    story.pass(HOUR);
    assert!(matches!(sitting(&story, WED).phase, Sitting::Closed { .. }));
    assert_eq!(outcome(&story, NEXT), Outcome::Undecided);
}

#[test]
fn a_board_with_other_rules_takes_its_items_along_and_one_that_is_gone_lets_them_go() {
    let (mut story, id) = before(cab(), 9);
    let board = story.ledger.spec.boards.get_mut(&name("cab")).unwrap();
    board.meets = "every week on Fri at 10:00".to_owned();
    story.ledger.fire(&BTreeSet::from(["config".to_owned()]));
    story.ledger.wake_due();
    assert!(matches!(sitting(&story, WED).phase, Sitting::Closed { .. }));
    assert_eq!(outcome(&story, "2026-11-27"), Outcome::Undecided);
    assert!(
        gate(&story, &id)
            .title
            .starts_with("board cab decides, Fri 27 Nov 2026 10:00")
    );
    story.ledger.spec.boards.clear();
    story.ledger.fire(&BTreeSet::from(["config".to_owned()]));
    story.ledger.wake_due();
    assert_eq!(story.phase(&id), "running");
    story.pass(DAY);
    assert!(matches!(
        outcome(&story, "2026-11-27"),
        Outcome::Dropped { .. }
    ));
}
