//! What policies are told about a request: who asks, what for, about what, and who had a part in it before.
//!
//! Gathered from the ledger of the transaction that decides. What cannot be told is absent, never guessed.

use crate::actor::Actor;
use crate::change::{self, Subject, assess, between, parties_of};
use crate::command::Command;
use crate::gate::Purpose;
use crate::id::{EnvId, ReleaseId, ServiceId};
use crate::people;
use crate::spec::Spec;
use crate::step::World;
use crate::stream::change::{Change, Command as OfChange};
use crate::stream::{artifact, departure, deployment, release};
use crate::time::Timestamp;
use crate::view::View;
use std::collections::BTreeSet;

/// What somebody sits at, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A person who signed in, through an account of their own.
    Person,
    /// A program, or a token that its owner left with one.
    Program,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Account or token.
    pub account: String,
    /// Person or program.
    pub kind: Kind,
    /// Role, as shown.
    pub role: String,
    /// The human being who answers for it.
    pub person: Option<String>,
    /// Teams of that human being.
    pub teams: BTreeSet<String>,
    /// Groups at the identity provider.
    pub groups: BTreeSet<String>,
}

/// What kind of thing it is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// Nothing smaller than the whole.
    #[default]
    Company,
    /// An environment.
    Environment,
    /// A version, or its way into an environment.
    Release,
    /// A deployment.
    Deployment,
    /// A change.
    Change,
}

impl Thing {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Company,
        Self::Environment,
        Self::Release,
        Self::Deployment,
        Self::Change,
    ];

    /// As policies call it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Company => "Company",
            Self::Environment => "Environment",
            Self::Release => "Release",
            Self::Deployment => "Deployment",
            Self::Change => "Change",
        }
    }

    /// The kind that an action is about, by the name of its command.
    #[must_use]
    pub fn of_action(action: &str) -> Self {
        match action.split(' ').next().unwrap_or_default() {
            "artifact" | "release" => Self::Release,
            "environment" => Self::Environment,
            "deployment" => Self::Deployment,
            "change" => Self::Change,
            _ if action == "departure join" => Self::Release,
            _ => Self::Company,
        }
    }

    fn of(command: &Command) -> Self {
        match command {
            Command::Artifact { .. }
            | Command::Release { .. }
            | Command::Departure {
                command: departure::Command::Join { .. },
                ..
            } => Self::Release,
            Command::Environment { .. } => Self::Environment,
            Command::Deployment { .. } | Command::Propose { .. } => Self::Deployment,
            Command::Change { .. } => Self::Change,
            _ => Self::Company,
        }
    }
}

/// Where it happens and to what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resource {
    /// What kind of thing it is.
    pub kind: Thing,
    /// Name, for messages of the engine alone.
    pub id: String,
    /// The service.
    pub service: Option<ServiceId>,
    /// Its facts, when it is configured.
    pub facts: Option<ServiceFacts>,
    /// The environment.
    pub environment: Option<PlaceFacts>,
    /// The release.
    pub release: Option<String>,
    /// Why it is deployed: `promote`, `rollback`, …
    pub purpose: Option<String>,
    /// The change it is part of.
    pub change: Option<ChangeFacts>,
    /// Who had a part in it.
    pub history: Option<History>,
}

/// What is configured of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceFacts {
    /// Owning team.
    pub owner: String,
    /// Importance, 1 (highest) to 4.
    pub tier: u8,
    /// Class of its data.
    pub data: Option<&'static str>,
    /// Who uses it.
    pub audience: Option<&'static str>,
}

/// An environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceFacts {
    /// Name.
    pub name: String,
    /// Tier, as written; absent where it is not configured.
    pub tier: Option<&'static str>,
    /// Region.
    pub region: Option<String>,
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeFacts {
    /// Class, once it was assessed.
    pub class: Option<String>,
    /// Risk score, once it was assessed.
    pub risk: Option<u8>,
    /// Parts whose holders must not say yes, as its policies say.
    pub never_by: BTreeSet<&'static str>,
}

