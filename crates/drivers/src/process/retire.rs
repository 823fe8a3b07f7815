//! Taking instances out: no new requests, finish those under way, stop, forget.

use super::{
    error::Error,
    files, logs,
    site::{Site, Work},
    start, supervise, table,
    world::Condition,
};
use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};
use tidegate_faults::kill_point;
use tidegate_plugin::Unit;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

/// Between two looks at the requests under way.
const LOOK: Duration = Duration::from_millis(20);

/// What was taken out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stopped {
    /// Instances.
    pub instances: usize,
    /// Those among them that did not end within the grace period.
    pub killed: usize,
}

/// Stops the instances of a revision with a number of `to` or more; with `to` 0 the revision is forgotten.
///
/// # Errors
/// [`Error::Failed`] when traffic still goes to the whole revision or when asked to stop while draining (they then take
/// requests again); [`Error::Broken`] when the router could not be told.
pub async fn down(site: &Arc<Site>, work: &Work, key: &str, to: u32) -> Result<Stopped, Error> {
    let Some((unit, wanted, victims)) = chosen(site, work, key, to) else {
        // Nothing runs; an earlier try may have failed to tell the router.
        site.publish(&work.id, &work.cause).await?;
        return Ok(Stopped::default());
    };
    let weight = site.world().weight(&work.id, key);
    if to == 0 && weight > 0 && !victims.is_empty() {
        let because = format!(
            "{key} still takes {weight} of 10000 of the traffic: shift it away before retiring it"
        );
        return Err(Error::failed(because));
    }
    if !victims.is_empty() {
        work.note(format!("draining {} of {key}", victims.len()));
        if let Err(e) = drain(site, work, &unit, to, &victims).await {
            back_to_work(site, work, &unit, wanted, &victims).await;
            return Err(e);
        }
        kill_point("agent.retire.drained");
        work.note(format!("stopping {} of {key}", victims.len()));
        out_of_table(site, work, key, &victims).await;
    }
    if to == 0 {
        keep_last_words(site, work, &unit, &victims);
    }
    let mut set = JoinSet::new();
    for slot in victims.iter().copied() {
        let (site, work, unit) = (Arc::clone(site), work.clone(), Arc::clone(&unit));
        set.spawn(async move { start::tear_down(&site, &work.id, &unit, slot, &work).await });
    }
    let killed = set.join_all().await.into_iter().filter(|killed| *killed);
    let stopped = Stopped {
        instances: victims.len(),
        killed: killed.count(),
    };
    if to == 0 {
        site.world().remove(&work.id, key);
        files::remove_folder(&site.folder(&work.id, key))
            .map_err(|e| Error::io("removing a revision", &e))?;
        kill_point("agent.retire.removed");
        site.publish(&work.id, &work.cause).await?;
        site.collect().await;
    }
    site.changed();
    Ok(stopped)
}

/// The end of one log, before it goes: of a bad release it is what people ask for.
fn keep_last_words(site: &Site, work: &Work, unit: &Unit, victims: &[u32]) {
    let redactor = site.secrets.redactor(&unit.values);
    let log = victims.iter().find_map(|slot| {
        let file = site.slot_folder(&work.id, &unit.key, *slot).join("log");
        let lines = logs::output(&file, &redactor);
        (!lines.is_empty()).then_some(lines)
    });
    let mut words = work
        .last_words
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    *words = log.unwrap_or_default();
}

fn chosen(site: &Site, work: &Work, key: &str, to: u32) -> Option<(Arc<Unit>, u32, Vec<u32>)> {
    let world = site.world();
    let revision = world.revision(&work.id, key)?;
    let victims = revision
        .slots
        .keys()
        .filter(|slot| **slot >= to)
        .copied()
        .collect();
    Some((Arc::clone(&revision.unit), revision.wanted, victims))
}

/// Marks them draining and waits until no request is under way, at most the grace period.
async fn drain(
    site: &Arc<Site>,
    work: &Work,
    unit: &Unit,
    to: u32,
    victims: &[u32],
) -> Result<(), Error> {
    for slot in victims {
        let watch = site
            .world()
            .slot_mut(&work.id, &unit.key, *slot)
            .map(|slot| slot.watch.clone());
        if let Some(watch) = watch {
            watch.end().await;
        }
        if let Some(slot) = site.world().slot_mut(&work.id, &unit.key, *slot)
            && slot.condition != Condition::Starting
        {
            slot.condition = Condition::Draining;
        }
    }
    if let Some(revision) = site.world().revision_mut(&work.id, &unit.key) {
        revision.wanted = to;
    }
    site.record(&work.id, &unit.key)?;
    site.publish(&work.id, &work.cause).await?;
    if unit.port.is_none() {
        return Ok(());
    }
    let begun = Instant::now();
    let grace = Duration::from_millis(unit.grace_ms);
    work.stop
        .or(async {
            while begun.elapsed() < grace && is_busy(site, work, &unit.key, victims).await {
                sleep(LOOK).await;
            }
            Ok(())
        })
        .await
}

/// Whether a request is under way at one of them. A router that does not answer may have some.
async fn is_busy(site: &Site, work: &Work, key: &str, victims: &[u32]) -> bool {
    let Ok(seen) = site.link.look().await else {
        return true;
    };
    let Some(group) = seen
        .as_ref()
        .and_then(|(stats, _)| stats.routes.get(&work.id.to_string())?.groups.get(key))
    else {
        return false;
    };
    let under_way = |slot: &u32| {
        group
            .backends
            .get(&table::backend_id(&work.id, key, *slot))
            .map_or(0, |b| b.in_flight)
    };
    victims.iter().any(|slot| under_way(slot) > 0)
}

/// Takes them out of the table. When the router cannot be told they are stopped all the same: it was told that they drain.
async fn out_of_table(site: &Site, work: &Work, key: &str, victims: &[u32]) {
    for slot in victims {
        if let Some(slot) = site.world().slot_mut(&work.id, key, *slot) {
            slot.condition = Condition::Starting;
        }
    }
    if let Err(e) = site.publish(&work.id, &work.cause).await {
        tracing::warn!(
            "{}: the router still lists drained instances of {key}: {e}",
            work.id
        );
    }
}

/// Undoes [`drain`].
async fn back_to_work(site: &Arc<Site>, work: &Work, unit: &Unit, wanted: u32, victims: &[u32]) {
    if let Some(revision) = site.world().revision_mut(&work.id, &unit.key) {
        revision.wanted = wanted;
    }
    for slot in victims {
        if let Some(slot) = site.world().slot_mut(&work.id, &unit.key, *slot)
            && slot.condition == Condition::Draining
        {
            slot.condition = Condition::Healthy;
        }
        if *slot < wanted {
            supervise::watch(site, &work.id, &unit.key, *slot);
        }
    }
    if let Err(e) = site
        .record(&work.id, &unit.key)
        .and(site.publish(&work.id, &work.cause).await)
    {
        tracing::warn!(
            "{}: instances of {} may still drain: {e}",
            work.id,
            unit.key
        );
    }
}
