//! The line: everybody who waits for a place, in one order, and who of them may take one now.
//!
//! Order: returns to an earlier revision, then priority (which grows with the time spent ready), then the team that has less under
//! way and was served longest ago, then age. Places are given in that order; whoever lacks a place of one pool takes none of another,
//! so nobody holds something while waiting, and nobody behind waits for somebody who cannot go. A return asks for no place; it waits
//! only for the lock of its environment, and what it takes counts for those behind it.

use super::Pool;
use crate::id::{DeploymentId, EnvId, ReleaseId, ServiceId, TeamId};
use crate::model::queue::{At, Row};
use crate::refusal::Refusal;
use crate::spec::Spec;
use crate::time::Timestamp;
use crate::view::View;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Names of those before shown to a person.
const SHOWN: usize = 3;

/// The deployments that compete with those of one environment.
pub struct Line<'a> {
    spec: &'a Spec,
    now: Timestamp,
    entries: Vec<Entry>,
    served: BTreeMap<TeamId, Timestamp>,
}

struct Entry {
    env: EnvId,
    id: Option<DeploymentId>,
    row: Row,
    /// Others of its bucket come after it and were not read.
    cut: bool,
}

/// The deployment a question is about; without id it was not proposed yet.
pub struct Me<'a> {
    /// Where.
    pub env: &'a EnvId,
    /// Deployment.
    pub id: Option<&'a DeploymentId>,
    /// Its row, as it is or would be; none to leave it out.
    pub row: Option<Row>,
}

/// Who has a place of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Deployment.
    pub deployment: DeploymentId,
    /// Where.
    pub environment: EnvId,
    /// What it brings.
    pub release: ReleaseId,
    /// Who asked for it.
    pub by: String,
    /// Since when it has the place.
    pub since: Timestamp,
    /// When its steps are expected to be done.
    pub until: Timestamp,
}

/// Somebody who waits further ahead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// Deployment.
    pub deployment: Option<DeploymentId>,
    /// What it brings.
    pub release: ReleaseId,
}

/// Whether a deployment may take its places now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// It may.
    pub granted: bool,
    /// Its place among those that wait for the same environment, from 1.
    pub place: usize,
    /// How many wait there, itself included.
    pub of: usize,
    /// The line is long and was not read to the end: at least so many are before it.
    pub more: bool,
    /// The first of those before it.
    pub ahead: Vec<Ahead>,
    /// The pools that have no place for it, with their limits and who has the places.
    pub full: Vec<(Pool, u32, Vec<Holder>)>,
    /// All pools it needs.
    pub pools: Vec<(Pool, u32)>,
}

/// One who waits, as shown in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing<'a> {
    /// Place, from 1.
    pub place: usize,
    /// Deployment.
    pub deployment: &'a DeploymentId,
    /// Its row.
    pub row: &'a Row,
}

impl<'a> Line<'a> {
    /// Everybody who competes with the deployments of `env`.
    ///
    /// # Errors
    /// A row that cannot be read.
    pub fn of(
        view: &dyn View,
        spec: &'a Spec,
        env: &EnvId,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let envs = spec.competing(env);
        let mut line = Self::empty(view, spec, &envs, now);
        let nobody = Me {
            env,
            id: None,
            row: None,
        };
        for env in &envs {
            line.add(env, view.queue(env)?, &nobody);
        }
        Ok(line)
    }

    /// Nobody yet, but when each team was served.
    pub(super) fn empty(
        view: &dyn View,
        spec: &'a Spec,
        envs: &BTreeSet<EnvId>,
        now: Timestamp,
    ) -> Self {
        let mut served: BTreeMap<TeamId, Timestamp> = BTreeMap::new();
        for (team, at) in envs.iter().flat_map(|env| view.served(env)) {
            let newest = served.entry(team).or_insert(at);
            *newest = at.max(*newest);
        }
        Self {
            spec,
            now,
            entries: Vec::new(),
            served,
        }
    }

    /// These rows of an environment, `me` left out.
    pub(super) fn add(&mut self, env: &EnvId, rows: Vec<(DeploymentId, Row)>, me: &Me<'_>) {
        let others = rows.into_iter().filter(|(id, _)| me.id != Some(id));
        self.entries.extend(others.map(|(id, row)| Entry {
            env: env.clone(),
            id: Some(id),
            row,
            cut: false,
        }));
    }

    /// After the newest entry come others that are not read.
    pub(super) fn cut(&mut self) {
        if let Some(last) = self.entries.last_mut() {
            last.cut = true;
        }
    }

    /// `me`, if it has a row.
    pub(super) fn enter(&mut self, me: &Me<'_>) {
        self.entries.extend(me.row.clone().map(|row| Entry {
            env: me.env.clone(),
            id: me.id.cloned(),
            row,
            cut: false,
        }));
    }

