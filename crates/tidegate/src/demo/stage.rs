//! The stage: a temporary folder, server, agent and router as processes, three services in four environments, traffic.

use super::load::Load;
use super::narrator::Narrator;
use super::tree::{self, ENVIRONMENTS, Pace, SERVICES};
use super::{DemoArgs, artifacts, process};
use crate::exit::{Exit, Failure};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tidegate_client::wire::{
    ArtifactRequest, DeployRequest, Deployment, PromoteRequest, Release, ReleaseRequest,
};
use tidegate_client::{Client, DeploymentFilter};
use tokio::process::Child;

/// Longest wait for anything in the tour.
const PATIENCE: Duration = Duration::from_secs(90);

/// Everything the tour runs on.
pub struct Stage {
    /// Its folder.
    pub folder: PathBuf,
    /// Client with the admin token.
    pub client: Client,
    /// Traffic.
    pub load: Load,
    server: Child,
    agent: Child,
    listen: String,
    keys: u64,
}

impl Stage {
    /// Start everything and bring version 1.0.0 of each service everywhere.
    pub async fn set(narrator: &Narrator, args: &DemoArgs) -> Result<Self, Failure> {
        let pace = Pace::of(args);
        let folder = folder()?;
        let base = free_ports()?;
        let program =
            std::env::current_exe().map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
        write(
            &folder.join("tidegate.yaml"),
            &tree::text(&program.display().to_string(), base, pace),
        )?;
        let (server, listen) = start_server(&folder, "127.0.0.1:0").await?;
        let client = client(&folder)?;
        let mut stage = Self {
            folder,
            client,
            load: Load::start(Vec::new(), 1),
            server,
            agent: process::start(Path::new("/dev/null"), Path::new("/"), &["version"])?,
            listen,
            keys: 0,
        };
        stage.apply_config("").await?;
        stage.start_agent().await?;
        stage.first_versions().await?;
        let routes = ENVIRONMENTS
            .iter()
            .enumerate()
            .skip(2)
            .flat_map(|(e, env)| {
                SERVICES.iter().enumerate().map(move |(s, service)| {
                    (
                        format!("{env}/{service}"),
                        format!("http://127.0.0.1:{}/", tree::port(base, e, s)),
                    )
                })
            });
        stage.load = Load::start(routes.collect(), pace.rate);
        narrator.say(&format!(
            "up  server, agent, router, {} services x {} environments, {} req/s each in production",
            SERVICES.len(),
            ENVIRONMENTS.len(),
            pace.rate
        ));
        narrator.more(&format!(
            "API http://{}/api/v1   folder {}",
            stage.listen,
            stage.folder.display()
        ));
        Ok(stage)
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("tour-{}", self.keys)
    }

    /// Bring the tree into force, with something added to it.
    pub async fn apply_config(&mut self, more: &str) -> Result<(), Failure> {
        let mut text = std::fs::read_to_string(self.folder.join("tidegate.yaml"))
            .map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
        text.push_str(more);
        let request = tidegate_client::wire::ApplyRequest {
            files: std::collections::BTreeMap::from([("tidegate.yaml".to_owned(), text)]),
            commit: None,
            reason: None,
            parent: None,
        };
        let key = self.key();
        self.client.apply_config(&request, &key).await?;
        Ok(())
    }

    async fn start_agent(&mut self) -> Result<(), Failure> {
        let request = tidegate_client::wire::TokenRequest {
            name: "agent:local".to_owned(),
            role: tidegate_client::wire::Role::Agent,
            environments: ENVIRONMENTS.iter().map(|e| (*e).to_owned()).collect(),
            services: Vec::new(),
            account: None,
            owner: None,
            expires_in_s: Some(3_600),
        };
        let token = self.client.create_token(&request).await?;
        let file = self.folder.join("agent.token");
        write_secret(&file, &token.token)?;
        let environments = ENVIRONMENTS.join(",");
        let url = format!("http://{}", self.listen);
        let args = [
            "agent",
            "run",
            "--server",
            &url,
            "--token-file",
            "agent.token",
            "--environments",
            &environments,
            "--root",
            "agent",
        ];
        self.agent = process::start(&self.folder.join("agent.log"), &self.folder, &args)?;
        Ok(())
    }

