//! The executor: from a state and the time to the next fact, until there is nothing to do but wait.
//!
//! It decides nothing that the plan left open. Each call looks at one phase; each phase that waits has an end.

use super::{Cause, Cursor, Deployment, Event, Facts, Phase, Sub, Way, ends, frozen, sign};
use crate::analysis::Verdict;
use crate::decider::{Ctx, Terminal, Wake};
use crate::gate::{self, Asked};
use crate::model::lane::Lane;
use crate::plan::Intent;
use crate::queue::{self, Slot};
use crate::stream::environment;
use crate::stream::release::{Release, scope};
use crate::time::{Millis, Timestamp};
use crate::work::Work;

/// How long figures may take to come once a hold is over.
const ANSWER: Millis = Millis::secs(5);
/// Between two reminders to a person.
pub(super) const REMIND: Millis = Millis::minutes(60);
/// How long a paused deployment waits for a person before it rolls back.
pub(super) const PATIENCE: Millis = Millis::minutes(24 * 60);

/// What comes next.
pub(super) enum Next {
    /// A fact that holds now.
    Fact(Event),
    /// Nothing until then.
    Wait(Wake),
}

/// The next fact, or what is waited for and until when.
pub(super) fn next(state: &Deployment, cx: &Ctx<'_>) -> Next {
    let Some(facts) = state.facts.as_deref() else {
        return Next::Wait(Wake::Never(Terminal::new()));
    };
    match &state.phase {
        Phase::Gated {
            reports,
            expires,
            slot,
        } => gated(facts, reports, (*expires, *slot), cx),
        phase
            if !phase.is_terminal()
                && environment::is_behind(cx.view, &facts.plan.body.environment) =>
        {
            Next::Wait(Wake::Next {
                at: REMIND.after(cx.now),
                on: vec![format!("posture/{}", facts.plan.body.environment)],
                because:
                    "the environment is held: the ledger does not know all that happened there"
                        .to_owned(),
            })
        }
        phase => match fact(state, facts, cx) {
            Some(event) => Next::Fact(event),
            None => Next::Wait(wake(phase, facts, cx)),
        },
    }
}

/// For a stream that still has more to do than one command may.
pub(super) fn at_once(cx: &Ctx<'_>) -> Wake {
    wait(cx.now, "more to do")
}

fn fact(state: &Deployment, facts: &Facts, cx: &Ctx<'_>) -> Option<Event> {
    match &state.phase {
        Phase::Running { at } => frozen::returned(facts, at, cx)
            .or_else(|| frozen::waiting(facts, at, cx))
            .or_else(|| step(facts, Way::Forward, at, cx)),
        Phase::Succeeded { until } if cx.now >= *until => Some(Event::Closing {
            because: "stabilisation period over".to_owned(),
        }),
        Phase::Closing { at } => step(facts, Way::Closing, at, cx),
        Phase::RollingBack { deadline, .. } if cx.now >= *deadline => {
            let within = facts.plan.body.undo_within;
            let because = format!("the way back took longer than {within}");
            Some(ends::needs_human(state, cx, because))
        }
        Phase::RollingBack { at, .. } => step(facts, Way::Back, at, cx),
        Phase::NeedsHuman {
            because, remind_at, ..
        } if cx.now >= *remind_at => Some(ends::needs_human(state, cx, because.clone())),
        _ => None,
    }
}

/// When to look again at a deployment that has passed its gates.
fn wake(phase: &Phase, facts: &Facts, cx: &Ctx<'_>) -> Wake {
    match phase {
        Phase::Succeeded { until } => wait(*until, "stabilisation period"),
        Phase::NeedsHuman { remind_at, .. } => wait(*remind_at, "a person"),
        Phase::RollingBack { at, deadline, .. } => {
            wait(sub_wake(at, cx.now).min(*deadline), "the way back")
        }
        Phase::Running { at } => frozen::wake(facts, at, sub_wake(at, cx.now), sub_name(at), cx),
        Phase::Closing { at } => wait(sub_wake(at, cx.now), sub_name(at)),
        // Gates make their own wait; should it ever be asked for here, they are asked again at once.
        Phase::Gated { .. } => at_once(cx),
        Phase::Absent
        | Phase::Confirmed { .. }
        | Phase::RolledBack { .. }
        | Phase::Cancelled { .. }
        | Phase::Superseded { .. }
        | Phase::Expired => Wake::Never(Terminal::new()),
    }
}

fn wait(at: Timestamp, because: &str) -> Wake {
    Wake::Next {
        at,
        on: Vec::new(),
        because: because.to_owned(),
    }
}

fn sub_wake(cursor: &Cursor, now: Timestamp) -> Timestamp {
    match &cursor.sub {
        Sub::Ready { not_before } => not_before.unwrap_or(now),
        Sub::Acting { deadline, .. } | Sub::Pausing { deadline, .. } => *deadline,
        Sub::Judging { answer_by, .. } => *answer_by,
        Sub::AwaitingSignOff {
            until,
            remind_at,
            escalate_at,
            ..
        } => [*remind_at, *escalate_at]
            .into_iter()
            .flatten()
            .fold(*until, Timestamp::min),
        Sub::Soaking { until, .. }
        | Sub::Paused { until, .. }
        | Sub::PausedByFreeze { until, .. }
        | Sub::AwaitingPerson { until, .. } => *until,
    }
}

