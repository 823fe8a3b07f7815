//! Running exactly so many instances of a revision.
//!
//! Up: all new instances become healthy, or all of them are removed again; those that ran before are not touched.

use super::{
    error::Error,
    files, retire,
    site::{Site, Work},
    start,
    stop::Stop,
    supervise,
    world::{Condition, Record, Revision},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tidegate_faults::kill_point;
use tidegate_plugin::Unit;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

/// Brings a revision to `to` instances. Returns a line for people.
///
/// # Errors
/// [`Error::Failed`] when the program is at fault or traffic still goes to it, [`Error::Broken`] for outside trouble.
pub async fn scale(
    site: &Arc<Site>,
    work: &Work,
    unit: &Arc<Unit>,
    to: u32,
) -> Result<String, Error> {
    let begun = Instant::now();
    if to > 0 {
        up(site, work, unit, to).await?;
    }
    let stopped = retire::down(site, work, &unit.key, to).await?;
    let seconds = begun.elapsed().as_secs_f32();
    let killed = match stopped.killed {
        0 => String::new(),
        n => format!(
            " ({n} killed: still there {} ms after SIGTERM)",
            unit.grace_ms
        ),
    };
    Ok(match (stopped.instances, to) {
        (0, 0) => format!("nothing of {} ran here", unit.key),
        (n, 0) => format!("{n} stopped after {seconds:.1} s{killed}"),
        (0, to) => format!("{to} of {to} healthy after {seconds:.1} s"),
        (n, to) => format!("{to} of {to} healthy, {n} stopped after {seconds:.1} s{killed}"),
    })
}

/// Makes the release of a unit ready and notes what was done for it.
///
/// # Errors
/// As [`super::release::Releases::make`] and [`super::secrets::Secrets::resolve`].
pub async fn make_ready(site: &Arc<Site>, work: &Work, unit: &Unit) -> Result<String, Error> {
    work.note(format!("making release {} ready", unit.version));
    let service = work.id.to_string();
    // First, so that a missing secret is found before anything is touched.
    let values = site.secrets.resolve(&unit.values)?;
    let making = site.releases.make(unit, &values, &service, &work.stop);
    let release = making.await?;
    for effect in &release.effects {
        site.effects
            .note(&service, &work.cause, effect, &release.name);
    }
    let fresh = !release.effects.is_empty();
    if fresh {
        site.collect().await;
    }
    Ok(if fresh {
        release.effects.join(" and ")
    } else {
        "was ready already".to_owned()
    })
}

async fn up(site: &Arc<Site>, work: &Work, unit: &Arc<Unit>, to: u32) -> Result<(), Error> {
    make_ready(site, work, unit).await?;
    let before = enter(site, work, unit)?;
    work.note(format!("starting {} up to {to}", unit.key));
    let result = match all(site, work, unit, to).await {
        Ok(()) => confirm(site, work, unit, to).await,
        Err(e) => Err(e),
    };
    if result.is_err() {
        work.note("removing what was started");
        undo(site, work, unit, &before).await;
    }
    result
}

/// Puts the revision into the world if it is new; returns the instances that must not be touched.
fn enter(site: &Site, work: &Work, unit: &Arc<Unit>) -> Result<BTreeSet<u32>, Error> {
    let (record, before) = {
        let mut world = site.world();
        let revisions = world.services.entry(work.id.clone()).or_default();
        let empty = || Revision {
            unit: Arc::clone(unit),
            wanted: 0,
            exits: 0,
            crash_loop: None,
            slots: BTreeMap::new(),
        };
        let revision = revisions.entry(unit.key.clone()).or_insert_with(empty);
        revision.unit = Arc::clone(unit);
        let settled =
            |condition: &Condition| !matches!(condition, Condition::Starting | Condition::GivenUp);
        let before = revision
            .slots
            .iter()
            .filter(|(_, slot)| settled(&slot.condition))
            .map(|(n, _)| *n)
            .collect();
        (Record::of(&work.id, revision), before)
    };
    record.write(&site.folder(&work.id, &unit.key))?;
    Ok(before)
}

/// Brings up whatever is missing, all at once; the first failure ends the others.
async fn all(site: &Arc<Site>, work: &Work, unit: &Arc<Unit>, to: u32) -> Result<(), Error> {
    let batch = Stop::default();
    let mut set = JoinSet::new();
    for slot in 0..to {
        let (site, work, unit, batch) = (
            Arc::clone(site),
            work.clone(),
            Arc::clone(unit),
            batch.clone(),
        );
        set.spawn(async move { one(&site, &work, &unit, slot, &batch).await });
    }
    let mut result = Ok(());
    loop {
        let ended = tokio::select! {
            ended = set.join_next() => ended,
            () = work.stop.asked(), if result.is_ok() => Some(Ok(Err(work.stop.error()))),
        };
        let error = match ended {
            None => return result,
            Some(Ok(Ok(()))) => continue,
            Some(Ok(Err(error))) => error,
            Some(Err(panic)) => Error::Broken(format!("starting an instance ended early: {panic}")),
        };
        batch.ask(error.clone());
        result = result.and(Err(error));
    }
}

async fn one(
    site: &Arc<Site>,
    work: &Work,
    unit: &Unit,
    slot: u32,
    stop: &Stop,
) -> Result<(), Error> {
    let found = site
        .world()
        .slot_mut(&work.id, &unit.key, slot)
        .map(|slot| (slot.condition.clone(), slot.port));
    match found {
        Some((Condition::Healthy, _)) => Ok(()),
        // Left by a former agent in the middle of this: go on where it was.
        Some((Condition::Starting, port)) => {
            let dir = site.slot_folder(&work.id, &unit.key, slot);
            match super::instance::Instance::find(&dir).filter(super::instance::Instance::is_alive)
            {
                Some(instance) => {
                    stop.or(start::first_answer(site, unit, slot, &instance, port))
                        .await
                }
                None => fresh(site, work, unit, slot, stop).await,
            }
        }
        Some((Condition::Unhealthy(_) | Condition::Restarting, _)) => {
            stop.or(recovery(site, work, unit, slot)).await
        }
        Some((Condition::GivenUp | Condition::Draining, _)) | None => {
            fresh(site, work, unit, slot, stop).await
        }
    }
}

async fn fresh(
    site: &Arc<Site>,
    work: &Work,
    unit: &Unit,
    slot: u32,
    stop: &Stop,
) -> Result<(), Error> {
    start::tear_down(site, &work.id, unit, slot, work).await;
    start::bring_up(site, work, unit, slot, stop).await
}

/// Waits until an instance that runs already is healthy again.
async fn recovery(site: &Site, work: &Work, unit: &Unit, slot: u32) -> Result<(), Error> {
    let begun = Instant::now();
    let deadline = Duration::from_millis(unit.health.deadline_ms);
    loop {
        let condition = site
            .world()
            .slot_mut(&work.id, &unit.key, slot)
            .map(|slot| slot.condition.clone());
        let why = match condition {
            Some(Condition::Healthy) => return Ok(()),
            Some(Condition::Unhealthy(why)) => why,
            Some(Condition::Restarting) => "it is being started again".to_owned(),
            _ => "it ended too often".to_owned(),
        };
        if begun.elapsed() >= deadline {
            let because = format!(
                "instance {slot} of {} did not recover within {deadline:?}: {why}",
                unit.key
            );
            let log = super::logs::output(
                &site.slot_folder(&work.id, &unit.key, slot).join("log"),
                &site.secrets.redactor(&unit.values),
            );
            return Err(Error::Failed { because, log });
        }
        sleep(Duration::from_millis(25)).await;
    }
}

/// Lets the healthy instances take part: table, record, supervision.
async fn confirm(site: &Arc<Site>, work: &Work, unit: &Unit, to: u32) -> Result<(), Error> {
    let fresh: Vec<u32> = {
        let mut world = site.world();
        let slots = world
            .revision_mut(&work.id, &unit.key)
            .map(|revision| &mut revision.slots);
        let starting = slots
            .into_iter()
            .flatten()
            .filter(|(n, slot)| **n < to && slot.condition == Condition::Starting);
        starting
            .map(|(n, slot)| {
                slot.condition = Condition::Healthy;
                *n
            })
            .collect()
    };
    site.publish(&work.id, &work.cause).await?;
    kill_point("agent.scale.published");
    if let Some(revision) = site.world().revision_mut(&work.id, &unit.key) {
        revision.wanted = to;
        revision.crash_loop = None;
    }
    site.record(&work.id, &unit.key)?;
    kill_point("agent.scale.recorded");
    for slot in fresh {
        supervise::watch(site, &work.id, &unit.key, slot);
    }
    site.changed();
    Ok(())
}

async fn undo(site: &Arc<Site>, work: &Work, unit: &Arc<Unit>, before: &BTreeSet<u32>) {
    let started: Vec<u32> = match site.world().revision(&work.id, &unit.key) {
        Some(revision) => revision
            .slots
            .keys()
            .filter(|slot| !before.contains(slot))
            .copied()
            .collect(),
        None => Vec::new(),
    };
    let mut set = JoinSet::new();
    for slot in started {
        let (site, work, unit) = (Arc::clone(site), work.clone(), Arc::clone(unit));
        set.spawn(async move { start::tear_down(&site, &work.id, &unit, slot, &work).await });
    }
    set.join_all().await;
    let empty = site
        .world()
        .revision(&work.id, &unit.key)
        .is_some_and(|r| r.slots.is_empty() && r.wanted == 0);
    if empty {
        site.world().remove(&work.id, &unit.key);
        // A leftover record without instances would only be found again and be empty.
        let _ = files::remove_folder(&site.folder(&work.id, &unit.key));
    }
    site.changed();
}
