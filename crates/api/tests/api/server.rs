//! A server to talk to: engine, store, API and sockets are the real ones; only the clock can be moved.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tidegate_api::{App, Hosts, Options, ensure_admin_token};
use tidegate_client::Client;
use tidegate_client::wire::{
    ApplyRequest, ArtifactRequest, DeployRequest, Deployment, ReleaseRequest, Role, TokenRequest,
};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_engine::{Clock, Engine, SystemClock};
use tidegate_ledger::MemoryStore;
use tokio::sync::oneshot;

pub const CONFIG: &str = "\
tidegate: 1
company: Acme
zone: Europe/Berlin
---
environments:
  staging: { tier: test, port-offset: 1000 }
  production: { tier: production, after: staging, soak: 1h, zone: America/New_York }
---
service: web
owner: me
run: { command: ./web --port $PORT, port: 18080, instances: 1 }
---
service: api
owner: me
run: { command: ./api --port $PORT, port: 18081, instances: 1 }
";

/// The system's clock, moved forward by a test.
pub struct MovedClock(AtomicU64);

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        Millis(self.0.load(Ordering::SeqCst)).after(SystemClock.now())
    }
}

pub struct Server {
    pub url: String,
    pub admin: String,
    pub engine: Engine,
    pub folder: PathBuf,
    pub clock: Arc<MovedClock>,
    shutdown: Option<oneshot::Sender<()>>,
    _temporary: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(shutdown) = self.shutdown.take() {
            let _ = shutdown.send(());
        }
        self.engine.stop();
    }
}

impl Server {
    /// Nothing is configured yet.
    pub async fn bare() -> Self {
        Self::reached_under(None).await
    }

    /// Nothing is configured yet, and people reach it under another address than its own.
    pub async fn reached_under(base: Option<&str>) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().to_owned();
        let clock = Arc::new(MovedClock(AtomicU64::new(0)));
        let mut options = tidegate_engine::Options::new(folder.join("blobs"));
        options.rules = Arc::new(tidegate_policy::authority::Cedar);
        let engine = Engine::open(
            Arc::new(MemoryStore::new()),
            Arc::clone(&clock) as _,
            options,
        )
        .unwrap();
        let file = folder.join("admin.token");
        assert!(ensure_admin_token(&engine, &file).unwrap());
        let admin = std::fs::read_to_string(&file).unwrap().trim().to_owned();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let options = Options {
            room: None,
            version: "0.1.0".to_owned(),
            base: base.unwrap_or(&url).to_owned(),
            hosts: Hosts::loopback(Some("tidegate.test")),
            secrets: |reference| match reference {
                "secret:env/CLIENT" => Ok("a client's secret".to_owned()),
                _ => Err("this server has no such secret".to_owned()),
            },
        };
        let app = App::new(engine.clone(), options).unwrap();
        let (shutdown, ended) = oneshot::channel::<()>();
        tokio::spawn(tidegate_api::serve(listener, app, async {
            let _ = ended.await;
        }));
        Self {
            url,
            admin,
            engine,
            folder,
            clock,
            shutdown: Some(shutdown),
            _temporary: temporary,
        }
    }

    /// With two services and two environments.
    pub async fn start() -> Self {
        let server = Self::bare().await;
        let files = BTreeMap::from([("tidegate.yaml".to_owned(), CONFIG.to_owned())]);
        let request = ApplyRequest {
            files,
            commit: None,
            reason: None,
            parent: None,
        };
        server
            .client()
            .apply_config(&request, "config")
            .await
            .unwrap();
        server
    }

    /// As administrator.
    pub fn client(&self) -> Client {
        Client::new(&self.url, &self.admin).unwrap()
    }

    /// A token of a role.
    pub async fn token(&self, name: &str, role: Role, environments: &[&str]) -> String {
        let environments = environments.iter().map(|e| (*e).to_owned()).collect();
        let request = TokenRequest {
            name: name.to_owned(),
            role,
            environments,
            services: Vec::new(),
            account: None,
            owner: None,
            expires_in_s: None,
        };
        self.client().create_token(&request).await.unwrap().token
    }

    pub fn advance(&self, by: Millis) {
        self.clock.0.fetch_add(by.0, Ordering::SeqCst);
    }

    /// A registered and released version of `web`.
    pub async fn released(&self, version: &str) -> String {
        let client = self.client();
        client
            .register_artifact(
                &artifact("web", version),
                &format!("artifact {version}").replace(' ', "-"),
            )
            .await
            .unwrap();
        let release = format!("web@{version}");
        let request = ReleaseRequest {
            release: release.clone(),
            artifact: None,
        };
        client
            .create_release(&request, &format!("release-{version}"))
            .await
            .unwrap();
        release
    }

    pub async fn deployed(&self, version: &str, environment: &str) -> Deployment {
        let release = self.released(version).await;
        let key = format!("deploy-{version}-{environment}");
        self.client()
            .deploy(&deploy(&release, environment), &key)
            .await
            .unwrap()
    }

    pub async fn seq(&self) -> u64 {
        self.client().health().await.unwrap().ledger.seq
    }

    /// One exchange, as text went over the wire.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Answer {
        self.send_with(method, path, token, body, &[]).await
    }

    pub async fn send_with(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        // The provider of cryptography is installed by the first client.
        let _ = self.client();
        let http = reqwest::Client::builder()
            .tls_certs_only([])
            .build()
            .unwrap();
        let mut request = http.request(method.parse().unwrap(), format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let stream = headers
            .get("content-type")
            .is_some_and(|kind| kind == "text/event-stream");
        // A stream of events does not end.
        let text = if stream {
            String::new()
        } else {
            response.text().await.unwrap()
        };
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer {
            status,
            headers,
            body,
        }
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// That this is a whole problem document of a code.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) -> &Self {
        assert_eq!(
            (self.status, self.body["code"].as_str()),
            (status, Some(code)),
            "{self:?}"
        );
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(self.body["status"], json!(status));
        assert_eq!(self.body["requestId"].as_str(), self.header("x-request-id"));
        for member in ["type", "title", "detail", "instance", "help"] {
            assert!(
                self.body[member]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{member} is missing in {}",
                self.body
            );
        }
        self
    }
}

pub fn digest(text: &str) -> String {
    tidegate_core::digest::Digest::of(text.as_bytes()).to_string()
}

pub fn artifact(service: &str, version: &str) -> ArtifactRequest {
    ArtifactRequest {
        service: service.to_owned(),
        version: version.to_owned(),
        digest: digest(&format!("{service} {version}")),
        size: Some(12),
        location: format!("/srv/{service}-{version}.tar.gz"),
        source: None,
        build: None,
    }
}

pub fn deploy(release: &str, environment: &str) -> DeployRequest {
    DeployRequest {
        release: release.to_owned(),
        environment: environment.to_owned(),
        reason: None,
        again: false,
        priority: None,
        at: None,
        expires_ms: None,
    }
}

/// The problem a call of the client was refused with.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(
    answer: Result<T, tidegate_client::Error>,
) -> tidegate_client::wire::ProblemDocument {
    match answer {
        Err(tidegate_client::Error::Problem(problem)) => problem.document().unwrap(),
        other => panic!("expected a problem, got {other:?}"),
    }
}
