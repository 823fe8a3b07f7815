//! A pair of databases that look after themselves: etcd, and two Postgres servers under Patroni, of which one leads and the other one
//! follows synchronously. Started in a folder as somebody without rights, on ports of this machine, and ended with its value.

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Password of its users.
pub const PASSWORD: &str = "pg-Secret-of-the-pair";
/// Until it is well.
const PATIENCE: Duration = Duration::from_secs(180);
/// Seconds after which a leader that says nothing is replaced. Patroni's own default is 30.
pub const LEASE: u32 = 8;

/// The pair.
pub struct Pair {
    folder: PathBuf,
    binaries: PathBuf,
    etcd: Child,
    etcd_port: u16,
    nodes: Vec<Node>,
    http: reqwest::Client,
}

struct Node {
    name: String,
    port: u16,
    api: u16,
    process: Option<Child>,
}

/// A member, as Patroni tells of it.
#[derive(Debug, Clone)]
struct Member {
    name: String,
    role: String,
    state: String,
}

impl Pair {
    /// Start it. `None`, with a line that says so, where a package is missing.
    pub async fn start(folder: &Path) -> Result<Option<Self>> {
        for (program, package) in [("patroni", "patroni"), ("etcd", "etcd-server")] {
            let there = Command::new(program).arg("--version").output();
            if !there.is_ok_and(|out| out.status.success()) {
                eprintln!("skipped: `{program}` is not installed (apt-get install {package})");
                return Ok(None);
            }
        }
        let Some(binaries) = binaries() else {
            eprintln!("skipped: Postgres is not installed (apt-get install postgresql)");
            return Ok(None);
        };
        fs::create_dir_all(folder)?;
        if rustix::process::getuid().is_root() {
            Command::new("chown").arg("postgres").arg(folder).status()?;
        }
        let ports = free_ports::<6>()?;
        let etcd = etcd(folder, ports[0], ports[1])?;
        let node = |n: usize| Node {
            name: format!("n{n}"),
            port: ports[2 * n],
            api: ports[2 * n + 1],
            process: None,
        };
        let mut pair = Self {
            folder: folder.to_owned(),
            binaries,
            etcd,
            etcd_port: ports[0],
            nodes: vec![node(1), node(2)],
            http: reqwest::Client::builder()
                .no_proxy()
                .timeout(Duration::from_secs(10))
                .build()?,
        };
        pair.resume(0)?;
        pair.until("a leader", |members| members.iter().any(is_leader))
            .await?;
        pair.resume(1)?;
        pair.well().await?;
        Ok(Some(pair))
    }

    /// Where its databases are, both of them, without the password.
    pub fn url(&self) -> String {
        let hosts = self.nodes.iter();
        let hosts: Vec<_> = hosts
            .map(|node| format!("127.0.0.1:{}", node.port))
            .collect();
        format!("postgres://tidegate@{}/postgres", hosts.join(","))
    }

    /// Until one leads and the other one follows synchronously.
    pub async fn well(&self) -> Result<()> {
        self.until("a leader and one that follows synchronously", |members| {
            members.iter().any(is_leader) && members.iter().any(|m| m.role == "sync_standby")
        })
        .await
    }

    /// SIGKILL for the machine of the leader: its Patroni and its Postgres. Which one it was.
    pub async fn kill_leader(&mut self) -> Result<usize> {
        let leader = self.leader().await?;
        let node = &mut self.nodes[leader];
        let data = self.folder.join(&node.name).join("postmaster.pid");
        if let Some(mut process) = node.process.take() {
            process.kill()?;
            process.wait()?;
        }
        let text = fs::read_to_string(data)?;
        let pid = text.lines().next().and_then(|line| line.parse().ok());
        let pid = pid.and_then(Pid::from_raw).context("a process id")?;
        kill_process(pid, Signal::KILL)?;
        Ok(leader)
    }

    /// The other one leads from now on, because somebody wants it.
    pub async fn switch_over(&self) -> Result<()> {
        let leader = self.leader().await?;
        let (from, to) = (&self.nodes[leader], &self.nodes[1 - leader]);
        let url = format!("http://127.0.0.1:{}/switchover", from.api);
        let body = json!({ "leader": from.name, "candidate": to.name });
        let asked = self.http.post(url).json(&body).timeout(PATIENCE);
        let answer = asked.send().await?;
        if !answer.status().is_success() {
            bail!("Patroni refused to switch over: {}", answer.text().await?);
        }
        Ok(())
    }

    /// Start a machine again.
    pub fn resume(&mut self, n: usize) -> Result<()> {
        let file = self.folder.join(format!("{}.json", self.nodes[n].name));
        let text = serde_json::to_vec_pretty(&self.settings(&self.nodes[n]))?;
        fs::write(&file, text)?;
        let node = &mut self.nodes[n];
        let log = log(&self.folder, &node.name)?;
        // Asked to end, it stops its Postgres too.
        let mut patroni = without_rights("patroni", "TERM", &self.folder);
        patroni.arg(&file);
        patroni.stdout(log.try_clone()?).stderr(log);
        node.process = Some(patroni.stdin(Stdio::null()).spawn()?);
        Ok(())
    }

