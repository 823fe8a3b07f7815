//! The scope of the release is locked, and everything in it is complete and has an owner, where a policy asks for that.

use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::change::policies_for;
use crate::id::TeamId;
use crate::refusal::Refusal;
use crate::scope::{self, Shipped};
use crate::spec::Tier;
use crate::stream::release::{Lock, Release, Scope};
use std::collections::BTreeSet;

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    judge(asked).unwrap_or_else(|refusal| {
        let retry_at = super::BACKSTOP.after(asked.now);
        let outcome = GateOutcome::Broken { retry_at };
        asked.report(GateId::Scope, outcome, refusal.to_string())
    })
}

fn judge(asked: &Asked<'_>) -> Result<GateReport, Refusal> {
    let id = &asked.plan.to.release;
    let (_, release) = asked.view.shared::<Release>(&id.to_string())?;
    let Some(rule) = wanted(asked) else {
        let report = asked.report(GateId::Scope, PASS, "no policy asks for a locked scope");
        return Ok(report.detail(out(&release.scope)));
    };
    let fail = |title: String| {
        let on = vec!["config".to_owned(), asked.release_changes()];
        asked
            .report(GateId::Scope, GateOutcome::Fail { on }, title)
            .rule(rule.clone())
    };
    let owner = asked.spec.services.get(&asked.plan.service);
    let owner = owner.map_or("the service's owner", |s| s.owner.as_str());
    let Lock::Locked { digest, by, .. } = &release.scope.lock else {
        let title = match &release.scope.lock {
            Lock::Reopened { by, reason, .. } => {
                format!("the scope of {id} was opened again by {by}: {reason}")
            }
            _ => format!("the scope of {id} is not locked"),
        };
        let way = format!("tidegate release lock {id} --reason …");
        return Ok(fail(title).detail(way).who([owner]));
    };
    if asked.plan.scope != release.agreed() {
        let title = format!("the plan was made for another scope of {id}");
        return Ok(fail(title).detail("it is planned anew").who([owner]));
    }
    let all = scope::shipped(id, &release, (asked.spec, asked.origins), asked.view)?;
    let open: Vec<&Shipped> = all
        .iter()
        .filter(|item| item.missing.is_some() || item.owner.is_none())
        .collect();
    if let Some(first) = open.first() {
        let lines: Vec<String> = open.iter().map(|item| lacks(item)).collect();
        let title = format!(
            "{} of {} items of its scope are not complete",
            open.len(),
            all.len()
        );
        let way = match &first.key {
            Some(key) => format!("; `tidegate release scope {id} --complete \"{key}\" --reason …`"),
            None => String::new(),
        };
        let teams: BTreeSet<&str> = open
            .iter()
            .map(|item| item.owner.as_ref().map_or(owner, TeamId::as_str))
            .collect();
        let report = fail(title).detail(lines.join("; ") + &way);
        return Ok(report.who(teams));
    }
    let title = format!(
        "scope {} was locked by {by}: {} items, all complete",
        digest.short(8),
        all.len()
    );
    let report = asked.report(GateId::Scope, PASS, title);
    Ok(report.detail(out(&release.scope)).rule(rule))
}

/// The policy that asks for it, as its dotted path.
fn wanted(asked: &Asked<'_>) -> Option<String> {
    let plan = asked.plan;
    let env = asked.spec.environments.get(&plan.environment)?;
    if env.tier != Tier::Production {
        return None;
    }
    let (policies, _) = policies_for(asked.spec, &plan.service, &plan.environment);
    let (name, _) = policies.iter().find(|(_, policy)| policy.locked_scope)?;
    Some(format!("policies.{name}.scope"))
}

fn lacks(item: &Shipped) -> String {
    let what = format!("{} {}", item.kind.as_str(), item.name);
    match (&item.owner, &item.missing) {
        (None, _) => format!("{what} has no owner"),
        (Some(owner), missing) => {
            format!(
                "{what} ({owner}): {}",
                missing.as_deref().unwrap_or_default()
            )
        }
    }
}

/// What stays out, for whoever reads the answers.
fn out(scope: &Scope) -> String {
    let each = scope
        .excluded
        .iter()
        .map(|(what, why)| format!("{what} ({})", why.reason));
    let each: Vec<String> = each.collect();
    match each.as_slice() {
        [] => String::new(),
        each => format!("stays out: {}", each.join("; ")),
    }
}
