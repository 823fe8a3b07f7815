//! The server is killed with SIGKILL after every step of one rollout. Traffic does not notice, no step is done twice, the
//! programs keep their processes, and the ledger stays whole.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tidegate_client::wire::{
    ApplyRequest, ArtifactRequest, DeployRequest, Deployment, DeploymentPhase, ReleaseRequest,
    Role, TokenRequest,
};
use tidegate_client::{Client, EntryFilter};

const TIDEGATE: &str = env!("CARGO_BIN_EXE_tidegate");

/// Ends its process with the test, whatever happens.
struct Process(Child);

impl Process {
    fn start(folder: &Path, args: &[&str]) -> Self {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(folder.join(format!("{}.log", args[0])))
            .unwrap();
        let child = Command::new(TIDEGATE)
            .args(args)
            .current_dir(folder)
            .env_remove("TIDEGATE_URL")
            .env_remove("TIDEGATE_TOKEN")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        Self(child)
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct World {
    folder: tempfile::TempDir,
    port: u16,
    server: Process,
    agent: Option<Process>,
    client: Client,
    keys: u32,
}

fn free_port() -> u16 {
    // Below the range the system takes for outgoing connections.
    (23_100..23_900)
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap()
}

async fn serve(folder: &Path, listen: &str) -> (Process, Client) {
    let own = folder.join(".tidegate");
    let _ = std::fs::remove_file(own.join("url"));
    let process = Process::start(folder, &["serve", "--listen", listen]);
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        assert!(Instant::now() < end, "the server did not come up");
        tokio::time::sleep(Duration::from_millis(20)).await;
        let read =
            |name: &str| std::fs::read_to_string(own.join(name)).map(|t| t.trim().to_owned());
        let (Ok(url), Ok(token)) = (read("url"), read("admin.token")) else {
            continue;
        };
        if let Ok(client) = Client::new(&url, &token)
            && client.health().await.is_ok()
        {
            return (process, client);
        }
    }
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let (server, client) = serve(folder.path(), "127.0.0.1:0").await;
        let mut world = Self {
            folder,
            port,
            server,
            agent: None,
            client,
            keys: 0,
        };
        let tree = format!(
            "tidegate: 1\ncompany: Acme Pay\n---\nteams:\n  web: {{}}\n---\nenvironments:\n  live: {{ tier: production }}\n---\n\
             pipeline: standard\npath: [live]\nstrategy: {{ default: halves }}\nwatch: 300ms\n---\n\
             strategy: halves\ncanary:\n  - {{ to: 50%, hold: 300ms }}\n  - {{ to: 100% }}\n---\n\
             service: web\nowner: web\nrun:\n  command: [\"{TIDEGATE}\", demo-service, --behaviour, behaviour.json]\n  port: {port}\n  instances: 2\n  grace: 2s\n\
             health: {{ get: /healthz, every: 1s, timeout: 1s, deadline: 20s }}\n"
        );
        let files = BTreeMap::from([("tidegate.yaml".to_owned(), tree)]);
        let apply = ApplyRequest {
            files,
            commit: None,
            reason: None,
            parent: None,
        };
        world.client.apply_config(&apply, "apply").await.unwrap();
        let token = TokenRequest {
            name: "agent:local".to_owned(),
            role: Role::Agent,
            environments: vec!["live".to_owned()],
            services: Vec::new(),
            account: None,
            owner: None,
            expires_in_s: Some(600),
        };
        let token = world.client.create_token(&token).await.unwrap();
        std::fs::write(world.path("agent.token"), token.token).unwrap();
        let url = std::fs::read_to_string(world.path(".tidegate/url")).unwrap();
        let args = [
            "agent",
            "run",
            "--server",
            url.trim(),
            "--token-file",
            "agent.token",
        ];
        let more = ["--environments", "live", "--root", "agent"];
        world.agent = Some(Process::start(
            world.folder.path(),
            &[&args[..], &more].concat(),
        ));
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("key-{}", self.keys)
    }

