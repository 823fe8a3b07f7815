//! Two servers on one ledger, and agents that claim the same environment.

use super::*;
use crate::Engine;
use crate::tests::{Troubled, server};
use std::sync::Arc;

struct Two {
    one: Engine,
    other: Engine,
    began: Moment,
}

fn two() -> Two {
    let store = Arc::new(Troubled::default());
    let (one, other) = (server(&store), server(&store));
    let began = Moment::now(&one.shared);
    Two { one, other, began }
}

impl Two {
    fn after(&self, seconds: u64) -> Moment {
        Moment {
            here: self.began.here + Duration::from_secs(seconds),
            at: Millis::secs(seconds).after(self.began.at),
        }
    }
}

fn prod() -> Vec<EnvId> {
    vec![EnvId::new("prod-eu").unwrap()]
}

fn claim(engine: &Engine, agent: &str, now: Moment) -> Result<(), Denied> {
    let owner = Owner {
        agent: agent.to_owned(),
        folder: Some("/srv".to_owned()),
    };
    engine.shared.claim_at(&owner, &prod(), now)
}

fn is_taken(answer: Result<(), Denied>) -> bool {
    matches!(answer, Err(Denied::Refused(Refusal::AgentTaken { .. })))
}

#[test]
fn an_agent_that_waits_for_work_at_one_server_keeps_its_environment_at_the_others() {
    let two = two();
    claim(&two.one, "north", two.after(0)).unwrap();
    // It holds one request for longer than a silence.
    for second in 1..30 {
        let now = two.after(second);
        two.one.shared.alive_at("north", &prod(), now).unwrap();
        assert!(is_taken(claim(&two.other, "south", now)), "at {second} s");
    }
}

#[test]
fn an_agent_that_falls_silent_is_replaced_and_hears_of_it_at_every_server() {
    let two = two();
    claim(&two.one, "north", two.after(0)).unwrap();
    assert!(is_taken(claim(&two.other, "south", two.after(9))));
    claim(&two.other, "south", two.after(10)).unwrap();
    // What the first server remembers is older than what the other one noted.
    let answer = two.one.shared.alive_at("north", &prod(), two.after(11));
    assert!(is_taken(answer));
    assert!(is_taken(claim(&two.one, "north", two.after(12))));
}

#[test]
fn a_sign_of_life_takes_nothing_over() {
    let two = two();
    claim(&two.one, "north", two.after(0)).unwrap();
    claim(&two.other, "south", two.after(10)).unwrap();
    // South falls silent too; north only reports on what it was leased before.
    let answer = two.one.shared.alive_at("north", &prod(), two.after(30));
    assert!(answer.is_ok(), "{answer:?}");
    let row = two.one.read(|rows| Row::read(rows, &prod()[0])).unwrap();
    assert_eq!(row.unwrap().agent, "south");
}

#[test]
fn of_two_that_look_at_once_only_the_first_to_write_is_let_in() {
    let two = two();
    let now = two.after(0);
    let owner = |agent: &str| Owner {
        agent: agent.to_owned(),
        folder: None,
    };
    claim(&two.one, "north", now).unwrap();
    // South looked before north wrote; its write sees the row.
    let found = two
        .other
        .read(|rows| foreign(rows, &owner("south"), &prod(), now))
        .unwrap();
    assert_eq!(found.map(|(_, row)| row.agent), Some("north".to_owned()));
}
