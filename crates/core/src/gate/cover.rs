//! Whoever would have to help is on duty: from the start over the stabilisation period until the time for the way back is over.
//!
//! Only for tier production. Asked are the teams of the service's `cover-by`, else its owner and the owners of what it needs;
//! a team that says nothing about its cover restricts nothing.

use super::bars::{self, Bar, Unknown, Words};
use super::{Asked, GateId, GateReport, PASS};
use crate::calendar::Span;
use crate::id::TeamId;
use crate::spec::Tier;

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let (service, env) = (&asked.plan.service, &asked.plan.environment);
    let tier = asked.spec.environments.get(env).map(|e| e.tier);
    if tier.is_some_and(|tier| tier != Tier::Production) {
        let title = format!("{env} is no production: nobody need be on duty");
        return asked.report(GateId::Cover, PASS, title);
    }
    let teams = asked.spec.covering(service);
    let names: Vec<&str> = teams.iter().map(|team| team.as_str()).collect();
    let names = names.join(", ");
    let words = Words {
        none: if names.is_empty() {
            format!("no team asks to be on duty for {service}")
        } else {
            format!("{names} on duty all the time")
        },
        free: format!("{names} on duty"),
        on: vec!["config".to_owned()],
    };
    bars::judge(asked, GateId::Cover, &words, |time| {
        let bars = teams.iter().map(|team| bar(asked, team, time));
        let mut bars: Vec<Bar> = bars.collect::<Result<_, _>>()?;
        bars.retain(|bar| !bar.spans.is_empty());
        Ok(bars)
    })
}

/// When a team is not on duty.
pub(super) fn bar(asked: &Asked<'_>, name: &TeamId, time: Span) -> Result<Bar, Unknown> {
    let rule = format!("teams.{name}.cover");
    let unreadable = |error| Unknown::of(&format!("the cover of {name}"), &error, rule.clone());
    let team = asked
        .spec
        .teams
        .get(name)
        .ok_or_else(|| format!("team {name} is no longer configured"))?;
    let (zone, cover) = asked.spec.duty(team, time).map_err(unreadable)?;
    Ok(Bar {
        title: format!("{name} is not on duty"),
        spans: cover.complement(time),
        zone,
        why: format!("{name} is on duty {}", team.cover.join(" and ")),
        who: vec![format!("{name}, in the configuration")],
        rule: Some(rule),
    })
}
