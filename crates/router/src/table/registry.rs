//! Takes tables in and puts them in force. Owned by the admin thread alone; workers see only its results.

use crate::group::Backend;
use crate::table::build::History;
use crate::table::{Listener, check, listen};
use crate::worker::Command;
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use tidegate_plugin::router::{Stats, Table};
use tokio::sync::mpsc::UnboundedSender;

/// Routes remembered after they left the table.
const REMEMBERED: usize = 256;

/// Why a table was not taken; the one in force stays whole.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Somebody holds a newer table.
    #[error(
        "version {got} is older than {have}, which is in force; read the table, and send a version above {have}"
    )]
    Older {
        /// Version in the request.
        got: u64,
        /// Version in force.
        have: u64,
    },
    /// Two tables claim the same version.
    #[error("version {0} is in force with other content; send a version above {0}")]
    Conflict(u64),
    /// The table cannot be served.
    #[error("{}", .0.join("; "))]
    Invalid(Vec<String>),
    /// The table could not be kept on disk.
    #[error("the table could not be kept on disk: {0}; nothing was changed")]
    Storage(std::io::Error),
}

/// The table in force and everything made from it.
pub struct Registry {
    table: Table,
    instance: String,
    workers: Vec<UnboundedSender<Command>>,
    listeners: BTreeMap<SocketAddr, Arc<Listener>>,
    routes: BTreeMap<String, History>,
    serial: u64,
}

/// A table that can be served, with the sockets it needs.
pub struct Prepared {
    pub table: Table,
    bound: Bound,
}

type Bound = Vec<(SocketAddr, Vec<TcpListener>)>;

impl Registry {
    pub fn new(instance: String, workers: Vec<UnboundedSender<Command>>) -> Self {
        Registry {
            table: Table::default(),
            instance,
            workers,
            listeners: BTreeMap::new(),
            routes: BTreeMap::new(),
            serial: 0,
        }
    }

    pub fn table(&self) -> &Table {
        &self.table
    }

    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// Puts the table kept on disk in force. A public address that is taken does not keep the others from being served;
    /// [`Registry::bind_missing`] tries it again.
    pub fn restore(&mut self, table: Table) {
        if let Err(problems) = check::check(&table) {
            tracing::error!(
                problems = problems.join("; "),
                "kept table cannot be served; waiting for a new one"
            );
            return;
        }
        self.table = table;
        let bound = self.bind_possible();
        self.enforce(bound);
    }

    /// Checks a table and takes its addresses; `None` when it is in force already. The caller keeps it on disk before
    /// [`Registry::commit`], and calls nothing else that changes the table meanwhile.
    pub fn prepare(&self, table: Table) -> Result<Option<Prepared>, Refused> {
        if table.version < self.table.version {
            return Err(Refused::Older {
                got: table.version,
                have: self.table.version,
            });
        }
        if table.version == self.table.version {
            return if table == self.table {
                Ok(None)
            } else {
                Err(Refused::Conflict(table.version))
            };
        }
        check::check(&table).map_err(Refused::Invalid)?;
        let bound = self.bind(&table).map_err(Refused::Invalid)?;
        Ok(Some(Prepared { table, bound }))
    }

    /// Puts a prepared table in force.
    pub fn commit(&mut self, prepared: Prepared) {
        self.table = prepared.table;
        self.enforce(prepared.bound);
    }

    /// Listens on addresses of the table that were taken before.
    pub fn bind_missing(&mut self) {
        let bound = self.bind_possible();
        if !bound.is_empty() {
            self.attach(bound);
        }
    }

    fn bind_possible(&self) -> Bound {
        let mut bound = Bound::new();
        for route in &self.table.routes {
            let Ok(address) = check::address(&route.listen) else {
                continue;
            };
            if self.listeners.contains_key(&address) {
                continue;
            }
            match listen::bind(address, self.workers.len()) {
                Ok(sockets) => bound.push((address, sockets)),
                Err(why) => {
                    tracing::error!(route = %route.name, %address, %why, "cannot listen; trying again")
                }
            }
        }
        bound
    }

