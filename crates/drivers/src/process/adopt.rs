//! Finding again what a former agent of this target left running, without starting anything twice.

use super::{
    effects::Cause,
    error::Error,
    files,
    instance::Instance,
    shim::{Spec, file},
    site::Site,
    start, supervise, table,
    world::{Condition, RECORD, Record, Revision, Slot, Watch},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::task::JoinSet;

/// An adopted instance has lived for long; its age does not make it unhealthy.
const OLD: Duration = Duration::from_secs(3600);

/// Fills the world from the folders below the root and watches what is found. Returns how many instances run.
///
/// # Errors
/// [`Error::Broken`] when a record cannot be read: what runs would otherwise be forgotten.
pub async fn adopt(site: &Arc<Site>) -> Result<usize, Error> {
    if let Err(e) = site.link.keep().await {
        tracing::warn!("the router cannot be asked for its table, the one on record is taken: {e}");
    }
    let routes = site.link.table().await.routes;
    site.world().weights = table::weights(&routes);
    let draining = table::draining(&routes);
    let mut checks = JoinSet::new();
    let mut running = 0;
    for folder in revision_folders(&site.options.root)? {
        let record: Option<Record> = files::read_json(&folder.join(RECORD))
            .map_err(|e| Error::io("reading a revision record", &e))?;
        let Some(record) = record else { continue };
        let slots = slots(site, &folder, &record, &draining).await?;
        running += slots
            .values()
            .filter(|slot| slot.condition != Condition::Restarting)
            .count();
        let Record {
            id,
            unit,
            wanted,
            exits,
            crash_loop,
        } = record.clone();
        let (unit, key) = (Arc::new(unit), record.unit.key.clone());
        let revision = Revision {
            unit,
            wanted,
            exits,
            crash_loop,
            slots: slots.clone(),
        };
        site.world()
            .services
            .entry(id)
            .or_default()
            .insert(key, revision);
        for (n, slot) in slots {
            note_found(site, &record, n, &slot);
            checks.spawn(first_look(Arc::clone(site), record.clone(), n, slot));
        }
    }
    checks.join_all().await;
    Ok(running)
}

/// Folders `run/<environment>/<service>/<key>`.
fn revision_folders(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut level = vec![root.join("run")];
    for _ in 0..3 {
        let mut next = Vec::new();
        for folder in level {
            next.extend(subfolders(&folder)?);
        }
        level = next;
    }
    Ok(level)
}

fn subfolders(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let io = |e: std::io::Error| Error::io("reading the instance folders", &e);
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(io)?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(io)?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    Ok(found)
}

async fn slots(
    site: &Site,
    folder: &Path,
    record: &Record,
    draining: &BTreeSet<(String, String)>,
) -> Result<BTreeMap<u32, Slot>, Error> {
    let in_table = |n| {
        (
            record.id.to_string(),
            table::backend_id(&record.id, &record.unit.key, n),
        )
    };
    let mut slots = BTreeMap::new();
    for dir in subfolders(folder)? {
        let Some(n) = dir
            .file_name()
            .and_then(|name| name.to_str()?.parse::<u32>().ok())
        else {
            continue;
        };
        let alive = Instance::find_settled(&dir)
            .await
            .is_some_and(|instance| instance.is_alive());
        let spec = files::read_json::<Spec>(&dir.join(file::SPEC))
            .ok()
            .flatten();
        let condition = match (alive, n < record.wanted) {
            (true, true) => Condition::Unhealthy("not looked at yet".to_owned()),
            // In the middle of being stopped or started: the action that did it is leased again.
            (true, false) if draining.contains(&in_table(n)) => Condition::Draining,
            (true, false) => Condition::Starting,
            (false, true) if record.crash_loop.is_some() => Condition::GivenUp,
            (false, true) => Condition::Restarting,
            (false, false) => {
                files::remove_folder(&dir)
                    .map_err(|e| Error::io("removing an ended instance", &e))?;
                continue;
            }
        };
        let Some(port) = spec
            .and_then(|spec| spec.port)
            .or_else(|| site.ports.take())
        else {
            continue;
        };
        site.ports.note(port);
        slots.insert(
            n,
            Slot {
                port,
                condition,
                watch: Watch::default(),
            },
        );
    }
    Ok(slots)
}

/// The former agent may have died between a start and its line in the file of effects; this line names the process again.
fn note_found(site: &Site, record: &Record, n: u32, slot: &Slot) {
    let dir = site.slot_folder(&record.id, &record.unit.key, n);
    if let Some(instance) = Instance::find(&dir).filter(Instance::is_alive) {
        let (key, pid) = (&record.unit.key, instance.state.program.pid);
        let which = format!("{key} slot {n} pid {pid} port {}", slot.port);
        site.effects.note(
            &record.id.to_string(),
            &Cause::supervision(),
            "found",
            &which,
        );
    }
}

/// Checks an adopted instance once, so that the first observation is true, and watches it.
async fn first_look(site: Arc<Site>, record: Record, n: u32, slot: Slot) {
    let (id, unit) = (&record.id, &record.unit);
    match slot.condition {
        Condition::Unhealthy(_) => {
            let condition = match start::check(&site, unit).look(slot.port, OLD).await {
                Ok(()) => Condition::Healthy,
                Err(why) => Condition::Unhealthy(why),
            };
            if let Some(slot) = site.world().slot_mut(id, &unit.key, n) {
                slot.condition = condition;
            }
            supervise::watch(&site, id, &unit.key, n);
        }
        Condition::Restarting => supervise::watch(&site, id, &unit.key, n),
        _ => {}
    }
}
