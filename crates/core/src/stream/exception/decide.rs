//! Who asks for an exception, who decides about it, and for how long it lasts.
//!
//! The one who asked never decides and never reviews. A change class that the freeze lets through needs no decision, and owes
//! the review sooner.

use super::{Command, Event, Exception, Facts, Phase};
use crate::actor::SYSTEM;
use crate::change::due;
use crate::decider::{Ctx, Decider, Decision, Resting, Terminal, Wake};
use crate::freeze::{self, Deciders, ExceptionId, Known};
use crate::id::{EnvId, ReleaseId};
use crate::people::{self, behind};
use crate::refusal::Refusal;
use crate::spec::{ChangeClass, Spec};
use crate::stream::release::{self, Release};
use crate::time::{Millis, Timestamp};

/// How long an emergency lasts when nobody says.
const EMERGENCY: Millis = Millis::minutes(4 * 60);
/// How long another exception lasts when nobody says.
const USUAL: Millis = Millis::minutes(24 * 60);
/// Longest exception.
const LONGEST: Millis = Millis::minutes(30 * 24 * 60);
/// How long a request waits for a decision.
const PATIENCE: Millis = Millis::minutes(7 * 24 * 60);
/// Between two reminders of an owed review.
const REMIND: Millis = Millis::minutes(24 * 60);
/// From the end of an exception, or the beginning of an emergency, to its review.
const REVIEW: &str = "2 working days";

