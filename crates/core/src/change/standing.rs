//! How far a change is: which yes counts for what, and who could still give one.
//!
//! Each person counts once over everything that is asked, and nobody counts who may not. Which yes stands for which demand is
//! a bipartite matching, so that nobody has to vote in the right order. (Kuhn's augmenting paths; the numbers are small.)

use super::{Assessment, Parties, Required};
use crate::digest::Digest;
use crate::id::{Name, TeamId};
use crate::people;
use crate::spec::{Part, Spec};
use crate::time::Timestamp;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// The person.
    pub person: String,
    /// The account it was given with.
    pub account: String,
    /// For whom, when the right was delegated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
    /// What it was given for: the digest of the plan.
    pub subject: Digest,
    /// Band of the risk score as of that moment; absent where that was not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<String>,
    /// Stated meaning, for a sign-off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<Name>,
    /// Team for which it was given, as of that moment.
    pub team: TeamId,
    /// Why, may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Until when it is good.
    pub until: Timestamp,
    /// Signature with a registered key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

/// A signature over the canonical statement of a vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Id of the key, as registered.
    pub key: String,
    /// The public key that made it, base64: a name may be given to another key later.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub public: String,
    /// Ed25519 signature, base64.
    pub value: String,
    /// The exact text that was signed.
    pub statement: String,
}

/// How far one demand is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The demand.
    pub required: Required,
    /// Persons whose yes counts for it.
    pub have: Vec<String>,
    /// When the first of them ends.
    pub until: Option<Timestamp>,
    /// Persons who could still give one.
    pub could: Vec<String>,
}

impl Standing {
    /// Is it met?
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.have.len() >= self.required.count as usize
    }
}

/// What a vote is counted against.
#[derive(Clone, Copy)]
pub struct Count<'a> {
    /// The plan as it is now.
    pub subject: &'a Digest,
    /// What is asked.
    pub assessment: &'a Assessment,
    /// Who has a part in it.
    pub parties: &'a Parties,
    /// Since when others may decide as well.
    pub asked_at: Timestamp,
    /// Ledger time.
    pub now: Timestamp,
    /// Configuration in force.
    pub spec: &'a Spec,
    /// The rest of the ledger.
    pub view: &'a dyn View,
}

impl Count<'_> {
    /// Parts because of which nothing a person says counts, with the rule.
    #[must_use]
    pub fn barred(&self, person: &str) -> Vec<(Part, String)> {
        let barred: BTreeSet<Part> = self.assessment.never_by.keys().copied().collect();
        let parts = self.parties.parts(person, &barred).into_iter();
        parts
            .filter_map(|part| Some((part, self.assessment.never_by.get(&part)?.clone())))
            .collect()
    }

    /// May a person say yes for this demand at all, by team or because it was escalated?
    #[must_use]
    pub fn belongs(&self, required: &Required, person: &str) -> bool {
        let member = |team| people::is_member(self.spec, self.view, team, person);
        member(&required.team) || self.escalated(required).is_some_and(member)
    }

    /// The team that may decide as well, once those of a demand were asked in vain.
    #[must_use]
    pub fn escalated<'r>(&self, required: &'r Required) -> Option<&'r TeamId> {
        let (after, team) = required.escalate.as_ref()?;
        (after.after(self.asked_at) <= self.now).then_some(team)
    }

    /// Until when a vote is good: as said when it was given, or sooner where the policies have become stricter.
    #[must_use]
    pub fn until(&self, vote: &Vote) -> Timestamp {
        vote.until.min(self.assessment.valid.after(vote.at))
    }

    /// Whoever voted is still there, and the account is still known as theirs.
    fn is_theirs(&self, vote: &Vote) -> bool {
        let behind = people::behind(self.view, &vote.account);
        let moved = behind != vote.account && behind != vote.person;
        !moved && !people::is_gone(self.view, &vote.person)
    }

    /// Is it signed with a key that its person has now?
    fn is_signed(&self, vote: &Vote) -> bool {
        let row = crate::model::person::row(self.view, &vote.person);
        vote.signature
            .as_ref()
            .is_some_and(|s| row.is_some_and(|row| row.keys.get(&s.key) == Some(&s.public)))
    }

    /// Has the risk moved into another band since, where a policy binds a yes to it? A band that was not recorded is another one.
    #[must_use]
    pub fn moved(&self, vote: &Vote) -> Option<String> {
        let rule = self.assessment.bound_to_band.as_ref()?;
        let (then, now) = (vote.band.as_deref(), self.assessment.risk.band.as_str());
        (then != Some(now)).then(|| {
            let then = then.unwrap_or("not recorded");
            format!(
                "{} said yes when the risk was {then}; it is {now} ({}) now ({rule})",
                vote.person, self.assessment.risk.value
            )
        })
    }

    /// Does a vote count for a demand now?
    #[must_use]
    pub fn counts(&self, vote: &Vote, required: &Required) -> bool {
        let holder = vote.instead_of.as_deref().unwrap_or(&vote.person);
        let free = |person: &str| self.barred(person).is_empty();
        let delegated = vote.instead_of.is_none()
            || people::stands_in(self.view, holder, &vote.person, &required.team, self.now);
        vote.subject == *self.subject
            && self.now < self.until(vote)
            && self.moved(vote).is_none()
            && self.is_theirs(vote)
            && vote.sign == required.sign
            && self.belongs(required, holder)
            && delegated
            && free(&vote.person)
            && free(holder)
            && (self.assessment.signed.is_none() || self.is_signed(vote))
    }
}

