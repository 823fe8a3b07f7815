//! The state after a fact.

use super::{Cursor, Deployment, Event, Facts, Phase, Sub, Way};
use crate::time::{Millis, Timestamp};

pub(super) fn evolve(state: &mut Deployment, at: Timestamp, event: &Event) {
    learn(state, at, event);
    let phase = std::mem::take(&mut state.phase);
    state.phase = next(phase, at, event);
}

fn learn(state: &mut Deployment, at: Timestamp, event: &Event) {
    if let Event::Proposed {
        id,
        plan,
        purpose,
        by,
        reason,
        request,
        team,
        issues,
        ..
    } = event
    {
        state.facts = Some(Box::new(Facts {
            id: id.clone(),
            plan: (**plan).clone(),
            purpose: *purpose,
            by: by.clone(),
            reason: reason.clone(),
            proposed_at: at,
            started_at: None,
            ended_at: None,
            reached: None,
            verdicts: Vec::new(),
            log: Vec::new(),
            exceptions: Vec::new(),
            request: request.clone(),
            team: team.clone(),
            issues: issues.clone(),
        }));
    }
    let Some(facts) = &mut state.facts else {
        return;
    };
    match event {
        Event::GatesPassed { reports } => {
            facts.started_at = Some(at);
            facts.exceptions.extend(crate::gate::exceptions(reports));
        }
        Event::FreezeReleased { exceptions, .. } => {
            facts.exceptions.extend(exceptions.iter().cloned());
        }
        Event::StepStarted {
            way: Way::Forward,
            n,
            ..
        }
        | Event::Soaking { n, .. }
        | Event::SignOffAsked { n, .. } => {
            facts.reached = Some(facts.reached.unwrap_or(0).max(*n));
        }
        Event::Judged { verdict, .. } => {
            facts.verdicts.push(verdict.clone());
            if facts.verdicts.len() > crate::limits::VERDICTS {
                facts.verdicts.remove(0);
            }
        }
        Event::StepFinished { log, .. } if !log.is_empty() => facts.log.clone_from(log),
        Event::Confirmed {}
        | Event::RolledBack { .. }
        | Event::Cancelled { .. }
        | Event::Superseded { .. }
        | Event::BaseMoved { .. }
        | Event::Expired {} => facts.ended_at = Some(at),
        _ => {}
    }
}

fn next(phase: Phase, now: Timestamp, event: &Event) -> Phase {
    match (phase, event) {
        (_, Event::Proposed { expires, .. }) => Phase::Gated {
            reports: Vec::new(),
            expires: *expires,
            slot: None,
        },
        (Phase::Gated { expires, slot, .. }, Event::Waiting { reports, .. }) => Phase::Gated {
            reports: reports.clone(),
            expires,
            slot,
        },
        (Phase::Gated { reports, .. }, Event::SlotReserved { slot, expires, .. }) => Phase::Gated {
            reports,
            expires: *expires,
            slot: Some(*slot),
        },
        (
            Phase::Gated {
                reports, expires, ..
            },
            Event::SlotLost { .. },
        ) => Phase::Gated {
            reports,
            expires,
            slot: None,
        },
        (Phase::Gated { .. }, Event::GatesPassed { .. }) => Phase::Running { at: Cursor::at(0) },
        (_, Event::Succeeded { until }) => Phase::Succeeded { until: *until },
        (_, Event::Closing { .. }) => Phase::Closing { at: Cursor::at(0) },
        (_, Event::Confirmed {}) => Phase::Confirmed { at: now },
        (
            _,
            Event::RollbackStarted {
                cause, deadline, ..
            },
        ) => Phase::RollingBack {
            cause: cause.clone(),
            at: Cursor::at(0),
            deadline: *deadline,
        },
        (
            Phase::RollingBack { cause, .. },
            Event::NeedsHuman {
                because, remind_at, ..
            },
        )
        | (
            Phase::NeedsHuman { cause, .. },
            Event::NeedsHuman {
                because, remind_at, ..
            },
        ) => Phase::NeedsHuman {
            cause,
            because: because.clone(),
            remind_at: *remind_at,
        },
        (_, Event::Cancelled { by, reason }) => Phase::Cancelled {
            by: by.clone(),
            reason: reason.clone(),
        },
        (_, Event::Superseded { because } | Event::BaseMoved { because }) => Phase::Superseded {
            because: because.clone(),
        },
        (_, Event::Expired {}) => Phase::Expired,
        (
            Phase::RollingBack { cause, .. } | Phase::NeedsHuman { cause, .. },
            Event::RolledBack { touched },
        ) => Phase::RolledBack {
            cause,
            touched: *touched,
        },
        (phase, event) => step(phase, now, event),
    }
}

