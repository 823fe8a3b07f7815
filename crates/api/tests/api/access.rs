//! Whose a way in is, how far it goes, when it ends, and that whoever is turned away is on record.

use crate::server::{Answer, CONFIG, Server};
use crate::users::{PASSWORD, change, known, signed_in, whoami};
use serde_json::{Value, json};
use tidegate_api::ensure_admin_token;
use tidegate_client::EntryFilter;
use tidegate_client::wire::Role;

const KEY: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

async fn create(server: &Server, body: Value) -> Answer {
    server
        .send("POST", "/api/v1/tokens", Some(&server.admin), Some(body))
        .await
}

async fn made(server: &Server, body: Value) -> String {
    let answer = create(server, body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body["token"].as_str().unwrap().to_owned()
}

async fn linked(server: &Server, person: &str, account: &str) {
    let body = json!({ "account": account, "reason": "the same person" });
    assert_eq!(change(server, person, "links", body).await.status, 200);
}

/// Kinds and bodies of the entries about somebody's access.
async fn told(server: &Server, name: &str) -> Vec<(String, Value)> {
    let filter = EntryFilter {
        stream: Some(format!("access/{name}")),
        ..EntryFilter::default()
    };
    let page = server.client().audit(&filter).await.unwrap();
    let entries = page.items.into_iter();
    entries
        .map(|e| (e.kind, e.body.unwrap_or_default()))
        .collect()
}

#[tokio::test]
async fn an_admin_s_token_for_less_administers_nothing() {
    let server = Server::start().await;
    known(&server, "ana", "viewer").await;
    let less = json!({ "name": "less", "role": "admin", "environments": ["staging"] });
    let less = made(&server, less).await;
    let because = || json!({ "reason": "because" });
    let doors = [
        ("GET", "/api/v1/tokens", Value::Null),
        (
            "POST",
            "/api/v1/tokens",
            json!({ "name": "more", "role": "admin" }),
        ),
        ("DELETE", "/api/v1/tokens/admin", Value::Null),
        ("POST", "/api/v1/calendar/feeds", json!({ "name": "all" })),
        (
            "POST",
            "/api/v1/users",
            json!({ "name": "eve", "role": "admin" }),
        ),
        (
            "POST",
            "/api/v1/users/ana/passwords",
            json!({ "password": PASSWORD }),
        ),
        ("POST", "/api/v1/users/ana/disablements", because()),
        ("POST", "/api/v1/users/ana/sign-outs", because()),
        (
            "POST",
            "/api/v1/users/ana/key-revocations",
            json!({ "name": "laptop", "reason": "because" }),
        ),
    ];
    for (method, path, body) in doors {
        let body = (!body.is_null()).then_some(body);
        let answer = server.send(method, path, Some(&less), body).await;
        answer.is_problem(403, "TG2008");
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains("its token is for less"), "{path}: {detail}");
    }
    assert_eq!(told(&server, "less").await[1].0, "access.refused/1");
    let users = server.send("GET", "/api/v1/users", Some(&less), None).await;
    assert_eq!(users.status, 200, "reading is not narrowed");
    let out = server
        .send("DELETE", "/api/v1/sessions/current", Some(&less), None)
        .await;
    out.is_problem(422, "TG2004");
}

#[tokio::test]
async fn a_token_of_an_account_ends_when_the_account_is_nobody_s_any_more() {
    let server = Server::start().await;
    known(&server, "ana", "operator").await;
    linked(&server, "ana", "oidc:1001").await;
    let own = json!({ "name": "laptop", "role": "admin", "account": "oidc:1001" });
    let own = made(&server, own).await;
    assert_eq!(whoami(&server, &own).await.body["role"], "operator");
    let body = json!({ "account": "oidc:1001", "reason": "it was not hers" });
    assert_eq!(change(&server, "ana", "unlinks", body).await.status, 200);
    whoami(&server, &own).await.is_problem(401, "TG3001");
    linked(&server, "ana", "oidc:1001").await;
    assert_eq!(whoami(&server, &own).await.body["person"], "ana");
}

#[tokio::test]
async fn an_owner_is_a_person_by_whatever_account_and_gives_no_more_than_they_have() {
    let server = Server::start().await;
    known(&server, "ana", "operator").await;
    linked(&server, "ana", "oidc:1001").await;
    let ci = json!({ "name": "ci", "role": "admin", "owner": "oidc:1001" });
    let ci = made(&server, ci).await;
    let me = whoami(&server, &ci).await.body;
    assert_eq!(
        (&me["person"], &me["role"]),
        (&json!("ana"), &json!("operator"))
    );
    let body = json!({ "account": "oidc:1001", "reason": "another one now" });
    assert_eq!(change(&server, "ana", "unlinks", body).await.status, 200);
    assert_eq!(whoami(&server, &ci).await.body["person"], "ana");
    let body = json!({ "role": "viewer", "reason": "another team" });
    assert_eq!(change(&server, "ana", "roles", body).await.status, 200);
    assert_eq!(whoami(&server, &ci).await.body["role"], "viewer");
    let left = change(&server, "ana", "disablements", json!({ "reason": "left" })).await;
    assert_eq!(left.status, 200);
    whoami(&server, &ci).await.is_problem(401, "TG3001");
}

