//! Who gets which request.

mod support;

use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::Duration;
use support::{Backend, Connection, Router, Style, eventually, free, get, group, route, table};

#[test]
fn after_any_number_of_requests_each_group_is_within_two_of_its_share() {
    let (old, new) = (
        Backend::start("old", Style::Name),
        Backend::start("new", Style::Name),
    );
    let (router, listen) = (Router::start(&[]), free());
    router.put(&table(
        1,
        &[route(
            listen,
            &[
                group("old", 8_700, &[old.address]),
                group("new", 1_300, &[new.address]),
            ],
        )],
    ));
    // Two connections, which two worker threads may serve.
    let mut connections = [Connection::open(listen), Connection::open(listen)];
    let mut got = 0.0;
    for n in 1..=2_000 {
        let reply = connections[n % 2].get("/", &[]).expect("an answer");
        assert_eq!(reply.status, 200);
        got += f64::from(u8::from(reply.text() == "new"));
        assert!((got - n as f64 * 0.13).abs() < 2.0, "{got} of {n}");
    }
}

#[test]
fn a_user_stays_on_the_new_side_while_its_share_grows() {
    let (old, new) = (
        Backend::start("old", Style::Name),
        Backend::start("new", Style::Name),
    );
    let (router, listen) = (Router::start(&[]), free());
    let mut inside: Vec<u32> = Vec::new();
    for (version, weight) in [(1, 500), (2, 2_000), (3, 6_000), (4, 10_000)] {
        let mut groups = [
            group("old", 10_000 - weight, &[old.address]),
            group("new", weight, &[new.address]),
        ];
        if version % 2 == 0 {
            groups.reverse();
        }
        let mut route = route(listen, &groups);
        route["stick"] = json!({"header": "x-user"});
        router.put(&table(version, &[route]));
        let mut connection = Connection::open(listen);
        let now: Vec<u32> = (0..400)
            .filter(|user| {
                connection
                    .get("/", &[("X-User", &user.to_string())])
                    .expect("an answer")
                    .text()
                    == "new"
            })
            .collect();
        assert!(
            inside.iter().all(|user| now.contains(user)),
            "somebody was sent back at {weight}"
        );
        assert!(now.len() >= inside.len());
        inside = now;
    }
    assert_eq!(inside.len(), 400);
}

#[test]
fn a_user_without_a_cookie_gets_one_and_stays() {
    let (old, new) = (
        Backend::start("old", Style::Name),
        Backend::start("new", Style::Name),
    );
    let (router, listen) = (Router::start(&[]), free());
    let mut route = route(
        listen,
        &[
            group("old", 5_000, &[old.address]),
            group("new", 5_000, &[new.address]),
        ],
    );
    route["stick"] = json!({"cookie": "side"});
    router.put(&table(1, &[route]));
    for _ in 0..20 {
        let first = get(listen, "/", &[]);
        let cookie = first
            .header("set-cookie")
            .expect("a cookie")
            .split(';')
            .next()
            .expect("a pair")
            .to_owned();
        assert!(cookie.starts_with("side="));
        for _ in 0..3 {
            let again = get(listen, "/", &[("Cookie", &format!("a=b; {cookie}"))]);
            assert_eq!(again.text(), first.text());
            assert_eq!(again.header("set-cookie"), None);
        }
    }
}

