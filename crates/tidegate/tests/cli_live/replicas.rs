//! Two servers on one database: any of them is killed or stands still at any time while versions roll out, and nothing is
//! lost, nothing happens twice, and the other goes on within seconds.

use crate::moved_clock::MovedClock;
use crate::world::{Ran, World, command, until};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use tidegate_ledger::conformance::cluster::{Cluster, PASSWORD};

/// Longest time until the other server carries on.
const TAKEOVER: Duration = Duration::from_secs(5);

pub struct Replicas {
    world: World,
    _cluster: Cluster,
    database: String,
    password: PathBuf,
    servers: [Option<Child>; 2],
    urls: Vec<String>,
    agent: Option<Child>,
    token: String,
    /// The servers live at another time than the machine.
    clock: Option<MovedClock>,
}

impl Replicas {
    /// Two servers, an agent that knows both, and the configuration of the world. `None` without Postgres.
    fn start() -> Option<Self> {
        Self::started(str::to_owned, None)
    }

    /// The same with another configuration, and with clocks that can be moved where a library for that is given.
    pub fn started(change: impl Fn(&str) -> String, library: Option<&Path>) -> Option<Self> {
        let cluster = Cluster::start()?;
        let world = World::written();
        world.write(&change(&world.configuration()));
        let password = world.root().join("../password");
        let world_clock = world.root().join("../clock");
        fs::write(&password, format!("{PASSWORD}\n")).unwrap();
        let mut replicas = Self {
            database: cluster.url_without_password(),
            password,
            servers: [None, None],
            urls: vec![
                format!("http://127.0.0.1:{}", world.port() + 8),
                format!("http://127.0.0.1:{}", world.port() + 9),
            ],
            _cluster: cluster,
            world,
            agent: None,
            token: String::new(),
            clock: library.map(|l| MovedClock::new(l.to_owned(), world_clock)),
        };
        replicas.later(Duration::ZERO);
        replicas.serve(0);
        let token = replicas.folder(0).join("admin.token");
        replicas.token = fs::read_to_string(token).unwrap().trim().to_owned();
        replicas.serve(1);
        replicas.run(&["apply", "--yes"]).ends(0);
        let made = [
            "token",
            "create",
            "a1",
            "--role",
            "agent",
            "--environments",
            "dev,prod,far",
        ];
        let made = replicas
            .run(&[&made[..], &["-o", "json"]].concat())
            .ends(0)
            .json();
        let file = replicas.world.root().join("../agent.token");
        fs::write(&file, made["token"].as_str().unwrap()).unwrap();
        replicas.serve_agent(&file);
        Some(replicas)
    }

    fn folder(&self, n: usize) -> PathBuf {
        self.world.root().join(format!("../server-{n}"))
    }

    fn log(&self, name: &str) -> fs::File {
        let path = self.world.root().join(format!("../{name}.log"));
        fs::File::options()
            .create(true)
            .append(true)
            .open(path)
            .unwrap()
    }

    pub fn serve(&mut self, n: usize) {
        let log = self.log(&format!("server-{n}"));
        let folder = self.folder(n).display().to_string();
        let mut server = command(&self.world.root(), &["serve", "--dir", &folder]);
        if let Some(clock) = &self.clock {
            clock.give(&mut server);
        }
        let child = server
            .args(["--listen", self.urls[n].trim_start_matches("http://")])
            .args(["--database", &self.database, "--database-password-file"])
            .arg(&self.password)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.servers[n] = Some(child);
        let healthy = until(|| {
            let asked = command(
                &self.world.root(),
                &["version", "--server", &self.urls[n], "-o", "json"],
            )
            .env("TIDEGATE_TOKEN", "none")
            .output()
            .unwrap();
            let text = String::from_utf8_lossy(&asked.stdout).into_owned();
            let told: Value = serde_json::from_str(&text).unwrap_or_default();
            told["server"].is_object().then_some(())
        });
        assert!(healthy.is_some(), "server {n} does not answer");
    }

    fn serve_agent(&mut self, token: &std::path::Path) {
        let log = self.log("agent");
        let root = self.world.root().join("../agent").display().to_string();
        let child = command(
            &self.world.root(),
            &["agent", "run", "--name", "a1", "--root", &root],
        )
        .args([
            "--server",
            &self.urls.join(","),
            "--environments",
            "dev,prod,far",
        ])
        .arg("--token-file")
        .arg(token)
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap();
        self.agent = Some(child);
    }

    pub fn kill(&mut self, n: usize) {
        if let Some(mut server) = self.servers[n].take() {
            server.kill().unwrap();
            server.wait().unwrap();
        }
    }

    /// The servers are this much later than the machine.
    pub fn later(&self, by: Duration) {
        if let Some(clock) = &self.clock {
            let now = jiff::Timestamp::try_from(std::time::SystemTime::now()).unwrap();
            let then = now
                .to_zoned(jiff::tz::TimeZone::UTC)
                .checked_add(by)
                .unwrap();
            clock.set(&then.to_string());
        }
    }

    fn signal(&self, n: usize, name: &str) {
        let pid = self.servers[n].as_ref().unwrap().id().to_string();
        Command::new("kill").args([name, &pid]).status().unwrap();
    }

