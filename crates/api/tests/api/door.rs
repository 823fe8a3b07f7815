//! Who gets in, and how far.

use crate::server::Server;
use serde_json::{Value, json};
use tidegate_client::wire::{Role, TokenRequest};
use tidegate_core::time::Millis;

/// Method, path with parameters filled in, and whether it needs no token, of every operation there is.
fn operations() -> Vec<(String, String, bool)> {
    let document = serde_json::to_value(tidegate_api::document()).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let path: Vec<&str> = path
                .split('/')
                .map(|part| if part.starts_with('{') { "x" } else { part })
                .collect();
            let public = operation["security"] == json!([{}]);
            all.push((method.to_uppercase(), path.join("/"), public));
        }
    }
    assert!(
        all.len() > 40,
        "the document lost operations: {}",
        all.len()
    );
    all
}

fn body(method: &str) -> Option<Value> {
    (method == "POST").then(|| json!({}))
}

#[tokio::test]
async fn every_operation_but_the_public_ones_refuses_without_a_valid_token() {
    let server = Server::bare().await;
    let mut public = Vec::new();
    for (method, path, open) in operations() {
        if open {
            public.push(path.clone());
            let answer = server.send(&method, &path, None, None).await;
            assert_ne!(answer.status, 401, "{method} {path}");
            continue;
        }
        let unknown = format!("tg_{}", "0".repeat(43));
        for token in [
            None,
            Some("tg_short"),
            Some(unknown.as_str()),
            Some("not a token"),
        ] {
            let answer = server.send(&method, &path, token, body(&method)).await;
            answer.is_problem(401, "TG3001");
        }
    }
    assert_eq!(
        public,
        [
            "/api/openapi.json",
            "/api/v1/agents/x/credentials",
            "/api/v1/health",
            "/api/v1/sessions",
            "/api/v1/sign-ins",
            "/api/v1/sign-ins/completions",
            "/calendar/x",
            "/feeds/known-issues.json",
            "/problems/x"
        ]
    );
    server
        .send("GET", "/api/v1/nothing/here", None, None)
        .await
        .is_problem(401, "TG3001");
    server
        .send("GET", "/api/v1/nothing/here", Some(&server.admin), None)
        .await
        .is_problem(404, "TG3007");
    server
        .send("PATCH", "/api/v1/status", Some(&server.admin), None)
        .await
        .is_problem(404, "TG3007");
}

#[tokio::test]
async fn a_viewer_reads_and_changes_nothing() {
    let server = Server::start().await;
    let viewer = server.token("eve", Role::Viewer, &[]).await;
    let before = server.seq().await;
    let mut decisions = 0;
    for (method, path, public) in operations() {
        if public {
            continue;
        }
        decisions += u64::from(method == "POST" && decides(&path));
        let answer = server
            .send(&method, &path, Some(&viewer), body(&method))
            .await;
        let closed = [
            "/api/v1/tokens",
            "/api/v1/calendar/feeds",
            "/api/v1/agents/",
        ];
        let closed = closed.iter().any(|noun| path.starts_with(noun));
        let asks = [
            "/api/v1/config/plans",
            "/api/v1/simulations/policy",
            "/api/v1/simulations/calendar",
        ];
        let reads = (method == "GET" && !closed) || asks.contains(&path.as_str());
        // Theirs if they were somebody signed in; what exactly is missing is told.
        let own = [
            "/sessions/current",
            "/keys",
            "/key-revocations",
            "/sign-outs",
        ];
        if own.iter().any(|noun| path.ends_with(noun)) {
            assert!([400, 403, 422].contains(&answer.status), "{answer:?}");
        } else if reads {
            assert!(
                ![401, 403, 500].contains(&answer.status),
                "{method} {path}: {answer:?}"
            );
        } else {
            answer.is_problem(403, "TG2008");
        }
    }
    assert_eq!(
        server.seq().await,
        before + 1 + decisions,
        "one entry says that eve was turned away, however often she tries, and one more each yes or no"
    );
    let tried = server
        .client()
        .audit(&of_stream("access/eve"))
        .await
        .unwrap();
    let last = tried.items.last().unwrap();
    assert_eq!(
        (last.kind.as_str(), last.actor.as_str()),
        ("access.refused/1", "eve")
    );
}

/// What asks people for a decision.
fn decides(path: &str) -> bool {
    let listed = [
        ("changes/", ""),
        ("config/proposals/", "/approvals"),
        ("config/proposals/", "/rejections"),
        ("releases/", "/approvals"),
        ("releases/", "/rejections"),
        ("releases/", "/scope-openings"),
        ("exceptions/", "/grants"),
        ("exceptions/", "/refusals"),
        ("exceptions/", "/reviews"),
        ("delegations", ""),
        ("trains/", "/decisions"),
        ("boards/", "/votes"),
        ("boards/", "/answers"),
        ("boards/", "/confirmations"),
        ("boards/", "/openings"),
        ("boards/", "/attestations"),
        ("boards/", "/criteria"),
        ("rollback-decisions", ""),
        ("deployments/", "/sign-offs"),
        ("deployments/", "/sign-off-refusals"),
    ];
    let rest = path.strip_prefix("/api/v1/").unwrap_or_default();
    let mut listed = listed.iter();
    listed.any(|(begin, end)| rest.starts_with(begin) && rest.ends_with(end))
}