fn sub_name(cursor: &Cursor) -> &'static str {
    match cursor.sub {
        Sub::Ready { .. } => "the next try",
        Sub::Acting { .. } | Sub::Pausing { .. } => "the agent",
        Sub::Judging { .. } => "figures",
        Sub::Soaking { .. } => "the hold",
        Sub::Paused { .. } | Sub::AwaitingPerson { .. } => "a person",
        Sub::PausedByFreeze { .. } => "the end of a freeze",
        Sub::AwaitingSignOff { .. } => "a sign-off",
    }
}

fn gated(
    facts: &Facts,
    known: &[gate::GateReport],
    (expires, slot): (Timestamp, Option<Slot>),
    cx: &Ctx<'_>,
) -> Next {
    if let Some(because) = base_moved(facts, cx) {
        return Next::Fact(Event::BaseMoved { because });
    }
    if cx.now >= expires {
        return Next::Fact(Event::Expired {});
    }
    let asked = Asked {
        now: cx.now,
        present: cx.now,
        plan: &facts.plan.body,
        purpose: facts.purpose,
        deployment: Some(&facts.id),
        request: &facts.request,
        expected: facts.plan.envelope.expected.as_ref(),
        spec: cx.spec,
        origins: cx.origins,
        view: cx.view,
    };
    let reports = gate::evaluate(&asked);
    if reports.iter().all(|r| r.outcome.passes()) {
        return Next::Fact(Event::GatesPassed { reports });
    }
    if !same_answers(&reports, known) {
        let anew = gate::anew(known, &reports);
        return Next::Fact(Event::Waiting { reports, anew });
    }
    if let Some(event) = reserve(facts, slot, queue::reserve(&asked, &reports, slot)) {
        return Next::Fact(event);
    }
    // From these answers, not from the recorded ones: their instants may have passed.
    let (look, mut on) = gate::next_look(&reports, cx.now);
    on.push("config".to_owned());
    let body = &facts.plan.body;
    on.push(format!("posture/{}", body.environment));
    on.push(Lane::trigger(&body.environment, &body.service));
    on.push(crate::stream::entry::TRIGGER.to_owned());
    on.push(format!("release/{}", body.to.release));
    // An emergency that is declared for it changes what it waits for, also where its approvals are complete.
    if let Ok(Some((id, _))) = crate::change::of(cx.view, &body.to.release, &body.environment) {
        on.push(format!("change/{id}"));
    }
    on.sort();
    on.dedup();
    let waiting: Vec<&str> = reports
        .iter()
        .filter(|r| !r.outcome.passes())
        .map(|r| r.gate.as_str())
        .collect();
    Next::Wait(Wake::Next {
        at: look.min(expires),
        on,
        because: format!("gates: {}", waiting.join(", ")),
    })
}

/// A new entry only when an answer changed for people; the next instant to look is no fact, and neither is a place in the line,
/// which moves with every start.
fn same_answers(reports: &[gate::GateReport], known: &[gate::GateReport]) -> bool {
    fn told(r: &gate::GateReport) -> impl PartialEq {
        let text = (!r.gate.is_about_places()).then_some((&r.title, &r.detail));
        (r.gate, r.outcome.passes(), text, &r.zone_data)
    }
    reports.iter().map(told).eq(known.iter().map(told))
}

/// What became of the reserved time, when that is a fact.
fn reserve(facts: &Facts, before: Option<Slot>, why: queue::Why) -> Option<Event> {
    match (why, before) {
        (queue::Why::Moved { slot, because }, _) => Some(Event::SlotReserved {
            slot,
            before,
            because,
            expires: super::propose::expires(&facts.request, facts.proposed_at, slot.start),
        }),
        (queue::Why::Lost { because }, Some(before)) => Some(Event::SlotLost { before, because }),
        (queue::Why::Lost { .. }, None) | (queue::Why::Same, _) => None,
    }
}

/// Why the plan no longer fits what runs. Only the newest plan may start, and never while an earlier one is taken back.
fn base_moved(facts: &Facts, cx: &Ctx<'_>) -> Option<String> {
    let body = &facts.plan.body;
    let lane = cx.view.lane(&body.environment, &body.service);
    let generation = facts.plan.envelope.generation;
    if lane.fence >= generation {
        return Some(format!(
            "its target had seen generation {} when it was fenced",
            lane.fence
        ));
    }
    if lane.generation() > generation {
        return Some("a newer plan took its place".to_owned());
    }
    if lane.running.as_ref().map(|r| &r.revision) != body.from.as_ref() {
        return Some("what runs there changed since the plan was made".to_owned());
    }
    if let Some(because) = scope_moved(facts, cx) {
        return Some(because);
    }
    let other = lane.live.as_ref().filter(|l| l.deployment != facts.id)?;
    lane.is_changing().then(|| {
        format!(
            "{}, which the plan was made for, is being taken back",
            other.release
        )
    })
}

