//! The router as this target sees it: a process that outlives the agent, the table on record, and the counters.
//!
//! The table on record is written before it is sent. A router that ended is started again and gets it again.

use super::{
    command,
    effects::{Cause, Effects},
    error::Error,
    files::{self, Keep},
    instance::Instance,
    shim::Spec,
};
use reqwest::StatusCode;
use serde::de::DeserializeOwned;
use std::{
    cmp::Ordering,
    collections::BTreeMap,
    io::Read as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tidegate_plugin::router::{Route, Stats, Table};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep},
};

/// How long a router may take to listen.
const BIRTH: Duration = Duration::from_secs(10);
/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(5);

/// The link to one router process.
#[derive(Debug)]
pub struct Link {
    dir: PathBuf,
    program: PathBuf,
    http: reqwest::Client,
    token: String,
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
        let token = token(&dir.join("token")).map_err(io)?;
        let table = files::read_json(&dir.join("table.json"))
            .map_err(io)?
            .unwrap_or_default();
        let running = Instance::find(&dir)
            .filter(Instance::is_alive)
            .and_then(|i| Some((i, address(&dir)?)));
        let state = Mutex::new(State { table, running });
        Ok(Self {
            dir,
            program: program.to_owned(),
            http,
            token,
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
        match self.send(&mut state).await {
            Ok(table) => {
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
        let stats: Stats = self.get(&base, "/v1/stats").await?;
        match stats.table.cmp(&state.table.version) {
            Ordering::Equal => Ok(false),
            Ordering::Less => self.send(&mut state).await.map(|_| true),
            // The router flushes what it acknowledges and this record is not flushed: after a loss of power the router
            // knows better.
            Ordering::Greater => {
                let in_force: Table = self.get(&base, "/v1/table").await?;
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
        let stats: Stats = self.get(&base, "/v1/stats").await?;
        let table = match stats.table == on_record.version {
            true => on_record,
            false => self.get(&base, "/v1/table").await?,
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
        let ready = self.dir.join("ready");
        match std::fs::remove_file(&ready) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::io("starting the router", &e));
            }
            _ => {}
        }
        let path = |name: &str| self.dir.join(name).to_string_lossy().into_owned();
        let mut argv = vec![self.program.to_string_lossy().into_owned()];
        argv.extend(["router", "--admin", "127.0.0.1:0", "--token-file"].map(str::to_owned));
        argv.extend([
            path("token"),
            "--state".to_owned(),
            path("state"),
            "--ready-file".to_owned(),
            path("ready"),
        ]);
        let env = command::environment(&BTreeMap::new(), None, &self.dir);
        let spec = Spec {
            argv,
            env,
            cwd: self.dir.clone(),
            port: None,
            log_bytes: 5 << 20,
        };
        let instance = Instance::start(&self.program, &self.dir, &spec).await?;
        self.effects.note(
            "router",
            &Cause::supervision(),
            "router-started",
            &format!("pid {}", instance.state.program.pid),
        );
        let begun = Instant::now();
        while begun.elapsed() < BIRTH {
            if let Some(base) = address(&self.dir) {
                state.running = Some((instance, base));
                return Ok(());
            }
            if !instance.is_alive() {
                instance.settled().await;
                let last = instance
                    .log(&super::logs::Redactor::default())
                    .pop()
                    .unwrap_or_default();
                return Err(Error::Broken(format!(
                    "the router {} ({last})",
                    instance.ending()
                )));
            }
            sleep(Duration::from_millis(5)).await;
        }
        instance.stop(Duration::ZERO).await?;
        Err(Error::Broken(format!(
            "the router did not listen within {BIRTH:?}"
        )))
    }

    /// Sends the table on record and checks that it is in force.
    async fn put(&self, state: &mut State) -> Result<(), Error> {
        let base = state
            .running
            .as_ref()
            .map(|(_, base)| base.clone())
            .unwrap_or_default();
        for _ in 0..2 {
            let request = self.http.put(format!("{base}/v1/table")).json(&state.table);
            let answer = request
                .bearer_auth(&self.token)
                .timeout(ANSWER)
                .send()
                .await
                .map_err(|e| unreachable(&e))?;
            let status = answer.status();
            let text = answer.text().await.map_err(|e| unreachable(&e))?;
            match status {
                StatusCode::OK => {
                    let in_force: Table = self.get(&base, "/v1/table").await?;
                    return match in_force == state.table {
                        true => Ok(()),
                        false => Err(Error::Broken(
                            "the router acknowledged a table and serves another one".to_owned(),
                        )),
                    };
                }
                StatusCode::CONFLICT => {
                    let in_force: Table = self.get(&base, "/v1/table").await?;
                    let table = Table {
                        version: in_force.version + 1,
                        routes: state.table.routes.clone(),
                    };
                    self.record(state, table)?;
                }
                StatusCode::UNPROCESSABLE_ENTITY => {
                    return Err(Error::failed(format!(
                        "the router refused the table: {}",
                        reason(&text)
                    )));
                }
                status => {
                    return Err(Error::Broken(format!(
                        "the router answered {status}: {}",
                        reason(&text)
                    )));
                }
            }
        }
        Err(Error::Broken(
            "the router refused the table as too old twice: does another agent own it?".to_owned(),
        ))
    }

    async fn get<T: DeserializeOwned>(&self, base: &str, path: &str) -> Result<T, Error> {
        let request = self
            .http
            .get(format!("{base}{path}"))
            .bearer_auth(&self.token)
            .timeout(ANSWER);
        let answer = request.send().await.map_err(|e| unreachable(&e))?;
        if !answer.status().is_success() {
            return Err(Error::Broken(format!(
                "the router answered {} to {path}",
                answer.status()
            )));
        }
        answer.json().await.map_err(|e| {
            Error::Broken(format!(
                "the answer of the router to {path} is not understood: {e}"
            ))
        })
    }
}

fn unreachable(error: &reqwest::Error) -> Error {
    Error::Broken(format!(
        "the router is not reachable: {}",
        super::fetch::causes(error)
    ))
}

fn reason(text: &str) -> String {
    let value: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let error = value
        .as_ref()
        .and_then(|value| value.get("error")?.as_str())
        .unwrap_or(text);
    error.chars().take(500).collect()
}

fn address(dir: &Path) -> Option<String> {
    let text = std::fs::read_to_string(dir.join("ready")).ok()?;
    let address: SocketAddr = text.trim().parse().ok()?;
    Some(format!("http://{address}"))
}

fn token(path: &Path) -> std::io::Result<String> {
    match std::fs::read_to_string(path) {
        Ok(token) if token.trim().len() >= 32 => return Ok(token.trim().to_owned()),
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut bytes = [0; 32];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let token: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    files::replace(path, token.as_bytes(), Keep::Process)?;
    Ok(token)
}
