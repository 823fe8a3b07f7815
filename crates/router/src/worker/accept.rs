//! Takes connections from one public socket.

use super::{Worker, connection};
use crate::table::Listener;
use std::net::TcpListener;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// Wait after an error that would come back at once, such as too many open files.
const PAUSE: Duration = Duration::from_millis(50);

pub async fn accept(worker: Rc<Worker>, listener: Arc<Listener>, socket: TcpListener) {
    let socket = match tokio::net::TcpListener::from_std(socket) {
        Ok(socket) => socket,
        Err(why) => {
            tracing::error!(address = %listener.address, %why, "cannot accept connections");
            return;
        }
    };
    loop {
        if worker.active() >= worker.limits.connections {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        match socket.accept().await {
            Ok((stream, peer)) => {
                if let Err(why) = stream.set_nodelay(true) {
                    tracing::debug!(%why, "connection lost while accepted");
                    continue;
                }
                worker.spawn(connection::serve(
                    Rc::clone(&worker),
                    Arc::clone(&listener),
                    stream,
                    peer.ip(),
                ));
            }
            Err(why) => {
                tracing::warn!(address = %listener.address, %why, "connection not accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
