//! The service that the rollback row releases: its second version fails every request while a file exists.

use crate::company::SECOND;
use anyhow::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;

/// The file of an artifact that holds its version.
pub const VERSION_FILE: &str = "version";
/// The header that says which version answered.
pub const VERSION_HEADER: &str = "x-version";

/// Options of the service.
#[derive(Debug, Clone, Args)]
pub struct BackendArgs {
    /// While this file exists, the second version fails
    #[arg(long)]
    flip: PathBuf,
    /// Port to listen on
    #[arg(long, env = "PORT")]
    port: u16,
}

struct Backend {
    version: String,
    flip: PathBuf,
}

/// Answer until ended.
pub async fn run(args: BackendArgs) -> Result<()> {
    let version = std::fs::read_to_string(VERSION_FILE)?.trim().to_owned();
    let backend = Arc::new(Backend {
        version,
        flip: args.flip,
    });
    let listener = TcpListener::bind(("127.0.0.1", args.port)).await?;
    let app = axum::Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .fallback(answer)
        .with_state(backend);
    let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    let ended = async move {
        // Nothing comes when signals are no longer listened to; that ends it as well.
        let _ = term.recv().await;
    };
    Ok(axum::serve(listener, app)
        .with_graceful_shutdown(ended)
        .await?)
}

async fn answer(State(backend): State<Arc<Backend>>) -> impl IntoResponse {
    let bad = backend.version == SECOND && backend.flip.exists();
    let status = if bad {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::OK
    };
    (
        status,
        [(VERSION_HEADER, backend.version.clone())],
        "answer\n",
    )
}