#[tokio::test]
async fn the_last_way_in_is_counted_by_what_a_token_lets_in_and_not_by_what_it_says() {
    let server = Server::start().await;
    known(&server, "ana", "operator").await;
    for body in [
        json!({ "name": "less", "role": "admin", "environments": ["staging"] }),
        json!({ "name": "operator-s", "role": "admin", "owner": "ana" }),
        json!({ "name": "for-ana", "role": "admin", "account": "ana" }),
    ] {
        made(&server, body).await;
    }
    let revoke = async |name: &str, token: &str| {
        let path = format!("/api/v1/tokens/{name}");
        server.send("DELETE", &path, Some(token), None).await
    };
    revoke("admin", &server.admin)
        .await
        .is_problem(409, "TG3016");
    // With another that really is one it may go; when that one's owner leaves, the server makes a new one.
    known(&server, "rita", "admin").await;
    let hers = json!({ "name": "hers", "role": "admin", "owner": "rita" });
    let hers = made(&server, hers).await;
    assert_eq!(revoke("admin", &hers).await.status, 204);
    let file = server.folder.join("new.token");
    assert!(!ensure_admin_token(&server.engine, &file).unwrap());
    let path = "/api/v1/users/rita/disablements";
    let left = json!({ "reason": "left" });
    let left = server.send("POST", path, Some(&hers), Some(left)).await;
    assert_eq!(left.status, 200, "{left:?}");
    assert!(ensure_admin_token(&server.engine, &file).unwrap());
    let new = std::fs::read_to_string(&file).unwrap();
    assert_eq!(whoami(&server, new.trim()).await.body["role"], "admin");
}

#[tokio::test]
async fn no_token_is_called_by_the_name_or_account_of_somebody_else() {
    let server = Server::start().await;
    known(&server, "ana", "operator").await;
    known(&server, "hugo", "operator").await;
    linked(&server, "ana", "oidc:1001").await;
    for body in [
        json!({ "name": "ana", "role": "viewer" }),
        json!({ "name": "ana", "role": "viewer", "owner": "hugo" }),
        json!({ "name": "oidc:1001", "role": "publisher", "account": "hugo" }),
        json!({ "name": "hugo", "role": "agent", "environments": ["staging"] }),
    ] {
        let answer = create(&server, body).await;
        answer.is_problem(409, "TG3015");
        let help = answer.body["help"].as_str().unwrap();
        assert!(help.contains("choose another name"), "{help}");
    }
    let feed = json!({ "name": "hugo" });
    let path = "/api/v1/calendar/feeds";
    let feed = server.send("POST", path, Some(&server.admin), Some(feed));
    feed.await.is_problem(409, "TG3015");
    for body in [
        json!({ "name": "ana", "role": "viewer", "account": "oidc:1001" }),
        json!({ "name": "oidc:1001", "role": "publisher", "owner": "ana" }),
        json!({ "name": "nobody-s", "role": "viewer" }),
    ] {
        made(&server, body).await;
    }
}

#[tokio::test]
async fn a_key_is_registered_with_a_sign_in_and_with_no_token_whatever_its_name() {
    let server = Server::start().await;
    known(&server, "ana", "operator").await;
    let token = json!({ "name": "ana", "role": "operator", "account": "ana" });
    let token = made(&server, token).await;
    let register = async |with: &str| {
        let body = json!({ "name": "laptop", "publicKey": KEY });
        server
            .send("POST", "/api/v1/users/ana/keys", Some(with), Some(body))
            .await
    };
    let answer = register(&token).await;
    answer.is_problem(403, "TG2008");
    let detail = answer.body["detail"].as_str().unwrap();
    assert!(detail.contains("not with a token"), "{detail}");
    assert_eq!(register(&signed_in(&server, "ana").await).await.status, 200);
}

