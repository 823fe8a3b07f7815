//! What is true, read from the target and the ledger while nothing dies: the programs that hold their locks, the file of effects
//! that the agent appends to, and the entries. It asks nobody what should be there except the ledger.

use super::load::Load;
use super::program::Line;
use super::world::{World, who_runs};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::{Duration, Instant};
use tidegate_client::EntryFilter;

/// How long what runs may take to be what the ledger says.
const SETTLES: Duration = Duration::from_secs(20);
/// Kinds that a command of the load makes once.
const COMMANDS: [&str; 2] = ["deployment.proposed", "artifact.registered"];
/// Kinds of which a deployment has one at most.
const ONCE: [&str; 4] = [
    "deployment.proposed",
    "deployment.gates_passed",
    "deployment.succeeded",
    "deployment.confirmed",
];

/// What was seen so far.
#[derive(Debug, Default)]
pub struct Judge {
    /// The newest entry that was read, and its hash.
    head: Option<(u64, String)>,
    proposed: BTreeSet<String>,
    causes: BTreeSet<String>,
    events: BTreeMap<(String, String), u32>,
}

/// A line of `effects.log`, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Effect {
    service: String,
    action: String,
    generation: u64,
    what: String,
    which: String,
}

impl Judge {
    /// Everything that is wrong, for people. The load rests, and nobody is killed meanwhile.
    pub async fn look(&mut self, world: &World, load: &Load) -> Result<Vec<String>> {
        let mut found = world.tally.counts().ended;
        found.extend(doubled(world)?);
        found.extend(effects(world)?);
        found.extend(leases(world)?);
        found.extend(runs(world).await?);
        found.extend(self.entries(world).await?);
        found.extend(self.answered(load));
        // A server on a busy machine may take longer for it than it may; in the end it is done without one.
        if let Ok(whole) = world.client.audit_verification().await
            && !whole.ok
        {
            found.push(format!(
                "I7: the ledger does not hold: {:?}",
                whole.first_bad
            ));
        }
        world.tally.looked();
        Ok(found)
    }

    /// Entries since the last look: none is gone, no command took effect twice, nothing that ends once ended twice.
    async fn entries(&mut self, world: &World) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let mut after = self
            .head
            .as_ref()
            .map_or(0, |(seq, _)| seq.saturating_sub(1));
        loop {
            let filter = EntryFilter {
                after: Some(after.to_string()),
                limit: Some(200),
                ..EntryFilter::default()
            };
            let page = world
                .insist("entries", || world.client.audit(&filter))
                .await?;
            let Some(last) = page.items.last().map(|entry| entry.seq) else {
                break;
            };
            for entry in page.items {
                if let Some((seq, hash)) = &self.head
                    && *seq >= entry.seq
                {
                    if *seq == entry.seq && *hash != entry.hash {
                        found.push(format!("I1: entry {seq} is another one than before"));
                    }
                    continue;
                }
                if entry.seq != after.max(self.head.as_ref().map_or(0, |h| h.0)) + 1 {
                    found.push(format!("I7: entry {} follows {after}", entry.seq));
                }
                after = entry.seq;
                found.extend(self.entry(&entry.stream, &entry.kind, &entry.cause));
                self.head = Some((entry.seq, entry.hash));
            }
            after = last;
        }
        Ok(found)
    }

    fn entry(&mut self, stream: &str, kind: &str, cause: &str) -> Vec<String> {
        let mut found = Vec::new();
        let kind = kind.split('/').next().unwrap_or(kind);
        // A cause is the account and its key.
        let key = cause.split_once(':').map_or(cause, |(_, key)| key);
        let ours = COMMANDS.contains(&kind) && key.starts_with("torture-");
        if ours && !self.causes.insert(key.to_owned()) {
            found.push(format!("I3: command {key} took effect twice"));
        }
        if !ONCE.contains(&kind) {
            return found;
        }
        let seen = self
            .events
            .entry((stream.to_owned(), kind.to_owned()))
            .or_default();
        *seen += 1;
        if *seen > 1 {
            found.push(format!("I8: {stream} has {kind} {seen} times"));
        }
        if kind == "deployment.proposed" {
            self.proposed
                .insert(stream.trim_start_matches("deployment/").to_owned());
        }
        found
    }

    /// What was answered is there, and nothing else.
    fn answered(&self, load: &Load) -> Vec<String> {
        let acknowledged = load.acknowledged();
        let lost = acknowledged.difference(&self.proposed);
        let lost = lost.map(|id| format!("I1: {id} was acknowledged and is not in the ledger"));
        let extra = self.proposed.difference(&acknowledged);
        let extra = extra.map(|id| format!("I3: {id} is in the ledger and nobody was told"));
        let told = load.told();
        let gone = told.difference(&self.causes);
        let gone = gone.map(|key| format!("I1: command {key} was answered and left no entry"));
        lost.chain(extra).chain(gone).collect()
    }
}

