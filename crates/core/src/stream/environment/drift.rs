//! What is otherwise at a target than it was deployed, with no plan that explains it. It is found by comparing what an agent sees
//! with what the ledger says; it holds the service there until somebody deploys again or answers for it.

use super::{Command, Environment, Event};
use crate::decider::Ctx;
use crate::id::{DeploymentId, EnvId, ServiceId};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One thing that is otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// What.
    pub what: What,
    /// Key of the revision that it is about.
    pub revision: String,
    /// As it was deployed, for people; digests in full.
    pub declared: String,
    /// As it is.
    pub seen: String,
}

/// What can be otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum What {
    /// The artifact that runs.
    Version,
    /// The number of its instances.
    Instances,
    /// The share of requests that it gets.
    Traffic,
    /// A file of the artifact.
    File {
        /// Path inside the artifact.
        path: String,
    },
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version => f.write_str("version"),
            Self::Instances => f.write_str("instances"),
            Self::Traffic => f.write_str("traffic"),
            Self::File { path } => write!(f, "file {path}"),
        }
    }
}

/// Everything that was found of a service in an environment, and what was answered for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// Nobody answered for these: the service is held.
    pub found: Vec<Found>,
    /// Somebody answered for these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<Accepted>,
}

/// A difference that nobody answered for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// What.
    pub difference: Difference,
    /// When it was first seen.
    pub since: Timestamp,
    /// The agent that saw it.
    pub agent: String,
    /// The deployment that had brought what ran then.
    pub ran: Option<DeploymentId>,
    /// Since when it is no longer there, though nothing was deployed that would explain that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<Timestamp>,
}

/// A difference that somebody answered for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// What.
    pub difference: Difference,
    /// Who.
    pub by: String,
    /// Why.
    pub because: String,
    /// When.
    pub at: Timestamp,
    /// It counts as found again from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Drift {
    /// Does what an agent sees now, where `ran` brought what runs, say anything new?
    #[must_use]
    pub fn is_news(&self, seen: &[Difference], ran: Option<&DeploymentId>, now: Timestamp) -> bool {
        let changed = |f: &Found| f.gone.is_none() || f.ran.as_ref() != ran;
        self.fresh(seen, now).next().is_some() || self.ended(seen).any(changed)
    }

    /// Seen, and neither known nor answered for.
    fn fresh<'a>(
        &'a self,
        seen: &'a [Difference],
        now: Timestamp,
    ) -> impl Iterator<Item = &'a Difference> {
        seen.iter().filter(move |one| {
            let known = |f: &Found| f.gone.is_none() && f.difference == **one;
            let accepted =
                |a: &Accepted| a.until.is_none_or(|until| until > now) && a.difference == **one;
            !self.found.iter().any(known) && !self.accepted.iter().any(accepted)
        })
    }

    /// Found once, and not seen any more.
    fn ended<'a>(&'a self, seen: &'a [Difference]) -> impl Iterator<Item = &'a Found> {
        let found = self.found.iter();
        found.filter(move |f| !seen.contains(&f.difference))
    }
}

/// What was found of a service in an environment.
///
/// # Errors
/// The environment cannot be read.
pub fn found(view: &dyn View, env: &EnvId, service: &ServiceId) -> Result<Drift, Refusal> {
    let mut state = view.load::<Environment>(env.as_str())?;
    Ok(state.drift.remove(service).unwrap_or_default())
}

/// What to do about it, for people.
#[must_use]
pub fn ways_out(env: &EnvId, service: &ServiceId) -> String {
    format!(
        "tidegate drift repair {service} {env} --reason … deploys the same again; an admin answers for it: tidegate drift accept {service} {env} --reason …"
    )
}

impl Environment {
    /// Answers to the commands about it; `None` for all others.
    pub(super) fn about_drift(
        &self,
        env: &EnvId,
        command: &Command,
        cx: &Ctx<'_>,
    ) -> Option<Result<Vec<Event>, Refusal>> {
        match command {
            Command::Compare {
                service,
                agent,
                ran,
                seen,
            } => Some(Ok(self.compared(service, agent, ran.as_ref(), seen, cx))),
            Command::Accept {
                service,
                because,
                until,
                lasting,
            } => {
                let until = super::lock::end(env, *until, *lasting, cx);
                Some(until.and_then(|until| self.accepted(env, service, because, until, cx)))
            }
            _ => None,
        }
    }

