//! Gates and decisions.

use tidegate_client::wire::{
    ClassGate, ClassPath, Condition, ConditionState, Decision, Preview, Rule,
};
use tidegate_core::gate::{self, Asked, GateId, GateOutcome, GateReport};
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
    let (until, evidence) = match &report.outcome {
        GateOutcome::Pass { until } => (*until, &[][..]),
        GateOutcome::Wait { on, .. } => (report.opens(asked), &on[..]),
        GateOutcome::Fail { on } => (None, &on[..]),
        GateOutcome::Broken { retry_at } => (Some(*retry_at), &[][..]),
        GateOutcome::Overridden { .. } => (None, &[][..]),
    };
    let mut evidence = evidence.to_vec();
    if let GateOutcome::Overridden { by } = &report.outcome {
        evidence.push(by.clone());
    }
    Condition {
        id: report.gate.as_str().to_owned(),
        state: state(&report.outcome),
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

/// The path of a class with the answers of its gates.
pub(crate) fn path(path: Option<gate::ClassPath>, reports: &[GateReport]) -> Option<ClassPath> {
    let path = path?;
    let one = |(gate, skipped): (GateId, Option<String>)| {
        let asked = reports.iter().filter(|_| skipped.is_none());
        let report = asked.into_iter().find(|report| report.gate == gate);
        ClassGate {
            id: gate.as_str().to_owned(),
            state: report.map(|report| state(&report.outcome)),
            title: report.map(|report| report.title.clone()),
            skipped,
        }
    };
    Some(ClassPath {
        class: path.class.as_str().to_owned(),
        gates: path.gates.into_iter().map(one).collect(),
    })
}

fn state(outcome: &GateOutcome) -> ConditionState {
    match outcome {
        GateOutcome::Pass { .. } => ConditionState::Pass,
        GateOutcome::Wait { .. } => ConditionState::Wait,
        GateOutcome::Fail { .. } => ConditionState::Fail,
        GateOutcome::Broken { .. } => ConditionState::Broken,
        GateOutcome::Overridden { .. } => ConditionState::Overridden,
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
        path: None,
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
