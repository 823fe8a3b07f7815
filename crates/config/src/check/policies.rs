//! Policies that nobody can keep, and models of risk that do not add up.

use super::Whole;
use crate::diagnostic::{Report, codes};
use crate::document::Document;
use crate::keys;
use crate::suggest::{list, nearest, quote};
use crate::yaml::{Node, Spot};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::change::due;
use tidegate_core::id::{Name, TeamId};
use tidegate_core::spec::condition::Condition;
use tidegate_core::spec::{ApprovalRule, Approvers, Part, Policy, Spec};

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    let mut models: Vec<&Document> = Vec::new();
    for document in whole.documents {
        match document.kind.name {
            "policy" => policy(whole, document, report),
            "risk" => {
                risk(document, report);
                models.push(document);
            }
            _ => {}
        }
    }
    if let [first, rest @ ..] = models.as_slice() {
        for second in rest {
            report
                .add(codes::TWO_MODELS, &second.spot, "a second model of risk")
                .label("every change is scored with one model")
                .also(&first.spot, "the first one")
                .help("keep one");
        }
    }
}

fn policy(whole: &Whole<'_>, document: &Document, report: &mut Report) {
    let node = &document.node;
    let found = document.name.parse::<Name>().ok();
    let Some(policy) = found.and_then(|name| whole.spec.policies.get(&name)) else {
        return;
    };
    let mut rules = vec![node.get("approvals")];
    for e in node.get("classes").map_or(&[][..], Node::entries) {
        class(&e.key, &e.spot, &e.value, report);
        rules.push(e.value.get("approvals"));
    }
    for rule in rules.iter().flatten().flat_map(|rules| rules.items()) {
        group(whole, rule, report);
    }
    for rule in node.get("sign-offs").map_or(&[][..], Node::items) {
        group(whole, rule, report);
    }
    escalation(node, report);
    if let Some(scope) = node.get("applies-to") {
        only_production(scope, report);
    }
    for (class, rule) in &policy.classes {
        let at = node.get("classes").and_then(|c| c.get(class.as_str()));
        // The class is what the condition decides.
        let never = ["change.class"];
        told(at, "when", rule.when.as_ref(), &never, report);
    }
    if let Some(rules) = node.get("approvals") {
        possible(whole, policy, &policy.approvals, rules, report);
    }
    for (class, rule) in &policy.classes {
        let at = node.get("classes").and_then(|c| c.get(class.as_str()));
        if let Some(rules) = at.and_then(|c| c.get("approvals")) {
            // The approvals of the policy itself are asked as well, each from another person.
            let all: Vec<ApprovalRule> = [&rule.approvals[..], &policy.approvals[..]].concat();
            possible(whole, policy, &all, rules, report);
        }
    }
}

/// A condition on what is never known would always count as met, or never.
fn told(
    at: Option<&Node>,
    key: &str,
    when: Option<&Condition>,
    never: &[&str],
    report: &mut Report,
) {
    let (Some(at), Some(when)) = (at.and_then(|node| node.get(key)), when) else {
        return;
    };
    let mut names = Vec::new();
    when.expr.facts(&mut names);
    let Some(name) = never.iter().find(|name| names.iter().any(|n| n == *name)) else {
        return;
    };
    report
        .add(
            codes::NEVER_KNOWN,
            &at.spot,
            format!("`{name}` is never known here"),
        )
        .label("this condition is part of what gives the class")
        .help(
            "ask for another fact, for example `risk.score`, `change.migrates` or `service.data`",
        );
}

/// Approvals, classes and sign-offs are asked in production and nowhere else.
fn only_production(node: &Node, report: &mut Report) {
    for key in ["tier", "tiers"] {
        let Some(tiers) = node.get(key) else { continue };
        let all: Vec<&Node> = match tiers.items() {
            [] => vec![tiers],
            items => items.iter().collect(),
        };
        for tier in all {
            if tier.text().is_some_and(|text| text != "production") {
                report
                    .add(
                        codes::NOT_ENFORCED,
                        &tier.spot,
                        format!(
                            "policies for tier {} are not supported by this version",
                            quote(tier.text().unwrap_or_default())
                        ),
                    )
                    .label("nothing would be asked there")
                    .help("policies hold in tier `production`; remove this tier");
            }
        }
    }
}

/// `from: owner`, or a team that there is.
fn group(whole: &Whole<'_>, rule: &Node, report: &mut Report) {
    let Some(from) = rule.get("from") else { return };
    let Some(name) = from.text().filter(|name| *name != "owner") else {
        return;
    };
    let known = whole.declared.get(&keys::Ref::Team);
    let Some(known) = known.filter(|names| !names.get("").is_some_and(Option::is_none)) else {
        return;
    };
    if known.contains_key(name) {
        return;
    }
    let names = known.keys().map(String::as_str).chain(["owner"]);
    let help = nearest(name, names.clone()).map(|near| format!("did you mean `{near}`?"));
    report
        .add(
            codes::NOTHING_THERE,
            &from.spot,
            format!("there is no team {}", quote(name)),
        )
        .label("neither `owner` nor a team")
        .maybe_help(help.or_else(|| list(names)));
}