    fn compared(
        &self,
        service: &ServiceId,
        agent: &str,
        ran: Option<&DeploymentId>,
        seen: &[Difference],
        cx: &Ctx<'_>,
    ) -> Vec<Event> {
        let none = Drift::default();
        let known = self.drift.get(service).unwrap_or(&none);
        let found: Vec<Difference> = known.fresh(seen, cx.now).cloned().collect();
        // Whatever was deployed since then says what is there now.
        let (explained, mut gone): (Vec<&Found>, Vec<&Found>) =
            known.ended(seen).partition(|f| f.ran.as_ref() != ran);
        gone.retain(|f| f.gone.is_none());
        let differences = |of: Vec<&Found>| of.into_iter().map(|f| f.difference.clone()).collect();
        let mut events = Vec::new();
        if let Some(by) = ran.filter(|_| !explained.is_empty()) {
            events.push(Event::DriftRepaired {
                service: service.clone(),
                by: by.clone(),
                differences: differences(explained),
            });
        }
        if !gone.is_empty() {
            events.push(Event::DriftGone {
                service: service.clone(),
                differences: differences(gone),
            });
        }
        if !found.is_empty() {
            let team = cx.spec.services.get(service).map(|s| s.owner.clone());
            events.push(Event::DriftFound {
                service: service.clone(),
                team,
                agent: agent.to_owned(),
                ran: ran.cloned(),
                differences: found,
            });
        }
        events
    }

    fn accepted(
        &self,
        env: &EnvId,
        service: &ServiceId,
        because: &str,
        until: Option<Timestamp>,
        cx: &Ctx<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        let found = self.drift.get(service).map(|d| &d.found[..]);
        let Some(found) = found.filter(|found| !found.is_empty()) else {
            return Err(Refusal::Invalid {
                because: format!("nothing of {service} in {env} was changed past tidegate"),
                help: format!("see what was found: tidegate drift check {env}"),
            });
        };
        Ok(vec![Event::DriftAccepted {
            service: service.clone(),
            by: cx.actor.who().to_owned(),
            because: because.to_owned(),
            until,
            differences: found.iter().map(|f| f.difference.clone()).collect(),
        }])
    }

    pub(super) fn drift_after(&mut self, at: Timestamp, event: &Event) -> bool {
        match event {
            Event::DriftFound {
                service,
                agent,
                ran,
                differences,
                ..
            } => {
                let drift = self.drift.entry(service.clone()).or_default();
                // Found again: the first sighting stays.
                for difference in differences {
                    drift.accepted.retain(|a| a.difference != *difference);
                    match drift.found.iter_mut().find(|f| f.difference == *difference) {
                        Some(known) => known.gone = None,
                        None => drift.found.push(Found {
                            difference: difference.clone(),
                            since: at,
                            agent: agent.clone(),
                            ran: ran.clone(),
                            gone: None,
                        }),
                    }
                }
            }
            Event::DriftGone {
                service,
                differences,
            } => {
                let drift = self.drift.entry(service.clone()).or_default();
                let found = drift.found.iter_mut();
                for known in found.filter(|f| differences.contains(&f.difference)) {
                    known.gone = Some(at);
                }
            }
            Event::DriftRepaired {
                service,
                differences,
                ..
            } => {
                let drift = self.drift.entry(service.clone()).or_default();
                drift.found.retain(|f| !differences.contains(&f.difference));
            }
            Event::DriftAccepted {
                service,
                by,
                because,
                until,
                differences,
            } => {
                let drift = self.drift.entry(service.clone()).or_default();
                let (answered, open) = std::mem::take(&mut drift.found)
                    .into_iter()
                    .partition::<Vec<_>, _>(|f| differences.contains(&f.difference));
                drift.found = open;
                for found in answered.into_iter().filter(|f| f.gone.is_none()) {
                    drift.accepted.push(Accepted {
                        difference: found.difference,
                        by: by.clone(),
                        because: because.clone(),
                        at,
                        until: *until,
                    });
                }
            }
            _ => return false,
        }
        self.drift
            .retain(|_, drift| !drift.found.is_empty() || !drift.accepted.is_empty());
        true
    }
}
