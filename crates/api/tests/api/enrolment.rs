//! Agents that are let in with a join token and a key of their own, and copies of both.

use crate::server::{Answer, Server, refused};
use serde_json::{Value, json};
use tidegate_client::Client;
use tidegate_client::wire::{EnrolmentRequest, EnrolmentState, NewCredential};
use tidegate_core::digest::Digest;
use tidegate_core::possession::{HEADER, Proof, of_join, of_request};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_policy::signature::Key;

/// The hands of an agent: what it holds, and requests as it sends them.
pub struct Hands {
    pub name: String,
    pub key: Key,
    /// The text of the key, as it stands in the agent's folder.
    pub pem: String,
    pub token: String,
}

pub fn enrolment(agent: &str, environments: &[&str]) -> EnrolmentRequest {
    EnrolmentRequest {
        agent: agent.to_owned(),
        environments: environments.iter().map(|e| (*e).to_owned()).collect(),
        expires_in_s: None,
        credential_s: None,
    }
}

/// Exchange a join token.
pub async fn join(server: &Server, agent: &str, key: &Key, token: &str) -> Answer {
    let text = of_join(agent, &key.public(), &Digest::of(token.as_bytes()));
    let body = json!({ "token": token, "publicKey": key.public(), "signature": key.sign(&text) });
    let path = format!("/api/v1/agents/{agent}/credentials");
    server.send("POST", &path, None, Some(body)).await
}

impl Hands {
    /// An agent that was let in.
    pub async fn of(server: &Server, agent: &str, environments: &[&str]) -> Self {
        let request = enrolment(agent, environments);
        let made = server.client().enroll_agent(&request).await.unwrap();
        let (key, pem) = Key::new().unwrap();
        let answer = join(server, agent, &key, &made.token).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        Self {
            name: agent.to_owned(),
            key,
            pem,
            token: answer.body["token"].as_str().unwrap().to_owned(),
        }
    }

    /// The proof over a request of some instant.
    pub fn proof(
        &self,
        (method, path): (&str, &str),
        at: Timestamp,
        body: Option<&Value>,
    ) -> String {
        let body = body.map_or_else(Vec::new, |body| serde_json::to_vec(body).unwrap());
        let credential = Digest::of(self.token.as_bytes());
        let value = self
            .key
            .sign(&of_request((method, path), at, &credential, &body));
        Proof { at, value }.to_string()
    }

    pub async fn send(&self, server: &Server, method: &str, path: &str, body: Value) -> Answer {
        let proof = self.proof((method, path), server.engine.now(), Some(&body));
        let header = [(HEADER, proof.as_str())];
        server
            .send_with(method, path, Some(&self.token), Some(body), &header)
            .await
    }

    pub async fn lease(&self, server: &Server, environment: &str) -> Answer {
        let path = format!("/api/v1/agents/{}/leases", self.name);
        let body = json!({ "environments": [environment], "max": 1, "wait_ms": 0 });
        self.send(server, "POST", &path, body).await
    }

    pub async fn renew(&self, server: &Server) -> Answer {
        let path = format!("/api/v1/agents/{}/renewals", self.name);
        self.send(server, "POST", &path, json!({})).await
    }
}

async fn listed(server: &Server, name: &str) -> tidegate_client::wire::Agent {
    let all = server.client().agents().await.unwrap().items;
    all.into_iter().find(|agent| agent.name == name).unwrap()
}

