//! Bringing up one instance: a port, a folder, a process, and the first healthy answer.

use super::{
    command,
    error::Error,
    health::Check,
    instance::Instance,
    ports,
    secrets::Values,
    shim::Spec,
    site::{Site, Work},
    stop::Stop,
    world::{Condition, ServiceId, Slot, Watch},
};
use std::{path::Path, time::Duration};
use tidegate_faults::kill_point;
use tidegate_plugin::Unit;
use tokio::time::{Instant, sleep};

/// Ports tried when somebody else takes one at the same moment.
const PORT_TRIES: u32 = 3;
/// Longest pause between two looks at a starting instance.
const LOOK: Duration = Duration::from_millis(25);
/// First pause; it grows with the age of the instance.
const FIRST_LOOK: Duration = Duration::from_millis(3);

/// What the instance in `dir` is to run, and the secrets it gets beside.
///
/// # Errors
/// [`Error::Failed`] when a secret cannot be had or the command cannot be filled in.
pub fn spec(site: &Site, unit: &Unit, dir: &Path, port: u16) -> Result<(Spec, Values), Error> {
    let tree = site.releases.tree_of(unit)?;
    let values = site.secrets.resolve(&unit.values)?;
    let spec = Spec {
        argv: command::fill(&unit.command, &values, Some(port), &tree)?,
        env: command::environment(&values.plain, Some(port), dir),
        secrets: values.secret.keys().cloned().collect(),
        cwd: tree,
        port: Some(port),
        log_bytes: site.options.log_bytes,
    };
    Ok((spec, values))
}

/// The check of a unit's instances.
#[must_use]
pub fn check(site: &Site, unit: &Unit) -> Check {
    Check::new(site.http.clone(), &unit.health, unit.port.is_some())
}

/// Starts instance number `slot` and waits until it is healthy. It stands in the world as starting meanwhile, and stays
/// there when it fails: the caller removes it.
///
/// # Errors
/// [`Error::Failed`] with the last log lines when it ends or never becomes healthy, or with the reason to stop.
pub async fn bring_up(
    site: &Site,
    work: &Work,
    unit: &Unit,
    slot: u32,
    stop: &Stop,
) -> Result<(), Error> {
    for tried in 1.. {
        let port = site
            .ports
            .take()
            .ok_or_else(|| Error::Broken(format!("no free port in {:?}", site.options.ports)))?;
        let dir = site.slot_folder(&work.id, &unit.key, slot);
        let (spec, values) =
            spec(site, unit, &dir, port).inspect_err(|_| site.ports.give_back(port))?;
        let fresh = Slot {
            port,
            condition: Condition::Starting,
            watch: Watch::default(),
        };
        if let Some(revision) = site.world().revision_mut(&work.id, &unit.key) {
            revision.slots.insert(slot, fresh);
        }
        let instance = Instance::start(&site.options.program, &dir, &spec, &values.secret).await?;
        let which = format!(
            "{} slot {slot} pid {} port {port}",
            unit.key, instance.state.program.pid
        );
        kill_point("agent.instance.started");
        site.effects
            .note(&work.id.to_string(), &work.cause, "started", &which);
        kill_point("agent.instance.noted");
        let healthy = stop
            .or(first_answer(site, unit, slot, &instance, port))
            .await;
        let collided = healthy.is_err() && !instance.is_alive() && !ports::is_free(port);
        if !collided || tried >= PORT_TRIES {
            return healthy;
        }
        tracing::info!(
            "port {port} was taken by another process; {} slot {slot} gets another one",
            work.id
        );
    }
    Ok(())
}

/// Waits for the first healthy answer of a started instance.
///
/// # Errors
/// [`Error::Failed`] when it ends or the deadline passes.
pub async fn first_answer(
    site: &Site,
    unit: &Unit,
    slot: u32,
    instance: &Instance,
    port: u16,
) -> Result<(), Error> {
    let check = check(site, unit);
    let begun = Instant::now();
    let failed = |because: String| {
        let log = instance.log(&site.secrets.redactor(&unit.values));
        Error::Failed {
            because: format!("instance {slot} of {} {because}", unit.key),
            log,
        }
    };
    loop {
        let seen = check.look(port, begun.elapsed()).await;
        if !instance.is_alive() {
            instance.settled().await;
            let taken = if ports::is_free(port) {
                String::new()
            } else {
                format!("; its port {port} is taken by another process")
            };
            let after = begun.elapsed().as_secs_f32();
            return Err(failed(format!(
                "{} after {after:.1} s, before it was healthy{taken}",
                instance.ending()
            )));
        }
        match seen {
            Ok(()) => return Ok(()),
            Err(why) if begun.elapsed() >= check.deadline() => {
                return Err(failed(format!(
                    "was not healthy within {} ms: {why}",
                    unit.health.deadline_ms
                )));
            }
            Err(_) => sleep((begun.elapsed() / 8).clamp(FIRST_LOOK, LOOK)).await,
        }
    }
}

/// Stops an instance wherever it is in its life, and forgets it. Trouble is logged: there is nobody to tell. Says whether
/// it had to be killed.
pub async fn tear_down(site: &Site, id: &ServiceId, unit: &Unit, slot: u32, work: &Work) -> bool {
    let mut forced = false;
    let known = site
        .world()
        .slot_mut(id, &unit.key, slot)
        .map(|slot| slot.clone());
    if let Some(known) = &known {
        known.watch.end().await;
    }
    let dir = site.slot_folder(id, &unit.key, slot);
    if let Some(instance) = Instance::find_settled(&dir).await {
        let grace = Duration::from_millis(unit.grace_ms);
        kill_point("agent.instance.stopping");
        match instance.stop(grace).await {
            Ok(killed) => {
                forced = killed;
                let how = if killed { " (killed after grace)" } else { "" };
                let which = format!(
                    "{} slot {slot} pid {}{how}",
                    unit.key, instance.state.program.pid
                );
                kill_point("agent.instance.stopped");
                site.effects
                    .note(&id.to_string(), &work.cause, "stopped", &which);
            }
            Err(e) => tracing::warn!("{id} {} slot {slot}: {e}", unit.key),
        }
    }
    if let Some(known) = known {
        site.ports.give_back(known.port);
    }
    if let Some(revision) = site.world().revision_mut(id, &unit.key) {
        revision.slots.remove(&slot);
    }
    if let Err(e) = super::files::remove_folder(&dir) {
        tracing::warn!("folder {} stays: {e}", dir.display());
    }
    kill_point("agent.instance.forgotten");
    forced
}
