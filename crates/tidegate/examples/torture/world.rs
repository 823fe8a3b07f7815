//! The world of a run: a company of two services, its server and its agent, on this machine.

use super::ledger::Ledger;
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

/// Longest time a command is repeated before the server counts as lost.
const PATIENCE: Duration = Duration::from_secs(180);
/// Until a server that says nothing is left for another one.
const SILENT: Duration = Duration::from_secs(1);
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

/// What a world is made of.
pub struct Setting<'a> {
    /// The `tidegate` binary, built with the feature `torture`.
    pub program: &'a Path,
    /// Where everything lies.
    pub folder: &'a Path,
    /// Where the ledger is.
    pub ledger: Ledger,
    /// How many servers share it, one or two.
    pub servers: usize,
    /// Defences that are switched off.
    pub off: &'a [String],
    /// The network of the agent, when it has one of its own, and the address of the servers there.
    pub network: Option<(String, String)>,
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
    /// Talks to the servers, whichever processes these are.
    pub client: Client,
    /// The servers.
    pub servers: Vec<Kept>,
    /// Where each of them answers.
    pub urls: Vec<String>,
    /// The agent.
    pub agent: Kept,
    ledger: Ledger,
    keys: Arc<AtomicU64>,
}

impl World {
    /// Start everything.
    pub async fn start(setting: Setting<'_>) -> Result<Self> {
        let Setting {
            program,
            folder,
            ledger,
            servers: count,
            off,
            network,
        } = setting;
        fs::create_dir_all(folder.join("truth/locks"))?;
        let points = Points::new(&folder.join("points"))?;
        off.iter()
            .try_for_each(|defence| points.switch_off(defence))?;
        let tally = Arc::new(Tally::default());
        let ports = free_ports::<4>()?;
        let services = services(ports[2], ports[3]);
        let host = network.as_ref().map_or("127.0.0.1", |(_, host)| host);
        let listens: Vec<String> = ports[..count]
            .iter()
            .map(|port| format!("{host}:{port}"))
            .collect();
        let urls: Vec<String> = listens.iter().map(|at| format!("http://{at}")).collect();
        let start = |name: &str, args, health, within| Start {
            program: program.to_owned(),
            args,
            folder: folder.to_owned(),
            points: points.folder().to_owned(),
            name: name.to_owned(),
            within,
            health,
        };
        let all = urls.join(",");
        let mut servers = Vec::new();
        for (n, listen) in listens.iter().enumerate() {
            let (name, args) = serve(folder, n, listen, &ledger)?;
            let health = Some(Client::new(&urls[n], "")?);
            let start = start(&name, args, health, None);
            servers.push(Kept::new(start, Arc::clone(&tally))?);
            // The first one makes the ledger and the token.
            admin(folder, &urls[n], &urls[n]).await?;
        }
        let client = admin(folder, &urls[0], &all).await?;
        let keys = Arc::new(AtomicU64::new(0));
        settle(&client, folder, &services, &keys).await?;
        let agent = words(&["agent", "run", "--server", &all, "--root", "agent"]);
        let more = words(&["--token-file", "agent.token", "--environments", "live"]);
        let within = network.map(|(name, _)| name);
        let agent = start("agent", [agent, more].concat(), None, within);
        let agent = Kept::new(agent, Arc::clone(&tally))?;
        Ok(Self {
            folder: folder.to_owned(),
            services,
            points,
            tally,
            client,
            servers,
            urls,
            agent,
            ledger,
            keys,
        })
    }

    /// The only server, or the first one.
    pub fn server(&self) -> &Kept {
        &self.servers[0]
    }

    /// What a server of this number is told, for one that is started by hand.
    pub fn serve(&self, n: usize, listen: &str) -> Result<Vec<String>> {
        Ok(serve(&self.folder, n, listen, &self.ledger)?.1)
    }

    /// Send a command until a server says what became of it.
    pub async fn insist<T, F>(&self, what: &str, ask: impl FnMut() -> F) -> Result<T>
    where
        F: Future<Output = Result<T, Error>>,
    {
        insist(&self.client, what, ask).await
    }

    /// Bring the configuration into force with further environments and further documents.
    pub async fn apply_with(&self, environments: &str, documents: &str) -> Result<()> {
        let tree = tree(&self.folder, &self.services)?;
        let live = "  live: { tier: production }\n";
        let tree = tree.replace(live, &format!("{live}{environments}"));
        apply(&self.client, format!("{tree}{documents}"), &self.keys).await
    }

    /// Lines of a log that hold a text.
    pub fn logged(&self, log: &str, text: &str) -> usize {
        let log = fs::read(self.folder.join(log)).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        log.lines().filter(|line| line.contains(text)).count()
    }

    /// How much the agent did so far: the length of its file of effects.
    pub fn effects(&self) -> u64 {
        let file = self.folder.join("agent/effects.log");
        fs::metadata(file).map_or(0, |file| file.len())
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

    /// End servers and agent, look at the ledger itself, and end what they leave running.
    pub async fn end(self) -> Result<Option<String>> {
        self.agent.end().await?;
        for server in self.servers {
            server.end().await?;
        }
        let root = self.folder.join("agent");
        tidegate_drivers::process::end_all(&root, Duration::from_secs(5)).await?;
        self.ledger.whole(&self.folder, self.points.folder()).await
    }
}

/// Name and words of a server.
fn serve(folder: &Path, n: usize, listen: &str, ledger: &Ledger) -> Result<(String, Vec<String>)> {
    let (name, dir) = match n {
        0 => ("server".to_owned(), ".tidegate".to_owned()),
        n => (format!("server-{n}"), format!(".tidegate-{n}")),
    };
    let mut args = words(&["serve", "--listen", listen, "--dir", &dir]);
    args.extend(ledger.words(folder)?);
    Ok((name, args))
}

/// Send a command until a server says what became of it. Where there are several, one that says nothing is not waited for.
pub async fn insist<T, F>(client: &Client, what: &str, mut ask: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T, Error>>,
{
    let begun = Instant::now();
    loop {
        let answer = match client.has_others() {
            false => ask().await,
            true => match tokio::time::timeout(SILENT, ask()).await {
                Ok(answer) => answer,
                Err(_) if begun.elapsed() < PATIENCE => {
                    client.try_another();
                    continue;
                }
                Err(_) => bail!("{what} was not answered within {PATIENCE:?}"),
            },
        };
        let error = match answer {
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

/// A client with the first token, once the server at `url` answers. `all` are the servers that it asks.
async fn admin(folder: &Path, url: &str, all: &str) -> Result<Client> {
    let begun = Instant::now();
    loop {
        if let Ok(token) = fs::read_to_string(folder.join(".tidegate/admin.token"))
            && Client::new(url, "")?.health().await.is_ok()
        {
            return Ok(Client::new(all, token.trim())?);
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
    apply(client, tree(folder, services)?, keys).await?;
    let token = TokenRequest {
        name: "agent:local".to_owned(),
        role: Role::Agent,
        environments: vec!["live".to_owned()],
        services: Vec::new(),
        account: None,
        owner: None,
        expires_in_s: Some(24 * 3_600),
    };
    let token = insist(client, "token", || client.create_token(&token)).await?;
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

async fn apply(client: &Client, tree: String, keys: &AtomicU64) -> Result<()> {
    let apply = ApplyRequest {
        files: BTreeMap::from([("tidegate.yaml".to_owned(), tree)]),
        commit: None,
        reason: None,
        parent: None,
    };
    let key = new_key(keys);
    insist(client, "apply", || client.apply_config(&apply, &key)).await?;
    Ok(())
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
