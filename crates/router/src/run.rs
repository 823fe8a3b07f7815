//! Start and end of the process.

use crate::admin::{self, Admin, Token};
use crate::counters::Shard;
use crate::table::{Registry, Store};
use crate::{Error, Limits, table, worker};
use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tidegate_faults::kill_point;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, LocalOptions};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Mutex;
use tokio::task::spawn_local;

/// What `tidegate router` is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the admin API listens; loopback only, port 0 for any free one.
    pub admin: SocketAddr,
    /// File with the bearer token of the admin API.
    pub token_file: PathBuf,
    /// Folder that keeps the table in force.
    pub state: PathBuf,
    /// Worker threads; 0 for one per core.
    pub threads: usize,
    /// Written once listening, with the real admin address and a line end.
    pub ready_file: Option<PathBuf>,
}

/// Serves until SIGTERM or SIGINT and a drain of at most [`Limits::drain`]; a second signal ends the drain.
///
/// # Errors
/// The process could not start; see [`Error`].
pub fn run(options: Options) -> Result<(), Error> {
    run_with(options, Limits::default())
}

/// [`run`] with other bounds.
///
/// # Errors
/// The process could not start; see [`Error`].
pub fn run_with(options: Options, limits: Limits) -> Result<(), Error> {
    if !options.admin.ip().is_loopback() {
        return Err(Error::NotLoopback {
            address: options.admin,
        });
    }
    let token = Token::read(&options.token_file)?;
    let store = Store::open(&options.state)?;
    let kept = store.load()?;
    let epoch = Instant::now();
    let threads = match options.threads {
        0 => thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let (mut senders, mut handles) = (Vec::new(), Vec::new());
    for index in 0..threads {
        let (sender, handle) = worker::start(Shard { index, epoch }, limits.clone())
            .map_err(|source| Error::Thread { source })?;
        senders.push(sender);
        handles.push(handle);
    }
    let mut registry = Registry::new(instance(), senders);
    if let Some(table) = kept {
        registry.restore(table);
        kill_point("router.table.restored");
    }
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
        .map_err(|source| Error::Thread { source })?;
    runtime.block_on(control(
        options,
        limits,
        Admin {
            token,
            store,
            registry: RefCell::new(registry),
            changing: Mutex::new(()),
        },
        handles,
    ))
}

/// The admin thread.
async fn control(
    options: Options,
    limits: Limits,
    admin: Admin,
    workers: Vec<JoinHandle<()>>,
) -> Result<(), Error> {
    let failed = |source| Error::Admin {
        address: options.admin,
        source,
    };
    let mut signals = Signals::new().map_err(|source| Error::Thread { source })?;
    let listener = TcpListener::bind(options.admin).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let admin = Rc::new(admin);
    let probing = spawn_local(admin::probe(
        Rc::clone(&admin),
        limits.probe,
        limits.connect,
    ));
    let serving = spawn_local(admin::serve(listener, Rc::clone(&admin)));
    if let Some(path) = &options.ready_file {
        table::write_whole(path, format!("{address}\n").as_bytes()).map_err(|source| {
            Error::State {
                path: path.clone(),
                source,
            }
        })?;
    }
    tracing::info!(admin = %address, threads = workers.len(), "router ready");
    signals.next().await;
    tracing::info!("stopping: no new connections, requests under way end");
    probing.abort();
    admin.registry.borrow().stop();
    tokio::select! {
        () = ended(&workers) => {}
        () = signals.next() => tracing::warn!("second signal: requests under way are cut off"),
        () = tokio::time::sleep(limits.drain + Duration::from_secs(1)) => {}
    }
    serving.abort();
    Ok(())
}

/// Waits until every worker left; bounded by the caller.
async fn ended(workers: &[JoinHandle<()>]) {
    while !workers.iter().all(JoinHandle::is_finished) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Random name of this process for readers of its counters.
fn instance() -> String {
    let random = RandomState::new();
    format!(
        "{:016x}{:016x}",
        random.hash_one(1_u8),
        random.hash_one(2_u8)
    )
}
