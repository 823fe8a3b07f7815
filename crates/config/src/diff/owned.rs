//! Whose the controls are that become weaker: the team that `owner` of a policy or of the model of risk names answers for what
//! it says, and for what decides where it holds.

use super::weaken;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::id::{EnvId, Name, ServiceId, TeamId};
use tidegate_core::spec::{OwnedControl, Policy, Spec, in_other_hands};

/// Every control that becomes weaker and that a team answers for.
#[must_use]
pub fn owned(old: &Spec, new: &Spec) -> Vec<OwnedControl> {
    let mut all = Vec::new();
    for (path, reason) in weaken::all(old, new) {
        for (rule, owner) in answering(old, new, &path) {
            all.push(OwnedControl {
                path: path.clone(),
                reason: reason.clone(),
                rule,
                owner,
            });
        }
    }
    all
}

/// The rules behind a weakened value that a team answers for, and who that is.
pub(super) fn answering(old: &Spec, new: &Spec, path: &str) -> BTreeSet<(String, TeamId)> {
    let mut parts = path.splitn(3, '.');
    let (kind, name) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let key = parts.next().unwrap_or("");
    match kind {
        "policies" => policies(old, |policy, _| policy.as_str() == name),
        "risk" | "risk-questions" => risk(old),
        "services" if ["tier", "data-class", "audience"].contains(&key) => {
            let Ok(service) = ServiceId::new(name) else {
                return BTreeSet::new();
            };
            let concerned = |_: &Name, policy: &Policy| looks_at(old, new, policy, &service, key);
            let mut all = policies(old, concerned);
            all.extend(risk(old));
            all
        }
        "environments" if ["soak", "after", "tier"].contains(&key) => {
            let env = EnvId::new(name);
            policies(old, |_, policy| {
                env.as_ref()
                    .is_ok_and(|env| policy.scope.has_environment(old, env))
            })
        }
        "teams" => {
            let rules = in_other_hands(old, new);
            let of = rules.iter().filter(|(team, _)| team.as_str() == name);
            of.flat_map(|(team, rules)| rules.iter().map(|rule| (rule.clone(), team.clone())))
                .collect()
        }
        _ => BTreeSet::new(),
    }
}

fn policies(old: &Spec, concerned: impl Fn(&Name, &Policy) -> bool) -> BTreeSet<(String, TeamId)> {
    let of = old.policies.iter().filter(|(name, p)| concerned(name, p));
    of.filter_map(|(name, p)| Some((format!("policies.{name}"), p.owner.clone()?)))
        .collect()
}

fn risk(old: &Spec) -> BTreeSet<(String, TeamId)> {
    let model = old.risk.as_ref();
    let owned = model.and_then(|m| Some((format!("risk.{}", m.label()), m.owner.clone()?)));
    owned.into_iter().collect()
}

/// Does it depend on this fact of a service whether or how a policy holds for it?
fn looks_at(old: &Spec, new: &Spec, policy: &Policy, service: &ServiceId, key: &str) -> bool {
    if !policy.scope.has_service(old, service) {
        return false;
    }
    let fact = match key {
        "data-class" => "service.data",
        "tier" => "service.tier",
        _ => "service.audience",
    };
    let conditions = policy
        .classes
        .values()
        .filter_map(|class| class.when.as_ref())
        .chain(
            policy
                .sign_offs
                .iter()
                .filter_map(|rule| rule.when.as_ref()),
        )
        .chain(&policy.needs_quiet);
    // All three count for the score, and a text could look at anything.
    let told = |text: &str| text.contains(fact) || text.contains("risk.");
    !policy.scope.has_service(new, service)
        || policy.forbid.is_some()
        || conditions.into_iter().any(|when| told(&when.text))
}

