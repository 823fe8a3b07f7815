//! Whoever decides about the way back confirmed it for this very change, still belongs to the team, and is on duty until the
//! whole operation is over. Only where the service asks for it, and only in tier production.

use super::bars::{self, Bar, Words};
use super::{Asked, GateId, GateOutcome, GateReport, PASS, cover};
use crate::change::{self, ChangeId};
use crate::people;
use crate::refusal::Refusal;
use crate::spec::{RollbackAuthority, Tier};
use crate::stream::change::RollbackOwner;

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let plan = asked.plan;
    let env = asked.spec.environments.get(&plan.environment);
    let service = asked.spec.services.get(&plan.service);
    let decides = service.and_then(|s| s.rollback.decides.as_ref());
    let production = env.is_some_and(|e| e.tier == Tier::Production);
    let Some(authority) = decides.filter(|a| a.confirm && production) else {
        let title = "nobody need confirm that they decide about the way back";
        return asked.report(GateId::RollbackOwner, PASS, title);
    };
    match owner(asked) {
        Ok((id, Some(owner))) => owned(asked, authority, id.as_ref(), &owner),
        Ok((id, None)) => {
            let title = format!(
                "nobody has confirmed to decide about the way back of {}",
                plan.to.release
            );
            fail(asked, authority, id.as_ref(), title)
        }
        Err(refusal) => {
            let retry_at = super::BACKSTOP.after(asked.now);
            let outcome = GateOutcome::Broken { retry_at };
            asked.report(GateId::RollbackOwner, outcome, refusal.to_string())
        }
    }
}

type Owned = (Option<ChangeId>, Option<RollbackOwner>);

fn owner(asked: &Asked<'_>) -> Result<Owned, Refusal> {
    let plan = asked.plan;
    let found = change::of(asked.view, &plan.to.release, &plan.environment)?;
    let (id, change) = match found {
        Some((id, change)) => (Some(id), Some(change)),
        None => (None, None),
    };
    // Who confirmed another deployment of the release, which is over, did not confirm this one.
    let change = change.filter(|c| c.phase.is_pending() || own(asked, c));
    let facts = change.as_ref().and_then(|c| c.facts.as_deref());
    let owner = facts.and_then(|f| f.rollback_owner.clone());
    Ok((id, owner))
}

fn own(asked: &Asked<'_>, change: &crate::stream::change::Change) -> bool {
    let facts = change.facts.as_deref();
    let planned = facts.and_then(|f| f.planned.as_ref());
    asked.deployment.is_some() && planned.map(|p| &p.deployment) == asked.deployment
}

fn rule(asked: &Asked<'_>) -> String {
    format!("services.{}.rollback.decides.confirm", asked.plan.service)
}

fn triggers(id: Option<&ChangeId>) -> Vec<String> {
    let mut on = vec![
        "config".to_owned(),
        crate::stream::person::TRIGGER.to_owned(),
    ];
    on.extend(id.map(|id| format!("change/{id}")));
    on
}

fn fail(
    asked: &Asked<'_>,
    authority: &RollbackAuthority,
    id: Option<&ChangeId>,
    title: String,
) -> GateReport {
    let teams = [&authority.owner].into_iter().chain(&authority.deputy);
    let who: Vec<String> = teams
        .flat_map(|team| {
            let members = people::members(asked.spec, asked.view, team);
            if members.is_empty() {
                vec![team.to_string()]
            } else {
                members
            }
        })
        .collect();
    let way = match id {
        Some(id) => format!("tidegate decision confirm {id} --reason …"),
        None => "they confirm it once it is deployed".to_owned(),
    };
    let outcome = GateOutcome::Fail { on: triggers(id) };
    asked
        .report(GateId::RollbackOwner, outcome, title)
        .detail(way)
        .who(who)
        .rule(rule(asked))
}

fn owned(
    asked: &Asked<'_>,
    authority: &RollbackAuthority,
    id: Option<&ChangeId>,
    owner: &RollbackOwner,
) -> GateReport {
    let (person, team) = (&owner.person, &owner.team);
    let still = [&authority.owner]
        .into_iter()
        .chain(&authority.deputy)
        .any(|t| t == team);
    if !still || !people::is_member(asked.spec, asked.view, team, person) {
        let title = format!("{person} confirmed for {team}, and decides for it no more");
        return fail(asked, authority, id, title);
    }
    let says = asked.spec.teams.get(team);
    let words = Words {
        none: format!("{person} ({team}) decides about the way back"),
        free: format!("{person} ({team}) decides about the way back and is on duty"),
        on: triggers(id),
    };
    let mut report = bars::judge(asked, GateId::RollbackOwner, &words, |time| {
        if says.is_none_or(|team| team.cover.is_empty()) {
            return Ok(Vec::new());
        }
        let bar: Bar = cover::bar(asked, team, time)?;
        Ok(vec![bar])
    });
    report.rule.get_or_insert_with(|| rule(asked));
    report
}
