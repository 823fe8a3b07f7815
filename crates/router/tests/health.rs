//! Instances that die, hang, break off, drain and come back.

mod support;

use serde_json::json;
use std::thread;
use support::{Backend, Connection, Router, Style, eventually, free, get, group, route, table};

#[test]
fn a_dead_instance_is_left_out_and_taken_back_when_it_returns() {
    let (one, two) = (
        Backend::start("one", Style::Name),
        Backend::start("two", Style::Name),
    );
    let (router, listen) = (Router::start(&[]), free());
    router.put(&table(
        1,
        &[route(
            listen,
            &[group("v1", 10_000, &[one.address, two.address])],
        )],
    ));
    let mut connection = Connection::open(listen);
    for _ in 0..10 {
        assert_eq!(connection.get("/", &[]).expect("an answer").status, 200);
    }
    let address = two.address;
    two.stop();
    for _ in 0..50 {
        let reply = connection.get("/", &[]).expect("an answer");
        assert_eq!(
            (reply.status, reply.text().as_str()),
            (200, "one"),
            "an idempotent request is tried again elsewhere"
        );
    }
    assert!(!router.stats().routes["prod/web"].groups["v1"].backends["v1-1"].healthy);
    let _again = Backend::start_at("two", Style::Name, address);
    eventually("the instance gets requests again", || {
        connection.get("/", &[]).expect("an answer").text() == "two"
    });
    assert!(router.stats().routes["prod/web"].groups["v1"].backends["v1-1"].healthy);
    assert_eq!(router.stats().routes["prod/web"].groups["v1"].errors, 0);
}

#[test]
fn failures_of_a_group_are_its_own_and_never_served_by_another() {
    let old = Backend::start("old", Style::Name);
    let (router, listen) = (Router::start(&[]), free());
    router.put(&table(
        1,
        &[route(
            listen,
            &[
                group("old", 5_000, &[old.address]),
                group("new", 5_000, &[free()]),
            ],
        )],
    ));
    let mut connection = Connection::open(listen);
    let statuses: Vec<u16> = (0..40)
        .map(|_| connection.get("/", &[]).expect("an answer").status)
        .collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 20);
    assert!(
        statuses
            .iter()
            .all(|status| [200, 502, 503].contains(status)),
        "{statuses:?}"
    );
    eventually("they are counted", || {
        let stats = router.stats();
        let groups = &stats.routes["prod/web"].groups;
        (
            groups["new"].requests,
            groups["new"].errors,
            groups["old"].errors,
        ) == (20, 20, 0)
            && groups["new"].error_blocks >= 1
    });
}

#[test]
fn a_request_with_a_body_moves_on_only_when_nothing_was_sent() {
    let live = Backend::start("live", Style::Echo);
    let (router, listen) = (Router::start(&[]), free());
    router.put(&table(
        1,
        &[route(
            listen,
            &[group("v1", 10_000, &[free(), live.address])],
        )],
    ));
    for _ in 0..6 {
        let mut connection = Connection::open(listen);
        connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
        let reply = connection.reply().expect("an answer");
        assert_eq!(reply.status, 200);
        assert!(reply.text().ends_with("\r\n\r\nbody"));
    }
}

#[test]
fn an_instance_that_does_not_answer_in_time_is_an_error_and_the_client_hears_504() {
    let hung = Backend::start("hung", Style::Hold);
    let (router, listen) = (Router::start(&["--response-head-ms", "200"]), free());
    router.put(&table(
        1,
        &[route(listen, &[group("v1", 10_000, &[hung.address])])],
    ));
    assert_eq!(get(listen, "/", &[]).status, 504);
    eventually("it is counted", || {
        let stats = router.stats();
        let group = &stats.routes["prod/web"].groups["v1"];
        (group.requests, group.errors, group.in_flight) == (1, 1, 0)
    });
}

#[test]
fn an_answer_that_breaks_off_is_an_error_and_the_client_can_tell() {
    let broken = Backend::start("broken", Style::Break);
    let (router, listen) = (Router::start(&[]), free());
    router.put(&table(
        1,
        &[route(listen, &[group("v1", 10_000, &[broken.address])])],
    ));
    let reply = Connection::open(listen).get("/", &[]);
    assert!(reply.is_err(), "100 bytes were promised: {reply:?}");
    eventually("it is counted", || {
        let stats = router.stats();
        let group = &stats.routes["prod/web"].groups["v1"];
        (group.requests, group.errors) == (1, 1)
    });
}

#[test]
fn a_draining_instance_finishes_what_it_has_and_gets_nothing_new() {
    let (leaving, staying) = (
        Backend::start("leaving", Style::Hold),
        Backend::start("staying", Style::Name),
    );
    let (router, listen) = (Router::start(&[]), free());
    router.put(&table(
        1,
        &[route(listen, &[group("v1", 10_000, &[leaving.address])])],
    ));
    let waiting = thread::spawn(move || get(listen, "/", &[]));
    let in_flight = || router.stats().routes["prod/web"].groups["v1"].backends["v1-0"].in_flight;
    eventually("the request is under way", || in_flight() == 1);
    let mut both = group("v1", 10_000, &[leaving.address, staying.address]);
    both["backends"][0]["draining"] = json!(true);
    router.put(&table(2, &[route(listen, &[both])]));
    for _ in 0..10 {
        assert_eq!(get(listen, "/", &[]).text(), "staying");
    }
    assert_eq!(in_flight(), 1);
    leaving.release();
    assert_eq!(waiting.join().expect("no panic").text(), "leaving");
    eventually("the instance is empty", || in_flight() == 0);
}

#[test]
fn a_request_under_way_ends_well_after_its_group_left_the_table() {
    let (old, new) = (
        Backend::start("old", Style::Hold),
        Backend::start("new", Style::Name),
    );
    let (router, listen) = (Router::start(&[]), free());
    router.put(&table(
        1,
        &[route(listen, &[group("v1", 10_000, &[old.address])])],
    ));
    let waiting = thread::spawn(move || get(listen, "/", &[]));
    eventually("the request is under way", || {
        router.stats().routes["prod/web"].groups["v1"].in_flight == 1
    });
    router.put(&table(
        2,
        &[route(listen, &[group("v2", 10_000, &[new.address])])],
    ));
    assert_eq!(get(listen, "/", &[]).text(), "new");
    assert_eq!(router.stats().routes["prod/web"].groups["v1"].in_flight, 1);
    old.release();
    assert_eq!(waiting.join().expect("no panic").text(), "old");
}

#[test]
fn connections_an_instance_closes_without_a_word_fail_no_request() {
    let backend = Backend::start("once", Style::Once);
    let (router, listen) = (Router::start(&[]), free());
    router.put(&table(
        1,
        &[route(listen, &[group("v1", 10_000, &[backend.address])])],
    ));
    let mut connection = Connection::open(listen);
    for _ in 0..300 {
        assert_eq!(connection.get("/", &[]).expect("an answer").text(), "once");
    }
    assert!(router.stats().routes["prod/web"].groups["v1"].backends["v1-0"].healthy);
}
