//! No emergency of the service still owes its review: the next one that is no emergency waits for it.

use super::known::Evaluation;
use super::{GateId, GateOutcome, GateReport, PASS};
use crate::model::change::{debt_of, debts};
use crate::people;
use crate::spec::{ChangeClass, Tier};

pub(super) fn evaluate(asked: &Evaluation<'_>) -> GateReport {
    let plan = asked.plan;
    let env = asked.spec.environments.get(&plan.environment);
    if env.is_some_and(|e| e.tier != Tier::Production) {
        return asked.report(
            GateId::ReviewDebt,
            PASS,
            "no review holds it outside production",
        );
    }
    let broken = |refusal: crate::refusal::Refusal| {
        let retry_at = super::BACKSTOP.after(asked.now);
        let outcome = GateOutcome::Broken { retry_at };
        asked.report(GateId::ReviewDebt, outcome, refusal.to_string())
    };
    let owed = match debts(asked.view, &plan.service) {
        Ok(owed) => owed,
        Err(refusal) => return broken(refusal),
    };
    // The emergency itself may go on from environment to environment.
    let mut others = owed.iter().filter(|debt| debt.release != plan.to.release);
    let Some(first) = others.next() else {
        return asked.report(GateId::ReviewDebt, PASS, "no review is owed");
    };
    let class = match asked.change() {
        Ok((_, assessment)) => assessment.map(|a| a.class),
        Err(refusal) => return broken(refusal),
    };
    if class == Some(ChangeClass::Emergency) {
        let title = format!(
            "{} owes its review; an emergency goes all the same",
            first.change
        );
        return asked.report(GateId::ReviewDebt, PASS, title);
    }
    let zone = asked.spec.environments.get(&plan.environment);
    let zone = zone.map_or("UTC", |e| e.zone.as_str());
    let when = match first.due {
        Some(due) if due <= asked.now => {
            format!("overdue since {}", super::moment_in(due, zone))
        }
        Some(due) => format!("due {}", super::moment_in(due, zone)),
        None => "once it is over".to_owned(),
    };
    let owner = asked.spec.services.get(&plan.service).map(|s| &s.owner);
    let who = owner.map_or_else(Vec::new, |team| {
        people::members(asked.spec, asked.view, team)
    });
    asked
        .report(
            GateId::ReviewDebt,
            GateOutcome::Fail {
                on: vec![debt_of(&plan.service), "config".to_owned()],
            },
            format!(
                "the review of emergency {} ({}) is owed, {when}",
                first.change, first.release
            ),
        )
        .detail(format!(
            "tidegate change review {} --findings …",
            first.change
        ))
        .who(if who.is_empty() {
            vec!["operator".to_owned()]
        } else {
            who
        })
}
