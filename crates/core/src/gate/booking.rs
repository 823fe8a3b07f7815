//! The environment is not booked for another team: by the configuration, or by an entry of the calendar.

use super::bars::{self, Bar, Unknown, Words};
use super::times;
use super::{Asked, GateId, GateReport};
use crate::calendar::Span;
use crate::stream::entry::{self, Kind};

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let env = &asked.plan.environment;
    let words = Words {
        none: format!("{env} is not booked for others"),
        free: format!("{env} is not booked for others now"),
        on: vec!["config".to_owned(), entry::TRIGGER.to_owned()],
    };
    bars::judge(asked, GateId::Booking, &words, |time| {
        let mut bars = configured(asked, time)?;
        bars.extend(declared(asked, time)?);
        Ok(bars)
    })
}

fn owner<'a>(asked: &Asked<'a>) -> Option<&'a crate::id::TeamId> {
    let service = asked.spec.services.get(&asked.plan.service);
    service.map(|service| &service.owner)
}

fn configured(asked: &Asked<'_>, time: Span) -> Result<Vec<Bar>, Unknown> {
    let env = &asked.plan.environment;
    let all = asked.spec.bookings.iter();
    let here = all.filter(|(_, b)| b.environment == *env && Some(&b.team) != owner(asked));
    here.map(|(name, booking)| {
        let rule = format!("bookings.{name}");
        let unreadable = |error| Unknown::of(&format!("booking {name}"), &error, rule.clone());
        let zone = asked.spec.environments.get(env).map(|e| &e.zone);
        let zone = booking.zone.as_ref().or(zone).unwrap_or(&asked.spec.zone);
        let setting = asked.spec.setting(zone).map_err(unreadable)?;
        let spans = booking.spans(&setting, time).map_err(unreadable)?;
        Ok(Bar {
            title: format!("{env} is booked for {} ({name})", booking.team),
            spans,
            zone: setting.zone,
            why: booking.why.clone(),
            who: times::WHO.map(str::to_owned).to_vec(),
            rule: Some(rule),
        })
    })
    .collect()
}

fn declared(asked: &Asked<'_>, time: Span) -> Result<Vec<Bar>, Unknown> {
    let (spec, plan) = (asked.spec, asked.plan);
    let mut bars = Vec::new();
    for (id, facts) in entry::declared(asked.view)? {
        let others = facts.owner.as_ref() != owner(asked);
        if facts.kind == Kind::Booking && others && facts.concerns(spec, plan, asked.purpose) {
            let team = facts.owner.as_ref().map_or("others", |team| team.as_str());
            let title = format!("{} is booked for {team} ({id})", plan.environment);
            bars.push(super::calendar::bar(asked, &id, &facts, title, time)?);
        }
    }
    Ok(bars)
}
