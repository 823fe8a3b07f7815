//! One thread, its event loop, its connections, and its pool of connections to backends. Nothing here is shared with
//! another worker but atomics.

mod accept;
mod connection;

use crate::counters::Shard;
use crate::limits::Limits;
use crate::proxy::Pool;
use crate::table::Listener;
use std::cell::Cell;
use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use std::{io, thread};
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::spawn_local;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

/// How often connections at rest are looked through.
const SWEEP: Duration = Duration::from_secs(5);

/// What the admin thread tells a worker.
pub enum Command {
    /// Accept connections here.
    Listen {
        /// Says which route is served.
        listener: Arc<Listener>,
        /// This worker's own socket.
        socket: TcpListener,
    },
    /// Accept no more connections there.
    Close(SocketAddr),
    /// Accept nothing more, let requests under way end, and leave.
    Stop,
}

/// What the tasks of one thread share.
pub struct Worker {
    pub shard: Shard,
    pub limits: Limits,
    pub pool: Pool,
    /// Set when the process is to end.
    pub stopping: Cell<bool>,
    /// Connections and tunnels.
    active: Cell<usize>,
}

/// Starts a worker thread.
pub fn start(
    shard: Shard,
    limits: Limits,
) -> io::Result<(UnboundedSender<Command>, JoinHandle<()>)> {
    let (sender, receiver) = unbounded_channel();
    let (told, started) = std::sync::mpsc::sync_channel(1);
    let thread = thread::Builder::new()
        .name(format!("worker-{}", shard.index))
        .spawn(move || {
            match Builder::new_current_thread()
                .enable_all()
                .build_local(LocalOptions::default())
            {
                Ok(runtime) => {
                    // The other end waits for exactly this.
                    let _ = told.send(Ok(()));
                    runtime.block_on(run(shard, limits, receiver));
                }
                Err(why) => {
                    let _ = told.send(Err(why));
                }
            }
        })?;
    started.recv().map_err(io::Error::other)??;
    Ok((sender, thread))
}

async fn run(shard: Shard, limits: Limits, mut commands: UnboundedReceiver<Command>) {
    let pool = Pool::new(limits.pool, limits.pooled);
    let worker = Rc::new(Worker {
        shard,
        limits,
        pool,
        stopping: Cell::new(false),
        active: Cell::new(0),
    });
    let mut accepting = HashMap::new();
    let mut sweep = interval(SWEEP);
    sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let command = tokio::select! {
            command = commands.recv() => command,
            _ = sweep.tick() => {
                worker.pool.sweep();
                continue;
            }
        };
        match command {
            Some(Command::Listen { listener, socket }) => {
                let address = listener.address;
                accepting.insert(
                    address,
                    spawn_local(accept::accept(Rc::clone(&worker), listener, socket)),
                );
            }
            Some(Command::Close(address)) => {
                if let Some(task) = accepting.remove(&address) {
                    task.abort();
                }
            }
            Some(Command::Stop) | None => break,
        }
    }
    worker.stopping.set(true);
    for task in accepting.into_values() {
        task.abort();
    }
    worker.drained().await;
}

impl Worker {
    /// Runs a task that the end of the process waits for.
    pub fn spawn(self: &Rc<Self>, task: impl Future<Output = ()> + 'static) {
        let active = Active::new(self);
        spawn_local(async move {
            let _active = active;
            task.await;
        });
    }

    /// Connections and tunnels open now.
    pub fn active(&self) -> usize {
        self.active.get()
    }

    /// Waits until nothing is under way, at most as long as a drain may take.
    async fn drained(&self) {
        let end = Instant::now() + self.limits.drain;
        let empty = async {
            while self.active.get() > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if timeout_at(end, empty).await.is_err() {
            tracing::warn!(
                connections = self.active.get(),
                "connections cut off at the end of the drain"
            );
        }
    }
}

/// Counts a task while it lives.
struct Active(Rc<Worker>);

impl Active {
    fn new(worker: &Rc<Worker>) -> Self {
        worker.active.set(worker.active.get() + 1);
        Active(Rc::clone(worker))
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        self.0.active.set(self.0.active.get().saturating_sub(1));
    }
}
