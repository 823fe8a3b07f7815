//! Asked to stop: Ctrl-C or SIGTERM.

/// Ready when the process is asked to stop.
pub async fn stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = async {
        // Without a handler Ctrl-C ends the process at once, which is what it should do then.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending::<()>().await,
        }
    };
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