/// How far each demand is, with these votes.
#[must_use]
pub fn standing(votes: &[Vote], demands: &[Required], count: &Count<'_>) -> Vec<Standing> {
    let slots: Vec<usize> = demands
        .iter()
        .enumerate()
        .flat_map(|(n, d)| std::iter::repeat_n(n, d.count as usize))
        .collect();
    // A yes that counts for nothing any more stands in nobody's way.
    let good = votes
        .iter()
        .filter(|vote| demands.iter().any(|d| count.counts(vote, d)));
    let people: Vec<(String, Vec<&Vote>)> = by_person(&good.collect::<Vec<_>>());
    let serves = |person: usize, slot: usize| {
        people
            .get(person)
            .zip(slots.get(slot))
            .is_some_and(|((_, votes), demand)| {
                demands
                    .get(*demand)
                    .is_some_and(|d| votes.iter().any(|v| count.counts(v, d)))
            })
    };
    let given = matching(people.len(), slots.len(), serves);
    demands
        .iter()
        .enumerate()
        .map(|(n, required)| {
            let mine = slots.iter().zip(&given).filter(|(slot, _)| **slot == n);
            let who: Vec<&(String, Vec<&Vote>)> = mine
                .filter_map(|(_, person)| people.get((*person)?))
                .collect();
            let ends = who.iter().filter_map(|(_, votes)| {
                let good = votes.iter().filter(|v| count.counts(v, required));
                good.map(|v| count.until(v)).max()
            });
            Standing {
                required: required.clone(),
                until: ends.min(),
                have: who.iter().map(|(name, _)| name.clone()).collect(),
                could: could(required, &people, count),
            }
        })
        .collect()
}

/// Members who may say yes and have not.
fn could(required: &Required, said: &[(String, Vec<&Vote>)], count: &Count<'_>) -> Vec<String> {
    let teams = std::iter::once(&required.team).chain(count.escalated(required));
    let members: BTreeSet<String> = teams
        .flat_map(|team| people::members(count.spec, count.view, team))
        .collect();
    let silent = |name: &String| {
        let said = said.iter().find(|(who, _)| who == name);
        said.is_none_or(|(_, votes)| !votes.iter().any(|v| count.counts(v, required)))
    };
    members
        .into_iter()
        .filter(|name| count.barred(name).is_empty() && silent(name))
        .collect()
}

