//! The class of a change: what the rules say, what a person raised it to, an emergency, and whether the record of its service
//! lets its changes be standard.
//!
//! A fact that is missing never lowers a class.

use super::assess::Ground;
use crate::id::{Name, TeamId};
use crate::spec::condition::{Facts, Value};
use crate::spec::{ChangeClass, ClassRule, Policy};
use crate::stream::change::{Declared, Earned};

/// The class, and the one it would have without an emergency: what a person raised it to, else what the rules say.
pub(super) fn class(
    ground: &Ground<'_>,
    policies: &[(&Name, &Policy)],
    facts: &Facts,
) -> (ChangeClass, ChangeClass, Vec<String>) {
    let (mut ordinary, mut because) = class_by_rule(ground, policies, facts);
    // What was recorded before emergencies were kept apart may be a raised class.
    for raised in [ground.raised, ground.declared].into_iter().flatten() {
        if let Declared::Raised { class, by, .. } = raised
            && *class > ordinary
        {
            because.push(format!("raised to {} by {by}", class.as_str()));
            ordinary = *class;
        }
    }
    match ground.declared {
        Some(Declared::Emergency {
            until, incident, ..
        }) if ground.now < *until => {
            because = vec![format!("declared for {incident}")];
            (ChangeClass::Emergency, ordinary, because)
        }
        _ => (ordinary, ordinary, because),
    }
}

fn class_by_rule(
    ground: &Ground<'_>,
    policies: &[(&Name, &Policy)],
    facts: &Facts,
) -> (ChangeClass, Vec<String>) {
    let rules = |class: ChangeClass| {
        policies
            .iter()
            .filter_map(move |(name, p)| Some((*name, p.classes.get(&class)?)))
    };
    let mut because = Vec::new();
    for (name, rule) in rules(ChangeClass::Major) {
        let Some(when) = &rule.when else { continue };
        match when.holds(facts) {
            Ok(false) => {}
            Ok(true) => {
                because.push(format!("{} ({name})", when.text));
                return (ChangeClass::Major, because);
            }
            Err(unknown) => {
                because.push(format!("{unknown}, so `{}` may hold ({name})", when.text));
                return (ChangeClass::Major, because);
            }
        }
    }
    let standard: Vec<(&Name, &ClassRule)> = rules(ChangeClass::Standard).collect();
    let mut all = !standard.is_empty();
    for (name, rule) in standard {
        let over = rule.until.as_ref().is_some_and(|day| past(ground, day));
        let told = match (&rule.when, over) {
            (_, true) => Some(format!(
                "standard changes were approved until {} ({name})",
                rule.until.as_deref().unwrap_or_default()
            )),
            (None, false) => Some(format!("class standard has no `when` ({name})")),
            (Some(when), false) => match when.holds(facts) {
                Ok(true) => None,
                Ok(false) => Some(format!(
                    "not standard: `{}` does not hold ({name})",
                    when.text
                )),
                Err(unknown) => Some(format!("not standard: {unknown} ({name})")),
            },
        };
        if let Some(told) = told {
            all = false;
            because.push(told);
        } else if let Some(when) = &rule.when {
            because.push(format!("{} ({name})", when.text));
        }
    }
    if all {
        return (ChangeClass::Standard, because);
    }
    (ChangeClass::Normal, because)
}

/// Facts that say how earlier changes of a service went.
const RECORD: [&str; 2] = ["service.successes_90d", "service.failures_90d"];

/// Whether the record of the service is good enough for standard changes: with the best record there is, would it be one?
pub(super) fn earned(policies: &[(&Name, &Policy)], facts: &Facts, team: TeamId) -> Option<Earned> {
    let rules = policies.iter().filter_map(|(name, policy)| {
        let when = policy.classes.get(&ChangeClass::Standard)?.when.as_ref()?;
        let mut named = Vec::new();
        when.expr.facts(&mut named);
        let looks = named.iter().any(|n| RECORD.contains(&n.as_str()));
        looks.then_some((*name, when))
    });
    let rules: Vec<_> = rules.collect();
    if rules.is_empty() {
        return None;
    }
    let mut best = facts.clone();
    best.insert(RECORD[0], Value::Int(i64::from(u32::MAX)));
    best.insert(RECORD[1], Value::Int(0));
    let mut found = None;
    for (name, when) in rules {
        // What fails for another reason says nothing about the record.
        if !when.holds(&best).unwrap_or(false) {
            return None;
        }
        let holds = when.holds(facts).unwrap_or(false);
        let rule = format!("{} ({name})", when.text);
        let worse = found.as_ref().is_some_and(|e: &Earned| !e.holds);
        if !worse {
            found = Some(Earned {
                team: team.clone(),
                rule,
                holds,
            });
        }
    }
    found
}

/// Is the day over, in the zone of the environment? A day that cannot be read is over.
fn past(ground: &Ground<'_>, day: &str) -> bool {
    let zone = ground.spec.environments.get(ground.environment);
    let zone = zone.map_or(ground.spec.zone.as_str(), |e| e.zone.as_str());
    let Ok(zone) = crate::calendar::Zone::named(zone) else {
        return true;
    };
    let today = zone.civil(ground.now).date();
    !day.parse::<jiff::civil::Date>()
        .is_ok_and(|last| today <= last)
}
