//! A server that gives out the actions a test queues and remembers what it is told.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tidegate_plugin::{
    Action, Outcome,
    actuator::Observation,
    wire::{LeaseReply, LeaseRequest, Mandate, Observed, ObservedReply, Report, ReportState},
};

pub const TOKEN: &str = "tg_test";

#[derive(Debug, Default)]
pub struct Told {
    pub queue: Vec<Action>,
    pub running: Vec<(String, u64)>,
    pub ended: Vec<(String, u64, Outcome)>,
    pub seen: Vec<Observation>,
    pub holding: Vec<String>,
    /// Folders of the agents that asked for work.
    pub folders: std::collections::BTreeSet<String>,
    pub lease_ms: u64,
    /// What agents with a trust file are shown, by deployment.
    pub mandates: std::collections::BTreeMap<String, Mandate>,
    /// Reports that are answered with 409.
    pub lost: Vec<String>,
}

/// The server. It ends when it is dropped; another one may be started at the same address with the same memory.
pub struct Server {
    pub address: SocketAddr,
    told: Arc<Mutex<Told>>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Server {
    pub fn start() -> Self {
        Self::at(
            "127.0.0.1:0".parse().unwrap(),
            Arc::new(Mutex::new(Told {
                lease_ms: 30_000,
                ..Told::default()
            })),
        )
    }

    fn at(address: SocketAddr, told: Arc<Mutex<Told>>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let app = Router::new()
            .route("/api/v1/agents/local/leases", post(lease))
            .route("/api/v1/agents/local/reports", post(report))
            .route("/api/v1/agents/local/observations", post(observe))
            .route("/api/v1/agents/local/mandates/{deployment}", get(mandate))
            .with_state(Arc::clone(&told));
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind(address))
            .unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self {
            address,
            told,
            runtime: Some(runtime),
        }
    }

    /// Ends as if killed: connections break.
    pub fn kill(mut self) -> Gone {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
        Gone {
            address: self.address,
            told: Arc::clone(&self.told),
        }
    }

    pub fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap()
    }

    pub fn give(&self, action: Action) {
        self.told().queue.push(action);
    }

    /// Waits for the reported end of an action.
    pub fn end_of(&self, id: &str) -> Outcome {
        for _ in 0..1500 {
            if let Some((_, _, outcome)) = self.told().ended.iter().find(|(ended, ..)| ended == id)
            {
                return outcome.clone();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("no end of {id} was reported: {:?}", self.told());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A server that was killed.
pub struct Gone {
    address: SocketAddr,
    told: Arc<Mutex<Told>>,
}

impl Gone {
    pub fn restart(self) -> Server {
        Server::at(self.address, self.told)
    }
}

type Memory = State<Arc<Mutex<Told>>>;
type Answer = Result<Json<Value>, (StatusCode, Json<Value>)>;

fn authorised(headers: &HeaderMap) -> Result<(), (StatusCode, Json<Value>)> {
    let given = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    match given == Some(&format!("Bearer {TOKEN}")) {
        true => Ok(()),
        false => Err((
            StatusCode::UNAUTHORIZED,
            Json(json!({"title": "token not known"})),
        )),
    }
}

async fn lease(
    State(told): Memory,
    headers: HeaderMap,
    Json(request): Json<LeaseRequest>,
) -> Answer {
    authorised(&headers)?;
    assert!(request.max >= 1 && request.environments == ["prod"]);
    let folder = request.folder().unwrap().to_owned();
    let is_work = |held: &String| !held.contains(':');
    {
        let mut told = told.lock().unwrap();
        told.folders.insert(folder);
        told.holding = request
            .holding
            .into_iter()
            .flatten()
            .filter(is_work)
            .collect();
    }
    for _ in 0..request.wait_ms.min(1_000) / 5 {
        {
            let mut told = told.lock().unwrap();
            if !told.queue.is_empty() {
                let actions = std::mem::take(&mut told.queue);
                return Ok(Json(
                    serde_json::to_value(LeaseReply {
                        actions,
                        lease_ms: told.lease_ms,
                    })
                    .unwrap(),
                ));
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let lease_ms = told.lock().unwrap().lease_ms;
    Ok(Json(
        serde_json::to_value(LeaseReply {
            actions: Vec::new(),
            lease_ms,
        })
        .unwrap(),
    ))
}

async fn report(State(told): Memory, headers: HeaderMap, Json(report): Json<Report>) -> Answer {
    authorised(&headers)?;
    let mut told = told.lock().unwrap();
    if told.lost.contains(&report.action) {
        return Err((
            StatusCode::CONFLICT,
            Json(json!({"title": "lease is over"})),
        ));
    }
    match report.state {
        ReportState::Running { .. } => told.running.push((report.action, report.epoch)),
        ReportState::Ended { result } => told.ended.push((report.action, report.epoch, result)),
    }
    Ok(Json(json!({})))
}

async fn mandate(
    State(told): Memory,
    headers: HeaderMap,
    Path(deployment): Path<String>,
) -> Answer {
    authorised(&headers)?;
    let told = told.lock().unwrap();
    match told.mandates.get(&deployment) {
        Some(mandate) => Ok(Json(serde_json::to_value(mandate).unwrap())),
        None => Err((StatusCode::NOT_FOUND, Json(json!({"title": "not known"})))),
    }
}

async fn observe(
    State(told): Memory,
    headers: HeaderMap,
    Json(observed): Json<Observed>,
) -> Answer {
    authorised(&headers)?;
    told.lock().unwrap().seen.push(observed.seen);
    Ok(Json(
        serde_json::to_value(ObservedReply { next_ms: 100 }).unwrap(),
    ))
}
