//! Questions about the risk that people answer, and what an answer changes.

use super::*;
use tidegate_core::spec::{RiskFactor, RiskModel, RiskQuestion, Scope};
use tidegate_core::stream::release;

fn asked() -> RiskQuestion {
    let answers = [("done", 0), ("missing", 100)];
    RiskQuestion {
        ask: "Was the way back rehearsed?".to_owned(),
        factor: RiskFactor::Rollback,
        share: 100,
        answers: answers.into_iter().map(|(a, n)| (name(a), n)).collect(),
        scope: Scope::default(),
    }
}

/// Only the answer counts: low when it is done, and then nobody is asked.
fn story() -> (Story, String) {
    let low = compared("risk.score", "<", 50);
    let mut policy = classes();
    policy.classes.get_mut(&ChangeClass::Standard).unwrap().when = Some(low);
    let mut story = governed(vec![("change-classes", policy)]);
    let spec = &mut story.ledger.spec;
    spec.risk = Some(RiskModel {
        weights: BTreeMap::from([(RiskFactor::Rollback, 100)]),
        ..RiskModel::default()
    });
    spec.risk_questions = BTreeMap::from([(name("rehearsed"), asked())]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    (story, id)
}

fn answer(story: &mut Story, question: &str, answer: &str) -> Result<String, Refusal> {
    let command = release::Command::Answer {
        answers: BTreeMap::from([(name(question), name(answer))]),
        reason: "drill 12".to_owned(),
    };
    let id = release("web@1.0.0");
    let asked = Any::Release { id, command };
    story.ledger.submit(rita(), asked)
}

#[test]
fn an_open_question_counts_at_its_worst_and_its_answer_lets_the_change_go() {
    let (mut story, id) = story();
    assert_eq!(story.phase(&id), "waiting");
    assert_eq!(state(&story, 1).facts.unwrap().assessed.unwrap().risk, 100);
    answer(&mut story, "rehearsed", "missing").unwrap();
    story.pass(Millis::secs(1));
    assert_eq!(story.phase(&id), "waiting");
    answer(&mut story, "rehearsed", "done").unwrap();
    story.pass(Millis::secs(1));
    let assessed = state(&story, 1).facts.unwrap().assessed.unwrap();
    assert_eq!((assessed.risk, assessed.class), (0, ChangeClass::Standard));
    assert_eq!(story.phase(&id), "running");
    let kept = story.ledger.entries.iter().rev();
    let kept = kept.clone().find(|e| e.entry.kind == "release.answered/1");
    let body = &kept.unwrap().entry.body;
    assert!(body.contains("\"answer\":\"done\""), "{body}");
    assert!(body.contains("\"by\":\"rita\""), "{body}");
}

#[test]
fn what_is_no_question_or_no_answer_is_refused_with_those_there_are() {
    let (mut story, _) = story();
    let refusal = answer(&mut story, "rehersed", "done").unwrap_err();
    assert_eq!(refusal.help(), "questions are: rehearsed");
    let refusal = answer(&mut story, "rehearsed", "yes").unwrap_err();
    assert_eq!(refusal.help(), "answer one of: done, missing");
}

#[test]
fn the_same_answer_again_is_nothing_new() {
    let (mut story, _) = story();
    answer(&mut story, "rehearsed", "missing").unwrap();
    let before = story.ledger.entries.len();
    answer(&mut story, "rehearsed", "missing").unwrap();
    assert_eq!(story.ledger.entries.len(), before);
}
