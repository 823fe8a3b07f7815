//! What sensors saw: a program that keeps ending, and figures that are judged.

use super::decide::Turn;
use super::{Cause, Cursor, Event, Facts, Phase, Seen, Sub, Way, ends};
use crate::analysis::{self, Judgement, Sample, Verdict};
use crate::archive::Body;
use crate::decider::Ctx;
use crate::spec::OnRegression;

/// A verdict, and the figures that it was made of as they are kept beside the log.
type Judged = (Verdict, Option<Body>);

fn analysis_of(facts: &Facts, samples: &[Sample]) -> Option<Verdict> {
    let analysis = facts.plan.body.analysis.as_ref()?;
    Some(analysis::judge(analysis, samples))
}

impl Turn {
    /// Outside the two phases in which the new revision is on trial, what is seen changes nothing.
    pub(super) fn observe(&mut self, facts: &Facts, seen: Seen, cx: &Ctx<'_>) {
        let on_trial = matches!(
            self.state.phase,
            Phase::Running { .. } | Phase::Succeeded { .. }
        );
        match seen {
            _ if !on_trial => {}
            Seen::CrashLoop { key, because, log } => {
                let has_instances = facts.touched() && key == facts.plan.body.to.key;
                // While an agent scales the new side, its own report says what happened.
                if has_instances && self.state.action().is_none() {
                    let cause = Cause::CrashLoop { because, log };
                    self.happen(ends::rollback(facts, cause, None, cx), cx);
                }
            }
            Seen::Figures { samples, evidence } => {
                let judged = analysis_of(facts, &samples).map(|verdict| (verdict, evidence));
                if let Some(judged) = judged {
                    self.figures(facts, judged, cx);
                }
            }
        }
    }

    fn figures(&mut self, facts: &Facts, judged: Judged, cx: &Ctx<'_>) {
        let regressed = judged.0.judgement == Judgement::Regressed;
        // A stop by a person or a step under way does not end the protection of users.
        let protects = facts.plan.body.regression == OnRegression::RollBack && facts.touched();
        let state = self.state.clone();
        match &state.phase {
            Phase::Running { at } => match &at.sub {
                Sub::Judging { .. } => self.answered(facts, at, judged, cx),
                Sub::Soaking { .. } if regressed => self.judged(facts, Some(at), judged, cx),
                _ if regressed && protects => self.judged(facts, Some(at), judged, cx),
                _ => {}
            },
            Phase::Succeeded { .. } if regressed => self.judged(facts, None, judged, cx),
            _ => {}
        }
    }

    /// The figures that were asked for at the end of a hold.
    fn answered(&mut self, facts: &Facts, at: &Cursor, judged: Judged, cx: &Ctx<'_>) {
        let (verdict, evidence) = judged;
        let next = match (&verdict.judgement, &at.sub) {
            (Judgement::Regressed, _) => {
                return self.judged(facts, Some(at), (verdict, evidence), cx);
            }
            (
                Judgement::Degraded | Judgement::Inconclusive { .. },
                Sub::Judging { deadline, .. },
            ) => Some(ends::unclear(facts, at, verdict.clone(), *deadline, cx)),
            _ => None,
        };
        let detail = verdict.sentence();
        let n = Some(at.n);
        let judged = Event::Judged {
            n,
            verdict,
            evidence,
        };
        self.happen(judged, cx);
        match next {
            Some(next) => self.happen(next, cx),
            None => self.finish_hold(facts, at, detail, cx),
        }
    }

    fn judged(&mut self, facts: &Facts, at: Option<&Cursor>, judged: Judged, cx: &Ctx<'_>) {
        let (verdict, evidence) = judged;
        let newest = facts.verdicts.last();
        let told = newest.is_some_and(|v| v.judgement == Judgement::Regressed);
        let next = ends::regressed(facts, at, verdict.clone(), cx);
        let detail = verdict.sentence();
        // With `regression: tell` the same news is told once, not with every look.
        if next.is_some() || !told {
            let judged = Event::Judged {
                n: at.map(|c| c.n),
                verdict,
                evidence,
            };
            self.happen(judged, cx);
        }
        match (next, at) {
            (Some(next), _) => self.happen(next, cx),
            (None, Some(at)) if matches!(at.sub, Sub::Judging { .. }) => {
                self.finish_hold(facts, at, detail, cx);
            }
            (None, _) => {}
        }
    }

    pub(super) fn finish_hold(&mut self, facts: &Facts, at: &Cursor, detail: String, cx: &Ctx<'_>) {
        let finished = Event::StepFinished {
            way: Way::Forward,
            n: at.n,
            step: facts.step_name(Way::Forward, at.n),
            detail,
            action: None,
            log: Vec::new(),
            output: None,
        };
        self.happen(finished, cx);
    }
}
