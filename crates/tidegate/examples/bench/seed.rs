//! A ledger made ready in this process: configuration, releases, tokens. A server then starts on it.

use crate::company::{Company, FIRST, SECOND};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command;
use tidegate_core::digest::Digest;
use tidegate_core::gate::Purpose;
use tidegate_core::id::{CommandId, EnvId};
use tidegate_core::step::Item;
use tidegate_core::stream::{artifact, release};
use tidegate_engine::{Apply, Deploy, Engine, Options, SystemClock};
use tidegate_ledger::{LedgerId, SqliteStore, Store};
use tidegate_policy::authority::Cedar;

/// File of the administrator's token in a server's folder.
pub const ADMIN: &str = "admin.token";

/// An engine on the ledger of a server's folder.
pub struct Seed {
    /// The engine.
    pub engine: Engine,
    store: Arc<dyn Store>,
    home: PathBuf,
    admin: Actor,
    ids: AtomicU64,
}

impl Seed {
    /// Open the ledger in `home` as the server does and bring a configuration into force.
    pub fn open(home: &Path, company: &Company<'_>) -> Result<Self> {
        Self::with(home, &company.text())
    }

    /// The same with both versions of every service released.
    pub fn released(home: &Path, company: &Company<'_>) -> Result<Self> {
        let seed = Self::open(home, company)?;
        for service in 0..company.services {
            for version in [FIRST, SECOND] {
                seed.release(&Company::service(service), version, None)?;
            }
        }
        Ok(seed)
    }

    /// The same with an agent's token for every environment.
    pub fn filled(home: &Path, company: &Company<'_>) -> Result<Self> {
        let seed = Self::released(home, company)?;
        for environment in company.environments() {
            seed.token(&environment, std::slice::from_ref(&environment))?;
        }
        Ok(seed)
    }

    /// A configuration of its own, whose texts on who may do what are read as the server reads them.
    pub fn with(home: &Path, text: &str) -> Result<Self> {
        let seed = Self::again(home)?;
        seed.apply(text)?;
        tidegate_api::ensure_admin_token(&seed.engine, &home.join(ADMIN))?;
        Ok(seed)
    }

    /// Open the ledger in `home` once more, with the configuration that is in force.
    pub fn again(home: &Path) -> Result<Self> {
        let data = home.join("data");
        std::fs::create_dir_all(&data)?;
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&data, LedgerId::default())?);
        let mut options = Options::new(data.join("blobs"));
        options.rules = Arc::new(Cedar);
        let engine = Engine::open(Arc::clone(&store), Arc::new(SystemClock), options)?;
        // Each command has an entry, so that no id comes twice.
        let written = engine.read(|rows| rows.head())?.seq;
        Ok(Self {
            engine,
            store,
            home: home.to_owned(),
            admin: Actor::account("bench", Role::Admin),
            ids: AtomicU64::new(written),
        })
    }

    fn apply(&self, text: &str) -> Result<()> {
        let files = tidegate_config::Files(BTreeMap::from([(
            "tidegate.yaml".to_owned(),
            text.to_owned(),
        )]));
        let loaded = tidegate_config::load(&files);
        let Some(spec) = loaded.spec else {
            bail!(
                "the configuration of the bench is refused:\n{}",
                tidegate_config::render(&loaded.diagnostics, &files, false)
            );
        };
        let apply = Apply {
            spec,
            origins: loaded.origins,
            commit: None,
            reason: None,
            parent: None,
            changes: Vec::new(),
            weakens: Vec::new(),
            owned: Vec::new(),
        };
        self.engine.apply_config(&self.admin, self.id(), apply)?;
        Ok(())
    }

    fn id(&self) -> CommandId {
        CommandId(format!("seed-{}", self.ids.fetch_add(1, Ordering::Relaxed)))
    }

    fn send(&self, command: Command) -> Result<()> {
        self.engine.submit(Item {
            id: self.id(),
            actor: self.admin.clone(),
            command,
        })?;
        Ok(())
    }

    /// Register an artifact and make a release of it. Without a place it can only be played.
    pub fn release(
        &self,
        service: &str,
        version: &str,
        place: Option<(&Path, Digest)>,
    ) -> Result<()> {
        let name = format!("{service}@{version}");
        let id: tidegate_core::id::ReleaseId = name.parse()?;
        let (location, digest) = match place {
            Some((folder, digest)) => (folder.display().to_string(), digest),
            None => ("/nowhere".to_owned(), Digest::of(name.as_bytes())),
        };
        let bits = artifact::Bits {
            built_by: None,
            digest,
            size: None,
            location,
            commit: None,
            repository: None,
            build: None,
            authors: Vec::new(),
            commits: None,
            migrates: None,
        };
        self.send(Command::Artifact {
            id: id.clone(),
            command: artifact::Command::Register { bits },
        })?;
        self.send(Command::Release {
            id,
            command: release::Command::Create { artifact: None },
        })
    }

    /// Propose a deployment; waits until it is durable.
    pub fn deploy(&self, release: &str, environment: &str) -> Result<()> {
        let ask = Deploy {
            release: release.parse()?,
            environment: EnvId::new(environment)?,
            purpose: Purpose::Promote,
            reason: String::new(),
            again: false,
            request: tidegate_core::queue::Request::PLAIN,
        };
        self.engine
            .deploy(&self.admin, self.id(), &ask)
            .with_context(|| format!("{release} to {environment}"))?;
        Ok(())
    }

    /// The actor of a played agent that serves these environments.
    pub fn agent(name: &str, environments: &[String]) -> Result<Actor> {
        let environments: Result<_, _> = environments.iter().cloned().map(EnvId::new).collect();
        Ok(Actor::machine(
            format!("agent:{name}"),
            Role::Agent {
                environments: environments?,
            },
        ))
    }

    /// Make the token of an agent, in `<name>.token` of the folder.
    pub fn token(&self, name: &str, environments: &[String]) -> Result<()> {
        let environments: Result<_, _> = environments.iter().cloned().map(EnvId::new).collect();
        let file = self.home.join(format!("{name}.token"));
        tidegate_api::ensure_agent_token(&self.engine, name, &environments?, &file)?;
        Ok(())
    }

    /// End the engine and let go of the files.
    pub fn close(self) -> Result<()> {
        self.engine.stop();
        Ok(self.store.close()?)
    }
}
