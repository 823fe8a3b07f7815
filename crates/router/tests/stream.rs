//! What flows through: upgrades, streams, large bodies, interim answers, and the headers of each hop.

mod support;

use std::io::Read;
use std::net::SocketAddr;
use support::{Backend, Connection, Router, Style, eventually, free, get, group, route, table};

fn serving(backend: &Backend, arguments: &[&str]) -> (Router, SocketAddr) {
    let (router, listen) = (Router::start(arguments), free());
    router.put(&table(
        1,
        &[route(listen, &[group("v1", 10_000, &[backend.address])])],
    ));
    (router, listen)
}

const UPGRADE: &str =
    "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n";

#[test]
fn a_websocket_is_carried_both_ways_and_counts_as_under_way() {
    let backend = Backend::start("ws", Style::Upgrade);
    let (router, listen) = serving(&backend, &[]);
    let mut connection = Connection::open(listen);
    // The first frame comes with the request, before the answer.
    connection.send(format!("{UPGRADE}\x01early"));
    let head = connection.head().expect("an answer");
    assert_eq!(head.status, 101);
    assert_eq!(head.header("upgrade"), Some("websocket"));
    assert_eq!(head.header("sec-websocket-accept"), Some("x"));
    let mut got = [0; 9];
    connection.stream.read_exact(&mut got).expect("bytes");
    assert_eq!(&got, b"hi:\x01early");
    connection.send("\0GET / binary \r\n\n");
    let mut got = [0; 17];
    connection.stream.read_exact(&mut got).expect("bytes");
    assert_eq!(&got, b"\0GET / binary \r\n\n");
    let stats = || router.stats().routes["prod/web"].groups["v1"].clone();
    eventually("the handshake is counted", || {
        (stats().requests, stats().in_flight) == (1, 1)
    });
    drop(connection);
    eventually("the tunnel ended", || stats().in_flight == 0);
    assert_eq!((stats().requests, stats().errors), (1, 0));
}

#[test]
fn a_connection_goes_on_when_an_upgrade_is_declined() {
    let backend = Backend::start("plain", Style::Name);
    let (_router, listen) = serving(&backend, &[]);
    let mut connection = Connection::open(listen);
    connection.send(UPGRADE);
    assert_eq!(connection.reply().expect("an answer").text(), "plain");
    assert_eq!(connection.get("/", &[]).expect("an answer").text(), "plain");
    // HTTP/2 in clear text is never negotiated through.
    connection.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n");
    assert_eq!(connection.reply().expect("an answer").text(), "plain");
    assert_eq!(connection.get("/", &[]).expect("an answer").text(), "plain");
}

#[test]
fn the_first_part_of_an_answer_arrives_before_the_second_is_made() {
    let backend = Backend::start("s", Style::Stream);
    let (_router, listen) = serving(&backend, &[]);
    let mut connection = Connection::open(listen);
    connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(connection.head().expect("an answer").status, 200);
    assert_eq!(connection.chunk().expect("a chunk"), b"one");
    backend.release();
    assert_eq!(connection.chunk().expect("a chunk"), b"two");
    assert_eq!(connection.chunk().expect("a chunk"), b"");
}

#[test]
fn headers_of_one_hop_end_there_and_the_backend_learns_who_asked() {
    let backend = Backend::start("e", Style::Echo);
    let (_router, listen) = serving(&backend, &[]);
    let reply = get(
        listen,
        "/path?q=1",
        &[
            ("Connection", "x-secret"),
            ("X-Secret", "1"),
            ("Keep-Alive", "9"),
            ("TE", "trailers"),
            ("Proxy-Authorization", "b"),
            ("X-Forwarded-For", "1.2.3.4"),
            ("X-Kept", "yes"),
        ],
    );
    assert!(reply.header("x-hop").is_none() && reply.header("keep-alive").is_none());
    assert_eq!(reply.header("x-end"), Some("1"));
    let seen = reply.text().to_ascii_lowercase();
    for gone in [
        "x-secret",
        "keep-alive",
        "te:",
        "proxy-authorization",
        "connection:",
    ] {
        assert!(!seen.contains(gone), "{gone} in {seen}");
    }
    for there in [
        "get /path?q=1 http/1.1\r\n",
        "host: example.test\r\n",
        "x-forwarded-for: 1.2.3.4, 127.0.0.1\r\n",
        "x-forwarded-proto: http\r\n",
        "x-forwarded-host: example.test\r\n",
        "x-kept: yes\r\n",
    ] {
        assert!(seen.contains(there), "{there} not in {seen}");
    }
}

