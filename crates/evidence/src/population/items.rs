//! The population: deployments that started in the period in production, each with what the log knows of it.

use super::Header;
use crate::facts::{body, is, text};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::id::StreamKind;
use tidegate_core::time::{Timestamp, zone};
use tidegate_ledger::Entry;

/// Events after which nothing more happens to a deployment.
const ENDS: [&str; 4] = ["confirmed", "rolled_back", "settled", "cancelled"];

/// A production change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// The entry with which it started.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Deployment.
    pub deployment: String,
    /// Release.
    pub release: String,
    /// Where.
    pub environment: String,
    /// `promote`, `rollback` or `redeploy`.
    pub purpose: String,
    /// Who asked.
    pub by: String,
    /// Its change record.
    pub change: Option<String>,
    /// Class of the change when it started; `none` without a record.
    pub class: String,
    /// Whether it began on a Saturday or Sunday where it went.
    pub weekend: bool,
    /// How it ended; absent when it had not by the end of the period.
    pub end: Option<String>,
    /// What agents were asked to do and what they said.
    pub work: Work,
}

/// Work of one deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Work {
    /// Pieces that were asked for.
    pub asked: usize,
    /// Pieces that an agent reported as done or failed.
    pub reported: usize,
    /// Pieces that were taken back before anybody reported.
    pub withdrawn: usize,
    /// Pieces that nobody reported.
    pub silent: Vec<String>,
    /// Pieces that were reported and never asked for.
    pub unasked: Vec<String>,
}

/// What is known of a deployment while its entries are read.
#[derive(Default)]
struct Known {
    asked: BTreeSet<String>,
    reported: BTreeSet<String>,
    withdrawn: BTreeSet<String>,
}

/// Items in the order in which they started. `entries` are those of the period and those beside them, in the order of the ledger.
///
/// # Errors
/// Something started whose plan is not there, so that nobody can tell whether it belongs.
pub(super) fn items(header: &Header, entries: &[Entry]) -> Result<Vec<Item>, (u64, String)> {
    let mut proposed: BTreeMap<&str, Value> = BTreeMap::new();
    let (mut change_of, mut class): (BTreeMap<String, String>, BTreeMap<&str, String>) =
        Default::default();
    let mut known: BTreeMap<&str, Known> = BTreeMap::new();
    let mut items: BTreeMap<&str, Item> = BTreeMap::new();
    for entry in entries {
        let event = body(entry);
        let key = entry.stream.key();
        match entry.stream.kind() {
            Some(StreamKind::Change) if is(entry, "change.planned") => {
                let deployment = text(&event, &["planned", "deployment"]).to_owned();
                change_of.insert(deployment, key.to_owned());
            }
            Some(StreamKind::Change) if is(entry, "change.assessed") => {
                let assessed = text(&event, &["assessed", "class"]).to_owned();
                class.insert(key, assessed);
            }
            Some(StreamKind::Deployment) => {
                if is(entry, "deployment.proposed") {
                    proposed.insert(key, event.clone());
                }
                follow(known.entry(key).or_default(), entry, &event);
                let in_period = entry.at >= header.from && entry.at < header.until;
                if is(entry, "deployment.gates_passed") && in_period && !items.contains_key(key) {
                    let plan = proposed
                        .get(key)
                        .filter(|plan| plan.is_object())
                        .ok_or_else(|| {
                            (
                                entry.seq,
                                "began, and its plan is not in the file".to_owned(),
                            )
                        })?;
                    let change = change_of.get(key).cloned();
                    let class = change.as_deref().and_then(|change| class.get(change));
                    if let Some(item) = item(header, entry, plan, change.clone(), class) {
                        items.insert(key, item?);
                    }
                }
                let kind = entry.kind.split(['.', '/']).nth(1).unwrap_or_default();
                if let Some(item) = items.get_mut(key).filter(|_| ENDS.contains(&kind)) {
                    item.end = Some(kind.replace('_', " "));
                }
            }
            _ => {}
        }
    }
    let mut all: Vec<Item> = items
        .into_iter()
        .map(|(key, mut item)| {
            item.work = work(known.remove(key).unwrap_or_default(), item.end.is_some());
            item
        })
        .collect();
    all.sort_by_key(|item| item.seq);
    Ok(all)
}

/// What starts, ends and withdraws work.
fn follow(known: &mut Known, entry: &Entry, event: &Value) {
    let action = |name: &str| event[name].as_str().map(str::to_owned);
    if is(entry, "deployment.step_started") {
        known.asked.extend(action("action"));
    }
    if is(entry, "deployment.step_finished") || is(entry, "deployment.step_failed") {
        known.reported.extend(action("action"));
    }
    known.withdrawn.extend(action("withdraws"));
}

fn work(known: Known, ended: bool) -> Work {
    let answered: BTreeSet<&String> = known.reported.union(&known.withdrawn).collect();
    let silent = known
        .asked
        .iter()
        .filter(|a| ended && !answered.contains(a));
    let unasked = known.reported.difference(&known.asked);
    Work {
        asked: known.asked.len(),
        reported: known.reported.len(),
        withdrawn: known.withdrawn.difference(&known.reported).count(),
        silent: silent.cloned().collect(),
        unasked: unasked.cloned().collect(),
    }
}

/// The item of a deployment that starts; `None` when it does not go to production.
fn item(
    header: &Header,
    entry: &Entry,
    event: &Value,
    change: Option<String>,
    class: Option<&String>,
) -> Option<Result<Item, (u64, String)>> {
    let plan = &event["plan"]["body"];
    let environment = text(plan, &["environment"]).to_owned();
    let zone = match zone(header.environments.get(&environment)?) {
        Ok(zone) => zone,
        Err(why) => return Some(Err((entry.seq, format!("goes to {environment}: {why}")))),
    };
    let day = entry.at.to_zoned(zone).weekday();
    Some(Ok(Item {
        seq: entry.seq,
        at: entry.at,
        deployment: entry.stream.key().to_owned(),
        release: text(plan, &["to", "release"]).to_owned(),
        environment,
        purpose: text(event, &["purpose"]).to_owned(),
        by: text(event, &["by"]).to_owned(),
        change,
        class: class.cloned().unwrap_or_else(|| "none".to_owned()),
        weekend: day.to_monday_zero_offset() >= 5,
        end: None,
        work: Work::default(),
    }))
}
