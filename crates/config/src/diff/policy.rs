//! Policies and models of risk that ask for less.

use super::layers::narrower;
use std::collections::BTreeMap;
use tidegate_core::id::Name;
use tidegate_core::spec::{
    ApprovalRule, Approvers, ChangeClass, ClassRule, Policy, RiskModel, Spec, Unit, handed_over,
    loosened,
};
use tidegate_core::time::Millis;

type Found = BTreeMap<String, String>;

/// Reasons by the path of the value that causes them.
pub fn weakened(old: &Spec, new: &Spec) -> Found {
    let mut found = Found::new();
    for (name, was) in &old.policies {
        let at = format!("policies.{name}");
        let Some(is) = new.policies.get(name) else {
            let reason = format!("{} no longer need what it asks for", was.scope);
            found.insert(at, reason);
            continue;
        };
        if narrower(old, new, &was.scope, &is.scope) {
            found.insert(
                format!("{at}.applies-to"),
                "it concerns fewer changes".to_owned(),
            );
        }
        policy(&at, was, is, &mut found);
    }
    for (name, owner) in loosened(old, new) {
        let at = format!("guardrails.{name}");
        let (path, what) = match new.guardrails.get(&name) {
            None => (at, "nothing forbids it any more"),
            Some(is) if is.forbid == old.guardrails.get(&name).map_or("", |g| &g.forbid) => {
                (format!("{at}.owner"), "others answer for it")
            }
            Some(_) => (format!("{at}.forbid"), "it forbids something else"),
        };
        found.insert(path, format!("{what}; {owner} must agree to it"));
    }
    for (team, guardrails) in handed_over(old, new) {
        let at = format!("teams.{team}");
        let all: Vec<String> = guardrails.iter().map(ToString::to_string).collect();
        let group = old.teams.get(&team).map(|t| &t.group);
        let key = if new.teams.get(&team).map(|t| &t.group) == group {
            "members"
        } else {
            "group"
        };
        let reason = format!(
            "others answer for guardrail {}; {team} must agree to it",
            all.join(", ")
        );
        found.insert(format!("{at}.{key}"), reason);
    }
    for (name, was) in &old.services {
        let is = new.services.get(name).map(|s| &s.visible_to);
        if let (Some(before), Some(now)) = (&was.visible_to, is)
            && !now.as_ref().is_some_and(|now| now.is_subset(before))
        {
            let reason = "more people see it";
            found.insert(format!("services.{name}.visible-to"), reason.to_owned());
        }
    }
    if !new.auditors.is_subset(&old.auditors) {
        let reason = "more people see everything";
        found.insert("auditors".to_owned(), reason.to_owned());
    }
    if !new.public_feeds.is_subset(&old.public_feeds) {
        let reason = "anybody reads it without signing in";
        found.insert("public-feeds".to_owned(), reason.to_owned());
    }
    for (name, was) in &old.units {
        roles(name, was, new.units.get(name), &mut found);
    }
    model(old, new, &mut found);
    questions(old, new, &mut found);
    found
}

/// Whoever gets a stronger role in a unit, and what becomes everybody's.
fn roles(name: &Name, was: &Unit, is: Option<&Unit>, found: &mut Found) {
    let at = format!("units.{name}");
    let Some(is) = is else {
        let reason = "what was the unit's is the company's";
        found.insert(at, reason.to_owned());
        return;
    };
    for (team, standing) in &is.roles {
        if was.roles.get(team).is_none_or(|before| before < standing) {
            let reason = format!("{team} may do more there");
            found.insert(format!("{at}.roles.{team}"), reason);
        }
    }
    if !was.environments.is_subset(&is.environments) {
        let reason = "every unit may deploy there";
        found.insert(format!("{at}.environments"), reason.to_owned());
    }
}