/// Votes by the human being whose right they use: one person with several accounts, or one who also votes for another, is
/// one.
fn by_person<'v>(votes: &[&'v Vote]) -> Vec<(String, Vec<&'v Vote>)> {
    let mut found: Vec<(String, Vec<&'v Vote>)> = Vec::new();
    let mut lent: BTreeSet<&str> = BTreeSet::new();
    for vote in votes.iter().copied() {
        // A lent right is used once, and not beside its holder: else one member would be two.
        if let Some(holder) = vote.instead_of.as_deref() {
            let himself = votes
                .iter()
                .any(|v| v.person == holder && v.instead_of.is_none());
            if himself || !lent.insert(holder) {
                continue;
            }
        }
        match found.iter_mut().find(|(name, _)| *name == vote.person) {
            Some((_, theirs)) => theirs.push(vote),
            None => found.push((vote.person.clone(), vec![vote])),
        }
    }
    found
}

/// A largest assignment of people to slots: for each slot the person, each person at most once.
pub(crate) fn matching(
    people: usize,
    slots: usize,
    serves: impl Fn(usize, usize) -> bool,
) -> Vec<Option<usize>> {
    let mut given: Vec<Option<usize>> = vec![None; slots];
    for person in 0..people {
        let mut seen = vec![false; slots];
        place(person, &serves, &mut given, &mut seen);
    }
    given
}

fn place(
    person: usize,
    serves: &impl Fn(usize, usize) -> bool,
    given: &mut [Option<usize>],
    seen: &mut [bool],
) -> bool {
    for slot in 0..given.len() {
        let fresh = seen.get(slot).is_some_and(|s| !s) && serves(person, slot);
        if !fresh {
            continue;
        }
        if let Some(mark) = seen.get_mut(slot) {
            *mark = true;
        }
        let had = given.get(slot).copied().flatten();
        if had.is_none_or(|other| place(other, serves, given, seen)) {
            if let Some(place) = given.get_mut(slot) {
                *place = Some(person);
            }
            return true;
        }
    }
    false
}

/// Could these demands be met by the people there are? The demands that could not, with how many are missing.
#[must_use]
pub fn impossible(
    demands: &[Required],
    may: impl Fn(&Required) -> BTreeSet<String>,
) -> Vec<(Required, u32)> {
    let all: BTreeSet<String> = demands.iter().flat_map(&may).collect();
    let all: Vec<String> = all.into_iter().collect();
    let slots: Vec<&Required> = demands
        .iter()
        .flat_map(|d| std::iter::repeat_n(d, d.count as usize))
        .collect();
    let sets: Vec<BTreeSet<String>> = slots.iter().map(|d| may(d)).collect();
    let serves = |person: usize, slot: usize| {
        all.get(person)
            .zip(sets.get(slot))
            .is_some_and(|(name, set)| set.contains(name))
    };
    let given = matching(all.len(), slots.len(), serves);
    let mut missing: Vec<(Required, u32)> = Vec::new();
    for (slot, person) in slots.into_iter().zip(given) {
        if person.is_some() {
            continue;
        }
        match missing.iter_mut().find(|(d, _)| d == slot) {
            Some((_, n)) => *n += 1,
            None => missing.push((slot.clone(), 1)),
        }
    }
    missing
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match &self.required.sign {
            Some(sign) => format!("{sign} by {}", self.required.team),
            None => self.required.team.to_string(),
        };
        let (have, count) = (self.have.len(), self.required.count);
        write!(f, "{name} ({have} of {count}")?;
        match (self.have.as_slice(), self.is_met(), self.could.as_slice()) {
            (who, true, _) => write!(f, ": {})", who.join(", ")),
            (_, false, []) => f.write_str(": nobody is left who may)"),
            ([], false, could) => write!(f, ": asked {})", could.join(", ")),
            (who, false, could) => write!(f, ": {}; asked {})", who.join(", "), could.join(", ")),
        }
    }
}
