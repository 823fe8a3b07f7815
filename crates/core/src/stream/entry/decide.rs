//! Whether an entry may be declared, moved, cancelled or consented to.

use super::{Command, Declared, Effect, Entry, Event, Facts, Kind, MOST, Phase, When};
use crate::actor::{Actor, Role};
use crate::calendar::Span;
use crate::calendar::schedule::horizon;
use crate::decider::{Ctx, Decision, Resting, Terminal, Wake};
use crate::digest::Digest;
use crate::gate::moment_in;
use crate::id::ReleaseId;
use crate::people::{self, behind};
use crate::refusal::Refusal;
use crate::replan;
use crate::spec::{Scope, Spec};
use crate::stream::release::Release;
use crate::time::Timestamp;

/// How far ahead it must happen, in days.
const AHEAD: u32 = 400;

pub(super) fn decide(
    state: &Entry,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Decision<Event>, Refusal> {
    let by = cx.actor.who().to_owned();
    let mut then = Vec::new();
    let events = match (&state.phase, command) {
        (
            Phase::Absent,
            Command::Declare {
                what,
                reason,
                accepting,
                despite_terms,
            },
        ) => {
            let mut facts = planned(*what, reason, (cx.actor.who(), cx.now), cx.spec)?;
            sound(&facts, cx)?;
            facts.breaches = terms(&facts, despite_terms, cx)?;
            then = agreed(&facts, accepting.as_ref(), cx)?;
            let facts = Box::new(facts);
            vec![Event::Declared { facts }]
        }
        (
            Phase::Declared { facts },
            Command::Move {
                to,
                title,
                sequence,
                because,
                accepting,
                despite_terms,
            },
        ) => {
            may_change(facts, cx)?;
            let mut moved = facts.at_another_time(to.clone());
            moved.title = title.clone().unwrap_or(moved.title);
            moved.at = cx.now;
            sound(&moved, cx)?;
            let breaches = terms(&moved, despite_terms, cx)?;
            then = agreed(&moved, accepting.as_ref(), cx)?;
            let from = facts.when.clone();
            let title = title.filter(|title| *title != facts.title);
            vec![Event::Moved {
                from,
                to,
                title,
                sequence,
                breaches,
                by,
                because,
            }]
        }
        (Phase::Declared { facts }, Command::Cancel { because }) => {
            may_change(facts, cx)?;
            vec![Event::Cancelled { by, because }]
        }
        (Phase::Declared { facts }, Command::Consent { release, because }) => {
            may_consent(facts, &release, cx)?;
            vec![Event::Consented {
                release,
                by,
                because,
            }]
        }
        (Phase::Declared { facts }, Command::Withdraw { release, because }) => {
            withdrawn(facts, release, by, because)?
        }
        (Phase::Declared { facts }, Command::Wake) => {
            let over = facts.when.end().is_some_and(|end| cx.now >= end);
            if over {
                vec![Event::Over {}]
            } else {
                Vec::new()
            }
        }
        (_, Command::Wake) => Vec::new(),
        (Phase::Absent, command) if !matches!(command, Command::Declare { .. }) => {
            return Err(Refusal::NotFound {
                what: "entry".to_owned(),
                name: cx.stream.key().to_owned(),
            });
        }
        (phase, command) => {
            return Err(Refusal::NotNow {
                stream: cx.stream.to_string(),
                phase: phase.name().to_owned(),
                command: command.name().to_owned(),
            });
        }
    };
    let wake = wake(state, &events, cx);
    let fires = Vec::new();
    Ok(Decision {
        events,
        wake,
        then,
        fires,
    })
}

fn wake(state: &Entry, events: &[Event], cx: &Ctx<'_>) -> Wake {
    use crate::decider::Decider as _;
    let mut after = state.clone();
    for event in events {
        after.evolve(cx.now, event);
    }
    match &after.phase {
        Phase::Declared { facts } => match facts.when.end() {
            Some(at) => Wake::Next {
                at,
                on: Vec::new(),
                because: "it is over then".to_owned(),
            },
            None => Wake::Rest(Resting::new()),
        },
        Phase::Absent => Wake::Rest(Resting::new()),
        Phase::Cancelled { .. } | Phase::Over { .. } => Wake::Never(Terminal::new()),
    }
}

/// What an entry would say: what is left out is filled in from its kind, its vendor and the company.
///
/// # Errors
/// A vendor that there is not.
pub fn planned(
    what: Declared,
    reason: String,
    (by, now): (&str, Timestamp),
    spec: &Spec,
) -> Result<Facts, Refusal> {
    let vendor = what.vendor.as_ref().map(|name| {
        let vendor = spec.vendors.get(name);
        vendor.ok_or_else(|| not_found("vendor", name.as_str()))
    });
    let vendor = vendor.transpose()?;
    let mut scope = what.scope;
    let mut owner = what.owner;
    if let Some(vendor) = vendor {
        if scope == Scope::default() {
            scope.services.clone_from(&vendor.services);
        }
        owner = owner.or_else(|| Some(vendor.owner.clone()));
    }
    let zone = what.zone.or_else(|| vendor?.zone.clone());
    Ok(Facts {
        kind: what.kind,
        title: what.title.trim().to_owned(),
        when: what.when,
        zone: zone.unwrap_or_else(|| spec.zone.clone()),
        scope,
        effect: what.effect.unwrap_or_else(|| what.kind.effect()),
        owner,
        lets: what.lets,
        vendor: what.vendor,
        breaches: Vec::new(),
        source: what.source,
        reason,
        by: by.to_owned(),
        at: now,
        moved: 0,
        consents: Vec::new(),
    })
}

/// Whether it makes sense: names that lead somewhere, a time that comes, somebody who can answer.
fn sound(facts: &Facts, cx: &Ctx<'_>) -> Result<(), Refusal> {
    if facts.title.is_empty() || facts.title.chars().count() > 200 {
        return Err(invalid(
            "the title is empty or longer than 200 characters",
            "say in a few words what happens",
        ));
    }
    names(facts, cx.spec)?;
    if super::declared(cx.view).is_ok_and(|all| all.len() >= MOST) {
        return Err(Refusal::OverLimit {
            what: "the number of entries on the calendar".to_owned(),
            limit: MOST as u64,
        });
    }
    if facts.effect == Effect::Asks && facts.deciders(cx.spec, cx.view).is_empty() {
        let who = facts.owner.as_ref();
        return Err(match who {
            None => invalid(
                "nobody could consent: it names no team",
                "name one with `--owner`",
            ),
            Some(team) => invalid(
                &format!("nobody could consent: team `{team}` has no members"),
                "write its `members` into the configuration, or choose another effect",
            ),
        });
    }
    match (facts.kind, &facts.vendor, &facts.owner) {
        (Kind::Vendor, None, _) => {
            return Err(invalid(
                "whose work is it? It names no vendor",
                "name one with `--vendor`; vendors stand in the configuration",
            ));
        }
        (Kind::Booking, _, owner) if owner.is_none() || facts.scope.environments.is_empty() => {
            return Err(invalid(
                "a booking names an environment and the team it is for",
                "name them with `--environment` and `--owner`",
            ));
        }
        _ => {}
    }
    comes(facts, cx)
}

fn names(facts: &Facts, spec: &Spec) -> Result<(), Refusal> {
    let scope = &facts.scope;
    let service = scope
        .services
        .iter()
        .find(|s| !spec.services.contains_key(*s));
    let env = scope
        .environments
        .iter()
        .find(|e| !spec.environments.contains_key(*e));
    let teams = scope.teams.iter().chain(&facts.owner);
    let team = teams.into_iter().find(|t| !spec.teams.contains_key(*t));
    match (service, env, team) {
        (Some(name), ..) => return Err(not_found("service", name.as_str())),
        (_, Some(name), _) => return Err(not_found("environment", name.as_str())),
        (.., Some(name)) => return Err(not_found("team", name.as_str())),
        _ => {}
    }
    let anywhere = spec
        .environments
        .keys()
        .any(|env| scope.has_environment(spec, env));
    let anything = spec.services.keys().any(|s| scope.has_service(spec, s));
    if anywhere && anything {
        return Ok(());
    }
    Err(invalid(
        &format!("it concerns nothing: {scope}"),
        "name services and environments that there are",
    ))
}

fn comes(facts: &Facts, cx: &Ctx<'_>) -> Result<(), Refusal> {
    if let When::Once { from, until } = &facts.when {
        if until <= from {
            return Err(invalid("it ends before it begins", "exchange the two ends"));
        }
        if *until <= cx.now {
            return Err(invalid(
                &format!(
                    "it is over already: it ends {}, and it is {}",
                    moment_in(*until, &facts.zone),
                    moment_in(cx.now, &facts.zone)
                ),
                "name an end that lies ahead",
            ));
        }
    }
    crate::time::zone(&facts.zone)
        .map_err(|because| invalid(&because, "name a zone of the IANA database"))?;
    let ahead = Span::new(cx.now, horizon(cx.now, AHEAD));
    let ahead = ahead.ok_or_else(|| invalid("the end of time", "see a clock"))?;
    let spans = match &facts.when {
        When::Once { .. } => return Ok(()),
        when @ When::Repeats { .. } => when.spans(cx.spec, &facts.zone, ahead),
    };
    let spans = spans.map_err(|error| {
        invalid(
            &format!("its time cannot be read: {error}"),
            "write for example `Sun 02:00-06:00`, or `every 2 weeks on Tue at 10:00 from 2026-12-01` with a length",
        )
    })?;
    if spans.is_empty() {
        return Err(invalid(
            &format!("it does not happen within {AHEAD} days"),
            "correct the phrase",
        ));
    }
    Ok(())
}

/// Terms of the vendor's contract that are broken; refused unless they are to be recorded.
fn terms(facts: &Facts, despite: bool, cx: &Ctx<'_>) -> Result<Vec<String>, Refusal> {
    let Some(name) = &facts.vendor else {
        return Ok(Vec::new());
    };
    let found = breaches(facts, cx);
    let found = found.map_err(|error| {
        invalid(
            &format!("the terms of {name} cannot be read: {error}"),
            "correct the configuration",
        )
    })?;
    if found.is_empty() || despite {
        return Ok(found);
    }
    let because = format!("{name} may not work then: {}", found.join("; "));
    let help = "ask for another time; to record it as a breach all the same, add `--despite-terms`";
    Err(invalid(&because, help))
}

fn breaches(facts: &Facts, cx: &Ctx<'_>) -> Result<Vec<String>, crate::spec::Unreadable> {
    let found = facts.vendor.as_ref();
    let Some((name, vendor)) = found.and_then(|name| cx.spec.vendors.get_key_value(name)) else {
        return Ok(Vec::new());
    };
    let setting = cx
        .spec
        .setting(vendor.zone.as_deref().unwrap_or(&cx.spec.zone))?;
    let zone = &setting.zone;
    let from = match &facts.when {
        When::Once { from, .. } => *from,
        When::Repeats { .. } => cx.now,
    };
    let Some(time) = Span::new(from, horizon(from.max(cx.now), AHEAD)) else {
        return Ok(Vec::new());
    };
    let spans = facts.when.spans(cx.spec, &facts.zone, time)?;
    let Some(first) = spans.spans().first() else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    let outside = spans.subtraction(&vendor.hours(&setting, time)?);
    if let Some(stretch) = outside.spans().first() {
        let place = cx.origins.of(&format!("vendors.{name}.maintenance"));
        found.push(format!(
            "{} - {} lies outside its hours ({}, {zone}; {place})",
            zone.civil(stretch.start()).strftime("%a %-d %b %Y %H:%M"),
            zone.civil(stretch.end()).strftime("%a %-d %b %H:%M"),
            vendor.maintenance.join(" and "),
        ));
    }
    if let Some(late) = vendor.late_from(&setting, first.start())?
        && facts.at >= late
    {
        let place = cx.origins.of(&format!("vendors.{name}.notice"));
        found.push(format!(
            "announced {} for {}, with less than {} of notice ({place})",
            zone.civil(facts.at).strftime("%a %-d %b %Y %H:%M"),
            zone.civil(first.start()).strftime("%a %-d %b %Y %H:%M"),
            vendor.notice.as_deref().unwrap_or_default(),
        ));
    }
    Ok(found)
}

/// Planned work that it hits goes only when that very proposal was accepted. What must be given up is, in the same transaction.
fn agreed(
    facts: &Facts,
    accepting: Option<&Digest>,
    cx: &Ctx<'_>,
) -> Result<Vec<crate::command::Command>, Refusal> {
    let id = crate::id::Name::new(cx.stream.key())?;
    let proposal = replan::propose(&id, facts, &replan::Ground::of(cx));
    let proposal = proposal.map_err(|because| invalid(&because, "`tidegate doctor` says more"))?;
    match accepting {
        Some(digest) if *digest != proposal.digest => Err(Refusal::Outdated {
            what: "the proposal".to_owned(),
        }),
        None if proposal.hits() > 0 => Err(invalid(
            &format!("it hits planned work: {}", proposal.summary()),
            "look at the proposal (`--dry-run`), then say `--accept`",
        )),
        _ => Ok(proposal.follow_ups(&facts.title)),
    }
}

/// Who declared it, its team and administrators: else whoever it holds back could take it away.
fn may_change(facts: &Facts, cx: &Ctx<'_>) -> Result<(), Refusal> {
    let Actor { name, role, .. } = cx.actor;
    let deciders = facts.deciders(cx.spec, cx.view);
    let (person, declarer) = (behind(cx.view, cx.actor.who()), behind(cx.view, &facts.by));
    let may = person == declarer
        || deciders.contains(&person)
        || matches!(role, Role::Admin | Role::System);
    if may {
        return Ok(());
    }
    let others = deciders.iter().filter(|other| **other != declarer);
    let who: Vec<&str> = others
        .map(String::as_str)
        .chain([declarer.as_str()])
        .collect();
    Err(Refusal::OthersDecide {
        actor: name.clone(),
        action: format!("change `{}`", cx.stream.key()),
        because: "who declared it and the team that answers for it do".to_owned(),
        who: who.join(", "),
    })
}

/// Members of the owning team consent, and never to what they asked for themselves.
fn may_consent(facts: &Facts, release: &ReleaseId, cx: &Ctx<'_>) -> Result<(), Refusal> {
    if facts.effect != Effect::Asks {
        let because = format!("it {} and asks for no consent", facts.effect.as_str());
        return Err(invalid(&because, "cancel or move it to let work go"));
    }
    let name = &cx.actor.name;
    let deciders = facts.deciders(cx.spec, cx.view);
    let person = people::deciding(cx.view, cx.actor).map_err(|because| Refusal::OthersDecide {
        actor: name.clone(),
        action: format!("consent to {release}"),
        because,
        who: deciders.join(", "),
    })?;
    if !deciders.contains(&person) {
        let owner = facts.owner.as_ref().map_or("", |team| team.as_str());
        return Err(Refusal::OthersDecide {
            actor: name.to_owned(),
            action: format!("consent to {release}"),
            because: format!("only members of {owner} consent"),
            who: format!("{owner} ({})", deciders.join(", ")),
        });
    }
    let state: Release = cx.view.load(&release.to_string())?;
    if state == Release::default() {
        return Err(not_found("release", &release.to_string()));
    }
    let requesters = replan::requesters(release, cx.spec, cx.view);
    if requesters.contains(&person) {
        let others = deciders.iter().filter(|other| !requesters.contains(*other));
        return Err(Refusal::OthersDecide {
            actor: name.to_owned(),
            action: format!("consent to {release}"),
            because: "nobody consents to what they asked for themselves".to_owned(),
            who: others.map(String::as_str).collect::<Vec<_>>().join(", "),
        });
    }
    Ok(())
}

fn withdrawn(
    facts: &Facts,
    release: ReleaseId,
    by: String,
    because: String,
) -> Result<Vec<Event>, Refusal> {
    if !facts.consents.iter().any(|c| c.release == release) {
        return Err(not_found("consent to", &release.to_string()));
    }
    Ok(vec![Event::Withdrawn {
        release,
        by,
        because,
    }])
}

fn invalid(because: &str, help: &str) -> Refusal {
    Refusal::Invalid {
        because: because.to_owned(),
        help: help.to_owned(),
    }
}

fn not_found(what: &str, name: &str) -> Refusal {
    Refusal::NotFound {
        what: what.to_owned(),
        name: name.to_owned(),
    }
}
