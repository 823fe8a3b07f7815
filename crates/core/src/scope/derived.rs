//! What ships without anybody saying so: the artifact, the values that differ, and changes of a database.

use super::{Drag, Shipped, of_service};
use crate::change::{Carried, between};
use crate::id::{EnvId, ReleaseId, ServiceId, TeamId};
use crate::plan::Revision;
use crate::refusal::Refusal;
use crate::spec::{Origins, Spec, Tier};
use crate::stream::artifact::Artifact;
use crate::stream::release::ItemKind;
use crate::view::View;
use std::collections::BTreeSet;

/// What the ledger knows to ship with a release, counted from what runs in the first environment of tier production.
///
/// # Errors
/// A stored state that cannot be read.
pub fn derived(
    id: &ReleaseId,
    (spec, origins): (&Spec, &Origins),
    view: &dyn View,
) -> Result<Vec<Shipped>, Refusal> {
    let owner = spec.services.get(&id.service).map(|s| s.owner.clone());
    let production: Vec<&EnvId> = spec
        .path_of(&id.service)
        .iter()
        .filter(|env| {
            spec.environments
                .get(*env)
                .is_some_and(|e| e.tier == Tier::Production)
        })
        .collect();
    let runs = production.first().and_then(|env| {
        let lane = view.lane(env, &id.service);
        lane.running.map(|running| running.revision.release)
    });
    let carried = between(view, runs.as_ref(), id)?;
    let mut all = vec![application(
        id,
        &carried,
        owner.as_ref(),
        of_service(spec, &id.service),
    )];
    let (_, artifact) = view.shared::<Artifact>(&id.to_string())?;
    for env in production {
        all.extend(configuration(id, env, &artifact, (spec, origins), view));
    }
    all.extend(database(id, &carried, owner.as_ref()));
    Ok(all)
}

fn application(
    id: &ReleaseId,
    carried: &Carried,
    owner: Option<&TeamId>,
    drags: Vec<Drag>,
) -> Shipped {
    let bits = carried.versions.get(id);
    let mut name = id.to_string();
    if let Some(commits) = carried.commits() {
        name += &format!(" ({commits} commits)");
    }
    Shipped {
        key: None,
        kind: ItemKind::Application,
        name,
        owner: owner.cloned(),
        missing: bits
            .is_none()
            .then(|| "its artifact is not registered".to_owned()),
        source: bits.and_then(|b| b.commit.clone()),
        drags,
    }
}

/// Values that would differ from those that run; nothing where nothing runs yet.
fn configuration(
    id: &ReleaseId,
    env: &EnvId,
    artifact: &Artifact,
    (spec, origins): (&Spec, &Origins),
    view: &dyn View,
) -> Option<Shipped> {
    let resolved = spec.resolve(&id.service, env).ok()?;
    let to = Revision::of(id, artifact, &resolved)?;
    let from = view.lane(env, &id.service).running?.revision;
    let names: BTreeSet<&String> = from.values.keys().chain(to.values.keys()).collect();
    let mut differ: Vec<String> = names
        .into_iter()
        .filter(|name| from.values.get(*name) != to.values.get(*name))
        .cloned()
        .collect();
    let source = differ
        .first()
        .map(|name| place(origins, &id.service, env, name));
    if from.instances != to.instances {
        differ.push(format!(
            "{} instances instead of {}",
            to.instances, from.instances
        ));
    }
    if from.command != to.command || from.prepare != to.prepare {
        differ.push("the command".to_owned());
    }
    (!differ.is_empty()).then(|| Shipped {
        key: None,
        kind: ItemKind::Configuration,
        name: format!("{env}: {}", differ.join(", ")),
        owner: Some(resolved.service.owner.clone()),
        missing: None,
        source,
        drags: Vec::new(),
    })
}

/// Where a value was written, the strongest place first.
fn place(origins: &Origins, service: &ServiceId, env: &EnvId, name: &str) -> String {
    let paths = [
        format!("services.{service}.environments.{env}.values.{name}"),
        format!("services.{service}.values.{name}"),
        format!("environments.{env}.values.{name}"),
    ];
    let written = paths.iter().find_map(|path| origins.0.get(path));
    written.map_or_else(
        || origins.of(&format!("services.{service}")).to_string(),
        ToString::to_string,
    )
}

/// A change of a database, or that nobody said whether there is one.
fn database(id: &ReleaseId, carried: &Carried, owner: Option<&TeamId>) -> Option<Shipped> {
    let missing = match carried.migrates() {
        Some(false) => return None,
        Some(true) => None,
        None => Some(
            "nobody said whether a database changes: register the artifact with `--migrates`"
                .to_owned(),
        ),
    };
    Some(Shipped {
        key: None,
        kind: ItemKind::Database,
        name: format!("migrations of {id}"),
        owner: owner.cloned(),
        missing,
        source: carried.versions.get(id).and_then(|b| b.commit.clone()),
        drags: Vec::new(),
    })
}
