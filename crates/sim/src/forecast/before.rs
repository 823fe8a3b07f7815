//! The quarter before: who asked for what when, how it went, and how fast people answered.

use super::WEEKS;
use crate::world::Trouble;
use jiff::ToSpan;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::gate::Purpose;
use tidegate_core::id::{DeploymentId, EnvId, Name, ReleaseId, StreamId, StreamKind};
use tidegate_core::model::{self, listing};
use tidegate_core::queue::Priority;
use tidegate_core::spec::{Document, Spec, Tier};
use tidegate_core::step::decode;
use tidegate_core::stream::artifact::{Artifact, Bits};
use tidegate_core::stream::change::Change;
use tidegate_core::stream::release::{self, Release};
use tidegate_core::time::{Millis, Timestamp, zone};
use tidegate_core::view::View;
use tidegate_ledger::{Rows, Snapshot, StoreError, TxView};

/// Rows read at once.
const PAGE: usize = 500;
/// Requests that are asked for again at most; the newest.
const MOST: usize = 2_000;

/// What the quarter before showed.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// From when; later than a quarter ago where the ledger is younger.
    pub since: Option<Timestamp>,
    /// What was asked for, in order.
    pub requests: Vec<Request>,
    /// Emergencies: they are not asked for again.
    pub emergencies: usize,
    /// More was asked for than is repeated.
    pub cut: bool,
    /// Median time from the question to a yes; absent when nobody said yes.
    pub answered_after: Option<Millis>,
    /// How many yeses that is of.
    pub answers: usize,
}

/// A release that somebody asked to bring to production.
#[derive(Debug, Clone)]
pub struct Request {
    /// Which.
    pub release: ReleaseId,
    /// What it is made of.
    pub bits: Bits,
    /// As far as; the last environment of production it was deployed to.
    pub to: EnvId,
    /// When it was asked for.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// How urgent.
    pub priority: Priority,
    /// Answers to questions about its risk.
    pub told: BTreeMap<Name, Name>,
    /// Where it was taken back.
    pub taken_back: BTreeSet<EnvId>,
    /// What was written for it: part, text, by whom.
    pub documents: BTreeMap<EnvId, Vec<(Document, String, String)>>,
    /// Who confirmed that they decide about the way back.
    pub rollback_owner: BTreeMap<EnvId, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: DeploymentId,
    environment: EnvId,
    release: ReleaseId,
    phase: String,
    purpose: Purpose,
    by: String,
    proposed: Timestamp,
}

/// Read it from the ledger.
pub(super) fn read(snapshot: &Snapshot, spec: &Spec, now: Timestamp) -> Result<Before, Trouble> {
    let production: BTreeSet<EnvId> = spec
        .environments
        .iter()
        .filter(|(_, env)| env.tier == Tier::Production)
        .map(|(id, _)| id.clone())
        .collect();
    let path_of: BTreeMap<_, Vec<EnvId>> = spec
        .services
        .keys()
        .map(|service| (service.clone(), spec.path_of(service).to_vec()))
        .collect();
    let since = shifted(now, &spec.zone, -WEEKS);
    let found = snapshot.ask(move |rows| {
        let view = TxView::new(rows);
        let mut found = Found::default();
        for row in deployments(rows, since)? {
            let on_path = path_of
                .get(&row.release.service)
                .is_some_and(|path| path.contains(&row.environment));
            if production.contains(&row.environment) && on_path && row.purpose == Purpose::Promote {
                found.take(rows, &view, &path_of[&row.release.service], row)?;
            }
        }
        view.finish()?;
        let first = rows.entries(1, 1)?.pop().map(|entry| entry.at);
        Ok(found.into_before(since, first))
    })?;
    Ok(found)
}

/// The same hour and weekday so many weeks later, or earlier, in a zone.
pub(super) fn shifted(at: Timestamp, name: &str, weeks: i64) -> Timestamp {
    let moved = zone(name)
        .ok()
        .and_then(|zone| at.to_zoned(zone).checked_add(weeks.weeks()).ok());
    moved.map_or(at, |moved| moved.timestamp())
}

/// Deployments that were proposed since, the newest first.
fn deployments(rows: &dyn Rows, since: Timestamp) -> Result<Vec<Row>, StoreError> {
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = rows.scan(listing::DEPLOYMENTS, "", after.as_deref(), PAGE, true)?;
        for (key, body) in &page {
            let row: Row = serde_json::from_str(body).map_err(|e| StoreError::BadRow {
                what: format!("the row of deployment {key}"),
                because: e.to_string(),
            })?;
            if row.proposed < since {
                return Ok(found);
            }
            found.push(row);
        }
        match page.last() {
            Some((last, _)) if page.len() == PAGE => after = Some(last.clone()),
            _ => return Ok(found),
        }
    }
}

