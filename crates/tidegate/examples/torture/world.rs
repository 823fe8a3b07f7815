//! The world of a run: a company of two services, its server and its agent, on this machine.

use super::Store;
use super::points::Points;
use super::process::{Kept, Start};
use super::program;
use super::tally::Tally;
use anyhow::{Result, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tidegate_client::wire::{ApplyRequest, Role, TokenRequest};
use tidegate_client::{Client, Error};
use tidegate_ledger::conformance::cluster::{Cluster, PASSWORD};
use tidegate_ledger::postgres::Address;
use tidegate_ledger::{LedgerId, PostgresStore, SqliteStore};

/// Longest time a command is repeated before the server counts as lost.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pause between two tries.
const PAUSE: Duration = Duration::from_millis(20);

/// A service and the port under which its traffic comes in.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name.
    pub name: &'static str,
    /// Instances of it.
    pub instances: usize,
    /// Its port.
    pub port: u16,
}

/// Everything that runs.
pub struct World {
    /// Its folder; kept when something was found.
    pub folder: PathBuf,
    /// Its services.
    pub services: Vec<Service>,
    /// Its points.
    pub points: Points,
    /// What happens.
    pub tally: Arc<Tally>,
    /// Talks to the server, whichever process that is.
    pub client: Client,
    /// The server.
    pub server: Kept,
    /// The agent.
    pub agent: Kept,
    cluster: Option<Cluster>,
    keys: Arc<AtomicU64>,
}

impl World {
    /// Start everything. `None` when the store is not installed.
    pub async fn start(
        program: &Path,
        store: Store,
        folder: &Path,
        off: Option<&str>,
    ) -> Result<Option<Self>> {
        let cluster = match store {
            Store::Sqlite => None,
            Store::Postgres => match tokio::task::spawn_blocking(Cluster::start).await? {
                Some(cluster) => Some(cluster),
                None => return Ok(None),
            },
        };
        fs::create_dir_all(folder.join("truth/locks"))?;
        let points = Points::new(&folder.join("points"))?;
        off.map_or(Ok(()), |defence| points.switch_off(defence))?;
        let tally = Arc::new(Tally::default());
        let ports = free_ports::<3>()?;
        let services = services(ports[1], ports[2]);
        let listen = format!("127.0.0.1:{}", ports[0]);
        let url = format!("http://{listen}");
        let mut serve = words(&["serve", "--listen", &listen]);
        if let Some(cluster) = &cluster {
            let password = folder.join("password");
            fs::write(&password, PASSWORD)?;
            let database = cluster.url_without_password();
            serve.extend(words(&["--database", &database]));
            let password = password.display().to_string();
            serve.extend(words(&["--database-password-file", &password]));
        }
        let start = |name, args, health| Start {
            program: program.to_owned(),
            args,
            folder: folder.to_owned(),
            points: points.folder().to_owned(),
            name,
            health,
        };
        let health = Some(Client::new(&url, "")?);
        let server = Kept::new(start("server", serve, health), Arc::clone(&tally))?;
        let client = admin(folder, &url).await?;
        let keys = Arc::new(AtomicU64::new(0));
        settle(&client, folder, &services, &keys).await?;
        let agent = words(&["agent", "run", "--server", &url, "--root", "agent"]);
        let more = words(&["--token-file", "agent.token", "--environments", "live"]);
        let agent = start("agent", [agent, more].concat(), None);
        let agent = Kept::new(agent, Arc::clone(&tally))?;
        Ok(Some(Self {
            folder: folder.to_owned(),
            services,
            points,
            tally,
            client,
            server,
            agent,
            cluster,
            keys,
        }))
    }

    /// Where programs say that they run.
    pub fn truth(&self) -> PathBuf {
        self.folder.join("truth")
    }

    /// SIGKILL for the router. False when none runs.
    pub fn kill_router(&self) -> bool {
        #[derive(Deserialize)]
        struct Who {
            pid: i32,
        }
        #[derive(Deserialize)]
        struct State {
            program: Who,
        }
        let path = self.folder.join("agent/router/state.json");
        let state = fs::read(path).ok();
        let state = state.and_then(|bytes| serde_json::from_slice::<State>(&bytes).ok());
        let pid = state.and_then(|state| rustix::process::Pid::from_raw(state.program.pid));
        pid.is_some_and(|pid| {
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).is_ok()
        })
    }

    /// A key for a command.
    pub fn key(&self) -> String {
        new_key(&self.keys)
    }

    /// End server and agent, look at the ledger itself, and end what they leave running.
    pub async fn end(self) -> Result<Option<String>> {
        self.agent.end().await?;
        self.server.end().await?;
        let root = self.folder.join("agent");
        tidegate_drivers::process::end_all(&root, Duration::from_secs(5)).await?;
        let (data, cluster) = (self.folder.join(".tidegate/data"), self.cluster);
        tokio::task::spawn_blocking(move || whole(&data, cluster.as_ref())).await?
    }
}