/// Who signs inside a rollout: a group that exists and has members, with a whole escalation or none.
pub(super) fn signers(whole: &Whole<'_>, asked: &Node, report: &mut Report) {
    group(whole, asked, report);
    escalation(asked, report);
    let from = match asked.get("from").and_then(Node::text) {
        Some("owner") => Approvers::Owner,
        Some(team) => match team.parse() {
            Ok(team) => Approvers::Team(team),
            Err(_) => return,
        },
        None => return,
    };
    let rules = [ApprovalRule { from, count: 1 }];
    possible(whole, &Policy::default(), &rules, asked, report);
}

fn class(name: &str, spot: &Spot, node: &Node, report: &mut Report) {
    let when = node.get("when");
    match (name, when) {
        ("emergency", Some(when)) => {
            report
                .add(
                    codes::CLASS_RULE,
                    &when.spot,
                    "an emergency is declared by a person, never by a condition",
                )
                .label("a condition stands here")
                .help("remove `when`; `needs` says what whoever declares it writes down");
        }
        ("standard" | "major", None) => {
            report
                .add(
                    codes::CLASS_RULE,
                    spot,
                    format!("the class `{name}` does not say when it is given"),
                )
                .label("`when` is missing")
                .help("add for example `when: risk.score < 30 && !change.migrates`");
        }
        _ => {}
    }
    if let Some(at) = node.get("review-within")
        && let Some(text) = at.text()
        && let Err(because) = due::read(text)
    {
        report
            .add(
                codes::BAD_NOTICE,
                &at.spot,
                "`review-within` cannot be read",
            )
            .label(because)
            .help("write for example `2 working days`, `10 days` or `48 hours`");
    }
}

fn escalation(node: &Node, report: &mut Report) {
    let (after, to) = (node.get("escalate-after"), node.get("escalate-to"));
    let (there, missing) = match (after, to) {
        (Some(after), None) => (after, "escalate-to"),
        (None, Some(to)) => (to, "escalate-after"),
        _ => return,
    };
    report
        .add(
            codes::ESCALATION,
            &there.spot,
            "half of an escalation stands here",
        )
        .label(format!("`{missing}` is missing"))
        .help("say both: after what time, and to which team");
}

/// Who the rule of one owner asks; none when a group of the identity provider may bring further members.
fn asked(spec: &Spec, rule: &ApprovalRule, owner: &TeamId) -> Option<BTreeSet<String>> {
    let team = spec.teams.get(rule.from.team(owner))?;
    let open = team.group.is_some();
    (!open).then(|| team.members.iter().cloned().collect())
}

/// Are there enough people, each for one yes? Tried for the owner of every service that the policy concerns.
fn possible(
    whole: &Whole<'_>,
    policy: &Policy,
    rules: &[ApprovalRule],
    at: &Node,
    report: &mut Report,
) {
    let spec = whole.spec;
    let owners: BTreeSet<&TeamId> = spec
        .services
        .iter()
        .filter(|(name, _)| policy.scope.has_service(spec, name))
        .map(|(_, service)| &service.owner)
        .collect();
    for owner in owners {
        if let Some(lack) = lack(spec, rules, owner) {
            tell(policy, &lack, at, report);
            return;
        }
    }
}

struct Lack {
    /// The rules that together ask for too many, by name of their team.
    teams: Vec<TeamId>,
    /// Groups as written.
    from: Vec<Approvers>,
    wanted: u32,
    members: BTreeSet<String>,
    /// It only fails when one of the members has a part in the change.
    only_with_part: bool,
}

/// The smallest set of rules whose members are too few (Hall's condition); without one there is a person for each yes.
fn lack(spec: &Spec, rules: &[ApprovalRule], owner: &TeamId) -> Option<Lack> {
    let known: Vec<(&ApprovalRule, BTreeSet<String>)> = rules
        .iter()
        .filter_map(|rule| Some((rule, asked(spec, rule, owner)?)))
        .take(10)
        .collect();
    let mut sets: Vec<u32> = (1..(1_u32 << known.len())).collect();
    sets.sort_by_key(|set| set.count_ones());
    let of = |set: u32| {
        let chosen = known.iter().enumerate();
        let chosen: Vec<_> = chosen.filter(|(n, _)| set & (1 << n) != 0).collect();
        let members: BTreeSet<String> = chosen.iter().flat_map(|(_, (_, m))| m.clone()).collect();
        // Two rules on one group: the larger count holds.
        let mut counts: BTreeMap<&TeamId, u32> = BTreeMap::new();
        for (_, (rule, _)) in &chosen {
            let count = counts.entry(rule.from.team(owner)).or_default();
            *count = (*count).max(rule.count);
        }
        Lack {
            teams: counts.keys().map(|t| (*t).clone()).collect(),
            from: chosen
                .iter()
                .map(|(_, (rule, _))| rule.from.clone())
                .collect(),
            wanted: counts.values().sum(),
            members,
            only_with_part: false,
        }
    };
    let people = |lack: &Lack| u32::try_from(lack.members.len()).unwrap_or(u32::MAX);
    let never = sets
        .iter()
        .map(|set| of(*set))
        .find(|l| people(l) < l.wanted);
    never.or_else(|| {
        let tight = sets
            .iter()
            .map(|set| of(*set))
            .find(|l| people(l) == l.wanted)?;
        Some(Lack {
            only_with_part: true,
            ..tight
        })
    })
}

