//! Risk: what the score of a change looks at, what makes it fall, and what outcomes teach.

use crate::world::company::{env, release, service};
use crate::world::story::{Story, given, running};
use std::fmt::Write as _;
use tidegate_core::gate::Purpose;
use tidegate_core::plan::Plan;
use tidegate_core::risk::{self, Score, Subject, Told};
use tidegate_core::spec::condition::{Condition, Expr, FACTS, Facts, Op, Value};
use tidegate_core::spec::{Audience, ChangeClass, DataClass, RiskFactor, RiskModel};
use tidegate_core::stream::deployment::Command;
use tidegate_core::time::Millis;

const DAY: u64 = 24 * 60;

fn subject<'a>(story: &'a Story, plan: &'a Plan, purpose: Purpose, told: &Told) -> Subject<'a> {
    Subject {
        plan: &plan.body,
        purpose,
        release: &plan.body.to.release,
        now: story.ledger.now,
        spec: &story.ledger.spec,
        view: &story.ledger,
        told: told.clone(),
    }
}

fn score(story: &Story, id: &str, to: &str, told: &Told) -> Score {
    let plan = story.plan(id, to, Purpose::Promote).unwrap();
    risk::score(&subject(story, &plan, Purpose::Promote, told))
}

fn text(score: &Score) -> String {
    let mut out = format!("{score}\n");
    for factor in &score.factors {
        let _ = writeln!(
            out,
            "  {:<11} {:>2} of {:>2}   {:>3}%",
            factor.name.as_str(),
            factor.points,
            factor.weight,
            factor.level
        );
        for input in &factor.inputs {
            let missing = if input.missing { "   not known" } else { "" };
            let _ = writeln!(
                out,
                "    {:>3}% of {:>3}%  {} ({}){missing}",
                input.level, input.share, input.text, input.source
            );
        }
    }
    for lever in score.levers().iter().take(3) {
        let _ = writeln!(
            out,
            "  -{} {}: {}",
            lever.points,
            lever.factor.as_str(),
            lever.input.lower
        );
    }
    out
}

fn input<'a>(score: &'a Score, factor: RiskFactor, part: &str) -> &'a risk::Input {
    let factor = score.factors.iter().find(|f| f.name == factor).unwrap();
    let found = factor.inputs.iter().find(|i| i.text.contains(part));
    found.unwrap_or_else(|| panic!("{part} in {:?}", factor.inputs))
}

/// A release of the web goes to staging and proves itself, or is taken back.
fn staged(story: &mut Story, id: &str) {
    story.deployed(id, "staging");
}

#[test]
fn the_score_of_a_first_install_and_of_a_routine_update() {
    let mut story = given(&["web@1.0.0", "web@1.1.0"]);
    let first = text(&score(&story, "web@1.0.0", "staging", &Told::default()));
    staged(&mut story, "web@1.0.0");
    let told = Told {
        commits: Some(3),
        migrates: Some(false),
        ..Told::default()
    };
    let web = story.ledger.spec.services.get_mut(&service("web")).unwrap();
    web.data_class = Some(DataClass::Internal);
    web.audience = Some(Audience::Staff);
    let routine = text(&score(&story, "web@1.1.0", "staging", &told));
    insta::assert_snapshot!(format!("first install\n{first}\nroutine update\n{routine}"));
}

#[test]
fn what_nobody_said_is_marked_and_raises_the_score() {
    let story = running();
    let unknown = score(&story, "web@1.1.0", "staging", &Told::default());
    let commits = input(&unknown, RiskFactor::Complexity, "commits");
    assert!(commits.missing && commits.level == 100, "{commits:?}");
    let told = Told {
        commits: Some(2),
        migrates: Some(false),
        ..Told::default()
    };
    let known = score(&story, "web@1.1.0", "staging", &told);
    assert!(known.value < unknown.value, "{known} against {unknown}");
    assert!(known.missing().count() + 2 == unknown.missing().count());
}

#[test]
fn what_ran_here_before_brings_no_new_commits() {
    let mut story = running();
    story.deployed("web@1.1.0", "staging");
    let back = score(&story, "web@1.0.0", "staging", &Told::default());
    assert_eq!(
        input(&back, RiskFactor::Complexity, "commit").text,
        "no commit"
    );
    assert_eq!(
        input(&back, RiskFactor::Rollback, "database").text,
        "changes no database"
    );
}

