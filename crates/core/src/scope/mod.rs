//! What ships with a release, whole: what people said and what the ledger knows by itself, with who answers for it and what it
//! drags along.
//!
//! Worked out anew each time; the stream `release` keeps only what people said. Nothing is decided here.

mod derived;

pub use derived::derived;

use crate::id::{Name, ReleaseId, ServiceId, TeamId};
use crate::refusal::Refusal;
use crate::risk::Told;
use crate::spec::{Origins, Spec};
use crate::stream::release::{Item, ItemKind, Release, Scope};
use crate::view::View;
use std::collections::BTreeSet;

/// Something that ships.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipped {
    /// Key of what people added; absent for what the ledger knows by itself.
    pub key: Option<String>,
    /// Kind.
    pub kind: ItemKind,
    /// Name.
    pub name: String,
    /// Team that answers for it.
    pub owner: Option<TeamId>,
    /// What it is not complete without; complete when absent.
    pub missing: Option<String>,
    /// Commit, ticket or file it comes from.
    pub source: Option<String>,
    /// What it drags along.
    pub drags: Vec<Drag>,
}

/// What an item drags along, and whom to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drag {
    /// What: `ledger ^5`.
    pub what: String,
    /// Team to ask, where the configuration says.
    pub team: Option<TeamId>,
}

/// Everything that ships, what the ledger knows first.
///
/// # Errors
/// A stored state that cannot be read.
pub fn shipped(
    id: &ReleaseId,
    release: &Release,
    (spec, origins): (&Spec, &Origins),
    view: &dyn View,
) -> Result<Vec<Shipped>, Refusal> {
    let mut all = derived(id, (spec, origins), view)?;
    let alone = sole(spec, id, &release.scope);
    let said = release.scope.items.iter().map(|(key, item)| Shipped {
        key: Some(key.clone()),
        kind: item.kind,
        name: item.name.clone(),
        owner: item.owner.clone().or_else(|| alone.clone()),
        missing: item.missing.clone(),
        source: item.source.clone(),
        drags: drags(spec, item.kind, &item.name),
    });
    all.extend(said);
    Ok(all)
}

/// What an item of a kind drags along, by its name: the needs of a service and the third parties it depends on.
fn drags(spec: &Spec, kind: ItemKind, name: &str) -> Vec<Drag> {
    let service = ServiceId::new(name).ok();
    let service = service.filter(|_| kind == ItemKind::Application);
    service.map_or_else(Vec::new, |service| of_service(spec, &service))
}

fn of_service(spec: &Spec, service: &ServiceId) -> Vec<Drag> {
    let Some(found) = spec.services.get(service) else {
        return Vec::new();
    };
    let needs = found.needs.iter().map(|(needed, need)| Drag {
        what: format!("{needed} {}", need.0),
        team: spec.services.get(needed).map(|s| s.owner.clone()),
    });
    let vendors = spec
        .vendors
        .iter()
        .filter(|(_, vendor)| vendor.services.contains(service))
        .map(|(name, vendor)| Drag {
            what: format!("{name} (third party)"),
            team: Some(vendor.owner.clone()),
        });
    needs.chain(vendors).collect()
}

/// Kind and owner of something by its name alone: a service, a third party, or a file with statements for a database.
#[must_use]
pub fn guess(spec: &Spec, name: &str) -> Option<(ItemKind, Option<TeamId>)> {
    let service = name.split('@').next().unwrap_or(name);
    let service = ServiceId::new(service).ok();
    if let Some(found) = service.and_then(|s| spec.services.get(&s)) {
        return Some((ItemKind::Application, Some(found.owner.clone())));
    }
    let vendor = name.parse::<Name>().ok();
    if let Some(found) = vendor.and_then(|v| spec.vendors.get(&v)) {
        return Some((ItemKind::ThirdParty, Some(found.owner.clone())));
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    (ending == Some("sql")).then_some((ItemKind::Database, None))
}

/// The teams whose work it is: of the service, of its items, and of what travels with the same train.
#[must_use]
pub fn teams(spec: &Spec, id: &ReleaseId, scope: &Scope) -> BTreeSet<TeamId> {
    let owner = |service: &ServiceId| spec.services.get(service).map(|s| s.owner.clone());
    let carried = spec.train_of(&id.service).map(|(_, train)| &train.carries);
    let all = carried.into_iter().flatten().filter_map(owner);
    let items = scope.items.values().filter_map(|item| item.owner.clone());
    owner(&id.service)
        .into_iter()
        .chain(items)
        .chain(all)
        .collect()
}

/// The team that answers for everything, where it is the work of one.
fn sole(spec: &Spec, id: &ReleaseId, scope: &Scope) -> Option<TeamId> {
    let mut teams = teams(spec, id, scope).into_iter();
    teams.next().filter(|_| teams.next().is_none())
}

/// Items that nobody owns.
pub fn ownerless(scope: &Scope) -> impl Iterator<Item = &Item> {
    scope.items.values().filter(|item| item.owner.is_none())
}

/// Regulatory tags of a release: its own and those of its service.
#[must_use]
pub fn tags(spec: &Spec, id: &ReleaseId, scope: &Scope) -> BTreeSet<Name> {
    let service = spec.services.get(&id.service);
    let of_service = service.into_iter().flat_map(|s| s.tags.iter());
    of_service.chain(&scope.tags).cloned().collect()
}

/// What conditions may ask of the scope of a release; a state that cannot be read says nothing.
#[must_use]
pub fn told(id: &ReleaseId, spec: &Spec, view: &dyn View) -> Told {
    let Ok((_, release)) = view.shared::<Release>(&id.to_string()) else {
        return Told::default();
    };
    let tags = tags(spec, id, &release.scope);
    let all = shipped(id, &release, (spec, &Origins::default()), view).ok();
    let kinds = all.as_ref().map(|all| {
        let kinds: BTreeSet<&str> = all.iter().map(|item| item.kind.as_str()).collect();
        kinds.into_iter().map(str::to_owned).collect()
    });
    let open = all.map(|all| all.iter().filter(|item| item.missing.is_some()).count());
    Told {
        tags: Some(tags.iter().map(ToString::to_string).collect()),
        is_locked: Some(release.scope.lock.is_locked()),
        kinds,
        open: open.and_then(|n| u32::try_from(n).ok()),
        ..Told::default()
    }
}
