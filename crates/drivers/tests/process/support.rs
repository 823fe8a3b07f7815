//! Programs, artifacts, actions and a target of their own for each test; everything started is ended.

use std::{
    collections::BTreeMap,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use tidegate_drivers::{Options, ProcessTarget, digest_of};
use tidegate_plugin::{
    Action, ActionKind, Actuator as _, Outcome, Progress, Sensor as _, Unit, action::Health,
    actuator::Observation,
};

/// An example program of this workspace; the router's is built when it is not there yet.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("examples")
        .join(name);
    if name == "router" && !path.exists() {
        let built = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "-p",
                "tidegate-router",
                "--example",
                "router",
            ])
            .status();
        assert!(
            built.unwrap().success(),
            "the router example could not be built"
        );
    }
    assert!(path.exists(), "{} is not built", path.display());
    path
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// A folder for one test. When it is dropped, everything that runs below it is ended.
pub struct Place {
    pub dir: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        program("router");
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    pub fn root(&self) -> PathBuf {
        self.dir.path().join("agent")
    }

    pub fn options(&self) -> Options {
        Options::new(self.root(), program("host"))
    }

    pub async fn open(&self) -> ProcessTarget {
        ProcessTarget::open(self.options()).await.unwrap()
    }

    /// Lines of the file of effects: what was done and to which.
    pub fn effects(&self) -> Vec<(String, String)> {
        let text = std::fs::read_to_string(self.root().join("effects.log")).unwrap_or_default();
        let effects = text
            .lines()
            .map(|line| serde_json::from_str::<tidegate_drivers::process::Effect>(line).unwrap());
        effects.map(|effect| (effect.what, effect.which)).collect()
    }

    pub fn count(&self, what: &str) -> usize {
        self.effects()
            .iter()
            .filter(|(done, _)| done == what)
            .count()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let root = self.root();
        // A fresh thread, because this may run inside a runtime. A target of the test may still be letting go of its lock.
        let ended = std::thread::spawn(move || {
            runtime().block_on(async {
                for _ in 0..100 {
                    match tidegate_drivers::process::end_all(&root, Duration::ZERO).await {
                        Ok(_) => return Ok(()),
                        Err(e) if e.to_string().contains("in use") => {
                            tokio::time::sleep(Duration::from_millis(20)).await
                        }
                        Err(e) => return Err(e.to_string()),
                    }
                }
                Err("the target was never closed".to_owned())
            })
        });
        let ended = ended.join().unwrap();
        if !std::thread::panicking() {
            ended.unwrap();
        }
    }
}

/// The test server as a single-binary artifact, named `testserver`.
pub fn unit(version: &str) -> Unit {
    let path = program("testserver");
    static DIGEST: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let digest = DIGEST
        .get_or_init(|| digest_of(&path).unwrap().digest.to_string())
        .clone();
    Unit {
        key: format!("{version}+0123abcd"),
        version: version.to_owned(),
        digest,
        location: path.to_string_lossy().into_owned(),
        command: vec!["./testserver".to_owned()],
        prepare: None,
        values: BTreeMap::new(),
        health: Health {
            path: Some("/healthz".to_owned()),
            every_ms: 100,
            timeout_ms: 2_000,
            deadline_ms: 10_000,
        },
        grace_ms: 3_000,
        port: None,
        stick: None,
    }
}

pub fn with(mut unit: Unit, values: &[(&str, &str)]) -> Unit {
    unit.values.extend(
        values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned())),
    );
    unit
}

/// A unit for an artifact at `path`.
pub fn unit_at(path: &Path) -> Unit {
    let mut unit = unit("1.0.0");
    unit.digest = match std::fs::read(path) {
        Ok(bytes) => tidegate_core::digest::Digest::of(&bytes).to_string(),
        Err(_) => digest_of(path).map_or_else(
            |_| format!("sha256:{}", "0".repeat(64)),
            |m| m.digest.to_string(),
        ),
    };
    unit.location = path.to_string_lossy().into_owned();
    unit
}

