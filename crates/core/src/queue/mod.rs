//! Who goes next where only so many deployments may go at a time.
//!
//! Limits are pools with a number of places: an environment, a window, a shared resource. A deployment that starts takes one place
//! of each pool it needs, all or none, and gives them back when it no longer changes anything. Who takes them is decided by one
//! order for everybody. This module reads rows and decides nothing about time: that is the gates' work.

mod line;
mod near;
mod pool;
mod request;
mod slot;

pub use line::{Ahead, Answer, Holder, Line, Me, Standing};
pub use pool::Pool;
pub use request::{Priority, Request};
pub use slot::{Slot, Why};

pub(crate) use line::{holders, is_limited};
pub(crate) use slot::reserve;

use crate::time::Millis;

/// Each time a waiter could have gone for this long but for a place, it counts one priority higher.
pub const AGING: Millis = Millis::minutes(8 * 60);
/// After so long no newcomer of any priority goes before it: from `low` over `normal` and `high` to above them.
pub const BOUND: Millis = Millis::minutes(24 * 60);
