//! Nothing that was declared on the calendar, and no run of a system that cannot be moved, lies in the time of the whole
//! operation. Where an entry only asks, the consent of its owner counts, and never that of whoever wants the release. A
//! calendar of others that was not read lately is no data, and holds back what it could have held back.

use super::bars::{self, Bar, Unknown, Words};
use super::{Asked, GateId, GateReport};
use crate::calendar::{Span, Zone};
use crate::id::Name;
use crate::people;
use crate::replan;
use crate::stream::entry::{self, Consent, Effect, Facts, Kind};

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let (service, env) = (&asked.plan.service, &asked.plan.environment);
    let on = [
        "config".to_owned(),
        entry::TRIGGER.to_owned(),
        asked.release_changes(),
    ];
    let mut words = Words {
        none: format!("nothing on the calendar concerns {service} in {env}"),
        free: "nothing on the calendar is in the way".to_owned(),
        on: on.to_vec(),
    };
    if let Some(report) = super::feeds::unknown(asked) {
        return report;
    }
    let entries = match entry::declared(asked.view) {
        Ok(entries) => entries,
        Err(because) => return super::times::broken(asked, GateId::Calendar, because),
    };
    let mut consents = Vec::new();
    let mut held = Vec::new();
    for (id, facts) in &entries {
        let concerned = facts.concerns(asked.spec, asked.plan, asked.purpose);
        if facts.kind == Kind::Booking || facts.effect == Effect::Informs || !concerned {
            continue;
        }
        match consent(asked, facts) {
            Some(consent) if facts.effect == Effect::Asks => {
                consents.push(format!(
                    "{} consented to {id}: {}",
                    consent.by, consent.because
                ));
            }
            _ => held.push((id, facts)),
        }
    }
    if !consents.is_empty() {
        words.none = consents.join("; ");
        words.free = format!("{}; {}", words.free, consents.join("; "));
    }
    bars::judge(asked, GateId::Calendar, &words, |time| {
        let mut bars = runs(asked, time)?;
        for (id, facts) in &held {
            let title = format!("{id} ({})", facts.title);
            bars.push(bar(asked, id, facts, title, time)?);
        }
        Ok(bars)
    })
}

/// The consent that counts for this release. Nobody consents to what they asked for, however they came to be asked later.
fn consent<'f>(asked: &Asked<'_>, facts: &'f Facts) -> Option<&'f Consent> {
    let release = &asked.plan.to.release;
    let found = facts.consents.iter().find(|c| c.release == *release)?;
    let person = people::behind(asked.view, &found.by);
    let own = replan::requesters(release, asked.spec, asked.view).contains(&person);
    (!own).then_some(found)
}

/// Those who may consent to this release.
fn others(asked: &Asked<'_>, deciders: &[String]) -> Vec<String> {
    let own = replan::requesters(&asked.plan.to.release, asked.spec, asked.view);
    let others = deciders.iter().filter(|name| !own.contains(*name));
    others.cloned().collect()
}

/// What an entry holds back.
pub(super) fn bar(
    asked: &Asked<'_>,
    id: &Name,
    facts: &Facts,
    title: String,
    time: Span,
) -> Result<Bar, Unknown> {
    let spans = facts
        .when
        .spans(asked.spec, &facts.zone, time)
        .map_err(|error| format!("entry {id} cannot be read: {error}"))?;
    let zone = Zone::named(&facts.zone).map_err(|e| format!("entry {id} cannot be read: {e}"))?;
    let deciders = facts.deciders(asked.spec, asked.view);
    let (why, who) = match facts.effect {
        Effect::Asks => (
            format!(
                "tidegate calendar consent {id} {} --reason …",
                asked.plan.to.release
            ),
            others(asked, &deciders),
        ),
        Effect::Blocks | Effect::Informs => {
            let mut who = deciders.to_vec();
            who.push(facts.by.clone());
            let said = format!("declared by {}: {}", facts.by, facts.reason);
            (said, who)
        }
    };
    Ok(Bar {
        title,
        spans,
        zone,
        why,
        who,
        rule: None,
    })
}

/// Runs of systems that cannot be moved.
fn runs(asked: &Asked<'_>, time: Span) -> Result<Vec<Bar>, Unknown> {
    let (spec, plan) = (asked.spec, asked.plan);
    let all = spec.legacy.iter();
    let here = all.filter(|(_, l)| l.scope().concerns(spec, &plan.service, &plan.environment));
    here.map(|(name, legacy)| {
        let rule = format!("legacy.{name}");
        let unreadable = |error| Unknown::of(&format!("legacy {name}"), &error, rule.clone());
        let zone = legacy.zone.as_ref().unwrap_or(&spec.zone);
        let setting = spec.setting(zone).map_err(unreadable)?;
        let spans = legacy.spans(&setting, time).map_err(unreadable)?;
        let margin = legacy.restart_margin;
        let margin = match margin.0 {
            0 => String::new(),
            _ => format!(" (with {margin} to restart it)"),
        };
        Ok(Bar {
            title: format!("{name} runs{margin}"),
            spans,
            zone: setting.zone,
            why: legacy.why.clone(),
            who: vec![format!("{}, in the configuration", legacy.owner)],
            rule: Some(rule),
        })
    })
    .collect()
}