/// What people agreed to ship is not what the plan names any more.
fn scope_moved(facts: &Facts, cx: &Ctx<'_>) -> Option<String> {
    let body = &facts.plan.body;
    if facts.purpose.is_return() {
        return None;
    }
    let (_, release) = cx
        .view
        .shared::<Release>(&body.to.release.to_string())
        .ok()?;
    let agreed = release.agreed();
    if agreed == body.scope {
        return None;
    }
    let differs = scope::differences(body.scope.as_ref(), agreed.as_ref());
    Some(format!(
        "the scope of {} changed since the plan was made: {}",
        body.to.release,
        differs.join("; ")
    ))
}

fn step(facts: &Facts, way: Way, cursor: &Cursor, cx: &Ctx<'_>) -> Option<Event> {
    let Some(step) = facts.steps(way).get(cursor.n) else {
        return Some(match way {
            Way::Forward => Event::Succeeded {
                until: facts.plan.body.watch.after(cx.now),
            },
            Way::Back => Event::RolledBack { touched: true },
            Way::Closing => Event::Confirmed {},
        });
    };
    let name = step.intent.to_string();
    match &cursor.sub {
        Sub::Ready {
            not_before: Some(at),
        } if cx.now < *at => None,
        Sub::Ready { .. } => match &step.intent {
            Intent::Hold { lasting } => {
                let until = lasting.after(cx.now);
                // Prolonged for as long again, at least a minute, when the data is not enough.
                let deadline = (*lasting).max(Millis::minutes(1)).after(until);
                Some(Event::Soaking {
                    n: cursor.n,
                    step: name,
                    until,
                    deadline,
                })
            }
            Intent::SignOff(asked) => Some(sign::asked_for(facts, cursor.n, asked, cx)),
            _ if way == Way::Forward => {
                frozen::stopped(facts, cx).or_else(|| start(facts, way, cursor, name, cx))
            }
            _ => start(facts, way, cursor, name, cx),
        },
        Sub::Acting { action, deadline }
        | Sub::Pausing {
            action, deadline, ..
        } if cx.now >= *deadline => {
            let because = match cx.view.lease(action) {
                Some(lease) if lease.epoch == 0 => {
                    format!(
                        "no agent took the work in time; is one running for {}?",
                        facts.plan.body.environment
                    )
                }
                _ => "the agent did not finish in time".to_owned(),
            };
            Some(ends::broken(facts, way, cursor, because, cx))
        }
        Sub::Soaking { until, .. } if cx.now >= *until => Some(match judged(facts) {
            true => Event::FiguresAsked {
                n: cursor.n,
                answer_by: ANSWER.after(cx.now),
            },
            false => Event::StepFinished {
                way,
                n: cursor.n,
                step: name,
                detail: "held".to_owned(),
                action: None,
                log: Vec::new(),
                output: None,
            },
        }),
        Sub::Judging {
            answer_by,
            deadline,
        } if cx.now >= *answer_by => {
            let verdict = Verdict::no_answer();
            Some(ends::unclear(facts, cursor, verdict, *deadline, cx))
        }
        Sub::AwaitingSignOff { .. } => sign::due(facts, cursor, cx),
        Sub::Paused { until, reason, .. } if cx.now >= *until => Some(ends::rollback(
            facts,
            Cause::NobodyDecided {
                because: format!("paused: {reason}"),
            },
            None,
            cx,
        )),
        Sub::AwaitingPerson { until, because } if cx.now >= *until => Some(ends::rollback(
            facts,
            Cause::NobodyDecided {
                because: because.clone(),
            },
            None,
            cx,
        )),
        _ => None,
    }
}

/// Are both sides there to be compared? A first install or a program without traffic has nothing to compare with.
fn judged(facts: &Facts) -> bool {
    let body = &facts.plan.body;
    body.analysis.is_some() && body.from.is_some() && body.to.port.is_some()
}

fn start(facts: &Facts, way: Way, cursor: &Cursor, name: String, cx: &Ctx<'_>) -> Option<Event> {
    let body = &facts.plan.body;
    let step = facts.steps(way).get(cursor.n)?;
    let task = facts.plan.body.task(&step.intent)?;
    let work = Work {
        deployment: facts.id.clone(),
        environment: body.environment.clone(),
        service: body.service.clone(),
        generation: facts.plan.envelope.generation,
        attempt: cursor.attempt,
        timeout: step.timeout,
        task,
    };
    // The agent has `timeout` from its start; the server waits a little longer for the report.
    let deadline = Millis(step.timeout.0 + 15_000).after(cx.now);
    Some(Event::StepStarted {
        way,
        n: cursor.n,
        step: name,
        action: cx.ids.action(),
        work: Box::new(work),
        deadline,
    })
}
