//! The parts of a process target, shared by the work on it.

use super::{
    effects::{Cause, Effects},
    error::Error,
    generations::Generations,
    link::Link,
    options::Options,
    ports::Ports,
    records::Records,
    release::{self, Releases},
    secrets::Secrets,
    stop::Stop,
    table,
    world::{Record, ServiceId, World, revision_folder},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Everything a piece of work may need.
#[derive(Debug)]
pub struct Site {
    /// Settings.
    pub options: Options,
    /// Names this folder among all agents, also after a restart.
    pub folder: String,
    /// Release folders.
    pub releases: Releases,
    /// Secrets of services.
    pub secrets: Secrets,
    /// Ports for instances.
    pub ports: Ports,
    /// What was really changed.
    pub effects: Arc<Effects>,
    /// The fence.
    pub generations: Generations,
    /// How finished actions ended.
    pub records: Records,
    /// The router.
    pub link: Link,
    /// Client for loopback only.
    pub http: reqwest::Client,
    /// Ends all tasks of this target; instances and router stay.
    pub closing: CancellationToken,
    /// All tasks of this target.
    pub tasks: TaskTracker,
    /// Counts changes that are worth an observation.
    pub changes: watch::Sender<u64>,
    world: Mutex<World>,
    locks: Mutex<BTreeMap<ServiceId, Arc<tokio::sync::Mutex<()>>>>,
    _only: std::fs::File,
}

impl Site {
    /// Opens the folder of a target, which no other agent may use at the same time.
    ///
    /// # Errors
    /// [`Error::Failed`] when another agent uses it, [`Error::Broken`] when a record cannot be read.
    pub fn open(mut options: Options) -> Result<Self, Error> {
        let io = |e: std::io::Error| Error::io("opening the agent's folder", &e);
        // Supervisors and the router have other working folders.
        options.root = std::path::absolute(&options.root).map_err(io)?;
        options.program = std::path::absolute(&options.program).map_err(io)?;
        super::files::private_folder(&options.root).map_err(io)?;
        let only = std::fs::File::create(options.root.join("lock")).map_err(io)?;
        only.try_lock().map_err(|_| {
            Error::failed(format!(
                "folder {} is in use by another agent: give each agent its own",
                options.root.display()
            ))
        })?;
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only([])
            .no_proxy()
            .tcp_nodelay(true)
            .build()
            .map_err(|e| Error::Broken(format!("the HTTP client cannot be made: {e}")))?;
        let effects = Arc::new(Effects::new(&options.root));
        Ok(Self {
            folder: super::files::kept_random(&options.root.join("folder.id"), 16).map_err(io)?,
            releases: Releases::open(&options)?,
            secrets: Secrets::new(options.secret_dir.clone()),
            ports: Ports::new(options.ports.clone()),
            generations: Generations::open(&options.root).map_err(io)?,
            records: Records::open(&options.root).map_err(io)?,
            link: Link::open(
                &options.root,
                &options.program,
                http.clone(),
                Arc::clone(&effects),
            )?,
            http,
            effects,
            options,
            closing: CancellationToken::new(),
            tasks: TaskTracker::new(),
            changes: watch::Sender::new(0),
            world: Mutex::default(),
            locks: Mutex::default(),
            _only: only,
        })
    }

    /// What runs. Held for a moment only, never across a wait.
    pub fn world(&self) -> MutexGuard<'_, World> {
        // Each change to the world is a single assignment, so a panic elsewhere leaves it whole.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lock that lets one action at a time work on a service.
    pub fn lock_of(&self, id: &ServiceId) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(
            self.locks
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(id.clone())
                .or_default(),
        )
    }

    /// Says that something worth an observation has changed.
    pub fn changed(&self) {
        self.changes.send_modify(|n| *n += 1);
    }

    /// Folder names of the releases that run here.
    #[must_use]
    pub fn used(&self) -> BTreeSet<String> {
        let world = self.world();
        let revisions = world.services.values().flat_map(BTreeMap::values);
        revisions
            .filter_map(|revision| release::name_of(&revision.unit).ok())
            .collect()
    }

    /// Folder of a revision.
    #[must_use]
    pub fn folder(&self, id: &ServiceId, key: &str) -> PathBuf {
        revision_folder(&self.options.root, id, key)
    }

    /// Folder of an instance.
    #[must_use]
    pub fn slot_folder(&self, id: &ServiceId, key: &str, slot: u32) -> PathBuf {
        self.folder(id, key).join(slot.to_string())
    }

    /// Writes the record of a revision as it is.
    ///
    /// # Errors
    /// [`Error::Broken`] for disk trouble.
    pub fn record(&self, id: &ServiceId, key: &str) -> Result<(), Error> {
        let record = self
            .world()
            .revision(id, key)
            .map(|revision| Record::of(id, revision));
        record.map_or(Ok(()), |record| record.write(&self.folder(id, key)))
    }

    /// Brings the router in line with what runs.
    ///
    /// # Errors
    /// As [`Link::publish`].
    pub async fn publish(&self, id: &ServiceId, cause: &Cause) -> Result<(), Error> {
        let build = || table::routes(&self.world(), None, self.options.listen_ip);
        self.link
            .publish(build, &id.to_string(), cause)
            .await
            .map(drop)
    }

    /// Removes release folders nobody needs any more.
    pub async fn collect(self: &Arc<Self>) {
        let site = Arc::clone(self);
        let collected = super::error::blocking(move || site.releases.collect(&site.used()));
        match collected.await {
            Ok(old) if old.is_empty() => {}
            Ok(old) => tracing::info!("removed {} old release folders", old.len()),
            Err(e) => tracing::warn!("old release folders stay: {e}"),
        }
    }
}

/// A piece of work: on whose behalf, how far, and whether it should end.
#[derive(Debug, Clone)]
pub struct Work {
    /// Where.
    pub id: ServiceId,
    /// On whose behalf.
    pub cause: Cause,
    /// Whether it should end.
    pub stop: Stop,
    /// One line for people about where it is.
    pub note: Arc<Mutex<String>>,
    /// Last log lines of a revision that was retired.
    pub last_words: Arc<Mutex<Vec<String>>>,
}

impl Work {
    /// Says where it is.
    pub fn note(&self, text: impl Into<String>) {
        *self.note.lock().unwrap_or_else(PoisonError::into_inner) = text.into();
    }

    /// Where it is.
    #[must_use]
    pub fn noted(&self) -> String {
        self.note
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
