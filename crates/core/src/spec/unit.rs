//! Business units: which teams, services and environments belong together, and who has which role there.
//!
//! What belongs to no unit is the company's. A unit may ask for more than the company does, never for less: whoever changes what
//! rules of the company look at, changes them for the company. Nothing here decides; `authority` does.

use super::Spec;
use crate::id::{EnvId, Name, ServiceId, TeamId};
use crate::stream::person::Standing;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A business unit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// The unit it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Name>,
    /// Its teams; the services that they own are the unit's.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub teams: BTreeSet<TeamId>,
    /// Services that are the unit's whoever owns them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub services: BTreeSet<ServiceId>,
    /// Its environments.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub environments: BTreeSet<EnvId>,
    /// What members of a team may do in it and in the units below it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<TeamId, Standing>,
}

/// Whose something is: a unit's, or the company's when absent.
pub type Belongs = Option<Name>;

impl Spec {
    /// The unit a service belongs to: the one that names it, else the one of its owner.
    #[must_use]
    pub fn unit_of_service(&self, service: &ServiceId) -> Belongs {
        let named = self.unit_where(|unit| unit.services.contains(service));
        named.or_else(|| self.unit_of_team(&self.services.get(service)?.owner))
    }

    /// The unit an environment belongs to.
    #[must_use]
    pub fn unit_of_environment(&self, env: &EnvId) -> Belongs {
        self.unit_where(|unit| unit.environments.contains(env))
    }

    /// The unit a team belongs to.
    #[must_use]
    pub fn unit_of_team(&self, team: &TeamId) -> Belongs {
        self.unit_where(|unit| unit.teams.contains(team))
    }

    /// A unit and those above it, the nearest first.
    #[must_use]
    pub fn with_those_above(&self, unit: &Name) -> Vec<Name> {
        let mut all = Vec::new();
        let mut next = Some(unit);
        // A circle is refused when the configuration is read; here it only must not go on for ever.
        while let Some(name) = next.filter(|name| !all.contains(*name)) {
            all.push(name.clone());
            next = self.units.get(name).and_then(|unit| unit.parent.as_ref());
        }
        all
    }

    /// Does a service belong to a unit or to one below it?
    #[must_use]
    pub fn is_within(&self, service: &ServiceId, unit: &Name) -> bool {
        let own = self.unit_of_service(service);
        own.is_some_and(|own| self.with_those_above(&own).contains(unit))
    }

    fn unit_where(&self, has: impl Fn(&Unit) -> bool) -> Belongs {
        let found = self.units.iter().find(|(_, unit)| has(unit));
        found.map(|(name, _)| name.clone())
    }
}

/// Whose configuration it is that becomes another one, by what changes. What is not a service, a team, an environment, or a rule
/// of one unit, is the company's; so is a rule of the company whose reach something leaves.
#[must_use]
pub fn concerned(old: &Spec, new: &Spec) -> BTreeMap<String, Belongs> {
    let mut all = BTreeMap::new();
    if rest(old) != rest(new) {
        all.insert("what belongs to no unit".to_owned(), None);
    }
    let mut add = |what: String, was: Option<Belongs>, is: Option<Belongs>| {
        // Of two owners the company is the stricter one, and of two units both have a say.
        match (was, is) {
            (Some(was), Some(is)) if was != is => {
                all.insert(format!("{what} before"), was);
                all.insert(what, is);
            }
            (Some(whose), _) | (None, Some(whose)) => _ = all.insert(what, whose),
            (None, None) => {}
        }
    };
    for name in changed(&old.teams, &new.teams) {
        let of = |spec: &Spec| Some(spec.unit_of_team(name));
        add(format!("teams.{name}"), of(old), of(new));
    }
    for name in changed(&old.environments, &new.environments) {
        let of = |spec: &Spec| Some(spec.unit_of_environment(name));
        add(format!("environments.{name}"), of(old), of(new));
    }
    for name in changed(&old.services, &new.services) {
        let of = |spec: &Spec| {
            let known = spec.services.contains_key(name);
            known.then(|| spec.unit_of_service(name))
        };
        add(format!("services.{name}"), of(old), of(new));
        for rule in escaped(old, new, name) {
            add(format!("{rule} for {name}"), Some(None), None);
        }
    }
    for name in changed(&old.policies, &new.policies) {
        let of = |spec: &Spec| spec.policies.get(name).map(|p| p.unit.clone());
        add(format!("policies.{name}"), of(old), of(new));
    }
    for name in changed(&old.guardrails, &new.guardrails) {
        let of = |spec: &Spec| spec.guardrails.get(name).map(|g| g.unit.clone());
        add(format!("guardrails.{name}"), of(old), of(new));
    }
    all
}

