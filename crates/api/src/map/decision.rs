//! Gates and decisions.

use tidegate_client::wire::{Condition, ConditionState, Decision, Preview, Rule};
use tidegate_core::gate::{self, Asked, GateOutcome, GateReport};
use tidegate_core::id::{EnvId, ReleaseId};
use tidegate_core::plan::Plan;
use tidegate_core::spec::Origins;
use tidegate_core::time::Timestamp;

/// What a decision is about.
pub(crate) struct Question<'a> {
    pub release: &'a ReleaseId,
    pub environment: &'a EnvId,
    pub asked_at: Timestamp,
    pub zone: String,
    pub origins: &'a Origins,
    /// When it may go, as far as that can be told.
    pub when: When,
}

/// When a deployment may go.
#[derive(Default)]
pub(crate) struct When {
    /// First instant at which every gate passes, as far as time alone decides.
    pub earliest: Option<Timestamp>,
    /// Without that: the first at which the calendar lets it go.
    pub in_time: Option<Timestamp>,
    /// The next ones, if that is missed.
    pub if_missed: Vec<Timestamp>,
}

/// How many are told.
const MISSED: usize = 2;

impl When {
    /// What the gates say about it.
    pub(crate) fn of(asked: &Asked<'_>, reports: &[GateReport]) -> Self {
        let earliest = gate::earliest(asked, reports);
        let in_time = match earliest {
            None => gate::earliest_in_time(asked, reports),
            Some(_) => None,
        };
        let in_time = in_time.filter(|at| *at > asked.now);
        let first = earliest.filter(|at| *at > asked.now).or(in_time);
        let next = std::iter::successors(first, |at| gate::missed(asked, *at));
        Self {
            earliest,
            in_time,
            if_missed: next.skip(1).take(MISSED).collect(),
        }
    }
}

/// The answer of one gate.
pub(crate) fn condition(report: &GateReport, origins: &Origins, asked: Timestamp) -> Condition {
    let (state, until, evidence) = match &report.outcome {
        GateOutcome::Pass { until } => (ConditionState::Pass, *until, &[][..]),
        GateOutcome::Wait { on, .. } => (ConditionState::Wait, report.opens(asked), &on[..]),
        GateOutcome::Fail { on } => (ConditionState::Fail, None, &on[..]),
        GateOutcome::Broken { retry_at } => (ConditionState::Broken, Some(*retry_at), &[][..]),
        GateOutcome::Overridden { .. } => (ConditionState::Overridden, None, &[][..]),
    };
    let mut evidence = evidence.to_vec();
    if let GateOutcome::Overridden { by } = &report.outcome {
        evidence.push(by.clone());
    }
    Condition {
        id: report.gate.as_str().to_owned(),
        state,
        title: report.title.clone(),
        detail: report.detail.clone(),
        until,
        who_can_change: report.who.clone(),
        rule: report.rule.as_ref().map(|path| {
            let place = origins.of(path);
            Rule {
                path: path.clone(),
                file: place.file,
                line: place.line,
            }
        }),
        evidence,
    }
}

/// All answers together.
pub(crate) fn decision(question: &Question<'_>, reports: &[GateReport]) -> Decision {
    let asked = question.asked_at;
    Decision {
        release: question.release.to_string(),
        environment: question.environment.to_string(),
        asked_at: asked,
        zone: question.zone.clone(),
        allowed: reports.iter().all(|r| r.outcome.passes()),
        earliest: question.when.earliest,
        in_time: question.when.in_time,
        if_missed: question.when.if_missed.clone(),
        conditions: reports
            .iter()
            .map(|r| condition(r, question.origins, asked))
            .collect(),
        deployment: None,
        open_decision: None,
        phase: None,
        change: None,
        change_phase: None,
        refused_by: Vec::new(),
    }
}

/// Plan and decision.
pub(crate) fn preview(question: &Question<'_>, plan: &Plan, reports: &[GateReport]) -> Preview {
    Preview {
        release: question.release.to_string(),
        environment: question.environment.to_string(),
        plan: super::plan::summary(plan),
        decision: decision(question, reports),
    }
}
