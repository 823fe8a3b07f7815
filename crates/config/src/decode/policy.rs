//! `policy` and `risk`.

use super::calendar::{all, scope};
use super::read::{count, duration, named, switch, text, texts, tier};
use crate::condition;
use crate::keys;
use crate::yaml::Node;
use tidegate_core::spec::{
    ApprovalRule, Approvers, ChangeClass, ClassRule, Document, Guardrail, Needed, Part, Policy,
    RiskBand, RiskFactor, RiskModel, RiskQuestion, Scope, SignOffRule,
};

/// A policy.
pub fn policy(node: &Node) -> Policy {
    let classes = node.get("classes").map_or(&[][..], Node::entries);
    Policy {
        scope: Scope {
            units: named(node, "unit").into_iter().collect(),
            ..node
                .get("applies-to")
                .map_or_else(Scope::default, applies_to)
        },
        unit: named(node, "unit"),
        owner: named(node, "owner"),
        classes: classes
            .iter()
            .filter_map(|e| Some((ChangeClass::named(&e.key)?, class(&e.value))))
            .collect(),
        forbid: text(node, "forbid").as_deref().map(policy_text),
        approvals: approvals(node),
        sign_offs: items(node, "sign-offs").filter_map(sign_off).collect(),
        never_by: words(node, "never-by", Part::named),
        bound_to_band: texts(node.get("bound-to")).iter().any(|w| w == "risk-band"),
        valid: duration(node, "valid"),
        signed: switch(node, "signed"),
        needs_quiet: text(node, "needs-quiet").and_then(|t| condition::read(&t).ok()),
        locked_scope: text(node, "scope").is_some_and(|word| word == "locked"),
        documents: words(node, "documents", Document::named),
        remind_after: duration(node, "remind-after"),
        escalate_after: duration(node, "escalate-after"),
        escalate_to: named(node, "escalate-to"),
    }
}

/// A policy text from its first line that is not blank: its place is that line.
pub fn policy_text(text: &str) -> String {
    text.trim_start_matches('\n').to_owned()
}

/// A guardrail; `None` without owner or text.
pub fn guardrail(node: &Node) -> Option<Guardrail> {
    Some(Guardrail {
        unit: named(node, "unit"),
        owner: named(node, "owner")?,
        forbid: policy_text(&text(node, "forbid")?),
    })
}

fn applies_to(node: &Node) -> Scope {
    let mut scope = scope(node);
    scope.tiers.extend(all(node, "tier", tier));
    scope.tiers.sort_unstable();
    scope.tiers.dedup();
    scope
}

fn class(node: &Node) -> ClassRule {
    ClassRule {
        when: text(node, "when").and_then(|t| condition::read(&t).ok()),
        approvals: approvals(node),
        needs: words(node, "needs", Needed::named),
        expires: duration(node, "expires"),
        review_within: text(node, "review-within"),
        until: text(node, "until"),
        documents: words(node, "documents", Document::named),
    }
}

fn approvals(node: &Node) -> Vec<ApprovalRule> {
    let rule = |node: &Node| {
        Some(ApprovalRule {
            from: approvers(node)?,
            count: count(node, "count").unwrap_or(1),
        })
    };
    items(node, "approvals").filter_map(rule).collect()
}

fn sign_off(node: &Node) -> Option<SignOffRule> {
    Some(SignOffRule {
        sign: named(node, "sign")?,
        from: approvers(node)?,
        when: text(node, "when").and_then(|t| condition::read(&t).ok()),
        signed_in_within: duration(node, "signed-in-within"),
    })
}

pub(super) fn approvers(node: &Node) -> Option<Approvers> {
    match node.get("from")?.text()? {
        "owner" => Some(Approvers::Owner),
        team => team.parse().ok().map(Approvers::Team),
    }
}

fn items<'a>(node: &'a Node, key: &str) -> impl Iterator<Item = &'a Node> {
    node.get(key).map_or(&[][..], Node::items).iter()
}

fn words<T: Ord>(
    node: &Node,
    key: &str,
    read: impl Fn(&str) -> Option<T>,
) -> std::collections::BTreeSet<T> {
    let all = texts(node.get(key));
    all.iter().filter_map(|word| read(word)).collect()
}

