//! Who may lend what to whom, and for how long.
//!
//! A lender belongs to the team itself: what was lent to somebody is not lent on. Both are persons, and two of them.

use super::{Command, Delegation, DelegationId, Event, Facts, Phase};
use crate::actor::Role;
use crate::decider::{Ctx, Decider, Decision, Resting, Terminal, Wake};
use crate::id::TeamId;
use crate::model::person::{self, lent};
use crate::people;
use crate::refusal::Refusal;
use crate::time::{Millis, Timestamp};

/// Longest delegation: whoever is away for longer hands the work over.
const LONGEST: Millis = Millis::minutes(90 * 24 * 60);

pub(super) fn decide(
    state: &Delegation,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Decision<Event>, Refusal> {
    let mut events = Vec::new();
    match (&state.phase, state.facts.as_deref(), command) {
        (
            Phase::Absent,
            _,
            Command::Lend {
                team,
                to,
                since,
                until,
                reason,
            },
        ) => events.push(lend((team, to), (since, until), reason, cx)?),
        (Phase::Lent, Some(facts), Command::Revoke { reason }) => {
            events.push(revoke(facts, reason, cx)?);
        }
        (Phase::Lent, Some(facts), Command::Wake) if facts.until <= cx.now => {
            events.push(Event::Ended {});
        }
        (_, _, Command::Wake) => {}
        (Phase::Absent, _, _) => {
            return Err(Refusal::NotFound {
                what: "delegation".to_owned(),
                name: cx.stream.key().to_owned(),
            });
        }
        (phase, _, command) => {
            return Err(Refusal::NotNow {
                stream: cx.stream.to_string(),
                phase: phase.name().to_owned(),
                command: command.name().to_owned(),
            });
        }
    }
    let mut next = state.clone();
    for event in &events {
        next.evolve(cx.now, event);
    }
    Ok(Decision {
        wake: wake(&next),
        events,
        then: Vec::new(),
        fires: Vec::new(),
    })
}

fn wake(state: &Delegation) -> Wake {
    match (&state.phase, state.facts.as_deref()) {
        (Phase::Lent, Some(facts)) => Wake::Next {
            at: facts.until,
            on: Vec::new(),
            because: "its end".to_owned(),
        },
        (Phase::Revoked { .. } | Phase::Ended { .. }, _) => Wake::Never(Terminal::new()),
        _ => Wake::Rest(Resting::new()),
    }
}

fn lend(
    (team, to): (TeamId, String),
    (since, until): (Option<Timestamp>, Timestamp),
    reason: String,
    cx: &Ctx<'_>,
) -> Result<Event, Refusal> {
    if !cx.spec.teams.contains_key(&team) {
        return Err(Refusal::NotFound {
            what: "team".to_owned(),
            name: team.to_string(),
        });
    }
    let from =
        people::deciding(cx.view, cx.actor).map_err(|because| refused(cx, &team, because))?;
    if !people::is_member(cx.spec, cx.view, &team, &from) {
        let because = if people::lenders(cx.view, &from, &team, cx.now).is_empty() {
            format!("{from} is no member of {team}, and nobody lends what they have not")
        } else {
            format!("what was lent to {from} is not lent on: only members of {team} lend it")
        };
        return Err(refused(cx, &team, because));
    }
    let to = deputy(&to, &from, cx)?;
    let since = since.filter(|at| *at > cx.now).unwrap_or(cx.now);
    time(since, until)?;
    let same = |d: &person::Delegation| d.from == from && d.to == to && d.until > cx.now;
    if let Some(had) = lent(cx.view, &team).iter().find(|d| same(d)) {
        return Err(Refusal::Invalid {
            because: format!("{from} has lent {team} to {to} already: {}", had.id),
            help: format!(
                "`tidegate delegate revoke {}` first, when it is to end at another time",
                had.id
            ),
        });
    }
    Ok(Event::Lent {
        facts: Box::new(Facts {
            id: DelegationId::new(cx.stream.key())?,
            team,
            from,
            to,
            since,
            until,
            reason,
            at: cx.now,
        }),
    })
}

/// Somebody else who is known and has not left.
fn deputy(to: &str, from: &str, cx: &Ctx<'_>) -> Result<String, Refusal> {
    let person = people::behind(cx.view, to);
    if person == from {
        return Err(Refusal::Invalid {
            because: format!("`{to}` is {from}: nobody lends a right to themselves"),
            help: "name another person".to_owned(),
        });
    }
    match person::row(cx.view, &person) {
        Some(row) if !row.disabled => Ok(person),
        Some(_) => Err(Refusal::Invalid {
            because: format!("{person} has left"),
            help: "name somebody else".to_owned(),
        }),
        None => Err(Refusal::NotFound {
            what: "person".to_owned(),
            name: to.to_owned(),
        }),
    }
}

fn time(since: Timestamp, until: Timestamp) -> Result<(), Refusal> {
    if until <= since {
        return Err(Refusal::Invalid {
            because: "the delegation would have ended before it began".to_owned(),
            help: "name a later end with `--until`".to_owned(),
        });
    }
    if Millis::between(since, until) > LONGEST {
        return Err(Refusal::Invalid {
            because: "a delegation lasts at most 90 days".to_owned(),
            help: "name an earlier end with `--until`, and lend it again when that is over"
                .to_owned(),
        });
    }
    Ok(())
}

/// The lender takes it back, the deputy gives it back, an admin ends it for somebody who cannot.
fn revoke(facts: &Facts, reason: String, cx: &Ctx<'_>) -> Result<Event, Refusal> {
    let by =
        people::deciding(cx.view, cx.actor).map_err(|because| refused(cx, &facts.team, because))?;
    let may = by == facts.from || by == facts.to || cx.actor.role == Role::Admin;
    if !may {
        return Err(Refusal::OthersDecide {
            actor: cx.actor.name.clone(),
            action: format!("revoke {}", facts.id),
            because: "whoever lent it, whoever has it and admins do".to_owned(),
            who: format!("{}, {}", facts.from, facts.to),
        });
    }
    Ok(Event::Revoked { by, reason })
}

fn refused(cx: &Ctx<'_>, team: &TeamId, because: String) -> Refusal {
    let members = people::members(cx.spec, cx.view, team);
    Refusal::OthersDecide {
        actor: cx.actor.name.clone(),
        action: format!("delegate {team}"),
        because,
        who: members.join(", "),
    }
}
