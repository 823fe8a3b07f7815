//! Business units: no circle, one unit for each thing, and policies of units that only ask for more.

use super::Whole;
use crate::diagnostic::{Report, codes};
use std::collections::BTreeMap;
use tidegate_core::spec::ChangeClass;

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    circles(whole, report);
    twice(whole, report);
    loosening(whole, report);
}

fn circles(whole: &Whole<'_>, report: &mut Report) {
    for (name, unit) in &whole.spec.units {
        let Some(parent) = &unit.parent else { continue };
        if whole.spec.with_those_above(parent).contains(name) {
            let spot = whole.spot(&format!("units.{name}.parent"));
            report
                .add(
                    codes::UNIT_CIRCLE,
                    &spot,
                    format!("`{name}` is above itself"),
                )
                .label(format!("`{parent}` is part of `{name}`"))
                .help("leave out one `parent` of the circle");
        }
    }
}

fn twice(whole: &Whole<'_>, report: &mut Report) {
    let mut first: BTreeMap<(&str, String), &tidegate_core::id::Name> = BTreeMap::new();
    for (name, unit) in &whole.spec.units {
        let teams = unit.teams.iter().map(|t| ("teams", t.to_string()));
        let services = unit.services.iter().map(|s| ("services", s.to_string()));
        let places = unit.environments.iter();
        let places = places.map(|e| ("environments", e.to_string()));
        for key in teams.chain(services).chain(places) {
            let Some(other) = first.get(&key) else {
                first.insert(key, name);
                continue;
            };
            let (kind, what) = &key;
            let at = |unit| whole.spot(&format!("units.{unit}.{kind}"));
            report
                .add(
                    codes::IN_TWO_UNITS,
                    &at(name),
                    format!("`{what}` belongs to `{other}` and to `{name}`"),
                )
                .label("named again here")
                .also(&at(other), "first named here")
                .help("name it at the unit whose business it is");
        }
    }
}

/// Keys that let a policy ask for less than another one asks.
const INSTEAD: [&str; 2] = ["escalate-after", "escalate-to"];

fn loosening(whole: &Whole<'_>, report: &mut Report) {
    for (name, policy) in &whole.spec.policies {
        let Some(unit) = &policy.unit else { continue };
        let at = format!("policies.{name}");
        let classes = policy
            .classes
            .keys()
            .filter(|class| !matches!(class, ChangeClass::Major));
        let keys = classes.map(|class| format!("classes.{}", class.as_str()));
        let keys = keys.chain(INSTEAD.map(str::to_owned));
        for key in keys.filter(|key| whole.written(&format!("{at}.{key}"))) {
            report
                .add(
                    codes::UNIT_LOOSENS,
                    &whole.spot(&format!("{at}.{key}")),
                    format!("`{key}` in a policy of unit `{unit}`"),
                )
                .label("could ask for less than the company does")
                .help("write it in a policy of the company, without `unit`");
        }
    }
}
