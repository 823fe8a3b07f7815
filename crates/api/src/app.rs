//! What every handler shares.

use crate::auth::provider::UnderWay;
use crate::auth::throttle::Throttle;
use crate::auth::workload::Keys;
use crate::auth::{Proofs, Tokens, Used};
use crate::error::{Problem, kind};
use crate::feed::Feed;
use crate::ics::Shelf;
use crate::layer::host::Hosts;
use crate::lease::Leases;
use crate::space::Space;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tidegate_core::command::Command;
use tidegate_core::id::CommandId;
use tidegate_core::step::Item;
use tidegate_engine::{Engine, Receipt};
use tokio_util::sync::CancellationToken;

/// How the API presents itself.
#[derive(Debug, Clone)]
pub struct Options {
    /// Version of the server.
    pub version: String,
    /// Base URL people reach it under; the `source` of events.
    pub base: String,
    /// Names it answers to.
    pub hosts: Hosts,
    /// Looks up a `secret:` reference where the server runs; the error says why not, and never what.
    pub secrets: fn(&str) -> Result<String, String>,
    /// Folder of the ledger, and how to ask how much room it has; none where it has no folder.
    pub room: Option<(PathBuf, Measure)>,
}

/// Asks how much room a folder has; the error says why it cannot be told.
pub type Measure = fn(&Path) -> Result<Space, String>;

impl Options {
    /// How much room the ledger has; none where nobody can tell.
    pub(crate) fn room(&self) -> Option<Result<Space, String>> {
        self.room.as_ref().map(|(folder, ask)| ask(folder))
    }

    pub(crate) fn secret(&self, reference: &str) -> Result<String, String> {
        (self.secrets)(reference)
    }
}

/// The API's state: the engine and little else. Clones share it.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    engine: Engine,
    tokens: Tokens,
    used: Used,
    proofs: Proofs,
    throttle: Throttle,
    keys: Keys,
    under_way: UnderWay,
    hashing: Arc<tokio::sync::Semaphore>,
    options: Options,
    feed: Feed,
    leases: Leases,
    shelf: Shelf,
    exports: Arc<tokio::sync::Semaphore>,
    forecasts: Arc<tokio::sync::Semaphore>,
    stopping: CancellationToken,
}

/// Exports of the ledger at a time; each holds a thread and a snapshot.
const EXPORTS: usize = 2;
/// Forecasts at a time; each keeps a processor busy and holds a snapshot.
const FORECASTS: usize = 1;
/// Passwords that are hashed at a time; each takes 19 MiB and a thread.
const HASHING: usize = 2;

impl App {
    /// The API over a running engine. Starts the one thread that watches the ledger for event streams; it ends with the
    /// last clone.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn new(engine: Engine, options: Options) -> std::io::Result<Self> {
        let feed = Feed::start(engine.clone(), options.base.clone())?;
        Ok(Self(Arc::new(Inner {
            engine,
            tokens: Tokens::default(),
            used: Used::default(),
            proofs: Proofs::default(),
            throttle: Throttle::default(),
            keys: Keys::default(),
            under_way: UnderWay::default(),
            hashing: Arc::new(tokio::sync::Semaphore::new(HASHING)),
            options,
            feed,
            leases: Leases::default(),
            shelf: Shelf::default(),
            exports: Arc::new(tokio::sync::Semaphore::new(EXPORTS)),
            forecasts: Arc::new(tokio::sync::Semaphore::new(FORECASTS)),
            stopping: CancellationToken::new(),
        })))
    }

    /// How it presents itself.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.0.options
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// When tokens were last used.
    pub(crate) fn used(&self) -> &Used {
        &self.0.used
    }

    /// Signed requests that came lately.
    pub(crate) fn proofs(&self) -> &Proofs {
        &self.0.proofs
    }

    /// How often somebody may try to sign in.
    pub(crate) fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    /// Keys that issuers publish.
    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// Sign-ins at the identity provider that are under way.
    pub(crate) fn under_way(&self) -> &UnderWay {
        &self.0.under_way
    }

    /// Turns at hashing passwords.
    pub(crate) fn hashing(&self) -> Arc<tokio::sync::Semaphore> {
        Arc::clone(&self.0.hashing)
    }

    pub(crate) fn feed(&self) -> &Feed {
        &self.0.feed
    }

    pub(crate) fn leases(&self) -> &Leases {
        &self.0.leases
    }

    pub(crate) fn shelf(&self) -> &Shelf {
        &self.0.shelf
    }

    pub(crate) fn exports(&self) -> Arc<tokio::sync::Semaphore> {
        Arc::clone(&self.0.exports)
    }

    pub(crate) fn forecasts(&self) -> Arc<tokio::sync::Semaphore> {
        Arc::clone(&self.0.forecasts)
    }

    /// Cancelled when the server stops: streams and held requests end then.
    pub(crate) fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }

    /// Run blocking work on the pool made for it.
    pub(crate) async fn blocking<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> Result<R, Problem> + Send + 'static,
    ) -> Result<R, Problem> {
        let engine = self.0.engine.clone();
        tokio::task::spawn_blocking(move || work(&engine))
            .await
            .unwrap_or_else(|_| {
                Err(Problem::new(
                    &kind::INTERNAL,
                    "the request met a defect of the server",
                    "report it with the request id",
                ))
            })
    }

    /// Send a command and wait until it is durable.
    pub(crate) async fn submit(
        &self,
        who: &crate::auth::Caller,
        id: CommandId,
        command: Command,
    ) -> Result<Receipt, Problem> {
        let item = Item {
            id,
            actor: who.actor(),
            command,
        };
        self.blocking(move |engine| Ok(engine.submit(item)?)).await
    }
}
