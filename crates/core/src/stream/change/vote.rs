//! Yes and no: who may say it, for which plan, and until when it is good.
//!
//! Each refusal names the rule. Whoever has a part that the policies bar never says yes, through no account and no delegate.

use super::command::Presented;
use super::signature::signed;
use super::{Change, Event, Facts, Phase};
use crate::change::{Assessment, Count, Parties, Required, Standing, Vote, parties, standing};
use crate::decider::Ctx;
use crate::digest::Digest;
use crate::id::{Name, TeamId};
use crate::people;
use crate::refusal::Refusal;

/// A yes, as it was sent.
pub(super) struct Sent {
    pub subject: Digest,
    pub team: Option<TeamId>,
    pub sign: Option<Name>,
    pub instead_of: Option<String>,
    pub reason: String,
    pub signature: Option<Presented>,
}

/// What a vote is counted against, kept together.
pub(super) struct Ballot<'a> {
    pub facts: &'a Facts,
    pub assessment: &'a Assessment,
    pub parties: Parties,
    pub subject: Digest,
}

impl<'a> Ballot<'a> {
    pub fn new(
        facts: &'a Facts,
        assessment: &'a Assessment,
        cx: &Ctx<'_>,
    ) -> Result<Self, Refusal> {
        let planned = facts.planned.as_ref().ok_or_else(|| Refusal::Invalid {
            because: format!(
                "there is no plan for {} in {} yet",
                facts.release, facts.environment
            ),
            help: format!(
                "`tidegate deploy {} {}` makes one",
                facts.release, facts.environment
            ),
        })?;
        let requesters = facts.requesters.iter().map(String::as_str);
        Ok(Self {
            facts,
            assessment,
            parties: parties(cx.view, &planned.body, requesters, [])?,
            subject: planned.subject.clone(),
        })
    }

    pub fn count<'b>(&'b self, cx: &'b Ctx<'_>) -> Count<'b> {
        Count {
            subject: &self.subject,
            assessment: self.assessment,
            parties: &self.parties,
            asked_at: self.facts.opened_at,
            now: cx.now,
            spec: cx.spec,
            view: cx.view,
        }
    }

    /// How far everything that is asked beforehand is.
    pub fn standing(&self, votes: &[Vote], cx: &Ctx<'_>) -> Vec<Standing> {
        standing(votes, &self.assessment.required, &self.count(cx))
    }

    /// How far what an emergency owes is.
    pub fn owed(&self, votes: &[Vote], cx: &Ctx<'_>) -> Vec<Standing> {
        standing(votes, &self.assessment.owed, &self.count(cx))
    }
}

/// The yes of the actor.
pub(super) fn approve(
    state: &Change,
    ballot: &Ballot<'_>,
    sent: Sent,
    cx: &Ctx<'_>,
) -> Result<Vec<Event>, Refusal> {
    let facts = ballot.facts;
    let person = person_of(cx, "approve")?;
    current(ballot, &sent.subject)?;
    let holder = sent.instead_of.clone().unwrap_or_else(|| person.clone());
    let after = matches!(
        state.phase,
        Phase::Implementing { .. } | Phase::Reviewing { .. }
    );
    let demands: Vec<&Required> = if after {
        ballot.assessment.owed.iter().collect()
    } else {
        ballot
            .assessment
            .required
            .iter()
            .chain(&ballot.assessment.owed)
            .collect()
    };
    let count = ballot.count(cx);
    for who in [&person, &holder] {
        if let Some((part, rule)) = count.barred(who).first() {
            return Err(others(
                cx,
                "approve",
                &format!(
                    "{who} is {} of {} ({rule}: never-by {})",
                    part.with_article(),
                    facts.release,
                    part.as_str()
                ),
                could(ballot, cx),
            ));
        }
    }
    if let Some(unclear) = ballot
        .parties
        .unclear(&ballot.assessment.never_by.keys().copied().collect())
    {
        return Err(Refusal::Invalid {
            because: format!("who wrote {} is not known: {unclear}", facts.release),
            help: "register the artifact with `--author`, and the addresses of people with `tidegate user add … --email`".to_owned(),
        });
    }
    let fits = |d: &&&Required| {
        d.sign == sent.sign
            && sent.team.as_ref().is_none_or(|t| *t == d.team)
            && count.belongs(d, &holder)
    };
    let demand = demands
        .iter()
        .find(fits)
        .ok_or_else(|| nobody(&holder, &demands, &sent, (ballot, cx)))?;
    if let Some(holder) = &sent.instead_of
        && !people::stands_in(cx.view, holder, &person, &demand.team, cx.now)
    {
        return Err(others(
            cx,
            "approve",
            &format!("{holder} has not delegated {} to {person}", demand.team),
            could(ballot, cx),
        ));
    }
    let what = format!("approve {}", cx.stream.key());
    people::signed_in_within(cx.actor, demand.signed_in_within, (&what, cx.now))?;
    let until = ballot.assessment.valid.after(cx.now);
    let mut vote = Vote {
        account: cx.actor.name.clone(),
        instead_of: sent.instead_of.filter(|holder| *holder != person),
        person,
        subject: sent.subject,
        band: Some(ballot.assessment.risk.band.clone()),
        sign: sent.sign,
        team: demand.team.clone(),
        reason: sent.reason,
        at: cx.now,
        until,
        signature: None,
    };
    signed(&mut vote, sent.signature, ballot, cx)?;
    // A yes that counts for nothing any more may be given again, and whoever said no since may change their mind.
    let again = |v: &Vote| {
        v.person == vote.person
            && v.sign == vote.sign
            && v.team == vote.team
            && count.counts(v, demand)
    };
    let said_no = matches!(&state.phase, Phase::Rejected { by, .. } if *by == vote.person);
    if facts.votes.iter().any(again) && !said_no {
        return Err(Refusal::Invalid {
            because: format!("{} has approved this plan already", vote.person),
            help: format!(
                "`tidegate why {} {}` shows who is still asked",
                facts.release, facts.environment
            ),
        });
    }
    let reopened = said_no.then(|| Event::Reopened {
        because: format!("{} changed a no into a yes", vote.person),
    });
    let mut events = vec![Event::Approved { vote }];
    events.extend(reopened);
    Ok(events)
}

