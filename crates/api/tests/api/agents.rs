//! The agent protocol over HTTP.

use crate::server::Server;
use serde_json::{Value, json};
use std::time::Duration;
use tidegate_client::Client;
use tidegate_client::wire::{Deployment, DeploymentPhase, Role};

/// An agent that does everything it is asked at once.
pub struct Agent {
    client: Client,
    watcher: Client,
    name: String,
    environment: String,
}

impl Agent {
    pub async fn of(server: &Server, environment: &str) -> Self {
        let token = server
            .token(&format!("agent:{environment}"), Role::Agent, &[environment])
            .await;
        Self {
            client: Client::new(&server.url, &token).unwrap(),
            watcher: server.client(),
            name: environment.to_owned(),
            environment: environment.to_owned(),
        }
    }

    pub async fn lease(&self, wait_ms: u64) -> Vec<Value> {
        let request = json!({ "environments": [self.environment], "max": 4, "wait_ms": wait_ms });
        let reply: Value = self
            .client
            .post(
                &format!("/api/v1/agents/{}/leases", self.name),
                &request,
                None,
            )
            .await
            .unwrap();
        reply["actions"].as_array().unwrap().clone()
    }

    pub async fn done(&self, action: &Value) -> Result<(), tidegate_client::Error> {
        let state =
            json!({ "state": "ended", "result": { "outcome": "done", "detail": "as asked" } });
        let report = json!({ "action": action["id"], "epoch": action["epoch"], "state": state });
        self.client
            .post(
                &format!("/api/v1/agents/{}/reports", self.name),
                &report,
                None,
            )
            .await
    }

    /// Work until a deployment is in a phase.
    pub async fn until(&self, deployment: &str, phase: DeploymentPhase) -> Deployment {
        for _ in 0..100 {
            let now = self.watcher.deployment(deployment).await.unwrap();
            if now.phase == phase {
                return now;
            }
            assert!(!now.phase.is_over(), "{now:?}");
            for action in self.lease(200).await {
                self.done(&action).await.unwrap();
            }
        }
        panic!("{deployment} never came to {phase:?}");
    }
}

#[tokio::test]
async fn an_agent_gets_work_once_and_reports_under_its_lease() {
    let server = Server::start().await;
    let agent = Agent::of(&server, "staging").await;
    let deployment = server.deployed("1.0.0", "staging").await;
    let work = agent.lease(5_000).await;
    assert_eq!(
        (work.len(), work[0]["kind"]["do"].as_str()),
        (1, Some("prepare")),
        "{work:?}"
    );
    assert!(
        agent.lease(0).await.is_empty(),
        "leased work is not given out twice"
    );
    let mut stale = work[0].clone();
    stale["epoch"] = json!(work[0]["epoch"].as_u64().unwrap() + 1);
    let refused = crate::server::refused(agent.done(&stale).await);
    assert_eq!((refused.code.as_str(), refused.status), ("TG2009", 409));
    let running = json!({ "action": work[0]["id"], "epoch": work[0]["epoch"], "state": { "state": "running", "note": "fetching 3 of 12 MB" } });
    let () = agent
        .client
        .post("/api/v1/agents/staging/reports", &running, None)
        .await
        .unwrap();
    let shown = server.client().deployment(&deployment.id).await.unwrap();
    assert_eq!(
        shown.waiting.as_deref(),
        Some("the agent: fetching 3 of 12 MB")
    );
    agent.done(&work[0]).await.unwrap();
    agent.done(&work[0]).await.unwrap();
    let done = agent
        .until(&deployment.id, DeploymentPhase::Succeeded)
        .await;
    assert_eq!(done.plan.steps.len(), done.plan.steps.len());
    assert_eq!(
        crate::server::refused(agent.done(&stale).await).code,
        "TG2009"
    );
}

#[tokio::test]
async fn work_that_comes_while_an_agent_waits_is_given_to_it_at_once() {
    let server = Server::start().await;
    let agent = Agent::of(&server, "staging").await;
    let (work, deployment) = tokio::join!(agent.lease(20_000), server.deployed("1.0.0", "staging"));
    assert_eq!(work[0]["deployment"].as_str(), Some(deployment.id.as_str()));
}