/// Events inside a list of steps.
fn step(mut phase: Phase, now: Timestamp, event: &Event) -> Phase {
    let at = match &mut phase {
        Phase::Running { at } | Phase::RollingBack { at, .. } | Phase::Closing { at } => at,
        _ => return phase,
    };
    match event {
        Event::StepStarted {
            action, deadline, ..
        } => {
            at.sub = Sub::Acting {
                action: action.clone(),
                deadline: *deadline,
            };
        }
        Event::StepFinished { n, .. } => *at = Cursor::at(n + 1),
        Event::StepFailed { retry_at, .. } => {
            at.attempt += 1;
            at.sub = Sub::Ready {
                not_before: *retry_at,
            };
        }
        Event::Soaking {
            until, deadline, ..
        } => {
            at.sub = Sub::Soaking {
                until: *until,
                deadline: *deadline,
            }
        }
        Event::FiguresAsked { answer_by, .. } => {
            if let Sub::Soaking { deadline, .. } = at.sub {
                at.sub = Sub::Judging {
                    answer_by: *answer_by,
                    deadline,
                };
            }
        }
        Event::PauseAsked { by, reason } => {
            if let Sub::Acting { action, deadline } = at.sub.clone() {
                at.sub = Sub::Pausing {
                    action,
                    deadline,
                    by: by.clone(),
                    reason: reason.clone(),
                };
            }
        }
        Event::Paused { by, reason, until } => {
            let left = match at.sub {
                Sub::Soaking { until, .. } => Some(Millis::between(now, until)),
                Sub::Judging { .. } => Some(Millis::ZERO),
                _ => None,
            };
            at.sub = Sub::Paused {
                by: by.clone(),
                reason: reason.clone(),
                until: *until,
                left,
            };
        }
        Event::FreezePaused {
            freezes,
            because,
            until,
        } => {
            let since = match at.sub {
                Sub::PausedByFreeze { since, .. } => since,
                _ => now,
            };
            at.sub = Sub::PausedByFreeze {
                freezes: freezes.clone(),
                because: because.clone(),
                since,
                until: *until,
            };
        }
        Event::FreezeReleased { .. } => {
            if matches!(at.sub, Sub::PausedByFreeze { .. }) {
                at.sub = Sub::Ready { not_before: None };
            }
        }
        Event::SignOffAsked {
            until,
            remind_at,
            escalate_at,
            ..
        } => {
            at.sub = Sub::AwaitingSignOff {
                since: now,
                until: *until,
                remind_at: *remind_at,
                escalate_at: *escalate_at,
            };
        }
        Event::SignOffReminded {
            remind_at: next, ..
        } => {
            if let Sub::AwaitingSignOff { remind_at, .. } = &mut at.sub {
                *remind_at = Some(*next);
            }
        }
        Event::SignOffEscalated { .. } => {
            if let Sub::AwaitingSignOff { escalate_at, .. } = &mut at.sub {
                *escalate_at = None;
            }
        }
        Event::AwaitsPerson { because, until } => {
            at.sub = Sub::AwaitingPerson {
                because: because.clone(),
                until: *until,
            };
        }
        Event::Resumed { .. } => {
            at.sub = match at.sub.clone() {
                Sub::Pausing {
                    action, deadline, ..
                } => Sub::Acting { action, deadline },
                _ => Sub::Ready { not_before: None },
            };
        }
        _ => {}
    }
    phase
}