#[test]
fn no_request_fails_while_weights_and_backends_change_under_load() {
    let backends: Vec<Backend> = (0..3)
        .map(|n| Backend::start(&format!("b{n}"), Style::Name))
        .collect();
    let (router, listen) = (Router::start(&[]), free());
    let put = |version: u64| {
        let weight = (version as u32 * 977) % 10_000;
        // The second instance of `new` comes and goes.
        let joined: Vec<_> = backends[1..2 + (version % 2) as usize]
            .iter()
            .map(|b| b.address)
            .collect();
        let groups = [
            group("old", 10_000 - weight, &[backends[0].address]),
            group("new", weight, &joined),
        ];
        router.put(&table(version, &[route(listen, &groups)]));
    };
    put(1);
    let done = Arc::new(AtomicBool::new(false));
    let loaders: Vec<_> = (0..4)
        .map(|_| {
            let done = Arc::clone(&done);
            thread::spawn(move || {
                let mut connection = Connection::open(listen);
                let mut sent = 0;
                while !done.load(SeqCst) && sent < 50_000 {
                    assert_eq!(connection.get("/", &[]).expect("an answer").status, 200);
                    sent += 1;
                }
                sent
            })
        })
        .collect();
    for version in 2..=60 {
        put(version);
        thread::sleep(Duration::from_millis(10));
    }
    done.store(true, SeqCst);
    let sent: u64 = loaders
        .into_iter()
        .map(|loader| loader.join().expect("no failed request"))
        .sum();
    eventually("all requests are in the books", || {
        let stats = router.stats();
        stats.routes["prod/web"]
            .groups
            .values()
            .map(|group| group.requests)
            .sum::<u64>()
            == sent
    });
    assert!(
        router.stats().routes["prod/web"]
            .groups
            .values()
            .all(|group| group.errors == 0)
    );
}

#[test]
fn the_books_agree_with_what_clients_saw() {
    let (good, bad) = (
        Backend::start("good", Style::Name),
        Backend::start("bad", Style::Fail),
    );
    let (router, listen) = (Router::start(&[]), free());
    router.put(&table(
        1,
        &[route(
            listen,
            &[
                group("good", 7_500, &[good.address]),
                group("bad", 2_500, &[bad.address]),
            ],
        )],
    ));
    let mut seen: BTreeMap<u16, u64> = BTreeMap::new();
    let mut connection = Connection::open(listen);
    for _ in 0..400 {
        *seen
            .entry(connection.get("/", &[]).expect("an answer").status)
            .or_default() += 1;
    }
    eventually("400 requests are in the books", || {
        router.stats().routes["prod/web"]
            .groups
            .values()
            .map(|group| group.requests)
            .sum::<u64>()
            == 400
    });
    let stats = router.stats();
    assert_eq!(stats.table, 1);
    let groups = &stats.routes["prod/web"].groups;
    let (good, bad) = (&groups["good"], &groups["bad"]);
    assert_eq!(
        (good.requests, good.errors, good.error_blocks),
        (seen[&200], 0, 0)
    );
    assert_eq!((bad.requests, bad.errors), (seen[&500], seen[&500]));
    assert!(bad.blocks >= 1 && bad.blocks == bad.error_blocks && bad.blocks <= bad.requests);
    for group in [good, bad] {
        assert_eq!(group.latency.values().sum::<u64>(), group.requests);
        assert_eq!(
            group
                .backends
                .values()
                .map(|backend| backend.requests)
                .sum::<u64>(),
            group.requests
        );
        assert_eq!(group.in_flight, 0);
    }
}

#[test]
fn a_route_without_weight_answers_503_and_says_so_in_the_books() {
    let (router, listen) = (Router::start(&[]), free());
    router.put(&table(1, &[route(listen, &[group("old", 0, &[])])]));
    assert_eq!(get(listen, "/", &[]).status, 503);
    assert_eq!(router.stats().routes["prod/web"].unrouted, 1);
}

#[test]
fn counters_outlive_the_group_that_made_them() {
    let backend = Backend::start("a", Style::Name);
    let (router, listen) = (Router::start(&[]), free());
    router.put(&table(
        1,
        &[route(listen, &[group("v1", 10_000, &[backend.address])])],
    ));
    get(listen, "/", &[]);
    eventually("it is counted", || {
        router.stats().routes["prod/web"].groups["v1"].requests == 1
    });
    router.put(&table(
        2,
        &[route(listen, &[group("v2", 10_000, &[backend.address])])],
    ));
    get(listen, "/", &[]);
    eventually("both are there", || {
        let stats = router.stats();
        let groups = &stats.routes["prod/web"].groups;
        groups["v1"].requests == 1 && groups["v2"].requests == 1
    });
}
