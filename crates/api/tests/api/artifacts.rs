//! Artifacts and idempotency: the same command once, the same version for ever.

use crate::server::{Server, artifact, digest, refused};
use serde_json::json;
use tidegate_client::wire::{ArtifactPhase, Reason, ReleaseRequest, Role, Source};

#[tokio::test]
async fn the_same_command_sent_twice_happens_once_and_says_so() {
    let server = Server::start().await;
    let body = serde_json::to_value(artifact("web", "1.0.0")).unwrap();
    let send = |body: serde_json::Value| {
        let server = &server;
        async move {
            server
                .send_with(
                    "POST",
                    "/api/v1/artifacts",
                    Some(&server.admin),
                    Some(body),
                    &[("idempotency-key", "build-1")],
                )
                .await
        }
    };
    let first = send(body.clone()).await;
    assert_eq!(
        (first.status, first.header("idempotency-replayed")),
        (201, None),
        "{first:?}"
    );
    assert_eq!(
        first.header("location"),
        Some("/api/v1/artifacts/web@1.0.0")
    );
    let seq = server.seq().await;
    let second = send(body).await;
    assert_eq!(
        (second.status, second.header("idempotency-replayed")),
        (201, Some("true"))
    );
    assert_eq!(second.body, first.body);
    let other = send(serde_json::to_value(artifact("web", "1.0.1")).unwrap()).await;
    other.is_problem(422, "TG3003");
    assert_eq!(server.seq().await, seq);
}

#[tokio::test]
async fn keys_of_different_callers_never_meet() {
    let server = Server::start().await;
    let key = [("idempotency-key", "1")];
    for (n, name) in ["ann", "bob"].into_iter().enumerate() {
        let token = server.token(name, Role::Operator, &[]).await;
        let body = serde_json::to_value(artifact("web", &format!("1.{n}"))).unwrap();
        let answer = server
            .send_with("POST", "/api/v1/artifacts", Some(&token), Some(body), &key)
            .await;
        assert_eq!(
            (answer.status, answer.header("idempotency-replayed")),
            (201, None),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn commands_that_start_something_need_a_key() {
    let server = Server::start().await;
    let release = server.released("1.0.0").await;
    let starts = [
        (
            "/api/v1/artifacts",
            serde_json::to_value(artifact("web", "2")).unwrap(),
        ),
        ("/api/v1/releases", json!({ "release": release })),
        (
            "/api/v1/deployments",
            json!({ "release": release, "environment": "staging" }),
        ),
        (
            "/api/v1/rollbacks",
            json!({ "service": "web", "environment": "staging", "reason": "broken" }),
        ),
        (
            "/api/v1/releases/web@1.0.0/promotions",
            json!({ "to": "staging" }),
        ),
        ("/api/v1/config/applications", json!({ "files": {} })),
    ];
    for (path, body) in starts {
        server
            .send("POST", path, Some(&server.admin), Some(body.clone()))
            .await
            .is_problem(400, "TG3002");
        let blank = [("idempotency-key", " ")];
        server
            .send_with("POST", path, Some(&server.admin), Some(body), &blank)
            .await
            .is_problem(400, "TG3002");
    }
    let held = server
        .send(
            "POST",
            "/api/v1/environments/staging/holds",
            Some(&server.admin),
            Some(json!({ "reason": "audit" })),
        )
        .await;
    assert_eq!(held.status, 200, "{held:?}");
    assert_eq!(held.body["held"]["because"], "audit");
}

#[tokio::test]
async fn a_version_names_its_bits_for_ever() {
    let server = Server::start().await;
    let client = server.client();
    let source = Source {
        commit: Some("c0ffee1".to_owned()),
        repository: Some("acme/web".to_owned()),
        branch: None,
        ..Source::default()
    };
    let request = tidegate_client::wire::ArtifactRequest {
        source: Some(source),
        ..artifact("web", "1.0.0")
    };
    let made = client.register_artifact(&request, "a").await.unwrap();
    assert_eq!(
        (made.id.as_str(), made.phase, made.commit.as_deref()),
        ("web@1.0.0", ArtifactPhase::Registered, Some("c0ffee1"))
    );
    let again = server
        .send_with(
            "POST",
            "/api/v1/artifacts",
            Some(&server.admin),
            Some(serde_json::to_value(&request).unwrap()),
            &[("idempotency-key", "b")],
        )
        .await;
    assert_eq!(again.status, 200, "{again:?}");
    assert_eq!(again.body, serde_json::to_value(&made).unwrap());
    let other = tidegate_client::wire::ArtifactRequest {
        digest: digest("other bits"),
        ..request
    };
    let problem = refused(client.register_artifact(&other, "c").await);
    assert_eq!((problem.code.as_str(), problem.status), ("TG2005", 409));
    let unknown = refused(
        client
            .register_artifact(&artifact("nothing", "1"), "d")
            .await,
    );
    assert_eq!((unknown.code.as_str(), unknown.status), ("TG2003", 404));
    let named = ReleaseRequest {
        release: "web@1.0.0".to_owned(),
        artifact: Some(digest("other bits")),
    };
    assert_eq!(
        refused(client.create_release(&named, "e").await).code,
        "TG2005"
    );
    let badly = tidegate_client::wire::ArtifactRequest {
        digest: "sha256:abc".to_owned(),
        ..artifact("web", "2")
    };
    assert_eq!(
        refused(client.register_artifact(&badly, "f").await).code,
        "TG2004"
    );
}

#[tokio::test]
async fn a_recalled_artifact_passes_no_gate() {
    let server = Server::start().await;
    let release = server.released("1.0.0").await;
    let client = server.client();
    let reason = Reason {
        reason: "leaks sessions".to_owned(),
    };
    let recalled = client
        .recall_artifact(&release, &reason, "r")
        .await
        .unwrap();
    assert_eq!(recalled.phase, ArtifactPhase::Recalled);
    let decision = client.decision(&release, "staging", None).await.unwrap();
    assert!(
        !decision.allowed && decision.earliest.is_none(),
        "{decision:?}"
    );
    assert!(
        decision
            .conditions
            .iter()
            .any(|c| c.id == "artifact" && c.title.contains("leaks sessions"))
    );
    assert_eq!(
        refused(client.retire_artifact(&release, &reason, "s").await).code,
        "TG2002"
    );
    let empty = Reason {
        reason: "  ".to_owned(),
    };
    assert_eq!(
        refused(client.recall_artifact(&release, &empty, "t").await).code,
        "TG2004"
    );
}
