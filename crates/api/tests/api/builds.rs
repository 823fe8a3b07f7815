//! Builds register artifacts with the token of their own CI: what is believed, and every reason why not, each with its text.

use crate::server::{Answer, CONFIG, Server, artifact};
use axum::routing::get;
use axum::{Json, Router};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tidegate_client::wire::ApplyRequest;
use tidegate_core::time::Millis;

/// Two key pairs of RFC 8032, section 7.1: the issuer's, and somebody else's.
const OWN: [u8; 32] = [
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
    0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
];
const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const OTHER: [u8; 32] = [
    0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda, 0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11, 0x4e, 0x0f,
    0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab, 0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb,
];

fn key(seed: [u8; 32]) -> EncodingKey {
    // PKCS#8 of an Ed25519 seed is a fixed frame around it.
    let mut der = vec![
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    der.extend(seed);
    EncodingKey::from_ed_der(&der)
}

/// An issuer that publishes its key, on a real socket.
async fn issuer() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let own = url.clone();
    let about = move || async move {
        Json(json!({ "issuer": own.clone(), "jwks_uri": format!("{own}/keys") }))
    };
    let keys = || async {
        Json(json!({ "keys": [
            { "kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "kid": "one", "alg": "EdDSA", "use": "sig" }
        ] }))
    };
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(about))
        .route("/keys", get(keys));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

pub struct Company {
    pub server: Server,
    issuer: String,
}

impl Company {
    pub async fn new() -> Self {
        let (server, issuer) = (Server::start().await, issuer().await);
        let company = Self { server, issuer };
        company.configure(&company.issuer).await;
        company
    }

    async fn configure(&self, issuer: &str) {
        self.configured(issuer, "").await;
    }

    /// With more documents.
    pub async fn with(&self, more: &str) {
        self.configured(&self.issuer, more).await;
    }

    async fn configured(&self, issuer: &str, more: &str) {
        let trust = format!(
            "trust:\n  - github-actions: {{ repositories: [acme/web], refs: [main, release/*], issuer: \"{issuer}\" }}\n"
        );
        let text = CONFIG.replacen("---\n", &format!("{trust}---\n"), 1) + more;
        let client = self.server.client();
        let parent = client.config().await.unwrap().digest;
        let request = ApplyRequest {
            files: BTreeMap::from([("tidegate.yaml".to_owned(), text)]),
            commit: None,
            reason: None,
            parent: Some(parent),
        };
        let key = format!("{issuer} {more}").replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let key: String = key.chars().take(100).collect();
        client.apply_config(&request, &key).await.unwrap();
    }

    pub fn claims(&self, jti: &str) -> Value {
        let now = self.server.engine.now().as_second();
        json!({
            "iss": self.issuer, "aud": "tidegate", "sub": "repo:acme/web:ref:refs/heads/main", "jti": jti,
            "iat": now, "nbf": now - 5, "exp": now + 300, "repository": "acme/web",
            "ref": "refs/heads/main", "sha": "c0ffee1", "run_id": "4711", "actor": "ana",
        })
    }

    pub fn signed(&self, claims: &Value) -> String {
        signed_with(claims, "one", OWN)
    }

    async fn register(&self, token: &str, version: &str, command: &str) -> Answer {
        let key = [("idempotency-key", command)];
        let body = Some(json!(artifact("web", version)));
        self.server
            .send_with("POST", "/api/v1/artifacts", Some(token), body, &key)
            .await
    }

    #[track_caller]
    fn refused(answer: &Answer, says: &str, token: &str) {
        answer.is_problem(401, "TG3024");
        let text = answer.body.to_string();
        assert!(text.contains(says), "`{says}` is missing in {text}");
        assert!(!text.contains(token), "the token is echoed");
    }
}

fn signed_with(claims: &Value, id: &str, seed: [u8; 32]) -> String {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(id.to_owned());
    jsonwebtoken::encode(&header, claims, &key(seed)).unwrap()
}

#[tokio::test]
async fn a_build_registers_and_the_registration_says_which_build_it_was() {
    let company = Company::new().await;
    let token = company.signed(&company.claims("a"));
    let made = company.register(&token, "1.0.0", "run-1").await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.body["builtBy"]["repository"], "acme/web");
    assert_eq!(made.body["builtBy"]["run"], "4711");
    assert_eq!(
        (&made.body["repository"], &made.body["commit"]),
        (&json!("acme/web"), &json!("c0ffee1")),
        "what the token proves stands where nothing was said"
    );
    let audit = company
        .server
        .client()
        .audit(&tidegate_client::EntryFilter {
            stream: Some("artifact/web@1.0.0".to_owned()),
            ..Default::default()
        })
        .await
        .unwrap();
    assert_eq!(audit.items[0].actor, "github-actions:acme/web");

    // The same registration again is the same; another one with this token is a replay.
    let again = company.register(&token, "1.0.0", "run-1").await;
    assert!(again.status < 300, "{again:?}");
    let replay = company.register(&token, "1.0.1", "run-2").await;
    Company::refused(&replay, "used before", &token);
    // It opens nothing else.
    let read = company
        .server
        .send("GET", "/api/v1/status", Some(&token), None)
        .await;
    Company::refused(&read, "registers artifacts and nothing else", &token);
}

