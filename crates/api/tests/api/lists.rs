//! Lists in parts, the ledger and its proof.

use crate::server::{Server, artifact, refused};
use tidegate_client::wire::{ArtifactRequest, Source};
use tidegate_client::{DeploymentFilter, EntryFilter, ListFilter};
use tidegate_ledger::export::verify_export;

async fn with_artifacts(count: usize) -> Server {
    let server = Server::start().await;
    for n in 0..count {
        let source = Source {
            commit: Some(format!("c0ffee{n}")),
            ..Source::default()
        };
        let request = ArtifactRequest {
            source: Some(source),
            ..artifact("web", &format!("1.{n}"))
        };
        server
            .client()
            .register_artifact(&request, &format!("a{n}"))
            .await
            .unwrap();
    }
    server
}

#[tokio::test]
async fn a_list_is_read_in_parts_and_ends() {
    let server = with_artifacts(5).await;
    let client = server.client();
    client
        .register_artifact(&artifact("api", "1.0"), "other")
        .await
        .unwrap();
    let mut filter = ListFilter {
        tag: None,
        service: Some("web".to_owned()),
        limit: Some(2),
        after: None,
    };
    let mut seen = Vec::new();
    for _ in 0..3 {
        let page = client.artifacts(&filter).await.unwrap();
        seen.extend(page.items.into_iter().map(|a| a.id));
        filter.after = page.next;
    }
    assert_eq!(
        seen,
        ["web@1.0", "web@1.1", "web@1.2", "web@1.3", "web@1.4"]
    );
    assert_eq!(filter.after, None);
    let capped = client
        .artifacts(&ListFilter {
            limit: Some(100_000),
            ..ListFilter::default()
        })
        .await
        .unwrap();
    assert_eq!(capped.items.len(), 6);
    assert_eq!(refused(client.artifact("web@9").await).code, "TG2003");
}

#[tokio::test]
async fn deployments_are_listed_newest_first_by_what_is_asked() {
    let server = Server::start().await;
    let client = server.client();
    let gone = server.deployed("1.0.0", "production").await;
    let newer = server.deployed("1.1.0", "production").await;
    let staging = server.deployed("1.2.0", "staging").await;
    let ids = async |filter: DeploymentFilter| {
        client
            .deployments(&filter)
            .await
            .unwrap()
            .items
            .into_iter()
            .map(|d| d.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ids(DeploymentFilter::default()).await,
        [&staging, &newer, &gone].map(|d| d.id.clone())
    );
    let production = DeploymentFilter {
        environment: Some("production".to_owned()),
        ..Default::default()
    };
    assert_eq!(
        ids(production.clone()).await,
        [&newer, &gone].map(|d| d.id.clone())
    );
    assert_eq!(
        ids(DeploymentFilter {
            live: Some(false),
            ..production.clone()
        })
        .await,
        std::slice::from_ref(&gone.id)
    );
    assert_eq!(
        ids(DeploymentFilter {
            live: Some(true),
            ..production
        })
        .await,
        std::slice::from_ref(&newer.id)
    );
    let one = DeploymentFilter {
        limit: Some(1),
        ..Default::default()
    };
    let page = client.deployments(&one).await.unwrap();
    let rest = client
        .deployments(&DeploymentFilter {
            after: page.next,
            ..one
        })
        .await
        .unwrap();
    assert_eq!(rest.items[0].id, newer.id);
    let events = client
        .deployment_events(&gone.id, None)
        .await
        .unwrap()
        .items;
    assert_eq!(
        events.first().map(|e| e.kind.as_str()),
        Some("deployment.proposed/1")
    );
    let after = client
        .deployment_events(&gone.id, Some("1"))
        .await
        .unwrap()
        .items;
    assert_eq!(after.len(), events.len() - 1);
}

#[tokio::test]
async fn the_ledger_is_listed_exported_and_proven() {
    let server = with_artifacts(3).await;
    let client = server.client();
    let entries = async |filter: EntryFilter| client.audit(&filter).await.unwrap().items;
    let all = entries(EntryFilter::default()).await;
    assert_eq!(
        all.iter().map(|e| e.seq).collect::<Vec<_>>(),
        (1..=5).collect::<Vec<_>>()
    );
    let of = EntryFilter {
        stream: Some("artifact/web@1.1".to_owned()),
        ..Default::default()
    };
    let one = entries(of).await;
    assert_eq!(
        (one.len(), one[0].kind.as_str(), one[0].actor.as_str()),
        (1, "artifact.registered/1", "admin")
    );
    assert_eq!(one[0].cause, "admin:a1");
    assert_eq!(
        entries(EntryFilter {
            kind: Some("artifact".to_owned()),
            ..Default::default()
        })
        .await
        .len(),
        3
    );
    assert_eq!(
        entries(EntryFilter {
            kind: Some("art".to_owned()),
            ..Default::default()
        })
        .await
        .len(),
        0
    );
    assert_eq!(
        entries(EntryFilter {
            actor: Some("nobody".to_owned()),
            ..Default::default()
        })
        .await
        .len(),
        0
    );
    let since = EntryFilter {
        since: Some(all[2].at),
        ..Default::default()
    };
    assert_eq!(entries(since).await.first().map(|e| e.seq), Some(3));
    let page = client
        .audit(&EntryFilter {
            limit: Some(2),
            ..Default::default()
        })
        .await
        .unwrap();
    assert_eq!(page.next.as_deref(), Some("2"));
    assert_eq!(
        refused(
            client
                .audit(&EntryFilter {
                    stream: Some("x".to_owned()),
                    ..Default::default()
                })
                .await
        )
        .code,
        "TG2004"
    );

    let proof = client.audit_verification().await.unwrap();
    assert!(proof.ok && proof.entries == 5 && proof.first_bad.is_none());
    let export = client.bytes("/api/v1/audit/export").await.unwrap();
    verify_export(export.as_slice()).unwrap();
    let status = client.status().await.unwrap();
    assert_eq!(status.ledger.hash, Some(proof.head));
}

#[tokio::test]
async fn a_commit_a_version_and_a_digest_lead_to_the_release() {
    let server = with_artifacts(3).await;
    let client = server.client();
    let digest = client.artifact("web@1.2").await.unwrap().digest;
    for (question, expected) in [
        ("c0ffee2", "web@1.2"),
        ("1.2", "web@1.2"),
        ("web@1.2", "web@1.2"),
        (&digest[..15], "web@1.2"),
    ] {
        let found = client.whereabouts(question).await.unwrap().items;
        assert_eq!(
            found.iter().map(|f| f.release.as_str()).collect::<Vec<_>>(),
            [expected],
            "{question}"
        );
        assert_eq!(found[0].stages.len(), 2);
        assert!(
            found[0].stages[0]
                .why
                .as_deref()
                .is_some_and(|why| why.contains("no release"))
        );
    }
    assert_eq!(client.whereabouts("c0ffee").await.unwrap().items.len(), 3);
    assert!(
        client
            .whereabouts("nothing")
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert_eq!(refused(client.whereabouts(" ").await).code, "TG2004");
}