    pub fn stats(&self) -> Stats {
        Stats {
            instance: self.instance.clone(),
            table: self.table.version,
            routes: self
                .routes
                .iter()
                .map(|(name, history)| (name.clone(), history.stats()))
                .collect(),
        }
    }

    /// Instances that need a probe.
    pub fn down(&self) -> Vec<Arc<Backend>> {
        self.routes
            .values()
            .flat_map(History::down)
            .cloned()
            .collect()
    }

    /// Tells the workers to finish and leave.
    pub fn stop(&self) {
        for listener in self.listeners.values() {
            listener.closed.store(true, Relaxed);
        }
        self.tell(|| Command::Stop);
    }

    fn bind(&self, table: &Table) -> Result<Bound, Vec<String>> {
        let (mut bound, mut failed) = (Bound::new(), Vec::new());
        for route in &table.routes {
            let Ok(address) = check::address(&route.listen) else {
                continue;
            };
            if self.listeners.contains_key(&address) {
                continue;
            }
            match listen::bind(address, self.workers.len()) {
                Ok(sockets) => bound.push((address, sockets)),
                Err(why) => failed.push(format!(
                    "route {}: cannot listen on {address}: {why}",
                    route.name
                )),
            }
        }
        if failed.is_empty() {
            Ok(bound)
        } else {
            Err(failed)
        }
    }

    /// Makes the workers see the table.
    fn enforce(&mut self, bound: Bound) {
        let shards = self.workers.len();
        for route in &self.table.routes {
            let history = self
                .routes
                .entry(route.name.clone())
                .or_insert_with(History::new);
            history.build(route, &mut self.serial, shards);
        }
        let names: Vec<&str> = self
            .table
            .routes
            .iter()
            .map(|route| route.name.as_str())
            .collect();
        for (name, history) in &mut self.routes {
            if !names.contains(&name.as_str()) {
                history.leave();
            }
        }
        self.attach(bound);
        self.forget();
    }

    /// Connects listeners and routes; a listener without a route closes.
    fn attach(&mut self, bound: Bound) {
        for (address, _) in &bound {
            self.listeners
                .insert(*address, Arc::new(Listener::new(*address)));
        }
        let mut wanted = BTreeMap::new();
        for route in &self.table.routes {
            if let Ok(address) = check::address(&route.listen) {
                wanted.insert(
                    address,
                    self.routes.get(&route.name).and_then(History::current),
                );
            }
        }
        for (address, listener) in &self.listeners {
            listener.route.store(wanted.get(address).cloned().flatten());
        }
        // Sockets only now: no connection meets a listener without its route.
        for (address, sockets) in bound {
            let Some(listener) = self.listeners.get(&address) else {
                continue;
            };
            for (worker, socket) in self.workers.iter().zip(sockets) {
                // A worker that is gone is on its way out with the whole process.
                let _ = worker.send(Command::Listen {
                    listener: Arc::clone(listener),
                    socket,
                });
            }
        }
        let closing: Vec<SocketAddr> = self
            .listeners
            .keys()
            .filter(|a| !wanted.contains_key(a))
            .copied()
            .collect();
        for address in closing {
            if let Some(listener) = self.listeners.remove(&address) {
                listener.closed.store(true, Relaxed);
                self.tell(|| Command::Close(address));
            }
        }
    }

    fn forget(&mut self) {
        let gone: Vec<String> = self
            .routes
            .iter()
            .filter(|(_, history)| history.current().is_none())
            .map(|(name, _)| name.clone())
            .collect();
        for name in gone.iter().take(gone.len().saturating_sub(REMEMBERED)) {
            self.routes.remove(name);
        }
    }

    fn tell(&self, command: impl Fn() -> Command) {
        for worker in &self.workers {
            let _ = worker.send(command());
        }
    }
}