#[tokio::test]
async fn every_token_that_is_not_to_be_believed_is_refused_with_its_own_reason() {
    let company = Company::new().await;
    let good = company.claims("b");
    let now = company.server.engine.now().as_second();
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        company.signed(&claims)
    };
    let without = |name: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        company.signed(&claims)
    };
    let confused = jsonwebtoken::encode(
        &Header::new(Algorithm::HS256),
        &good,
        &EncodingKey::from_secret(PUBLIC.as_bytes()),
    )
    .unwrap();
    let whole = company.signed(&good);
    // {"alg":"none"}
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", whole.split('.').nth(1).unwrap());
    let cases = [
        (with("aud", json!("somebody-else")), "for another audience"),
        (with("exp", json!(now - 61)), "has expired"),
        (with("nbf", json!(now + 120)), "not valid yet"),
        (with("exp", json!(now + 90_000)), "lives longer than a day"),
        (
            with("iss", json!("https://evil.example")),
            "no `trust` names the issuer",
        ),
        (
            with("repository", json!("evil/web")),
            "builds of `evil/web` are not trusted",
        ),
        (
            with("ref", json!("refs/heads/feature")),
            "at `refs/heads/feature`",
        ),
        (
            with("ref", json!("refs/pull/7/merge")),
            "at `refs/pull/7/merge`",
        ),
        (with("ref", json!("refs/tags/main")), "at `refs/tags/main`"),
        (without("jti"), "no id (`jti`)"),
        (without("exp"), "cannot be read"),
        (without("aud"), "the token has no `aud`"),
        (
            signed_with(&good, "one", OTHER),
            "signature of the token is wrong",
        ),
        (signed_with(&good, "two", OTHER), "does not publish"),
        (confused, "tokens signed with HS256 are not accepted"),
        (unsigned, "without a signature"),
        (
            format!("{}.AAAA", whole.rsplit_once('.').unwrap().0),
            "signature of the token is wrong",
        ),
    ];
    for (n, (token, says)) in cases.iter().enumerate() {
        let answer = company.register(token, "1.0.0", &format!("case-{n}")).await;
        Company::refused(&answer, says, token);
    }
    // Nothing of all this used the token up.
    let made = company.register(&whole, "1.0.0", "run-1").await;
    assert_eq!(made.status, 201, "{made:?}");
}

#[tokio::test]
async fn a_registration_says_nothing_that_the_token_does_not_prove() {
    let company = Company::new().await;
    let send = |jti: &'static str, source: Value| {
        let company = &company;
        async move {
            let token = company.signed(&company.claims(jti));
            let mut body = json!(artifact("web", "2.0.0"));
            body["source"] = source;
            let key = [("idempotency-key", jti)];
            let answer = company
                .server
                .send_with("POST", "/api/v1/artifacts", Some(&token), Some(body), &key)
                .await;
            (answer, token)
        }
    };
    let (other, token) = send("c", json!({ "repository": "acme/payments" })).await;
    Company::refused(&other, "the repository `acme/payments`", &token);
    let (other, token) = send(
        "d",
        json!({ "repository": "acme/web", "commit": "badc0de" }),
    )
    .await;
    Company::refused(&other, "the commit `badc0de`", &token);
    let (same, _) = send(
        "e",
        json!({ "repository": "acme/web", "commit": "c0ffee1" }),
    )
    .await;
    assert_eq!(same.status, 201, "{same:?}");
}

#[tokio::test]
async fn an_issuer_that_is_down_is_a_clear_answer_and_nothing_is_registered() {
    let company = Company::new().await;
    let nowhere = "http://127.0.0.1:9";
    company.configure(nowhere).await;
    let mut claims = company.claims("f");
    claims["iss"] = json!(nowhere);
    let token = company.signed(&claims);
    let answer = company.register(&token, "1.0.0", "run-1").await;
    answer.is_problem(502, "TG3025");
    let text = answer.body["detail"].as_str().unwrap();
    assert!(
        text.contains("cannot be reached") && text.contains(nowhere),
        "{text}"
    );
    company.server.advance(Millis::minutes(1));
    let list = company
        .server
        .client()
        .artifacts(&Default::default())
        .await
        .unwrap();
    assert!(list.items.is_empty());
}