    async fn first_versions(&mut self) -> Result<(), Failure> {
        for service in SERVICES {
            self.release(service, "1.0.0", 0).await?;
            self.promote(&format!("{service}@1.0.0"), "prod-us").await?;
        }
        for service in SERVICES {
            self.released(&format!("{service}@1.0.0")).await?;
        }
        Ok(())
    }

    /// Register an artifact of a version and make its release.
    pub async fn release(
        &mut self,
        service: &str,
        version: &str,
        errors_percent: u32,
    ) -> Result<(), Failure> {
        let folder = artifacts::write(
            &self.folder.join("artifacts"),
            service,
            version,
            errors_percent,
        )?;
        let measured = tidegate_drivers::digest_of(&folder)
            .map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
        let request = ArtifactRequest {
            service: service.to_owned(),
            version: version.to_owned(),
            digest: measured.digest.to_string(),
            size: Some(measured.size),
            location: folder.display().to_string(),
            source: None,
            build: None,
        };
        let key = self.key();
        self.client.register_artifact(&request, &key).await?;
        let request = ReleaseRequest {
            release: format!("{service}@{version}"),
            artifact: None,
        };
        let key = self.key();
        self.client.create_release(&request, &key).await?;
        Ok(())
    }

    /// Let a release go as far as an environment.
    pub async fn promote(&mut self, release: &str, to: &str) -> Result<(), Failure> {
        let request = PromoteRequest {
            to: to.to_owned(),
            reason: None,
            priority: None,
            at: None,
            expires_ms: None,
        };
        let key = self.key();
        self.client.promote(release, &request, &key).await?;
        Ok(())
    }

    /// Deploy a release to one environment.
    pub async fn deploy(
        &mut self,
        release: &str,
        environment: &str,
    ) -> Result<Deployment, Failure> {
        let request = DeployRequest {
            release: release.to_owned(),
            environment: environment.to_owned(),
            reason: None,
            again: false,
            priority: None,
            at: None,
            expires_ms: None,
        };
        let key = self.key();
        Ok(self.client.deploy(&request, &key).await?)
    }

    /// Wait until there is a change of a release in an environment: its name.
    pub async fn change(&self, release: &str, environment: &str) -> Result<String, Failure> {
        self.until(&format!("{release} asks for {environment}"), async || {
            let decision = self.client.decision(release, environment, None).await?;
            Ok(decision.change.filter(|_| decision.deployment.is_some()))
        })
        .await
    }

    /// Wait until a release arrived everywhere.
    pub async fn released(&self, release: &str) -> Result<Release, Failure> {
        self.until(&format!("{release} arrives everywhere"), async || {
            let release = self.client.release(release).await?;
            Ok((release.phase == tidegate_client::wire::ReleasePhase::Released).then_some(release))
        })
        .await
    }

    /// Wait until the newest deployment of a release in an environment is as asked.
    pub async fn deployment(
        &self,
        release: &str,
        environment: &str,
        what: &str,
        done: impl Fn(&Deployment) -> bool,
    ) -> Result<Deployment, Failure> {
        let filter = DeploymentFilter {
            environment: Some(environment.to_owned()),
            release: Some(release.to_owned()),
            ..DeploymentFilter::default()
        };
        self.until(&format!("{release} in {environment} {what}"), async || {
            let newest = self
                .client
                .deployments(&filter)
                .await?
                .items
                .into_iter()
                .next();
            let Some(newest) = newest else {
                return Ok(None);
            };
            let whole = self.client.deployment(&newest.id).await?;
            Ok(done(&whole).then_some(whole))
        })
        .await
    }

