//! A folder, a server and an agent for one test. What it started is ended when it is dropped.

use std::{
    cell::Cell,
    collections::BTreeMap,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};
use tidegate_client::{Client, EntryFilter, wire};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_tidegate");

/// One environment and one service; `RUN` and `MORE` are filled in by the test.
const TREE: &str = r#"
tidegate: 1
company: Acme Pay
zone: Europe/Berlin
---
teams: { web: {} }
---
environments: { dev: { tier: dev } }
---
pipeline: standard
path: [dev]
strategy: { default: STRATEGY }
watch: WATCH
---
strategy: tenth
canary:
  - { to: 10%, hold: 10m }
  - { to: 100% }
---
service: web
owner: web
run: { command: COMMAND, port: PORT, instances: 2, grace: 2s }
health: { get: /healthz, every: 100ms, timeout: 2s, deadline: 20s }
"#;

/// What a test wants to be different.
pub struct Wish<'a> {
    pub strategy: &'a str,
    pub watch: &'a str,
    /// Command as a YAML list; `PROGRAM` is the binary.
    pub command: &'a str,
    /// Further lines of the service.
    pub more: &'a str,
}

impl Default for Wish<'_> {
    fn default() -> Self {
        Self {
            strategy: "rolling",
            watch: "300ms",
            command: r#"["PROGRAM", demo-service, --behaviour, behaviour.json]"#,
            more: "",
        }
    }
}

pub struct World {
    pub dir: tempfile::TempDir,
    pub port: u16,
    pub url: String,
    pub agent: Arc<Mutex<Agent>>,
    runtime: tokio::runtime::Runtime,
    client: Client,
    server: Child,
    keys: Cell<u32>,
}

impl World {
    /// A server with its configuration in force; no agent yet.
    pub fn new(wish: &Wish<'_>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let log = std::fs::File::create(dir.path().join("server.log")).unwrap();
        let server = Command::new(PROGRAM)
            .args(["serve", "--listen", "127.0.0.1:0", "--dir"])
            .arg(dir.path().join("server"))
            .env("TIDEGATE_LOG", "trace")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let read = |name: &str| {
            let path = dir.path().join("server").join(name);
            Some(std::fs::read_to_string(path).ok()?.trim().to_owned()).filter(|t| !t.is_empty())
        };
        let url = some("the server's address", || read("url"));
        let token = some("the first token", || read("admin.token"));
        let client = Client::new(&url, &token).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let world = Self {
            port: free_port(),
            url,
            agent: Arc::new(Mutex::new(Agent::none(dir.path()))),
            dir,
            runtime,
            client,
            server,
            keys: Cell::new(0),
        };
        world.configure(wish);
        world.agent.lock().unwrap().token(&world);
        world
    }

    pub fn configure(&self, wish: &Wish<'_>) {
        let text = TREE
            .replace("STRATEGY", wish.strategy)
            .replace("WATCH", wish.watch)
            .replace("COMMAND", wish.command)
            .replace("PROGRAM", PROGRAM)
            .replace("PORT", &self.port.to_string())
            + wish.more;
        let request = wire::ApplyRequest {
            files: BTreeMap::from([("tidegate.yaml".to_owned(), text)]),
            commit: None,
            reason: None,
            parent: None,
        };
        self.ask(|client, key| async move { client.apply_config(&request, &key).await });
    }

    /// Starts the agent, which talks to the server at `url`.
    pub fn start_agent(&self, url: &str, options: &[&str]) {
        let mut agent = self.agent.lock().unwrap();
        agent.url = url.to_owned();
        agent.options = options.iter().map(|o| (*o).to_owned()).collect();
        agent.start();
    }

    pub fn ask<T, F: Future<Output = Result<T, tidegate_client::Error>>>(
        &self,
        call: impl FnOnce(Client, String) -> F,
    ) -> T {
        self.keys.set(self.keys.get() + 1);
        let key = format!("test-{}", self.keys.get());
        self.runtime
            .block_on(call(self.client.clone(), key))
            .unwrap()
    }

