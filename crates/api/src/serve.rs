//! Connections in, answers out, and an orderly end.

use crate::layer::peer::Peer;
use crate::{App, router};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

/// Connections at a time; more wait to be accepted.
const CONNECTIONS: usize = 2_048;
/// How long the head of a request may take.
const HEAD: Duration = Duration::from_secs(30);
/// How long answers under way may take when the server stops.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// Serve the API on `listener` until `shutdown` is done; then streams end, answers under way are finished within 10 s, and
/// the rest is cut off.
///
/// # Errors
/// None now; the listener's own errors are waited out, because they pass (too many open files, say).
pub async fn serve(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let service = router(app.clone());
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let tracker = TaskTracker::new();
    tokio::pin!(shutdown);
    loop {
        let accepted = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, address)) => {
                let (service, stopping) = (service.clone(), app.stopping().clone());
                tracker.spawn(async move {
                    let peer = Peer(Some(address.ip()));
                    connection(stream, (service, peer), stopping).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    app.stopping().cancel();
    tracker.close();
    if tokio::time::timeout(LAST_WORDS, tracker.wait())
        .await
        .is_err()
    {
        tracing::warn!(
            "answers were still under way after {} s and were cut off",
            LAST_WORDS.as_secs()
        );
    }
    Ok(())
}

async fn connection(
    stream: TcpStream,
    (service, peer): (axum::Router, Peer),
    stopping: tokio_util::sync::CancellationToken,
) {
    // Answers are small and often waited for one by one.
    let _ = stream.set_nodelay(true);
    let service = service.map_request(move |mut request: hyper::Request<_>| {
        request.extensions_mut().insert(peer);
        request
    });
    let service = TowerToHyperService::new(service);
    let exchange = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(exchange);
    let ended = tokio::select! {
        ended = exchange.as_mut() => ended,
        () = stopping.cancelled() => {
            exchange.as_mut().graceful_shutdown();
            exchange.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}
