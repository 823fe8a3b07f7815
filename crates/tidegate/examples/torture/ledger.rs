//! Where the servers of a world keep the ledger, and a last look at it.

use super::Store;
use anyhow::{Result, bail};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tidegate_ledger::conformance::cluster::{Cluster, PASSWORD};
use tidegate_ledger::postgres::Address;
use tidegate_ledger::{LedgerId, PostgresStore, SqliteStore};
use tokio::process::Command;

/// How often a last look at a ledger is tried again.
const LOOKS: u32 = 4;

/// Where the servers keep the ledger.
pub enum Ledger {
    /// In a file of the first server's folder.
    File,
    /// In a database that was started for it, and ends with it. Servers reach it through this port, when it is another one.
    Own(Cluster, Option<u16>),
    /// In a database that somebody else looks after: its address and its password.
    Theirs(String, String),
}

impl Ledger {
    /// A ledger of this kind. `None` where it is not installed.
    pub async fn of(store: Store) -> Result<Option<Self>> {
        Ok(match store {
            Store::Sqlite => Some(Self::File),
            Store::Postgres => {
                let cluster = tokio::task::spawn_blocking(Cluster::start).await?;
                cluster.map(|cluster| Self::Own(cluster, None))
            }
        })
    }

    /// The address that servers are told, and the password; nothing of a file.
    fn address(&self) -> Option<(String, &str)> {
        match self {
            Self::File => None,
            Self::Own(cluster, None) => Some((cluster.url_without_password(), PASSWORD)),
            Self::Own(_, Some(port)) => Some((
                format!("postgres://tidegate@127.0.0.1:{port}/postgres"),
                PASSWORD,
            )),
            Self::Theirs(url, password) => Some((url.clone(), password)),
        }
    }

    /// What a server is told of it.
    pub fn words(&self, folder: &Path) -> Result<Vec<String>> {
        let Some((url, password)) = self.address() else {
            return Ok(Vec::new());
        };
        let file = folder.join("password");
        fs::write(&file, password)?;
        let file = file.display().to_string();
        let words = ["--database", &url, "--database-password-file", &file];
        Ok(words.map(str::to_owned).to_vec())
    }

    /// The first thing in it that must never be, by the rules of the simulation. No server holds it any more.
    pub async fn whole(&self, folder: &Path, points: &Path) -> Result<Option<String>> {
        let mut look = Command::new(std::env::current_exe()?);
        look.arg("whole")
            .arg("--data")
            .arg(folder.join(".tidegate/data"))
            .env("TIDEGATE_TORTURE", points);
        if let Some((url, password)) = self.direct() {
            let file = folder.join("password");
            fs::write(&file, password)?;
            look.args(["--database", &url, "--password-file"]).arg(file);
        }
        // On a busy machine a database may take its time.
        let mut said = look.stdin(Stdio::null()).output().await?;
        for _ in 0..LOOKS {
            if said.status.success() {
                break;
            }
            said = look.output().await?;
        }
        let text = String::from_utf8_lossy(&said.stdout).trim().to_owned();
        if !said.status.success() {
            bail!("{}", String::from_utf8_lossy(&said.stderr).trim());
        }
        Ok((!text.is_empty()).then_some(text))
    }

    /// The same for a look at it in the end, without what stands in between.
    fn direct(&self) -> Option<(String, &str)> {
        match self {
            Self::Own(cluster, _) => Some((cluster.url_without_password(), PASSWORD)),
            other => other.address(),
        }
    }
}

/// A ledger that no server holds.
#[derive(Debug, Clone, Args)]
pub struct WholeArgs {
    /// The folder of its file
    #[arg(long)]
    data: PathBuf,
    /// Its database
    #[arg(long, requires = "password_file")]
    database: Option<String>,
    /// File with the password of the database
    #[arg(long)]
    password_file: Option<PathBuf>,
}

/// Say the first thing in the ledger that must never be, by the rules of the simulation. A process of its own, which stands for the
/// same version as the servers did.
///
/// # Errors
/// The ledger cannot be read.
pub fn look(args: &WholeArgs) -> Result<()> {
    let store: Box<dyn tidegate_ledger::Store> = match (&args.database, &args.password_file) {
        (Some(url), Some(file)) => {
            let password = fs::read_to_string(file)?;
            let address = Address::parse(url, None, Some(&password))?;
            Box::new(PostgresStore::open(address, LedgerId(1))?)
        }
        _ => Box::new(SqliteStore::open(&args.data, LedgerId(1))?),
    };
    let found = store.read_with(|rows| Ok(tidegate_sim::trial::whole(rows)))?;
    store.close()?;
    if let Err(violation) = found {
        println!("{}: {}", violation.invariant, violation.how);
    }
    Ok(())
}
