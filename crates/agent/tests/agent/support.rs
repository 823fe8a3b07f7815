//! Agent processes, actions and programs; everything started is ended.

use crate::server::{Server, TOKEN};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};
use tidegate_drivers::digest_of;
use tidegate_plugin::{Action, ActionKind, Unit, action::Health};

/// An example program of this workspace; those of other crates are built when they are not there yet.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("examples")
        .join(name);
    let package = match name {
        "router" => "tidegate-router",
        "testserver" => "tidegate-drivers",
        _ => "tidegate-agent",
    };
    if !path.exists() {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "-p", package, "--example", name])
            .status();
        assert!(built.unwrap().success(), "{name} could not be built");
    }
    path
}

/// Text of a trust file.
pub struct TrustFile(pub String);

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

    pub fn agent(&self, server: &Server) -> Agent {
        Agent {
            child: self.command(server, TOKEN).spawn().unwrap(),
        }
    }

    /// An agent that believes this file and not the server.
    pub fn trusting_agent(&self, server: &Server, file: &TrustFile) -> Agent {
        Agent {
            child: self.trusting(server, file).spawn().unwrap(),
        }
    }

    /// What an agent says that ends because of its trust file.
    pub fn refused_trust(&self, server: &Server, file: &TrustFile) -> String {
        let mut command = self.trusting(server, file);
        let output = command.stderr(Stdio::piped()).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }

    fn trusting(&self, server: &Server, file: &TrustFile) -> Command {
        let path = self.dir.path().join("trust.json");
        std::fs::write(&path, &file.0).unwrap();
        let mut command = self.command(server, TOKEN);
        command.arg("--trust").arg(path);
        command
    }

    /// What was done at the target.
    pub fn effects(&self) -> String {
        std::fs::read_to_string(self.root().join("effects.log")).unwrap_or_default()
    }

    pub fn refused_agent(&self, server: &Server) -> Output {
        self.command(server, "wrong")
            .stderr(Stdio::piped())
            .output()
            .unwrap()
    }

    fn command(&self, server: &Server, token: &str) -> Command {
        let mut command = Command::new(program("agentd"));
        command.args([
            "agent",
            "--server",
            &format!("http://{}", server.address),
            "--token",
            token,
            "--root",
        ]);
        command.arg(self.root()).args(["--environment", "prod"]);
        command
    }

    /// How often something was done, as the file of effects says.
    pub fn count(&self, what: &str) -> usize {
        let text = std::fs::read_to_string(self.root().join("effects.log")).unwrap_or_default();
        text.lines()
            .filter(|line| line.contains(&format!("\"what\":\"{what}\"")))
            .count()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let ended = runtime.block_on(tidegate_drivers::process::end_all(
            &self.root(),
            Duration::ZERO,
        ));
        if !std::thread::panicking() {
            ended.unwrap();
        }
    }
}

/// An agent process; killed when it is dropped.
pub struct Agent {
    child: Child,
}

impl Agent {
    /// Asks it to stop and waits for it.
    pub fn stop(mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }

    pub fn kill(self) {
        drop(self);
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn unit(version: &str, values: &[(&str, &str)]) -> Unit {
    let path = program("testserver");
    Unit {
        key: format!("{version}+0123abcd"),
        version: version.to_owned(),
        digest: digest_of(&path).unwrap().digest.to_string(),
        location: path.to_string_lossy().into_owned(),
        command: vec!["./testserver".to_owned()],
        prepare: None,
        values: values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        health: Health {
            path: Some("/healthz".to_owned()),
            every_ms: 100,
            timeout_ms: 2_000,
            deadline_ms: 30_000,
        },
        grace_ms: 2_000,
        port: None,
        stick: None,
    }
}

pub fn action(id: &str, service: &str, epoch: u64, kind: ActionKind) -> Action {
    Action {
        id: id.to_owned(),
        deployment: "dep_1".to_owned(),
        environment: "prod".to_owned(),
        service: service.to_owned(),
        generation: 1,
        epoch,
        attempt: 0,
        timeout_ms: 60_000,
        kind,
    }
}

pub fn scale(id: &str, unit: &Unit, to: u32) -> Action {
    action(
        id,
        "web",
        1,
        ActionKind::Scale {
            unit: unit.clone(),
            to,
        },
    )
}

pub fn shift(id: &str, unit: &Unit) -> Action {
    let weights = BTreeMap::from([(unit.key.clone(), 10_000)]);
    action(id, "web", 1, ActionKind::Shift { weights })
}

/// Status of one GET, or 0 when nobody answers.
pub fn get(port: u16) -> u16 {
    use std::io::{Read as _, Write as _};
    let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", port)) else {
        return 0;
    };
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap_or(0);
    answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0)
}

pub fn wait_for(what: &str, mut seen: impl FnMut() -> bool) {
    for _ in 0..1500 {
        if seen() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("never seen: {what}")
}