/// An action with a new id, for `prod/web`.
pub fn action(generation: u64, kind: ActionKind) -> Action {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Action {
        id: format!("act_{}", NEXT.fetch_add(1, Ordering::Relaxed)),
        deployment: "dep_1".to_owned(),
        environment: "prod".to_owned(),
        service: "web".to_owned(),
        generation,
        epoch: 1,
        attempt: 0,
        timeout_ms: 60_000,
        kind,
    }
}

pub fn scale(unit: &Unit, to: u32) -> Action {
    action(
        1,
        ActionKind::Scale {
            unit: unit.clone(),
            to,
        },
    )
}

pub fn prepare(unit: &Unit) -> Action {
    action(1, ActionKind::Prepare { unit: unit.clone() })
}

pub fn shift(weights: &[(&Unit, u32)]) -> Action {
    let weights = weights
        .iter()
        .map(|(unit, weight)| (unit.key.clone(), *weight))
        .collect();
    action(1, ActionKind::Shift { weights })
}

/// Carries out an action to its end.
pub async fn carry_out(target: &ProcessTarget, action: &Action) -> Outcome {
    let mut progress = target.start(action).await.unwrap();
    for _ in 0..120 {
        match progress {
            Progress::Done(outcome) => return outcome,
            Progress::Running { handle, .. } => {
                progress = target.poll(action, &handle).await.unwrap()
            }
        }
    }
    panic!("{} did not end", action.id)
}

pub async fn done(target: &ProcessTarget, action: &Action) -> String {
    match carry_out(target, action).await {
        Outcome::Done { detail, .. } => detail,
        other => panic!("not done: {other:?}"),
    }
}

pub async fn failed(target: &ProcessTarget, action: &Action) -> (String, Vec<String>) {
    match carry_out(target, action).await {
        Outcome::Failed { because, log } => (because, log),
        other => panic!("not failed: {other:?}"),
    }
}

/// Waits until an observation is as wanted.
pub async fn until(target: &ProcessTarget, wanted: impl Fn(&Observation) -> bool) -> Observation {
    let mut last = Observation::default();
    for _ in 0..600 {
        last = target.observe().await.unwrap();
        if wanted(&last) {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never seen as wanted; last: {last:?}")
}

/// Process numbers of the test server's instances below a root.
pub fn pids(root: &Path) -> Vec<i32> {
    let mut found = Vec::new();
    let mut open = vec![root.join("run")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match std::fs::read_to_string(entry.path().join("state.json")) {
                Ok(text) => {
                    let state: serde_json::Value = serde_json::from_str(&text).unwrap();
                    found.push(state["program"]["pid"].as_i64().unwrap() as i32);
                }
                Err(_) if entry.path().is_dir() => open.push(entry.path()),
                Err(_) => {}
            }
        }
    }
    found.sort_unstable();
    found
}

pub fn is_alive(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')')
        .is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

/// Processes of a group that still run.
pub fn group(leader: i32) -> Vec<i32> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<i32>() else {
            continue;
        };
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let Some((_, rest)) = stat.rsplit_once(')') else {
            continue;
        };
        let fields: Vec<&str> = rest.split_whitespace().collect();
        if fields.len() > 2 && fields[0] != "Z" && fields[2] == leader.to_string() {
            found.push(pid);
        }
    }
    found
}

pub fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

/// A port nobody listens on, outside the ranges of outgoing connections and of instances. Each test is a process of its own
/// and begins to look somewhere else.
pub fn free_port() -> u16 {
    let begin = std::process::id() as u16 % 9_000;
    let mut ports = (0..9_000).map(|n| 10_000 + (begin + n) % 9_000);
    ports
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap()
}

/// Status of one GET, or 0 when nobody answers.
pub async fn get(port: u16) -> u16 {
    let client = reqwest::Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .build()
        .unwrap();
    let answer = client
        .get(format!("http://127.0.0.1:{port}/"))
        .timeout(Duration::from_secs(10))
        .send()
        .await;
    answer.map_or(0, |answer| answer.status().as_u16())
}
