//! What ships with a release.

use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire;
use tidegate_core::id::{Name, ReleaseId, TeamId};
use tidegate_core::refusal::Refusal;
use tidegate_core::scope::{self, Shipped};
use tidegate_core::stream::release::{Edit, ItemKind, Lock, NewItem, Release, Scope};

/// The scope of a release by `service@version`.
pub(crate) fn scope(look: &Look<'_>, key: &str) -> Result<wire::ReleaseScope, Problem> {
    let id: ReleaseId = key.parse()?;
    let state: Release = look.load("release", key)?;
    let (spec, origins) = (&look.in_force.spec, &look.in_force.origins);
    let said = &state.scope;
    let items = scope::shipped(&id, &state, (spec, origins), look.view())?;
    let tags = scope::tags(spec, &id, said);
    let teams = scope::teams(spec, &id, said);
    Ok(wire::ReleaseScope {
        release: key.to_owned(),
        digest: said.digest(state.artifact.as_ref()).to_string(),
        items: items.into_iter().map(item).collect(),
        excluded: excluded(said),
        tags: tags.iter().map(ToString::to_string).collect(),
        teams: teams.iter().map(ToString::to_string).collect(),
        lock: lock(&said.lock),
    })
}

fn item(item: Shipped) -> wire::ScopeItem {
    let drag = |drag: scope::Drag| wire::ScopeDrag {
        what: drag.what,
        team: drag.team.map(|team| team.to_string()),
    };
    wire::ScopeItem {
        key: item.key,
        kind: item.kind.as_str().to_owned(),
        name: item.name,
        owner: item.owner.map(|owner| owner.to_string()),
        complete: item.missing.is_none(),
        missing: item.missing,
        source: item.source,
        drags: item.drags.into_iter().map(drag).collect(),
    }
}

/// What stays out.
pub(crate) fn excluded(scope: &Scope) -> Vec<wire::ScopeExclusion> {
    let one = |(what, why): (&String, &tidegate_core::stream::release::scope::Excluded)| {
        wire::ScopeExclusion {
            what: what.clone(),
            reason: why.reason.clone(),
            by: why.by.clone(),
            at: why.at,
        }
    };
    scope.excluded.iter().map(one).collect()
}

fn lock(lock: &Lock) -> wire::ScopeLock {
    let told =
        |state: &str, by: &str, at, digest: &tidegate_core::digest::Digest| wire::ScopeLock {
            state: state.to_owned(),
            by: Some(by.to_owned()),
            at: Some(at),
            digest: Some(digest.to_string()),
            reason: None,
        };
    match lock {
        Lock::Open => wire::ScopeLock {
            state: "open".to_owned(),
            by: None,
            at: None,
            digest: None,
            reason: None,
        },
        Lock::Locked { digest, by, at, .. } => told("locked", by, *at, digest),
        Lock::Reopened {
            digest,
            by,
            reason,
            at,
        } => wire::ScopeLock {
            reason: Some(reason.clone()),
            ..told("reopened", by, *at, digest)
        },
    }
}

/// One change of a scope.
pub(crate) fn edit(edit: wire::ScopeEdit) -> Result<Edit, Problem> {
    Ok(match edit {
        wire::ScopeEdit::Add {
            name,
            kind,
            owner,
            missing,
            source,
        } => Edit::Add {
            item: NewItem {
                kind: kind.as_deref().map(kind_named).transpose()?,
                name,
                owner: owner.map(TeamId::new).transpose()?,
                missing,
                source,
            },
        },
        wire::ScopeEdit::Complete { item } => Edit::Complete { item },
        wire::ScopeEdit::Remove { item } => Edit::Remove { item },
        wire::ScopeEdit::Exclude { what } => Edit::Exclude { what },
        wire::ScopeEdit::Include { what } => Edit::Include { what },
        wire::ScopeEdit::Tag { tag } => Edit::Tag {
            tag: Name::new(tag)?,
        },
        wire::ScopeEdit::Untag { tag } => Edit::Untag {
            tag: Name::new(tag)?,
        },
    })
}

fn kind_named(text: &str) -> Result<ItemKind, Problem> {
    ItemKind::named(text).ok_or_else(|| {
        let kinds: Vec<&str> = ItemKind::ALL.iter().map(|kind| kind.as_str()).collect();
        Refusal::Invalid {
            because: format!("`{text}` is no kind of item"),
            help: format!("kinds: {}", kinds.join(", ")),
        }
        .into()
    })
}
