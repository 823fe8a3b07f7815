//! What the ledger knows about the subject of a request: the service, the place, the change, and who had a part in it.
//!
//! Nothing is decided here. What cannot be read is absent; a policy that needs it forbids.

use super::asked::{ChangeFacts, History, On, PlaceFacts, Resource, ServiceFacts};
use crate::change::{self, Subject, assess, between, parties_of};
use crate::command::Command;
use crate::gate::Purpose;
use crate::id::{EnvId, ReleaseId, ServiceId};
use crate::people;
use crate::spec::Spec;
use crate::step::World;
use crate::stream::change::{Change, Command as OfChange};
use crate::stream::exception::Exception;
use crate::stream::{artifact, departure, deployment, meeting, release};
use crate::time::Timestamp;
use crate::view::View;
use std::collections::BTreeSet;

/// Reads the ledger of one transaction.
pub(super) struct Gather<'a> {
    now: Timestamp,
    spec: &'a Spec,
    view: &'a dyn View,
}

impl<'a> Gather<'a> {
    pub(super) fn new(world: &World<'a>) -> Self {
        Self {
            now: world.now,
            spec: world.spec,
            view: world.view,
        }
    }

    pub(super) fn about(&self, action: &str, on: &On) -> Resource {
        match (&on.release, &on.service, &on.environment) {
            (Some(release), _, Some(env)) => {
                let mut found = self.promoted(release, env);
                let change = change::of(self.view, release, env).ok().flatten();
                if let (Some(told), Some((_, change))) = (&mut found.change, change)
                    && action == "change approve"
                {
                    told.never_by = self.never_by(&change);
                }
                found
            }
            (Some(release), _, None) => Resource {
                history: self.history(release, None),
                ..self.released(release)
            },
            (None, Some(service), env) => Resource {
                environment: env.as_ref().map(|env| self.place(env)),
                ..self.of_service(service)
            },
            (None, None, env) => Resource {
                id: env.as_ref().map_or_else(String::new, ToString::to_string),
                environment: env.as_ref().map(|env| self.place(env)),
                ..Resource::default()
            },
        }
    }

    pub(super) fn resource(&self, command: &Command) -> Resource {
        match command {
            Command::Artifact { id, command } => Resource {
                // Registering names no place and nobody else's work.
                history: match command {
                    artifact::Command::Register { .. } => None,
                    _ => self.history(id, None),
                },
                ..self.released(id)
            },
            Command::Release { id, command } => match command {
                release::Command::Promote { to, .. } => self.promoted(id, to),
                _ => self.released(id),
            },
            Command::Environment { id, .. } => Resource {
                id: id.to_string(),
                environment: Some(self.place(id)),
                ..Resource::default()
            },
            Command::Propose {
                command: deployment::Command::Propose { plan, purpose, .. },
            } => {
                let to = &plan.body.to.release;
                Resource {
                    purpose: purpose_of(*purpose),
                    ..self.promoted(to, &plan.body.environment)
                }
            }
            Command::Deployment { id, .. } => self.deployed(id),
            Command::Change { id, command } => self.changed(id.as_ref(), command),
            Command::Meeting {
                command: meeting::Command::Vote { change, .. },
                ..
            } => self.voted_on(change),
            Command::Exception { id: Some(id), .. } => self.excepted(id),
            Command::Departure {
                command: departure::Command::Join { release, .. },
                ..
            } => self.released(release),
            _ => Resource::default(),
        }
    }

    fn of_service(&self, service: &ServiceId) -> Resource {
        let facts = self.spec.services.get(service).map(|s| ServiceFacts {
            owner: s.owner.to_string(),
            tier: s.tier,
            data: s.data_class.map(crate::spec::DataClass::as_str),
            audience: s.audience.map(crate::spec::Audience::as_str),
        });
        Resource {
            id: service.to_string(),
            service: Some(service.clone()),
            facts,
            ..Resource::default()
        }
    }

    fn released(&self, release: &ReleaseId) -> Resource {
        Resource {
            id: release.to_string(),
            release: Some(release.to_string()),
            ..self.of_service(&release.service)
        }
    }

    fn place(&self, env: &EnvId) -> PlaceFacts {
        let known = self.spec.environments.get(env);
        PlaceFacts {
            name: env.to_string(),
            tier: known.map(|e| e.tier.as_str()),
            region: known.and_then(|e| e.region.clone()),
        }
    }

    /// A release on its way into an environment.
    pub(super) fn promoted(&self, release: &ReleaseId, env: &EnvId) -> Resource {
        let change = change::of(self.view, release, env).ok().flatten();
        Resource {
            environment: Some(self.place(env)),
            purpose: purpose_of(Purpose::Promote),
            change: change.as_ref().map(|(_, change)| facts_of(change)),
            history: self.history(release, Some(env)),
            ..self.released(release)
        }
    }

