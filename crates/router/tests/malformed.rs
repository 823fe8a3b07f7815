//! Requests that have more than one reading, or none, end at the router.

mod support;

use std::io::Read;
use std::net::SocketAddr;
use support::{Backend, Connection, Router, Style, eventually, free, group, route, table};

fn serving(backend: &Backend, arguments: &[&str]) -> (Router, SocketAddr) {
    let (router, listen) = (Router::start(arguments), free());
    router.put(&table(
        1,
        &[route(listen, &[group("v1", 10_000, &[backend.address])])],
    ));
    (router, listen)
}

/// Requests of a few bytes and the status they get.
const CASES: &[(&str, u16)] = &[
    (
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        400,
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        400,
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc",
        400,
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc",
        400,
    ),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n",
        400,
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    ("POST / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n", 400),
    ("GET / HTTP/1.1\nHost: a\n\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 400),
    ("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /\r\n\r\n", 400),
    ("nonsense\r\n\r\n", 400),
    ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET / HTTP/3.1\r\nHost: a\r\n\r\n", 505),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        400,
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
        400,
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
        400,
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a\n\r\nabc\r\n0\r\n\r\n",
        400,
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n",
        400,
    ),
];

#[test]
fn malformed_requests_are_refused_counted_and_never_reach_an_instance() {
    let backend = Backend::start("e", Style::Echo);
    let (router, listen) = serving(&backend, &[]);
    let long = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
        "y".repeat(40_000)
    );
    let endless = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}", "y".repeat(70_000));
    let many = format!(
        "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
        "X: y\r\n".repeat(100)
    );
    let target = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "y".repeat(20_000));
    let oversized = [(long, 431), (endless, 431), (many, 431), (target, 414)];
    let small = CASES
        .iter()
        .map(|(request, status)| ((*request).to_owned(), *status));
    let cases: Vec<(String, u16)> = small.chain(oversized).collect();
    let count = cases.len() as u64;
    for (request, expected) in cases {
        let shown: String = request.chars().take(120).collect();
        let mut connection = Connection::open(listen);
        connection.send(&request);
        let reply = connection
            .reply()
            .unwrap_or_else(|why| panic!("{shown:?}: {why}"));
        assert_eq!(reply.status, expected, "{shown:?}");
        let mut rest = Vec::new();
        let _ = connection.stream.read_to_end(&mut rest);
        assert!(
            rest.is_empty(),
            "something followed {shown:?}: {}",
            String::from_utf8_lossy(&rest)
        );
    }
    eventually("all are counted", || {
        router.stats().routes["prod/web"].malformed == count
    });
    let groups = &router.stats().routes["prod/web"].groups;
    assert_eq!((groups["v1"].requests, groups["v1"].errors), (0, 0));
}

#[test]
fn answers_before_a_malformed_request_still_arrive_in_order() {
    let backend = Backend::start("fine", Style::Name);
    let (_router, listen) = serving(&backend, &[]);
    let mut connection = Connection::open(listen);
    connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\nHost: a\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(connection.reply().expect("an answer").text(), "fine");
    assert_eq!(connection.reply().expect("an answer").text(), "fine");
    assert_eq!(connection.reply().expect("a refusal").status, 400);
    assert!(connection.line().is_err(), "nothing follows a refusal");
}

#[test]
fn a_request_cut_anywhere_reads_the_same() {
    let backend = Backend::start("e", Style::Echo);
    let (router, listen) = serving(&backend, &[]);
    let request =
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n";
    for cut in 1..request.len() {
        let mut connection = Connection::open(listen);
        connection.send(&request[..cut]);
        std::thread::sleep(std::time::Duration::from_millis(2));
        connection.send(&request[cut..]);
        assert!(
            connection
                .reply()
                .expect("an answer")
                .text()
                .ends_with("\r\n\r\nab"),
            "cut at {cut}"
        );
        // The connection is still in step.
        assert!(
            connection
                .get("/y", &[])
                .expect("an answer")
                .text()
                .starts_with("GET /y "),
            "cut at {cut}"
        );
    }
    assert_eq!(router.stats().routes["prod/web"].malformed, 0);
}

#[test]
fn a_head_that_does_not_end_in_time_is_refused() {
    let backend = Backend::start("a", Style::Name);
    let (_router, listen) = serving(&backend, &["--request-head-ms", "200"]);
    let mut connection = Connection::open(listen);
    connection.send("GET / HTTP/1.1\r\nHost");
    assert_eq!(connection.reply().expect("a refusal").status, 408);
}

#[test]
fn a_connection_at_rest_is_closed_after_its_time() {
    let backend = Backend::start("a", Style::Name);
    let (_router, listen) = serving(&backend, &["--keep-alive-ms", "200"]);
    let mut connection = Connection::open(listen);
    assert_eq!(connection.get("/", &[]).expect("an answer").status, 200);
    assert!(connection.line().is_err());
}