#[tokio::test]
async fn a_newer_request_of_an_agent_ends_the_older_one() {
    let server = Server::start().await;
    let agent = Agent::of(&server, "staging").await;
    let request = json!({ "environments": ["staging"], "max": 1, "wait_ms": 25_000 });
    let older = agent
        .client
        .post::<_, Value>("/api/v1/agents/staging/leases", &request, None);
    let newer = async {
        // The older one is on its way first; whichever comes second takes the place.
        tokio::time::sleep(Duration::from_millis(100)).await;
        agent.lease(0).await
    };
    let (older, newer) = tokio::join!(older, newer);
    assert!(newer.is_empty());
    // It ended long before its 25 s: with nothing, or told that another took its place.
    match older {
        Ok(reply) => assert_eq!(reply["actions"], json!([])),
        Err(error) => assert_eq!(error.status(), Some(429), "{error}"),
    }
}

#[tokio::test]
async fn an_agent_acts_under_its_own_name_in_its_own_environments_only() {
    let server = Server::start().await;
    let agent = Agent::of(&server, "staging").await;
    let lease =
        |environment: &str| json!({ "environments": [environment], "max": 1, "wait_ms": 0 });
    let post = async |path: &str, body: Value| {
        let answer: Result<Value, _> = agent.client.post(path, &body, None).await;
        crate::server::refused(answer)
    };
    assert_eq!(
        post("/api/v1/agents/other/leases", lease("staging"))
            .await
            .code,
        "TG2008"
    );
    assert_eq!(
        post("/api/v1/agents/staging/leases", lease("production"))
            .await
            .code,
        "TG2008"
    );
    let seen = json!({ "environments": ["production"], "seen": { "routes": {}, "running": {} } });
    assert_eq!(
        post("/api/v1/agents/staging/observations", seen).await.code,
        "TG2008"
    );
    let admin: Result<Value, _> = server
        .client()
        .post("/api/v1/agents/staging/leases", &lease("staging"), None)
        .await;
    assert_eq!(crate::server::refused(admin).code, "TG2008");
}

#[tokio::test]
async fn what_an_agent_sees_is_shown_with_the_environment() {
    let server = Server::start().await;
    let agent = Agent::of(&server, "staging").await;
    let deployment = server.deployed("1.0.0", "staging").await;
    let done = agent
        .until(&deployment.id, DeploymentPhase::Succeeded)
        .await;
    let revision = json!({ "digest": "sha256:00", "wanted": 1, "healthy": 1, "exits": 0 });
    let route =
        json!({ "router": "r1", "weights": { done.revision.as_str(): 10_000 }, "groups": {} });
    let seen = json!({ "routes": { "staging/web": route }, "running": { "staging/web": { done.revision.as_str(): revision } } });
    let body = json!({ "environments": ["staging"], "seen": seen });
    let reply: Value = agent
        .client
        .post("/api/v1/agents/staging/observations", &body, None)
        .await
        .unwrap();
    assert!(reply["next_ms"].as_u64().is_some());
    let client = server.client();
    let staging = client.environment("staging").await.unwrap();
    assert_eq!(
        staging.agent.map(|a| (a.name, a.reachable)),
        Some(("staging".to_owned(), true))
    );
    let web = staging
        .services
        .into_iter()
        .find(|s| s.service == "web")
        .unwrap();
    assert_eq!(
        web.observed
            .map(|o| (o.healthy, o.wanted, o.weights[&done.revision])),
        Some((1, 1, 10_000))
    );
    assert_eq!(client.agents().await.unwrap().items.len(), 1);
    assert!(
        client
            .doctor()
            .await
            .unwrap()
            .items
            .iter()
            .any(|c| c.check == "agent of production" && c.help.is_some())
    );
    let status = client.status().await.unwrap();
    assert!(
        status.writer.commands > 0
            && status.config.is_some_and(|c| c.revision == 1)
            && status.quarantines.is_empty()
    );
}
