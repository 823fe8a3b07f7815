//! A project in a temporary folder, with `tidegate up` running on it until the story ends.

use crate::moved_clock::MovedClock;
use serde_json::Value;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longest wait for a process or a state.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            code: output.status.code().unwrap(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// That it ended with a code.
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        let all = format!("{}{}", self.out, self.err);
        assert!(
            !all.contains('\u{1b}'),
            "control codes where nobody looks: {all:?}"
        );
        self
    }

    /// That what it printed holds all of these.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.out.contains(part), "`{part}` is missing in {self:#?}");
        }
        self
    }

    /// That it refused: code of the refusal, what happened, and the way out.
    #[track_caller]
    pub fn refuses(self, code: &str, what: &[&str], way_out: &str) -> Self {
        let head = match code {
            "" => "error: ".to_owned(),
            code => format!("error[{code}]: "),
        };
        // Warnings about the configuration may stand before it.
        let from = self.err.lines().position(|line| line.starts_with(&head));
        assert!(from.is_some(), "{self:#?}");
        for part in what {
            assert!(self.err.contains(part), "`{part}` is missing in {self:#?}");
        }
        let help = self
            .err
            .lines()
            .skip(from.unwrap_or_default())
            .find_map(|line| line.strip_prefix("help: "));
        assert!(
            help.is_some_and(|help| help.contains(way_out)),
            "no way out `{way_out}` in {self:#?}"
        );
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:#?}"))
    }
}

/// A project with services `web` and `api`, and environments `dev`, `prod` and `far`.
pub struct World {
    temporary: TempDir,
    base: u16,
    up: Option<Child>,
    /// Its processes live at another time than the machine.
    clock: Option<MovedClock>,
}

