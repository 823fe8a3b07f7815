//! What an agent does from its first contact to its end.

use crate::{
    server::Server,
    support::{Place, action, get, scale, shift, unit, wait_for},
};
use tidegate_plugin::{ActionKind, Outcome, Unit};

fn healthy(server: &Server, unit: &Unit) -> Option<u32> {
    let told = server.told();
    Some(
        told.seen
            .last()?
            .running
            .get("prod/web")?
            .get(&unit.key)?
            .healthy,
    )
}

fn is_done(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Done { .. })
}

#[test]
fn leased_work_is_done_and_reported_and_what_is_true_is_told() {
    let (place, server) = (Place::new(), Server::start());
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let unit = Unit {
        port: Some(port),
        ..unit("1.0.0", &[])
    };
    let agent = place.agent(&server);
    server.give(scale("act_1", &unit, 2));
    assert!(is_done(&server.end_of("act_1")));
    server.give(shift("act_2", &unit));
    assert!(is_done(&server.end_of("act_2")));
    assert_eq!(get(port), 200);
    wait_for("an observation with the route", || {
        let told = server.told();
        told.seen.last().is_some_and(|seen| {
            seen.routes
                .get("prod/web")
                .is_some_and(|route| route.groups.get(&unit.key).is_some_and(|g| g.requests == 1))
        })
    });
    assert_eq!(healthy(&server, &unit), Some(2));
    agent.stop();
    assert_eq!(
        get(port),
        200,
        "an agent that stops leaves everything running"
    );
}

#[test]
fn a_refusal_of_the_fence_and_a_failure_of_the_program_are_reported_as_such() {
    let (place, server) = (Place::new(), Server::start());
    let _agent = place.agent(&server);
    let mut newer = scale("act_1", &unit("1.0.0", &[]), 1);
    newer.generation = 3;
    server.give(newer);
    assert!(is_done(&server.end_of("act_1")));
    server.give(scale("act_2", &unit("1.1.0", &[]), 1));
    let Outcome::Failed { because, .. } = server.end_of("act_2") else {
        panic!()
    };
    assert_eq!(
        because,
        "refused by the agent: generation 1 of prod/web is older than 3, which was seen before"
    );
    let mut bad = scale("act_3", &unit("1.1.0", &[("EXIT_AT_ONCE", "5")]), 1);
    bad.generation = 3;
    server.give(bad);
    let Outcome::Failed { because, log } = server.end_of("act_3") else {
        panic!()
    };
    assert!(because.contains("exited with code 5"), "{because}");
    assert_eq!(log.last().unwrap(), "giving up at once");
}

#[test]
fn long_work_renews_its_lease_and_services_do_not_wait_for_each_other() {
    let (place, server) = (Place::new(), Server::start());
    server.told().lease_ms = 300;
    let _agent = place.agent(&server);
    server.give(scale(
        "act_slow",
        &unit("1.0.0", &[("NEVER_HEALTHY", "1")]),
        1,
    ));
    wait_for("two renewals", || {
        server
            .told()
            .running
            .iter()
            .filter(|(id, _)| id == "act_slow")
            .count()
            >= 2
    });
    server.give(action(
        "act_other",
        "api",
        1,
        ActionKind::Scale {
            unit: unit("1.0.0", &[]),
            to: 1,
        },
    ));
    assert!(is_done(&server.end_of("act_other")));
    assert!(server.told().ended.iter().all(|(id, ..)| id != "act_slow"));
    wait_for("the slow one in hand", || {
        server.told().holding == ["act_slow"]
    });
    // Leased again while it runs: it goes on under the new number.
    let mut again = scale("act_slow", &unit("1.0.0", &[("NEVER_HEALTHY", "1")]), 1);
    again.epoch = 2;
    server.give(again);
    wait_for("a renewal under the new number", || {
        server.told().running.contains(&("act_slow".to_owned(), 2))
    });
    assert_eq!(place.count("started"), 2);
}

#[test]
fn work_whose_lease_is_lost_is_cancelled_and_undone() {
    let (place, server) = (Place::new(), Server::start());
    server.told().lease_ms = 150;
    let _agent = place.agent(&server);
    server.give(scale("act_1", &unit("1.0.0", &[("NEVER_HEALTHY", "1")]), 1));
    wait_for("a start", || place.count("started") == 1);
    server.told().lost.push("act_1".to_owned());
    wait_for("a stop", || place.count("stopped") == 1);
    assert!(server.told().ended.is_empty(), "nobody wants its end");
}

#[test]
fn a_killed_agent_does_the_work_it_is_given_again_without_doing_it_twice() {
    let (place, server) = (Place::new(), Server::start());
    let gate = place.dir.path().join("gate");
    let mut unit = unit("1.0.0", &[("GATE", &gate.to_string_lossy())]);
    unit.command = [
        "sh",
        "-c",
        "while [ ! -e $GATE ]; do sleep 0.05; done; exec ./testserver",
    ]
    .map(str::to_owned)
    .to_vec();
    let agent = place.agent(&server);
    server.give(scale("act_1", &unit, 2));
    wait_for("two starts", || place.count("started") == 2);
    agent.kill();
    let _agent = place.agent(&server);
    wait_for("an agent with nothing in hand", || {
        server.told().holding.is_empty() && !server.told().seen.is_empty()
    });
    let mut again = scale("act_1", &unit, 2);
    again.epoch = 2;
    server.give(again);
    std::fs::write(&gate, "").unwrap();
    assert!(is_done(&server.end_of("act_1")));
    assert_eq!(place.count("started"), 2);
    wait_for("both healthy", || healthy(&server, &unit) == Some(2));
}

#[test]
fn an_agent_is_known_by_its_folder_also_after_its_death_and_another_folder_is_another_agent() {
    let server = Server::start();
    let (place, other) = (Place::new(), Place::new());
    for _ in 0..2 {
        let agent = place.agent(&server);
        server.told().seen.clear();
        wait_for("an observation", || !server.told().seen.is_empty());
        agent.kill();
    }
    assert_eq!(server.told().folders.len(), 1);
    let _agent = other.agent(&server);
    wait_for("the other one", || server.told().folders.len() == 2);
}

#[test]
fn while_the_server_is_away_work_ends_and_is_reported_when_it_is_back() {
    let (place, server) = (Place::new(), Server::start());
    let gate = place.dir.path().join("gate");
    let mut unit = unit("1.0.0", &[("GATE", &gate.to_string_lossy())]);
    unit.command = [
        "sh",
        "-c",
        "while [ ! -e $GATE ]; do sleep 0.05; done; exec ./testserver",
    ]
    .map(str::to_owned)
    .to_vec();
    let _agent = place.agent(&server);
    server.give(scale("act_1", &unit, 1));
    wait_for("a start", || place.count("started") == 1);
    let gone = server.kill();
    std::fs::write(&gate, "").unwrap();
    wait_for("the end on record", || {
        std::fs::read_to_string(place.root().join("actions.log"))
            .is_ok_and(|text| text.contains("act_1"))
    });
    let server = gone.restart();
    assert!(is_done(&server.end_of("act_1")));
    server.told().seen.clear();
    wait_for("an observation", || healthy(&server, &unit) == Some(1));
}

#[test]
fn a_wrong_token_ends_the_agent_with_the_way_out() {
    let (place, server) = (Place::new(), Server::start());
    let output = place.refused_agent(&server);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(
        text.contains("does not accept agent local") && text.contains("token not known"),
        "{text}"
    );
    assert!(
        text.contains("give it a token that allows environments prod") && !text.contains("wrong"),
        "{text}"
    );
}