/// Human beings by their part in a release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Wrote what is new since what runs.
    pub authors: BTreeSet<String>,
    /// All authors are known.
    pub is_known: bool,
    /// Asked for it, themselves or through a program of theirs.
    pub requesters: BTreeSet<String>,
    /// Said yes, or lent the right to somebody who did.
    pub approvers: BTreeSet<String>,
    /// Asked for the deployment itself.
    pub deployers: BTreeSet<String>,
}

/// What a question is about; what is absent is left open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct On {
    /// A release.
    pub release: Option<ReleaseId>,
    /// A service.
    pub service: Option<ServiceId>,
    /// An environment.
    pub environment: Option<EnvId>,
}

/// What policies are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who.
    pub principal: Principal,
    /// Name of the command.
    pub action: String,
    /// About what.
    pub resource: Resource,
    /// Whose right is used, when it was lent.
    pub instead_of: Option<String>,
}

impl Principal {
    /// Whoever stands behind an actor, as of now.
    #[must_use]
    pub fn of(actor: &Actor, spec: &Spec, view: &dyn View) -> Self {
        let person = actor.person.as_ref().map(|p| people::behind(view, p));
        let own = person
            .as_ref()
            .is_some_and(|person| people::behind(view, &actor.name) == *person);
        let teams = person.as_ref().map(|p| people::teams_of(spec, view, p));
        Self {
            account: actor.name.clone(),
            kind: if own { Kind::Person } else { Kind::Program },
            role: actor.role.as_str().to_owned(),
            teams: teams
                .into_iter()
                .flatten()
                .map(|team| team.to_string())
                .collect(),
            person,
            groups: actor.groups.clone(),
        }
    }
}

impl Request {
    /// Everything policies are told about a command.
    #[must_use]
    pub fn of(actor: &Actor, command: &Command, world: &World<'_>) -> Self {
        let gather = Gather {
            now: world.now,
            spec: world.spec,
            view: world.view,
        };
        Self {
            principal: Principal::of(actor, world.spec, world.view),
            action: command.name(),
            resource: Resource {
                kind: Thing::of(command),
                ..gather.resource(command)
            },
            instead_of: match command {
                Command::Change {
                    command: OfChange::Approve { instead_of, .. },
                    ..
                } => instead_of.clone(),
                _ => None,
            },
        }
    }

    /// What policies would be told if `actor` asked for an action about these, before there is a command.
    #[must_use]
    pub fn about(actor: &Actor, action: &str, on: &On, world: &World<'_>) -> Self {
        let gather = Gather {
            now: world.now,
            spec: world.spec,
            view: world.view,
        };
        Self {
            principal: Principal::of(actor, world.spec, world.view),
            action: action.to_owned(),
            resource: Resource {
                kind: Thing::of_action(action),
                ..gather.about(action, on)
            },
            instead_of: None,
        }
    }

    /// The same request for each environment on the way to the one that is asked for: whoever promotes to the last one also
    /// deploys to those before it.
    #[must_use]
    pub fn on_the_way(&self, command: &Command, world: &World<'_>) -> Vec<Self> {
        let Command::Release {
            id,
            command: release::Command::Promote { to, .. },
        } = command
        else {
            return vec![self.clone()];
        };
        let path = world.spec.path_of(&id.service);
        let end = path.iter().position(|env| env == to);
        let before = end.and_then(|end| path.get(..end)).unwrap_or_default();
        let gather = Gather {
            now: world.now,
            spec: world.spec,
            view: world.view,
        };
        let there = |env: &EnvId| Self {
            resource: Resource {
                kind: Thing::Release,
                ..gather.promoted(id, env)
            },
            ..self.clone()
        };
        let mut all: Vec<Self> = before.iter().map(there).collect();
        all.push(self.clone());
        all
    }
}

struct Gather<'a> {
    now: Timestamp,
    spec: &'a Spec,
    view: &'a dyn View,
}

impl Gather<'_> {
    fn about(&self, action: &str, on: &On) -> Resource {
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

    fn resource(&self, command: &Command) -> Resource {
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
    fn promoted(&self, release: &ReleaseId, env: &EnvId) -> Resource {
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
