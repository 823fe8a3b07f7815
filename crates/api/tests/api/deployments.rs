//! Deployments: dry runs, decisions, steering, rollbacks, and refusals that explain themselves.

use crate::agents::Agent;
use crate::server::{Server, deploy, refused};
use serde_json::json;
use tidegate_client::wire::{
    ConditionState, DeploymentPhase, LockRequest, PromoteRequest, Purpose, Reason, ReleasePhase,
    RollbackRequest, StageState, Verb,
};

fn lock(reason: &str) -> LockRequest {
    LockRequest {
        reason: reason.to_owned(),
        ..LockRequest::default()
    }
}

fn because(reason: &str) -> Reason {
    Reason {
        reason: reason.to_owned(),
    }
}

#[tokio::test]
async fn a_dry_run_shows_plan_and_decision_and_changes_nothing() {
    let server = Server::start().await;
    let release = server.released("1.0.0").await;
    let client = server.client();
    let before = server.seq().await;
    let staging = client
        .deploy_preview(&deploy(&release, "staging"))
        .await
        .unwrap();
    assert!(
        staging.decision.allowed && staging.decision.earliest.is_some(),
        "{staging:?}"
    );
    assert_eq!(
        staging.plan.steps.first().map(String::as_str),
        Some("prepare")
    );
    let production = client
        .deploy_preview(&deploy(&release, "production"))
        .await
        .unwrap();
    assert!(!production.decision.allowed, "{production:?}");
    assert_eq!(production.decision.zone, "America/New_York");
    let way = client
        .promote_preview(
            &release,
            &PromoteRequest {
                to: "production".to_owned(),
                reason: None,
                priority: None,
                at: None,
                expires_ms: None,
            },
        )
        .await
        .unwrap();
    let stops: Vec<&str> = way.items.iter().map(|p| p.environment.as_str()).collect();
    assert_eq!(stops, ["staging", "production"]);
    assert_eq!(server.seq().await, before);
    assert!(
        client
            .deployments(&Default::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[tokio::test]
async fn a_deployment_that_may_not_start_waits_and_says_for_what() {
    let server = Server::start().await;
    let client = server.client();
    let waiting = server.deployed("1.0.0", "production").await;
    assert_eq!(
        (waiting.phase, waiting.share),
        (DeploymentPhase::Waiting, 0)
    );
    assert!(
        waiting
            .waiting
            .as_deref()
            .is_some_and(|w| w.contains("staging")),
        "{waiting:?}"
    );
    assert_eq!(waiting.next, [Verb::Abort]);
    let decision = client
        .decision("web@1.0.0", "production", None)
        .await
        .unwrap();
    assert_eq!(decision.deployment.as_deref(), Some(waiting.id.as_str()));
    assert_eq!(decision.phase, Some(DeploymentPhase::Waiting));
    let order = decision
        .conditions
        .iter()
        .find(|c| c.id == "order")
        .unwrap();
    assert_eq!(order.state, ConditionState::Wait);
    let rule = order.rule.as_ref().unwrap();
    assert_eq!((rule.file.as_str(), rule.line), ("tidegate.yaml", 7));
    // What would hold at another time is asked for that time.
    let later = client
        .decision(
            "web@1.0.0",
            "production",
            Some("2030-01-01T00:00:00Z".parse().unwrap()),
        )
        .await
        .unwrap();
    assert_eq!(later.asked_at.to_string(), "2030-01-01T00:00:00Z");
    let aborted = client
        .abort(&waiting.id, &because("not today"), "x")
        .await
        .unwrap();
    assert_eq!(
        (aborted.phase, aborted.cause.as_deref()),
        (DeploymentPhase::Cancelled, Some("admin: not today"))
    );
    assert!(aborted.phase.is_over() && aborted.next.is_empty() && aborted.ended_at.is_some());
}

#[tokio::test]
async fn a_second_deployment_is_refused_with_the_first_and_all_gates() {
    let server = Server::start().await;
    let first = server.deployed("1.0.0", "staging").await;
    assert_eq!(first.phase, DeploymentPhase::Running);
    let release = server.released("1.1.0").await;
    let problem = refused(
        server
            .client()
            .deploy(&deploy(&release, "staging"), "second")
            .await,
    );
    assert_eq!((problem.code.as_str(), problem.status), ("TG2006", 409));
    assert!(
        problem.detail.contains(&first.id) && problem.help.contains("abort"),
        "{problem:?}"
    );
    let decision = problem.decision.unwrap();
    assert_eq!(
        (decision.release.as_str(), decision.environment.as_str()),
        ("web@1.1.0", "staging")
    );
    assert!(!decision.conditions.is_empty());
}

#[tokio::test]
async fn what_does_not_fit_the_phase_or_does_not_exist_is_refused() {
    let server = Server::start().await;
    let client = server.client();
    let running = server.deployed("1.0.0", "staging").await;
    let problem = refused(client.resume(&running.id, "r").await);
    assert_eq!((problem.code.as_str(), problem.status), ("TG2002", 409));
    let unknown = format!("dep_{}", "0".repeat(26));
    assert_eq!(
        refused(client.pause(&unknown, &because("x"), "p").await).code,
        "TG2003"
    );
    assert_eq!(refused(client.deployment(&unknown).await).status, 404);
    assert_eq!(refused(client.deployment("nonsense").await).status, 404);
    assert_eq!(
        refused(client.deploy(&deploy("web@9", "staging"), "n").await).code,
        "TG2003"
    );
    assert_eq!(
        refused(client.deploy(&deploy("web@1.0.0", "moon"), "m").await).code,
        "TG2004"
    );
    assert_eq!(
        refused(client.hold_environment("moon", &lock("x"), "h").await).code,
        "TG2003"
    );
    assert_eq!(
        refused(client.settle(&running.id, &because("by hand"), "s").await).code,
        "TG2002"
    );
}

#[tokio::test]
async fn the_same_deployment_asked_for_twice_is_one_deployment() {
    let server = Server::start().await;
    let release = server.released("1.0.0").await;
    let body = json!({ "release": release, "environment": "staging", "reason": "first" });
    let key = [("idempotency-key", "d")];
    let send = |body| {
        server.send_with(
            "POST",
            "/api/v1/deployments",
            Some(&server.admin),
            Some(body),
            &key,
        )
    };
    let (first, second) = (send(body.clone()).await, send(body).await);
    assert_eq!((first.status, second.status), (201, 201), "{second:?}");
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.body["id"], second.body["id"]);
    send(json!({ "release": release, "environment": "production" }))
        .await
        .is_problem(422, "TG3003");
}

#[tokio::test]
async fn an_environment_is_held_and_opened_and_a_held_one_lets_nothing_in() {
    let server = Server::start().await;
    let client = server.client();
    let held = client
        .hold_environment("staging", &lock("migration"), "h")
        .await
        .unwrap();
    assert_eq!(
        held.held.map(|h| (h.because, h.by)),
        Some(("migration".to_owned(), "admin".to_owned()))
    );
    assert_eq!(
        refused(
            client
                .hold_environment("staging", &lock("again"), "i")
                .await
        )
        .code,
        "TG2014"
    );
    let waiting = server.deployed("1.0.0", "staging").await;
    assert_eq!(waiting.phase, DeploymentPhase::Waiting);
    client
        .open_environment("staging", &because("done"), "o")
        .await
        .unwrap();
    let agent = Agent::of(&server, "staging").await;
    let done = agent.until(&waiting.id, DeploymentPhase::Succeeded).await;
    assert!(done.started_at.is_some());
    assert!(
        done.conditions.iter().all(|c| c.state.passes()) && !done.conditions.is_empty(),
        "{done:?}"
    );
}

#[tokio::test]
async fn a_release_travels_is_replaced_and_comes_back_by_a_rollback() {
    let server = Server::start().await;
    let client = server.client();
    let agent = Agent::of(&server, "staging").await;
    let first = server.deployed("1.0.0", "staging").await;
    agent.until(&first.id, DeploymentPhase::Succeeded).await;
    let second = server.deployed("1.1.0", "staging").await;
    let second = agent.until(&second.id, DeploymentPhase::Succeeded).await;
    assert_eq!(
        (second.from.as_deref(), second.share),
        (Some("web@1.0.0"), 10_000)
    );
    let lane = client
        .environment("staging")
        .await
        .unwrap()
        .services
        .into_iter()
        .find(|s| s.service == "web")
        .unwrap();
    assert_eq!(
        lane.running.as_ref().map(|r| r.release.as_str()),
        Some("web@1.1.0")
    );
    assert_eq!(
        lane.previous.as_ref().map(|r| r.release.as_str()),
        Some("web@1.0.0")
    );
    assert_eq!(lane.url.as_deref(), Some("http://127.0.0.1:19080"));

    let ask = RollbackRequest {
        service: "web".to_owned(),
        environment: "staging".to_owned(),
        to: Some("1.0.0".to_owned()),
        reason: "slow".to_owned(),
    };
    let before = server.seq().await;
    let preview = client.roll_back_preview(&ask).await.unwrap();
    assert_eq!(
        (
            preview.release.as_str(),
            preview.decision.allowed,
            server.seq().await
        ),
        ("web@1.0.0", true, before)
    );
    let undone = client
        .roll_back_preview(&RollbackRequest {
            to: None,
            ..ask.clone()
        })
        .await
        .unwrap();
    assert_eq!(
        undone.plan.steps, second.plan.undo,
        "a watched deployment is taken back by its own undo steps"
    );
    let back = client.roll_back(&ask, "back").await.unwrap();
    assert_eq!(
        (back.purpose, back.release.as_str()),
        (Purpose::Rollback, "web@1.0.0")
    );
    // A return is not watched, so that it is over with its last step.
    agent.until(&back.id, DeploymentPhase::Confirmed).await;

    let held = client.release("web@1.1.0").await.unwrap();
    assert_eq!(held.phase, ReleasePhase::Held, "{held:?}");
    let stopped = refused(
        client
            .promote(
                "web@1.1.0",
                &PromoteRequest {
                    to: "production".to_owned(),
                    reason: None,
                    priority: None,
                    at: None,
                    expires_ms: None,
                },
                "p",
            )
            .await,
    );
    assert_eq!(stopped.status, 422);
    let decision = stopped.decision.unwrap();
    assert!(
        decision
            .conditions
            .iter()
            .any(|c| c.id == "hold" && c.state == ConditionState::Fail),
        "{decision:?}"
    );
    let free = client
        .unhold("web@1.1.0", &because("fixed"), "u")
        .await
        .unwrap();
    assert_eq!(free.phase, ReleasePhase::Rolling);
    let found = client.whereabouts("1.1.0").await.unwrap().items;
    assert_eq!(found.len(), 1);
    let travelled = client.release("web@1.0.0").await.unwrap();
    let production = travelled
        .stages
        .iter()
        .find(|s| s.environment == "production")
        .unwrap();
    assert_eq!(production.state, StageState::None);
    assert!(
        production
            .conditions
            .as_ref()
            .is_some_and(|c| c.iter().any(|c| c.id == "soak" && c.until.is_some())),
        "{production:?}"
    );
}
