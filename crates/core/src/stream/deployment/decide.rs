//! Commands: what each phase answers, then the executor goes on as far as it can.

use super::{
    Cause, Command, Deployment, Event, Facts, Phase, Sub, Way, drive, ends, follow, person, turns,
};
use crate::command::Command as Any;
use crate::decider::{Ctx, Decider, Decision, Wake};
use crate::id::ActionId;
use crate::plan::Intent;
use crate::refusal::Refusal;
use crate::work::Outcome;

pub(super) fn decide(
    state: &Deployment,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Decision<Event>, Refusal> {
    let mut turn = Turn {
        state: state.clone(),
        events: Vec::new(),
        then: Vec::new(),
    };
    turn.answer(command, cx)?;
    let wake = turn.go_on(cx);
    Ok(Decision {
        wake,
        fires: turns::of(state, &turn.state, cx),
        events: turn.events,
        then: turn.then,
    })
}

/// The state while a command is answered.
pub(super) struct Turn {
    pub(super) state: Deployment,
    events: Vec<Event>,
    pub(super) then: Vec<Any>,
}

impl Turn {
    /// Each fact may make the next possible at once; the bound is far above the longest plan.
    fn go_on(&mut self, cx: &Ctx<'_>) -> Wake {
        for _ in 0..crate::limits::EVENTS {
            match drive::next(&self.state, cx) {
                drive::Next::Fact(event) => self.happen(event, cx),
                drive::Next::Wait(wake) => return wake,
            }
        }
        drive::at_once(cx)
    }

    /// A fact, what it means for other streams, and the facts that follow from it whatever the plan says.
    pub(super) fn happen(&mut self, event: Event, cx: &Ctx<'_>) {
        let before = self.state.clone();
        self.state.evolve(cx.now, &event);
        self.then
            .extend(follow::commands(&before, &self.state, &event, cx));
        let next = ends::consequence(&before, &self.state, &event, cx);
        self.events.push(event);
        if let Some(next) = next {
            self.happen(next, cx);
        }
    }

    fn answer(&mut self, command: Command, cx: &Ctx<'_>) -> Result<(), Refusal> {
        if matches!(command, Command::Resume | Command::Advance { .. }) {
            person::undecided(&self.state, cx)?;
        }
        let state = self.state.clone();
        let facts = state.facts.as_deref();
        match (&state.phase, command, facts) {
            (
                Phase::Absent,
                Command::Propose {
                    plan,
                    purpose,
                    reason,
                    request,
                },
                _,
            ) => self.propose(*plan, purpose, (reason, request), cx)?,
            (_, Command::Wake, Some(_)) => {}
            (
                _,
                Command::Report {
                    action,
                    epoch,
                    outcome,
                },
                Some(facts),
            ) => self.report(facts, &action, epoch, outcome, cx)?,
            (_, Command::Observe { seen }, Some(facts)) => self.observe(facts, seen, cx),
            (Phase::Running { at }, Command::Pause { reason }, Some(_))
                if !matches!(
                    at.sub,
                    Sub::Pausing { .. }
                        | Sub::Paused { .. }
                        | Sub::AwaitingPerson { .. }
                        | Sub::AwaitingSignOff { .. }
                ) =>
            {
                self.pause(at, reason, cx);
            }
            (Phase::Running { at }, Command::Resume, Some(facts))
                if matches!(
                    at.sub,
                    Sub::Pausing { .. } | Sub::Paused { .. } | Sub::AwaitingPerson { .. }
                ) =>
            {
                self.resume(facts, at, cx);
            }
            (Phase::Running { at }, Command::Advance { reason }, Some(facts))
                if matches!(
                    at.sub,
                    Sub::Soaking { .. }
                        | Sub::Judging { .. }
                        | Sub::Paused { .. }
                        | Sub::AwaitingPerson { .. }
                ) && facts.sign_off_at(at.n).is_none() =>
            {
                self.advance(facts, at, reason, cx);
            }
            (
                Phase::Running { at },
                Command::Sign {
                    plan,
                    sign,
                    instead_of,
                    reason,
                },
                Some(facts),
            ) if matches!(at.sub, Sub::AwaitingSignOff { .. }) => {
                self.sign(facts, at, (plan, sign, instead_of, reason), cx)?;
            }
            (Phase::Running { at }, Command::RefuseToSign { plan, reason }, Some(facts))
                if matches!(at.sub, Sub::AwaitingSignOff { .. }) =>
            {
                self.refuse_to_sign(facts, at, (plan, reason), cx)?;
            }
            (Phase::Gated { .. }, Command::Abort { reason }, Some(_)) => {
                let by = cx.actor.who().to_owned();
                self.happen(Event::Cancelled { by, reason }, cx);
            }
            (
                Phase::Running { .. } | Phase::Succeeded { .. } | Phase::NeedsHuman { .. },
                Command::Abort { reason },
                Some(facts),
            ) => {
                let by = cx.actor.who().to_owned();
                let cause = Cause::Person { by, reason };
                let withdraws = state.action().cloned();
                self.happen(ends::rollback(facts, cause, withdraws, cx), cx);
            }
            (Phase::NeedsHuman { .. }, Command::Settle { reason }, Some(_)) => {
                let by = cx.actor.who().to_owned();
                self.happen(Event::Settled { by, reason }, cx);
                self.happen(Event::RolledBack { touched: true }, cx);
            }
            (Phase::Gated { .. }, Command::Supersede { because }, Some(_)) => {
                self.happen(Event::Superseded { because }, cx);
            }
            (Phase::Succeeded { .. }, Command::Supersede { .. }, Some(_)) => {
                // The next deployment retires what this one kept warm, so nothing is left to close.
                self.happen(Event::Confirmed {}, cx);
            }
            (Phase::Absent, _, _) => {
                return Err(Refusal::NotFound {
                    what: "deployment".to_owned(),
                    name: cx.stream.key().to_owned(),
                });
            }
            (_, command, _) => {
                return Err(Refusal::NotNow {
                    stream: cx.stream.to_string(),
                    phase: state.phase.name().to_owned(),
                    command: command.name().to_owned(),
                });
            }
        }
        Ok(())
    }

    fn report(
        &mut self,
        facts: &Facts,
        action: &ActionId,
        epoch: u64,
        outcome: Outcome,
        cx: &Ctx<'_>,
    ) -> Result<(), Refusal> {
        let state = self.state.clone();
        let have = cx.view.lease(action).map_or(0, |l| l.epoch);
        // Epoch 0 is work that nobody took yet: nobody can have done it.
        let current = state.action() == Some(action) && have == epoch && epoch > 0;
        let Some((way, cursor)) = state.cursor().filter(|_| current) else {
            return Err(Refusal::StaleLease {
                action: action.to_string(),
                got: epoch,
                have,
            });
        };
        match outcome {
            Outcome::Done {
                detail,
                log,
                output,
            } => {
                let step = facts.steps(way).get(cursor.n);
                if way == Way::Forward && step.is_some_and(|s| s.intent == Intent::Prepare) {
                    self.then.push(follow::verified(facts, cx));
                }
                let finished = Event::StepFinished {
                    way,
                    n: cursor.n,
                    step: facts.step_name(way, cursor.n),
                    detail,
                    action: Some(action.clone()),
                    log: if judged_bad(&state.phase) {
                        log
                    } else {
                        Vec::new()
                    },
                    output,
                };
                self.happen(finished, cx);
            }
            Outcome::Failed {
                because,
                log,
                output,
            } => {
                let mut failed = ends::failed(facts, way, cursor, because, log, None);
                if let Event::StepFailed { output: kept, .. } = &mut failed {
                    *kept = output;
                }
                self.happen(failed, cx);
            }
            Outcome::Broken { because } => {
                self.happen(ends::broken(facts, way, cursor, because, cx), cx);
            }
        }
        Ok(())
    }
}

/// Is a release taken back because of its figures? Only then does its log explain something that no cause holds yet.
fn judged_bad(phase: &Phase) -> bool {
    let cause = match phase {
        Phase::RollingBack { cause, .. } => cause,
        _ => return false,
    };
    matches!(cause, Cause::Regressed { .. } | Cause::NoData { .. })
}
