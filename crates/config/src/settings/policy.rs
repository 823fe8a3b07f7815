//! Lines of the policies on changes.

use super::Lines;
use tidegate_core::spec::{ApprovalRule, Approvers, ClassRule, Guardrail, Policy};

/// A guardrail.
pub fn guardrail_lines(lines: &mut Lines, at: &str, guardrail: &Guardrail) {
    let Guardrail {
        unit,
        owner,
        forbid,
    } = guardrail;
    lines.maybe(format!("{at}.unit"), unit.as_ref());
    lines.add(format!("{at}.owner"), owner);
    lines.add(format!("{at}.forbid"), in_one_line(forbid));
}

/// A text as one line, for a list of values.
fn in_one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

/// A policy.
pub fn policy_lines(lines: &mut Lines, at: &str, policy: &Policy) {
    let Policy {
        unit,
        owner,
        scope,
        forbid,
        classes,
        approvals,
        sign_offs,
        never_by,
        bound_to_band,
        valid,
        signed,
        needs_quiet,
        locked_scope,
        documents,
        remind_after,
        escalate_after,
        escalate_to,
    } = policy;
    lines.maybe(format!("{at}.owner"), owner.as_ref());
    lines.maybe(format!("{at}.unit"), unit.as_ref());
    // The unit narrows it already, and is written once.
    let scope = &tidegate_core::spec::Scope {
        units: Vec::new(),
        ..scope.clone()
    };
    super::calendar::scope_lines(lines, &format!("{at}.applies-to"), scope);
    lines.maybe(format!("{at}.forbid"), forbid.as_deref().map(in_one_line));
    for (class, rule) in classes {
        class_lines(lines, &format!("{at}.classes.{}", class.as_str()), rule);
    }
    approval_lines(lines, at, approvals);
    for rule in sign_offs {
        let by = group(&rule.from);
        let text = match &rule.when {
            None => by,
            Some(when) => format!("{by} when {}", when.text),
        };
        let text = match rule.signed_in_within {
            None => text,
            Some(within) => format!("{text}, signed in within {within}"),
        };
        lines.add(format!("{at}.sign-offs.{}", rule.sign), text);
    }
    lines.some(
        format!("{at}.never-by"),
        &named(never_by.iter().map(|x| x.as_str())),
    );
    lines.maybe(
        format!("{at}.bound-to"),
        bound_to_band.then_some("plan, risk-band"),
    );
    lines.maybe(format!("{at}.valid"), valid.as_ref());
    lines.maybe(format!("{at}.signed"), signed.then_some("true"));
    let quiet = needs_quiet.as_ref().map(|when| &when.text);
    lines.maybe(format!("{at}.needs-quiet"), quiet);
    lines.maybe(format!("{at}.scope"), locked_scope.then_some("locked"));
    lines.some(
        format!("{at}.documents"),
        &named(documents.iter().map(|x| x.as_str())),
    );
    lines.maybe(format!("{at}.remind-after"), remind_after.as_ref());
    lines.maybe(format!("{at}.escalate-after"), escalate_after.as_ref());
    lines.maybe(format!("{at}.escalate-to"), escalate_to.as_ref());
}

fn class_lines(lines: &mut Lines, at: &str, rule: &ClassRule) {
    let ClassRule {
        when,
        approvals,
        needs,
        expires,
        review_within,
        until,
        documents,
    } = rule;
    lines.maybe(format!("{at}.when"), when.as_ref().map(|w| &w.text));
    approval_lines(lines, at, approvals);
    lines.some(
        format!("{at}.needs"),
        &named(needs.iter().map(|x| x.as_str())),
    );
    lines.maybe(format!("{at}.expires"), expires.as_ref());
    lines.maybe(format!("{at}.review-within"), review_within.as_ref());
    lines.maybe(format!("{at}.until"), until.as_ref());
    lines.some(
        format!("{at}.documents"),
        &named(documents.iter().map(|x| x.as_str())),
    );
}

fn approval_lines(lines: &mut Lines, at: &str, rules: &[ApprovalRule]) {
    for rule in rules {
        lines.add(format!("{at}.approvals.{}", group(&rule.from)), rule.count);
    }
}

fn named<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    names.collect()
}

pub(super) fn group(from: &Approvers) -> String {
    match from {
        Approvers::Owner => "owner".to_owned(),
        Approvers::Team(team) => team.to_string(),
    }
}
