//! One thread watches the ledger for all event streams and hands every new entry to each of them.

mod event;

pub(crate) use event::event;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tidegate_client::wire::Event;
use tidegate_engine::Engine;
use tokio::sync::broadcast;

/// Events a slow stream may be behind before it reads the ledger itself.
const KEPT: usize = 1_024;
/// Entries read at a time.
pub(crate) const PAGE: usize = 256;
/// Longest wait before the thread looks whether it should end.
const PATIENCE: Duration = Duration::from_millis(500);

/// The source of all event streams.
pub(crate) struct Feed {
    sender: broadcast::Sender<Arc<Event>>,
    stop: Arc<AtomicBool>,
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
    }
}

impl Feed {
    /// Watch the ledger of `engine` from now on.
    pub(crate) fn start(engine: Engine, source: String) -> std::io::Result<Self> {
        let (sender, _) = broadcast::channel(KEPT);
        let stop = Arc::new(AtomicBool::new(false));
        let (out, ended) = (sender.clone(), Arc::clone(&stop));
        std::thread::Builder::new()
            .name("tidegate-feed".to_owned())
            .spawn(move || watch(&engine, &source, &out, &ended))?;
        Ok(Self { sender, stop })
    }

    /// Everything from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Event>> {
        self.sender.subscribe()
    }
}

fn watch(engine: &Engine, source: &str, out: &broadcast::Sender<Arc<Event>>, stop: &AtomicBool) {
    let mut seen = engine.wait_past(0, Duration::ZERO);
    while !stop.load(Ordering::SeqCst) {
        let began = Instant::now();
        let head = engine.wait_past(seen, PATIENCE);
        if head <= seen {
            if began.elapsed() < PATIENCE / 2 {
                // The engine does not wait any more: it has stopped, so nothing will ever come.
                return;
            }
            continue;
        }
        if out.receiver_count() == 0 {
            // Nobody listens; whoever comes reads what it missed from the ledger.
            seen = head;
            continue;
        }
        match page(engine, source, seen) {
            Ok(events) => {
                for event in events {
                    seen = event.seq().unwrap_or(seen);
                    // Nobody may be listening any more.
                    drop(out.send(Arc::new(event)));
                }
            }
            Err(error) => {
                tracing::warn!(%error, "events could not be read; trying again");
                std::thread::sleep(PATIENCE);
            }
        }
    }
}

/// Events after a position.
pub(crate) fn page(
    engine: &Engine,
    source: &str,
    after: u64,
) -> Result<Vec<Event>, tidegate_ledger::StoreError> {
    engine.read(|rows| {
        rows.entries(after + 1, PAGE)?
            .iter()
            .map(|entry| event(rows, entry, source))
            .collect()
    })
}
