//! Whoever asked for something does not decide about it: with their account, with a token of it, and with a program of theirs.
//! Everywhere else they may do what their role may.

use super::operations;
use super::table::{Who, table};
use crate::server::{Server, artifact, deploy};
use crate::users::{known, signed_in};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tidegate_client::Client;
use tidegate_client::wire::{ApplyRequest, Role, TokenRequest};

const CONFIG: &str = "\
tidegate: 1
company: Acme
zone: Europe/Berlin
---
teams:
  me: { members: [ana, ben] }
---
environments:
  production: { tier: production }
---
service: web
owner: me
run: { command: ./web --port $PORT, port: 18080, instances: 1 }
---
policy: two
approvals:
  - { from: owner }
never-by: [requester, deployer]
";

/// With these somebody says yes.
const DECIDE: [&str; 3] = ["approve_change", "approve_release", "grant_exception"];
/// Everybody may do these to themselves.
const OWN: [&str; 2] = ["revoke_key", "end_sessions"];

async fn company() -> Server {
    let server = Server::bare().await;
    let files = BTreeMap::from([("tidegate.yaml".to_owned(), CONFIG.to_owned())]);
    let request = ApplyRequest {
        files,
        commit: None,
        reason: None,
        parent: None,
    };
    let client = server.client();
    client.apply_config(&request, "config").await.unwrap();
    known(&server, "ana", "operator").await;
    known(&server, "ben", "operator").await;
    server
}

async fn posted(server: &Server, path: &str, token: &str, body: Value, key: &str) -> Value {
    let header = [("idempotency-key", key)];
    let answer = server
        .send_with("POST", path, Some(token), Some(body), &header)
        .await;
    assert!(answer.status < 300, "{path}: {answer:?}");
    answer.body
}

