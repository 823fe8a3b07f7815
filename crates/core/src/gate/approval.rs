//! Everybody who is asked said yes to this very plan, and none of them is barred.
//!
//! Counted anew each time, with the configuration in force: a yes that was enough yesterday is nothing when its giver changed
//! teams, its time ran out, or the plan has other effects.

use super::known::Evaluation;
use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::change::{self, Assessment, Count, Standing, Subject, assess, parties, standing};
use crate::refusal::Refusal;
use crate::spec::ChangeClass;
use crate::stream::change::{Change, Phase};
use crate::stream::person;
use std::sync::Arc;

pub(super) fn evaluate(asked: &Evaluation<'_>) -> GateReport {
    judge(asked).unwrap_or_else(|refusal| {
        let retry_at = super::BACKSTOP.after(asked.now);
        asked.report(
            GateId::Approval,
            GateOutcome::Broken { retry_at },
            format!("cannot tell who approved: {refusal}"),
        )
    })
}

/// The newest change of a release in an environment, when there is one.
pub(super) type Found = Option<(change::ChangeId, Arc<Change>)>;

/// The change of what is asked about, and what it is and needs.
pub(super) fn known(asked: &Asked<'_>) -> Result<(Found, Option<Assessment>), Refusal> {
    let plan = asked.plan;
    let found = change::of(asked.view, &plan.to.release, &plan.environment)?;
    let declared = found
        .as_ref()
        .filter(|(_, c)| !matches!(c.phase, Phase::Withdrawn { .. } | Phase::Closed { .. }))
        .and_then(|(_, c)| c.facts.as_deref()?.declared.clone());
    let raised = found
        .as_ref()
        .and_then(|(_, c)| c.facts.as_deref()?.raised.clone());
    // A deployment that started as an emergency stays one until it is over.
    let its_own = |change: &&Change| {
        let planned = change.facts.as_deref().and_then(|f| f.planned.as_ref());
        planned.map(|p| &p.deployment) == asked.deployment && asked.deployment.is_some()
    };
    let own = found.as_ref().map(|(_, c)| &**c).filter(its_own);
    let assessment = assess(&Subject {
        plan,
        purpose: asked.purpose,
        declared: declared.as_ref(),
        raised: raised.as_ref(),
        now: own.map_or(asked.now, |change| change.judged_at(asked.now)),
        spec: asked.spec,
        view: asked.view,
    });
    Ok((found, assessment))
}

/// The class of what is asked about. Nothing has one where no policy concerns it, and what cannot be told has none.
pub(crate) fn class_of(asked: &Asked<'_>) -> Option<ChangeClass> {
    if !change::is_governed(asked.spec, asked.plan) {
        return None;
    }
    let (_, assessment) = known(asked).ok()?;
    Some(assessment?.class)
}

fn judge(asked: &Evaluation<'_>) -> Result<GateReport, Refusal> {
    let plan = asked.plan;
    // Without its owner nobody can be asked, and nobody asked must not read as nobody needed.
    if !asked.spec.services.contains_key(&plan.service) {
        return Err(Refusal::NotFound {
            what: "service".to_owned(),
            name: plan.service.to_string(),
        });
    }
    if !change::is_governed(asked.spec, plan) {
        // A no holds whatever the rules ask by now.
        let newest = change::of(asked.view, &plan.to.release, &plan.environment)?;
        return Ok(match refused(asked, newest.as_ref()) {
            Some(report) => report,
            None => asked.report(GateId::Approval, PASS, "no policy asks for an approval"),
        });
    }
    let (found, assessment) = asked.change()?;
    if let Some(report) = refused(asked, found.as_ref()) {
        return Ok(report);
    }
    let Some(assessment) = assessment else {
        return Ok(asked.report(GateId::Approval, PASS, "no policy asks for an approval"));
    };
    let class = assessment.class.as_str();
    if assessment.required.is_empty() {
        let title = format!("class {class} needs nobody's approval");
        let report = asked.report(GateId::Approval, PASS, title);
        return Ok(report.detail(assessment.because.join("; ")));
    }
    let digest = plan.digest().map_err(|e| Refusal::Invalid {
        because: e.to_string(),
        help: "plans come from the planner".to_owned(),
    })?;
    let facts = found.as_ref().and_then(|(_, c)| c.facts.as_deref());
    let requesters = facts.map(|f| f.requesters.clone()).unwrap_or_default();
    let parties = parties(asked.view, plan, requesters.iter().map(String::as_str), [])?;
    let count = Count {
        subject: &digest,
        assessment,
        parties: &parties,
        asked_at: facts.map_or(asked.now, |f| f.asked_since()),
        now: asked.now,
        spec: asked.spec,
        view: asked.view,
    };
    let votes = facts.map(|f| f.votes.as_slice()).unwrap_or_default();
    let all = standing(votes, &assessment.required, &count);
    let barred = assessment.never_by.keys().copied().collect();
    let unclear = parties.unclear(&barred);
    let mut moved: Vec<String> = votes.iter().filter_map(|v| count.moved(v)).collect();
    // Of a change that is over it says nothing about the next one.
    let open = found
        .as_ref()
        .filter(|(_, c)| matches!(c.phase, Phase::Open | Phase::Authorised { .. }));
    let void = open.and_then(|(_, c)| c.facts.as_deref()?.void.as_ref());
    moved.extend(void.map(ToString::to_string));
    let report = answer(asked, found.as_ref(), assessment, &all, unclear);
    Ok(if report.outcome.passes() || moved.is_empty() {
        report
    } else {
        let detail = format!("{}; {}", moved.join("; "), report.detail);
        report.detail(detail)
    })
}

