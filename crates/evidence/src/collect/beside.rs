//! What surrounds a release: boards, departures and decisions as far as they are about it, and what lies beside the log.

use super::{Blobs, Found, LIMIT, STRIDE, Trouble};
use crate::belongs::{changes, of_shared};
use crate::bundle::Missing;
use crate::documents::archive::referred;
use crate::facts::text;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::digest::Digest;
use tidegate_core::id::{DepartureId, StreamId, StreamKind};
use tidegate_core::model::{decision, departure, meeting, notice};
use tidegate_ledger::{Entry, Rows};

/// Most bodies of a bundle, and their bytes.
const BODIES: usize = 800;
const ROOM: usize = 32 << 20;
/// What entries refer to beside the log, as far as it is kept and there is room; the rest is listed with the reason.
pub(super) fn bodies(
    rows: &dyn Rows,
    blobs: Blobs<'_>,
    entries: &[Entry],
    missing: &mut Vec<Missing>,
) -> Result<BTreeMap<Digest, Vec<u8>>, Trouble> {
    let mut bodies = BTreeMap::new();
    let mut room = ROOM;
    for body in referred(entries) {
        let because = match blobs(rows, &body.digest)? {
            Some(bytes) if bytes.len() <= room && bodies.len() < BODIES => {
                room -= bytes.len();
                bodies.insert(body.digest, bytes);
                continue;
            }
            Some(_) => "there is no room for it in one file; it is still kept by the server",
            None => {
                "its bytes are no longer kept; archive.json names the entry that says so, if there is one"
            }
        };
        missing.push(Missing {
            what: format!("{} of entry {} ({})", body.class, body.seq, body.digest),
            because: because.to_owned(),
        });
    }
    Ok(bodies)
}

impl Found<'_> {
    /// What people decided about the way back.
    pub(super) fn decisions(&mut self, key: &str) -> Result<(), Trouble> {
        let of = |row: &serde_json::Value| text(row, &["facts", "release"]) == key;
        for id in self.listed(decision::ALL, "", of)? {
            self.stream(&StreamId::new(StreamKind::Decision, &id))?;
        }
        Ok(())
    }

    /// Of sittings and departures what is about the release.
    pub(super) fn shared(&mut self, key: &str) -> Result<(), Trouble> {
        let changes = changes(&self.all());
        let mut streams = BTreeSet::new();
        for change in &changes {
            for (_, row) in
                self.rows
                    .scan(meeting::ITEMS, &format!("{change}/"), None, STRIDE, false)?
            {
                let sitting: String = serde_json::from_str(&row).unwrap_or_default();
                streams.insert(StreamId::new(StreamKind::Meeting, &sitting));
            }
        }
        let told = |row: &serde_json::Value| {
            let releases = row["releases"].as_array().into_iter().flatten();
            let mut releases = releases.filter_map(|release| release.as_str());
            releases.any(|release| release == key)
        };
        for notice in self.listed(notice::NOTICES, "", told)? {
            let stream = notice
                .split_once('/')
                .and_then(|(_, rest)| rest.rsplit_once('/'));
            let stream = stream.and_then(|(stream, _)| StreamId::parse(stream));
            streams.extend(stream.filter(|s| s.kind() == Some(StreamKind::Departure)));
        }
        if let Some(row) = self.rows.model(departure::ABOARD, key)? {
            let row: serde_json::Value = serde_json::from_str(&row).unwrap_or_default();
            let id = text(&row, &["departure"]).parse::<DepartureId>();
            streams.extend(id.map(|id| StreamId::new(StreamKind::Departure, &id.key())));
        }
        for stream in streams {
            let mut own = Vec::new();
            loop {
                let page = self
                    .rows
                    .entries_of(&stream, own.len() as u64 + 1, STRIDE)?;
                let read = page.len();
                own.extend(page);
                if read < STRIDE || own.len() > LIMIT {
                    break;
                }
            }
            let about = of_shared(self.release, &changes, &own);
            let known: BTreeSet<u64> = about.iter().map(|entry| entry.seq).collect();
            about.into_iter().try_for_each(|entry| self.take(entry))?;
            if !known.is_empty() {
                let others = own.into_iter().filter(|e| !known.contains(&e.seq));
                others
                    .into_iter()
                    .try_for_each(|entry| self.withhold(entry))?;
            }
        }
        Ok(())
    }

    /// What says which bodies are gone.
    pub(super) fn removals(&mut self) -> Result<(), Trouble> {
        let entries = self.all();
        let deployments: BTreeSet<&str> = entries
            .iter()
            .filter(|e| e.stream.kind() == Some(StreamKind::Deployment))
            .map(|e| e.stream.key())
            .collect();
        for id in deployments {
            self.stream(&StreamId::new(StreamKind::Archive, id))?;
        }
        Ok(())
    }
}