    /// A command that asks whichever server answers.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.ask(&self.urls.join(","), arguments)
    }

    fn ask(&self, url: &str, arguments: &[&str]) -> Ran {
        Ran::of(
            &command(&self.world.root(), arguments)
                .env("TIDEGATE_URL", url)
                .env("TIDEGATE_TOKEN", &self.token)
                .output()
                .unwrap(),
        )
    }

    /// A version on its way to `dev`; nobody waits for it.
    fn begins(&self, version: &str) -> String {
        let release = format!("web@{version}");
        let bits = self.world.bits("web", version);
        self.run(&["artifact", "register", &release, &bits]).ends(0);
        self.run(&["release", "create", &release]).ends(0);
        self.run(&["promote", &release, "--to", "dev", "--no-wait"])
            .ends(0);
        release
    }

    /// Wait until it runs there, as server `n` tells it.
    #[track_caller]
    fn arrives(&self, release: &str, n: usize) -> Duration {
        let began = Instant::now();
        let mut last = String::new();
        let found = until(|| {
            last = self
                .ask(&self.urls[n], &["env", "show", "dev", "-o", "json"])
                .out;
            let told: Value = serde_json::from_str(&last).unwrap_or_default();
            let lane = lane_of(&told, "web")?;
            (lane["running"]["release"] == release && lane["live"].is_null()).then_some(())
        });
        assert!(found.is_some(), "{release} did not arrive: {last}");
        began.elapsed()
    }

    /// What the target itself wrote down: how often each thing was done for an action.
    fn effects(&self) -> BTreeMap<String, u32> {
        let path = self.world.root().join("../agent/effects.log");
        let mut effects = BTreeMap::new();
        for line in fs::read_to_string(path).unwrap_or_default().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            if matches!(
                line["what"].as_str(),
                Some("unpacked" | "prepared" | "started")
            ) {
                let key = format!("{} {} {}", line["action"], line["what"], line["which"]);
                *effects.entry(key).or_insert(0) += 1;
            }
        }
        effects
    }
}

/// The lane of a service, wherever it stands.
fn lane_of<'v>(told: &'v Value, service: &str) -> Option<&'v Value> {
    match told {
        Value::Object(map) if map.get("service").is_some_and(|s| s == service) => Some(told),
        Value::Object(map) => map.values().find_map(|v| lane_of(v, service)),
        Value::Array(items) => items.iter().find_map(|v| lane_of(v, service)),
        _ => None,
    }
}

impl Drop for Replicas {
    fn drop(&mut self) {
        for child in self.servers.iter_mut().chain([&mut self.agent]).flatten() {
            drop(child.kill());
            drop(child.wait());
        }
        // Instances and router outlive their agent.
        let root = self.world.root().join("..").display().to_string();
        drop(command(&self.world.root(), &["down", "--dir", &root]).output());
    }
}

#[test]
fn servers_that_share_a_ledger_take_over_from_one_another_and_lose_nothing() {
    let Some(mut it) = Replicas::start() else {
        return;
    };
    let first = it.begins("1.0.0");
    it.arrives(&first, 0);
    // What one server was told is known to the other at once.
    let told = it
        .ask(&it.urls[1], &["release", "show", &first, "-o", "json"])
        .ends(0);
    assert!(told.out.contains("1.0.0"), "{}", told.out);

    let mut acknowledged = vec![first];
    for round in 1..=4_usize {
        let dies = round % 2;
        let release = it.begins(&format!("1.{round}.0"));
        let killed = Instant::now();
        it.kill(dies);
        // The other one accepts commands, and the rollout goes on there.
        it.run(&["env", "lock", "far", "--reason", "checking"])
            .ends(0);
        let answered = killed.elapsed();
        it.run(&["env", "unlock", "far", "--reason", "checked"])
            .ends(0);
        it.arrives(&release, 1 - dies);
        eprintln!(
            "round {round}: answered {answered:?} after the kill, arrived {:?} after it",
            killed.elapsed()
        );
        assert!(answered < TAKEOVER, "{answered:?}");
        acknowledged.push(release);
        it.serve(dies);
    }

    for url in &it.urls {
        it.ask(url, &["audit", "verify"]).ends(0);
        for release in &acknowledged {
            it.ask(url, &["release", "show", release]).ends(0);
        }
    }
    let twice: Vec<_> = it.effects().into_iter().filter(|(_, n)| *n > 1).collect();
    assert!(twice.is_empty(), "done more than once: {twice:?}");
}

#[test]
fn a_server_that_stands_still_is_replaced_and_does_no_harm_when_it_goes_on() {
    let Some(mut it) = Replicas::start() else {
        return;
    };
    let first = it.begins("1.0.0");
    it.arrives(&first, 1);
    it.signal(0, "-STOP");
    let stopped = Instant::now();
    it.urls.rotate_left(1);
    it.run(&["env", "lock", "far", "--reason", "checking"])
        .ends(0);
    let answered = stopped.elapsed();
    let second = it.begins("1.1.0");
    it.arrives(&second, 0);
    eprintln!(
        "answered {answered:?} after the stop, a new version arrived {:?} after it",
        stopped.elapsed()
    );
    assert!(answered < TAKEOVER, "{answered:?}");
    it.signal(0, "-CONT");
    it.arrives(&second, 1);
    it.run(&["audit", "verify"]).ends(0);
    let twice: Vec<_> = it.effects().into_iter().filter(|(_, n)| *n > 1).collect();
    assert!(twice.is_empty(), "done more than once: {twice:?}");
}
