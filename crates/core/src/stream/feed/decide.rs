//! Whether a feed was read, went stale or is ended.

use super::{Command, Event, Facts, Feed, MOST, Phase, Reading};
use crate::actor::Role;
use crate::decider::{Ctx, Decider as _, Decision, Resting, Terminal, Wake};
use crate::people;
use crate::refusal::Refusal;
use crate::time::Millis;

/// Shortest and longest time that a calendar may be declared to count.
const SHORTEST: Millis = Millis::minutes(1);
const LONGEST: Millis = Millis(400 * 86_400_000);
/// Longest time between two looks at one that is fresh.
const BACKSTOP: Millis = Millis(30 * 86_400_000);

pub(super) fn decide(
    state: &Feed,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Decision<Event>, Refusal> {
    let events = match (&state.phase, command) {
        (phase, Command::Read { what }) => {
            if matches!(phase, Phase::Absent | Phase::Ended { .. })
                && super::all(cx.view).is_ok_and(|all| all.len() >= MOST)
            {
                return Err(Refusal::OverLimit {
                    what: "the number of feeds".to_owned(),
                    limit: MOST as u64,
                });
            }
            // One that was ended begins anew.
            let before = phase
                .facts()
                .filter(|_| !matches!(phase, Phase::Ended { .. }));
            let facts = Box::new(read(*what, before, cx)?);
            if let Some(before) = before.filter(|before| !same_terms(before, &facts)) {
                may_decide(before, "change what it stands for", cx)?;
            }
            vec![Event::Read { facts }]
        }
        (Phase::Absent, Command::End { .. }) => {
            return Err(Refusal::NotFound {
                what: "feed".to_owned(),
                name: cx.stream.key().to_owned(),
            });
        }
        (Phase::Fresh { facts } | Phase::Stale { facts, .. }, Command::End { because }) => {
            may_decide(facts, "end it", cx)?;
            let by = cx.actor.name.clone();
            vec![Event::Ended { by, because }]
        }
        (Phase::Fresh { facts }, Command::Wake) => match stale(facts, cx) {
            Some(fresh_for) => vec![Event::WentStale {
                read: facts.at,
                fresh_for,
            }],
            None => Vec::new(),
        },
        (_, Command::Wake) => Vec::new(),
        (phase, command) => {
            return Err(Refusal::NotNow {
                stream: cx.stream.to_string(),
                phase: phase.name().to_owned(),
                command: command.name().to_owned(),
            });
        }
    };
    let mut after = state.clone();
    events.iter().for_each(|event| after.evolve(cx.now, event));
    Ok(Decision {
        events,
        wake: wake(&after.phase, cx),
        then: Vec::new(),
        fires: Vec::new(),
    })
}

/// How long it counted, when that is over.
fn stale(facts: &Facts, cx: &Ctx<'_>) -> Option<Millis> {
    let fresh_for = facts.counts_for(cx.spec)?;
    (cx.now >= fresh_for.after(facts.at)).then_some(fresh_for)
}

fn wake(phase: &Phase, cx: &Ctx<'_>) -> Wake {
    match phase {
        Phase::Fresh { facts } => {
            // How long it counts may stand in the configuration.
            let backstop = BACKSTOP.after(cx.now);
            let stale = facts.stale_from(cx.spec);
            Wake::Next {
                at: stale.map_or(backstop, |at| at.min(backstop)),
                on: vec!["config".to_owned()],
                because: "what was read counts as no data then".to_owned(),
            }
        }
        Phase::Absent | Phase::Stale { .. } => Wake::Rest(Resting::new()),
        Phase::Ended { .. } => Wake::Never(Terminal::new()),
    }
}

fn read(what: Reading, before: Option<&Facts>, cx: &Ctx<'_>) -> Result<Facts, Refusal> {
    let vendor = what.vendor.as_ref().map(|name| {
        let vendor = cx.spec.vendors.get(name);
        vendor.ok_or_else(|| Refusal::NotFound {
            what: "vendor".to_owned(),
            name: name.to_string(),
        })
    });
    let vendor = vendor.transpose()?;
    if let Some(length) = what.fresh_for
        && !(SHORTEST..=LONGEST).contains(&length)
    {
        return Err(Refusal::Invalid {
            because: format!("a calendar cannot stay fresh for {length}"),
            help: "name a length from 1m to 400d, such as `2d`".to_owned(),
        });
    }
    let mut scope = what.scope;
    if let Some(vendor) = vendor
        && scope.services.is_empty()
        && scope.environments.is_empty()
    {
        scope.services.clone_from(&vendor.services);
    }
    let changed = before.filter(|facts| facts.text == what.text);
    Ok(Facts {
        calendar: what.calendar,
        kind: what.kind,
        effect: what.effect.unwrap_or_else(|| what.kind.effect()),
        scope,
        owner: what.owner.or_else(|| Some(vendor?.owner.clone())),
        vendor: what.vendor,
        fresh_for: what.fresh_for.or_else(|| before?.fresh_for),
        events: what.events,
        broken: what.broken,
        text: what.text,
        changed: changed.map_or(cx.now, |facts| facts.changed),
        by: cx.actor.name.clone(),
        at: cx.now,
    })
}

/// What it does, to what, for how long, and whose it is.
fn same_terms(was: &Facts, is: &Facts) -> bool {
    let terms = |f: &Facts| {
        (
            f.effect,
            f.scope.clone(),
            f.fresh_for,
            f.vendor.clone(),
            f.owner.clone(),
        )
    };
    terms(was) == terms(is)
}

/// The team that answers for it, whoever read it, and administrators: else whoever it holds back could silence it.
fn may_decide(facts: &Facts, what: &str, cx: &Ctx<'_>) -> Result<(), Refusal> {
    let (spec, view) = (cx.spec, cx.view);
    let person = people::behind(view, &cx.actor.name);
    let reader = people::behind(view, &facts.by);
    let owner = facts.owner.as_ref();
    let members = owner.map_or_else(Vec::new, |team| people::members(spec, view, team));
    if person == reader
        || members.contains(&person)
        || matches!(cx.actor.role, Role::Admin | Role::System)
    {
        return Ok(());
    }
    let others = members.iter().filter(|other| **other != reader);
    let who: Vec<&str> = others
        .map(String::as_str)
        .chain([reader.as_str()])
        .collect();
    Err(Refusal::OthersDecide {
        actor: cx.actor.name.clone(),
        action: format!("{what}: feed `{}`", cx.stream.key()),
        because: "who reads it and the team that answers for it do".to_owned(),
        who: who.join(", "),
    })
}
