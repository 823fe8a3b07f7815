//! What an agent sees beside what the ledger says is deployed: a change at a target that no plan explains is recorded, holds the
//! service there, and is told to its team.
//!
//! While a deployment changes a service, only its files are compared: numbers and weights move with every step. Otherwise a
//! difference counts once it was seen for a while, because what is seen and what is reported travel apart. What nobody could
//! look at is neither found nor gone.

use crate::wire::Observed;
use crate::{Denied, Shared, locked};
use std::collections::BTreeMap;
use std::sync::Mutex;
use tidegate_core::actor::Actor;
use tidegate_core::command::Command;
use tidegate_core::id::{CommandId, DeploymentId, EnvId, ServiceId};
use tidegate_core::model::lane::{Lane, Running};
use tidegate_core::step::Item;
use tidegate_core::stream::environment::{self, Difference, Drift, What};
use tidegate_core::time::Timestamp;
use tidegate_plugin::actuator::{RevisionObservation, RouteObservation};

/// Milliseconds between two comparisons for one agent.
const EVERY: i64 = 2_000;
/// Milliseconds that a difference must last; files are as they are at once.
const LASTS: i64 = 4_000;

/// Basis points of all requests.
const ALL: u32 = 10_000;

/// What was seen and did not last long enough yet.
#[derive(Default)]
pub(crate) struct Suspects(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// When each agent was looked at last, in milliseconds since 1970.
    looked: BTreeMap<String, i64>,
    /// Services that an agent spoke of, by `environment/service`: with each difference and since when it is seen.
    services: BTreeMap<String, BTreeMap<Difference, i64>>,
}

impl Suspects {
    fn is_due(&self, agent: &str, now: Timestamp) -> bool {
        let now = now.as_millisecond();
        let looked = &mut locked(&self.0).looked;
        // Also when the clock went back.
        let due = looked
            .get(agent)
            .is_none_or(|at| !(*at..*at + EVERY).contains(&now));
        if due {
            looked.insert(agent.to_owned(), now);
        }
        due
    }

    /// Did an agent speak of the service since this server started?
    fn spoke_of(&self, key: &str, says_now: bool) -> bool {
        let services = &mut locked(&self.0).services;
        if says_now && !services.contains_key(key) {
            services.insert(key.to_owned(), BTreeMap::new());
        }
        says_now || services.contains_key(key)
    }

    /// Those of `seen` that were there all the time for as long as it takes.
    fn lasting(&self, key: &str, seen: Vec<Difference>, now: Timestamp) -> Vec<Difference> {
        let now = now.as_millisecond();
        let mut known = locked(&self.0);
        let before = known.services.remove(key).unwrap_or_default();
        let since = |one: &Difference| before.get(one).copied().unwrap_or(now).min(now);
        let all = seen.into_iter().map(|one| (one.clone(), since(&one)));
        let all: BTreeMap<Difference, i64> = all.collect();
        let lasting = all.iter().filter(|(_, at)| now - **at >= LASTS);
        let lasting = lasting.map(|(one, _)| one.clone()).collect();
        known.services.insert(key.to_owned(), all);
        lasting
    }
}

/// What an agent sees of a service now.
struct Sight<'a> {
    running: Option<&'a BTreeMap<String, RevisionObservation>>,
    route: Option<&'a RouteObservation>,
}

impl Shared {
    /// Compare what an agent sees with what the ledger says, for each service of its environments.
    pub(crate) fn compare_targets(
        &self,
        agent: &str,
        environments: &[EnvId],
        observed: &Observed,
    ) -> Result<(), Denied> {
        let now = self.clock.now();
        if !self.suspects.is_due(agent, now) {
            return Ok(());
        }
        let in_force = self.in_force.get();
        for env in environments {
            for service in in_force.spec.services.keys() {
                let key = Lane::key(env, service);
                let sight = Sight {
                    running: observed.seen.running.get(&key),
                    route: observed.seen.routes.get(&key),
                };
                if self.suspects.spoke_of(&key, sight.running.is_some()) {
                    self.compare_service(agent, (env, service), &sight, now)?;
                }
            }
        }
        Ok(())
    }

