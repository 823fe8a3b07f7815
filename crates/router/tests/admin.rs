//! The admin API, the table on disk, and the end of the process.

mod support;

use serde_json::{Value, json};
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::thread;
use support::{Backend, Connection, Router, Style, eventually, free, get, group, route, table};

#[test]
fn without_the_token_only_health_is_answered() {
    let router = Router::start(&[]);
    let health = router.ask("GET", "/v1/health", "", "");
    assert_eq!(health.status, 200);
    let health: Value = serde_json::from_slice(&health.body).expect("JSON");
    assert_eq!(health["version"], 0);
    assert_eq!(health["instance"], router.stats().instance.as_str());
    let wrong = [
        "",
        "Authorization: Bearer a-token-for-test\r\n",
        "Authorization: Bearer a-token-for-testx\r\n",
        "Authorization: Bearer \r\n",
        "Authorization: Basic a-token-for-tests\r\n",
        "Authorization: a-token-for-tests\r\n",
        "Authorization: Bearer x\r\nAuthorization: Bearer a-token-for-tests\r\n",
    ];
    for lines in wrong {
        for (method, path) in [
            ("GET", "/v1/table"),
            ("PUT", "/v1/table"),
            ("GET", "/v1/stats"),
            ("GET", "/"),
            ("POST", "/v1/health"),
        ] {
            let reply = router.ask(method, path, "{}", lines);
            assert_eq!(reply.status, 401, "{method} {path} with {lines:?}");
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
        }
    }
    assert_eq!(router.admin("GET", "/v2", "").status, 404);
    assert_eq!(router.admin("DELETE", "/v1/table", "").status, 405);
}

#[test]
fn an_older_table_is_refused_and_the_same_one_is_welcome_again() {
    let backend = Backend::start("a", Style::Name);
    let (router, listen) = (Router::start(&[]), free());
    let five = table(
        5,
        &[route(listen, &[group("v1", 10_000, &[backend.address])])],
    );
    router.put(&five);
    router.put(&five);
    let older = router.admin("PUT", "/v1/table", &table(4, &[]).to_string());
    assert_eq!(older.status, 409);
    assert!(
        older.text().contains("version 4 is older than 5"),
        "{}",
        older.text()
    );
    let other = router.admin("PUT", "/v1/table", &table(5, &[]).to_string());
    assert_eq!(other.status, 409);
    assert!(other.text().contains("other content"), "{}", other.text());
    let kept: Value =
        serde_json::from_slice(&router.admin("GET", "/v1/table", "").body).expect("JSON");
    assert_eq!(kept["version"], 5);
    assert_eq!(get(listen, "/", &[]).text(), "a");
}

#[test]
fn a_table_that_cannot_be_served_changes_nothing() {
    let backend = Backend::start("a", Style::Name);
    let (router, listen) = (Router::start(&[]), free());
    let good = route(listen, &[group("v1", 10_000, &[backend.address])]);
    router.put(&table(1, std::slice::from_ref(&good)));
    let taken = TcpListener::bind("127.0.0.1:0").expect("bind");
    let taken = taken
        .local_addr()
        .map(|address| (taken, address))
        .expect("address");
    let mut second = route(taken.1, &[group("v1", 10_000, &[backend.address])]);
    second["name"] = json!("prod/api");
    let cases = [
        (
            table(
                2,
                &[route(listen, &[group("v1", 9_000, &[backend.address])])],
            )
            .to_string(),
            "weights sum to 9000",
        ),
        (
            table(2, &[route(listen, &[group("v1", 10_000, &[])])]).to_string(),
            "no backend that takes requests",
        ),
        (
            table(2, &[good.clone(), second]).to_string(),
            "route prod/api: cannot listen on",
        ),
        (
            table(2, &[good.clone(), good]).to_string(),
            "the name is used twice",
        ),
        (
            r#"{"version": 2, "routes": [], "extra": 1}"#.to_owned(),
            "unknown field `extra`",
        ),
        ("nonsense".to_owned(), "the body is not a table"),
    ];
    for (body, expected) in cases {
        let reply = router.admin("PUT", "/v1/table", &body);
        assert_eq!(reply.status, 422, "{}", reply.text());
        let said: Value = serde_json::from_slice(&reply.body).expect("JSON");
        assert!(
            said["error"]
                .as_str()
                .is_some_and(|error| error.contains(expected)),
            "{said} should say {expected}"
        );
        assert_eq!(get(listen, "/", &[]).text(), "a");
    }
    assert_eq!(router.stats().table, 1);
}