    /// Ledger time of the question.
    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// Whether what was read tells who is given the next places: whoever was not read comes after somebody after whom there are none.
    pub(super) fn decides(&self) -> bool {
        self.taken(&self.order()).1
    }

    /// Whether this deployment (none: the one that was not proposed yet) may take its places, and where it stands.
    #[must_use]
    pub fn answer(&self, id: Option<&DeploymentId>) -> Answer {
        let order = self.order();
        let (taken, _) = self.taken(&order);
        let mine = |n: &usize| self.entries[*n].id.as_ref() == id;
        let Some(me) = order.iter().copied().find(mine) else {
            return Answer {
                granted: false,
                place: 0,
                of: 0,
                more: false,
                ahead: Vec::new(),
                full: Vec::new(),
                pools: Vec::new(),
            };
        };
        let entry = &self.entries[me];
        let here: Vec<usize> = order
            .iter()
            .copied()
            .filter(|n| self.entries[*n].env == entry.env)
            .collect();
        let before = here.iter().take_while(|n| **n != me);
        let more = before.clone().any(|n| self.entries[*n].cut);
        let pools = self.spec.pools(&entry.row.service, &entry.env);
        let full = pools
            .iter()
            .map(|(pool, limit)| (pool.clone(), *limit, self.holders(pool)))
            .filter(|(_, limit, holders)| holders.len() >= *limit as usize)
            .collect();
        Answer {
            granted: taken.contains(&me),
            place: before.clone().count() + 1,
            of: here.len(),
            more,
            ahead: before
                .take(SHOWN)
                .map(|n| Ahead {
                    deployment: self.entries[*n].id.clone(),
                    release: self.entries[*n].row.release.clone(),
                })
                .collect(),
            full,
            pools,
        }
    }

    /// The deployments that may take their places now and wait for nothing else, as far as is known.
    #[must_use]
    pub fn next(&self) -> Vec<DeploymentId> {
        let order = self.order();
        let (taken, _) = self.taken(&order);
        taken
            .into_iter()
            .filter_map(|n| self.entries[n].id.clone())
            .collect()
    }

    /// Those that wait for one environment, in order.
    #[must_use]
    pub fn standing(&self, env: &EnvId) -> Vec<Standing<'_>> {
        self.order()
            .into_iter()
            .map(|n| &self.entries[n])
            .filter(|entry| entry.env == *env)
            .enumerate()
            .filter_map(|(n, entry)| {
                Some(Standing {
                    place: n + 1,
                    deployment: entry.id.as_ref()?,
                    row: &entry.row,
                })
            })
            .collect()
    }

    /// Those that change one environment.
    #[must_use]
    pub fn running(&self, env: &EnvId) -> Vec<Holder> {
        let here = self.entries.iter().filter(|e| e.env == *env);
        here.filter_map(Entry::holder).collect()
    }

    /// Those that have the places of a pool.
    #[must_use]
    pub fn holders(&self, pool: &Pool) -> Vec<Holder> {
        let has = |e: &&Entry| self.needs(e).any(|(p, _)| p == *pool);
        let running = self.entries.iter().filter(|e| e.row.is_running());
        running.filter(has).filter_map(Entry::holder).collect()
    }

    fn needs(&self, entry: &Entry) -> impl Iterator<Item = (Pool, u32)> + use<> {
        self.spec.pools(&entry.row.service, &entry.env).into_iter()
    }

    /// Does a return to an earlier revision have to wait? It asks for no place of any pool, only that no other service changes an
    /// environment that takes one at a time, which is what the gate of the lock asks.
    fn is_locked(&self, entry: &Entry, taken: &BTreeSet<usize>) -> bool {
        let one = self.spec.environments.get(&entry.env);
        let changes = |n: usize, other: &Entry| other.row.is_running() || taken.contains(&n);
        let others = |(n, other): (usize, &Entry)| {
            other.env == entry.env && other.row.service != entry.row.service && changes(n, other)
        };
        one.is_none_or(|env| env.one_at_a_time) && self.entries.iter().enumerate().any(others)
    }

    /// Indices of those that wait, the first first: by the instant from which they could go, then by rank.
    fn order(&self) -> Vec<usize> {
        let mut turns: BTreeMap<Option<&TeamId>, u64> = BTreeMap::new();
        for entry in self.entries.iter().filter(|e| e.row.is_running()) {
            *turns.entry(entry.row.team.as_ref()).or_default() += 1;
        }
        let mut waiting: Vec<(Rank<'_>, usize)> = self
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| !entry.row.is_running())
            .map(|(n, entry)| (self.rank(entry), n))
            .collect();
        waiting.sort();
        // The next of a team that has much under way or ahead of it comes after the first of another.
        for (rank, n) in &mut waiting {
            let turn = turns.entry(self.entries[*n].row.team.as_ref()).or_default();
            rank.turn = *turn;
            *turn += 1;
        }
        waiting.sort();
        waiting.into_iter().map(|(_, n)| n).collect()
    }

    fn rank<'e>(&'e self, entry: &'e Entry) -> Rank<'e> {
        let row = &entry.row;
        let from = match &row.at {
            _ if row.could_go(self.now) => self.now,
            At::Blocked { until, .. } => until.unwrap_or(Timestamp::MAX),
            At::Ready { .. } | At::Running { .. } => self.now,
        };
        Rank {
            from,
            goes_back: Reverse(row.goes_back),
            level: Reverse(row.priority.level() + row.grown(self.now)),
            turn: 0,
            served: row.team.as_ref().and_then(|t| self.served.get(t)).copied(),
            since: row.since,
            // A deployment that was not proposed yet comes after those that were.
            id: (entry.id.is_none(), entry.id.as_ref()),
        }
    }

    /// Who of `order` takes places now: greedily, all of its pools or none; a return takes what it needs although it is more than
    /// there is. False when it depends on somebody who was not read.
    fn taken(&self, order: &[usize]) -> (BTreeSet<usize>, bool) {
        let mut used: BTreeMap<Pool, u32> = BTreeMap::new();
        for entry in self.entries.iter().filter(|e| e.row.is_running()) {
            for (pool, _) in self.needs(entry) {
                *used.entry(pool).or_default() += 1;
            }
        }
        let mut taken = BTreeSet::new();
        for n in order {
            let entry = &self.entries[*n];
            if !entry.row.could_go(self.now) {
                continue;
            }
            let pools: Vec<(Pool, u32)> = self.needs(entry).collect();
            let free = |(pool, limit): &(Pool, u32)| used.get(pool).copied().unwrap_or(0) < *limit;
            let goes = match entry.row.goes_back {
                true => !self.is_locked(entry, &taken),
                false => pools.iter().all(free),
            };
            if goes {
                for (pool, _) in pools {
                    *used.entry(pool).or_default() += 1;
                }
                taken.insert(*n);
            }
            if entry.cut && !self.is_full(&used) {
                return (taken, false);
            }
        }
        (taken, true)
    }

    /// Is there no place left for anybody, in each environment where somebody waits?
    fn is_full(&self, used: &BTreeMap<Pool, u32>) -> bool {
        let waiting = self.entries.iter().filter(|e| !e.row.is_running());
        let envs: BTreeSet<&EnvId> = waiting.map(|e| &e.env).collect();
        let full = |(pool, limit): (Pool, u32)| used.get(&pool).is_some_and(|n| *n >= limit);
        envs.into_iter()
            .all(|env| self.spec.common_pools(env).into_iter().any(full))
    }
}

