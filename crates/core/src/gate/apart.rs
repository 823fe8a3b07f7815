//! Environments that must never change together: while the other one changes, this one waits.
//!
//! Any service counts while it changes there; the same service counts until its stabilisation period is over, so that one
//! version is never unproven in both.

use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::id::EnvId;
use crate::model::lane::LiveStage;
use std::collections::BTreeSet;

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let env = &asked.plan.environment;
    let others = others(asked);
    if others.is_empty() {
        let title = format!("{env} may change beside every other environment");
        return asked.report(GateId::Apart, PASS, title);
    }
    let rule = rule(asked, &others);
    let mut titles = Vec::new();
    let mut on = vec!["config".to_owned()];
    for other in &others {
        on.push(format!("environment/{other}"));
        for (service, lane) in asked.view.lanes(other) {
            let same = service == asked.plan.service;
            let Some(live) = &lane.live else { continue };
            let how = match live.stage {
                LiveStage::Gated => continue,
                LiveStage::Watched if !same => continue,
                LiveStage::Watched => "is watched",
                LiveStage::Changing => "is being deployed",
                LiveStage::NeedsHuman => "needs a person",
            };
            titles.push(format!("{} {how} in {other}", live.release));
        }
    }
    let names: Vec<&str> = others.iter().map(EnvId::as_str).collect();
    if titles.is_empty() {
        let title = format!("nothing changes in {}", names.join(", "));
        return asked.report(GateId::Apart, PASS, title).rule(rule);
    }
    let at = super::BACKSTOP.after(asked.now);
    asked
        .report(
            GateId::Apart,
            GateOutcome::Wait { at, on },
            titles.join("; "),
        )
        .detail(format!(
            "{env} never changes together with {}",
            names.join(", ")
        ))
        .who(["whoever may abort it"])
        .rule(rule)
}

/// Environments named by this one, or that name it.
fn others(asked: &Asked<'_>) -> BTreeSet<EnvId> {
    let env = &asked.plan.environment;
    let all = asked.spec.environments.iter();
    let naming = all.filter(|(_, e)| e.never_with.contains(env));
    let mut others: BTreeSet<EnvId> = naming.map(|(name, _)| name.clone()).collect();
    let own = asked.spec.environments.get(env);
    others.extend(own.into_iter().flat_map(|e| e.never_with.iter().cloned()));
    others.remove(env);
    others
}

fn rule(asked: &Asked<'_>, others: &BTreeSet<EnvId>) -> String {
    let env = &asked.plan.environment;
    let own = asked.spec.environments.get(env);
    let here = own.is_some_and(|e| !e.never_with.is_empty());
    let at = others.first().filter(|_| !here).unwrap_or(env);
    format!("environments.{at}.never-with")
}