pub(super) fn decide(
    state: &Exception,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Decision<Event>, Refusal> {
    // The person, where a program asks: its owner is no stranger to what it does.
    let by = people::asking(cx.view, cx.actor).pop().unwrap_or_default();
    let events = match (&state.phase, command, state.facts.as_deref()) {
        (
            Phase::Absent,
            Command::Ask {
                freeze,
                release,
                environments,
                reason,
                incident,
                lasting,
            },
            _,
        ) => {
            let known = freeze::named(&freeze, cx.spec, cx.view)?;
            let request = Request {
                release,
                environments,
                reason,
                incident,
                lasting,
            };
            ask(&known, request, cx)?
        }
        (Phase::Asked { .. }, Command::Grant { reason, review_due }, Some(facts)) => {
            decider(facts, cx)?;
            vec![granted(facts, Some(by), reason, review_due, cx)?]
        }
        (Phase::Asked { .. }, Command::Refuse { reason }, Some(facts)) => {
            if !same(cx, &facts.by, &by) {
                decider(facts, cx)?;
            }
            vec![Event::Refused { by, reason }]
        }
        (Phase::Active { .. }, Command::Revoke { reason }, _) => {
            vec![Event::Revoked { by, reason }]
        }
        (
            Phase::Expired { .. } | Phase::Revoked { .. },
            Command::Review { findings },
            Some(facts),
        ) => {
            if same(cx, &facts.by, &by) {
                return Err(Refusal::OthersDecide {
                    actor: by,
                    action: format!("review {}", facts.id),
                    because: "who asked for it does not review it".to_owned(),
                    who: "anybody else who may operate".to_owned(),
                });
            }
            vec![Event::Reviewed { by, findings }]
        }
        (
            Phase::Active { .. },
            Command::Use {
                deployment,
                environment,
            },
            _,
        ) => vec![Event::Used {
            deployment,
            environment,
        }],
        (_, Command::Use { .. }, _) => Vec::new(),
        (phase, Command::Wake, facts) => due(phase, facts, cx.now),
        (Phase::Absent, ..) => {
            return Err(Refusal::NotFound {
                what: "exception".to_owned(),
                name: cx.stream.key().to_owned(),
            });
        }
        (phase, command, _) => {
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
        wake: wake(&after.phase),
        then: Vec::new(),
    })
}

/// Are two accounts of one person?
fn same(cx: &Ctx<'_>, one: &str, other: &str) -> bool {
    behind(cx.view, one) == behind(cx.view, other)
}

fn wake(phase: &Phase) -> Wake {
    let (at, because) = match phase {
        Phase::Asked { until } => (*until, "a decision"),
        Phase::Active { expires, .. } => (*expires, "its end"),
        Phase::Expired {
            review_due,
            remind_at,
            ..
        }
        | Phase::Revoked {
            review_due,
            remind_at,
            ..
        } => (remind_at.unwrap_or(*review_due), "its review"),
        Phase::Absent => return Wake::Rest(Resting::new()),
        Phase::Reviewed { .. } | Phase::Refused { .. } => return Wake::Never(Terminal::new()),
    };
    Wake::Next {
        at,
        on: Vec::new(),
        because: because.to_owned(),
    }
}

fn due(phase: &Phase, facts: Option<&Facts>, now: Timestamp) -> Vec<Event> {
    match phase {
        Phase::Asked { until } if now >= *until => vec![Event::Refused {
            by: SYSTEM.to_owned(),
            reason: format!("nobody decided within {PATIENCE}"),
        }],
        Phase::Active { expires, .. } if now >= *expires => vec![Event::Expired {
            expires: *expires,
            used: facts.map_or(0, |f| f.uses.len()),
        }],
        Phase::Expired {
            review_due,
            remind_at,
            ..
        }
        | Phase::Revoked {
            review_due,
            remind_at,
            ..
        } if now >= remind_at.unwrap_or(*review_due) => {
            vec![Event::ReviewOverdue {
                remind_at: REMIND.after(now),
            }]
        }
        _ => Vec::new(),
    }
}

/// What is asked for.
struct Request {
    release: ReleaseId,
    environments: Vec<EnvId>,
    reason: String,
    incident: Option<String>,
    lasting: Option<Millis>,
}

fn ask(known: &Known, request: Request, cx: &Ctx<'_>) -> Result<Vec<Event>, Refusal> {
    let id = ExceptionId::new(cx.stream.key())?;
    // The person, where a program asks: its owner is no stranger to what it asked for.
    let by = people::asking(cx.view, cx.actor).pop().unwrap_or_default();
    exists(&request.release, cx)?;
    let incident = request.incident.filter(|i| !i.trim().is_empty());
    let lets = known.policy.let_through.contains(&ChangeClass::Emergency);
    let class = incident
        .as_ref()
        .filter(|_| lets)
        .map(|_| ChangeClass::Emergency);
    let environments = places(known, &request.release, request.environments, cx.spec)?;
    let usual = if class.is_some() { EMERGENCY } else { USUAL };
    let lasting = request.lasting.unwrap_or(usual);
    if lasting == Millis::ZERO || lasting > LONGEST {
        return Err(Refusal::Invalid {
            because: format!("an exception lasts from 1ms to {LONGEST}, not {lasting}"),
            help:
                "ask for a shorter time and again when it is over; a freeze that is wrong is lifted"
                    .to_owned(),
        });
    }
    let deciders = freeze::deciders(&known.policy, cx.spec, cx.view);
    let person = behind(cx.view, &by);
    if class.is_none() && !deciders.any_for(&person) {
        return Err(nobody(known, &deciders, lets, &person));
    }
    let facts = Facts {
        id,
        freeze: known.which.clone(),
        release: request.release,
        environments,
        reason: request.reason,
        incident,
        class,
        lasting,
        by,
        asked_at: cx.now,
        uses: Vec::new(),
    };
    let asked = Event::Asked {
        id: facts.id.clone(),
        freeze: facts.freeze.clone(),
        release: facts.release.clone(),
        environments: facts.environments.clone(),
        reason: facts.reason.clone(),
        incident: facts.incident.clone(),
        class,
        lasting,
        by: facts.by.clone(),
        deciders: class.map_or(deciders.members, |_| Vec::new()),
        until: PATIENCE.after(cx.now),
    };
    let Some(class) = class else {
        return Ok(vec![asked]);
    };
    let reason = format!("class {} passes `let-through`", class.as_str());
    Ok(vec![asked, granted(&facts, None, reason, None, cx)?])
}

fn exists(release: &ReleaseId, cx: &Ctx<'_>) -> Result<(), Refusal> {
    let state: Release = cx.view.load(&release.to_string())?;
    if matches!(state.phase, release::Phase::Absent) {
        return Err(Refusal::NotFound {
            what: "release".to_owned(),
            name: release.to_string(),
        });
    }
    Ok(())
}

/// The environments in which the freeze holds this release.
fn places(
    known: &Known,
    release: &ReleaseId,
    asked: Vec<EnvId>,
    spec: &Spec,
) -> Result<Vec<EnvId>, Refusal> {
    let holds = |env: &EnvId| known.scope.concerns(spec, &release.service, env);
    if let Some(unknown) = asked.iter().find(|e| !spec.environments.contains_key(*e)) {
        return Err(Refusal::NotFound {
            what: "environment".to_owned(),
            name: unknown.to_string(),
        });
    }
    let help = format!(
        "`tidegate freeze show {}` shows what it concerns",
        known.which
    );
    if let Some(free) = asked.iter().find(|env| !holds(env)) {
        return Err(Refusal::Invalid {
            because: format!(
                "freeze {} does not concern {} in {free}",
                known.which, release.service
            ),
            help,
        });
    }
    if !asked.is_empty() {
        return Ok(asked);
    }
    let path = spec.path_of(&release.service);
    let held: Vec<EnvId> = path.iter().filter(|env| holds(env)).cloned().collect();
    if held.is_empty() {
        return Err(Refusal::Invalid {
            because: format!(
                "freeze {} does not concern {}",
                known.which, release.service
            ),
            help,
        });
    }
    Ok(held)
}

fn granted(
    facts: &Facts,
    by: Option<String>,
    reason: String,
    review_due: Option<Timestamp>,
    cx: &Ctx<'_>,
) -> Result<Event, Refusal> {
    let expires = facts.lasting.after(cx.now);
    let owed = match (review_due, facts.class) {
        (Some(due), _) if due <= cx.now => {
            return Err(Refusal::Invalid {
                because: format!("the review date, {due}, lies in the past"),
                help: "write a later date with `--review-by`".to_owned(),
            });
        }
        (Some(due), _) => due,
        (None, Some(_)) => review(cx.spec, cx.now)?,
        (None, None) => review(cx.spec, expires)?,
    };
    Ok(Event::Granted {
        by,
        reason,
        expires,
        review_due: owed,
    })
}

/// When the review is due.
fn review(spec: &Spec, from: Timestamp) -> Result<Timestamp, Refusal> {
    due::after(spec, from, REVIEW).map_err(|because| Refusal::Invalid {
        because: format!("the date of the review cannot be told: {because}"),
        help: "say it with `--review-by`".to_owned(),
    })
}

/// May the actor decide about it? The freeze is asked as it stands now.
fn decider(facts: &Facts, cx: &Ctx<'_>) -> Result<(), Refusal> {
    let Some(known) = freeze::present(&facts.freeze, cx.spec, cx.view)? else {
        return Err(Refusal::Invalid {
            because: format!("freeze {} is over: no exception is needed", facts.freeze),
            help: format!("`tidegate why {}` shows what it waits for", facts.release),
        });
    };
    let deciders = freeze::deciders(&known.policy, cx.spec, cx.view);
    let actor = &cx.actor.name;
    let action = || format!("decide about {}", facts.id);
    let asker = behind(cx.view, &facts.by);
    let person = people::deciding(cx.view, cx.actor).map_err(|because| Refusal::OthersDecide {
        actor: actor.clone(),
        action: action(),
        because,
        who: deciders.others(&asker),
    })?;
    if deciders.may(&person, &asker) {
        return Ok(());
    }
    let because = match (deciders.names(), person == asker) {
        (_, true) => "who asked for it does not decide about it".to_owned(),
        (names, false) if names.is_empty() => {
            format!("freeze {} names no team in `exception-by`", known.which)
        }
        (names, false) => {
            format!(
                "only members of {names} decide about exceptions from freeze {}",
                known.which
            )
        }
    };
    Err(Refusal::OthersDecide {
        actor: actor.clone(),
        action: action(),
        because,
        who: deciders.others(&asker),
    })
}

fn nobody(known: &Known, deciders: &Deciders, lets: bool, by: &str) -> Refusal {
    let which = &known.which;
    let because = match (deciders.teams.is_empty(), deciders.members.as_slice()) {
        (true, _) => "it names no team in `exception-by`".to_owned(),
        (false, []) => format!("{} has no members", deciders.names()),
        (false, _) => format!("{by} is the only member of {}", deciders.names()),
    };
    let help = if lets {
        "an emergency needs nobody: name the incident with `--incident`".to_owned()
    } else {
        "add members to a team of its `exception-by`, or wait until it ends".to_owned()
    };
    Refusal::Invalid {
        because: format!("nobody can grant an exception from freeze {which}: {because}"),
        help,
    }
}
