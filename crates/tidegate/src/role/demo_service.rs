//! The small HTTP service of the tour: how it behaves is written in its artifact, so two versions are two artifacts.

use crate::exit::{Exit, Failure};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use clap::Args;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::TcpListener;

/// Options of the service.
#[derive(Debug, Clone, Args)]
pub struct DemoServiceArgs {
    /// File that says how it behaves
    #[arg(long)]
    pub behaviour: PathBuf,
    /// Port to listen on
    #[arg(long, env = "PORT")]
    pub port: u16,
}

/// How a version of a service behaves.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// Service.
    pub service: String,
    /// Version.
    pub version: String,
    /// Share of requests answered with 500, in percent.
    pub errors_percent: u32,
}

struct Service {
    behaviour: Behaviour,
    requests: AtomicU64,
}

/// `tidegate demo-service`.
pub async fn run(args: DemoServiceArgs) -> Result<Exit, Failure> {
    let trouble = |what: &str, e: String| Failure::new(Exit::Failed, format!("{what}: {e}"));
    let text = std::fs::read_to_string(&args.behaviour)
        .map_err(|e| trouble(&args.behaviour.display().to_string(), e.to_string()))?;
    let behaviour: Behaviour = serde_json::from_str(&text)
        .map_err(|e| trouble(&args.behaviour.display().to_string(), e.to_string()))?;
    let listener = TcpListener::bind(("127.0.0.1", args.port))
        .await
        .map_err(|e| trouble(&format!("port {}", args.port), e.to_string()))?;
    println!(
        "{} {} listens on {}",
        behaviour.service, behaviour.version, args.port
    );
    let service = Arc::new(Service {
        behaviour,
        requests: AtomicU64::new(0),
    });
    let app = axum::Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .fallback(answer)
        .with_state(service);
    axum::serve(listener, app)
        .with_graceful_shutdown(super::signal::stop())
        .await
        .map_err(|e| trouble("serving", e.to_string()))?;
    Ok(Exit::Done)
}

/// Every n-th request fails, spread evenly: 8 % are requests 12, 25, 37, 50 …
async fn answer(State(service): State<Arc<Service>>) -> impl IntoResponse {
    let n = service.requests.fetch_add(1, Ordering::Relaxed);
    let share = u64::from(service.behaviour.errors_percent.min(100));
    let fails = (n + 1) * share / 100 > n * share / 100;
    let version = [("x-version", service.behaviour.version.clone())];
    if fails {
        eprintln!(
            "ERROR {}: column \"reason_code\" is null (request {n})",
            service.behaviour.service
        );
        return (
            StatusCode::INTERNAL_SERVER_ERROR,
            version,
            "internal error\n".to_owned(),
        );
    }
    let body = format!(
        "{} {}\n",
        service.behaviour.service, service.behaviour.version
    );
    (StatusCode::OK, version, body)
}
