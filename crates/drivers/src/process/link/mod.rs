//! The router as this target sees it: a process that outlives the agent, the table on record, and the counters.
//!
//! The table on record is written before it is sent. A router that ended is started again and gets it again.

mod admin;
mod process;

use super::{
    effects::{Cause, Effects},
    error::Error,
    files::{self, Keep},
    instance::Instance,
};
use admin::Admin;
use std::{
    cmp::Ordering,
    path::{Path, PathBuf},
    sync::Arc,
};
use tidegate_faults::kill_point;
use tidegate_plugin::router::{Route, Stats, Table};
use tokio::sync::Mutex;

/// The link to one router process.
#[derive(Debug)]
pub struct Link {
    dir: PathBuf,
    program: PathBuf,
    admin: Admin,
    effects: Arc<Effects>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    table: Table,
    running: Option<(Instance, String)>,
}

impl Link {
    /// The link in the folder of a target. Starts nothing.
    ///
    /// # Errors
    /// [`Error::Broken`] when the records cannot be read or made.
    pub fn open(
        root: &Path,
        program: &Path,
        http: reqwest::Client,
        effects: Arc<Effects>,
    ) -> Result<Self, Error> {
        let io = |e: std::io::Error| Error::io("opening the router folder", &e);
        let dir = root.join("router");
        files::private_folder(&dir.join("state")).map_err(io)?;
        let token = process::token(&dir).map_err(io)?;
        let table = files::read_json(&dir.join("table.json"))
            .map_err(io)?
            .unwrap_or_default();
        let running = Instance::find(&dir)
            .filter(Instance::is_alive)
            .and_then(|i| Some((i, process::address(&dir)?)));
        let state = Mutex::new(State { table, running });
        Ok(Self {
            dir,
            program: program.to_owned(),
            admin: Admin::new(http, token),
            effects,
            state,
        })
    }

    /// The table on record.
    pub async fn table(&self) -> Table {
        self.state.lock().await.table.clone()
    }

    /// Puts the routes that `build` gives into force; returns the table that the router has afterwards. Nothing is sent when
    /// nothing changed.
    ///
    /// # Errors
    /// [`Error::Failed`] when the router refuses the table (the former one stays on record), [`Error::Broken`] when it could
    /// not be reached.
    pub async fn publish(
        &self,
        build: impl FnOnce() -> Vec<Route> + Send,
        service: &str,
        cause: &Cause,
    ) -> Result<Table, Error> {
        let mut state = self.state.lock().await;
        let routes = build();
        if routes == state.table.routes {
            if !routes.is_empty() {
                self.ensure(&mut state).await?;
            }
            return Ok(state.table.clone());
        }
        let before = state.table.clone();
        self.record(
            &mut state,
            Table {
                version: before.version + 1,
                routes,
            },
        )?;
        kill_point("agent.table.recorded");
        match self.send(&mut state).await {
            Ok(table) => {
                kill_point("agent.table.sent");
                self.effects.note(
                    service,
                    cause,
                    "table",
                    &format!("version {}", table.version),
                );
                Ok(table)
            }
            Err(error) => {
                // A refused table never was in force. One that may have been is followed by a newer one with the old routes.
                let version = if matches!(error, Error::Failed { .. }) {
                    before.version
                } else {
                    state.table.version + 1
                };
                self.record(
                    &mut state,
                    Table {
                        version,
                        routes: before.routes,
                    },
                )?;
                Err(error)
            }
        }
    }

    /// Starts the router when it has ended, and gives it the table on record when it has another one. True when it had to.
    ///
    /// # Errors
    /// [`Error::Broken`] when that did not work.
    pub async fn keep(&self) -> Result<bool, Error> {
        let mut state = self.state.lock().await;
        if state.table.routes.is_empty() && state.running.is_none() {
            return Ok(false);
        }
        if self.ensure(&mut state).await? {
            return Ok(true);
        }
        let base = state
            .running
            .as_ref()
            .map(|(_, base)| base.clone())
            .unwrap_or_default();
        let stats: Stats = self.admin.stats(&base).await?;
        match stats.table.cmp(&state.table.version) {
            Ordering::Equal => Ok(false),
            Ordering::Less => self.send(&mut state).await.map(|_| true),
            // The router flushes what it acknowledges and this record is not flushed: after a loss of power the router
            // knows better.
            Ordering::Greater => {
                let in_force: Table = self.admin.table(&base).await?;
                self.record(&mut state, in_force).map(|()| true)
            }
        }
    }

    /// Whether the process has ended since it was last seen.
    pub async fn is_down(&self) -> bool {
        let state = self.state.lock().await;
        let runs = state
            .running
            .as_ref()
            .is_some_and(|(instance, _)| instance.is_alive());
        !runs && !state.table.routes.is_empty()
    }

    /// Counters and the table in force; `None` when there are no routes.
    ///
    /// # Errors
    /// [`Error::Broken`] when the router cannot be asked.
    pub async fn look(&self) -> Result<Option<(Stats, Table)>, Error> {
        let (base, on_record) = {
            let state = self.state.lock().await;
            match &state.running {
                _ if state.table.routes.is_empty() => return Ok(None),
                None => return Err(Error::Broken("the router does not run".to_owned())),
                Some((_, base)) => (base.clone(), state.table.clone()),
            }
        };
        let stats: Stats = self.admin.stats(&base).await?;
        let table = match stats.table == on_record.version {
            true => on_record,
            false => self.admin.table(&base).await?,
        };
        Ok(Some((stats, table)))
    }

    fn record(&self, state: &mut State, table: Table) -> Result<(), Error> {
        files::replace_json(&self.dir.join("table.json"), &table, Keep::Process)
            .map_err(|e| Error::io("recording the routing table", &e))?;
        state.table = table;
        Ok(())
    }

    /// Makes the router run with the table on record. True when it was started.
    async fn ensure(&self, state: &mut State) -> Result<bool, Error> {
        if state
            .running
            .as_ref()
            .is_some_and(|(instance, _)| instance.is_alive())
        {
            return Ok(false);
        }
        self.start(state).await?;
        self.put(state).await?;
        Ok(true)
    }

    async fn send(&self, state: &mut State) -> Result<Table, Error> {
        if !self.ensure(state).await? {
            self.put(state).await?;
        }
        Ok(state.table.clone())
    }

    async fn start(&self, state: &mut State) -> Result<(), Error> {
        let running = process::start(&self.program, &self.dir).await?;
        let which = format!("pid {}", running.0.state.program.pid);
        self.effects
            .note("router", &Cause::supervision(), "router-started", &which);
        state.running = Some(running);
        Ok(())
    }

    /// Sends the table on record and checks that it is in force. A router with a newer one gets a newer one still.
    async fn put(&self, state: &mut State) -> Result<(), Error> {
        let base = state
            .running
            .as_ref()
            .map(|(_, base)| base.clone())
            .unwrap_or_default();
        for _ in 0..2 {
            let taken = self.admin.put_table(&base, &state.table).await?;
            let in_force = self.admin.table(&base).await?;
            if taken && in_force == state.table {
                return Ok(());
            }
            if taken {
                let text = "the router acknowledged a table and serves another one";
                return Err(Error::Broken(text.to_owned()));
            }
            let routes = state.table.routes.clone();
            self.record(
                state,
                Table {
                    version: in_force.version + 1,
                    routes,
                },
            )?;
        }
        let text = "the router refused the table as too old twice: does another agent own it?";
        Err(Error::Broken(text.to_owned()))
    }
}
