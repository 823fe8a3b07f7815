//! Commands: what each phase answers, then the executor goes on as far as it can.

use super::{Cause, Command, Cursor, Deployment, Event, Facts, Phase, Seen, Sub, Way, drive, ends};
use crate::analysis::{self, Judgement, Sample};
use crate::command::Command as Any;
use crate::decider::{Ctx, Decider, Decision};
use crate::gate::Purpose;
use crate::model::lane::LiveStage;
use crate::plan::{Plan, check};
use crate::refusal::Refusal;
use crate::stream::release::{self, HoldScope};
use crate::time::Millis;
use crate::work::Outcome;

/// How long a deployment waits at its gates before it gives up.
const EXPIRES: Millis = Millis::minutes(14 * 24 * 60);

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
    // Each fact may make the next possible at once; the bound is far above the longest plan.
    for _ in 0..crate::limits::EVENTS {
        let Some(event) = drive::next(&turn.state, cx) else {
            break;
        };
        turn.happen(event, cx);
    }
    Ok(Decision {
        wake: drive::wake(&turn.state, cx),
        events: turn.events,
        then: turn.then,
    })
}

/// The state while a command is answered.
struct Turn {
    state: Deployment,
    events: Vec<Event>,
    then: Vec<Any>,
}

impl Turn {
    fn happen(&mut self, event: Event, cx: &Ctx<'_>) {
        let before = self.state.clone();
        self.state.evolve(cx.now, &event);
        self.follow(&before, &event, cx);
        let failure = match &event {
            Event::StepFailed {
                retry_at: None,
                because,
                log,
                ..
            } => Some((because.clone(), log.clone())),
            _ => None,
        };
        let rollback_of_nothing = matches!(event, Event::RollbackStarted { .. })
            && self.state.facts.as_ref().is_some_and(|f| !f.touched());
        self.events.push(event);
        if let (Some((because, log)), Some((way, cursor))) = (failure, before.cursor())
            && let Some(next) = ends::after_failure(&before, way, cursor, &because, &log, cx)
        {
            self.happen(next, cx);
        }
        if rollback_of_nothing {
            // Nothing was touched: the way back is already done.
            self.happen(Event::RolledBack { touched: false }, cx);
        }
    }

    fn answer(&mut self, command: Command, cx: &Ctx<'_>) -> Result<(), Refusal> {
        let state = self.state.clone();
        let facts = state.facts.as_deref();
        match (&state.phase, command, facts) {
            (
                Phase::Absent,
                Command::Propose {
                    plan,
                    purpose,
                    reason,
                },
                _,
            ) => self.propose(*plan, purpose, reason, cx)?,
            (_, Command::Wake, Some(_)) => {}
            (
                _,
                Command::Report {
                    action,
                    epoch,
                    outcome,
                },
                Some(facts),
            ) => {
                self.report(facts, &action, epoch, outcome, cx)?;
            }
            (
                Phase::Running { .. } | Phase::Succeeded { .. },
                Command::Observe { seen },
                Some(facts),
            ) => {
                self.observe(facts, seen, cx);
            }
            (_, Command::Observe { .. }, Some(_)) => {}
            (Phase::Running { at }, Command::Pause { reason }, Some(_))
                if matches!(
                    at.sub,
                    Sub::Soaking { .. } | Sub::Judging { .. } | Sub::Ready { .. }
                ) =>
            {
                let until = drive::PATIENCE.after(cx.now);
                self.happen(
                    Event::Paused {
                        by: cx.actor.name.clone(),
                        reason,
                        until,
                    },
                    cx,
                );
            }
            (Phase::Running { at }, Command::Resume, Some(facts)) => match &at.sub {
                Sub::Paused { left, .. } => self.resume(facts, at, *left, cx),
                Sub::AwaitingPerson { .. } => self.resume(facts, at, None, cx),
                _ => return Err(not_now(&state, "resume", cx)),
            },
            (Phase::Running { at }, Command::Advance { reason }, Some(facts))
                if matches!(
                    at.sub,
                    Sub::Soaking { .. }
                        | Sub::Judging { .. }
                        | Sub::Paused { .. }
                        | Sub::AwaitingPerson { .. }
                ) =>
            {
                self.advance(facts, at, reason, cx);
            }
            (Phase::Gated { .. }, Command::Abort { reason }, Some(_)) => {
                self.happen(
                    Event::Cancelled {
                        by: cx.actor.name.clone(),
                        reason,
                    },
                    cx,
                );
            }
            (
                Phase::Running { .. } | Phase::Succeeded { .. } | Phase::NeedsHuman { .. },
                Command::Abort { reason },
                Some(facts),
            ) => {
                let cause = Cause::Person {
                    by: cx.actor.name.clone(),
                    reason,
                };
                let withdraws = state.action().cloned();
                self.happen(ends::rollback(facts, cause, withdraws, cx), cx);
            }
            (Phase::Gated { .. }, Command::Supersede { because }, Some(_)) => {
                self.happen(Event::Superseded { because }, cx);
            }
            (Phase::Succeeded { .. }, Command::Supersede { because }, Some(_)) => {
                // The next deployment retires what this one kept warm, so nothing is left to close.
                let _ = because;
                self.happen(Event::Confirmed {}, cx);
            }
            (_, command, _) => return Err(not_now(&state, command.name(), cx)),
        }
        Ok(())
    }