/// The no of the actor: anybody who is asked may say it.
pub(super) fn reject(
    ballot: &Ballot<'_>,
    subject: Digest,
    reason: String,
    cx: &Ctx<'_>,
) -> Result<Event, Refusal> {
    let person = person_of(cx, "reject")?;
    current(ballot, &subject)?;
    let count = ballot.count(cx);
    let demands = || {
        ballot
            .assessment
            .required
            .iter()
            .chain(&ballot.assessment.owed)
    };
    if !demands().any(|d| count.belongs(d, &person)) {
        let teams: Vec<&str> = demands().map(|d| d.team.as_str()).collect();
        let because = match teams.as_slice() {
            [] => "nobody is asked; `tidegate abort` gives it up".to_owned(),
            teams => format!("asked are {}", teams.join(", ")),
        };
        return Err(others(cx, "reject", &because, could(ballot, cx)));
    }
    if reason.trim().is_empty() {
        return Err(Refusal::Invalid {
            because: "a no needs its reason".to_owned(),
            help: "say it with `--reason`".to_owned(),
        });
    }
    Ok(Event::Rejected {
        by: person,
        reason,
        subject,
    })
}

/// The person who answers for the actor, also where a program of theirs acts: a monitor may declare what its owner would.
pub(super) fn answering(cx: &Ctx<'_>, what: &str) -> Result<String, Refusal> {
    let person = cx.actor.person.as_deref();
    person
        .map(|person| people::behind(cx.view, person))
        .ok_or_else(|| refused(cx, what, "no person is known behind this account"))
}

/// The person behind the actor; machines decide nothing.
pub(super) fn person_of(cx: &Ctx<'_>, what: &str) -> Result<String, Refusal> {
    people::deciding(cx.view, cx.actor).map_err(|because| refused(cx, what, &because))
}

fn current(ballot: &Ballot<'_>, subject: &Digest) -> Result<(), Refusal> {
    if *subject == ballot.subject {
        return Ok(());
    }
    Err(Refusal::Outdated {
        what: format!(
            "the plan sha256:{}, which is now sha256:{}",
            subject.short(8),
            ballot.subject.short(8)
        ),
    })
}

fn refused(cx: &Ctx<'_>, what: &str, because: &str) -> Refusal {
    others(cx, what, because, people::SIGNED_IN.to_owned())
}

fn others(cx: &Ctx<'_>, what: &str, because: &str, who: String) -> Refusal {
    Refusal::OthersDecide {
        actor: cx.actor.name.clone(),
        action: format!("{what} {}", cx.stream.key()),
        because: because.to_owned(),
        who,
    }
}

/// Everybody who could still say yes, for people.
fn could(ballot: &Ballot<'_>, cx: &Ctx<'_>) -> String {
    let open = ballot.standing(&ballot.facts.votes, cx).into_iter();
    let owed = ballot.owed(&ballot.facts.votes, cx);
    let who: std::collections::BTreeSet<String> = open
        .chain(owed)
        .filter(|s| !s.is_met())
        .flat_map(|s| s.could)
        .collect();
    who.into_iter().collect::<Vec<_>>().join(", ")
}

fn nobody(
    holder: &str,
    demands: &[&Required],
    sent: &Sent,
    (ballot, cx): (&Ballot<'_>, &Ctx<'_>),
) -> Refusal {
    let count = ballot.count(cx);
    let theirs = |d: &&&Required| {
        sent.team.as_ref().is_none_or(|t| *t == d.team) && count.belongs(d, holder)
    };
    // Asked, and for another meaning than the one that was sent.
    if let Some(theirs) = demands.iter().find(theirs) {
        let (asked, help) = match &theirs.sign {
            Some(sign) => (
                format!("to sign {sign}"),
                format!("say it with `--sign {sign}`"),
            ),
            None => ("for a yes".to_owned(), "say it without `--sign`".to_owned()),
        };
        let instead = match &sent.sign {
            Some(sign) => format!("not to sign {sign}"),
            None => "not for a yes".to_owned(),
        };
        return Refusal::Invalid {
            because: format!("{holder} is asked {asked}, {instead}"),
            help,
        };
    }
    let wanted: Vec<String> = demands.iter().map(|d| d.to_string()).collect();
    let because = match (wanted.as_slice(), &sent.team) {
        ([], _) => "nobody is asked".to_owned(),
        (wanted, Some(team)) => format!(
            "{holder} does not decide for {team}; asked are {}",
            wanted.join(", ")
        ),
        (wanted, None) => format!("{holder} is not asked; asked are {}", wanted.join(", ")),
    };
    others(cx, "approve", &because, could(ballot, cx))
}
