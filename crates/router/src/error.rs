//! Why a router could not start or had to end.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A reason for which the process cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The token file cannot be read.
    #[error("token file {path}: {source}; write the admin token into it and start again")]
    Token {
        /// The file asked for.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The token file is empty, which would leave the admin address open.
    #[error("token file {path} is empty; write the admin token into it and start again")]
    EmptyToken {
        /// The file asked for.
        path: PathBuf,
    },
    /// The admin address is reachable from outside.
    #[error("admin address {address} is not a loopback address; use 127.0.0.1 or [::1]")]
    NotLoopback {
        /// The address asked for.
        address: SocketAddr,
    },
    /// The admin address cannot be bound.
    #[error("admin address {address}: {source}; choose a free port, or 0 for any")]
    Admin {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The state folder or a file in it cannot be used.
    #[error("state {path}: {source}")]
    State {
        /// Folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A thread or its event loop cannot be made.
    #[error("start of a worker thread: {source}")]
    Thread {
        /// What the system said.
        source: io::Error,
    },
}