    fn deployed(&self, id: &crate::id::DeploymentId) -> Resource {
        let loaded = self.view.load::<deployment::Deployment>(id.as_str());
        let Some(facts) = loaded.ok().and_then(|d| d.facts) else {
            return Resource {
                id: id.to_string(),
                ..Resource::default()
            };
        };
        let body = &facts.plan.body;
        let mut found = self.promoted(&body.to.release, &body.environment);
        found.purpose = purpose_of(facts.purpose);
        if let Some(history) = &mut found.history {
            history
                .deployers
                .insert(people::behind(self.view, &facts.by));
        }
        found
    }

    fn changed(&self, id: Option<&change::ChangeId>, command: &OfChange) -> Resource {
        if let OfChange::Emergency {
            release,
            environment,
            ..
        } = command
        {
            return self.promoted(release, environment);
        }
        let loaded = id.and_then(|id| self.view.load::<Change>(id.as_str()).ok());
        let Some((change, facts)) = loaded.and_then(|c| Some((c.clone(), c.facts?))) else {
            return Resource::default();
        };
        let mut told = facts_of(&change);
        if matches!(command, OfChange::Approve { .. }) {
            told.never_by = self.never_by(&change);
        }
        Resource {
            id: facts.id.to_string(),
            environment: Some(self.place(&facts.environment)),
            purpose: facts.planned.as_ref().and_then(|p| purpose_of(p.purpose)),
            change: Some(told),
            history: self.history_of(&change),
            ..self.released(&facts.release)
        }
    }

    /// A change before a board, where whoever asked for it or wrote it never votes.
    fn voted_on(&self, id: &change::ChangeId) -> Resource {
        let mut found = self.changed(Some(id), &OfChange::Wake);
        let loaded = self.view.load::<Change>(id.as_str());
        if let (Some(told), Ok(change)) = (&mut found.change, loaded) {
            told.never_by = self.never_by(&change);
            told.never_by.extend(["author", "requester"]);
        }
        found
    }

    /// An exception: whoever asked for it is its requester.
    fn excepted(&self, id: &crate::freeze::ExceptionId) -> Resource {
        let loaded = self.view.load::<Exception>(id.as_str());
        let Some(facts) = loaded.ok().and_then(|known| known.facts) else {
            return Resource::default();
        };
        Resource {
            history: Some(History {
                requesters: BTreeSet::from([people::behind(self.view, &facts.by)]),
                is_known: true,
                ..History::default()
            }),
            ..self.released(&facts.release)
        }
    }

    /// As the decider of votes works it out.
    fn never_by(&self, change: &Change) -> BTreeSet<&'static str> {
        let facts = change.facts.as_deref();
        let Some((facts, planned)) = facts.and_then(|f| Some((f, f.planned.as_ref()?))) else {
            return BTreeSet::new();
        };
        let given = assess(&Subject {
            plan: &planned.body,
            purpose: planned.purpose,
            declared: facts.declared.as_ref(),
            raised: facts.raised.as_ref(),
            now: change.judged_at(self.now),
            spec: self.spec,
            view: self.view,
        });
        let parts = given.into_iter().flat_map(|a| a.never_by.into_keys());
        parts.map(crate::spec::Part::as_str).collect()
    }

    fn history(&self, release: &ReleaseId, env: Option<&EnvId>) -> Option<History> {
        let change = env.and_then(|env| change::of(self.view, release, env).ok().flatten());
        if let Some((_, change)) = change
            && let Some(history) = self.history_of(&change)
        {
            return Some(history);
        }
        let lane = env.map(|env| self.view.lane(env, &release.service));
        let from = lane.and_then(|lane| lane.running).map(|r| r.revision);
        let carried = between(self.view, from.as_ref().map(|r| &r.release), release).ok()?;
        let parties = parties_of(self.view, release, &carried, ([], []));
        Some(History {
            is_known: parties
                .unclear(&BTreeSet::from([crate::spec::Part::Author]))
                .is_none(),
            authors: parties.authors,
            ..History::default()
        })
    }

    /// Of a change that has a plan.
    fn history_of(&self, change: &Change) -> Option<History> {
        let facts = change.facts.as_deref()?;
        let planned = facts.planned.as_ref()?;
        let requesters = facts.requesters.iter().map(String::as_str);
        let parties = change::parties(self.view, &planned.body, requesters, []).ok()?;
        let said = facts.votes.iter();
        Some(History {
            is_known: parties
                .unclear(&BTreeSet::from([crate::spec::Part::Author]))
                .is_none(),
            authors: parties.authors,
            requesters: parties.requesters,
            approvers: said
                .flat_map(|v| std::iter::once(&v.person).chain(&v.instead_of))
                .cloned()
                .collect(),
            deployers: BTreeSet::new(),
        })
    }
}

fn facts_of(change: &Change) -> ChangeFacts {
    let assessed = change.facts.as_deref().and_then(|f| f.assessed.as_ref());
    ChangeFacts {
        class: assessed.map(|a| a.class.as_str().to_owned()),
        risk: assessed.map(|a| a.risk),
        never_by: BTreeSet::new(),
    }
}

fn purpose_of(purpose: Purpose) -> Option<String> {
    let text = serde_json::to_value(purpose).ok()?;
    text.as_str().map(str::to_owned)
}