#[derive(Default)]
struct Found {
    requests: BTreeMap<ReleaseId, Request>,
    emergencies: BTreeSet<ReleaseId>,
    lasted: Vec<Millis>,
    cut: bool,
}

impl Found {
    fn take(
        &mut self,
        rows: &dyn Rows,
        view: &TxView<'_>,
        path: &[EnvId],
        row: Row,
    ) -> Result<(), StoreError> {
        let view: &dyn View = view;
        let change = match model::change::of_deployment(view, &row.id) {
            Some(id) => view
                .load::<Change>(id.as_str())
                .ok()
                .and_then(|c| c.facts.map(|facts| (facts, c.phase))),
            None => None,
        };
        if let Some((facts, _)) = &change {
            let asked = facts.asked_since();
            let votes = facts.votes.iter().filter(|vote| vote.at >= asked);
            self.lasted
                .extend(votes.map(|vote| Millis::between(asked, vote.at)));
            if facts.declared.is_some() {
                self.emergencies.insert(row.release.clone());
            }
        }
        if !self.requests.contains_key(&row.release) {
            if self.requests.len() >= MOST {
                self.cut = true;
                return Ok(());
            }
            let Some(request) = begun(rows, view, &row)? else {
                return Ok(());
            };
            self.requests.insert(row.release.clone(), request);
        }
        let Some(request) = self.requests.get_mut(&row.release) else {
            return Ok(());
        };
        let place = |env: &EnvId| path.iter().position(|e| e == env);
        if place(&row.environment) > place(&request.to) {
            request.to = row.environment.clone();
        }
        request.at = request.at.min(row.proposed);
        if row.phase == "rolled back" {
            request.taken_back.insert(row.environment.clone());
        }
        if let Some((facts, _)) = change {
            let written = facts.documents.into_iter();
            request.documents.insert(
                row.environment.clone(),
                written.map(|(part, w)| (part, w.text, w.by)).collect(),
            );
            if let Some(owner) = facts.rollback_owner {
                request.rollback_owner.insert(row.environment, owner.person);
            }
        }
        Ok(())
    }

    fn into_before(mut self, since: Timestamp, first: Option<Timestamp>) -> Before {
        let emergencies = self.emergencies.len();
        self.requests
            .retain(|release, _| !self.emergencies.contains(release));
        let mut requests: Vec<Request> = self.requests.into_values().collect();
        requests.sort_by(|a, b| (a.at, &a.release).cmp(&(b.at, &b.release)));
        self.lasted.sort();
        Before {
            since: first.map(|first| first.max(since)),
            requests,
            emergencies,
            cut: self.cut,
            answered_after: self.lasted.get(self.lasted.len() / 2).copied(),
            answers: self.lasted.len(),
        }
    }
}

/// A request as it was asked for; none when its release or bits are gone.
fn begun(rows: &dyn Rows, view: &dyn View, row: &Row) -> Result<Option<Request>, StoreError> {
    let key = row.release.to_string();
    let artifact: Artifact = view.load(&key).unwrap_or_default();
    let release: Release = view.load(&key).unwrap_or_default();
    let Some(bits) = artifact.bits().cloned() else {
        return Ok(None);
    };
    let (mut at, mut by) = (row.proposed, row.by.clone());
    let stream = StreamId::new(StreamKind::Release, &key);
    for entry in rows.entries_of(&stream, 1, usize::MAX)? {
        let body = entry.body.as_deref().unwrap_or("null");
        let asked = entry.kind == "release.promotion_asked/1" && entry.at <= row.proposed;
        if !asked {
            continue;
        }
        if let Ok(release::Event::PromotionAsked {
            by: who, answers, ..
        }) = decode(&entry.kind, body)
        {
            (at, by) = (entry.at, answers.unwrap_or(who));
        }
    }
    Ok(Some(Request {
        release: row.release.clone(),
        bits,
        to: row.environment.clone(),
        at,
        by,
        priority: release.request.priority,
        told: release
            .told
            .into_iter()
            .map(|(question, answer)| (question, answer.answer))
            .collect(),
        taken_back: BTreeSet::new(),
        documents: BTreeMap::new(),
        rollback_owner: BTreeMap::new(),
    }))
}