    /// Registers a version and asks for its deployment; answers its id.
    pub fn deploy(&self, version: &str) -> String {
        let folder = self.dir.path().join("artifacts").join(version);
        std::fs::create_dir_all(&folder).unwrap();
        let behaviour = format!(r#"{{"service":"web","version":"{version}","errors_percent":0}}"#);
        std::fs::write(folder.join("behaviour.json"), behaviour).unwrap();
        let release = format!("web@{version}");
        let artifact = wire::ArtifactRequest {
            service: "web".to_owned(),
            version: version.to_owned(),
            digest: tidegate_drivers::digest_of(&folder)
                .unwrap()
                .digest
                .to_string(),
            size: None,
            location: folder.display().to_string(),
            source: None,
            build: None,
        };
        self.ask(|client, key| async move { client.register_artifact(&artifact, &key).await });
        let request = wire::ReleaseRequest {
            release: release.clone(),
            artifact: None,
        };
        self.ask(|client, key| async move { client.create_release(&request, &key).await });
        self.deploy_again(version)
    }

    /// Asks for a deployment of a version that is registered.
    pub fn deploy_again(&self, version: &str) -> String {
        let request = wire::DeployRequest {
            release: format!("web@{version}"),
            environment: "dev".to_owned(),
            reason: None,
            again: false,
            priority: None,
            at: None,
            expires_ms: None,
        };
        self.ask(|client, key| async move { client.deploy(&request, &key).await })
            .id
    }

    pub fn deployment(&self, id: &str) -> wire::Deployment {
        self.ask(|client, _| async move { client.deployment(id).await })
    }

    /// Waits until a deployment has arrived in a phase.
    pub fn until(&self, id: &str, phase: wire::DeploymentPhase) -> wire::Deployment {
        let mut last = None;
        for _ in 0..1200 {
            let now = self.deployment(id);
            if now.phase == phase {
                return now;
            }
            assert!(!now.phase.is_over(), "{} of {now:#?}", now.phase.as_str());
            last = Some(now);
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{} was never seen; last: {last:#?}", phase.as_str())
    }

    /// Entries of a deployment, of one kind.
    pub fn entries(&self, id: &str, kind: &str) -> Vec<wire::Entry> {
        let filter = EntryFilter {
            stream: Some(format!("deployment/{id}")),
            kind: Some(kind.to_owned()),
            limit: Some(200),
            ..EntryFilter::default()
        };
        self.ask(|client, _| async move { client.audit(&filter).await })
            .items
    }

    pub fn lane(&self) -> wire::Lane {
        let environment = self.ask(|client, _| async move { client.environment("dev").await });
        environment.services.into_iter().next().unwrap()
    }

    pub fn root(&self) -> PathBuf {
        self.dir.path().join("agent")
    }

    /// What was done at the target: what, and to which.
    pub fn effects(&self) -> Vec<(String, String)> {
        let text = std::fs::read_to_string(self.root().join("effects.log")).unwrap_or_default();
        let line = |line: &str| {
            let effect: tidegate_drivers::process::Effect = serde_json::from_str(line).unwrap();
            (effect.what, effect.which)
        };
        text.lines().map(line).collect()
    }

    /// The processes that ever ran a version, whichever agent noted them.
    pub fn processes(&self, version: &str) -> std::collections::BTreeSet<String> {
        let ran = |(what, which): &(String, String)| {
            matches!(what.as_str(), "started" | "found")
                && which.starts_with(&format!("{version}+"))
        };
        let effects = self.effects().into_iter();
        effects.filter(ran).map(|(_, which)| which).collect()
    }

    /// Version that answers a request through the router.
    pub fn get(&self) -> Option<String> {
        self.runtime.block_on(async {
            let answer = reqwest::get(format!("http://127.0.0.1:{}/", self.port)).await;
            let version = answer.ok()?.headers().get("x-version").cloned()?;
            Some(version.to_str().ok()?.to_owned())
        })
    }

    /// Process number of the router, when it runs.
    pub fn router(&self) -> Option<i32> {
        let state = std::fs::read(self.root().join("router/state.json")).ok()?;
        let state: serde_json::Value = serde_json::from_slice(&state).ok()?;
        i32::try_from(state["program"]["pid"].as_i64()?).ok()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Ok(mut agent) = self.agent.lock() {
            agent.kill();
        }
        // It may have ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
        let root = self.root();
        let ended = self
            .runtime
            .block_on(tidegate_drivers::process::end_all(&root, Duration::ZERO));
        if std::thread::panicking() {
            for name in ["agent.log", "server.log"] {
                let text = std::fs::read_to_string(self.dir.path().join(name)).unwrap_or_default();
                let warnings = text
                    .lines()
                    .filter(|l| l.contains("WARN") || l.contains("ERROR"));
                eprintln!("{name}: {:#?}", warnings.take(20).collect::<Vec<_>>());
            }
        } else {
            ended.unwrap();
        }
    }
}

/// The agent process, when it runs.
pub struct Agent {
    dir: PathBuf,
    url: String,
    options: Vec<String>,
    child: Option<Child>,
}

impl Agent {
    fn none(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            url: String::new(),
            options: Vec::new(),
            child: None,
        }
    }

    fn token(&self, world: &World) {
        let request = wire::TokenRequest {
            name: "agent:local".to_owned(),
            role: wire::Role::Agent,
            environments: vec!["dev".to_owned()],
            services: Vec::new(),
            account: None,
            owner: None,
            expires_in_s: None,
        };
        let token = world.ask(|client, _| async move { client.create_token(&request).await });
        std::fs::write(self.dir.join("agent.token"), token.token).unwrap();
    }

    pub fn start(&mut self) {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.dir.join("agent.log"))
            .unwrap();
        let child = Command::new(PROGRAM)
            .args([
                "agent",
                "run",
                "--environments",
                "dev",
                "--server",
                &self.url,
            ])
            .arg("--token-file")
            .arg(self.dir.join("agent.token"))
            .arg("--root")
            .arg(self.dir.join("agent"))
            .args(&self.options)
            .env("TIDEGATE_LOG", "trace")
            .env("PLANTED_VARIABLE", "hunter33-planted")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.child = Some(child.unwrap());
    }

    /// SIGKILL. Nothing when it does not run.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

/// Waits for something to be there.
pub fn some<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..1500 {
        if let Some(seen) = look() {
            return seen;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("never seen: {what}")
}

/// A port nobody listens on, outside the ranges of outgoing connections and of instances.
fn free_port() -> u16 {
    let begin = u16::try_from(std::process::id() % 9_000).unwrap();
    let mut ports = (0..9_000).map(|n| 10_000 + (begin + n) % 9_000);
    ports
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap()
}