#[tokio::test]
async fn a_join_token_lets_in_one_agent_once_and_a_copy_of_it_is_seen() {
    let server = Server::start().await;
    let made = server
        .client()
        .enroll_agent(&enrolment("eu-1", &["staging"]))
        .await
        .unwrap();
    let open = listed(&server, "eu-1").await.enrolment.unwrap();
    assert_eq!(
        (open.state, open.by.as_str()),
        (EnrolmentState::Open, "admin")
    );
    // It opens nothing by itself, and only under its own name.
    let as_bearer = server.send("GET", "/api/v1/status", Some(&made.token), None);
    as_bearer.await.is_problem(401, "TG3001");
    let (key, pem) = Key::new().unwrap();
    let (stranger, _) = Key::new().unwrap();
    join(&server, "us-1", &key, &made.token)
        .await
        .is_problem(401, "TG3027");
    let mut wrong = join(&server, "eu-1", &key, &format!("tg_{}", "0".repeat(43))).await;
    wrong.is_problem(401, "TG3027");

    let first = join(&server, "eu-1", &key, &made.token).await;
    assert_eq!(first.status, 201, "{first:?}");
    // The answer was lost on the way: the same key may ask again until it used what it got.
    let again = join(&server, "eu-1", &key, &made.token).await;
    assert_eq!(again.status, 201, "{again:?}");
    let hands = Hands {
        name: "eu-1".to_owned(),
        key,
        pem,
        token: again.body["token"].as_str().unwrap().to_owned(),
    };
    assert_eq!(hands.lease(&server, "staging").await.status, 200);
    server.advance(Millis::minutes(2));
    for key in [&stranger, &hands.key] {
        wrong = join(&server, "eu-1", key, &made.token).await;
        wrong.is_problem(401, "TG3027");
        assert!(
            wrong.body["detail"]
                .as_str()
                .unwrap()
                .contains("used already")
        );
    }
    assert_eq!(
        hands.lease(&server, "staging").await.status,
        200,
        "the first goes on"
    );
    hands
        .lease(&server, "production")
        .await
        .is_problem(403, "TG2008");

    let agent = listed(&server, "eu-1").await;
    let refusal = agent.enrolment.unwrap().refused.unwrap();
    assert_eq!(refusal.because, "the join token was used already");
    assert_eq!(
        refusal.times, 2,
        "another name, then a copy; at most once a minute"
    );
    let all = server
        .client()
        .audit(&Default::default())
        .await
        .unwrap()
        .items;
    let told: Vec<&str> = all
        .iter()
        .filter(|e| e.stream == "access/agent:eu-1")
        .map(|e| e.kind.as_str())
        .collect();
    assert_eq!(
        told[..5],
        [
            "access.enrolment_opened/1",
            "access.refused/1",
            "access.granted/1",
            "access.granted/1",
            "access.refused/1",
        ]
    );
    let text = serde_json::to_string(&all).unwrap();
    for secret in [&made.token, &hands.token] {
        assert!(!text.contains(secret.as_str()));
    }
}

#[tokio::test]
async fn a_copied_credential_lets_nobody_in_without_the_key() {
    let server = Server::start().await;
    let hands = Hands::of(&server, "eu-1", &["staging"]).await;
    let path = "/api/v1/agents/eu-1/leases";
    let body = json!({ "environments": ["staging"], "max": 1, "wait_ms": 0 });
    let now = || server.engine.now();
    let sent = async |proof: Option<String>, body: &Value| {
        let header: Vec<(&str, &str)> = proof.iter().map(|p| (HEADER, p.as_str())).collect();
        server
            .send_with(
                "POST",
                path,
                Some(&hands.token),
                Some(body.clone()),
                &header,
            )
            .await
    };
    let good = hands.proof(("POST", path), now(), Some(&body));
    assert_eq!(sent(Some(good.clone()), &body).await.status, 200);
    let thief = Hands {
        name: hands.name.clone(),
        key: Key::new().unwrap().0,
        pem: String::new(),
        token: hands.token.clone(),
    };
    let early = Millis::minutes(2).before(now());
    let other = json!({ "environments": ["staging"], "max": 2, "wait_ms": 0 });
    let bad = [
        ("no proof", None, &body),
        ("no text", Some("hello".to_owned()), &body),
        ("the same request again", Some(good), &body),
        (
            "another key",
            Some(thief.proof(("POST", path), now(), Some(&body))),
            &body,
        ),
        (
            "long ago",
            Some(hands.proof(("POST", path), early, Some(&body))),
            &body,
        ),
        (
            "another body",
            Some(hands.proof(("POST", path), now(), Some(&body))),
            &other,
        ),
        (
            "another path",
            Some(hands.proof(("POST", "/api/v1/agents/eu-1/reports"), now(), Some(&body))),
            &body,
        ),
    ];
    for (what, proof, body) in bad {
        let answer = sent(proof, body).await;
        assert_eq!(
            (answer.status, answer.body["code"].as_str()),
            (401, Some("TG3001")),
            "{what}"
        );
    }
    // It is an agent's and nobody else's, however it is signed.
    let reads = hands
        .send(&server, "GET", "/api/v1/status", json!({}))
        .await;
    reads.is_problem(403, "TG2008");
    let other = Hands::of(&server, "us-1", &["production"]).await;
    let foreign = other.send(&server, "POST", path, body).await;
    foreign.is_problem(403, "TG2008");
}

