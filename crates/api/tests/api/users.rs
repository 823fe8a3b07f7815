//! People: they are made known, sign in, are told apart, and are shut out at once when they have left.

use crate::server::{Answer, Server};
use serde_json::{Value, json};
use tidegate_core::time::Millis;

pub const PASSWORD: &str = "four plain words here";
const MINUTE: Millis = Millis::minutes(1);

pub async fn known(server: &Server, name: &str, role: &str) {
    let body = json!({ "name": name, "role": role, "password": PASSWORD });
    let made = server
        .send("POST", "/api/v1/users", Some(&server.admin), Some(body))
        .await;
    assert_eq!(made.status, 201, "{made:?}");
}

async fn sign_in(server: &Server, account: &str, password: &str) -> Answer {
    let body = json!({ "account": account, "password": password });
    server
        .send("POST", "/api/v1/sessions", None, Some(body))
        .await
}

pub async fn signed_in(server: &Server, account: &str) -> String {
    let answer = sign_in(server, account, PASSWORD).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body["token"].as_str().unwrap().to_owned()
}

pub async fn whoami(server: &Server, token: &str) -> Answer {
    server
        .send("GET", "/api/v1/whoami", Some(token), None)
        .await
}

pub async fn change(server: &Server, name: &str, what: &str, body: Value) -> Answer {
    let path = format!("/api/v1/users/{name}/{what}");
    server
        .send("POST", &path, Some(&server.admin), Some(body))
        .await
}

#[tokio::test]
async fn a_one_time_password_lets_in_once_and_only_with_the_one_that_replaces_it() {
    let server = Server::start().await;
    let body = json!({ "name": "ana", "role": "operator", "emails": ["ana@acme.example"] });
    let made = server
        .send("POST", "/api/v1/users", Some(&server.admin), Some(body))
        .await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.body["user"]["accounts"], json!(["ana"]));
    let once = made.body["oneTimePassword"].as_str().unwrap().to_owned();
    assert_eq!(once.len(), 23, "four groups of five");
    sign_in(&server, "ana", &once)
        .await
        .is_problem(403, "TG3022");
    let both = |new: &str| json!({ "account": "ana", "password": once, "newPassword": new });
    for bad in ["short", &once, "ana and three more words"] {
        let answer = server
            .send("POST", "/api/v1/sessions", None, Some(both(bad)))
            .await;
        answer.is_problem(422, "TG2004");
    }
    let answer = server
        .send("POST", "/api/v1/sessions", None, Some(both(PASSWORD)))
        .await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let me = whoami(&server, answer.body["token"].as_str().unwrap()).await;
    assert_eq!(
        (&me.body["name"], &me.body["person"], &me.body["role"]),
        (&json!("ana"), &json!("ana"), &json!("operator"))
    );
    assert_eq!(me.body["way"], "session");
    sign_in(&server, "ana", &once)
        .await
        .is_problem(401, "TG3020");
    signed_in(&server, "ana").await;

    // The text of neither password is anywhere in the ledger.
    let all = server
        .send("GET", "/api/v1/audit/export", Some(&server.admin), None)
        .await;
    let text = all.body.to_string();
    assert!(text.contains("access.password_set/1"), "{text}");
    assert!(!text.contains(&once) && !text.contains(PASSWORD) && !text.contains("argon2"));
}

#[tokio::test]
async fn every_failure_reads_the_same_and_the_sixth_is_not_looked_at() {
    let server = Server::start().await;
    known(&server, "ana", "viewer").await;
    known(&server, "hugo", "viewer").await;
    change(&server, "hugo", "disablements", json!({ "reason": "left" })).await;
    let text = |answer: &Answer| answer.body["detail"].as_str().unwrap().to_owned();
    let wrong = sign_in(&server, "ana", "not the password").await;
    let nobody = sign_in(&server, "eve", PASSWORD).await;
    let left = sign_in(&server, "hugo", PASSWORD).await;
    for answer in [&wrong, &nobody, &left] {
        answer.is_problem(401, "TG3020");
        assert_eq!(text(answer), text(&wrong));
    }
    for _ in 0..4 {
        sign_in(&server, "ana", "not the password")
            .await
            .is_problem(401, "TG3020");
    }
    let waiting = sign_in(&server, "ana", PASSWORD).await;
    waiting.is_problem(429, "TG3021");
    assert!(text(&waiting).contains("may be tried at"), "{waiting:?}");
    signed_in_later(&server).await;
}

async fn signed_in_later(server: &Server) {
    server.advance(Millis::minutes(15));
    signed_in(server, "ana").await;
}

