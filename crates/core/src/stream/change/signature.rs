//! Signed votes: the text that is signed, and whether a signature that came is over exactly this vote. The bytes are checked
//! where a vote is taken.

use super::Facts;
use super::command::Presented;
use super::vote::Ballot;
use crate::change::{Parties, Signature, Vote};
use crate::decider::Ctx;
use crate::mandate::{About, Statement, Voter};
use crate::model::person;
use crate::refusal::Refusal;
use crate::time::{Millis, Timestamp};

/// Between the clock of whoever signs and the ledger's.
const SKEW: Millis = Millis::minutes(5);

/// What a person signs for a vote, as canonical text: what the plan would do, who asked for it and who wrote it, who says yes in
/// whose place for which team, from when to when. Nothing while there is no plan.
#[must_use]
pub fn statement(
    facts: &Facts,
    parties: &Parties,
    voter: Voter,
    (at, until): (Timestamp, Timestamp),
) -> Option<String> {
    let planned = facts.planned.as_ref()?;
    let about = About {
        change: facts.id.to_string(),
        release: facts.release.clone(),
        environment: facts.environment.clone(),
        plan: planned.subject.clone(),
        artifact: planned.body.to.artifact.clone(),
        replaces: planned.body.from.as_ref().map(|r| r.key.clone()),
        requesters: parties.requesters.clone(),
        authors: parties.authors.clone(),
    };
    Statement::yes(about, voter, at, until).text().ok()
}

/// A vote that is signed with a registered key of its person over exactly this; it is good for as long as was signed.
pub(super) fn signed(
    vote: &mut Vote,
    presented: Option<Presented>,
    ballot: &Ballot<'_>,
    cx: &Ctx<'_>,
) -> Result<(), Refusal> {
    let no = |because: String, help: &str| Refusal::Invalid {
        because,
        help: help.to_owned(),
    };
    let Some(sent) = presented else {
        return match &ballot.assessment.signed {
            None => Ok(()),
            Some(rule) => Err(no(
                format!("a yes counts here only with a signature ({rule})"),
                "sign it with `--sign-with <key file>`; `tidegate user key add <name> --new <key file>` makes and registers one",
            )),
        };
    };
    let public = by_own_key(vote, &sent, cx).map_err(|because| {
        let help = format!(
            "sign with a key that `tidegate user show {}` lists",
            vote.person
        );
        no(because, &help)
    })?;
    let again = "look at the plan again, and sign what is shown now";
    let said = Statement::read(&sent.statement)
        .map_err(|because| no(format!("what was signed is no vote: {because}"), again))?;
    let voter = Voter {
        person: vote.person.clone(),
        instead_of: vote.instead_of.clone(),
        team: vote.team.clone(),
        sign: vote.sign.clone(),
    };
    let time = (said.at, said.until);
    let wanted = statement(ballot.facts, &ballot.parties, voter, time);
    if wanted.as_deref() != Some(sent.statement.as_str()) {
        return Err(no(
            "something else was signed than this vote on this plan".to_owned(),
            again,
        ));
    }
    let apart = Millis::between(said.at.min(cx.now), said.at.max(cx.now));
    let longest = ballot.assessment.valid.after(said.at);
    if apart > SKEW || said.until <= cx.now || said.until > longest {
        return Err(no(
            format!(
                "it was signed at {} until {}: it must be signed now, and for {} at most",
                said.at, said.until, ballot.assessment.valid
            ),
            "sign it again, with the clocks of both machines right",
        ));
    }
    vote.until = said.until;
    vote.signature = Some(Signature {
        key: sent.key,
        public,
        value: sent.value,
        statement: sent.statement,
    });
    Ok(())
}

/// The public key that made the signature, when it is the one of this name that the person has now.
fn by_own_key(vote: &Vote, sent: &Presented, cx: &Ctx<'_>) -> Result<String, String> {
    let (person, key) = (&vote.person, &sent.key);
    let row = person::row(cx.view, person).unwrap_or_default();
    match (sent.genuine_for.as_ref(), row.keys.get(key)) {
        (Some(public), Some(own)) if public == own => Ok(public.clone()),
        (Some(public), _) if row.revoked.contains_key(public) => {
            Err(format!("key {key} of {person} was revoked"))
        }
        (Some(public), _) if row.keys.values().any(|own| own == public) => {
            Err(format!("another key of {person} than {key} signed it"))
        }
        (Some(_), _) => Err(format!("a key of somebody else than {person} signed it")),
        (None, None) if row.revoked.values().any(|had| had == key) => {
            Err(format!("key {key} of {person} was revoked"))
        }
        (None, None) => Err(format!("key {key} is not registered for {person}")),
        (None, Some(_)) => Err(format!(
            "the signature is wrong: key {key} of {person} did not sign this"
        )),
    }
}