#[tokio::test]
async fn nobody_decides_about_what_they_asked_for_in_whatever_way_they_come() {
    let server = company().await;
    let ana = signed_in(&server, "ana").await;
    let made = async |name: &str, account: Option<&str>, owner: Option<&str>| {
        let request = TokenRequest {
            name: name.to_owned(),
            role: Role::Operator,
            environments: Vec::new(),
            services: Vec::new(),
            account: account.map(str::to_owned),
            owner: owner.map(str::to_owned),
            expires_in_s: None,
        };
        server.client().create_token(&request).await.unwrap().token
    };
    let ways = [
        ("account", ana.clone()),
        ("token", made("ana", Some("ana"), None).await),
        ("program", made("robot", None, Some("ana")).await),
    ];
    let client = Client::new(&server.url, &ana).unwrap();
    client
        .register_artifact(&artifact("web", "1.0.0"), "a")
        .await
        .unwrap();
    let release = json!({ "release": "web@1.0.0" });
    posted(&server, "/api/v1/releases", &ana, release, "r").await;
    client
        .deploy(&deploy("web@1.0.0", "production"), "d")
        .await
        .unwrap();
    let freeze =
        json!({ "name": "stop", "reason": "because", "policy": { "exceptionBy": ["me"] } });
    posted(&server, "/api/v1/freezes", &server.admin, freeze, "f").await;
    let asked =
        json!({ "release": "web@1.0.0", "environments": ["production"], "reason": "because" });
    let exception = posted(&server, "/api/v1/freezes/stop/exceptions", &ana, asked, "x").await;
    let exception = exception["id"].as_str().unwrap().to_owned();
    let changes = server
        .send("GET", "/api/v1/changes", Some(&ana), None)
        .await;
    let change = changes.body["items"][0].clone();
    let plan = change["plan"]["digest"].as_str().unwrap_or_default();
    let (id, plan) = (change["id"].as_str().unwrap(), format!("\"{plan}\""));
    let because = || json!({ "reason": "because" });
    let operations = [
        (
            "approve_change",
            format!("/api/v1/changes/{id}/approvals"),
            json!({}),
        ),
        (
            "approve_release",
            "/api/v1/releases/web@1.0.0/approvals".to_owned(),
            json!({}),
        ),
        (
            "grant_exception",
            format!("/api/v1/exceptions/{exception}/grants"),
            because(),
        ),
    ];
    assert_eq!(operations.each_ref().map(|(id, ..)| *id), DECIDE);
    let mut cells = 0;
    for (operation, path, body) in &operations {
        for (way, token) in &ways {
            let key = format!("{operation}-{way}");
            let headers = [
                ("idempotency-key", key.as_str()),
                ("if-match", plan.as_str()),
            ];
            let answer = server
                .send_with("POST", path, Some(token), Some(body.clone()), &headers)
                .await;
            let code = answer.body["code"].as_str();
            assert_eq!(
                (answer.status, code),
                (403, Some("TG2013")),
                "{operation} by {way}: {answer:?}"
            );
            cells += 1;
        }
    }
    println!(
        "{cells} of {} cells of self-approvers executed",
        operations.len() * ways.len()
    );
    // Somebody else may.
    let ben = signed_in(&server, "ben").await;
    let headers = [("idempotency-key", "ben"), ("if-match", plan.as_str())];
    let path = format!("/api/v1/changes/{id}/approvals");
    let answer = server
        .send_with("POST", &path, Some(&ben), Some(json!({})), &headers)
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn whoever_asked_may_do_what_their_role_may_everywhere_else() {
    let server = company().await;
    let request = TokenRequest {
        name: "ana".to_owned(),
        role: Role::Operator,
        environments: Vec::new(),
        services: Vec::new(),
        account: Some("ana".to_owned()),
        owner: None,
        expires_in_s: None,
    };
    let ana = server.client().create_token(&request).await.unwrap().token;
    let client = Client::new(&server.url, &ana).unwrap();
    client
        .register_artifact(&artifact("web", "1.0.0"), "a")
        .await
        .unwrap();
    let release = json!({ "release": "web@1.0.0" });
    posted(&server, "/api/v1/releases", &ana, release, "r").await;
    let deployed = client.deploy(&deploy("web@1.0.0", "production"), "d").await;
    let table = table("nothing");
    let (mut cells, mut wrong) = (0, Vec::new());
    for (method, path, id) in operations(&deployed.unwrap().id) {
        if DECIDE.contains(&id.as_str()) {
            continue;
        }
        let (who, body) = &table[id.as_str()];
        let path = path
            .replace("CHG-9", "CHG-1")
            .replace("staging", "production");
        let plan = format!("\"sha256:{}\"", "0".repeat(64));
        let header = [
            ("idempotency-key", id.as_str()),
            ("if-match", plan.as_str()),
        ];
        let answer = server
            .send_with(&method, &path, Some(&ana), body.clone(), &header)
            .await;
        cells += 1;
        let (status, code) = (answer.status, answer.body["code"].as_str());
        let right = match who {
            Who::Unsigned => matches!(code, Some("TG3026" | "TG3027")),
            who if who.includes(Role::Operator) || OWN.contains(&id.as_str()) => {
                code == Some("TG2013")
                    || ![401, 403, 500].contains(&status) && code != Some("TG3006")
            }
            _ => (status, code) == (403, Some("TG2008")),
        };
        if !right {
            wrong.push(format!(
                "{method} {path}: {status} {}",
                answer.body["detail"]
            ));
        }
    }
    println!("{cells} of {} cells executed", table.len() - DECIDE.len());
    assert_eq!(cells, table.len() - DECIDE.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_vote_names_the_plan_that_was_looked_at_and_another_plan_is_told_with_the_change() {
    let server = company().await;
    let (ana, ben) = (
        signed_in(&server, "ana").await,
        signed_in(&server, "ben").await,
    );
    let client = Client::new(&server.url, &ana).unwrap();
    client
        .register_artifact(&artifact("web", "1.0.0"), "a")
        .await
        .unwrap();
    let release = json!({ "release": "web@1.0.0" });
    posted(&server, "/api/v1/releases", &ana, release, "r").await;
    client
        .deploy(&deploy("web@1.0.0", "production"), "d")
        .await
        .unwrap();
    let path = "/api/v1/releases/web@1.0.0/approvals";
    let without = server
        .send_with(
            "POST",
            path,
            Some(&ben),
            Some(json!({})),
            &[("idempotency-key", "one")],
        )
        .await;
    assert_eq!(without.status, 428, "{without:?}");
    let other = format!("\"sha256:{}\"", "0".repeat(64));
    let headers = [("idempotency-key", "two"), ("if-match", other.as_str())];
    let stale = server
        .send_with("POST", path, Some(&ben), Some(json!({})), &headers)
        .await;
    assert_eq!(stale.status, 412, "{stale:?}");
    assert_eq!(stale.body["change"]["release"], "web@1.0.0", "{stale:?}");
}
