//! A folder of somebody's own, `tidegate up` for it, and the command line as a person uses it.
//!
//! Everything that is started here is ended here, whatever the test does; every wait has an end.

#![expect(clippy::panic, reason = "a wait that ends in vain fails the test")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longest any one command may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a command printed, both streams as a terminal shows them, and its exit code.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub text: String,
}

impl Said {
    /// The text, when the exit code is the one expected.
    #[track_caller]
    pub fn with(self, code: i32) -> String {
        assert_eq!(self.code, code, "{}", self.text);
        self.text
    }
}

/// A folder with a configuration and programs, and Tidegate for it.
pub struct Site {
    folder: tempfile::TempDir,
    up: Option<Child>,
}

impl Site {
    /// A new folder with one configuration file.
    pub fn new(configuration: &str) -> Self {
        let site = Self {
            folder: tempfile::tempdir().unwrap(),
            up: None,
        };
        site.write("tidegate.yaml", configuration);
        site
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Write a file of the folder; scripts can be executed.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        if text.starts_with("#!") {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// Replace a part of a file that must be there.
    #[track_caller]
    pub fn replace(&self, name: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.path().join(name)).unwrap();
        assert!(text.contains(old), "{name} has no {old:?}");
        fs::write(self.path().join(name), text.replace(old, new)).unwrap();
    }

    fn tidegate(&self, args: &[&str], out: &Path) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
        command.args(args);
        self.start(command, out)
    }

    /// Start a command in the folder, both its streams going to a file.
    pub fn start(&self, mut command: Command, out: &Path) -> Child {
        let out = File::create(out).unwrap();
        command
            .current_dir(self.path())
            .envs([("TIDEGATE_LISTEN", "127.0.0.1:0"), ("NO_COLOR", "1")])
            .env_remove("TIDEGATE_URL")
            .env_remove("TIDEGATE_TOKEN")
            .env_remove("TIDEGATE_DIR")
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .spawn()
            .unwrap()
    }

    /// `tidegate up`, until it says that it is ready. What it said.
    pub fn up(&mut self) -> String {
        let log = self.path().join("up.log");
        self.up = Some(self.tidegate(&["up"], &log));
        wait_for("`tidegate up` to be ready", || {
            let text = fs::read_to_string(&log).unwrap();
            let child = self.up.as_mut().unwrap();
            assert!(child.try_wait().unwrap().is_none(), "it ended:\n{text}");
            text.contains("Ready.").then_some(text)
        })
    }

    /// Ctrl-C for `tidegate up`. All that it said.
    pub fn interrupt(&mut self) -> String {
        let mut child = self.up.take().unwrap();
        let status = end(&mut child, rustix::process::Signal::INT);
        let text = fs::read_to_string(self.path().join("up.log")).unwrap();
        assert!(status.success(), "{status}\n{text}");
        text
    }

    /// Run `tidegate` with arguments to its end.
    #[track_caller]
    pub fn says(&self, line: &str) -> Said {
        let args: Vec<&str> = line.split_whitespace().collect();
        let out = self.path().join("said");
        let mut child = self.tidegate(&args, &out);
        finish(&mut child, &out, line)
    }

    /// Run any command to its end.
    #[track_caller]
    pub fn run(&self, command: Command) -> Said {
        let what = format!("{command:?}");
        let out = self.path().join("said");
        let mut child = self.start(command, &out);
        finish(&mut child, &out, &what)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(mut child) = self.up.take() {
            end(&mut child, rustix::process::Signal::TERM);
        }
        if self.path().join(".tidegate").exists() {
            drop(
                Command::new(env!("CARGO_BIN_EXE_tidegate"))
                    .arg("down")
                    .current_dir(self.path())
                    .env_remove("TIDEGATE_DIR")
                    .output(),
            );
        }
    }
}

#[track_caller]
fn finish(child: &mut Child, out: &Path, what: &str) -> Said {
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > deadline {
            end(child, rustix::process::Signal::TERM);
            let text = fs::read_to_string(out).unwrap();
            panic!("`{what}` did not end within {PATIENCE:?}:\n{text}");
        }
        sleep(Duration::from_millis(10));
    };
    let text = fs::read_to_string(out).unwrap();
    // Shown when the test fails: the story so far.
    println!("$ {what}\n{text}[{status}]");
    Said {
        code: status.code().unwrap_or(-1),
        text,
    }
}

/// Ask a process to end; kill it when it does not.
pub fn end(child: &mut Child, signal: rustix::process::Signal) -> ExitStatus {
    let pid = rustix::process::Pid::from_child(child);
    // It may have ended by itself.
    let _ = rustix::process::kill_process(pid, signal);
    for _ in 0..1_500 {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap()
}

/// Ask again until there is an answer, with an end.
#[track_caller]
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(answer) = ask() {
            return answer;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("waited {PATIENCE:?} for {what}");
}

/// GET a path of 127.0.0.1: status and body; nothing without an answer.
pub fn get(port: u16, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}

/// A port P that is free, as is P + 100; outside the ranges of instances and of outgoing connections.
pub fn free_port() -> u16 {
    let free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let begin = std::process::id() % 50;
    (0..50)
        .map(|n| 12_000 + u16::try_from((begin + n) % 50).unwrap() * 101)
        .find(|port| free(*port) && free(port + 100))
        .expect("50 pairs of ports are all in use")
}

/// Command lines of the processes that name the folder or work in it.
pub fn left_running(folder: &Path) -> Vec<String> {
    let folder = folder.canonicalize().unwrap();
    let name = folder.to_string_lossy().into_owned();
    let mut left = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        // Not a process, or gone meanwhile.
        let Ok(words) = fs::read(entry.path().join("cmdline")) else {
            continue;
        };
        let line = String::from_utf8_lossy(&words).replace('\0', " ");
        let inside =
            fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(&folder));
        if !line.is_empty() && (inside || line.contains(&name)) {
            left.push(line);
        }
    }
    left
}