    /// Ask again until there is an answer, with an end.
    pub async fn until<T>(
        &self,
        what: &str,
        ask: impl AsyncFn() -> Result<Option<T>, tidegate_client::Error>,
    ) -> Result<T, Failure> {
        let end = Instant::now() + PATIENCE;
        let mut last = None;
        while Instant::now() < end {
            match ask().await {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => {}
                // The server may be away on purpose.
                Err(error) => last = Some(error.to_string()),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let mut failure = Failure::new(
            Exit::Failed,
            format!("waited {} s in vain until {what}", PATIENCE.as_secs()),
        );
        failure.notes.extend(last);
        Err(failure)
    }

    /// SIGKILL the server.
    pub async fn kill_server(&mut self) {
        process::kill(&mut self.server).await;
    }

    /// Start the server again, on the same ledger and address. Answers how long until it answered.
    pub async fn restart_server(&mut self) -> Result<Duration, Failure> {
        let began = Instant::now();
        let listen = self.listen.clone();
        let (server, _) = start_server(&self.folder, &listen).await?;
        self.server = server;
        Ok(began.elapsed())
    }

    /// End everything; with `keep` leave it all running.
    pub async fn strike(mut self, keep: bool) {
        self.load.stop();
        if keep {
            println!(
                "\nKept: {folder}   try: cd {folder} && tidegate status\nEnd it: kill {server} {agent} && tidegate down --dir {folder}",
                folder = self.folder.display(),
                server = self.server.id().unwrap_or_default(),
                agent = self.agent.id().unwrap_or_default(),
            );
            // The processes go on without the tour.
            std::mem::forget(self.server);
            std::mem::forget(self.agent);
            return;
        }
        process::stop(&mut self.agent).await;
        process::stop(&mut self.server).await;
        if let Err(error) =
            tidegate_drivers::process::end_all(&self.folder.join("agent"), Duration::from_secs(3))
                .await
        {
            eprintln!("some services could not be ended: {error}");
        }
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

async fn start_server(folder: &Path, listen: &str) -> Result<(Child, String), Failure> {
    let url_file = folder.join(".tidegate").join("url");
    drop(std::fs::remove_file(&url_file));
    let child = process::start(
        &folder.join("server.log"),
        folder,
        &["serve", "--listen", listen],
    )?;
    let end = Instant::now() + Duration::from_secs(20);
    while Instant::now() < end {
        if let Ok(url) = std::fs::read_to_string(&url_file) {
            let listen = url.trim().trim_start_matches("http://").to_owned();
            let health = reqwest::get(format!("http://{listen}/api/v1/health")).await;
            if health.is_ok_and(|answer| answer.status().is_success()) {
                return Ok((child, listen));
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let log = std::fs::read_to_string(folder.join("server.log")).unwrap_or_default();
    let mut failure = Failure::new(Exit::Failed, "the server did not answer in 20 s".to_owned());
    failure
        .notes
        .extend(log.lines().rev().take(10).map(str::to_owned));
    Err(failure)
}

fn client(folder: &Path) -> Result<Client, Failure> {
    let read = |name: &str| {
        std::fs::read_to_string(folder.join(".tidegate").join(name))
            .map(|t| t.trim().to_owned())
            .map_err(|e| Failure::new(Exit::Failed, e.to_string()))
    };
    Ok(Client::new(&read("url")?, &read("admin.token")?)?)
}

fn folder() -> Result<PathBuf, Failure> {
    let trouble =
        |e: std::io::Error| Failure::new(Exit::Failed, format!("no temporary folder: {e}"));
    let folder = std::env::temp_dir().join(format!("tidegate-tour-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).map_err(trouble)?;
    folder.canonicalize().map_err(trouble)
}

/// The first base of a block of free ports for all routes.
fn free_ports() -> Result<u16, Failure> {
    let free = |port: u16| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
    (0..50_u16)
        .map(|n| 18_080 + n * 40)
        .find(|base| {
            (0..ENVIRONMENTS.len())
                .all(|e| (0..SERVICES.len()).all(|s| free(tree::port(*base, e, s))))
        })
        .ok_or_else(|| {
            Failure::new(
                Exit::Failed,
                "no block of free ports from 18080 on".to_owned(),
            )
        })
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text)
        .map_err(|e| Failure::new(Exit::Failed, format!("{}: {e}", path.display())))
}

fn write_secret(path: &Path, text: &str) -> Result<(), Failure> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|e| Failure::new(Exit::Failed, format!("{}: {e}", path.display())))
}