    fn settings(&self, node: &Node) -> Value {
        let account = |name: &str| json!({ "username": name, "password": PASSWORD });
        json!({
            "scope": "tidegate",
            "name": node.name,
            "restapi": { "listen": at(node.api), "connect_address": at(node.api) },
            "etcd3": { "hosts": at(self.etcd_port) },
            "bootstrap": {
                "dcs": {
                    "ttl": LEASE, "loop_wait": 1, "retry_timeout": 3, "synchronous_mode": true,
                    "postgresql": { "use_pg_rewind": true, "parameters": { "max_connections": 60, "shared_buffers": "16MB" } },
                },
                "initdb": [{ "encoding": "UTF8" }, { "locale": "C.UTF-8" }, "data-checksums"],
                "pg_hba": [
                    "host all all 127.0.0.1/32 scram-sha-256",
                    "host replication replicator 127.0.0.1/32 scram-sha-256",
                ],
            },
            "postgresql": {
                "listen": at(node.port),
                "connect_address": at(node.port),
                "data_dir": self.folder.join(&node.name),
                "bin_dir": self.binaries,
                "pgpass": self.folder.join(format!("{}.pgpass", node.name)),
                "authentication": {
                    "superuser": account("tidegate"),
                    "replication": account("replicator"),
                    "rewind": account("rewinder"),
                },
                "parameters": { "unix_socket_directories": "", "password_encryption": "scram-sha-256" },
            },
        })
    }

    async fn leader(&self) -> Result<usize> {
        let members = self.members().await;
        let leader = members.iter().find(|member| is_leader(member));
        let leader = leader.context("nobody leads")?;
        let at = self.nodes.iter().position(|node| node.name == leader.name);
        at.context("a stranger leads")
    }

    /// What the first machine that answers says; nothing while none does.
    async fn members(&self) -> Vec<Member> {
        for node in &self.nodes {
            let url = format!("http://127.0.0.1:{}/cluster", node.api);
            let Ok(answer) = self.http.get(url).send().await else {
                continue;
            };
            let Ok(told) = answer.json::<Value>().await else {
                continue;
            };
            let members = told["members"].as_array().cloned().unwrap_or_default();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let member = |member: &Value| Member {
                name: text(&member["name"]),
                role: text(&member["role"]),
                state: text(&member["state"]),
            };
            return members.iter().map(member).collect();
        }
        Vec::new()
    }

    async fn until(&self, what: &str, is: impl Fn(&[Member]) -> bool) -> Result<()> {
        let begun = Instant::now();
        loop {
            let members = self.members().await;
            if is(&members) {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                bail!("the pair has not {what} within {PATIENCE:?}: {members:?}");
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        // Patroni stops its Postgres when it is asked to end.
        let mut patronis: Vec<Child> = self
            .nodes
            .iter_mut()
            .filter_map(|node| node.process.take())
            .collect();
        for patroni in &patronis {
            let pid = i32::try_from(patroni.id()).ok().and_then(Pid::from_raw);
            pid.map(|pid| kill_process(pid, Signal::TERM));
        }
        for patroni in &mut patronis {
            drop(patroni.wait());
        }
        drop(self.etcd.kill());
        drop(self.etcd.wait());
    }
}

fn is_leader(member: &Member) -> bool {
    member.role == "leader" && member.state == "running"
}

fn at(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

fn etcd(folder: &Path, clients: u16, peers: u16) -> Result<Child> {
    let log = log(folder, "etcd")?;
    let (clients, peers) = (
        format!("http://{}", at(clients)),
        format!("http://{}", at(peers)),
    );
    let mut etcd = without_rights("etcd", "KILL", folder);
    etcd.args(["--name", "one", "--data-dir", "etcd"])
        .args([
            "--listen-client-urls",
            &clients,
            "--advertise-client-urls",
            &clients,
        ])
        .args([
            "--listen-peer-urls",
            &peers,
            "--initial-advertise-peer-urls",
            &peers,
        ])
        .args(["--initial-cluster", &format!("one={peers}")])
        .stdout(log.try_clone()?)
        .stderr(log)
        .stdin(Stdio::null());
    Ok(etcd.spawn()?)
}

fn log(folder: &Path, name: &str) -> Result<fs::File> {
    let path = folder.join(format!("{name}.log"));
    Ok(fs::File::options().create(true).append(true).open(path)?)
}

/// Neither etcd nor Postgres runs as root, and neither stays behind: a death of this process that leaves it no time is `signal` to them.
fn without_rights(program: &str, signal: &str, folder: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", signal]);
    if rustix::process::getuid().is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    }
    command.arg(program);
    command.current_dir(folder).env("HOME", folder);
    command
}

fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    folders.filter(|path| path.join("initdb").exists()).max()
}

fn free_ports<const N: usize>() -> Result<[u16; N]> {
    // All are held until all are known, so that none is handed out twice.
    let held: Vec<TcpListener> = (0..N)
        .map(|_| TcpListener::bind("127.0.0.1:0"))
        .collect::<std::io::Result<_>>()?;
    let ports: Vec<u16> = held
        .iter()
        .map(|listener| Ok(listener.local_addr()?.port()))
        .collect::<std::io::Result<_>>()?;
    ports
        .try_into()
        .map_err(|_| anyhow::anyhow!("no free ports"))
}
