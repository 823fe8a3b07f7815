//! Splitting traffic between revisions, and reading back that it is so.

use super::{
    error::Error,
    site::{Site, Work},
    table,
    world::Condition,
};
use std::{collections::BTreeMap, time::Duration};
use tidegate_plugin::router::ALL_TRAFFIC;
use tokio::time::{Instant, sleep};

/// How long a revision that missed a health check may take to answer again before traffic is refused to it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Puts `weights` (basis points by revision key; empty or all 0 for no traffic) into force.
///
/// # Errors
/// [`Error::Failed`] when the weights do not add up or would point to something that is not ready, or when the router
/// refuses them; [`Error::Broken`] when the router cannot be reached.
pub async fn shift(
    site: &Site,
    work: &Work,
    weights: &BTreeMap<String, u32>,
) -> Result<String, Error> {
    let sum: u64 = weights.values().map(|weight| u64::from(*weight)).sum();
    if sum != 0 && sum != u64::from(ALL_TRAFFIC) {
        return Err(Error::failed(format!(
            "weights sum to {sum} and not to {ALL_TRAFFIC} basis points (or 0 for no traffic)"
        )));
    }
    work.note("waiting for the instances that are to take traffic");
    work.stop.or(ready(site, work, weights)).await?;
    work.note("telling the router");
    let build = || {
        table::routes(
            &site.world(),
            Some((&work.id, weights)),
            site.options.listen_ip,
        )
    };
    let name = work.id.to_string();
    let in_force = site.link.publish(build, &name, &work.cause).await?;
    let groups = in_force
        .routes
        .iter()
        .find(|route| route.name == name)
        .map(|route| route.groups.as_slice())
        .unwrap_or_default();
    for (key, wanted) in weights {
        let found = groups
            .iter()
            .find(|group| group.key == *key)
            .map_or(0, |group| group.weight);
        if found != *wanted {
            return Err(Error::Broken(format!(
                "the router gives {key} {found} of 10000 where {wanted} was asked for"
            )));
        }
    }
    site.world()
        .weights
        .insert(work.id.clone(), weights.clone());
    site.changed();
    let shares = weights
        .iter()
        .map(|(key, weight)| format!("{key} {}.{:02} %", weight / 100, weight % 100));
    let shares: Vec<String> = shares.collect();
    let shares = if shares.is_empty() {
        "no traffic".to_owned()
    } else {
        shares.join(", ")
    };
    Ok(format!("{shares} (table {})", in_force.version))
}

/// Ends when each revision with a share has a healthy instance and a port.
async fn ready(site: &Site, work: &Work, weights: &BTreeMap<String, u32>) -> Result<(), Error> {
    let begun = Instant::now();
    loop {
        let missing = weights
            .iter()
            .filter(|(_, weight)| **weight > 0)
            .find_map(|(key, _)| missing(site, work, key));
        match missing {
            None => return Ok(()),
            Some(Missing::Never(why)) => return Err(Error::failed(why)),
            Some(Missing::Now(why)) if begun.elapsed() >= PATIENCE => {
                return Err(Error::failed(why));
            }
            Some(Missing::Now(_)) => sleep(Duration::from_millis(20)).await,
        }
    }
}

enum Missing {
    Never(String),
    Now(String),
}

fn missing(site: &Site, work: &Work, key: &str) -> Option<Missing> {
    let world = site.world();
    let refused = "traffic is not shifted to it";
    let Some(revision) = world.revision(&work.id, key) else {
        return Some(Missing::Never(format!(
            "{key} does not run in {}: {refused}",
            work.id
        )));
    };
    if revision.unit.port.is_none() {
        return Some(Missing::Never(format!(
            "{key} has no public port: {refused}"
        )));
    }
    let healthy = revision
        .slots
        .values()
        .any(|slot| slot.condition == Condition::Healthy);
    (!healthy).then(|| Missing::Now(format!("{key} has no healthy instance: {refused}")))
}
