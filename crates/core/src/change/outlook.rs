//! A change as it stands now, whole: what is asked, who said yes, who could, and which yes one person can give.
//!
//! For people who look. Gates and votes judge by the same functions; nothing is decided here.

use super::{Assessment, Count, Parties, Required, Standing, Subject, assess, parties, standing};
use crate::digest::Digest;
use crate::id::{Name, TeamId};
use crate::people;
use crate::refusal::Refusal;
use crate::spec::Spec;
use crate::stream::change::{Change, Facts, Phase};
use crate::time::Timestamp;
use crate::view::View;

/// A change as it stands.
pub struct Outlook<'a> {
    /// What it is and needs.
    pub assessment: Assessment,
    /// Who has a part in it.
    pub parties: Parties,
    /// How far what is asked beforehand is.
    pub required: Vec<Standing>,
    /// How far what an emergency leaves for afterwards is.
    pub owed: Vec<Standing>,
    subject: &'a Digest,
    facts: &'a Facts,
    started: bool,
    spec: &'a Spec,
    view: &'a dyn View,
    now: Timestamp,
}

/// A yes that somebody can give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    /// For this team.
    pub team: TeamId,
    /// Stated meaning, for a sign-off.
    pub sign: Option<Name>,
    /// In the place of this person.
    pub instead_of: Option<String>,
}

/// A change as it stands; `None` while there is no plan, or where nothing is asked.
///
/// # Errors
/// A stored state that cannot be read.
pub fn outlook<'a>(
    change: &'a Change,
    spec: &'a Spec,
    view: &'a dyn View,
    now: Timestamp,
) -> Result<Option<Outlook<'a>>, Refusal> {
    let Some(facts) = change.facts.as_deref() else {
        return Ok(None);
    };
    let Some(planned) = &facts.planned else {
        return Ok(None);
    };
    let asked = Subject {
        plan: &planned.body,
        purpose: planned.purpose,
        declared: facts.declared.as_ref(),
        raised: facts.raised.as_ref(),
        now: change.judged_at(now),
        spec,
        view,
    };
    let Some(assessment) = assess(&asked) else {
        return Ok(None);
    };
    let requesters = facts.requesters.iter().map(String::as_str);
    let mut found = Outlook {
        assessment,
        parties: parties(view, &planned.body, requesters, [])?,
        required: Vec::new(),
        owed: Vec::new(),
        subject: &planned.subject,
        facts,
        started: matches!(
            change.phase,
            Phase::Implementing { .. } | Phase::Reviewing { .. }
        ),
        spec,
        view,
        now,
    };
    let count = found.count();
    let required = standing(&facts.votes, &found.assessment.required, &count);
    let owed = standing(&facts.votes, &found.assessment.owed, &count);
    found.required = required;
    found.owed = owed;
    Ok(Some(found))
}

impl Outlook<'_> {
    /// What votes are counted against.
    #[must_use]
    pub fn count(&self) -> Count<'_> {
        Count {
            subject: self.subject,
            assessment: &self.assessment,
            parties: &self.parties,
            asked_at: self.facts.asked_since(),
            now: self.now,
            spec: self.spec,
            view: self.view,
        }
    }

    /// What is still missing: before the start what is asked, afterwards what is owed.
    #[must_use]
    pub fn missing(&self) -> Vec<&Standing> {
        let all = if self.started {
            &self.owed
        } else {
            &self.required
        };
        all.iter().filter(|s| !s.is_met()).collect()
    }

    /// Each yes that a person can still give, the own one before those in the place of others.
    #[must_use]
    pub fn ballots(&self, person: &str) -> Vec<Ballot> {
        let count = self.count();
        let barred = self.assessment.never_by.keys().copied().collect();
        let left = people::is_gone(self.view, person);
        if left || !count.barred(person).is_empty() || self.parties.unclear(&barred).is_some() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for standing in self.missing() {
            let required = &standing.required;
            if self.has_said(person, required) {
                continue;
            }
            let ballot = |instead_of| Ballot {
                team: required.team.clone(),
                sign: required.sign.clone(),
                instead_of,
            };
            if count.belongs(required, person) {
                found.push(ballot(None));
                continue;
            }
            let lenders = people::lenders(self.view, person, &required.team, self.now);
            let holder = lenders.into_iter().find(|from| {
                count.belongs(required, from)
                    && count.barred(from).is_empty()
                    && !self.has_said(from, required)
            });
            found.extend(holder.map(|from| ballot(Some(from))));
        }
        found
    }

    fn has_said(&self, person: &str, required: &Required) -> bool {
        self.facts.votes.iter().any(|v| {
            v.person == person && v.sign == required.sign && self.count().counts(v, required)
        })
    }
}