/// The first thing in the ledger that must never be, by the rules of the simulation.
fn whole(data: &Path, cluster: Option<&Cluster>) -> Result<Option<String>> {
    let store: Box<dyn tidegate_ledger::Store> = match cluster {
        None => Box::new(SqliteStore::open(data, LedgerId(1))?),
        Some(cluster) => {
            let address = Address::parse(&cluster.url_without_password(), None, Some(PASSWORD))?;
            Box::new(PostgresStore::open(address, LedgerId(1))?)
        }
    };
    let found = store.read_with(|rows| Ok(tidegate_sim::trial::whole(rows)))?;
    store.close()?;
    Ok(found.err().map(|v| format!("{}: {}", v.invariant, v.how)))
}

/// Send a command until the server says what became of it.
pub async fn insist<T, F>(what: &str, mut ask: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T, Error>>,
{
    let begun = Instant::now();
    loop {
        let error = match ask().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let refused = matches!(error.status(), Some(status) if status < 500 && status != 429);
        if refused {
            bail!("{what} was refused: {error}");
        }
        if begun.elapsed() > PATIENCE {
            bail!("{what} was not answered within {PATIENCE:?}: {error}");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn services(web: u16, api: u16) -> Vec<Service> {
    let service = |name, instances, port| Service {
        name,
        instances,
        port,
    };
    vec![service("web", 2, web), service("api", 1, api)]
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

fn new_key(keys: &AtomicU64) -> String {
    format!("torture-{}", keys.fetch_add(1, Ordering::SeqCst))
}

/// Ports of this machine that are free now, below those that the system hands out.
fn free_ports<const N: usize>() -> Result<[u16; N]> {
    let begin = 21_000 + u16::try_from(std::process::id() % 1_500)?;
    let mut found = Vec::new();
    for port in begin..begin + 1_000 {
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            found.push(port);
        }
        if found.len() == N {
            break;
        }
    }
    found
        .try_into()
        .map_err(|_| anyhow::anyhow!("no free ports"))
}

async fn admin(folder: &Path, url: &str) -> Result<Client> {
    let begun = Instant::now();
    loop {
        if let Ok(token) = fs::read_to_string(folder.join(".tidegate/admin.token")) {
            let client = Client::new(url, token.trim())?;
            if client.health().await.is_ok() {
                return Ok(client);
            }
        }
        if begun.elapsed() > PATIENCE {
            bail!(
                "the server does not come up, see {}",
                folder.join("server.log").display()
            );
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Configuration and the agent's token.
async fn settle(
    client: &Client,
    folder: &Path,
    services: &[Service],
    keys: &AtomicU64,
) -> Result<()> {
    let apply = ApplyRequest {
        files: BTreeMap::from([("tidegate.yaml".to_owned(), tree(folder, services)?)]),
        commit: None,
        reason: None,
        parent: None,
    };
    let key = new_key(keys);
    insist("apply", || client.apply_config(&apply, &key)).await?;
    let token = TokenRequest {
        name: "agent:local".to_owned(),
        role: Role::Agent,
        environments: vec!["live".to_owned()],
        services: Vec::new(),
        account: None,
        owner: None,
        expires_in_s: Some(24 * 3_600),
    };
    let token = insist("token", || client.create_token(&token)).await?;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = fs::File::options()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(folder.join("agent.token"))?;
    Ok(std::io::Write::write_all(
        &mut file,
        token.token.as_bytes(),
    )?)
}

fn tree(folder: &Path, services: &[Service]) -> Result<String> {
    let me = std::env::current_exe()?;
    let truth = folder.join("truth");
    let say = |what: &str| {
        format!(
            "[\"{}\", {what}, --truth, \"{}\"]",
            me.display(),
            truth.display()
        )
    };
    let mut tree = "tidegate: 1\ncompany: Acme Pay\n---\nteams:\n  web: {}\n---\nenvironments:\n  live: { tier: production }\n---\n\
         strategy: halves\ncanary:\n  - { to: 50%, hold: 200ms }\n  - { to: 100% }\n---\n\
         pipeline: standard\npath: [live]\nstrategy: { default: halves }\nwatch: 200ms\n"
        .to_owned();
    for Service {
        name,
        instances,
        port,
    } in services
    {
        let prepare = match *name {
            "api" => format!("  prepare: {}\n", say("prepare")),
            _ => String::new(),
        };
        tree.push_str(&format!(
            "---\nservice: {name}\nowner: web\nrun:\n{prepare}  command: {}\n  port: {port}\n  instances: {instances}\n  grace: 2s\n\
             health: {{ get: /healthz, every: 1s, timeout: 2s, deadline: 30s }}\n",
            say("program")
        ));
    }
    Ok(tree)
}

/// The place of an instance, when somebody runs in it now: its version.
pub fn who_runs(truth: &Path, place: &str) -> Result<Option<String>> {
    let path = program::lock_file(truth, place);
    let file = fs::File::open(&path)?;
    match file.try_lock_shared() {
        Ok(()) => Ok(None),
        Err(fs::TryLockError::WouldBlock) => Ok(Some(fs::read_to_string(&path)?)),
        Err(fs::TryLockError::Error(e)) => Err(e.into()),
    }
}