fn tell(policy: &Policy, lack: &Lack, at: &Node, report: &mut Report) {
    let spot = at.items().iter().find(|rule| {
        let from = rule.get("from").and_then(Node::text);
        lack.from.iter().any(|f| match f {
            Approvers::Owner => from == Some("owner"),
            Approvers::Team(team) => from == Some(team.as_str()),
        })
    });
    let spot = spot.map_or(&at.spot, |rule| &rule.spot);
    let teams: Vec<&str> = lack.teams.iter().map(TeamId::as_str).collect();
    let members: Vec<&str> = lack.members.iter().map(String::as_str).collect();
    let who = match members.as_slice() {
        [] => format!("{} has no members", teams.join(" and ")),
        [one] => format!("1 member ({one})"),
        many => format!("{} members ({})", many.len(), many.join(", ")),
    };
    let never: Vec<&str> = policy.never_by.iter().map(|p: &Part| p.as_str()).collect();
    let add = format!("add a member to {}", teams.join(" or "));
    if !lack.only_with_part {
        report
            .add(
                codes::NOBODY,
                spot,
                "this approval rule can never be satisfied",
            )
            .label(match lack.wanted {
                1 => format!("{who}, and 1 is asked for"),
                n => format!("{who}, and {n} are asked for, each another person"),
            })
            .help(format!("{add}, or ask for fewer"));
    } else if !never.is_empty() {
        let last = never.last().copied().unwrap_or_default();
        report
            .add(
                codes::DEPENDS,
                spot,
                "this approval rule cannot be satisfied when one of its members has a part in the change",
            )
            .label(match lack.wanted {
                1 => format!("{who}, and 1 is asked for"),
                n => format!("{who}, and {n} are asked for"),
            })
            .note(format!(
                "`never-by: [{}]` then leaves too few",
                never.join(", ")
            ))
            .help(format!("{add}, or drop `{last}` from `never-by`"));
    }
}

fn scores(from: u16, to: u16) -> String {
    if from == to {
        format!("score {from}")
    } else {
        format!("scores {from} to {to}")
    }
}

/// Weights are 100 together, and bands lie next to each other from 0 to 100.
fn risk(document: &Document, report: &mut Report) {
    if let Some(at) = document.node.get("weights") {
        let weights: Option<Vec<u32>> = at
            .entries()
            .iter()
            .map(|e| e.value.text()?.parse().ok())
            .collect();
        let sum: Option<u32> = weights.map(|w| w.iter().sum());
        if let Some(sum) = sum.filter(|sum| *sum != 100) {
            report
                .add(codes::WEIGHTS, &at.spot, "the weights are not 100 together")
                .label(format!("together they are {sum}"))
                .help(
                    "weights are percent of the score; a factor that shall not count is left out",
                );
        }
    }
    let Some(at) = document.node.get("bands") else {
        return;
    };
    let read = |e: &crate::yaml::Entry| Some((keys::band(e.value.text()?).ok()?, e.clone()));
    let bands: Option<Vec<_>> = at.entries().iter().map(read).collect();
    // A band that cannot be read is told already.
    let Some(mut bands) = bands else { return };
    bands.sort_by_key(|(band, _)| *band);
    let mut next = 0_u16;
    for ((from, to), e) in &bands {
        let (from, to) = (u16::from(*from), u16::from(*to));
        if from != next {
            let label = if from > next {
                format!("{} without a name", scores(next, from - 1))
            } else {
                format!("{} with two names", scores(from, (next - 1).min(to)))
            };
            report
                .add(
                    codes::BANDS,
                    &e.value.spot,
                    "the bands do not cover each score once",
                )
                .label(label)
                .help(format!("let `{}` begin at {next}", e.key));
            return;
        }
        next = to + 1;
    }
    if next != 101 {
        report
            .add(
                codes::BANDS,
                &at.spot,
                "the bands do not cover each score once",
            )
            .label(format!("{} without a name", scores(next, 100)))
            .help("let the last band end at 100");
    }
}