#[test]
fn deployments_that_hold_lower_the_score_and_one_that_is_taken_back_raises_it() {
    let mut story = running();
    let told = Told {
        commits: Some(3),
        migrates: Some(false),
        ..Told::default()
    };
    let before = score(&story, "web@1.2.0", "staging", &told);
    let history = |score: &Score| {
        let factor = score.factors.iter().find(|f| f.name == RiskFactor::History);
        (
            factor.unwrap().inputs[0].text.clone(),
            factor.unwrap().points,
        )
    };
    assert_eq!(
        history(&before).0,
        "none of 1 deployment in 90 days was taken back"
    );
    story.deployed("web@1.1.0", "staging");
    story.deployed("web@1.0.0", "staging");
    let after = score(&story, "web@1.2.0", "staging", &told);
    assert_eq!(
        history(&after).0,
        "none of 3 deployments in 90 days was taken back"
    );
    assert!(history(&after).1 < history(&before).1);

    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_finishes();
    let abort = Command::Abort {
        reason: "it is wrong".to_owned(),
    };
    story.deployment(&id, abort).unwrap();
    story.agent_finishes();
    let worse = score(&story, "web@1.2.0", "staging", &told);
    assert_eq!(
        history(&worse).0,
        "1 of 4 deployments in 90 days taken back"
    );
    assert!(history(&worse).1 > history(&after).1);

    story.pass(Millis::minutes(91 * DAY));
    let later = score(&story, "web@1.2.0", "staging", &told);
    assert_eq!(history(&later).0, "no deployment in 90 days");
    assert_eq!(
        input(&later, RiskFactor::Novelty, "one held").text,
        "one held in staging 91 days ago"
    );
}

#[test]
fn the_same_again_and_a_return_prove_nothing() {
    let mut story = running();
    let track = |story: &Story| {
        let view: &dyn tidegate_core::view::View = &story.ledger;
        let track = view.track(&env("staging"), &service("web")).unwrap();
        (
            track.held_by(story.ledger.now),
            track.taken_back_by(story.ledger.now),
        )
    };
    assert_eq!(track(&story), (1, 0));
    let again = story
        .plan("web@1.0.0", "staging", Purpose::Redeploy)
        .unwrap();
    let id = story.propose(again, Purpose::Redeploy).unwrap();
    story.succeeds(&id);
    story.pass(Millis::minutes(40));
    story.agent_finishes();
    assert_eq!(story.phase(&id), "confirmed");
    assert_eq!(
        track(&story),
        (1, 0),
        "the same again is no success of a change"
    );
    story.deployed("web@1.1.0", "staging");
    assert_eq!(track(&story), (2, 0));
    story.roll_back("web", "staging").unwrap().unwrap();
    story.agent_finishes();
    assert_eq!(track(&story), (2, 1), "a person took the last one back");
}

fn fact(name: &str) -> Box<Expr> {
    let name = name.to_owned();
    Box::new(Expr::Fact { name })
}

fn number(n: i64) -> Box<Expr> {
    let value = Value::Int(n);
    Box::new(Expr::Value { value })
}

#[test]
fn conditions_see_what_is_known_and_nothing_else() {
    let story = running();
    let plan = story
        .plan("web@1.1.0", "staging", Purpose::Promote)
        .unwrap();
    let subject = subject(&story, &plan, Purpose::Promote, &Told::default());
    let score = risk::score(&subject);
    let facts: Facts = risk::facts(&subject, Some(&score), Some(ChangeClass::Normal));
    assert_eq!(facts["change.operation"], Value::Text("update".to_owned()));
    assert_eq!(facts["risk.score"], Value::Int(i64::from(score.value)));
    assert_eq!(
        facts["service.successes_90d"],
        Value::Int(0),
        "staging is no production"
    );
    for missing in [
        "change.migrates",
        "change.size",
        "service.audience",
        "release.tags",
        "release.scope.locked",
    ] {
        assert!(!facts.contains_key(missing), "{missing}");
    }
    for (name, value) in &facts {
        let (_, of, _) = FACTS.iter().find(|(known, ..)| known == name).unwrap();
        let same = matches!(
            (of, value),
            (tidegate_core::spec::condition::Type::Int, Value::Int(_))
                | (tidegate_core::spec::condition::Type::Bool, Value::Bool(_))
                | (tidegate_core::spec::condition::Type::Text, Value::Text(_))
                | (tidegate_core::spec::condition::Type::Texts, Value::Texts(_))
        );
        assert!(same, "{name} has the type it is declared with");
    }
    let small = Condition {
        text: "change.size < 10".to_owned(),
        expr: Expr::Pair {
            op: Op::Lt,
            left: fact("change.size"),
            right: number(10),
        },
    };
    assert_eq!(small.holds(&facts).unwrap_err(), "change.size is not known");
}

#[test]
fn a_proposed_model_is_tried_on_a_score_that_was_given() {
    let story = running();
    let given = score(&story, "web@1.1.0", "staging", &Told::default());
    let proposed = RiskModel {
        weights: [(RiskFactor::History, 60), (RiskFactor::Timing, 40)].into(),
        ..RiskModel::default()
    };
    let again = given.again(&proposed);
    assert_eq!(again.factors.len(), 2);
    assert_ne!(again.model.digest, given.model.digest);
    let plan = story
        .plan("web@1.1.0", "staging", Purpose::Promote)
        .unwrap();
    let subject = subject(&story, &plan, Purpose::Promote, &Told::default());
    assert_eq!(risk::score_with(&subject, &proposed), again);
    assert_eq!(subject.release, &release("web@1.1.0"));
}