#[test]
fn the_target_decides_over_the_host_header_and_old_clients_are_served() {
    let backend = Backend::start("e", Style::Echo);
    let (_router, listen) = serving(&backend, &[]);
    let mut connection = Connection::open(listen);
    connection.send("GET http://real.test/x HTTP/1.1\r\nHost: other.test\r\n\r\n");
    let seen = connection.reply().expect("an answer").text();
    assert!(
        seen.starts_with("GET /x HTTP/1.1\r\n") && seen.contains("host: real.test\r\n"),
        "{seen}"
    );
    let mut old = Connection::open(listen);
    old.send("GET /old HTTP/1.0\r\n\r\n");
    let seen = old.reply().expect("an answer").text();
    assert!(
        seen.starts_with("GET /old HTTP/1.1\r\n") && seen.contains("host: "),
        "{seen}"
    );
}

#[test]
fn bodies_pass_in_chunks_and_with_a_length_and_after_100_continue() {
    let backend = Backend::start("e", Style::Echo);
    let (_router, listen) = serving(&backend, &[]);
    let mut connection = Connection::open(listen);
    connection.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    connection.send("4;x=y\r\ndefg\r\n0\r\nX-Sum: 1\r\n\r\n");
    assert!(
        connection
            .reply()
            .expect("an answer")
            .text()
            .ends_with("abcdefg")
    );
    connection
        .send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    assert_eq!(connection.head().expect("an interim answer").status, 100);
    connection.send("xyz");
    assert!(
        connection
            .reply()
            .expect("an answer")
            .text()
            .ends_with("xyz")
    );
    // Two requests at once are answered in their order.
    connection.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nzz");
    assert!(
        connection
            .reply()
            .expect("an answer")
            .text()
            .starts_with("GET /1 ")
    );
    assert!(
        connection
            .reply()
            .expect("an answer")
            .text()
            .ends_with("zz")
    );
}

#[test]
fn an_answer_to_head_has_a_length_and_no_body() {
    let backend = Backend::start("four", Style::Name);
    let (_router, listen) = serving(&backend, &[]);
    let mut connection = Connection::open(listen);
    for _ in 0..3 {
        connection.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        let head = connection.head().expect("an answer");
        assert_eq!(
            (head.status, head.header("content-length")),
            (200, Some("4"))
        );
    }
    assert_eq!(connection.get("/", &[]).expect("an answer").text(), "four");
}

#[test]
fn interim_answers_of_an_instance_reach_the_client_before_the_final_one() {
    let backend = Backend::start("e", Style::Early);
    let (_router, listen) = serving(&backend, &[]);
    let mut connection = Connection::open(listen);
    connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let early = connection.head().expect("an interim answer");
    assert_eq!(
        (early.status, early.header("link")),
        (103, Some("</a.css>"))
    );
    backend.release();
    assert_eq!(connection.reply().expect("an answer").text(), "late");
}

#[test]
fn a_large_answer_is_held_back_by_a_slow_reader_and_arrives_whole() {
    let backend = Backend::start("l", Style::Large(48));
    let (router, listen) = serving(&backend, &[]);
    let mut connection = Connection::open(listen);
    connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let head = connection.head().expect("an answer");
    assert_eq!(head.header("content-length"), Some("50331648"));
    std::thread::sleep(std::time::Duration::from_millis(200));
    let resident = router.resident_kib();
    assert!(
        resident < 40 * 1024,
        "{resident} KiB held for a reader that does not read"
    );
    let mut block = vec![0; 1 << 20];
    for _ in 0..48 {
        connection.stream.read_exact(&mut block).expect("a block");
        assert!(
            block
                .iter()
                .enumerate()
                .all(|(place, byte)| *byte == (place % 251) as u8)
        );
    }
    assert_eq!(
        connection
            .get("/", &[])
            .expect("the connection goes on")
            .status,
        200
    );
}

#[test]
fn a_large_upload_arrives_whole_and_comes_back_whole() {
    let backend = Backend::start("e", Style::Echo);
    let (_router, listen) = serving(&backend, &[]);
    let body: Vec<u8> = (0..16 << 20).map(|place| (place % 249) as u8).collect();
    let mut connection = Connection::open(listen);
    connection.send(format!(
        "PUT /file HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n",
        body.len()
    ));
    connection.send(&body);
    let reply = connection.reply().expect("an answer");
    assert!(reply.body.ends_with(&body));
    connection.send("POST /file HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for part in body.chunks(1_000_003) {
        connection.send(format!("{:x}\r\n", part.len()));
        connection.send(part);
        connection.send("\r\n");
    }
    connection.send("0\r\n\r\n");
    let reply = connection.reply().expect("an answer");
    assert!(reply.body.ends_with(&body));
}
