//! From what runs to the routing table. Pure.

use super::world::{Condition, Revision, ServiceId, World};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
};
use tidegate_plugin::router::{Backend, Group, Route};

/// The routes of everything that runs and has a public port. `shares` replaces the shares of one service.
#[must_use]
pub fn routes(
    world: &World,
    shares: Option<(&ServiceId, &BTreeMap<String, u32>)>,
    listen: IpAddr,
) -> Vec<Route> {
    let none = BTreeMap::new();
    let route = |(id, revisions): (&ServiceId, &BTreeMap<String, Revision>)| {
        let weights = match shares {
            Some((changed, weights)) if changed == id => weights,
            _ => world.weights.get(id).unwrap_or(&none),
        };
        route(id, revisions, weights, listen)
    };
    world.services.iter().filter_map(route).collect()
}

fn route(
    id: &ServiceId,
    revisions: &BTreeMap<String, Revision>,
    weights: &BTreeMap<String, u32>,
    listen: IpAddr,
) -> Option<Route> {
    let weight = |key: &String| weights.get(key).copied().unwrap_or(0);
    // The revision with most traffic says where the route listens; a new one takes over with the traffic.
    let (_, first) = revisions
        .iter()
        .filter(|(_, r)| r.unit.port.is_some())
        .max_by_key(|(key, _)| weight(key))?;
    let groups = revisions
        .iter()
        .map(|(key, revision)| Group {
            key: key.clone(),
            weight: weight(key),
            backends: backends(id, key, revision),
        })
        .filter(|group| group.weight > 0 || !group.backends.is_empty())
        .collect();
    Some(Route {
        name: id.to_string(),
        listen: SocketAddr::new(listen, first.unit.port?).to_string(),
        stick: first.unit.stick.clone(),
        groups,
    })
}

fn backends(id: &ServiceId, key: &str, revision: &Revision) -> Vec<Backend> {
    let taking = revision
        .slots
        .iter()
        .filter(|(_, slot)| slot.condition != Condition::Starting);
    taking
        .map(|(number, slot)| Backend {
            id: backend_id(id, key, *number),
            address: format!("127.0.0.1:{}", slot.port),
            draining: slot.condition == Condition::Draining,
        })
        .collect()
}

/// Stable name of an instance.
#[must_use]
pub fn backend_id(id: &ServiceId, key: &str, slot: u32) -> String {
    format!("{}-{key}-{slot}", id.service)
}

/// Shares of all services as a table has them.
#[must_use]
pub fn weights(routes: &[Route]) -> BTreeMap<ServiceId, BTreeMap<String, u32>> {
    let service = |route: &Route| {
        let (environment, service) = route.name.split_once('/')?;
        let id = ServiceId {
            environment: environment.to_owned(),
            service: service.to_owned(),
        };
        Some((
            id,
            route
                .groups
                .iter()
                .map(|group| (group.key.clone(), group.weight))
                .collect(),
        ))
    };
    routes.iter().filter_map(service).collect()
}

/// Backends that finish their requests, each with its route.
#[must_use]
pub fn draining(routes: &[Route]) -> BTreeSet<(String, String)> {
    let backends = routes.iter().flat_map(|route| {
        let backends = route.groups.iter().flat_map(|group| &group.backends);
        backends
            .filter(|backend| backend.draining)
            .map(|backend| (route.name.clone(), backend.id.clone()))
    });
    backends.collect()
}
