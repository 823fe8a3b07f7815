//! What other servers commit to the same ledger: this engine's memory takes it over, and its threads look again.
//!
//! Memory is right up to one sequence number. A turn of this engine that begins exactly there moves it on by itself; whatever
//! else was written (by another server, or by a commit whose answer was lost) is read from the ledger. The sign of another
//! server is a hint; a look each second is the guarantee. With the number goes the hash: where a database lost its newest entries
//! and has others at their place, everything is read anew. Nothing is decided here.

use crate::live::Live;
use crate::turn::Turn;
use crate::{Shared, in_force, locked};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_ledger::{Entry, Head, Rows, StoreError, WakeRow};

/// Longest wait between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// Entries read at once.
const PAGE: usize = 500;

/// How far this engine's memory is right.
pub(crate) struct Followed(Mutex<Head>);

impl Followed {
    pub(crate) fn at(head: Head) -> Self {
        Self(Mutex::new(head))
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

/// What the ledger says beyond what memory knows.
enum Read {
    /// Nothing.
    Same,
    /// These entries follow.
    More(Box<More>),
    /// The entry that memory ends with is no longer there: all of it, from the beginning.
    Other(Box<Other>),
}

struct More {
    news: News,
    /// Deployments that changed; none when over.
    states: Vec<(StreamId, Option<String>)>,
    config: Option<in_force::InForce>,
}

struct Other {
    head: Head,
    live: Live,
    config: in_force::InForce,
}

/// What changed in the entries that were read.
struct News {
    head: Head,
    deployments: BTreeSet<StreamId>,
    config: bool,
    access: bool,
    releases: bool,
}

/// Take over everything up to the head. Gives the head's sequence number.
pub(crate) fn catch_up(shared: &Shared) -> Result<u64, StoreError> {
    let mut followed = locked(&shared.followed.0);
    let read = shared
        .store
        .read_with(|rows| read(shared, rows, &followed))?;
    let (head, config, access, releases) = match read {
        Read::Same => return Ok(followed.seq),
        Read::More(more) => {
            for (stream, body) in more.states {
                shared.live.replace(stream.key(), body);
            }
            let news = more.news;
            (news.head, more.config, news.access, news.releases)
        }
        Read::Other(other) => {
            let Other { head, live, config } = *other;
            tracing::error!(
                known = followed.seq,
                now = head.seq,
                "the newest entries of the ledger are not those this server knew: it was read anew"
            );
            shared.live.replace_all(live);
            (head, Some(config), true, true)
        }
    };
    if let Some(config) = config {
        shared.in_force.set(config);
    }
    if access {
        shared.access.fetch_add(1, Ordering::SeqCst);
    }
    let seq = head.seq;
    *followed = head;
    drop(followed);
    shared.hub.committed(seq, true, releases);
    shared.inbox.nudge();
    Ok(seq)
}

fn read(shared: &Shared, rows: &dyn Rows, known: &Head) -> Result<Read, StoreError> {
    let Some(news) = news(rows, known)? else {
        return Ok(Read::Other(Box::new(Other {
            head: rows.head()?,
            live: Live::load(rows)?,
            config: in_force::read(rows, &shared.blobs, &*shared.options.rules)?,
        })));
    };
    if news.head == *known {
        return Ok(Read::Same);
    }
    let mut states = Vec::new();
    for stream in &news.deployments {
        let over = matches!(rows.wake_of(stream)?, Some(WakeRow::Never));
        let body = rows.state(stream)?.filter(|_| !over).map(|row| row.body);
        states.push((stream.clone(), body));
    }
    let config = match news.config {
        true => Some(in_force::read(rows, &shared.blobs, &*shared.options.rules)?),
        false => None,
    };
    Ok(Read::More(Box::new(More {
        news,
        states,
        config,
    })))
}

/// What follows the entry that is known; none when that entry is not in the ledger.
fn news(rows: &dyn Rows, known: &Head) -> Result<Option<News>, StoreError> {
    let mut news = News {
        head: known.clone(),
        deployments: BTreeSet::new(),
        config: false,
        access: false,
        releases: false,
    };
    // The known one is read again: only its hash shows that what follows does follow it.
    let mut next = known.seq.max(1);
    loop {
        let page = rows.entries(next, PAGE)?;
        let mut new = page.as_slice();
        if next == known.seq {
            match page.split_first() {
                Some((first, rest)) if first.hash == known.hash => new = rest,
                _ => return Ok(None),
            }
        }
        new.iter().for_each(|entry| news.take(entry));
        if page.len() < PAGE {
            return Ok(Some(news));
        }
        next = news.head.seq + 1;
    }
}

impl News {
    fn take(&mut self, entry: &Entry) {
        self.head = Head {
            seq: entry.seq,
            at: entry.at,
            hash: entry.hash.clone(),
        };
        match entry.stream.kind() {
            Some(StreamKind::Deployment) => {
                self.releases = true;
                self.deployments.insert(entry.stream.clone());
            }
            Some(StreamKind::Config) => (self.config, self.releases) = (true, true),
            Some(StreamKind::Release) => self.releases = true,
            Some(StreamKind::Access) => self.access = true,
            _ => {}
        }
    }
}

/// Take over everything now. None when it cannot be read: the thread beside a shared store tries again; without one the next turn
/// does.
pub(crate) fn now(shared: &Shared) -> Option<u64> {
    catch_up(shared)
        .inspect_err(|error| tracing::warn!(%error, "entries of others could not be read"))
        .ok()
}

/// Take over what a turn of this engine committed.
pub(crate) fn own(shared: &Shared, turn: &mut Turn) {
    {
        let mut followed = locked(&shared.followed.0);
        if turn.head == *followed {
            // Nothing was written, or the follower was quicker.
            return;
        }
        if turn.before == *followed {
            if let Some(in_force) = turn.config.take() {
                shared.in_force.set(in_force);
            }
            shared.live.committed(&turn.states);
            *followed = turn.head.clone();
            return;
        }
    }
    now(shared);
}
