//! How go/no-go criteria stand for one change: met, unmet or not known, with what shows it and how old that is.
//!
//! Worked out anew each time. What is not known counts as unmet, so a criterion can only pass on what was seen.

use super::{Subject, facts};
use crate::digest::{Digest, canonical};
use crate::gate::{self, Asked, GateOutcome};
use crate::id::{Name, TeamId};
use crate::people;
use crate::spec::{Criterion, Proof};
use crate::stream::change::Change;
use crate::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Criteria by name.
pub type Criteria = BTreeMap<Name, Criterion>;

/// What a person says of a criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Does it hold?
    pub met: bool,
    /// Who says so.
    pub person: String,
    /// The account it was said with.
    pub account: String,
    /// For which team.
    pub team: TeamId,
    /// What shows it, or why it does not hold.
    pub evidence: String,
    /// The plan it was said of.
    pub subject: Digest,
    /// When.
    pub at: Timestamp,
}

/// How one criterion stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Its name.
    pub id: Name,
    /// What must hold.
    pub text: String,
    /// Team that sees to it.
    pub owner: TeamId,
    /// Does it?
    pub state: Fulfilment,
    /// What shows that, in words.
    pub evidence: String,
    /// As of when: an answer is as old as it is, a gate or a fact was looked at now.
    pub seen: Timestamp,
    /// When it is known no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Does a criterion hold?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fulfilment {
    /// It does.
    Met,
    /// It does not.
    Unmet,
    /// It cannot be told, which is as good as not.
    Unknown,
}

impl Fulfilment {
    /// As shown to people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Unmet => "unmet",
            Self::Unknown => "unknown",
        }
    }
}

impl Reading {
    /// Does it hold?
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.state == Fulfilment::Met
    }
}

/// What criteria are read against.
#[derive(Clone, Copy)]
pub struct Read<'a> {
    /// The deployment that would start.
    pub asked: &'a Asked<'a>,
    /// Its change, when there is one.
    pub change: Option<&'a Change>,
    /// What people said.
    pub answers: &'a BTreeMap<Name, Answer>,
    /// Because of which part in the change a person's answer counts for nothing.
    pub barred: &'a dyn Fn(&str) -> Option<String>,
}

/// How each criterion stands.
#[must_use]
pub fn readings(criteria: &Criteria, read: &Read<'_>) -> Vec<Reading> {
    let all = criteria.iter();
    all.map(|(id, criterion)| one(id, criterion, read))
        .collect()
}

/// Over criteria as they are: what a vote looked at beside the plan. None where nothing was agreed.
#[must_use]
pub fn digest(criteria: &Criteria) -> Option<Digest> {
    let text = canonical(criteria).ok()?;
    (!criteria.is_empty()).then(|| Digest::of(text.as_bytes()))
}

/// What differs between the criteria that are kept and others, one line each.
#[must_use]
pub fn changed(kept: &Criteria, other: &Criteria) -> Vec<String> {
    let mut found = Vec::new();
    for (id, was) in kept {
        let Some(is) = other.get(id) else {
            found.push(format!("{id} is no longer asked: {}", was.text));
            continue;
        };
        if was.text != is.text {
            found.push(format!("{id} says `{}` instead of `{}`", is.text, was.text));
        }
        if was.owner != is.owner {
            found.push(format!(
                "{id} is seen to by {} instead of {}",
                is.owner, was.owner
            ));
        }
        if was.proof != is.proof {
            found.push(format!(
                "{id} is shown by {} instead of {}",
                is.proof, was.proof
            ));
        }
    }
    let new = other.iter().filter(|(id, _)| !kept.contains_key(*id));
    found.extend(new.map(|(id, is)| format!("{id} is asked as well: {}", is.text)));
    found
}

/// `2 of 3 criteria met; load-test unknown (sre)`.
#[must_use]
pub fn summary(all: &[Reading]) -> String {
    let met = all.iter().filter(|r| r.is_met()).count();
    let open: Vec<String> = all
        .iter()
        .filter(|r| !r.is_met())
        .map(|r| format!("{} {} ({})", r.id, r.state.as_str(), r.owner))
        .collect();
    let word = if all.len() == 1 {
        "criterion"
    } else {
        "criteria"
    };
    let head = format!("{met} of {} {word} met", all.len());
    match open.as_slice() {
        [] => head,
        open => format!("{head}; {}", open.join(", ")),
    }
}

