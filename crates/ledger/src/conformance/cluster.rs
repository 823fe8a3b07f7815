//! A Postgres server of its own for tests, from the Debian package, on a free port of this machine, ended with its value.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

/// Password of the only user; tests also look for it where it must not be.
pub const PASSWORD: &str = "pg-Secret-of-the-tests";

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A running server with an empty database.
pub struct Cluster {
    folder: PathBuf,
    binaries: PathBuf,
    port: u16,
    server: Option<Child>,
}

impl Cluster {
    /// Start one; `None`, with a line that says so, where the Debian package `postgresql` is not installed.
    ///
    /// # Panics
    /// The package is there and the server does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        let Some(binaries) = binaries() else {
            eprintln!("skipped: Postgres is not installed (apt-get install postgresql)");
            return None;
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("tidegate-pg-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        let password = folder.join("password");
        fs::write(&password, PASSWORD).expect("written");
        if is_root() {
            run(Command::new("chown").args(["-R", "postgres"]).arg(&folder));
        }
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
        let mut cluster = Self {
            port: port.expect("a free port").port(),
            folder,
            binaries,
            server: None,
        };
        run(cluster
            .command("initdb")
            .args([
                "-U",
                "tidegate",
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "--no-sync",
            ])
            .args(["--locale=C.UTF-8", "-D"])
            .arg(cluster.folder.join("data"))
            .arg(format!("--pwfile={}", password.display())));
        cluster.resume();
        Some(cluster)
    }

    /// Its first process, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.server.as_ref().map(Child::id)
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of the database, with the password.
    #[must_use]
    pub fn url(&self) -> String {
        format!(
            "postgres://tidegate:{PASSWORD}@127.0.0.1:{}/postgres",
            self.port
        )
    }

    /// The address without the password.
    #[must_use]
    pub fn url_without_password(&self) -> String {
        format!("postgres://tidegate@127.0.0.1:{}/postgres", self.port)
    }

    /// Start the server again after [`stop`](Self::stop).
    ///
    /// # Panics
    /// It does not start.
    pub fn resume(&mut self) {
        let mut command = self.command("postgres");
        command
            .arg("-D")
            .arg(self.folder.join("data"))
            .args([
                "-p",
                &self.port.to_string(),
                "-c",
                "listen_addresses=127.0.0.1",
            ])
            .args(["-c", "max_connections=80", "-c", "shared_buffers=16MB"])
            .args(["-c", "unix_socket_directories="])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(self.folder.join("log")).expect("a log"));
        self.server = Some(command.spawn().expect("started"));
        let ready = (0..600).any(|_| {
            thread::sleep(Duration::from_millis(50));
            self.sql("SELECT 1").is_some()
        });
        assert!(ready, "Postgres did not start: {}", self.log());
    }

    /// Every process of the server stands still: connections stay, and nothing is answered. Gives back who does, for
    /// [`go_on`](Self::go_on).
    ///
    /// # Panics
    /// The server does not run.
    #[must_use]
    pub fn stand_still(&self) -> Vec<u32> {
        let pids = self.sql("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()");
        let pids = pids.expect("it runs");
        let server = self.server.as_ref().map(Child::id);
        let backends = pids.lines().filter_map(|pid| pid.parse().ok());
        let all: Vec<u32> = server.into_iter().chain(backends).collect();
        all.iter().for_each(|pid| signal("STOP", *pid));
        all
    }

    /// They go on.
    pub fn go_on(&self, who: &[u32]) {
        who.iter().for_each(|pid| signal("CONT", *pid));
    }

    /// Kill the server at once, as a power failure would.
    pub fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            signal("CONT", server.id());
            signal("QUIT", server.id());
            drop(server.wait());
        }
    }

    /// What a statement gives, a row a line; `None` when it failed.
    #[must_use]
    pub fn sql(&self, sql: &str) -> Option<String> {
        let mut command = Command::new(self.binaries.join("psql"));
        command
            .args(["-XAtq", "-h", "127.0.0.1", "-p", &self.port.to_string()])
            .args(["-U", "tidegate", "-d", "postgres", "-c", sql])
            .env("PGPASSWORD", PASSWORD)
            .stderr(Stdio::null());
        let output = command.output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(text)
    }

    /// What the server logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// A program of the package; never as root, which Postgres refuses.
    fn command(&self, program: &str) -> Command {
        let program = self.binaries.join(program);
        if !is_root() {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=postgres", "--regid=postgres", "--init-groups"])
            .arg(program)
            .current_dir(&self.folder);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|path| path.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(Path::new("/proc/self")).is_ok_and(|me| me.uid() == 0)
}

fn signal(name: &str, pid: u32) {
    drop(
        Command::new("kill")
            .args([&format!("-{name}"), &pid.to_string()])
            .status(),
    );
}

fn run(command: &mut Command) {
    let output = command.output().expect("the program runs");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
