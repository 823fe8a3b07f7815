//! A router process of its own and its admin API.

use super::client::{Connection, Reply};
use serde_json::{Value, json};
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use tempfile::TempDir;
use tidegate_plugin::router::Stats;

pub const TOKEN: &str = "a-token-for-tests";

/// A router process; killed when dropped.
pub struct Router {
    child: Child,
    folder: TempDir,
    pub admin: SocketAddr,
    arguments: Vec<String>,
}

impl Drop for Router {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Router {
    /// A fresh router; `arguments` shorten waits, for example `["--response-head-ms", "300"]`.
    pub fn start(arguments: &[&str]) -> Router {
        // In memory where possible: a busy disk would make the tests wait for it.
        let folder = match Path::new("/dev/shm").is_dir() {
            true => tempfile::tempdir_in("/dev/shm"),
            false => tempfile::tempdir(),
        };
        let folder = folder.expect("a folder");
        fs::write(folder.path().join("token"), format!("{TOKEN}\n")).expect("token");
        let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
        let (child, admin) = launch(folder.path(), &arguments);
        Router {
            child,
            folder,
            admin,
            arguments,
        }
    }

    /// Ends it without warning.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts it again on the same state.
    pub fn restart(&mut self) {
        self.kill();
        (self.child, self.admin) = launch(self.folder.path(), &self.arguments);
    }

    /// Asks it to end, as a supervisor would.
    pub fn terminate(&self) {
        let done = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .expect("kill");
        assert!(done.success());
    }

    /// Exit code, once it ended.
    pub fn wait(&mut self) -> Option<i32> {
        self.child.wait().expect("wait").code()
    }

    pub fn state(&self) -> std::path::PathBuf {
        self.folder.path().join("state")
    }

    /// An admin request with the token.
    pub fn admin(&self, method: &str, path: &str, body: &str) -> Reply {
        self.ask(
            method,
            path,
            body,
            &format!("Authorization: Bearer {TOKEN}\r\n"),
        )
    }

    pub fn ask(&self, method: &str, path: &str, body: &str, lines: &str) -> Reply {
        let mut connection = Connection::open(self.admin);
        let length = body.len();
        connection.send(format!("{method} {path} HTTP/1.1\r\nHost: admin\r\n{lines}Content-Length: {length}\r\n\r\n{body}"));
        connection.reply().expect("an admin answer")
    }

    /// Memory it holds, in KiB.
    pub fn resident_kib(&self) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("status");
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .expect("VmRSS");
        line.trim()
            .trim_end_matches(" kB")
            .parse()
            .expect("a number")
    }

    pub fn put(&self, table: &Value) {
        let reply = self.admin("PUT", "/v1/table", &table.to_string());
        assert_eq!(reply.status, 200, "{}", reply.text());
    }

    pub fn stats(&self) -> Stats {
        let reply = self.admin("GET", "/v1/stats", "");
        assert_eq!(reply.status, 200, "{}", reply.text());
        serde_json::from_slice(&reply.body).expect("stats")
    }
}

fn launch(folder: &Path, arguments: &[String]) -> (Child, SocketAddr) {
    let program = std::env::current_exe()
        .expect("this test")
        .with_file_name("../examples/router");
    assert!(
        program.exists(),
        "no router to test: build it with `cargo build -p tidegate-router --examples`"
    );
    let ready = folder.join("ready");
    let _ = fs::remove_file(&ready);
    let mut command = Command::new(program);
    command
        .args(["--admin", "127.0.0.1:0", "--threads", "2"])
        .stdin(Stdio::null());
    command
        .arg("--token-file")
        .arg(folder.join("token"))
        .arg("--state")
        .arg(folder.join("state"));
    command.arg("--ready-file").arg(&ready).args(arguments);
    let child = command.spawn().expect("start the router");
    let mut admin = None;
    super::eventually("the router is ready", || {
        admin = fs::read_to_string(&ready)
            .ok()
            .and_then(|text| text.trim().parse().ok());
        admin.is_some()
    });
    (child, admin.expect("an address"))
}

/// An address nobody listens on, below the ports that outgoing connections are given: none of them can take it first.
pub fn free() -> SocketAddr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    (0..20_000)
        .map(|_| {
            std::process::id()
                .wrapping_mul(97)
                .wrapping_add(NEXT.fetch_add(1, Relaxed))
        })
        .map(|number| SocketAddr::from(([127, 0, 0, 1], 10_000 + (number % 20_000) as u16)))
        .find(|address| TcpListener::bind(address).is_ok())
        .expect("a free port")
}

pub fn group(key: &str, weight: u32, backends: &[SocketAddr]) -> Value {
    let backends: Vec<Value> = backends
        .iter()
        .enumerate()
        .map(|(place, address)| json!({"id": format!("{key}-{place}"), "address": address.to_string()}))
        .collect();
    json!({"key": key, "weight": weight, "backends": backends})
}

pub fn route(listen: SocketAddr, groups: &[Value]) -> Value {
    json!({"name": "prod/web", "listen": listen.to_string(), "groups": groups})
}

pub fn table(version: u64, routes: &[Value]) -> Value {
    json!({"version": version, "routes": routes})
}
