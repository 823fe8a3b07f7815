//! Where the database is and how it is reached: limits to every wait, TLS to every other machine, no secret in any text.

use super::link::{Connection, Patience};
use crate::error::StoreError;
use crate::store::Result;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

/// Schema that holds our tables; the rest of the database is not ours.
pub(super) const SCHEMA: &str = "tidegate";

/// Until a server that does not answer counts as away.
const CONNECT: Duration = Duration::from_secs(3);
/// How much later than the server this side ends a wait: a server that stands still ends none.
const SLACK: Duration = Duration::from_secs(2);
/// Until bytes that nobody acknowledges end a connection.
const UNHEARD: Duration = Duration::from_secs(5);
/// Server-side ends of the writer's waits, in milliseconds: a lock, one statement, and silence inside a transaction. The last
/// is what frees the head of the ledger when a process stands still without ending.
const WRITER: [u64; 3] = [10_000, 30_000, 2_000];
/// The same for readers; one that hands a long history to a slow client may pause.
const READER: [u64; 3] = [10_000, 60_000, 60_000];

/// An address of a database, checked, with everything that is needed to connect. Its texts never hold a password.
#[derive(Clone)]
pub struct Address {
    config: Config,
    tls: Option<Arc<ClientConfig>>,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Write,
    Read,
    Listen,
}

impl Address {
    /// Read an address like `postgres://tidegate@db.example/tidegate`. Every machine but this one is reached through TLS with a
    /// verified certificate, unless the address itself says `sslmode=disable`. `ca` replaces the system's roots.
    ///
    /// # Errors
    /// It is not an address, or the certificates cannot be used.
    pub fn parse(text: &str, ca: Option<&Path>, password: Option<&str>) -> Result<Self> {
        let mut config: Config = text.parse().map_err(|e: tokio_postgres::Error| {
            let source = std::error::Error::source(&e).map_or_else(String::new, ToString::to_string);
            bad(format!("the address of the database cannot be read ({source}): write `postgres://user@host/database`"))
        })?;
        if config.get_hosts().is_empty() {
            return Err(bad(
                "the address of the database names no host: write `postgres://user@host/database`"
                    .to_owned(),
            ));
        }
        if let Some(password) = password {
            config.password(password);
        }
        let local = config.get_hosts().iter().all(is_here);
        match config.get_ssl_mode() {
            SslMode::Prefer if local => drop(config.ssl_mode(SslMode::Disable)),
            SslMode::Prefer => drop(config.ssl_mode(SslMode::Require)),
            _ => {}
        }
        let tls = match config.get_ssl_mode() {
            SslMode::Disable => None,
            _ => Some(Arc::new(tls(ca)?)),
        };
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(UNHEARD);
        }
        // Also of one host: its name may lead to a server that is only a copy since a fail-over.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        config
            .keepalives_idle(UNHEARD)
            .keepalives_interval(Duration::from_secs(2))
            .keepalives_retries(2);
        Ok(Self { config, tls })
    }

    pub(super) fn connect(&self, purpose: Purpose) -> Result<Connection> {
        let [lock, statement, idle] = match purpose {
            Purpose::Write => WRITER,
            Purpose::Read | Purpose::Listen => READER,
        };
        let mut config = self.config.clone();
        // Everything is read by a key. A plan that was made while a table was empty would read the whole of it, until the database
        // looks at its size again.
        config.options(format!(
            "{} -c search_path={SCHEMA} -c lock_timeout={lock} -c statement_timeout={statement} \
             -c idle_in_transaction_session_timeout={idle} -c client_min_messages=warning \
             -c enable_seqscan=off",
            self.config.get_options().unwrap_or_default()
        ));
        config.application_name(match purpose {
            Purpose::Write => "tidegate writer",
            Purpose::Read => "tidegate reader",
            Purpose::Listen => "tidegate listener",
        });
        let patience = Patience {
            connect: CONNECT + SLACK,
            lock: Duration::from_millis(lock) + SLACK,
            statement: Duration::from_millis(statement) + SLACK,
        };
        let tls = self.tls.as_deref().cloned();
        let connection = Connection::open(patience, &config, tls)?;
        // Acknowledged means on disk, whatever the server's default is; a stricter default stays.
        connection.batch(
            "SELECT set_config('synchronous_commit', 'on', false) \
             WHERE current_setting('synchronous_commit') IN ('off', 'local')",
            "setting synchronous_commit",
        )?;
        Ok(connection)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: Vec<String> = self.config.get_hosts().iter().map(host_text).collect();
        let name = self
            .config
            .get_dbname()
            .or(self.config.get_user())
            .unwrap_or_default();
        write!(f, "{}/{name}", hosts.join(","))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

fn host_text(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(path) => path.display().to_string(),
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|ip| ip.is_loopback())
        }
    }
}

fn tls(ca: Option<&Path>) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let unusable = |e: rustls::Error| bad(format!("TLS to the database cannot be set up: {e}"));
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?;
    let Some(ca) = ca else {
        return Ok(builder
            .with_platform_verifier()
            .map_err(unusable)?
            .with_no_client_auth());
    };
    let failed = |because: String| StoreError::Folder {
        path: PathBuf::from(ca),
        because,
    };
    let mut roots = RootCertStore::empty();
    let found = CertificateDer::pem_file_iter(ca)
        .map_err(|e| failed(format!("cannot be read as certificates: {e}")))?;
    for certificate in found {
        let certificate =
            certificate.map_err(|e| failed(format!("cannot be read as certificates: {e}")))?;
        roots
            .add(certificate)
            .map_err(|e| failed(format!("holds a certificate that cannot be used: {e}")))?;
    }
    if roots.is_empty() {
        return Err(failed("holds no certificate".to_owned()));
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn bad(because: String) -> StoreError {
    StoreError::Aborted { because }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(text: &str) -> SslMode {
        Address::parse(text, None, None)
            .expect("an address")
            .config
            .get_ssl_mode()
    }

    #[test]
    fn another_machine_is_reached_through_tls_unless_the_address_says_otherwise() {
        assert_eq!(mode("postgres://t@db.example/t"), SslMode::Require);
        assert_eq!(
            mode("postgres://t@127.0.0.1,db.example/t"),
            SslMode::Require
        );
        assert_eq!(
            mode("postgres://t@db.example/t?sslmode=disable"),
            SslMode::Disable
        );
        assert_eq!(mode("postgres://t@localhost/t"), SslMode::Disable);
        assert_eq!(mode("host=/run/postgresql user=t"), SslMode::Disable);
        assert_eq!(
            mode("postgres://t@localhost/t?sslmode=require"),
            SslMode::Require
        );
    }

    #[test]
    fn no_text_of_an_address_holds_its_password() {
        let address =
            Address::parse("postgres://t:hunter2@localhost/books", None, None).expect("an address");
        let texts = format!("{address} {address:?}");
        assert!(
            texts.contains("localhost/books") && !texts.contains("hunter2"),
            "{texts}"
        );
        for wrong in [
            "postgres://t:hunter2@localhost:port/x",
            "postgres://t:hunter2@host/x?hunter2=1",
            "hunter2",
        ] {
            let refused = Address::parse(wrong, None, None)
                .expect_err("refused")
                .to_string();
            assert!(
                refused.contains("postgres://user@host/database"),
                "{refused}"
            );
        }
    }
}