impl World {
    /// The project, and nothing running.
    pub fn written() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let base = free_ports();
        let world = Self {
            temporary,
            base,
            up: None,
            clock: None,
        };
        fs::create_dir_all(world.root()).unwrap();
        world.write(&world.configuration());
        world
    }

    /// The project with server, agent and router.
    pub fn up() -> Self {
        let mut world = Self::written();
        world.start();
        world
    }

    /// The project with nothing running, at a time such as `2026-12-01T09:59:50[Europe/Berlin]`. `None`, and a word about
    /// it, where clocks cannot be moved.
    pub fn written_at(when: &str) -> Option<Self> {
        let library = MovedClock::library()?;
        let mut world = Self::written();
        let clock = MovedClock::new(library, world.temporary.path().join("clock"));
        clock.set(when);
        world.clock = Some(clock);
        Some(world)
    }

    /// Move the clock of all its processes.
    pub fn clock(&self, when: &str) {
        self.clock.as_ref().unwrap().set(when);
    }

    /// End server, agent and router as Ctrl-C does.
    pub fn stop(&mut self) {
        if let Some(mut up) = self.up.take() {
            Command::new("kill")
                .arg(up.id().to_string())
                .status()
                .unwrap();
            assert!(
                until(|| up.try_wait().unwrap()).is_some(),
                "it does not end"
            );
        }
    }

    pub fn root(&self) -> PathBuf {
        self.temporary.path().join("acme")
    }

    pub fn write(&self, text: &str) {
        fs::write(self.root().join("tidegate.yaml"), text).unwrap();
    }

    /// Public port of `web` in `dev`.
    pub fn port(&self) -> u16 {
        self.base
    }

    pub fn configuration(&self) -> String {
        let program = env!("CARGO_BIN_EXE_tidegate");
        let service = |name: &str, port: u16| {
            format!(
                "---\nservice: {name}\nowner: {name}\nrun: {{ command: [\"{program}\", demo-service, --behaviour, behaviour.json], port: {port}, instances: 1, grace: 1s }}\nhealth: {{ get: /healthz, every: 1s, timeout: 1s, deadline: 20s }}\n"
            )
        };
        format!(
            "{COMPANY}{}{}",
            service("web", self.base),
            service("api", self.base + 4)
        )
    }

    pub fn start(&mut self) {
        let log = self.temporary.path().join("up.log");
        let out = fs::File::create(&log).unwrap();
        let child = self
            .command(&["up", "--listen", "127.0.0.1:0", "--stop-services"])
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .spawn()
            .unwrap();
        self.up = Some(child);
        let said = || fs::read_to_string(&log).unwrap_or_default();
        let ready = until(|| said().contains("Ready.").then_some(()));
        assert!(ready.is_some(), "never ready:\n{}", said());
    }

    /// Where the server answers.
    pub fn url(&self) -> String {
        fs::read_to_string(self.root().join(".tidegate/url"))
            .unwrap()
            .trim()
            .to_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(&self.root(), arguments);
        if let Some(clock) = &self.clock {
            clock.give(&mut command);
        }
        command
    }

    /// Run a command as somebody in the project's folder does.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&self.command(arguments).output().unwrap())
    }

    /// Run it as a user with a folder of its own, with these lines on stdin.
    pub fn run_as(&self, user: &str, lines: &str, arguments: &[&str]) -> Ran {
        use std::io::Write as _;
        let mut child = self
            .command_as(user, arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that reads nothing may have ended already.
        let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
        Ran::of(&child.wait_with_output().unwrap())
    }

    /// The command for a user with a folder of its own.
    pub fn command_as(&self, user: &str, arguments: &[&str]) -> Command {
        let mut command = self.command(arguments);
        command.env("TIDEGATE_HOME", self.temporary.path().join(user));
        command
    }

    /// Run it, press Ctrl-C once it has printed something, and see how it ends.
    pub fn interrupted(&self, arguments: &[&str]) -> Ran {
        let log = self.temporary.path().join("interrupted.log");
        let child = self
            .command(arguments)
            .stdout(fs::File::create(&log).unwrap())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = || fs::read_to_string(&log).unwrap_or_default();
        assert!(until(|| (!said().is_empty()).then_some(())).is_some());
        let pid = child.id().to_string();
        Command::new("kill").args(["-INT", &pid]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        Ran {
            out: said(),
            ..Ran::of(&output)
        }
    }

    /// The bits of a version, outside of the configuration's folder.
    pub fn bits(&self, service: &str, version: &str) -> String {
        let folder = self
            .temporary
            .path()
            .join("bits")
            .join(format!("{service}-{version}"));
        fs::create_dir_all(&folder).unwrap();
        let text = format!(r#"{{"service":"{service}","version":"{version}","errors_percent":0}}"#);
        fs::write(folder.join("behaviour.json"), text).unwrap();
        folder.display().to_string()
    }

    /// A path outside of the project.
    pub fn beside(&self, name: &str) -> String {
        self.temporary.path().join(name).display().to_string()
    }

    /// Register and release a version.
    pub fn released(&self, service: &str, version: &str) -> String {
        let release = format!("{service}@{version}");
        self.run(&[
            "artifact",
            "register",
            &release,
            &self.bits(service, version),
        ])
        .ends(0);
        self.run(&["release", "create", &release]).ends(0);
        release
    }

    /// Bring a new version as far as an environment.
    pub fn arrived(&self, service: &str, version: &str, to: &str) -> String {
        let release = self.released(service, version);
        self.run(&["promote", &release, "--to", to, "--timeout", "60s"])
            .ends(0);
        release
    }

    /// A canary of `web@1.1.0` in `prod`, held at its first share; its deployment.
    pub fn held_canary(&self) -> String {
        self.arrived("web", "1.0.0", "prod");
        self.arrived("web", "1.1.0", "dev");
        let id = self
            .run(&[
                "deploy",
                "web@1.1.0",
                "prod",
                "--no-wait",
                "--reason",
                "new greeting",
            ])
            .ends(0)
            .out;
        let id = id.trim().to_owned();
        self.until(&id, |d| {
            d["step"]["until"].is_string() && d["share"] == 1_000
        });
        id
    }

    /// Wait until a deployment is as told.
    #[track_caller]
    pub fn until(&self, id: &str, told: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let found = until(|| {
            last = self.run(&["status", id, "-o", "json"]).ends(0).json();
            told(&last).then(|| last.clone())
        });
        found.unwrap_or_else(|| panic!("it stayed {last:#}"))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let Some(mut up) = self.up.take() else { return };
        // It stops its services, router and agent itself.
        drop(Command::new("kill").arg(up.id().to_string()).status());
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if !matches!(up.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(up.kill());
        drop(up.wait());
        self.run(&["down"]);
    }
}

/// This binary in a folder, with nothing of the environment of the test.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("TZ", "Europe/Berlin")
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::null());
    command
}

/// Ask again until there is an answer, with an end.
pub fn until<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        std::thread::sleep(Duration::from_millis(30));
    }
    None
}

/// Ports in a row for one project.
const PORTS: u16 = 10;

/// Ports in a row that nobody listens on, below those of outgoing connections and of instances. Each process begins to look
/// somewhere else.
fn free_ports() -> u16 {
    let begin = u16::try_from(std::process::id() % 720).unwrap();
    let free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    (0..720)
        .map(|n| 10_000 + (begin + n) % 720 * PORTS)
        .find(|base| (0..PORTS).all(|n| free(base + n)))
        .expect("enough free ports in a row")
}

const COMPANY: &str = "\
tidegate: 1
company: Acme
zone: Europe/Berlin
---
environments:
  dev: { tier: dev, deploy: manual }
  prod: { tier: production, after: dev, one-at-a-time: true, port-offset: 1, deploy: manual }
  far: { tier: production, after: prod, soak: 1h, zone: America/New_York, port-offset: 2, deploy: manual }
---
pipeline: standard
path: [dev, prod, far]
strategy: { production: careful, default: rolling }
watch: 200ms
---
strategy: careful
canary:
  - { to: 10%, hold: 10m }
  - { to: 50%, hold: 10m }
  - { to: 100% }
analysis: golden
regression: roll-back
---
analysis: golden
every: 1s
at-least: 20 requests
no-data: roll-back
metrics:
  error-rate: { router: errors, better: lower, tolerate: +0.5pp, critical: true }
";