#[tokio::test]
async fn whoever_is_refused_is_on_record_whatever_part_of_the_server_says_so() {
    let server = Server::start().await;
    known(&server, "ana", "viewer").await;
    let calendar = json!({
        "kind": "maintenance", "calendar": "vendor", "reason": "because",
        "text": "BEGIN:VCALENDAR\nEND:VCALENDAR\n"
    });
    let files = json!({ "files": { "tidegate.yaml": CONFIG } });
    let because = json!({ "reason": "because" });
    let work = json!({ "environments": ["staging"], "max": 1, "wait_ms": 0 });
    let seen = json!({ "environments": ["production"], "seen": {} });
    // Each has just been given its token: that entry hides no refusal.
    let (operator, publisher) = (Role::Operator, Role::Publisher);
    let cases = [
        ("config", operator, "/api/v1/config/applications", &files),
        (
            "dry",
            publisher,
            "/api/v1/config/applications?dry_run=true",
            &files,
        ),
        ("import", publisher, "/api/v1/calendar/imports", &calendar),
        ("out", Role::Viewer, "/api/v1/users/ana/sign-outs", &because),
        ("one", Role::Agent, "/api/v1/agents/two/leases", &work),
        (
            "three",
            Role::Agent,
            "/api/v1/agents/three/observations",
            &seen,
        ),
        (
            "core",
            operator,
            "/api/v1/environments/staging/broken-locks",
            &because,
        ),
    ];
    for (name, role, path, body) in cases {
        let environments: &[&str] = if role == Role::Agent {
            &["staging"]
        } else {
            &[]
        };
        let token = server.token(name, role, environments).await;
        for n in 0..2 {
            let key = format!("{name}-{n}");
            let key = [("idempotency-key", key.as_str())];
            let body = Some(body.clone());
            let answer = server
                .send_with("POST", path, Some(&token), body, &key)
                .await;
            answer.is_problem(403, "TG2008");
        }
        let told = told(&server, name).await;
        let kinds: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(kinds, ["access.granted/1", "access.refused/1"], "{path}");
        assert!(told[1].1["action"].is_string(), "{told:?}");
    }
}

#[tokio::test]
async fn that_somebody_was_signed_out_everywhere_is_on_record_with_its_reason() {
    let server = Server::start().await;
    known(&server, "ana", "viewer").await;
    signed_in(&server, "ana").await;
    let empty = change(&server, "ana", "sign-outs", json!({ "reason": " " })).await;
    empty.is_problem(422, "TG2004");
    let lost = json!({ "reason": "lost laptop" });
    let done = change(&server, "ana", "sign-outs", lost).await;
    assert_eq!(done.body["sessions"], json!(1), "{done:?}");
    let told = told(&server, "ana").await;
    let (kind, body) = told.last().unwrap();
    assert_eq!(kind, "access.signed_out/1");
    assert_eq!(
        body,
        &json!({ "person": "ana", "sessions": 1, "by": "admin", "because": "lost laptop" })
    );
}

#[tokio::test]
async fn another_password_of_one_s_own_ends_every_other_sign_in() {
    let server = Server::start().await;
    known(&server, "ana", "viewer").await;
    let (laptop, lost) = (
        signed_in(&server, "ana").await,
        signed_in(&server, "ana").await,
    );
    let body = json!({ "account": "ana", "password": PASSWORD, "newPassword": "five other plain words here" });
    let answer = server
        .send("POST", "/api/v1/sessions", None, Some(body))
        .await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let new = answer.body["token"].as_str().unwrap();
    assert_eq!(whoami(&server, new).await.status, 200);
    for old in [laptop, lost] {
        whoami(&server, &old).await.is_problem(401, "TG3001");
    }
}

#[tokio::test]
async fn a_one_time_password_lets_in_one_of_those_who_use_it_at_once() {
    let server = Server::start().await;
    for name in ["ana", "hugo", "rita"] {
        let body = json!({ "name": name, "role": "viewer" });
        let made = server
            .send("POST", "/api/v1/users", Some(&server.admin), Some(body))
            .await;
        let once = made.body["oneTimePassword"].as_str().unwrap().to_owned();
        let ask = |new: &str| {
            let body = json!({ "account": name, "password": once, "newPassword": new });
            let server = &server;
            async move {
                server
                    .send("POST", "/api/v1/sessions", None, Some(body))
                    .await
                    .status
            }
        };
        let (one, two) = tokio::join!(ask("five plain words are here"), ask(PASSWORD));
        assert_eq!(one.min(two), 201, "{one} {two}");
        assert_eq!(one.max(two), 401, "the password was replaced meanwhile");
    }
}

#[tokio::test]
async fn over_tls_only_the_cookie_that_no_neighbour_can_set_is_believed() {
    let server = Server::reached_under(Some("https://tidegate.test")).await;
    known(&server, "ana", "viewer").await;
    let http = reqwest::Client::builder()
        .tls_certs_only([])
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let answer = http
        .post(format!("{}/login", server.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!(
            "account=ana&password={}",
            PASSWORD.replace(' ', "+")
        ))
        .send()
        .await
        .unwrap();
    let set = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("__Host-tidegate=tg_"), "{}", &set[..12]);
    assert!(set.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"));
    let secret = set.split([';', '=']).nth(1).unwrap();
    let me = async |cookie: String| {
        let headers = [("cookie", cookie.as_str())];
        server
            .send_with("GET", "/api/v1/whoami", None, None, &headers)
            .await
            .status
    };
    assert_eq!(me(format!("__Host-tidegate={secret}")).await, 200);
    assert_eq!(me(format!("tidegate={secret}")).await, 401);
    let over_http = Server::bare().await;
    known(&over_http, "ana", "viewer").await;
    let secret = signed_in(&over_http, "ana").await;
    let cookie = format!("__Host-tidegate={secret}");
    let headers = [("cookie", cookie.as_str())];
    let path = "/api/v1/whoami";
    let answer = over_http.send_with("GET", path, None, None, &headers);
    answer.await.is_problem(401, "TG3001");
}