    fn propose(
        &mut self,
        plan: Plan,
        purpose: Purpose,
        reason: String,
        cx: &Ctx<'_>,
    ) -> Result<(), Refusal> {
        let id = crate::id::DeploymentId::parse(cx.stream.key())?;
        let body = &plan.body;
        let lane = cx.view.lane(&body.environment, &body.service);
        let moved = || Refusal::ParentMoved {
            service: body.service.to_string(),
            environment: body.environment.to_string(),
        };
        if let Some(live) = &lane.live {
            match live.stage {
                LiveStage::Changing | LiveStage::NeedsHuman => {
                    let phase = if live.stage == LiveStage::Changing {
                        "under way"
                    } else {
                        "needs a person"
                    };
                    return Err(Refusal::Busy {
                        service: body.service.to_string(),
                        environment: body.environment.to_string(),
                        deployment: live.deployment.clone(),
                        phase: phase.to_owned(),
                    });
                }
                LiveStage::Gated => self.then.push(Any::Deployment {
                    id: live.deployment.clone(),
                    command: Command::Supersede {
                        because: format!("{} took its place at the gates", body.to.release),
                    },
                }),
                LiveStage::Watched => {}
            }
        }
        let newest = lane.newest.as_ref();
        if plan.envelope.parent.as_ref() != newest.map(|n| &n.plan)
            || plan.envelope.generation != newest.map_or(0, |n| n.generation) + 1
        {
            return Err(moved());
        }
        if body.from.as_ref().map(|f| &f.key) != lane.running.as_ref().map(|r| &r.revision.key) {
            return Err(moved());
        }
        if body.gates != crate::gate::required(purpose) {
            return Err(Refusal::Invalid {
                because: "the plan does not ask every gate of its purpose".to_owned(),
                help: "plans come from the planner; send the command again".to_owned(),
            });
        }
        if let Some(note) = check::check(&plan).first() {
            return Err(Refusal::Invalid {
                because: format!("the plan is not safe: {note}"),
                help:
                    "please report this: a plan that the checker refuses is a defect of the planner"
                        .to_owned(),
            });
        }
        self.then.push(stage_started(&plan, &id));
        if let (Purpose::Rollback, Some(from)) = (purpose, &body.from) {
            // Held before the way back begins, so that no automation brings it again.
            self.then.push(hold_left(&plan, from, &id, &reason));
        }
        let by = cx.actor.name.clone();
        let expires = EXPIRES.after(cx.now);
        self.happen(
            Event::Proposed {
                id,
                plan: Box::new(plan),
                purpose,
                by,
                reason,
                expires,
            },
            cx,
        );
        Ok(())
    }

    fn report(
        &mut self,
        facts: &Facts,
        action: &crate::id::ActionId,
        epoch: u64,
        outcome: Outcome,
        cx: &Ctx<'_>,
    ) -> Result<(), Refusal> {
        let state = self.state.clone();
        let have = cx.view.lease(action).map_or(0, |l| l.epoch);
        let Some((way, cursor)) = state
            .cursor()
            .filter(|_| state.action() == Some(action) && have == epoch)
        else {
            return Err(Refusal::StaleLease {
                action: action.to_string(),
                got: epoch,
                have,
            });
        };
        match outcome {
            Outcome::Done { detail } => {
                let step = facts.steps(way).get(cursor.n);
                if way == Way::Forward
                    && step.is_some_and(|s| s.intent == crate::plan::Intent::Prepare)
                {
                    self.then.push(Any::Artifact {
                        id: facts.plan.body.to.release.clone(),
                        command: crate::stream::artifact::Command::Verify {
                            by: cx.actor.name.clone(),
                        },
                    });
                }
                let step = step.map_or_else(String::new, |s| s.intent.to_string());
                self.happen(
                    Event::StepFinished {
                        way,
                        n: cursor.n,
                        step,
                        detail,
                        action: Some(action.clone()),
                    },
                    cx,
                );
            }
            Outcome::Failed { because, log } => {
                self.happen(ends::failed(facts, way, cursor, because, log, None), cx);
            }
            Outcome::Broken { because } => {
                self.happen(ends::broken(facts, way, cursor, because, cx), cx)
            }
        }
        Ok(())
    }