    async fn deploy(&mut self, version: &str) -> Deployment {
        let artifact = self.path(&format!("web-{version}"));
        std::fs::create_dir_all(&artifact).unwrap();
        let behaviour =
            format!("{{\"service\":\"web\",\"version\":\"{version}\",\"errors_percent\":0}}");
        std::fs::write(artifact.join("behaviour.json"), behaviour).unwrap();
        let measured = tidegate_drivers::digest_of(&artifact).unwrap();
        let request = ArtifactRequest {
            service: "web".to_owned(),
            version: version.to_owned(),
            digest: measured.digest.to_string(),
            size: Some(measured.size),
            location: artifact.display().to_string(),
            source: None,
            build: None,
        };
        let key = self.key();
        self.client.register_artifact(&request, &key).await.unwrap();
        let request = ReleaseRequest {
            release: format!("web@{version}"),
            artifact: None,
        };
        let key = self.key();
        self.client.create_release(&request, &key).await.unwrap();
        let request = DeployRequest {
            release: format!("web@{version}"),
            environment: "live".to_owned(),
            reason: None,
            again: false,
            priority: None,
            at: None,
            expires_ms: None,
        };
        let key = self.key();
        self.client.deploy(&request, &key).await.unwrap()
    }

    async fn confirmed(&self, id: &str) -> Deployment {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let now = self.client.deployment(id).await.unwrap();
            if now.phase.is_over() {
                assert_eq!(now.phase, DeploymentPhase::Confirmed, "{now:#?}");
                return now;
            }
            assert!(Instant::now() < end, "never over: {now:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// SIGKILL, and the same ledger and address again.
    async fn kill_and_restart(&mut self) {
        let url = std::fs::read_to_string(self.path(".tidegate/url")).unwrap();
        self.server.kill();
        let listen = url.trim().trim_start_matches("http://").to_owned();
        let (server, client) = serve(self.folder.path(), &listen).await;
        self.server = server;
        self.client = client;
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.agent.take();
        let root = self.path("agent");
        let ended = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(tidegate_drivers::process::end_all(
                &root,
                Duration::from_secs(3),
            ))
        });
        ended.join().unwrap().unwrap();
    }
}

/// Requests to the route until told to stop; answers (sent, failed).
fn traffic(port: u16) -> (Arc<AtomicBool>, tokio::task::JoinHandle<(u64, u64)>) {
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let task = tokio::spawn(async move {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let failed = AtomicU64::new(0);
        let mut sent = 0;
        while !stopped.load(Ordering::SeqCst) {
            let answer = client.get(format!("http://127.0.0.1:{port}/")).send().await;
            sent += 1;
            if !answer.is_ok_and(|a| a.status().is_success()) {
                failed.fetch_add(1, Ordering::SeqCst);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        (sent, failed.load(Ordering::SeqCst))
    });
    (stop, task)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollout_survives_the_death_of_its_server_after_every_step() {
    let mut world = World::new().await;
    let first = world.deploy("1.0.0").await;
    world.confirmed(&first.id).await;

    let (stop, task) = traffic(world.port);
    let second = world.deploy("2.0.0").await;
    let mut killed_at: Vec<(DeploymentPhase, Option<u32>)> = Vec::new();
    let end = Instant::now() + Duration::from_secs(120);
    loop {
        let now = world.client.deployment(&second.id).await.unwrap();
        if now.phase.is_over() {
            break;
        }
        let at = (now.phase, now.step.as_ref().map(|s| s.n));
        if !killed_at.contains(&at) {
            killed_at.push(at);
            world.kill_and_restart().await;
        }
        assert!(Instant::now() < end, "never over: {now:#?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let done = world.confirmed(&second.id).await;
    stop.store(true, Ordering::SeqCst);
    let (sent, failed) = task.await.unwrap();
    assert_eq!(failed, 0, "{failed} of {sent} requests failed");
    assert!(sent > 50, "{sent} requests are no traffic");
    let steps = done.plan.steps.len();
    assert!(
        killed_at.len() >= steps,
        "killed {} times, the plan has {steps} steps: {killed_at:?}",
        killed_at.len()
    );

    // Every step was done once, and by its first attempt.
    let filter = EntryFilter {
        stream: Some(format!("deployment/{}", second.id)),
        limit: Some(200),
        ..EntryFilter::default()
    };
    let entries = world.client.audit(&filter).await.unwrap().items;
    let count = |kind: &str| entries.iter().filter(|e| e.kind.starts_with(kind)).count();
    assert_eq!(count("deployment.succeeded"), 1);
    assert_eq!(count("deployment.confirmed"), 1);
    let finished = count("deployment.step_finished");
    assert!(finished >= steps, "{finished} of {steps} steps finished");
    assert_eq!(count("deployment.step_failed"), 0);
    assert_eq!(count("deployment.rollback_started"), 0);

    let verification = world.client.audit_verification().await.unwrap();
    assert!(verification.ok, "{verification:?}");
    let answer = reqwest::get(format!("http://127.0.0.1:{}/", world.port))
        .await
        .unwrap();
    assert_eq!(answer.headers()["x-version"], "2.0.0");
}