/// A model of risk.
pub fn risk(node: &Node) -> RiskModel {
    let usual = RiskModel::default();
    let weights = node.get("weights").map_or(&[][..], Node::entries);
    let weights = weights
        .iter()
        .filter_map(|e| {
            let weight = e.value.text()?.parse().ok()?;
            Some((RiskFactor::named(&e.key)?, weight))
        })
        .collect();
    let mut bands: Vec<RiskBand> = node
        .get("bands")
        .map_or(&[][..], Node::entries)
        .iter()
        .filter_map(|e| {
            let (from, to) = keys::band(e.value.text()?).ok()?;
            let name = e.key.parse().ok()?;
            Some(RiskBand { name, from, to })
        })
        .collect();
    bands.sort_by_key(|band| (band.from, band.to));
    RiskModel {
        name: named(node, "risk"),
        owner: named(node, "owner"),
        weights,
        bands: if bands.is_empty() { usual.bands } else { bands },
    }
}

/// A question about the risk; `None` while anything it needs is missing.
pub fn risk_question(node: &Node) -> Option<RiskQuestion> {
    let answers = node.get("answers").map_or(&[][..], Node::entries);
    Some(RiskQuestion {
        ask: text(node, "ask")?,
        factor: RiskFactor::named(node.get("factor")?.text()?)?,
        share: count(node, "share")?,
        answers: answers
            .iter()
            .filter_map(|e| Some((e.key.parse().ok()?, e.value.text()?.parse().ok()?)))
            .collect(),
        scope: node
            .get("applies-to")
            .map_or_else(Scope::default, applies_to),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Report;
    use crate::yaml::{Document, read};
    use tidegate_core::id::TeamId;
    use tidegate_core::spec::Tier;
    use tidegate_core::time::Millis;

    fn node(text: &str) -> Node {
        let mut report = Report::default();
        match read("policies.yaml", text, &mut report).pop() {
            Some(Document::Whole(node)) => node,
            _ => panic!("not a document: {text}"),
        }
    }

    #[test]
    fn a_policy_says_what_is_written() {
        let text = "policy: dual-control-money\n\
            applies-to: { services: [payments, ledger], tier: production }\n\
            approvals:\n  - { from: owner, count: 1 }\n  - { from: risk-compliance }\n\
            sign-offs:\n  - { sign: security, from: sec, when: service.data == \"restricted\" }\n\
            never-by: [author, requester, deployer]\nbound-to: plan\nvalid: 72h\nsigned: true\n\
            escalate-after: 8h\nescalate-to: sre\n";
        let policy = policy(&node(text));
        assert_eq!(policy.scope.tiers, [Tier::Production]);
        assert_eq!(policy.scope.services.len(), 2);
        let team = |name: &str| Approvers::Team(TeamId::new(name).unwrap());
        let asks = |from, count| ApprovalRule { from, count };
        let all = [asks(Approvers::Owner, 1), asks(team("risk-compliance"), 1)];
        assert_eq!(policy.approvals, all);
        assert_eq!(policy.never_by.len(), 3);
        assert_eq!(policy.valid, Some(Millis::minutes(72 * 60)));
        assert!(policy.signed);
        assert_eq!(
            policy.sign_offs[0].when.as_ref().map(|w| w.text.as_str()),
            Some("service.data == \"restricted\"")
        );
        assert_eq!(policy.escalate_to, TeamId::new("sre").ok());
    }

    #[test]
    fn classes_say_when_they_are_given_and_what_they_ask_for() {
        let text = "policy: change-classes\nclasses:\n  standard:\n    \
            when: risk.score < 30 && !change.migrates && service.successes_90d >= 10\n    approvals: []\n  \
            emergency:\n    needs: [incident, reason]\n    approvals: [{ from: sre, count: 1 }]\n    expires: 4h\n    \
            review-within: 2 working days\n";
        let policy = policy(&node(text));
        let standard = &policy.classes[&ChangeClass::Standard];
        assert!(standard.when.is_some() && standard.approvals.is_empty());
        let emergency = &policy.classes[&ChangeClass::Emergency];
        assert_eq!(emergency.expires, Some(Millis::minutes(240)));
        assert_eq!(emergency.review_within.as_deref(), Some("2 working days"));
        assert_eq!(emergency.needs.len(), 2);
    }
}