fn of_stream(stream: &str) -> tidegate_client::EntryFilter {
    tidegate_client::EntryFilter {
        stream: Some(stream.to_owned()),
        ..tidegate_client::EntryFilter::default()
    }
}

#[tokio::test]
async fn an_agent_reads_nothing_and_a_publisher_deploys_nothing() {
    let server = Server::start().await;
    let agent = server.token("agent:local", Role::Agent, &["staging"]).await;
    for path in [
        "/api/v1/status",
        "/api/v1/releases",
        "/api/v1/audit/export",
        "/api/v1/events",
        "/api/v1/tokens",
    ] {
        server
            .send("GET", path, Some(&agent), None)
            .await
            .is_problem(403, "TG2008");
    }
    let release = server.released("1.0.0").await;
    let publisher = server.token("ci", Role::Publisher, &[]).await;
    let body = json!({ "release": release, "environment": "staging" });
    let key = [("idempotency-key", "k")];
    server
        .send_with(
            "POST",
            "/api/v1/deployments",
            Some(&publisher),
            Some(body.clone()),
            &key,
        )
        .await
        .is_problem(403, "TG2008");
    server
        .send_with(
            "POST",
            "/api/v1/deployments?dry_run=true",
            Some(&publisher),
            Some(body),
            &key,
        )
        .await
        .is_problem(403, "TG2008");
    let operator = server.token("olga", Role::Operator, &[]).await;
    let files = json!({ "files": { "tidegate.yaml": "tidegate: 1" } });
    server
        .send_with(
            "POST",
            "/api/v1/config/applications",
            Some(&operator),
            Some(files),
            &key,
        )
        .await
        .is_problem(403, "TG2008");
}

#[tokio::test]
async fn a_token_ends_when_it_expires_and_when_it_is_revoked() {
    let server = Server::start().await;
    let request = TokenRequest {
        name: "short".to_owned(),
        role: Role::Viewer,
        environments: Vec::new(),
        services: Vec::new(),
        account: None,
        owner: None,
        expires_in_s: Some(60),
    };
    let short = server.client().create_token(&request).await.unwrap();
    let lasting = server.token("lasting", Role::Viewer, &[]).await;
    for token in [&short.token, &lasting] {
        assert_eq!(
            server
                .send("GET", "/api/v1/status", Some(token), None)
                .await
                .status,
            200
        );
    }
    server.advance(Millis::secs(61));
    server
        .send("GET", "/api/v1/status", Some(&short.token), None)
        .await
        .is_problem(401, "TG3001");
    assert_eq!(
        server
            .send("GET", "/api/v1/status", Some(&lasting), None)
            .await
            .status,
        200
    );
    server.client().revoke_token("lasting").await.unwrap();
    server
        .send("GET", "/api/v1/status", Some(&lasting), None)
        .await
        .is_problem(401, "TG3001");
}

#[tokio::test]
async fn only_the_server_s_own_names_are_answered() {
    let server = Server::bare().await;
    for (host, known) in [
        ("localhost:1", true),
        ("tidegate.test", true),
        ("[::1]:7", true),
        ("evil.example", false),
    ] {
        let answer = server
            .send_with("GET", "/api/v1/health", None, None, &[("host", host)])
            .await;
        if known {
            assert_eq!(answer.status, 200, "{host}");
        } else {
            answer.is_problem(421, "TG3004");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_understood_is_refused_with_the_place() {
    let server = Server::start().await;
    let key = [("idempotency-key", "k")];
    let unknown = json!({ "release": "web@1", "environment": "staging", "forse": true });
    let answer = server
        .send_with(
            "POST",
            "/api/v1/deployments",
            Some(&server.admin),
            Some(unknown),
            &key,
        )
        .await;
    answer.is_problem(400, "TG3006");
    assert!(
        answer.body["detail"].as_str().unwrap().contains("forse"),
        "{answer:?}"
    );
    server
        .send(
            "GET",
            "/api/v1/releases?limits=3",
            Some(&server.admin),
            None,
        )
        .await
        .is_problem(400, "TG3006");
    let large = json!({ "release": "x".repeat(2 << 20) });
    server
        .send_with(
            "POST",
            "/api/v1/releases",
            Some(&server.admin),
            Some(large),
            &key,
        )
        .await
        .is_problem(413, "TG3008");
    let page = server.send("GET", "/problems/blocked", None, None).await;
    assert!(page.body.as_str().unwrap().contains("TG2001"), "{page:?}");
    let named = server
        .send_with(
            "GET",
            "/api/v1/status",
            None,
            None,
            &[("x-request-id", "build-7.1")],
        )
        .await;
    assert_eq!(
        named.is_problem(401, "TG3001").body["requestId"],
        "build-7.1"
    );
}
