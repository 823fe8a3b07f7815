//! The line: everybody who waits for a place, in one order, and who of them may take one now.
//!
//! Order: returns to an earlier revision, then priority (which grows with the time spent ready), then the team that has less under
//! way and was served longest ago, then age. Places are given in that order; whoever lacks a place of one pool takes none of another,
//! so nobody holds something while waiting, and nobody behind waits for somebody who cannot go.

use super::{AGING, Pool};
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
}

/// The deployment a question is about; without id it was not proposed yet.
pub struct Me<'a> {
    /// Where.
    pub env: &'a EnvId,
    /// Deployment.
    pub id: Option<&'a DeploymentId>,
    /// Its row, as it is or would be.
    pub row: Row,
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
        let mut entries = Vec::new();
        let mut served: BTreeMap<TeamId, Timestamp> = BTreeMap::new();
        for env in spec.competing(env) {
            for (id, row) in view.queue(&env)? {
                entries.push(Entry {
                    env: env.clone(),
                    id: Some(id),
                    row,
                });
            }
            for (team, at) in view.served(&env) {
                let newest = served.entry(team).or_insert(at);
                *newest = at.max(*newest);
            }
        }
        Ok(Self {
            spec,
            now,
            entries,
            served,
        })
    }

    /// The same with this row for one deployment.
    #[must_use]
    pub fn with(mut self, me: Me<'_>) -> Self {
        if let Some(id) = me.id {
            self.entries.retain(|e| e.id.as_ref() != Some(id));
        }
        self.entries.push(Entry {
            env: me.env.clone(),
            id: me.id.cloned(),
            row: me.row,
        });
        self
    }

    /// The same without one deployment.
    #[must_use]
    pub fn without(mut self, id: &DeploymentId) -> Self {
        self.entries.retain(|e| e.id.as_ref() != Some(id));
        self
    }

    /// Whether this deployment (none: the one that was not proposed yet) may take its places, and where it stands.
    #[must_use]
    pub fn answer(&self, id: Option<&DeploymentId>) -> Answer {
        let order = self.order();
        let taken = self.taken(&order);
        let mine = |n: &usize| self.entries[*n].id.as_ref() == id;
        let Some(me) = order.iter().copied().find(mine) else {
            return Answer {
                granted: false,
                place: 0,
                of: 0,
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
        self.taken(&order)
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
        let grown = row.has_waited(self.now).0 / AGING.0;
        Rank {
            from,
            goes_back: Reverse(row.goes_back),
            level: Reverse(row.priority.level() + grown),
            turn: 0,
            served: row.team.as_ref().and_then(|t| self.served.get(t)).copied(),
            since: row.since,
            // A deployment that was not proposed yet comes after those that were.
            id: (entry.id.is_none(), entry.id.as_ref()),
        }
    }

    /// Who of `order` takes places now: greedily, all of its pools or none.
    fn taken(&self, order: &[usize]) -> BTreeSet<usize> {
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
            if pools.iter().all(free) {
                for (pool, _) in pools {
                    *used.entry(pool).or_default() += 1;
                }
                taken.insert(*n);
            }
        }
        taken
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
        let At::Running { since } = self.row.at else {
            return None;
        };
        Some(Holder {
            deployment: self.id.clone()?,
            environment: self.env.clone(),
            release: self.row.release.clone(),
            by: self.row.by.clone(),
            since,
            until: self.row.expected.after(since),
        })
    }
}

impl Answer {
    /// `3rd of 7 for prod-eu; before it: web@1.2.0, api@2.0.0 and 1 more`.
    #[must_use]
    pub fn text(&self, env: &EnvId) -> String {
        let mut text = format!("{} of {} for {env}", ordinal(self.place), self.of);
        let names: Vec<String> = self.ahead.iter().map(|a| a.release.to_string()).collect();
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
