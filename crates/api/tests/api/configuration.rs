//! Configuration over HTTP.

use crate::server::{CONFIG, Server, refused};
use std::collections::BTreeMap;
use tidegate_client::wire::{ApplyRequest, PlanRequest, Severity};

fn files(text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("tidegate.yaml".to_owned(), text.to_owned())])
}

fn apply(text: &str) -> ApplyRequest {
    ApplyRequest {
        files: files(text),
        commit: Some("c0ffee1".to_owned()),
        reason: None,
        parent: None,
    }
}

#[tokio::test]
async fn a_plan_shows_changes_and_weakened_controls_and_changes_nothing() {
    let server = Server::start().await;
    let client = server.client();
    let shorter = CONFIG.replace("soak: 1h", "soak: 10m");
    let plan = client
        .plan_config(&PlanRequest {
            files: files(&shorter),
        })
        .await
        .unwrap();
    assert!(
        plan.changes
            .iter()
            .any(|c| c.contains("environments.production.soak")),
        "{plan:?}"
    );
    assert_eq!(plan.weakens.len(), 1, "{plan:?}");
    assert!(plan.text.contains("weakens") && plan.digest.is_some());
    assert_eq!(plan.parent, Some(client.config().await.unwrap().digest));
    let through = client.apply_config_preview(&apply(&shorter)).await.unwrap();
    assert_eq!(through, plan);
    assert_eq!(client.config().await.unwrap().revision, 1);
}

#[tokio::test]
async fn errors_in_files_come_back_with_their_lines_and_nothing_is_applied() {
    let server = Server::start().await;
    let client = server.client();
    let broken = CONFIG.replace("after: staging", "after: stagin");
    let problem = refused(client.apply_config(&apply(&broken), "k").await);
    assert_eq!((problem.code.as_str(), problem.status), ("TG3005", 422));
    let found = &problem.diagnostics[0];
    assert_eq!(
        (found.severity, found.file.as_str(), found.line),
        (Severity::Error, "tidegate.yaml", 7)
    );
    let plan = client
        .plan_config(&PlanRequest {
            files: files(&broken),
        })
        .await
        .unwrap();
    assert_eq!(plan.diagnostics, problem.diagnostics);
    assert!(plan.digest.is_none());
    assert_eq!(client.config().await.unwrap().revision, 1);
}

#[tokio::test]
async fn applying_twice_under_one_key_is_one_revision() {
    let server = Server::start().await;
    let client = server.client();
    let longer = CONFIG.replace("soak: 1h", "soak: 2h");
    let first = client.apply_config(&apply(&longer), "k").await.unwrap();
    assert_eq!(first.revision, 2);
    let again = client.apply_config(&apply(&longer), "k").await.unwrap();
    assert_eq!(again, first);
    let other = refused(client.apply_config(&apply(CONFIG), "k").await);
    assert_eq!(other.code, "TG3003");
    let stale = ApplyRequest {
        parent: Some(crate::server::digest("older")),
        ..apply(CONFIG)
    };
    assert_eq!(
        refused(client.apply_config(&stale, "l").await).code,
        "TG2004"
    );
    let revisions = client
        .config_revisions(&Default::default())
        .await
        .unwrap()
        .items;
    assert_eq!(
        revisions.iter().map(|r| r.revision).collect::<Vec<_>>(),
        [2, 1]
    );
    assert_eq!(
        (revisions[0].commit.as_deref(), revisions[0].by.as_str()),
        (Some("c0ffee1"), "admin")
    );
    let values = client
        .effective("web", Some("production"))
        .await
        .unwrap()
        .items;
    let soak = values
        .iter()
        .find(|v| v.path == "environment.soak")
        .unwrap();
    assert_eq!(
        (soak.value.as_str(), soak.file.as_str(), soak.line),
        (Some("2h"), "tidegate.yaml", 7)
    );
    assert!(
        client
            .effective("web", None)
            .await
            .unwrap()
            .items
            .iter()
            .any(|v| v.path == "staging/environment.soak")
    );
    assert_eq!(
        refused(client.effective("nothing", None).await).code,
        "TG2003"
    );
}
