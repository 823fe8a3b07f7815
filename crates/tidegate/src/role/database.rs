//! Where the ledger is kept: a file in the server's folder, or a Postgres database that several servers share.

use crate::exit::{Exit, Failure};
use clap::Args;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use tidegate_ledger::postgres::Address;
use tidegate_ledger::{LedgerId, PostgresStore, SqliteStore, Store, StoreError};

/// Options of the store.
#[derive(Debug, Clone, Args)]
pub struct DatabaseArgs {
    /// Postgres database, like postgres://tidegate@db.example/tidegate, for several servers that share one ledger; without it
    /// the ledger is a file in the folder. Another machine is reached through TLS unless the address says sslmode=disable
    #[arg(
        long,
        value_name = "URL",
        env = "TIDEGATE_DATABASE",
        hide_env_values = true
    )]
    pub database: Option<DatabaseUrl>,
    /// File with the password of the database, so that it stands in no process list
    #[arg(
        long,
        value_name = "FILE",
        env = "TIDEGATE_DATABASE_PASSWORD_FILE",
        requires = "database"
    )]
    pub database_password_file: Option<PathBuf>,
    /// File with the certificates that vouch for the database, instead of those of the system
    #[arg(
        long,
        value_name = "FILE",
        env = "TIDEGATE_DATABASE_CA",
        requires = "database"
    )]
    pub database_ca: Option<PathBuf>,
    /// Number of this workspace's ledger in the database, when it holds several
    #[arg(long, value_name = "N", env = "TIDEGATE_LEDGER", default_value_t = 1)]
    pub ledger: u32,
}

impl DatabaseArgs {
    /// A file in the folder.
    pub fn file() -> Self {
        Self {
            database: None,
            database_password_file: None,
            database_ca: None,
            ledger: 1,
        }
    }

    /// Open the ledger; `data` is the folder for the file. The second value says where it is, for people.
    ///
    /// # Errors
    /// It cannot be had.
    pub fn open(&self, data: &Path) -> Result<(Arc<dyn Store>, String), Failure> {
        let ledger = LedgerId(i64::from(self.ledger));
        let trouble = |e: StoreError| Failure::new(Exit::Failed, e.to_string());
        let Some(url) = &self.database else {
            let store = SqliteStore::open(data, ledger).map_err(trouble)?;
            return Ok((Arc::new(store), format!("{} (SQLite)", data.display())));
        };
        let password = self
            .database_password_file
            .as_deref()
            .map(password)
            .transpose()?;
        let address = Address::parse(&url.0, self.database_ca.as_deref(), password.as_deref())
            .map_err(|e| Failure::usage(e.to_string()))?;
        let place = format!("{address} (Postgres)");
        let store = PostgresStore::open(address, ledger).map_err(|e| match e {
            // It was reached, and the text says the way out.
            StoreError::NewerSchema { .. } => trouble(e),
            e => trouble(e).help(
                "check that the database runs, and user and password: --database, --database-password-file",
            ),
        })?;
        Ok((Arc::new(store), place))
    }
}

fn password(file: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(file).map_err(|e| {
        Failure::usage(format!(
            "the file with the password of the database, {}, cannot be read: {e}",
            file.display()
        ))
    })?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

/// An address that may hold a password, so its `Debug` text is empty.
#[derive(Clone)]
pub struct DatabaseUrl(String);

impl FromStr for DatabaseUrl {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseUrl")
    }
}
