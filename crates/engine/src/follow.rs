//! What other servers commit to the same ledger: this engine's memory takes it over, and its threads look again.
//!
//! Memory is right up to one sequence number. A turn of this engine that begins exactly there moves it on by itself; whatever
//! else was written (by another server, or by a commit whose answer was lost) is read from the ledger. The sign of another
//! server is a hint; a look each second is the guarantee. Nothing is decided here.

use crate::turn::Turn;
use crate::{Shared, in_force, locked};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_ledger::{Rows, StoreError, WakeRow};

/// Longest wait between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// Entries read at once.
const PAGE: usize = 500;

/// How far this engine's memory is right.
pub(crate) struct Followed(Mutex<u64>);

impl Followed {
    pub(crate) fn at(seq: u64) -> Self {
        Self(Mutex::new(seq))
    }

    pub(crate) fn get(&self) -> u64 {
        *locked(&self.0)
    }
}

/// The thread beside a shared store.
pub(crate) fn run(shared: &Shared) {
    while !shared.stopping() {
        if let Err(error) = shared.store.wait_for_others(LOOK) {
            tracing::info!(%error, "other servers are looked for each second only");
            std::thread::park_timeout(LOOK);
        }
        if shared.stopping() {
            return;
        }
        if let Err(error) = catch_up(shared) {
            tracing::warn!(%error, "the entries of other servers could not be read; again in a second");
        }
    }
}

/// What changed in the entries that were read.
#[derive(Default)]
struct News {
    seq: u64,
    deployments: BTreeSet<StreamId>,
    config: bool,
    access: bool,
    releases: bool,
}

/// Take over everything up to the head. Gives the head's sequence number.
pub(crate) fn catch_up(shared: &Shared) -> Result<u64, StoreError> {
    let mut followed = locked(&shared.followed.0);
    let from = *followed;
    let read = shared.store.read_with(|rows| {
        let news = news(rows, from)?;
        let mut states = Vec::new();
        for stream in &news.deployments {
            let over = matches!(rows.wake_of(stream)?, Some(WakeRow::Never));
            let body = rows.state(stream)?.filter(|_| !over).map(|row| row.body);
            states.push((stream.clone(), body));
        }
        let config = match news.config {
            true => Some(in_force::read(rows, &shared.blobs)?),
            false => None,
        };
        Ok((news, states, config))
    })?;
    let (news, states, config) = read;
    if news.seq == from {
        return Ok(from);
    }
    for (stream, body) in states {
        shared.live.replace(stream.key(), body);
    }
    if let Some(config) = config {
        shared.in_force.set(config);
    }
    if news.access {
        shared.access.fetch_add(1, Ordering::SeqCst);
    }
    *followed = news.seq;
    drop(followed);
    shared.hub.committed(news.seq, true, news.releases);
    shared.inbox.nudge();
    Ok(news.seq)
}

fn news(rows: &dyn Rows, from: u64) -> Result<News, StoreError> {
    let mut news = News {
        seq: from,
        ..News::default()
    };
    loop {
        let page = rows.entries(news.seq + 1, PAGE)?;
        for entry in &page {
            news.seq = entry.seq;
            match entry.stream.kind() {
                Some(StreamKind::Deployment) => {
                    news.releases = true;
                    news.deployments.insert(entry.stream.clone());
                }
                Some(StreamKind::Config) => (news.config, news.releases) = (true, true),
                Some(StreamKind::Release) => news.releases = true,
                Some(StreamKind::Access) => news.access = true,
                _ => {}
            }
        }
        if page.len() < PAGE {
            return Ok(news);
        }
    }
}

/// Take over what a turn of this engine committed.
pub(crate) fn own(shared: &Shared, turn: &mut Turn) {
    {
        let mut followed = locked(&shared.followed.0);
        if turn.seq <= *followed {
            // Nothing was written, or the follower was quicker and knows at least as much.
            return;
        }
        if turn.before == *followed {
            if let Some(in_force) = turn.config.take() {
                shared.in_force.set(in_force);
            }
            shared.live.committed(&turn.states);
            *followed = turn.seq;
            return;
        }
    }
    if let Err(error) = catch_up(shared) {
        // The thread beside a shared store tries again; without one the next turn does.
        tracing::warn!(%error, "entries of others could not be read");
    }
}