fn one(id: &Name, criterion: &Criterion, read: &Read<'_>) -> Reading {
    let now = read.asked.now;
    let (state, evidence, seen, until) = match &criterion.proof {
        Proof::Gate { gate } => by_gate(*gate, read.asked),
        Proof::Holds { condition } => {
            let known = facts(&Subject {
                plan: read.asked.plan,
                purpose: read.asked.purpose,
                declared: part(read.change, |f| f.declared.as_ref()),
                raised: part(read.change, |f| f.raised.as_ref()),
                now: read.change.map_or(now, |c| c.judged_at(now)),
                spec: read.asked.spec,
                view: read.asked.view,
            });
            let (state, evidence) = match condition.holds(&known) {
                Ok(true) => (Fulfilment::Met, format!("`{}` holds", condition.text)),
                Ok(false) => (
                    Fulfilment::Unmet,
                    format!("`{}` does not hold", condition.text),
                ),
                Err(unknown) => (Fulfilment::Unknown, unknown.to_string()),
            };
            (state, evidence, now, None)
        }
        Proof::Answer { team, valid } => by_answer(id, (team, *valid), read),
    };
    Reading {
        id: id.clone(),
        text: criterion.text.clone(),
        owner: criterion.owner.clone(),
        state,
        evidence,
        seen,
        until,
    }
}

type Found = (Fulfilment, String, Timestamp, Option<Timestamp>);

/// A part of what is recorded of a change.
fn part<'a, T>(
    change: Option<&'a Change>,
    of: impl Fn(&'a crate::stream::change::Facts) -> Option<&'a T>,
) -> Option<&'a T> {
    of(change?.facts.as_deref()?)
}

fn by_gate(id: gate::GateId, asked: &Asked<'_>) -> Found {
    let Some(report) = gate::answer_of(asked, id) else {
        let because = format!("this plan does not ask the gate {}", id.as_str());
        return (Fulfilment::Unknown, because, asked.now, None);
    };
    let (state, until) = match report.outcome {
        GateOutcome::Pass { until } => (Fulfilment::Met, until),
        GateOutcome::Overridden { .. } => (Fulfilment::Met, None),
        GateOutcome::Wait { .. } | GateOutcome::Fail { .. } => (Fulfilment::Unmet, None),
        GateOutcome::Broken { .. } => (Fulfilment::Unknown, None),
    };
    let evidence = match report.detail.as_str() {
        "" => report.title,
        detail => format!("{}; {detail}", report.title),
    };
    (state, evidence, asked.now, until)
}

fn by_answer(id: &Name, (team, valid): (&TeamId, Option<Millis>), read: &Read<'_>) -> Found {
    let asked = read.asked;
    let unknown = |because: String, seen| (Fulfilment::Unknown, because, seen, None);
    let Some(answer) = read.answers.get(id) else {
        return unknown(format!("nobody of {team} answered"), asked.now);
    };
    let (who, at) = (&answer.person, answer.at);
    let same = asked.plan.digest().is_ok_and(|plan| plan == answer.subject);
    if !same {
        return unknown(format!("{who} answered about another plan"), at);
    }
    let there =
        people::is_member(asked.spec, asked.view, team, who) && !people::is_gone(asked.view, who);
    if !there {
        return unknown(format!("{who} answered and is not of {team}"), at);
    }
    if let Some(part) = (read.barred)(who) {
        return unknown(format!("{who} answered and has a part in it ({part})"), at);
    }
    let until = valid.map(|valid| valid.after(at));
    if until.is_some_and(|until| until <= asked.now) {
        return unknown(
            format!("the answer of {who} is too old: {}", answer.evidence),
            at,
        );
    }
    let state = match answer.met {
        true => Fulfilment::Met,
        false => Fulfilment::Unmet,
    };
    (state, format!("{who}: {}", answer.evidence), at, until)
}
