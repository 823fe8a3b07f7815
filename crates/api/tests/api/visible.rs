//! What somebody does not see: every operation that reads, asked for a hidden service in every way, by somebody from whom it is
//! hidden, and by somebody who sees it.

use crate::matrix::operations;
use crate::server::{Server, artifact, deploy};
use crate::users::{known, signed_in};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_client::wire::ApplyRequest;

const HIDDEN: &str = "vault";
const CONFIG: &str = "\
tidegate: 1
company: Acme
zone: Europe/Berlin
auditors: audit
---
teams:
  me: { members: [mia] }
  keepers: { members: [kim] }
  audit: { members: [aud] }
  guests: { members: [gus] }
---
environments:
  staging: { tier: test, port-offset: 1000 }
  production: { tier: production, after: staging, zone: America/New_York }
---
policy: two
approvals:
  - { from: owner }
---
service: web
owner: me
run: { command: ./web --port $PORT, port: 18080, instances: 1 }
---
service: vault
owner: keepers
visible-to: [guests]
needs: { web: ^1 }
run: { command: ./vault --port $PORT, port: 18082, instances: 1 }
---
train: vault-train
carries: [vault]
departs: every week on Wed at 10:00
";

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
    for who in ["mia", "kim", "aud", "gus"] {
        known(&server, who, "viewer").await;
    }
    for service in ["web", HIDDEN] {
        let made = artifact(service, "1.0.0");
        client
            .register_artifact(&made, &format!("a-{service}"))
            .await
            .unwrap();
        let release = json!({ "release": format!("{service}@1.0.0") });
        let key = format!("r-{service}");
        posted(&server, "/api/v1/releases", release, &key).await;
        client
            .deploy(
                &deploy(&format!("{service}@1.0.0"), "staging"),
                &format!("d-{service}"),
            )
            .await
            .unwrap();
    }
    let scope = json!({ "services": [HIDDEN, "web"] });
    let freeze =
        json!({ "name": "stocktaking", "reason": format!("{HIDDEN} is counted"), "scope": scope });
    posted(&server, "/api/v1/freezes", freeze, "f-1").await;
    let own =
        json!({ "name": "vault-only", "reason": "because", "scope": { "services": [HIDDEN] } });
    posted(&server, "/api/v1/freezes", own, "f-2").await;
    let entry = json!({
        "kind": "board", "title": format!("About the {HIDDEN}"), "reason": "because",
        "scope": { "services": [HIDDEN] }, "time": { "phrase": "Wed 14:00-15:00" },
    });
    posted(&server, "/api/v1/calendar/entries", entry, "e-1").await;
    server
}

async fn posted(server: &Server, path: &str, body: Value, key: &str) -> Value {
    let header = [("idempotency-key", key)];
    let answer = server
        .send_with("POST", path, Some(&server.admin), Some(body), &header)
        .await;
    assert!(answer.status < 300, "{path}: {answer:?}");
    answer.body
}

