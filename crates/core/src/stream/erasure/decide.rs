//! Who asks for an erasure, and who confirms it: two different persons, by accounts of their own.

use super::{Command, Done, Erasure, ErasureId, Event, Facts, Phase, Target};
use crate::actor::SYSTEM;
use crate::decider::{Ctx, Decider, Decision, Resting, Terminal, Wake};
use crate::model::erasure::of_entry;
use crate::people;
use crate::refusal::Refusal;
use crate::time::Millis;

/// How long it waits for somebody else.
const PATIENCE: Millis = Millis::minutes(7 * 24 * 60);

pub(super) fn decide(
    state: &Erasure,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Decision<Event>, Refusal> {
    let mut events = Vec::new();
    match (&state.phase, state.facts.as_deref(), command) {
        (Phase::Absent, _, Command::Ask { target, reason }) => {
            events.push(ask(*target, reason, cx)?);
        }
        (Phase::Asked, Some(facts), Command::Confirm { reason }) => {
            events.push(confirm(facts, reason, cx)?);
        }
        (Phase::Asked, Some(_), Command::Refuse { reason }) => {
            let by = people::deciding(cx.view, cx.actor).map_err(|why| others(cx, why, ""))?;
            events.push(Event::Refused { by, reason });
        }
        (Phase::Asked, Some(facts), Command::Wake) if facts.until <= cx.now => {
            events.push(Event::Refused {
                by: SYSTEM.to_owned(),
                reason: format!("nobody else confirmed it within {PATIENCE}"),
            });
        }
        (_, _, Command::Wake) => {}
        (Phase::Absent, _, _) => {
            return Err(Refusal::NotFound {
                what: "erasure".to_owned(),
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

fn wake(state: &Erasure) -> Wake {
    match (&state.phase, state.facts.as_deref()) {
        (Phase::Asked, Some(facts)) => Wake::Next {
            at: facts.until,
            on: Vec::new(),
            because: "somebody else's yes".to_owned(),
        },
        (Phase::Done { .. } | Phase::Refused { .. }, _) => Wake::Never(Terminal::new()),
        _ => Wake::Rest(Resting::new()),
    }
}

fn ask(target: Target, reason: String, cx: &Ctx<'_>) -> Result<Event, Refusal> {
    let by = people::deciding(cx.view, cx.actor).map_err(|why| others(cx, why, ""))?;
    if let Some(had) = of_entry(cx.view, target.seq) {
        return Err(Refusal::Invalid {
            because: format!("entry {} has an erasure already: {had}", target.seq),
            help: format!(
                "`tidegate audit erasures` shows it; confirm it with `tidegate audit erase --confirm {had}`"
            ),
        });
    }
    Ok(Event::Asked {
        facts: Box::new(Facts {
            id: ErasureId::new(cx.stream.key())?,
            target,
            reason,
            by,
            at: cx.now,
            until: PATIENCE.after(cx.now),
        }),
    })
}

fn confirm(facts: &Facts, reason: String, cx: &Ctx<'_>) -> Result<Event, Refusal> {
    let who = || format!("admins other than {}", facts.by);
    let by = people::deciding(cx.view, cx.actor).map_err(|why| others(cx, why, &who()))?;
    if by == people::behind(cx.view, &facts.by) {
        let because = "who asked for it does not confirm it".to_owned();
        return Err(others(cx, because, &who()));
    }
    Ok(Event::Done(Box::new(Done {
        target: facts.target.clone(),
        asked_by: facts.by.clone(),
        by,
        reason,
    })))
}

fn others(cx: &Ctx<'_>, because: String, who: &str) -> Refusal {
    let who = if who.is_empty() { "admins" } else { who };
    Refusal::OthersDecide {
        actor: cx.actor.name.clone(),
        action: format!("decide about {}", cx.stream.key()),
        because,
        who: who.to_owned(),
    }
}
