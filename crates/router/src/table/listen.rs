//! Public sockets: one per worker thread and address, shared by the kernel (`SO_REUSEPORT`).

use crate::group::Route;
use arc_swap::ArcSwapOption;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::AtomicBool;

/// Connections the kernel holds until they are accepted.
const BACKLOG: i32 = 4_096;

/// What all workers know about one public address.
#[derive(Debug)]
pub struct Listener {
    pub address: SocketAddr,
    /// The route served here; `None` after it was taken out of the table.
    pub route: ArcSwapOption<Route>,
    /// Set when the address is given up: connections end after their request.
    pub closed: AtomicBool,
}

impl Listener {
    pub fn new(address: SocketAddr) -> Self {
        Listener {
            address,
            route: ArcSwapOption::empty(),
            closed: AtomicBool::new(false),
        }
    }
}

/// One socket per worker for an address. Fails when anybody else, another router included, listens there.
pub fn bind(address: SocketAddr, workers: usize) -> io::Result<Vec<TcpListener>> {
    // Without SO_REUSEPORT the kernel refuses an address in use even by a socket that would share it.
    drop(socket(address, false)?);
    (0..workers).map(|_| socket(address, true)).collect()
}

fn socket(address: SocketAddr, shared: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    if shared {
        socket.set_reuse_port(true)?;
    }
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}
