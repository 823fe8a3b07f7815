//! What every store must do, as one suite: it panics with a text that names what a store did wrong.
//!
//! For tests of stores only. A store that passes may stand behind the engine; a new promise of the contract begins here.

mod batch;
mod beside;
pub mod cluster;
mod durable;
mod erased;
mod history;
mod log;
mod model;
mod queue;
mod sample;
mod transaction;
mod wake;

use crate::store::Store;

/// A case: what it shows, and how.
type Case = (&'static str, fn(&dyn Store));

/// Run every case that needs one empty store. `make` makes a new one each time.
///
/// # Panics
/// When the store breaks the contract.
pub fn run_all(make: &dyn Fn() -> Box<dyn Store>) {
    let topics = [
        history::CASES,
        log::CASES,
        erased::CASES,
        transaction::CASES,
        wake::CASES,
        queue::CASES,
        batch::CASES,
        model::CASES,
        beside::CASES,
    ];
    for (shows, case) in topics.into_iter().flatten() {
        eprintln!("conformance: {shows}");
        let store = make();
        case(&*store);
        store.close().expect("a store closes");
    }
}

/// Run the cases of stores that outlive the process. `open` opens the same, at first empty, place each time.
///
/// # Panics
/// When the store breaks the contract.
pub fn run_durable(open: &dyn Fn() -> Box<dyn Store>) {
    durable::everything_is_there_after_reopening(open);
}