/// Teams that no longer answer, or are other people, by the path of the value that says so.
pub(super) fn handed_over(old: &Spec, new: &Spec) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, was) in &old.policies {
        let is = new.policies.get(name);
        if was.owner.is_some() && is.is_some_and(|is| is.owner != was.owner) {
            let reason = "others answer for it".to_owned();
            found.insert(format!("policies.{name}.owner"), reason);
        }
    }
    let model = |spec: &Spec| spec.risk.as_ref().and_then(|m| m.owner.clone());
    if model(old).is_some() && model(new) != model(old) {
        let label = old.risk.as_ref().map_or("", |m| m.label());
        let reason = "others answer for it".to_owned();
        found.insert(format!("risk.{label}.owner"), reason);
    }
    for (team, rules) in in_other_hands(old, new) {
        let group = |spec: &Spec| spec.teams.get(&team).and_then(|t| t.group.clone());
        let key = if group(old) == group(new) {
            "members"
        } else {
            "group"
        };
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        let reason = format!("others answer for {}", rules.join(", "));
        found.insert(format!("teams.{team}.{key}"), reason);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Files, load};

    const COMPANY: &str = "\
tidegate: 1
---
teams:
  web: { members: [ana, ben, zoe] }
  risk: { members: [rita] }
---
environments:
  dev: { tier: dev, port-offset: 1000 }
  prod: { tier: production, after: dev, soak: 2h }
---
service: pay
owner: web
tier: 1
data-class: restricted
run: { command: ./pay, port: 8080 }
---
service: tool
owner: web
tier: 1
data-class: restricted
run: { command: ./tool, port: 8090 }
---
policy: money
owner: risk
applies-to: { services: [pay] }
approvals: [{ from: owner, count: 2 }]
sign-offs: [{ sign: security, from: risk, when: 'service.data == \"restricted\"' }]
---
policy: free
approvals: [{ from: owner, count: 2 }]
---
risk: default
owner: risk
weights: { impact: 40, visibility: 10, complexity: 15, novelty: 10, rollback: 15, history: 10 }
";

    fn spec(text: &str) -> Spec {
        let loaded = load(&Files(
            [("tidegate.yaml".to_owned(), text.to_owned())].into(),
        ));
        loaded
            .spec
            .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
    }

    #[test]
    fn whatever_weakens_what_a_team_answers_for_is_its_business_and_the_rest_is_not() {
        let edits = [
            (
                "count: 2 }]\nsign-offs",
                "count: 1 }]\nsign-offs",
                vec!["policies.money"],
            ),
            (
                "owner: risk\napplies-to",
                "applies-to",
                vec!["policies.money"],
            ),
            (
                "services: [pay] }",
                "services: [tool] }",
                vec!["policies.money"],
            ),
            ("soak: 2h", "soak: 1h", vec!["policies.money"]),
            (
                "members: [rita]",
                "members: [rita, ana]",
                vec!["policies.money", "risk.default"],
            ),
            (
                "owner: web\ntier: 1\ndata-class: restricted\nrun: { command: ./pay",
                "owner: web\ntier: 1\ndata-class: internal\nrun: { command: ./pay",
                vec!["policies.money", "risk.default"],
            ),
            (
                "data-class: restricted\nrun: { command: ./tool",
                "data-class: internal\nrun: { command: ./tool",
                vec!["risk.default"],
            ),
            (
                "impact: 40, visibility: 10",
                "impact: 30, visibility: 20",
                vec!["risk.default"],
            ),
            (
                "policy: free\napprovals: [{ from: owner, count: 2 }]",
                "policy: free\napprovals: [{ from: owner, count: 1 }]",
                vec![],
            ),
            ("count: 2 }]\nsign-offs", "count: 3 }]\nsign-offs", vec![]),
        ];
        let old = spec(COMPANY);
        for (from, to, rules) in edits {
            let text = COMPANY.replacen(from, to, 1);
            assert_ne!(text, COMPANY, "{from}");
            let new = spec(&text);
            let found = owned(&old, &new);
            let found: BTreeSet<&str> = found.iter().map(|c| c.rule.as_str()).collect();
            assert_eq!(found, rules.into_iter().collect(), "{to}");
        }
    }
}