/// Smaller goes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank<'a> {
    from: Timestamp,
    goes_back: Reverse<bool>,
    level: Reverse<u64>,
    turn: u64,
    served: Option<Timestamp>,
    since: Timestamp,
    id: (bool, Option<&'a DeploymentId>),
}

impl Entry {
    fn holder(&self) -> Option<Holder> {
        Holder::of(&self.env, self.id.as_ref()?, &self.row)
    }
}

impl Holder {
    fn of(env: &EnvId, id: &DeploymentId, row: &Row) -> Option<Self> {
        let At::Running { since } = row.at else {
            return None;
        };
        Some(Self {
            deployment: id.clone(),
            environment: env.clone(),
            release: row.release.clone(),
            by: row.by.clone(),
            since,
            until: row.expected.after(since),
        })
    }
}

/// Those that change an environment.
///
/// # Errors
/// A row that cannot be read.
pub(crate) fn holders(view: &dyn View, env: &EnvId) -> Result<Vec<Holder>, Refusal> {
    let running = view.under_way(env)?;
    let holder = |(id, row): &(DeploymentId, Row)| Holder::of(env, id, row);
    Ok(running.iter().filter_map(holder).collect())
}

impl Answer {
    /// `3rd of 7 for prod-eu; before it: web@1.2.0, api@2.0.0 and 1 more`. Of a long line only the front is read:
    /// `at least 12 are before it for prod-eu, the first: web@1.2.0, api@2.0.0`.
    #[must_use]
    pub fn text(&self, env: &EnvId) -> String {
        let names: Vec<String> = self.ahead.iter().map(|a| a.release.to_string()).collect();
        if self.more {
            let before = self.place.saturating_sub(1);
            let names = names.join(", ");
            return format!("at least {before} are before it for {env}, the first: {names}");
        }
        let mut text = format!("{} of {} for {env}", ordinal(self.place), self.of);
        if !names.is_empty() {
            text += &format!("; before it: {}", names.join(", "));
            let more = (self.place - 1).saturating_sub(names.len());
            if more > 0 {
                text += &format!(" and {more} more");
            }
        }
        text
    }
}

/// `1st`, `2nd`, `11th`.
fn ordinal(n: usize) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

/// Does anything limit what `service` does in `env`?
pub(crate) fn is_limited(spec: &Spec, service: &ServiceId, env: &EnvId) -> bool {
    !spec.pools(service, env).is_empty()
}
