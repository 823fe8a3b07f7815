//! What is true at the target now.

use super::{
    content::Changed,
    error::Error,
    release,
    site::Site,
    world::{Condition, Revision, ServiceId},
};
use std::{collections::BTreeMap, time::Duration};
use tidegate_plugin::{
    actuator::{FileChange, Observation, RevisionObservation, RouteObservation},
    router::{Stats, Table},
};
use tokio::time::timeout;

/// Longest wait for the router: an observation is also the sign of life and must not wait for a router that hangs.
const ROUTER: Duration = Duration::from_secs(2);

/// Changed files named of one revision; the rest is as wrong as these.
const MOST: usize = 50;

/// Instances from memory, routes from the router. Routes that could not be asked for are absent, never zero.
pub async fn observe(site: &Site) -> Observation {
    let late = |_| Error::Broken(format!("the router did not answer within {ROUTER:?}"));
    let seen = timeout(ROUTER, site.link.look()).await;
    let routes = match seen.map_err(late).flatten() {
        Ok(seen) => seen
            .map(|(stats, table)| routes(&stats, &table))
            .unwrap_or_default(),
        Err(e) => {
            tracing::debug!("no router counters: {e}");
            BTreeMap::new()
        }
    };
    Observation {
        routes,
        running: running(site),
    }
}

fn routes(stats: &Stats, table: &Table) -> BTreeMap<String, RouteObservation> {
    let route = |route: &tidegate_plugin::router::Route| {
        let weights = route
            .groups
            .iter()
            .map(|group| (group.key.clone(), group.weight))
            .collect();
        let groups = stats.routes.get(&route.name)?.groups.clone();
        Some((
            route.name.clone(),
            RouteObservation {
                router: stats.instance.clone(),
                weights,
                groups,
            },
        ))
    };
    table.routes.iter().filter_map(route).collect()
}

fn running(site: &Site) -> BTreeMap<String, BTreeMap<String, RevisionObservation>> {
    let world = site.world();
    let service = |(id, revisions): (&ServiceId, &BTreeMap<String, Revision>)| {
        let seen = revisions
            .iter()
            .map(|(key, revision)| (key.clone(), revision_seen(site, revision)))
            .collect();
        (id.to_string(), seen)
    };
    world.services.iter().map(service).collect()
}

fn revision_seen(site: &Site, revision: &Revision) -> RevisionObservation {
    let name = release::name_of(&revision.unit).unwrap_or_default();
    let changed = site.releases.looks.changed(&name);
    let healthy = revision
        .slots
        .values()
        .filter(|slot| slot.condition == Condition::Healthy)
        .count();
    RevisionObservation {
        digest: revision.unit.digest.clone(),
        wanted: revision.wanted,
        healthy: u32::try_from(healthy).unwrap_or(u32::MAX),
        exits: revision.exits,
        crash_loop: revision.crash_loop.clone(),
        changed: changed.into_iter().take(MOST).map(file).collect(),
    }
}

fn file(changed: Changed) -> FileChange {
    FileChange {
        path: changed.path,
        declared: changed.declared,
        seen: changed.seen,
    }
}
