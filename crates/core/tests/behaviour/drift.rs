//! What is changed at a target past the ledger holds the service there until somebody deploys again or answers for it.

use crate::world::company::env;
use crate::world::story::{Story, given};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command as Any;
use tidegate_core::gate::GateId;
use tidegate_core::id::{DeploymentId, ServiceId};
use tidegate_core::model::notice;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::deployment::Phase;
use tidegate_core::stream::environment::{Command, Difference, Environment, What};
use tidegate_core::time::Millis;

fn web() -> ServiceId {
    ServiceId::new("web").unwrap()
}

fn edited(seen: &str) -> Difference {
    Difference {
        what: What::File {
            path: "limits.conf".to_owned(),
        },
        revision: "1.0.0+0123abcd".to_owned(),
        declared: "sha256:00".to_owned(),
        seen: seen.to_owned(),
    }
}

fn sees(story: &mut Story, ran: &str, seen: &[Difference]) {
    let command = Command::Compare {
        service: web(),
        agent: "local".to_owned(),
        ran: Some(DeploymentId::parse(ran).unwrap()),
        seen: seen.to_vec(),
    };
    let id = env("staging");
    let asked = Any::Environment { id, command };
    story.ledger.submit(Actor::system(), asked).unwrap();
}

fn accept(story: &mut Story, who: Actor, days: Option<u64>) -> Result<String, Refusal> {
    let command = Command::Accept {
        service: web(),
        because: "the pool was too small".to_owned(),
        until: None,
        lasting: days.map(|days| Millis::minutes(days * 24 * 60)),
    };
    let id = env("staging");
    story.ledger.submit(who, Any::Environment { id, command })
}

fn admin() -> Actor {
    Actor::account("dina", Role::Admin)
}

/// Title and detail of the gate, while it does not pass.
fn held(story: &Story, id: &str) -> Option<(String, String)> {
    let Phase::Gated { reports, .. } = story.state(id).phase else {
        return None;
    };
    let report = reports.into_iter().find(|r| r.gate == GateId::NoDrift)?;
    (!report.outcome.passes()).then_some((report.title, report.detail))
}

const FIRST: &str = "dep_01KJQ0000000000000000000A1";
const LATER: &str = "dep_01KJQ0000000000000000000A2";

#[test]
fn a_change_that_no_plan_explains_is_told_once_and_holds_the_service_until_an_admin_answers_for_it()
{
    let mut story = given(&["web@1.0.0"]);
    sees(&mut story, FIRST, &[edited("sha256:11")]);
    story.pass(Millis::minutes(5));
    sees(&mut story, FIRST, &[edited("sha256:11")]);
    let found = story.ledger.kinds(0);
    let found = found
        .iter()
        .filter(|k| *k == "environment.drift_found")
        .count();
    assert_eq!(found, 1, "the same is not found twice");
    let told = story.ledger.view().scan(notice::NOTICES, "", 10);
    let told: notice::Row = serde_json::from_str(&told.last().unwrap().1).unwrap();
    assert_eq!(
        (told.what.as_str(), told.team.is_some()),
        ("changed by hand", true)
    );

    let id = story.deploy("web@1.0.0", "staging").unwrap();
    let (title, detail) = held(&story, &id).unwrap();
    assert_eq!(
        title,
        "file limits.conf of web was changed in staging past tidegate"
    );
    assert_eq!(
        detail,
        "file limits.conf of 1.0.0+0123abcd: sha256:11 (deployed sha256:00), seen Mon 2 Mar 2026 09:00 UTC; tidegate drift repair web staging --reason … deploys the same again; an admin answers for it: tidegate drift accept web staging --reason …"
    );
    let no = accept(&mut story, Actor::account("ana", Role::Operator), None).unwrap_err();
    assert!(no.to_string().contains("may not"), "{no}");
    accept(&mut story, admin(), Some(1)).unwrap();
    assert_eq!(
        story.phase(&id),
        "running",
        "what waited goes on in the same transaction"
    );
    let nothing = accept(&mut story, admin(), None).unwrap_err();
    assert_eq!(
        nothing.to_string(),
        "nothing of web in staging was changed past tidegate"
    );

    sees(&mut story, FIRST, &[edited("sha256:11")]);
    let state = |story: &Story| story.ledger.view().load::<Environment>("staging").unwrap();
    assert!(
        state(&story).drift[&web()].found.is_empty(),
        "somebody answers for it"
    );
    sees(&mut story, FIRST, &[edited("sha256:22")]);
    assert_eq!(
        state(&story).drift[&web()].found.len(),
        1,
        "but not for the next edit"
    );
    story.pass(Millis::minutes(24 * 60 + 1));
    sees(&mut story, FIRST, &[edited("sha256:11")]);
    assert_eq!(
        state(&story).drift[&web()].found.len(),
        2,
        "and not for longer than was said"
    );
}

#[test]
fn a_change_that_is_undone_by_hand_still_wants_an_answer_and_a_deployment_is_one() {
    let mut story = given(&["web@1.0.0"]);
    sees(&mut story, FIRST, &[edited("gone")]);
    sees(&mut story, FIRST, &[]);
    let id = story.deploy("web@1.0.0", "staging").unwrap();
    let (_, detail) = held(&story, &id).unwrap();
    assert!(detail.contains("as deployed again since"), "{detail}");
    sees(&mut story, LATER, &[]);
    assert_eq!(
        held(&story, &id),
        None,
        "what was deployed since says what is there"
    );
    let kinds = story.ledger.kinds(0);
    for kind in ["environment.drift_gone", "environment.drift_repaired"] {
        assert!(kinds.contains(&kind.to_owned()), "{kind}: {kinds:?}");
    }
}