#[tokio::test]
async fn a_sign_in_ends_by_itself_by_signing_out_and_when_the_person_leaves() {
    let server = Server::start().await;
    known(&server, "ana", "operator").await;
    let gone = |token: String| {
        let server = &server;
        async move {
            whoami(server, &token)
                .await
                .is_problem(401, "TG3001")
                .status
        }
    };
    // Idle for eight hours.
    let idle = signed_in(&server, "ana").await;
    server.advance(Millis::minutes(8 * 60 - 1));
    assert_eq!(whoami(&server, &idle).await.status, 200);
    server.advance(Millis::minutes(8 * 60 - 1));
    assert_eq!(whoami(&server, &idle).await.status, 200, "it was used");
    server.advance(Millis::minutes(8 * 60 - 1));
    assert_eq!(whoami(&server, &idle).await.status, 200);
    // A day in any case.
    server.advance(Millis::minutes(4));
    gone(idle).await;
    let idle = signed_in(&server, "ana").await;
    server.advance(Millis::minutes(8 * 60));
    gone(idle).await;

    let out = signed_in(&server, "ana").await;
    let path = "/api/v1/sessions/current";
    let answer = server.send("DELETE", path, Some(&out), None).await;
    assert_eq!(answer.status, 204);
    gone(out).await;

    let everywhere = signed_in(&server, "ana").await;
    let ended = change(
        &server,
        "ana",
        "sign-outs",
        json!({ "reason": "lost laptop" }),
    )
    .await;
    assert_eq!(ended.body["sessions"], json!(1), "{ended:?}");
    gone(everywhere).await;

    let left = signed_in(&server, "ana").await;
    change(&server, "ana", "disablements", json!({ "reason": "left" })).await;
    gone(left.clone()).await;
    change(&server, "ana", "restorations", json!({ "reason": "back" })).await;
    gone(left).await;
}

#[tokio::test]
async fn a_token_stands_for_its_person_for_its_owner_or_for_nobody() {
    let server = Server::start().await;
    known(&server, "ana", "operator").await;
    let link = json!({ "account": "oidc:1001", "reason": "the same person" });
    assert_eq!(change(&server, "ana", "links", link).await.status, 200);
    let made = |body: Value| {
        let server = &server;
        async move {
            server
                .send("POST", "/api/v1/tokens", Some(&server.admin), Some(body))
                .await
        }
    };
    let token = |answer: &Answer| answer.body["token"].as_str().unwrap().to_owned();
    let own = made(json!({ "name": "ana-laptop", "role": "admin", "account": "oidc:1001" })).await;
    let me = whoami(&server, &token(&own)).await;
    assert_eq!(me.body["person"], "ana");
    assert_eq!(me.body["role"], "operator", "no more than Ana may");
    let program = made(json!({ "name": "ci", "role": "publisher", "owner": "ana" })).await;
    assert_eq!(
        whoami(&server, &token(&program)).await.body["person"],
        "ana"
    );
    let hugo = made(json!({ "name": "hugo", "role": "operator" })).await;
    let me = whoami(&server, &token(&hugo)).await;
    assert_eq!(
        me.body["person"], "admin",
        "whoever made it answers for it, whatever its name"
    );
    for (body, says) in [
        (
            json!({ "name": "x", "role": "viewer", "account": "eve" }),
            "no account `eve`",
        ),
        (
            json!({ "name": "x", "role": "viewer", "owner": "eve" }),
            "no person `eve`",
        ),
        (
            json!({ "name": "x", "role": "agent", "environments": ["staging"], "owner": "ana" }),
            "stands for nobody",
        ),
    ] {
        let answer = made(body).await;
        answer.is_problem(422, "TG2004");
        assert!(
            answer.body["detail"].as_str().unwrap().contains(says),
            "{answer:?}"
        );
    }
    // The person leaves: her own token and the one she answers for end at once.
    change(&server, "ana", "disablements", json!({ "reason": "left" })).await;
    for answer in [&own, &program] {
        whoami(&server, &token(answer))
            .await
            .is_problem(401, "TG3001");
    }
}