#[tokio::test]
async fn a_credential_is_renewed_and_its_copy_is_seen_at_the_next_renewal() {
    let server = Server::start().await;
    let first = Hands::of(&server, "eu-1", &["staging"]).await;
    let copy = Hands {
        name: first.name.clone(),
        key: Key::read(&first.pem).unwrap(),
        pem: first.pem.clone(),
        token: first.token.clone(),
    };
    // A renewal whose answer is lost costs nothing.
    assert_eq!(first.renew(&server).await.status, 201);
    let answer = first.renew(&server).await;
    let next: NewCredential = serde_json::from_value(answer.body.clone()).unwrap();
    assert_eq!(next.environments, ["staging"]);
    let next = Hands {
        token: next.token,
        ..first
    };
    assert_eq!(next.lease(&server, "staging").await.status, 200);
    server.advance(Millis::minutes(2));
    copy.renew(&server).await.is_problem(401, "TG3027");
    let refusal = listed(&server, "eu-1")
        .await
        .enrolment
        .unwrap()
        .refused
        .unwrap();
    assert!(
        refusal.because.contains("may have been copied"),
        "{refusal:?}"
    );
    assert_eq!(next.lease(&server, "staging").await.status, 200);

    server.advance(Millis::minutes(8 * 60));
    next.lease(&server, "staging")
        .await
        .is_problem(401, "TG3001");
    assert_eq!(
        listed(&server, "eu-1").await.enrolment.unwrap().state,
        EnrolmentState::Ended
    );
    // Offline for too long: let in anew under its name, with the key it has.
    let again = server
        .client()
        .enroll_agent(&enrolment("eu-1", &["staging"]))
        .await
        .unwrap();
    let answer = join(&server, "eu-1", &next.key, &again.token).await;
    assert_eq!(answer.status, 201, "{answer:?}");
}

#[tokio::test]
async fn a_revoked_agent_is_out_at_once_and_nobody_is_let_in_beside_another() {
    let server = Server::start().await;
    let client = server.client();
    let hands = Hands::of(&server, "eu-1", &["staging"]).await;
    let taken = refused(client.enroll_agent(&enrolment("eu-1", &["staging"])).await);
    assert_eq!((taken.code.as_str(), taken.status), ("TG3015", 409));
    client.revoke_agent("eu-1").await.unwrap();
    hands
        .lease(&server, "staging")
        .await
        .is_problem(401, "TG3001");
    hands.renew(&server).await.is_problem(401, "TG3001");
    assert_eq!(
        listed(&server, "eu-1").await.enrolment.unwrap().state,
        EnrolmentState::Revoked
    );
    assert_eq!(refused(client.revoke_agent("us-1").await).status, 404);
    for (request, code) in [
        (enrolment("eu-1", &[]), "TG2004"),
        (enrolment("eu 1", &["staging"]), "TG2004"),
        (enrolment("eu-1", &["nowhere"]), "TG2003"),
        (
            EnrolmentRequest {
                credential_s: Some(90_000),
                ..enrolment("eu-1", &["staging"])
            },
            "TG2004",
        ),
    ] {
        assert_eq!(
            refused(client.enroll_agent(&request).await).code,
            code,
            "{request:?}"
        );
    }
    // A join token that nobody used ends with its time, or when another is made.
    let late = EnrolmentRequest {
        expires_in_s: Some(60),
        ..enrolment("eu-1", &["staging"])
    };
    let (withdrawn, late) = (
        client.enroll_agent(&late).await.unwrap().token,
        client.enroll_agent(&late).await.unwrap().token,
    );
    server.advance(Millis::secs(61));
    for token in [withdrawn, late] {
        join(&server, "eu-1", &hands.key, &token)
            .await
            .is_problem(401, "TG3027");
    }
}

#[tokio::test]
async fn the_client_of_an_agent_signs_what_it_sends() {
    struct Always(Hands);
    impl tidegate_client::Prover for Always {
        fn prove(&self, method: &str, path: &str, body: &[u8]) -> tidegate_client::Proven {
            let at = tidegate_engine::Clock::now(&tidegate_engine::SystemClock);
            let credential = Digest::of(self.0.token.as_bytes());
            let value = self
                .0
                .key
                .sign(&of_request((method, path), at, &credential, body));
            tidegate_client::Proven {
                token: self.0.token.clone(),
                header: (HEADER, Proof { at, value }.to_string()),
            }
        }
    }
    let server = Server::start().await;
    let hands = Hands::of(&server, "eu-1", &["staging"]).await;
    let client = Client::new(&server.url, "").unwrap();
    let client = client.proving(std::sync::Arc::new(Always(hands)));
    let body = json!({ "environments": ["staging"], "max": 1, "wait_ms": 0 });
    let reply: Value = client
        .post("/api/v1/agents/eu-1/leases", &body, None)
        .await
        .unwrap();
    assert_eq!(reply["actions"], json!([]));
    let agent = listed(&server, "eu-1").await;
    assert!(
        agent.reachable && agent.version.is_some() && agent.lag_ms == Some(0),
        "{agent:?}"
    );
    assert!(client.renew_credential("eu-1").await.is_ok());
}
