//! Bodies beside the log: kept under their digest before anything names them, and removed when their retention is over.
//!
//! Which ones go is decided by core in the transaction that says so and removes them. This thread only finds candidates: it reads the rows
//! again when the rules or the holds changed, or when the next one is due, and otherwise nothing.

use crate::Shared;
use std::collections::BTreeMap;
use std::time::Duration;
use tidegate_core::actor::Actor;
use tidegate_core::archive::{Body, outlook};
use tidegate_core::batch::Batch;
use tidegate_core::command::Command;
use tidegate_core::digest::canonical;
use tidegate_core::id::{CommandId, StreamKind};
use tidegate_core::model::archive::{ACTIVE, KEPT, Kept};
use tidegate_core::step::{Item, decode};
use tidegate_core::stream::archive::{self, Event};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_core::view::View;
use tidegate_ledger::{BLOB_LIMIT, StoreError, Tx, TxView};

/// Between two looks at whether anything is due.
const LOOK: Duration = Duration::from_secs(5);
/// After rows that cannot be read.
const PAUSE: Duration = Duration::from_secs(60);
/// Rows read at once.
const PAGE: usize = 200;
/// Bodies of one entry.
const MOST: usize = 50;
/// What is past its retention and still needed is looked at again after so long.
const AGAIN: Millis = Millis::minutes(60);

/// What the last round knew.
#[derive(Default)]
struct Known {
    revision: u64,
    holds: Option<String>,
    /// When something may be due; none before the first round.
    due: Option<Timestamp>,
}

pub(crate) fn run(shared: &Shared) {
    let mut known = Known::default();
    while !shared.stopping() {
        std::thread::park_timeout(LOOK);
        if shared.stopping() {
            return;
        }
        if let Err(error) = round(shared, &mut known) {
            tracing::warn!(%error, "what is past its retention could not be looked for; again later");
            known.due = None;
            std::thread::park_timeout(PAUSE);
        }
    }
}

fn round(shared: &Shared, known: &mut Known) -> Result<(), StoreError> {
    let in_force = shared.in_force.get();
    let rules = in_force.spec.retention.values();
    let Some(shortest) = rules.map(|rule| rule.keep.least_days()).min() else {
        // Nothing goes without a rule.
        *known = Known::default();
        return Ok(());
    };
    let now = shared.clock.now();
    let holds = shared.store.read_with(|rows| rows.model(ACTIVE, ""))?;
    let same = known.revision == in_force.revision && known.holds == holds;
    if same && known.due.is_some_and(|due| due > now) {
        return Ok(());
    }
    let shortest = Millis::minutes(24 * 60 * shortest);
    // What comes meanwhile is not due before this.
    let mut due = shortest.after(now);
    let mut after: Option<String> = None;
    loop {
        let found = shared.store.read_with(|rows| {
            let page = rows.scan(KEPT, "", after.as_deref(), PAGE, false)?;
            let view = TxView::new(rows);
            let found = page_of(&in_force.spec, &view, &page, now);
            view.finish()?;
            Ok((found, page.last().map(|(key, _)| key.clone()), page.len()))
        })?;
        let (found, last, read) = found;
        let (going, next) = found?;
        due = next.map_or(due, |next| due.min(next));
        for (deployment, keys) in going {
            for keys in keys.chunks(MOST) {
                if !remove(shared, &deployment, keys) {
                    due = due.min(AGAIN.after(now));
                }
            }
        }
        let young = last.as_deref().and_then(instant);
        if read < PAGE || shared.stopping() {
            break;
        }
        if let Some(at) = young.map(|at| shortest.after(at)).filter(|at| *at > now) {
            // All later ones are younger.
            due = due.min(at);
            break;
        }
        after = last;
    }
    *known = Known {
        revision: in_force.revision,
        holds,
        due: Some(due),
    };
    Ok(())
}

/// Keys by deployment that go now, and when to look at the others again.
type Found = (BTreeMap<String, Vec<String>>, Option<Timestamp>);

fn page_of(
    spec: &tidegate_core::spec::Spec,
    view: &dyn View,
    page: &[(String, String)],
    now: Timestamp,
) -> Result<Found, StoreError> {
    let mut going: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut next: Option<Timestamp> = None;
    for (key, body) in page {
        let bad = |because: String| StoreError::BadRow {
            what: format!("the row `{key}` of {KEPT}"),
            because,
        };
        let kept: Kept = serde_json::from_str(body).map_err(|e| bad(e.to_string()))?;
        let outlook = outlook(spec, view, &kept).map_err(|e| bad(e.to_string()))?;
        if outlook.goes(now) {
            let keys = going.entry(kept.deployment.to_string()).or_default();
            keys.push(key.clone());
            continue;
        }
        let again = match &outlook.rule {
            Some((_, until)) if *until > now => Some(*until),
            Some(_) if outlook.needed.is_some() => Some(AGAIN.after(now)),
            // A hold that ends is seen at once.
            _ => None,
        };
        next = next.into_iter().chain(again).min();
    }
    Ok((going, next))
}

/// When the entry of a row was written.
fn instant(key: &str) -> Option<Timestamp> {
    let micros = key.split('/').next()?.parse().ok()?;
    Timestamp::from_microsecond(micros).ok()
}

/// False when it was refused: what keeps one of them came meanwhile.
fn remove(shared: &Shared, deployment: &str, keys: &[String]) -> bool {
    let command = Command::Archive {
        key: Some(deployment.to_owned()),
        command: archive::Command::Remove {
            keys: keys.to_vec(),
        },
    };
    let fingerprint = crate::fingerprint(&command);
    let first = keys.first().map(String::as_str).unwrap_or_default();
    let item = Item {
        // Another server that finds the same removes it once.
        id: CommandId(format!("retention/{first}/{}", fingerprint.hex())),
        actor: Actor::system(),
        command,
    };
    let removed = shared.submit(item, fingerprint);
    if let Err(error) = &removed {
        tracing::warn!(deployment, %error, "what is past its retention stays for now");
    }
    removed.is_ok()
}

/// Take the bodies out that the entries of a batch say are gone. Whether there were any.
pub(crate) fn carry_out(tx: &mut dyn Tx, batch: &Batch) -> Result<bool, StoreError> {
    let entries = batch.entries.iter();
    let mut any = false;
    for entry in entries.filter(|e| e.stream.kind() == Some(StreamKind::Archive)) {
        if let Ok(Event::Removed { bodies }) = decode::<Event>(&entry.kind, &entry.body) {
            for body in bodies {
                any |= tx.drop_blob(&body.digest)?;
            }
        }
    }
    Ok(any)
}

impl Shared {
    /// Keep something beside the log, as canonical JSON. None when it is too large or cannot be kept: what it explains stands all the same, and
    /// says that it was not kept.
    pub(crate) fn keep_body(&self, what: &str, value: &impl serde::Serialize) -> Option<Body> {
        let text = canonical(value).ok()?;
        if text.len() > BLOB_LIMIT {
            tracing::warn!(what, bytes = text.len(), "too large to be kept");
            return None;
        }
        let kept = self.store.write_with(|tx| tx.put_blob(text.as_bytes()));
        match kept {
            Ok(digest) => Some(Body {
                digest,
                bytes: text.len() as u64,
            }),
            Err(error) => {
                tracing::warn!(what, %error, "could not be kept");
                None
            }
        }
    }
}
