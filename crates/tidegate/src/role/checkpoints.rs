//! The server hands its newest checkpoint to the destinations of the configuration: after the interval or a thousand entries, and only
//! when the log grew.
//!
//! Each destination goes by itself: one that fails or hangs is tried again later and holds up nothing else. What became of it stands in
//! the store (`tidegate_engine::destinations`), where `doctor` and the other servers see it.

use crate::publish::{Place, publish};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tidegate_core::spec::Destination;
use tidegate_core::time::Millis;
use tidegate_engine::Engine;
use tidegate_engine::destinations::MANY;
use tidegate_ledger::StoreError;
use tidegate_ledger::seal;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Longest time until a new configuration is looked at.
const LOOK: Duration = Duration::from_secs(10);
/// Longest time that one attempt may take, whatever hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// What hands out.
struct Hands {
    engine: Engine,
    folder: PathBuf,
    /// Tells this server from others at the same ledger.
    name: String,
}

/// Hand out until the server stops. Files and repositories lie below `folder`.
pub async fn run(engine: Engine, folder: PathBuf, name: String, mut stop: watch::Receiver<bool>) {
    let hands = Arc::new(Hands {
        engine,
        folder,
        name,
    });
    let mut under_way: BTreeSet<Destination> = BTreeSet::new();
    let mut attempts: JoinSet<Destination> = JoinSet::new();
    loop {
        let (due, next) = match look(&hands, &under_way).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "what destinations of checkpoints have cannot be read");
                (Vec::new(), Next::later())
            }
        };
        for destination in due {
            under_way.insert(destination.clone());
            let hands = Arc::clone(&hands);
            attempts.spawn(async move {
                attempt(&hands, &destination).await;
                destination
            });
        }
        tokio::select! {
            // The sender is gone when the server is.
            _ = stop.wait_for(|stop| *stop) => return,
            Some(ended) = attempts.join_next() => match ended {
                Ok(destination) => drop(under_way.remove(&destination)),
                // A panic was told by its hook; nobody knows any more which it was.
                Err(_) => under_way.clear(),
            },
            () = wait(&hands, next) => {}
        }
    }
}

/// When to look again: when the log is beyond `past`, or after `patience`.
struct Next {
    past: u64,
    patience: Duration,
}

impl Next {
    fn later() -> Self {
        Self {
            past: u64::MAX,
            patience: LOOK,
        }
    }
}

async fn wait(hands: &Arc<Hands>, next: Next) {
    let hands = Arc::clone(hands);
    let waited =
        tokio::task::spawn_blocking(move || hands.engine.wait_past(next.past, next.patience));
    // It only ends early when the server does.
    drop(waited.await);
}

/// Destinations that are due, and when to look for others.
async fn look(
    hands: &Arc<Hands>,
    under_way: &BTreeSet<Destination>,
) -> Result<(Vec<Destination>, Next), StoreError> {
    let reader = Arc::clone(hands);
    let read = move || {
        let size = reader.engine.wait_past(0, Duration::ZERO);
        let places = reader
            .engine
            .read(|rows| reader.engine.destinations(rows, size))?;
        Ok((size, places, reader.engine.now()))
    };
    let read = tokio::task::spawn_blocking(read).await;
    let (size, places, now) = read.unwrap_or_else(|e| {
        Err(StoreError::Aborted {
            because: e.to_string(),
        })
    })?;
    let mut due = Vec::new();
    let mut next = Next::later();
    if places.is_empty() {
        // A configuration that names some comes with an entry.
        next.past = size;
    }
    for place in places {
        if under_way.contains(&place.destination) {
            continue;
        }
        match place.due {
            None => next.past = next.past.min(size),
            Some(at) if at <= now => due.push(place.destination),
            Some(at) => {
                let left = Duration::from_millis(Millis::between(now, at).0.max(1));
                next.patience = next.patience.min(left);
                if place.handed.failures == 0 {
                    next.past = next.past.min(place.handed.size + MANY - 1);
                }
            }
        }
    }
    Ok((due, next))
}

/// One attempt, with what became of it noted.
async fn attempt(hands: &Arc<Hands>, destination: &Destination) {
    let claimed = {
        let (hands, destination) = (Arc::clone(hands), destination.clone());
        tokio::task::spawn_blocking(move || claim(&hands, &destination)).await
    };
    let (note, keys) = match claimed {
        Ok(Ok(Some(claimed))) => claimed,
        Ok(Ok(None)) => return,
        Ok(Err(error)) => {
            tracing::warn!(%error, "a destination of checkpoints cannot be taken on");
            // Without this pause it would be tried without end.
            tokio::time::sleep(Duration::from_secs(1)).await;
            return;
        }
        Err(_) => return,
    };
    let going = hand(hands, destination, &note, &keys);
    let outcome = tokio::time::timeout(PATIENCE, going).await;
    let outcome = outcome.unwrap_or_else(|_| {
        Err(format!(
            "{}: it did not end within {} s",
            destination.label(),
            PATIENCE.as_secs()
        ))
    });
    if let Err(why) = &outcome {
        tracing::warn!(destination = %destination.label(), %why, "a checkpoint could not be handed out");
    }
    let (hands, destination) = (Arc::clone(hands), destination.clone());
    let noted = move || hands.engine.tried(&destination, &hands.name, &outcome);
    if let Ok(Err(error)) = tokio::task::spawn_blocking(noted).await {
        tracing::warn!(%error, "what became of a destination of checkpoints cannot be noted");
    }
}

type Claimed = (String, Vec<String>);

/// The newest checkpoint and the keys of the log, once this server may hand it there.
fn claim(hands: &Hands, destination: &Destination) -> Result<Option<Claimed>, StoreError> {
    let Some(newest) = hands.engine.checkpoint()? else {
        return Ok(None);
    };
    if !hands
        .engine
        .take_on(destination, &hands.name, newest.size)?
    {
        return Ok(None);
    }
    let keys = hands.engine.read(|rows| rows.checkpoint_keys())?;
    Ok(Some((newest.note, keys)))
}

async fn hand(
    hands: &Hands,
    destination: &Destination,
    note: &str,
    keys: &[String],
) -> Result<u64, String> {
    let sealed = seal::open(note, keys).map_err(|e| format!("the checkpoint is not good: {e}"))?;
    let place = place(&hands.folder, destination)?;
    publish(&place, note, &sealed).await?;
    Ok(sealed.size)
}

/// Where a destination is on this machine.
fn place(folder: &Path, destination: &Destination) -> Result<Place, String> {
    Ok(match destination {
        Destination::File { path } => {
            let path = folder.join(path);
            let parent = path.parent().unwrap_or(folder);
            std::fs::create_dir_all(parent)
                .map_err(|e| format!("{} cannot be made: {e}", parent.display()))?;
            Place::File(path)
        }
        Destination::Git { folder: at, push } => Place::Git {
            folder: folder.join(at),
            push: *push,
        },
        Destination::Webhook { url, key } => {
            let key = key.as_deref().map(super::secret::of_server).transpose();
            Place::Webhook {
                url: url.clone(),
                key: key.map_err(|why| format!("the key of {}: {why}", destination.label()))?,
            }
        }
    })
}
