//! The whole matrix: every operation for nobody, for a stranger and for every role. Whoever adds an operation says here who
//! may use it; an operation that is not in the table fails the test.

mod selves;
mod strangers;
mod table;

use crate::server::Server;
use serde_json::json;
use std::collections::BTreeSet;
use table::{PASSWORD, ROLES, Who, table};
use tidegate_client::wire::Role;

/// The work that waits in staging, leased by an agent of it.
async fn leased(server: &Server, agent: &str, token: &str) -> String {
    let path = format!("/api/v1/agents/{agent}/leases");
    let body = json!({ "environments": ["staging"], "max": 1, "wait_ms": 10_000 });
    let answer = server.send("POST", &path, Some(token), Some(body)).await;
    let action = answer.body["actions"][0]["id"].as_str();
    action.unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

/// Method, path and operation of everything in the OpenAPI document, with names filled in that exist.
pub fn operations(deployment: &str) -> Vec<(String, String, String)> {
    let document = serde_json::to_value(tidegate_api::document()).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let path = path
                .replace("{id}", deployment)
                .replace("{reference}", "web@1.0.0")
                .replace("{environment}", "staging")
                .replace("{freeze}", "FRZ-nothing")
                .replace("{exception}", "EXC-9")
                .replace("{delegation}", "DLG-9")
                .replace("{decision}", "DEC-9")
                .replace("{board}", "cab")
                .replace("{hold}", "HLD-9")
                .replace("{document}", "impact")
                .replace("{erasure}", "ERS-9")
                .replace("{digest}", &format!("sha256:{}", "0".repeat(64)))
                .replace("{day}", "2026-11-25")
                .replace("{change}", "CHG-9")
                .replace("{entry}", "board-9")
                .replace("{feed}", "board-cab")
                .replace("{service}", "web")
                .replace("{agent}", "the-agent")
                .replace("{train}", "retail")
                .replace("{number}", "next")
                .replace("{user}", "ana")
                .replace("{name}", "nobody")
                .replace("{slug}", "blocked");
            let id = operation["operationId"].as_str().unwrap().to_owned();
            let query = match id.as_str() {
                "audit_consistency" => "?from=1",
                "audit_population" => "?from=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00Z",
                "audit_proof" => "?seq=1",
                "effective_config" => "?service=web&environment=staging",
                "decision" => "?release=web@1.0.0&environment=staging",
                "next_slots" => "?service=web&environment=staging",
                "vote_statement" => "?team=me",
                "whereabouts" => "?q=web",
                _ => "",
            };
            all.push((method.to_uppercase(), path + query, id));
        }
    }
    all
}

#[tokio::test]
async fn every_operation_opens_for_the_roles_in_the_table_and_for_nobody_else() {
    let server = Server::start().await;
    let deployment = server.deployed("1.0.0", "staging").await.id;
    let ana = json!({ "name": "ana", "role": "viewer", "password": PASSWORD });
    let made = server
        .send("POST", "/api/v1/users", Some(&server.admin), Some(ana))
        .await;
    assert_eq!(made.status, 201, "{made:?}");
    let mut tokens = Vec::new();
    for role in ROLES {
        let name = format!("the-{role:?}").to_lowercase();
        let environments: &[&str] = if role == Role::Agent {
            &["staging"]
        } else {
            &[]
        };
        tokens.push((role, server.token(&name, role, environments).await));
    }
    let stranger = format!("tg_{}", "0".repeat(43));
    let table = table(&leased(&server, "the-agent", &tokens[0].1).await);
    let mut seen = BTreeSet::new();
    let (mut wrong, mut cells) = (Vec::new(), 0);
    for (method, path, id) in operations(&deployment) {
        let Some((who, body)) = table.get(id.as_str()) else {
            panic!("who may use `{id}` ({method} {path})? say so in the table of this test");
        };
        seen.insert(id.clone());
        let without = [None, Some(stranger.as_str()), Some("tg_short")].map(|token| (None, token));
        let with = tokens
            .iter()
            .map(|(role, token)| (Some(*role), Some(token.as_str())));
        for (n, (role, token)) in without.into_iter().chain(with).enumerate() {
            let key = format!("{id}-{n}");
            let plan = format!("\"sha256:{}\"", "0".repeat(64));
            let header = [
                ("idempotency-key", key.as_str()),
                ("if-match", plan.as_str()),
            ];
            let answer = server
                .send_with(&method, &path, token, body.clone(), &header)
                .await;
            cells += 1;
            let open = role.map_or(*who == Who::Everybody, |role| who.includes(role));
            let right = match (open, role) {
                _ if *who == Who::Unsigned => {
                    let code = answer.body["code"].as_str();
                    matches!(code, Some("TG3026" | "TG3027"))
                }
                // The role may; that others decide is a question of persons.
                (true, Some(_)) if answer.body["code"] == "TG2013" => true,
                (true, _) => {
                    ![401, 403, 500].contains(&answer.status) && answer.body["code"] != "TG3006"
                }
                (false, None) => {
                    (answer.status, answer.body["code"].as_str()) == (401, Some("TG3001"))
                }
                (false, Some(_)) => {
                    (answer.status, answer.body["code"].as_str()) == (403, Some("TG2008"))
                }
            };
            if !right {
                let text = answer.body["detail"].as_str().unwrap_or_default();
                wrong.push(format!(
                    "{method} {path} as {role:?}: {} {text}",
                    answer.status
                ));
            }
        }
    }
    println!(
        "{cells} of {} cells of roles executed, {} wrong",
        seen.len() * 9,
        wrong.len()
    );
    assert_eq!(cells, seen.len() * 9);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let named: BTreeSet<String> = table.keys().map(|id| (*id).to_owned()).collect();
    assert_eq!(seen, named, "the table names operations that do not exist");
}
