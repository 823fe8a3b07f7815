//! Who changes the scope of a release, and when not any more.

use super::scope::{Item, ItemKind, Lock, key};
use super::{Command, Edit, Event, NewItem, Phase, Release};
use crate::decider::{Ctx, Decider as _};
use crate::id::{ReleaseId, TeamId};
use crate::people;
use crate::refusal::Refusal;
use crate::scope;
use std::collections::BTreeSet;

/// Most items, exclusions and tags of a release.
const MOST: usize = 200;

/// Said of an item that nobody called complete.
const NOT_SAID: &str = "nobody said that it is complete";

pub(super) fn decide(
    state: &Release,
    id: &ReleaseId,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Vec<Event>, Refusal> {
    if let Phase::Released { .. } = state.phase {
        return Err(Refusal::Invalid {
            because: format!("{id} has arrived everywhere: its scope is what shipped"),
            help: "make a new version for what comes next".to_owned(),
        });
    }
    match command {
        Command::Scope { edits, reason } => edit(state, id, edits, &reason, cx),
        Command::Lock { reason } => lock(state, id, reason, cx),
        Command::Unlock { reason } => unlock(state, id, reason, cx),
        _ => Ok(Vec::new()),
    }
}

fn invalid(because: String, help: impl Into<String>) -> Refusal {
    Refusal::Invalid {
        because,
        help: help.into(),
    }
}

fn edit(
    state: &Release,
    id: &ReleaseId,
    edits: Vec<Edit>,
    reason: &str,
    cx: &Ctx<'_>,
) -> Result<Vec<Event>, Refusal> {
    let mut after = state.clone();
    let mut events = Vec::new();
    for edit in edits {
        still_open(&after, id, &edit)?;
        if let Some(event) = one(&after, id, edit, reason, cx)? {
            after.evolve(cx.now, &event);
            events.push(event);
        }
        let scope = &after.scope;
        if scope.items.len() + scope.excluded.len() + scope.tags.len() > MOST {
            return Err(Refusal::OverLimit {
                what: format!("the scope of {id}"),
                limit: MOST as u64,
            });
        }
    }
    Ok(events)
}

/// After the lock only its completeness changes.
fn still_open(state: &Release, id: &ReleaseId, edit: &Edit) -> Result<(), Refusal> {
    let Lock::Locked { by, digest, .. } = &state.scope.lock else {
        return Ok(());
    };
    if matches!(edit, Edit::Complete { .. }) {
        return Ok(());
    }
    Err(Refusal::Locked {
        because: format!(
            "the scope of {id} was locked by {by} as {}",
            digest.short(8)
        ),
        help: format!(
            "`tidegate release scope {id} --unlock --reason …` by somebody else lets it change; every yes is void when it does"
        ),
    })
}

fn one(
    state: &Release,
    id: &ReleaseId,
    edit: Edit,
    reason: &str,
    cx: &Ctx<'_>,
) -> Result<Option<Event>, Refusal> {
    let scope = &state.scope;
    let (by, reason) = (cx.actor.who().to_owned(), reason.to_owned());
    Ok(match edit {
        Edit::Add { item } => add(state, id, item, by, reason, cx)?,
        Edit::Complete { item } => {
            let key = found(state, id, &item)?;
            let open = scope.items.get(&key).is_some_and(|i| i.missing.is_some());
            open.then_some(Event::ItemCompleted {
                item: key,
                by,
                reason,
            })
        }
        Edit::Remove { item } => Some(Event::ItemRemoved {
            item: found(state, id, &item)?,
            by,
            reason,
        }),
        Edit::Exclude { what } => {
            let what = text("what stays out", &what)?;
            if let Ok(key) = found(state, id, &what) {
                return Err(invalid(
                    format!("{key} is in the scope of {id}"),
                    format!("take it out first: `--remove \"{key}\"`"),
                ));
            }
            let same = scope
                .excluded
                .get(&what)
                .is_some_and(|e| e.reason == reason);
            (!same).then_some(Event::Excluded { what, by, reason })
        }
        Edit::Include { what } => {
            if !scope.excluded.contains_key(&what) {
                let all: Vec<&str> = scope.excluded.keys().map(String::as_str).collect();
                return Err(invalid(
                    format!("`{what}` does not stay out of {id}"),
                    listed("what stays out", &all),
                ));
            }
            Some(Event::Included { what, by, reason })
        }
        Edit::Tag { tag } => {
            (!scope.tags.contains(&tag)).then_some(Event::Tagged { tag, by, reason })
        }
        Edit::Untag { tag } => {
            if !scope.tags.contains(&tag) {
                let all: Vec<&str> = scope.tags.iter().map(crate::id::Name::as_str).collect();
                return Err(invalid(
                    format!("{id} itself has no tag `{tag}`"),
                    listed("its own tags", &all),
                ));
            }
            Some(Event::Untagged { tag, by, reason })
        }
    })
}

fn listed(what: &str, all: &[&str]) -> String {
    match all {
        [] => format!("there is nothing under {what}"),
        all => format!("{what}: {}", all.join(", ")),
    }
}

fn text(what: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= 200 && !text.contains(char::is_control);
    fits.then(|| text.to_owned()).ok_or_else(|| {
        invalid(
            format!("{what} is no line of text"),
            "write 1 to 200 characters on one line",
        )
    })
}

/// An item by its key, or by its name alone where only one has it.
fn found(state: &Release, id: &ReleaseId, named: &str) -> Result<String, Refusal> {
    let items = &state.scope.items;
    if items.contains_key(named) {
        return Ok(named.to_owned());
    }
    let mut same = items.iter().filter(|(_, item)| item.name == named);
    match (same.next(), same.next()) {
        (Some((key, _)), None) => Ok(key.clone()),
        _ => {
            let all: Vec<&str> = items.keys().map(String::as_str).collect();
            Err(invalid(
                format!("no single item of {id} is `{named}`"),
                listed("what people added", &all),
            ))
        }
    }
}

fn add(
    state: &Release,
    id: &ReleaseId,
    new: NewItem,
    by: String,
    reason: String,
    cx: &Ctx<'_>,
) -> Result<Option<Event>, Refusal> {
    let name = text("the name of an item", &new.name)?;
    let guess = scope::guess(cx.spec, &name);
    let Some(kind) = new.kind.or(guess.as_ref().map(|(kind, _)| *kind)) else {
        let kinds: Vec<&str> = ItemKind::ALL.iter().map(|k| k.as_str()).collect();
        return Err(invalid(
            format!("what kind of item is `{name}`?"),
            format!("write `KIND:{name}`, with one of {}", kinds.join(", ")),
        ));
    };
    if name == id.service.as_str() || name == id.to_string() {
        return Err(invalid(
            format!("{id} is its own release and ships anyway"),
            "add what ships beside it",
        ));
    }
    let before = state.scope.items.get(&key(kind, &name));
    let known = guess.and_then(|(of, owner)| owner.filter(|_| of == kind));
    let owner = new
        .owner
        .or_else(|| before.and_then(|b| b.owner.clone()))
        .or(known);
    if let Some(owner) = &owner {
        team(owner, cx)?;
    }
    let missing = match (new.missing, before) {
        (Some(missing), _) => Some(text("what is missing", &missing)?),
        (None, Some(before)) => before.missing.clone(),
        (None, None) => Some(NOT_SAID.to_owned()),
    };
    let source = match (new.source, before) {
        (Some(source), _) => Some(text("where it comes from", &source)?),
        (None, before) => before.and_then(|b| b.source.clone()),
    };
    let same =
        before.is_some_and(|b| (&b.owner, &b.missing, &b.source) == (&owner, &missing, &source));
    Ok((!same).then_some(Event::ItemAdded {
        item: Item {
            kind,
            name,
            owner,
            missing,
            source,
            by,
            at: cx.now,
        },
        reason,
    }))
}

fn team(owner: &TeamId, cx: &Ctx<'_>) -> Result<(), Refusal> {
    let teams = &cx.spec.teams;
    if teams.is_empty() || teams.contains_key(owner) {
        return Ok(());
    }
    let all: Vec<&str> = teams.keys().map(TeamId::as_str).collect();
    Err(invalid(
        format!("there is no team `{owner}`"),
        format!("teams: {}", all.join(", ")),
    ))
}

fn lock(
    state: &Release,
    id: &ReleaseId,
    reason: String,
    cx: &Ctx<'_>,
) -> Result<Vec<Event>, Refusal> {
    if state.scope.lock.is_locked() {
        return Ok(Vec::new());
    }
    let teams = scope::teams(cx.spec, id, &state.scope);
    let without: Vec<String> = scope::ownerless(&state.scope).map(Item::key).collect();
    if teams.len() > 1 && !without.is_empty() {
        let teams: Vec<&str> = teams.iter().map(TeamId::as_str).collect();
        return Err(invalid(
            format!(
                "{id} is the work of several teams ({}), and nobody owns {}",
                teams.join(", "),
                without.join(", ")
            ),
            format!(
                "`tidegate release scope {id} --add \"{}\" --owner TEAM --reason …`",
                without.first().map_or("", String::as_str)
            ),
        ));
    }
    let asking = people::asking(cx.view, cx.actor).pop();
    let account = asking.unwrap_or_else(|| cx.actor.name.clone());
    Ok(vec![Event::ScopeLocked {
        digest: state.scope.digest(state.artifact.as_ref()),
        lines: state.scope.lines(),
        by: cx.actor.who().to_owned(),
        person: people::behind(cx.view, &account),
        reason,
    }])
}

/// Another person than the one who locked it; of the teams whose work it is, where anybody is known to belong to them.
fn unlock(
    state: &Release,
    id: &ReleaseId,
    reason: String,
    cx: &Ctx<'_>,
) -> Result<Vec<Event>, Refusal> {
    let Lock::Locked { digest, person, .. } = &state.scope.lock else {
        return Err(invalid(
            format!("the scope of {id} is not locked"),
            "change it as it is",
        ));
    };
    let refused = |because: String, who: String| Refusal::OthersDecide {
        actor: cx.actor.name.clone(),
        action: format!("open the scope of {id} again"),
        because,
        who,
    };
    let by = people::deciding(cx.view, cx.actor)
        .map_err(|because| refused(because, people::SIGNED_IN.to_owned()))?;
    let teams = scope::teams(cx.spec, id, &state.scope);
    let mut may: BTreeSet<String> = teams
        .iter()
        .flat_map(|team| people::members(cx.spec, cx.view, team))
        .collect();
    may.remove(person);
    let who: Vec<&str> = may.iter().map(String::as_str).collect();
    let who = match who.as_slice() {
        [] => "somebody else who may decide".to_owned(),
        who => who.join(", "),
    };
    if by == *person {
        return Err(refused(format!("{by} locked it"), who));
    }
    if !may.is_empty() && !may.contains(&by) {
        let teams: Vec<&str> = teams.iter().map(TeamId::as_str).collect();
        return Err(refused(
            format!("it is the work of {}", teams.join(", ")),
            who,
        ));
    }
    Ok(vec![Event::ScopeUnlocked {
        digest: digest.clone(),
        by,
        reason,
    }])
}
