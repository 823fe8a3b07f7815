//! What policies are told about a request: who asks, what for, about what, and who had a part in it before.
//!
//! Gathered from the ledger of the transaction that decides. What cannot be told is absent, never guessed.

use super::gather::Gather;
use super::owned;
use super::{Right, right_of};
use crate::actor::Actor;
use crate::command::Command;
use crate::id::{EnvId, Name, ReleaseId, ServiceId};
use crate::people;
use crate::spec::{Belongs, Spec};
use crate::step::World;
use crate::stream::change::Command as OfChange;
use crate::stream::meeting::Command as OfMeeting;
use crate::stream::{departure, release};
use crate::view::View;
use std::collections::{BTreeMap, BTreeSet};

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
    /// Role that holds everywhere, as shown.
    pub role: String,
    /// Roles that hold in business units alone, with the units and all below them.
    pub within: BTreeMap<&'static str, BTreeSet<String>>,
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
    /// Business units whose business it is; absent where the company has a say in it.
    pub units: Option<BTreeSet<String>>,
    /// The units of the service or the environment, with those above them.
    pub above: BTreeSet<String>,
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

impl On {
    /// Whose business a question is about: what is left open is everybody's who has the right somewhere.
    fn whose(&self, action: &str, spec: &Spec) -> BTreeSet<Belongs> {
        let service = self.release.as_ref().map(|release| &release.service);
        let service = service.or(self.service.as_ref());
        let mut whose: BTreeSet<Belongs> = service
            .map(|s| spec.unit_of_service(s))
            .into_iter()
            .collect();
        let place = self.environment.as_ref();
        let place = place.map(|env| spec.unit_of_environment(env));
        // Into an environment of the company every unit deploys what is its own.
        let matters = service.is_none() || place.as_ref().is_some_and(Option::is_some);
        whose.extend(place.filter(|_| matters));
        if action.starts_with("person ") && right_of(action) != Some(Right::Own) {
            whose.insert(None);
        }
        whose
    }
}

impl Resource {
    /// With whose business it is.
    fn belonging(mut self, whose: &BTreeSet<Belongs>, spec: &Spec) -> Self {
        let units: Option<BTreeSet<&Name>> = whose.iter().map(Option::as_ref).collect();
        let known = whose.iter().flatten();
        self.above = known
            .flat_map(|unit| spec.with_those_above(unit))
            .map(|unit| unit.to_string())
            .collect();
        self.units = units.map(|units| units.into_iter().map(ToString::to_string).collect());
        self
    }
}

/// Units in which somebody has a role, with those below them, by role.
fn below(actor: &Actor, spec: &Spec) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut all: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for unit in spec.units.keys().filter(|_| !actor.within.is_empty()) {
        for above in spec.with_those_above(unit) {
            if let Some(standing) = actor.within.get(&above) {
                let units = all.entry(standing.as_str()).or_default();
                units.insert(unit.to_string());
            }
        }
    }
    all
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
            within: below(actor, spec),
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
        let gather = Gather::new(world);
        Self {
            principal: Principal::of(actor, world.spec, world.view),
            action: command.name(),
            resource: Resource {
                kind: Thing::of(command),
                ..gather.resource(command)
            }
            .belonging(&owned::whose(command, world.spec, world.view), world.spec),
            instead_of: match command {
                Command::Change {
                    command: OfChange::Approve { instead_of, .. },
                    ..
                } => instead_of.clone(),
                Command::Meeting {
                    command: OfMeeting::Vote { instead_of, .. },
                    ..
                } => instead_of.clone(),
                _ => None,
            },
        }
    }

    /// What policies would be told if `actor` asked for an action about these, before there is a command.
    #[must_use]
    pub fn about(actor: &Actor, action: &str, on: &On, world: &World<'_>) -> Self {
        let gather = Gather::new(world);
        Self {
            principal: Principal::of(actor, world.spec, world.view),
            action: action.to_owned(),
            resource: Resource {
                kind: Thing::of_action(action),
                ..gather.about(action, on)
            }
            .belonging(&on.whose(action, world.spec), world.spec),
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
        let gather = Gather::new(world);
        let there = |env: &EnvId| Self {
            resource: Resource {
                kind: Thing::Release,
                units: self.resource.units.clone(),
                above: self.resource.above.clone(),
                ..gather.promoted(id, env)
            },
            ..self.clone()
        };
        let mut all: Vec<Self> = before.iter().map(there).collect();
        all.push(self.clone());
        all
    }
}
