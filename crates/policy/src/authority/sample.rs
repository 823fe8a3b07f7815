//! Requests that stand for all of their kind: everybody who could ask, everywhere it could be.

use std::collections::BTreeSet;
use tidegate_core::authority::{
    History, Kind, PlaceFacts, Principal, ROLES, Request, Resource, ServiceFacts, Thing,
};
use tidegate_core::spec::Spec;

/// At most so many places of services are tried.
const PLACES: usize = 64;

/// Somebody of a role, in every team: whom a policy on teams lets pass is let pass as well.
pub(super) fn people(spec: &Spec) -> Vec<Principal> {
    let teams: BTreeSet<String> = spec.teams.keys().map(ToString::to_string).collect();
    let groups: BTreeSet<String> = spec
        .teams
        .values()
        .filter_map(|t| t.group.clone())
        .collect();
    let mut all = Vec::new();
    for role in ROLES {
        let person = |teams: BTreeSet<String>, groups: BTreeSet<String>| Principal {
            account: "somebody".to_owned(),
            kind: Kind::Person,
            role: role.to_owned(),
            within: std::collections::BTreeMap::new(),
            person: Some("somebody".to_owned()),
            teams,
            groups,
        };
        all.push(person(teams.clone(), groups.clone()));
        all.push(person(BTreeSet::new(), BTreeSet::new()));
        // Each team alone, for policies that forbid something to one of them.
        all.extend(
            teams
                .iter()
                .map(|team| person(BTreeSet::from([team.clone()]), BTreeSet::new())),
        );
    }
    all
}

/// Everything it could be about.
pub(super) fn things(spec: &Spec, kind: Thing) -> Vec<Resource> {
    let bare = Resource {
        kind,
        id: "sample".to_owned(),
        ..Resource::default()
    };
    let mut all = vec![bare.clone()];
    let environments = || {
        spec.environments.iter().map(|(name, e)| PlaceFacts {
            name: name.to_string(),
            tier: Some(e.tier.as_str()),
            region: e.region.clone(),
        })
    };
    if kind == Thing::Environment {
        all.extend(environments().map(|environment| Resource {
            environment: Some(environment),
            ..bare.clone()
        }));
    }
    if matches!(kind, Thing::Release | Thing::Deployment | Thing::Change) {
        for (name, service) in &spec.services {
            let released = Resource {
                service: Some(name.clone()),
                facts: Some(ServiceFacts {
                    owner: service.owner.to_string(),
                    tier: service.tier,
                    data: service
                        .data_class
                        .map(tidegate_core::spec::DataClass::as_str),
                    audience: service.audience.map(tidegate_core::spec::Audience::as_str),
                }),
                release: Some(format!("{name}@1.0.0")),
                history: Some(History {
                    is_known: true,
                    ..History::default()
                }),
                ..bare.clone()
            };
            all.extend(environments().map(|environment| Resource {
                environment: Some(environment),
                ..released.clone()
            }));
        }
    }
    all.truncate(PLACES);
    all
}

pub(super) fn request(action: &str, who: &Principal, what: &Resource) -> Request {
    Request {
        principal: who.clone(),
        action: action.to_owned(),
        resource: what.clone(),
        instead_of: None,
    }
}