    fn compare_service(
        &self,
        agent: &str,
        (env, service): (&EnvId, &ServiceId),
        sight: &Sight<'_>,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let key = Lane::key(env, service);
        let (lane, known) = self.read_view(|view| {
            let known = environment::found(view, env, service);
            Ok((view.lane(env, service), known.unwrap_or_default()))
        })?;
        let Some(ours) = &lane.running else {
            return Ok(());
        };
        let mut seen = files(sight);
        if lane.is_changing() {
            self.suspects.lasting(&key, Vec::new(), now);
            seen.extend(still_there(&known, |_| true));
        } else {
            seen.extend(self.suspects.lasting(&key, numbers(ours, sight), now));
            // A router that could not be asked, or an agent that says nothing of the service, clears nothing.
            seen.extend(still_there(&known, |what| match what {
                What::Traffic => sight.route.is_none(),
                _ => sight.running.is_none(),
            }));
        }
        seen.sort();
        seen.dedup();
        let ran = Some(&ours.deployment).filter(|_| !lane.is_changing());
        let ran = ran.or_else(|| known.found.first().and_then(|f| f.ran.as_ref()));
        if !known.is_news(&seen, ran, now) {
            return Ok(());
        }
        let ran = ran.or(Some(&ours.deployment)).cloned();
        self.record_drift(agent, env, service, ran, seen)
    }

    fn record_drift(
        &self,
        agent: &str,
        env: &EnvId,
        service: &ServiceId,
        ran: Option<DeploymentId>,
        seen: Vec<Difference>,
    ) -> Result<(), Denied> {
        for one in &seen {
            tracing::warn!(environment = %env, %service, what = %one.what, revision = one.revision, seen = one.seen, deployed = one.declared, "is otherwise than deployed");
        }
        let head = self.store.read_with(|rows| rows.head())?;
        let item = Item {
            id: CommandId(format!("drift/{env}/{service}/{}", head.seq)),
            actor: Actor::system(),
            command: Command::Environment {
                id: env.clone(),
                command: environment::Command::Compare {
                    service: service.clone(),
                    agent: agent.to_owned(),
                    ran,
                    seen,
                },
            },
        };
        let fingerprint = crate::fingerprint(&item.command);
        match self.submit(item, fingerprint) {
            // Another observation said so at the same instant.
            Ok(_) | Err(Denied::KeyReused) => Ok(()),
            Err(no) => Err(no),
        }
    }
}

/// Files that somebody changed, of every revision there.
fn files(sight: &Sight<'_>) -> Vec<Difference> {
    let revisions = sight.running.into_iter().flatten();
    let changed = revisions.flat_map(|(key, seen)| {
        seen.changed.iter().map(move |file| Difference {
            what: What::File {
                path: file.path.clone(),
            },
            revision: key.clone(),
            declared: file.declared.clone(),
            seen: file.seen.clone(),
        })
    });
    changed.collect()
}

/// Artifact, instances and traffic of what runs.
fn numbers(ours: &Running, sight: &Sight<'_>) -> Vec<Difference> {
    let revision = &ours.revision;
    let mut found = Vec::new();
    let mut compare = |what: What, declared: String, seen: String| {
        if declared != seen {
            found.push(Difference {
                what,
                revision: revision.key.clone(),
                declared,
                seen,
            });
        }
    };
    let there = sight.running.and_then(|all| all.get(&revision.key));
    if let Some(there) = there {
        compare(
            What::Version,
            revision.artifact.to_string(),
            there.digest.clone(),
        );
    }
    let wanted = there.map_or(0, |there| there.wanted);
    compare(
        What::Instances,
        revision.instances.to_string(),
        wanted.to_string(),
    );
    if let (Some(_), Some(route)) = (revision.port, sight.route) {
        let weight = route.weights.get(&revision.key).copied().unwrap_or(0);
        compare(What::Traffic, percent(ALL), percent(weight));
    }
    found
}

fn percent(basis_points: u32) -> String {
    let (whole, part) = (basis_points / 100, basis_points % 100);
    match part {
        0 => format!("{whole}%"),
        part => format!("{whole}.{part:02}%"),
    }
}

/// Known differences that nothing says are gone.
fn still_there(known: &Drift, unknown: impl Fn(&What) -> bool) -> Vec<Difference> {
    let there = known.found.iter().filter(|f| f.gone.is_none());
    there
        .filter(|f| unknown(&f.difference.what))
        .map(|f| f.difference.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_shown_as_percent() {
        let shown = [0, 5, 1_250, 10_000].map(percent);
        assert_eq!(shown, ["0%", "0.05%", "12.50%", "100%"]);
    }
}