fn policy(at: &str, was: &Policy, is: &Policy, found: &mut Found) {
    approvals(at, &was.approvals, &is.approvals, found);
    let mut add = |key: &str, reason: String| found.insert(format!("{at}.{key}"), reason);
    if was.forbid.is_some() && was.forbid != is.forbid {
        let what = if is.forbid.is_some() {
            "it forbids something else"
        } else {
            "it forbids nothing any more"
        };
        add("forbid", what.to_owned());
    }
    for rule in &was.sign_offs {
        let key = format!("sign-offs.{}", rule.sign);
        match is.sign_offs.iter().find(|r| r.sign == rule.sign) {
            None => _ = add(&key, format!("{} is no longer signed", rule.sign)),
            Some(now) if now.from != rule.from => {
                add(&key, "others sign it".to_owned());
            }
            Some(now) if now.when.is_some() && now.when != rule.when => {
                add(&key, "it is asked for under another condition".to_owned());
            }
            Some(now) if longer(rule.signed_in_within, now.signed_in_within) => {
                add(&key, "an older sign-in is enough".to_owned());
            }
            Some(_) => {}
        }
    }
    let gone: Vec<&str> = was
        .never_by
        .difference(&is.never_by)
        .map(|p| p.as_str())
        .collect();
    if !gone.is_empty() {
        add(
            "never-by",
            format!("the {} may say yes as well", gone.join(" and the ")),
        );
    }
    if was.bound_to_band && !is.bound_to_band {
        add("bound-to", "a yes stays when the risk changes".to_owned());
    }
    if longer(was.valid, is.valid) {
        add("valid", "a yes is good for longer".to_owned());
    }
    if was.signed && !is.signed {
        add("signed", "a yes counts without a signature".to_owned());
    }
    if was.needs_quiet.is_some() && was.needs_quiet != is.needs_quiet {
        add("needs-quiet", "changes may go at busy hours".to_owned());
    }
    if was.locked_scope && !is.locked_scope {
        add(
            "scope",
            "the scope of a release need not be locked".to_owned(),
        );
    }
    if !was.documents.is_subset(&is.documents) {
        add("documents", "fewer documents are needed".to_owned());
    }
    if is.escalate_to.is_some() && was.escalate_to != is.escalate_to {
        add("escalate-to", "others may decide instead".to_owned());
    } else if is.escalate_to.is_some() && is.escalate_after < was.escalate_after {
        add("escalate-after", "others may decide sooner".to_owned());
    }
    classes(at, was, is, found);
}

fn classes(at: &str, was: &Policy, is: &Policy, found: &mut Found) {
    for (name, rule) in &is.classes {
        let at = format!("{at}.classes.{}", name.as_str());
        match was.classes.get(name) {
            Some(before) => class(&at, before, rule, found),
            None if *name == ChangeClass::Major => {}
            None => {
                let reason = "changes may have a class that asks for less than before";
                found.insert(at, reason.to_owned());
            }
        }
    }
    for (name, rule) in &was.classes {
        let asks = !rule.approvals.is_empty() || !rule.documents.is_empty();
        if asks && !is.classes.contains_key(name) {
            let reason = format!("{} changes no longer need what it asks for", name.as_str());
            found.insert(format!("{at}.classes.{}", name.as_str()), reason);
        }
    }
}

fn class(at: &str, was: &ClassRule, is: &ClassRule, found: &mut Found) {
    approvals(at, &was.approvals, &is.approvals, found);
    let mut add = |key: &str, reason: &str| found.insert(format!("{at}.{key}"), reason.to_owned());
    if was.when != is.when {
        add("when", "other changes have this class");
    }
    if !was.needs.is_subset(&is.needs) {
        add("needs", "less must be written down");
    }
    if longer(was.expires, is.expires) {
        add("expires", "the permission lasts longer");
    }
    if was.review_within.is_some() && was.review_within != is.review_within {
        add("review-within", "the review is due at another time");
    }
    // Dates are written so that they sort.
    if was.until.is_some() && (is.until.is_none() || is.until > was.until) {
        add("until", "the class is given for longer");
    }
    if !was.documents.is_subset(&is.documents) {
        add("documents", "fewer documents are needed");
    }
}

/// Fewer people of a group, summed up as they hold: the largest count of each group.
fn approvals(at: &str, was: &[ApprovalRule], is: &[ApprovalRule], found: &mut Found) {
    let count = |rules: &[ApprovalRule], from: &Approvers| {
        let of = rules.iter().filter(|r| &r.from == from);
        of.map(|r| r.count).max().unwrap_or(0)
    };
    for rule in was {
        let now = count(is, &rule.from);
        if now < count(was, &rule.from) {
            let group = match &rule.from {
                Approvers::Owner => "owner".to_owned(),
                Approvers::Team(team) => team.to_string(),
            };
            let reason = format!("{now} instead of {} must say yes", count(was, &rule.from));
            found.insert(format!("{at}.approvals.{group}"), reason);
        }
    }
}

/// Without a length it lasts as long as possible.
pub(super) fn longer(was: Option<Millis>, is: Option<Millis>) -> bool {
    match (was, is) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(was), Some(is)) => is > was,
    }
}