    fn observe(&mut self, facts: &Facts, seen: Seen, cx: &Ctx<'_>) {
        match seen {
            Seen::CrashLoop { key, because, log } => {
                let has_instances = facts.touched() && key == facts.plan.body.to.key;
                // While an agent scales the new side, its own report says what happened.
                if has_instances && self.state.action().is_none() {
                    let cause = Cause::CrashLoop { because, log };
                    self.happen(ends::rollback(facts, cause, None, cx), cx);
                }
            }
            Seen::Figures { samples } => self.figures(facts, &samples, cx),
        }
    }

    fn figures(&mut self, facts: &Facts, samples: &[Sample], cx: &Ctx<'_>) {
        let Some(analysis) = &facts.plan.body.analysis else {
            return;
        };
        let verdict = analysis::judge(analysis, samples);
        let state = self.state.clone();
        match &state.phase {
            Phase::Running { at } => match &at.sub {
                Sub::Soaking { .. } if verdict.judgement == Judgement::Regressed => {
                    self.judged(facts, Some(at), verdict, cx);
                }
                Sub::Judging { deadline, .. } => {
                    let deadline = *deadline;
                    match verdict.judgement {
                        Judgement::Regressed => self.judged(facts, Some(at), verdict, cx),
                        Judgement::Healthy => {
                            let detail = verdict.sentence();
                            self.happen(
                                Event::Judged {
                                    n: Some(at.n),
                                    verdict,
                                },
                                cx,
                            );
                            self.finish_hold(facts, at, detail, cx);
                        }
                        Judgement::Degraded | Judgement::Inconclusive { .. } => {
                            self.happen(
                                Event::Judged {
                                    n: Some(at.n),
                                    verdict: verdict.clone(),
                                },
                                cx,
                            );
                            self.happen(ends::unclear(facts, at, verdict, deadline, cx), cx);
                        }
                    }
                }
                _ => {}
            },
            Phase::Succeeded { .. } if verdict.judgement == Judgement::Regressed => {
                self.judged(facts, None, verdict, cx);
            }
            _ => {}
        }
    }

    fn judged(
        &mut self,
        facts: &Facts,
        at: Option<&Cursor>,
        verdict: analysis::Verdict,
        cx: &Ctx<'_>,
    ) {
        let tell = facts
            .verdicts
            .last()
            .is_some_and(|v| v.judgement == Judgement::Regressed);
        let next = ends::regressed(facts, at, verdict.clone(), cx);
        // With `regression: tell` the same news is told once, not with every look.
        if next.is_some() || !tell {
            self.happen(
                Event::Judged {
                    n: at.map(|c| c.n),
                    verdict: verdict.clone(),
                },
                cx,
            );
        }
        match (next, at) {
            (Some(next), _) => self.happen(next, cx),
            (None, Some(at)) if matches!(at.sub, Sub::Judging { .. }) => {
                self.finish_hold(facts, at, verdict.sentence(), cx);
            }
            (None, _) => {}
        }
    }

    fn finish_hold(&mut self, facts: &Facts, at: &Cursor, detail: String, cx: &Ctx<'_>) {
        let step = facts
            .steps(Way::Forward)
            .get(at.n)
            .map_or_else(String::new, |s| s.intent.to_string());
        self.happen(
            Event::StepFinished {
                way: Way::Forward,
                n: at.n,
                step,
                detail,
                action: None,
            },
            cx,
        );
    }

    fn resume(&mut self, facts: &Facts, at: &Cursor, left: Option<Millis>, cx: &Ctx<'_>) {
        self.happen(
            Event::Resumed {
                by: cx.actor.name.clone(),
            },
            cx,
        );
        if let Some(left) = left {
            let step = facts
                .steps(Way::Forward)
                .get(at.n)
                .map_or_else(String::new, |s| s.intent.to_string());
            let until = left.after(cx.now);
            let deadline = left.max(Millis::minutes(1)).after(until);
            self.happen(
                Event::Soaking {
                    n: at.n,
                    step,
                    until,
                    deadline,
                },
                cx,
            );
        }
    }

