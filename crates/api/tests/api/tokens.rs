//! Tokens: made once, shown once, never the last one taken away.

use crate::server::{Server, refused};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use tidegate_api::{ensure_admin_token, ensure_agent_token};
use tidegate_client::wire::{Role, TokenRequest};
use tidegate_core::id::EnvId;

fn request(name: &str, role: Role, environments: &[&str]) -> TokenRequest {
    let environments = environments.iter().map(|e| (*e).to_owned()).collect();
    TokenRequest {
        name: name.to_owned(),
        role,
        environments,
        services: Vec::new(),
        account: None,
        owner: None,
        expires_in_s: None,
    }
}

#[tokio::test]
async fn the_first_administrator_s_token_is_made_once_and_readable_by_its_owner_only() {
    let server = Server::bare().await;
    let file = server.folder.join("admin.token");
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let before = std::fs::read_to_string(&file).unwrap();
    assert!(!ensure_admin_token(&server.engine, &file).unwrap());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    assert!(
        before.starts_with("tg_") && before.trim().len() == 46,
        "{}",
        before.len()
    );
}

#[tokio::test]
async fn an_agent_keeps_its_token_and_gets_the_environments_it_shall_serve() {
    let server = Server::start().await;
    let file = server.folder.join("agent.token");
    let environments = |names: &[&str]| {
        names
            .iter()
            .map(|n| EnvId::new(*n).unwrap())
            .collect::<BTreeSet<_>>()
    };
    let first =
        ensure_agent_token(&server.engine, "local", &environments(&["staging"]), &file).unwrap();
    let again = ensure_agent_token(
        &server.engine,
        "local",
        &environments(&["staging", "production"]),
        &file,
    )
    .unwrap();
    assert_eq!(first, again);
    assert!(!format!("{first:?}").contains(&first.reveal()[3..]));
    let listed = server.client().tokens().await.unwrap().items;
    let agent = listed
        .iter()
        .find(|token| token.name == "agent:local")
        .unwrap();
    assert_eq!(agent.environments, ["production", "staging"]);
    std::fs::remove_file(&file).unwrap();
    let new =
        ensure_agent_token(&server.engine, "local", &environments(&["staging"]), &file).unwrap();
    assert_ne!(new, first);
    assert_eq!(
        server.client().tokens().await.unwrap().items.len(),
        2,
        "the lost token ended"
    );
}

#[tokio::test]
async fn names_are_unique_and_the_last_way_in_stays() {
    let server = Server::start().await;
    let client = server.client();
    client
        .create_token(&request("ci", Role::Publisher, &[]))
        .await
        .unwrap();
    assert_eq!(
        refused(client.create_token(&request("ci", Role::Viewer, &[])).await).code,
        "TG3015"
    );
    assert_eq!(
        refused(
            client
                .create_token(&request("a b", Role::Viewer, &[]))
                .await
        )
        .code,
        "TG2004"
    );
    assert_eq!(
        refused(
            client
                .create_token(&request("tidegate", Role::Viewer, &[]))
                .await
        )
        .code,
        "TG2004"
    );
    assert_eq!(
        refused(client.create_token(&request("a", Role::Agent, &[])).await).code,
        "TG2004"
    );
    assert_eq!(
        refused(
            client
                .create_token(&request("v", Role::Viewer, &["not a name"]))
                .await
        )
        .code,
        "TG2004"
    );
    assert_eq!(refused(client.revoke_token("admin").await).code, "TG3016");
    assert_eq!(refused(client.revoke_token("nobody").await).code, "TG2003");
    let second = client
        .create_token(&request("second", Role::Admin, &[]))
        .await
        .unwrap();
    client.revoke_token("admin").await.unwrap();
    let listed = server
        .send("GET", "/api/v1/tokens", Some(&second.token), None)
        .await;
    assert_eq!(listed.status, 200);
    assert!(!listed.body.to_string().contains("tg_"), "{listed:?}");
}

#[tokio::test]
async fn who_may_come_in_and_who_may_no_more_stands_in_the_ledger_without_the_secret() {
    let server = Server::bare().await;
    let client = server.client();
    let mut limited = request("eve", Role::Viewer, &[]);
    limited.expires_in_s = Some(3_600);
    let eve = client.create_token(&limited).await.unwrap().token;
    let agent = request("agent:one", Role::Agent, &["staging"]);
    let agent = client.create_token(&agent).await.unwrap().token;
    refused(client.create_token(&limited).await);
    client.revoke_token("eve").await.unwrap();
    refused(client.revoke_token("eve").await);
    refused(client.revoke_token("admin").await);

    let all = client.audit(&Default::default()).await.unwrap().items;
    let told: Vec<_> = all
        .iter()
        .map(|e| (e.kind.as_str(), e.stream.as_str(), e.actor.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("access.granted/1", "access/admin", "tidegate"),
            ("access.granted/1", "access/eve", "admin"),
            ("access.granted/1", "access/agent:one", "admin"),
            ("access.revoked/1", "access/eve", "admin"),
        ],
        "what was refused changed nothing"
    );
    let body = all[1].body.as_ref().unwrap();
    assert_eq!(
        (&body["token"], &body["role"], &body["by"]),
        (&"eve".into(), &"viewer".into(), &"admin".into())
    );
    assert!(body["expires"].is_string(), "{body}");
    assert_eq!(
        all[2].body.as_ref().unwrap()["environments"],
        serde_json::json!(["staging"])
    );
    let text = serde_json::to_string(&all).unwrap();
    for secret in [eve.as_str(), agent.as_str(), server.admin.as_str()] {
        let hash = tidegate_core::digest::Digest::of(secret.as_bytes());
        assert!(!text.contains(secret) && !text.contains(&hash.hex()));
    }
    assert!(client.audit_verification().await.unwrap().ok);
}