#[tokio::test]
async fn a_token_for_less_is_refused_outside_its_reach_and_says_when_it_was_used() {
    let server = Server::start().await;
    server.released("1.0.0").await;
    let body = json!({
        "name": "staging-only", "role": "operator", "environments": ["staging"], "services": ["web"],
    });
    let made = server
        .send("POST", "/api/v1/tokens", Some(&server.admin), Some(body))
        .await;
    let token = made.body["token"].as_str().unwrap().to_owned();
    let used = || async {
        let list = server
            .send("GET", "/api/v1/tokens", Some(&server.admin), None)
            .await;
        let text = list.body.to_string();
        assert!(!text.contains(&token[3..]), "the text is shown once");
        list.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|t| t["name"] == "staging-only")
            .unwrap()
            .clone()
    };
    let row = used().await;
    assert_eq!(row["lastUsedAt"], Value::Null);
    assert_eq!(
        (&row["environments"], &row["services"]),
        (&json!(["staging"]), &json!(["web"]))
    );
    let deploy = |environment: &str| json!({ "release": "web@1.0.0", "environment": environment });
    let ask = |environment: &'static str| {
        let (server, token, body) = (&server, token.clone(), deploy(environment));
        async move {
            let key = [("idempotency-key", environment)];
            server
                .send_with(
                    "POST",
                    "/api/v1/deployments",
                    Some(&token),
                    Some(body),
                    &key,
                )
                .await
        }
    };
    let answer = ask("production").await;
    answer.is_problem(403, "TG2008");
    let text = answer.body["detail"].as_str().unwrap();
    assert!(
        text.contains("does not reach environment production"),
        "{text}"
    );
    let answer = ask("staging").await;
    assert!(answer.status < 300, "{answer:?}");
    assert_ne!(used().await["lastUsedAt"], Value::Null);
    // Revoked: refused at once.
    let path = "/api/v1/tokens/staging-only";
    let revoked = server.send("DELETE", path, Some(&server.admin), None).await;
    assert_eq!(revoked.status, 204);
    whoami(&server, &token).await.is_problem(401, "TG3001");
    server.advance(MINUTE);
}

#[tokio::test]
async fn a_cookie_writes_only_from_our_own_page_and_with_its_text() {
    let server = Server::start().await;
    known(&server, "ana", "admin").await;
    let http = reqwest::Client::builder()
        .tls_certs_only([])
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let login = format!("{}/login", server.url);
    let page = http.get(&login).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(!page.text().await.unwrap().contains("<script"));
    let form = |password: &str| format!("account=ana&password={}", password.replace(' ', "+"));
    let send = |body: String, site: &'static str| {
        let request = http
            .post(&login)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site)
            .body(body);
        async move { request.send().await.unwrap() }
    };
    assert_eq!(send(form(PASSWORD), "cross-site").await.status(), 403);
    let wrong = send(form("<b>wrong</b>"), "same-origin").await;
    assert_eq!(wrong.status(), 401);
    assert!(!wrong.text().await.unwrap().contains("<b>wrong"));
    let right = send(form(PASSWORD), "same-origin").await;
    assert_eq!(right.status(), 303);
    let set = right.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        set.ends_with("; Path=/; HttpOnly; SameSite=Lax") && set.starts_with("tidegate=tg_"),
        "{}",
        &set[..12]
    );
    let cookie = set.split(';').next().unwrap().to_owned();
    let with = |method: &str, path: &str, body: Option<Value>, more: Vec<(String, String)>| {
        let mut headers = vec![("cookie".to_owned(), cookie.clone())];
        headers.extend(more);
        let (server, method, path) = (&server, method.to_owned(), path.to_owned());
        async move {
            let headers: Vec<(&str, &str)> = headers
                .iter()
                .map(|(n, v)| (n.as_str(), v.as_str()))
                .collect();
            server.send_with(&method, &path, None, body, &headers).await
        }
    };
    let me = with("GET", "/api/v1/whoami", None, vec![]).await;
    assert_eq!(me.body["name"], "ana");
    let csrf = me.body["csrfToken"].as_str().unwrap().to_owned();
    let lock = || Some(json!({ "reason": "because" }));
    let path = "/api/v1/environments/staging/holds";
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    for more in [
        vec![],
        vec![header("x-csrf-token", "guess")],
        vec![
            header("x-csrf-token", &csrf),
            header("sec-fetch-site", "cross-site"),
        ],
        vec![
            header("x-csrf-token", &csrf),
            header("origin", "https://evil.example"),
        ],
    ] {
        with("POST", path, lock(), more)
            .await
            .is_problem(403, "TG3023");
    }
    let own = vec![
        header("x-csrf-token", &csrf),
        header("sec-fetch-site", "same-origin"),
    ];
    let done = with("POST", path, lock(), own).await;
    assert!(done.status < 300 || done.status == 404, "{done:?}");
    // Bearer requests need none.
    let page = http
        .get(&login)
        .header("cookie", &cookie)
        .send()
        .await
        .unwrap();
    assert!(
        page.text()
            .await
            .unwrap()
            .contains("Signed in as <b>ana</b>")
    );
    let leave = http
        .post(format!("{}/logout", server.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", &cookie)
        .body(format!("csrf={csrf}"))
        .send()
        .await
        .unwrap();
    assert_eq!(leave.status(), 303);
    assert_eq!(
        with("GET", "/api/v1/whoami", None, vec![]).await.status,
        401
    );
}
