//! A server process under measurement: started on a folder, found again after it was killed, ended with this program.

use anyhow::{Context, Result, bail};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tidegate_client::Client;
use tokio::process::{Child, Command};

/// Longest start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running `tidegate serve`.
pub struct Server {
    child: Child,
    program: PathBuf,
    home: PathBuf,
    listen: SocketAddr,
}

impl Server {
    /// Start on the ledger in `home` and wait for the first good answer. Also says how long that took.
    pub async fn start(program: &Path, home: &Path) -> Result<(Self, Duration)> {
        let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let begun = Instant::now();
        let server = Self {
            child: spawn(program, home, listen)?,
            program: program.to_owned(),
            home: home.to_owned(),
            listen,
        };
        server.answers().await?;
        Ok((server, begun.elapsed()))
    }

    async fn answers(&self) -> Result<()> {
        let client = Client::new(&self.url(), "")?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if client.health().await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        bail!(
            "the server did not answer within {} s, see {}",
            PATIENCE.as_secs(),
            self.home.join("server.log").display()
        )
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// Its process.
    pub fn pid(&self) -> Result<u32> {
        self.child.id().context("the server has ended")
    }

    /// A client with the token in a file of its folder.
    pub fn client(&self, token_file: &str) -> Result<Client> {
        let path = self.home.join(token_file);
        let token = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok(Client::new(&self.url(), token.trim())?)
    }

    /// SIGKILL, then wait for its end.
    pub async fn kill(&mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Start again on the same folder and address, without waiting. Gives the instant before the process was made.
    pub fn spawn_again(&mut self) -> Result<Instant> {
        let begun = Instant::now();
        self.child = spawn(&self.program, &self.home, self.listen)?;
        Ok(begun)
    }

    /// SIGTERM, and SIGKILL when it does not end.
    pub async fn stop(mut self) -> Result<()> {
        end(&mut self.child).await
    }
}

fn spawn(program: &Path, home: &Path, listen: SocketAddr) -> Result<Child> {
    let listen = listen.to_string();
    process(
        program,
        home,
        "server.log",
        &["serve", "--dir", ".", "--listen", &listen],
    )
}

/// A process of the program under measurement, ended when dropped; its output goes to a file of `home`.
pub fn process(program: &Path, home: &Path, log: &str, args: &[&str]) -> Result<Child> {
    let out = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(home.join(log))?;
    Command::new(program)
        .args(args)
        .current_dir(home)
        .env_remove("TIDEGATE_URL")
        .env_remove("TIDEGATE_TOKEN")
        .env_remove("TIDEGATE_LOG")
        .stdin(Stdio::null())
        .stdout(out.try_clone()?)
        .stderr(out)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| program.display().to_string())
}

/// Ask a process to stop; kill it when it does not within ten seconds.
pub async fn end(child: &mut Child) -> Result<()> {
    if let Some(pid) = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(rustix::process::Pid::from_raw)
    {
        // It may have ended by itself.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
    let waited = tokio::time::timeout(Duration::from_secs(10), child.wait()).await;
    if waited.is_err() {
        child.kill().await?;
    }
    Ok(())
}