    fn advance(&mut self, facts: &Facts, at: &Cursor, reason: String, cx: &Ctx<'_>) {
        let by = cx.actor.name.clone();
        let holds = matches!(
            facts.steps(Way::Forward).get(at.n).map(|s| &s.intent),
            Some(crate::plan::Intent::Hold { .. })
        );
        self.happen(
            Event::Advanced {
                by: by.clone(),
                reason: reason.clone(),
            },
            cx,
        );
        if holds {
            self.finish_hold(facts, at, format!("advanced by {by}: {reason}"), cx);
        } else {
            self.happen(Event::Resumed { by }, cx);
        }
    }

    /// Follow-ups for other streams.
    fn follow(&mut self, before: &Deployment, event: &Event, cx: &Ctx<'_>) {
        let Some(facts) = self.state.facts.as_deref() else {
            return;
        };
        let body = &facts.plan.body;
        let release = |command: release::Command| Any::Release {
            id: body.to.release.clone(),
            command,
        };
        let (environment, deployment) = (body.environment.clone(), facts.id.clone());
        match event {
            Event::GatesPassed { .. } => {
                let lane = cx.view.lane(&body.environment, &body.service);
                // An earlier deployment still being watched ends its watch here: this one takes over what it kept.
                if let Some(running) = lane.running.filter(|r| r.deployment != facts.id) {
                    let watched = cx
                        .view
                        .load::<Deployment>(running.deployment.as_str())
                        .is_ok_and(|d| matches!(d.phase, Phase::Succeeded { .. }));
                    if watched {
                        let because = format!("{} follows", body.to.release);
                        let command = Command::Supersede { because };
                        self.then.push(Any::Deployment {
                            id: running.deployment,
                            command,
                        });
                    }
                }
            }
            Event::Succeeded { .. } => {
                self.then.push(release(release::Command::StageDone {
                    environment,
                    deployment,
                }));
            }
            Event::RollbackStarted { cause, .. }
                if !matches!(before.phase, Phase::NeedsHuman { .. }) =>
            {
                let hold = match (&body.from, facts.touched()) {
                    (_, false) => HoldScope::Nothing,
                    (Some(from), true) if from.artifact == body.to.artifact => {
                        HoldScope::Revision {
                            key: body.to.key.clone(),
                        }
                    }
                    (_, true) => HoldScope::Release,
                };
                let because = cause.to_string();
                self.then.push(release(release::Command::StageFailed {
                    environment,
                    deployment,
                    because,
                    hold,
                }));
            }
            Event::Cancelled {
                reason: because, ..
            }
            | Event::Superseded { because } => {
                let (because, hold) = (because.clone(), HoldScope::Nothing);
                self.then.push(release(release::Command::StageFailed {
                    environment,
                    deployment,
                    because,
                    hold,
                }));
            }
            Event::Expired {} => {
                let because = "waited at its gates too long".to_owned();
                let hold = HoldScope::Nothing;
                self.then.push(release(release::Command::StageFailed {
                    environment,
                    deployment,
                    because,
                    hold,
                }));
            }
            _ => {}
        }
    }
}

fn stage_started(plan: &Plan, id: &crate::id::DeploymentId) -> Any {
    Any::Release {
        id: plan.body.to.release.clone(),
        command: release::Command::StageStarted {
            environment: plan.body.environment.clone(),
            deployment: id.clone(),
        },
    }
}

/// The release that a return leaves behind is held: whole, or only the revision when the bits stay the same.
fn hold_left(
    plan: &Plan,
    from: &crate::plan::Revision,
    id: &crate::id::DeploymentId,
    reason: &str,
) -> Any {
    let hold = if from.artifact == plan.body.to.artifact {
        HoldScope::Revision {
            key: from.key.clone(),
        }
    } else {
        HoldScope::Release
    };
    Any::Release {
        id: from.release.clone(),
        command: release::Command::StageFailed {
            environment: plan.body.environment.clone(),
            deployment: id.clone(),
            because: reason.to_owned(),
            hold,
        },
    }
}

fn not_now(state: &Deployment, command: &str, cx: &Ctx<'_>) -> Refusal {
    Refusal::NotNow {
        stream: cx.stream.to_string(),
        phase: state.phase.name().to_owned(),
        command: command.to_owned(),
    }
}