/// Another way of counting lets some changes count as less risky.
fn model(old: &Spec, new: &Spec, found: &mut Found) {
    let was = old.risk.clone().unwrap_or_default();
    let is = new.risk.clone().unwrap_or_default();
    let at = format!("risk.{}", is.label());
    let weight = |model: &RiskModel, f| model.weight(f);
    for factor in tidegate_core::spec::RiskFactor::ALL {
        let (before, now) = (weight(&was, factor), weight(&is, factor));
        if now < before {
            let reason = format!("{} counts {now} instead of {before}", factor.as_str());
            found.insert(format!("{at}.weights.{}", factor.as_str()), reason);
        }
    }
    let rank = |model: &RiskModel, score: u8| {
        let within = |b: &tidegate_core::spec::RiskBand| (b.from..=b.to).contains(&score);
        model.bands.iter().position(within)
    };
    let lower = (0..=100).find(|score| rank(&is, *score) < rank(&was, *score));
    if let Some(score) = lower {
        let name = is.band(score).map_or("", |b| b.name.as_str());
        let reason = format!("a score of {score} is called {name}");
        found.insert(format!("{at}.bands.{name}"), reason);
    }
}

/// A question that is not asked any more, or whose answers weigh less.
fn questions(old: &Spec, new: &Spec, found: &mut Found) {
    for (name, was) in &old.risk_questions {
        let at = format!("risk-questions.{name}");
        let Some(is) = new.risk_questions.get(name) else {
            found.insert(at, "it is no longer asked".to_owned());
            continue;
        };
        if narrower(old, new, &was.scope, &is.scope) {
            let reason = "it is asked about fewer changes".to_owned();
            found.insert(format!("{at}.applies-to"), reason);
        }
        if is.factor != was.factor {
            let reason = format!(
                "it counts in {} instead of {}",
                is.factor.as_str(),
                was.factor.as_str()
            );
            found.insert(format!("{at}.factor"), reason);
        }
        if is.share < was.share {
            let reason = format!("it counts {} % instead of {} %", is.share, was.share);
            found.insert(format!("{at}.share"), reason);
        }
        for (answer, level) in &is.answers {
            let before = was.answers.get(answer).copied();
            if before.is_none_or(|before| *level < before) && *level < 100 {
                let reason = format!("{answer} counts as {level}");
                found.insert(format!("{at}.answers.{answer}"), reason);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use tidegate_core::spec::{Part, SignOffRule};

    fn spec(policy: Option<Policy>) -> Spec {
        let name = "dual".parse().unwrap();
        Spec {
            policies: policy.map(|p| (name, p)).into_iter().collect(),
            ..Spec::default()
        }
    }

    fn strict() -> Policy {
        let asks = |count| ApprovalRule {
            from: Approvers::Owner,
            count,
        };
        let normal = ClassRule {
            approvals: vec![asks(1)],
            expires: Some(Millis::minutes(60)),
            ..ClassRule::default()
        };
        Policy {
            approvals: vec![asks(2)],
            classes: [(ChangeClass::Normal, normal)].into(),
            sign_offs: vec![SignOffRule {
                signed_in_within: None,
                sign: "security".parse().unwrap(),
                from: Approvers::Owner,
                when: None,
            }],
            never_by: Part::ALL.iter().copied().collect(),
            valid: Some(Millis::minutes(60)),
            signed: true,
            ..Policy::default()
        }
    }

    #[test]
    fn whatever_asks_for_less_is_named_and_its_return_is_not() {
        let condition = crate::condition::read("risk.score < 30").ok();
        type Edit<'a> = (&'a str, &'a dyn Fn(&mut Policy));
        let edits: [Edit<'_>; 10] = [
            ("approvals.owner", &|p| p.approvals[0].count = 1),
            ("approvals.owner", &|p| p.approvals.clear()),
            ("never-by", &|p| p.never_by = BTreeSet::from([Part::Author])),
            ("valid", &|p| p.valid = Some(Millis::minutes(61))),
            ("valid", &|p| p.valid = None),
            ("signed", &|p| p.signed = false),
            ("sign-offs.security", &|p| p.sign_offs.clear()),
            ("classes.normal.approvals.owner", &|p| {
                p.classes.values_mut().for_each(|c| c.approvals.clear());
            }),
            ("classes.normal.expires", &|p| {
                p.classes.values_mut().for_each(|c| c.expires = None);
            }),
            ("classes.standard", &|p| {
                let when = condition.clone();
                let standard = ClassRule {
                    when,
                    ..ClassRule::default()
                };
                p.classes.insert(ChangeClass::Standard, standard);
            }),
        ];
        for (path, edit) in edits {
            let mut less = strict();
            edit(&mut less);
            let (old, new) = (spec(Some(strict())), spec(Some(less)));
            let found: Vec<String> = weakened(&old, &new).into_keys().collect();
            assert_eq!(found, [format!("policies.dual.{path}")]);
            assert_eq!(weakened(&new, &old), Found::new(), "the way back of {path}");
        }
        let gone = weakened(&spec(Some(strict())), &spec(None));
        assert!(gone.contains_key("policies.dual"), "{gone:?}");
    }
}
