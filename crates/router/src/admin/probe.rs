//! Tries to reach the instances that were given up, so that they get requests again.

use super::Admin;
use crate::group::Backend;
use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::spawn_local;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// Between two attempts to listen where somebody else does.
const REBIND: u32 = 4;

/// Runs until the process ends.
pub async fn probe(admin: Rc<Admin>, every: Duration, connect: Duration) {
    let under_way: Rc<RefCell<HashSet<u64>>> = Rc::default();
    let mut tick = interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for round in 0_u32.. {
        tick.tick().await;
        let down = admin.registry.borrow().down();
        for backend in down {
            if under_way.borrow_mut().insert(backend.serial) {
                spawn_local(try_one(backend, connect, Rc::clone(&under_way)));
            }
        }
        // Not while a table is being changed: both take addresses.
        if round % REBIND == 0
            && let Ok(_alone) = admin.changing.try_lock()
        {
            admin.registry.borrow_mut().bind_missing();
        }
    }
}

async fn try_one(backend: Arc<Backend>, limit: Duration, under_way: Rc<RefCell<HashSet<u64>>>) {
    if matches!(
        timeout(limit, TcpStream::connect(backend.address)).await,
        Ok(Ok(_))
    ) {
        backend.answered();
    }
    under_way.borrow_mut().remove(&backend.serial);
}