/// Two of one place at the same time, as they saw it themselves.
fn doubled(world: &World) -> Result<Vec<String>> {
    let text = fs::read_to_string(world.truth().join("log")).unwrap_or_default();
    let mut found = Vec::new();
    for line in text.lines() {
        let line: Line = serde_json::from_str(line).context("a line of truth")?;
        if line.what == "doubled" {
            found.push(format!(
                "I2: {} of {} began while another one ran",
                line.place, line.version
            ));
        }
    }
    Ok(found)
}

/// Each lease of an action has a number of its own, as the agent was told.
fn leases(world: &World) -> Result<Vec<String>> {
    let text = fs::read(world.folder.join("agent.log")).unwrap_or_default();
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    let mut found = Vec::new();
    for line in String::from_utf8_lossy(&text).lines() {
        let told = line.split_once(" begins under lease number ");
        let Some((before, number)) = told else {
            continue;
        };
        let Some((_, action)) = before.split_once("action ") else {
            continue;
        };
        let lease = (action.to_owned(), number.trim().to_owned());
        if !seen.insert(lease) {
            found.push(format!(
                "I2: two leases of {action} had the number {number}"
            ));
        }
    }
    Ok(found)
}

/// Generations never fall, and no instance is started twice for an action.
pub fn effects(world: &World) -> Result<Vec<String>> {
    let path = world.folder.join("agent/effects.log");
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut newest: BTreeMap<String, u64> = BTreeMap::new();
    let mut started: BTreeSet<(String, String)> = BTreeSet::new();
    let mut found = Vec::new();
    for line in text.lines() {
        // The last line of an agent that died while it wrote may be cut short; the next one begins behind it.
        let Ok(effect) = serde_json::from_str::<Effect>(line) else {
            continue;
        };
        if effect.action == "supervision" {
            continue;
        }
        let newest = newest.entry(effect.service.clone()).or_default();
        if effect.generation < *newest {
            found.push(format!(
                "I2: {} of generation {} changed {} after {newest}",
                effect.action, effect.generation, effect.service
            ));
        }
        *newest = effect.generation.max(*newest);
        if effect.what == "started"
            && !started.insert((effect.action.clone(), effect.which.clone()))
        {
            found.push(format!(
                "I3: {} started {} twice",
                effect.action, effect.which
            ));
        }
    }
    Ok(found)
}

/// What runs is what the ledger says runs: each instance of it, and no other.
async fn runs(world: &World) -> Result<Vec<String>> {
    let begun = Instant::now();
    loop {
        let wrong = runs_now(world).await?;
        if wrong.is_empty() || begun.elapsed() > SETTLES {
            return Ok(wrong);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn runs_now(world: &World) -> Result<Vec<String>> {
    let live = world
        .insist("the environment", || world.client.environment("live"))
        .await?;
    let mut wanted = BTreeMap::new();
    for lane in &live.services {
        let service = world.services.iter().find(|s| s.name == lane.service);
        let (Some(running), Some(service)) = (&lane.running, service) else {
            continue;
        };
        let (_, version) = running.release.split_once('@').context("a release")?;
        for slot in 0..service.instances {
            let place = format!("live~{}~{}~{slot}", lane.service, running.revision);
            wanted.insert(place, version.to_owned());
        }
    }
    let truth = world.truth();
    let mut running = BTreeMap::new();
    for entry in fs::read_dir(truth.join("locks"))? {
        let place = entry?.file_name().to_string_lossy().into_owned();
        if let Some(version) = who_runs(&truth, &place)? {
            running.insert(place, version);
        }
    }
    let lost = wanted
        .iter()
        .filter(|(place, _)| !running.contains_key(*place));
    let lost = lost.map(|(place, version)| format!("I3: {place} of {version} does not run"));
    let extra = running
        .iter()
        .filter(|(place, version)| wanted.get(*place) != Some(version));
    let extra = extra.map(|(place, version)| {
        format!("I2: {place} of {version} runs, and the ledger does not say so")
    });
    Ok(lost.chain(extra).collect())
}
