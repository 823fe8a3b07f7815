//! Gates and decisions.

use tidegate_client::wire::{Condition, ConditionState, Decision, Preview, Rule};
use tidegate_core::gate::{GateOutcome, GateReport};
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
}

/// The answer of one gate.
pub(crate) fn condition(report: &GateReport, origins: &Origins, asked: Timestamp) -> Condition {
    let (state, until, evidence) = match &report.outcome {
        GateOutcome::Pass { until } => (ConditionState::Pass, *until, &[][..]),
        outcome @ GateOutcome::Wait { on, .. } => {
            (ConditionState::Wait, outcome.opens(asked), &on[..])
        }
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
        earliest: earliest(reports, asked),
        conditions: reports
            .iter()
            .map(|r| condition(r, question.origins, asked))
            .collect(),
        deployment: None,
        phase: None,
    }
}

/// The first instant at which every gate passes as far as time alone decides.
fn earliest(reports: &[GateReport], asked: Timestamp) -> Option<Timestamp> {
    let mut earliest = asked;
    for report in reports.iter().filter(|r| !r.outcome.passes()) {
        earliest = earliest.max(report.outcome.opens(asked)?);
    }
    Some(earliest)
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

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_core::gate::GateId;
    use tidegate_core::time::Millis;

    fn report(outcome: GateOutcome) -> GateReport {
        GateReport {
            gate: GateId::Soak,
            outcome,
            title: String::new(),
            detail: String::new(),
            who: Vec::new(),
            rule: None,
        }
    }

    #[test]
    fn only_waits_for_time_alone_say_when_it_may_go() {
        let now = Timestamp::UNIX_EPOCH;
        let pass = report(GateOutcome::Pass { until: None });
        let soak = report(GateOutcome::Wait {
            at: Millis::minutes(42).after(now),
            on: Vec::new(),
        });
        let other = report(GateOutcome::Wait {
            at: Millis::minutes(5).after(now),
            on: vec!["release/a@1".to_owned()],
        });
        let fail = report(GateOutcome::Fail { on: Vec::new() });
        assert_eq!(earliest(std::slice::from_ref(&pass), now), Some(now));
        assert_eq!(
            earliest(&[pass.clone(), soak.clone()], now),
            Some(Millis::minutes(42).after(now))
        );
        assert_eq!(earliest(&[soak.clone(), other], now), None);
        assert_eq!(earliest(&[soak, fail], now), None);
    }
}
