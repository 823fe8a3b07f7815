//! Who declares a freeze says what it concerns and why; what would hold nothing is refused.

use super::{Command, Ends, Event, Freeze, Phase};
use crate::decider::{Ctx, Decider, Decision, Resting, Wake};
use crate::freeze::FreezeId;
use crate::gate::moment_in;
use crate::refusal::Refusal;
use crate::spec::{FreezePolicy, Scope};
use crate::time::{Millis, Timestamp};

/// Between two reminders of a freeze without an end.
const REVIEW: Millis = Millis::minutes(24 * 60);

pub(super) fn decide(
    state: &Freeze,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Decision<Event>, Refusal> {
    let by = cx.actor.who().to_owned();
    let events = match (&state.phase, command) {
        (
            Phase::Absent | Phase::Lifted { .. } | Phase::Expired { .. },
            Command::Declare {
                scope,
                why,
                until,
                lasting,
                policy,
            },
        ) => {
            let id = FreezeId::new(cx.stream.key())?;
            declarable(&id, &scope, &policy, cx)?;
            let ends = ends(until, lasting, cx)?;
            vec![Event::Declared {
                id,
                scope,
                why,
                policy,
                ends,
                by,
            }]
        }
        (Phase::Active { .. }, Command::Declare { .. }) => {
            return Err(Refusal::Invalid {
                because: format!("{} is declared already", cx.stream.key()),
                help: format!(
                    "`tidegate freeze extend {0}` gives it another end, `tidegate freeze lift {0}` ends it; or choose another name",
                    cx.stream.key()
                ),
            });
        }
        (
            Phase::Active { ends: before, .. },
            Command::Extend {
                until,
                lasting,
                reason,
            },
        ) => {
            let ends = ends(until, lasting, cx)?;
            longer(*before, ends, &cx.spec.zone)?;
            let before = *before;
            vec![Event::Extended {
                ends,
                before,
                by,
                reason,
            }]
        }
        (Phase::Active { .. }, Command::Lift { reason }) => vec![Event::Lifted { by, reason }],
        (Phase::Active { ends, .. }, Command::Wake) => due(state, *ends, cx.now),
        (_, Command::Wake) => Vec::new(),
        (Phase::Absent, _) => {
            return Err(Refusal::NotFound {
                what: "freeze".to_owned(),
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
    let mut after = state.clone();
    events.iter().for_each(|event| after.evolve(cx.now, event));
    Ok(Decision {
        fires: Vec::new(),
        events,
        wake: wake(&after),
        then: Vec::new(),
    })
}

fn wake(state: &Freeze) -> Wake {
    let (at, because) = match &state.phase {
        Phase::Active {
            ends: Ends::At { until },
            ..
        } => (*until, "the end of the freeze"),
        Phase::Active {
            ends: Ends::Open { review_at },
            ..
        } => (*review_at, "its review"),
        // The name may be used again.
        _ => return Wake::Rest(Resting::new()),
    };
    Wake::Next {
        at,
        on: Vec::new(),
        because: because.to_owned(),
    }
}

fn due(state: &Freeze, ends: Ends, now: Timestamp) -> Vec<Event> {
    match ends {
        Ends::At { until } if now >= until => vec![Event::Expired { until }],
        Ends::Open { review_at } if now >= review_at => vec![Event::ReviewDue {
            since: state.facts.as_ref().map_or(now, |f| f.at),
            review_at: REVIEW.after(now),
        }],
        _ => Vec::new(),
    }
}

fn ends(until: Option<Timestamp>, lasting: Option<Millis>, cx: &Ctx<'_>) -> Result<Ends, Refusal> {
    let now = cx.now;
    match until.or(lasting.map(|length| length.after(now))) {
        None => Ok(Ends::Open {
            review_at: REVIEW.after(now),
        }),
        Some(until) if until > now => Ok(Ends::At { until }),
        Some(until) => Err(Refusal::Invalid {
            because: format!(
                "the end of the freeze, {}, lies in the past",
                moment_in(until, &cx.spec.zone)
            ),
            help: "write a later instant with `--until`, or a length with `--for`".to_owned(),
        }),
    }
}

fn longer(before: Ends, after: Ends, zone: &str) -> Result<(), Refusal> {
    let refused = |because: String, help: &str| {
        Err(Refusal::Invalid {
            because,
            help: help.to_owned(),
        })
    };
    match (before, after) {
        (Ends::At { until: was }, Ends::At { until }) if until <= was => refused(
            format!("the freeze holds until {} already", moment_in(was, zone)),
            "write a later instant; to end it sooner use `tidegate freeze lift`",
        ),
        (Ends::Open { .. }, Ends::Open { .. }) => refused(
            "the freeze has no end already".to_owned(),
            "give it one with `--until` or `--for`, or end it with `tidegate freeze lift`",
        ),
        _ => Ok(()),
    }
}

/// The names are known, something is held, and the name is free.
fn declarable(
    id: &FreezeId,
    scope: &Scope,
    policy: &FreezePolicy,
    cx: &Ctx<'_>,
) -> Result<(), Refusal> {
    let spec = cx.spec;
    let missing = |what: &str, name: &dyn ToString| Refusal::NotFound {
        what: what.to_owned(),
        name: name.to_string(),
    };
    let configured = |name: &crate::id::Name| name.as_str() == id.name();
    if spec.freezes.keys().any(configured) {
        return Err(Refusal::Invalid {
            because: format!("the configuration has a freeze `{}`", id.name()),
            help: "choose another name, so that everybody knows which one is meant".to_owned(),
        });
    }
    if let Some(name) = scope
        .services
        .iter()
        .find(|s| !spec.services.contains_key(*s))
    {
        return Err(missing("service", name));
    }
    if let Some(name) = scope
        .environments
        .iter()
        .find(|e| !spec.environments.contains_key(*e))
    {
        return Err(missing("environment", name));
    }
    let teams = scope.teams.iter().chain(&policy.exception_by);
    if let Some(name) = teams.into_iter().find(|t| !spec.teams.contains_key(*t)) {
        return Err(missing("team", name));
    }
    let operations = &scope.operations;
    if !operations.is_empty() && operations.iter().all(|o| policy.lets(*o)) {
        return Err(Refusal::Invalid {
            because: "all operations that the freeze names are let through".to_owned(),
            help: "name others, or say that they wait: `--rollbacks wait`, `--first-installs wait`"
                .to_owned(),
        });
    }
    let goes = |service: &crate::id::ServiceId| {
        let path = spec.path_of(service);
        path.iter().any(|env| scope.concerns(spec, service, env))
    };
    if !spec.services.keys().any(goes) {
        return Err(Refusal::Invalid {
            because: format!(
                "the freeze would hold nothing: no service goes where it concerns {scope}"
            ),
            help:
                "`--all` concerns everything; `tidegate env list` shows services and environments"
                    .to_owned(),
        });
    }
    let active = cx
        .view
        .scan(crate::model::freeze::ACTIVE, "", crate::limits::FREEZES);
    if active.len() >= crate::limits::FREEZES {
        return Err(Refusal::OverLimit {
            what: "the number of declared freezes".to_owned(),
            limit: crate::limits::FREEZES as u64,
        });
    }
    Ok(())
}