/// Everything that is nobody's but the company's.
fn rest(spec: &Spec) -> Spec {
    Spec {
        teams: BTreeMap::new(),
        environments: BTreeMap::new(),
        services: BTreeMap::new(),
        policies: BTreeMap::new(),
        guardrails: BTreeMap::new(),
        ..spec.clone()
    }
}

fn changed<'a, K: Ord, V: PartialEq>(
    old: &'a BTreeMap<K, V>,
    new: &'a BTreeMap<K, V>,
) -> Vec<&'a K> {
    let names: BTreeSet<&K> = old.keys().chain(new.keys()).collect();
    let differs = |name: &&K| old.get(*name) != new.get(*name);
    names.into_iter().filter(differs).collect()
}

/// Rules of the company that a service leaves, or goes away from under.
fn escaped(old: &Spec, new: &Spec, name: &ServiceId) -> Vec<String> {
    let Some(was) = old.services.get(name) else {
        return Vec::new();
    };
    let is = new.services.get(name);
    let facts = |service: &super::Service| {
        (
            service.owner.clone(),
            service.tier,
            service.data_class,
            service.audience,
        )
    };
    let mut rules = Vec::new();
    // What a text looks at cannot be told from outside, so whatever it is told must stay.
    if is.map(facts) != Some(facts(was)) {
        let guardrails = old.guardrails.iter().filter(|(_, g)| g.unit.is_none());
        rules.extend(guardrails.map(|(rule, _)| format!("guardrails.{rule}")));
        let texts = old.policies.iter();
        let texts = texts.filter(|(_, p)| p.unit.is_none() && p.forbid.is_some());
        rules.extend(texts.map(|(rule, _)| format!("policies.{rule}")));
    }
    let leaves = |scope: &super::Scope| {
        scope.has_service(old, name) && !(is.is_some() && scope.has_service(new, name))
    };
    let policies = old.policies.iter();
    let policies = policies.filter(|(_, p)| p.unit.is_none() && leaves(&p.scope));
    rules.extend(policies.map(|(rule, _)| format!("policies.{rule}")));
    let freezes = old.freezes.iter().filter(|(_, f)| leaves(&f.scope));
    rules.extend(freezes.map(|(rule, _)| format!("freezes.{rule}")));
    rules
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Guardrail, Team};

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    fn spec() -> Spec {
        let unit = |parent: Option<&str>, team: &str| Unit {
            parent: parent.map(name),
            teams: [team.parse().unwrap()].into(),
            ..Unit::default()
        };
        let team = |text: &str| (text.parse().unwrap(), Team::default());
        Spec {
            units: [
                (name("retail"), unit(None, "shop")),
                (name("cards"), unit(Some("retail"), "cards")),
            ]
            .into(),
            teams: [team("shop"), team("cards"), team("risk")].into(),
            ..Spec::default()
        }
    }

    #[test]
    fn a_unit_passes_down_and_a_circle_ends() {
        let mut spec = spec();
        assert_eq!(
            spec.with_those_above(&name("cards")),
            [name("cards"), name("retail")]
        );
        spec.units.get_mut(&name("retail")).unwrap().parent = Some(name("cards"));
        assert_eq!(spec.with_those_above(&name("cards")).len(), 2);
        assert_eq!(spec.unit_of_team(&"risk".parse().unwrap()), None);
    }

    #[test]
    fn a_team_is_its_units_and_everything_else_is_the_companys() {
        let old = spec();
        let concerned = |old: &Spec, new: &Spec| -> BTreeSet<Belongs> {
            concerned(old, new).into_values().collect()
        };
        assert_eq!(concerned(&old, &old), BTreeSet::new());
        let mut new = old.clone();
        let shop = new.teams.get_mut(&"shop".parse().unwrap()).unwrap();
        shop.members.push("ana".to_owned());
        assert_eq!(concerned(&old, &new), [Some(name("retail"))].into());
        let mut new = old.clone();
        let risk = new.teams.get_mut(&"risk".parse().unwrap()).unwrap();
        risk.members.push("ana".to_owned());
        assert_eq!(concerned(&old, &new), [None].into());
        let mut new = old.clone();
        let unit = new.units.get_mut(&name("retail")).unwrap();
        unit.roles
            .insert("shop".parse().unwrap(), Standing::Operator);
        assert_eq!(concerned(&old, &new), [None].into());
        let mut new = old.clone();
        let own = Guardrail {
            unit: Some(name("retail")),
            owner: "shop".parse().unwrap(),
            forbid: String::new(),
        };
        new.guardrails.insert(name("own"), own.clone());
        assert_eq!(concerned(&old, &new), [Some(name("retail"))].into());
        let everybodys = Guardrail { unit: None, ..own };
        let mut next = new.clone();
        next.guardrails.insert(name("own"), everybodys);
        assert_eq!(
            concerned(&new, &next),
            [None, Some(name("retail"))].into(),
            "a unit's rule becomes the company's only by the company"
        );
    }
}