/// The answer where somebody said no.
fn refused(
    asked: &Asked<'_>,
    newest: Option<&(change::ChangeId, Arc<Change>)>,
) -> Option<GateReport> {
    let (id, change) = newest?;
    match &change.phase {
        Phase::Rejected { by, reason, .. } => Some(rejected(asked, id, by, reason)),
        _ => None,
    }
}

fn rejected(asked: &Asked<'_>, id: &change::ChangeId, by: &str, reason: &str) -> GateReport {
    let on = vec![
        "config".to_owned(),
        person::TRIGGER.to_owned(),
        format!("change/{id}"),
    ];
    let title = format!("rejected by {by}: {reason}");
    let report = asked.report(GateId::Approval, GateOutcome::Fail { on }, title);
    let way = format!("{by} may change it: `tidegate approve {id}`; or plan something else");
    report.detail(way).who([by])
}

fn answer(
    asked: &Asked<'_>,
    found: Option<&(change::ChangeId, Arc<Change>)>,
    assessment: &Assessment,
    all: &[Standing],
    unclear: Option<String>,
) -> GateReport {
    let id = found.map(|(id, _)| id.to_string());
    let mut on = vec!["config".to_owned(), person::TRIGGER.to_owned()];
    on.extend(id.iter().map(|id| format!("change/{id}")));
    let lines: Vec<String> = all.iter().map(ToString::to_string).collect();
    let title = format!("approval: {}", lines.join("  "));
    let open: Vec<&Standing> = all.iter().filter(|s| !s.is_met()).collect();
    let rule = open
        .first()
        .copied()
        .or(all.first())
        .map(|s| s.required.rule.clone())
        .filter(|rule| rule != "built-in");
    let with = |report: GateReport| match &rule {
        Some(rule) => report.rule(rule.clone()),
        None => report,
    };
    let fail = |title: String| {
        asked.report(
            GateId::Approval,
            GateOutcome::Fail { on: on.clone() },
            title,
        )
    };
    if let Some(unclear) = unclear {
        let report = fail(format!("who wrote it is not known: {unclear}"));
        let way = "register the artifact with `--author`, and the addresses of people with `tidegate user`";
        return with(report.detail(way).who(["whoever registers artifacts"]));
    }
    if open.is_empty() {
        let until = all.iter().filter_map(|s| s.until).min();
        return with(asked.report(GateId::Approval, GateOutcome::Pass { until }, title));
    }
    let who: Vec<String> = open.iter().flat_map(|s| s.could.clone()).collect();
    let who: std::collections::BTreeSet<String> = who.into_iter().collect();
    let class = format!("class {}", assessment.class.as_str());
    let detail = match id {
        Some(id) => format!("{class}; `tidegate approve {id}`"),
        None => format!("{class}; they are asked once it is deployed"),
    };
    let report = fail(title).detail(detail);
    with(if who.is_empty() {
        report.who(["whoever configures the teams"])
    } else {
        report.who(who.iter().map(String::as_str))
    })
}