#[test]
fn a_killed_router_serves_again_from_its_own_record() {
    let backend = Backend::start("a", Style::Name);
    let (mut router, listen) = (Router::start(&[]), free());
    router.put(&table(
        7,
        &[route(listen, &[group("v1", 10_000, &[backend.address])])],
    ));
    let before = router.stats().instance;
    router.restart();
    assert_eq!(get(listen, "/", &[]).text(), "a");
    assert_eq!(router.stats().table, 7);
    assert_ne!(
        router.stats().instance,
        before,
        "readers must notice that counters began again"
    );
    assert_eq!(
        router
            .admin("PUT", "/v1/table", &table(6, &[]).to_string())
            .status,
        409
    );
}

#[test]
fn an_unreadable_record_is_set_aside_and_a_new_table_is_taken() {
    let (mut router, listen) = (Router::start(&[]), free());
    router.kill();
    fs::write(router.state().join("table.json"), "{ half").expect("write");
    router.restart();
    assert_eq!(router.stats().table, 0);
    assert!(router.state().join("table.json.unreadable").exists());
    router.put(&table(1, &[route(listen, &[group("v1", 0, &[])])]));
    assert_eq!(get(listen, "/", &[]).status, 503);
}

#[test]
fn a_route_taken_out_gives_its_address_back() {
    let backend = Backend::start("a", Style::Name);
    let (router, listen) = (Router::start(&[]), free());
    router.put(&table(
        1,
        &[route(listen, &[group("v1", 10_000, &[backend.address])])],
    ));
    let mut open = Connection::open(listen);
    assert_eq!(open.get("/", &[]).expect("an answer").status, 200);
    router.put(&table(2, &[]));
    eventually("the address is free", || {
        TcpListener::bind(listen).is_ok() || TcpStream::connect(listen).is_err()
    });
    // The connection kept open ends with a clear answer or an orderly close.
    if let Ok(reply) = open.get("/", &[]) {
        assert_eq!(reply.status, 503);
    }
}

#[test]
fn a_router_asked_to_end_finishes_its_requests_first() {
    let backend = Backend::start("slow", Style::Hold);
    let (mut router, listen) = (Router::start(&[]), free());
    router.put(&table(
        1,
        &[route(listen, &[group("v1", 10_000, &[backend.address])])],
    ));
    let mut idle = Connection::open(listen);
    let waiting = thread::spawn(move || get(listen, "/", &[]));
    eventually("the request is under way", || {
        router.stats().routes["prod/web"].groups["v1"].in_flight == 1
    });
    router.terminate();
    eventually("nothing new is accepted", || {
        TcpStream::connect(listen).is_err()
    });
    assert!(idle.line().is_err(), "a connection at rest is closed");
    backend.release();
    assert_eq!(waiting.join().expect("no panic").text(), "slow");
    assert_eq!(router.wait(), Some(0));
}

#[test]
fn the_drain_ends_although_an_instance_hangs() {
    let backend = Backend::start("hung", Style::Hold);
    let (mut router, listen) = (Router::start(&["--drain-ms", "300"]), free());
    router.put(&table(
        1,
        &[route(listen, &[group("v1", 10_000, &[backend.address])])],
    ));
    let waiting = thread::spawn(move || Connection::open(listen).get("/", &[]));
    eventually("the request is under way", || {
        router.stats().routes["prod/web"].groups["v1"].in_flight == 1
    });
    router.terminate();
    assert_eq!(router.wait(), Some(0));
    assert!(waiting.join().expect("no panic").is_err());
}