/// The deployment of the hidden service, as an administrator finds it.
async fn deployment(server: &Server) -> String {
    let all = server
        .send("GET", "/api/v1/deployments", Some(&server.admin), None)
        .await;
    let items = all.body["items"].as_array().unwrap();
    let found = items
        .iter()
        .find(|d| d["service"] == HIDDEN || d["release"] == "vault@1.0.0");
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_hidden_service_is_named_by_no_operation_that_reads() {
    let server = company().await;
    let deployment = deployment(&server).await;
    let feed = json!({ "name": "planners" });
    let feed = posted(&server, "/api/v1/calendar/feeds", feed, "feed").await;
    let feed = feed["url"].as_str().unwrap().to_owned();
    let feed = feed.split_once("/calendar/").unwrap().1.to_owned();
    let outsider = signed_in(&server, "mia").await;
    let keeper = signed_in(&server, "kim").await;
    let (mut asked, mut leaks, mut named) = (0, Vec::new(), BTreeSet::new());
    for (method, path, id) in operations(&deployment) {
        // A stream has no end to wait for; what it sends is looked at in a test of its own.
        if method != "GET" || ["events", "deployment_events"].contains(&id.as_str()) {
            continue;
        }
        let mut ways = BTreeSet::from([path.clone()]);
        ways.insert(path.replace("web", HIDDEN));
        ways.insert(
            path.replace("{file}", &feed)
                .replace("FRZ-nothing", "FRZ-vault-only"),
        );
        ways.insert(path.replace("retail", "vault-train"));
        for way in ways {
            for (who, token) in [("mia", &outsider), ("kim", &keeper)] {
                let answer = server.send("GET", &way, Some(token), None).await;
                let said = format!("{}{:?}", answer.body, answer.headers);
                asked += 1;
                // What somebody typed themselves is no news to them.
                let typed = way.contains(HIDDEN) && answer.status >= 400;
                if who == "kim" && said.contains(HIDDEN) && answer.status == 200 {
                    named.insert(id.clone());
                }
                if who == "mia" && said.contains(HIDDEN) && !typed {
                    leaks.push(format!("{id} {way}: {} {said}", answer.status));
                }
            }
        }
    }
    println!(
        "{asked} answers to reads, {} leaks; those who see it find it in {} operations",
        leaks.len(),
        named.len()
    );
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    for id in [
        "releases",
        "deployments",
        "audit",
        "freezes",
        "config",
        "calendar",
        "calendar_feed",
    ] {
        assert!(
            id == "calendar_feed" || named.contains(id),
            "{id} shows it to nobody: {named:?}"
        );
    }
}

#[tokio::test]
async fn what_is_hidden_is_told_like_what_nobody_has() {
    let server = company().await;
    let deployment = deployment(&server).await;
    let outsider = signed_in(&server, "mia").await;
    for way in [
        "/api/v1/releases/NAME@1.0.0",
        "/api/v1/releases/NAME@1.0.0/readiness",
        "/api/v1/releases/NAME@1.0.0/risk?environment=production",
        "/api/v1/decisions?release=NAME@1.0.0&environment=staging",
        "/api/v1/permissions?on=NAME@1.0.0",
        "/api/v1/deployments?service=NAME",
        "/api/v1/releases?service=NAME",
    ] {
        let with = async |name: &str| {
            let answer = server
                .send("GET", &way.replace("NAME", name), Some(&outsider), None)
                .await;
            let mut body = answer.body.clone();
            // Of every answer its own.
            for own in ["requestId", "at", "instance"] {
                body.as_object_mut().map(|members| members.remove(own));
            }
            (answer.status, body.to_string().replace(name, "NAME"))
        };
        assert_eq!(with(HIDDEN).await, with("vaulx").await, "{way}");
    }
    let path = format!("/api/v1/deployments/{deployment}");
    let there = server.send("GET", &path, Some(&outsider), None).await;
    there.is_problem(404, "TG2003");
    let absent = "/api/v1/deployments/dep_01KJPWD6M084XFE65JDY1T1QGE";
    let absent = server.send("GET", absent, Some(&outsider), None).await;
    assert_eq!(there.body["help"], absent.body["help"]);
}

#[tokio::test]
async fn owners_those_who_are_named_and_auditors_see_it_and_change_nothing() {
    let server = company().await;
    for (who, sees) in [("mia", false), ("kim", true), ("aud", true), ("gus", true)] {
        let token = signed_in(&server, who).await;
        let answer = server
            .send("GET", "/api/v1/releases", Some(&token), None)
            .await;
        assert_eq!(
            answer.body.to_string().contains(HIDDEN),
            sees,
            "{who}: {answer:?}"
        );
        let export = server
            .send("GET", "/api/v1/audit/export", Some(&token), None)
            .await;
        assert_eq!(
            export.status,
            if sees { 200 } else { 403 },
            "{who}: {export:?}"
        );
        let body = Some(json!({ "release": "vault@1.0.0", "environment": "production" }));
        let header = [("idempotency-key", who)];
        let path = "/api/v1/deployments";
        let tried = server
            .send_with("POST", path, Some(&token), body, &header)
            .await;
        tried.is_problem(403, "TG2008");
    }
}
