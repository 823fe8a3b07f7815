//! Sign-offs between the steps of a rollout: who is asked, who may sign, and what silence brings.
//!
//! Nobody goes around one: neither `resume` nor `advance` ends the wait, and whoever asked for the deployment never signs it. The
//! rollout waits in the ledger and nowhere else; meanwhile the new side stays on trial.

use super::decide::Turn;
use super::{Cause, Cursor, Event, Facts, Sub, Way, drive, ends};
use crate::change::{Parties, parties, policies_for};
use crate::decider::Ctx;
use crate::digest::Digest;
use crate::id::{Name, TeamId};
use crate::people;
use crate::plan::{Intent, SignOff};
use crate::refusal::Refusal;
use crate::spec::{Part, Spec};
use crate::stream::release::Release;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A signature of a person under what a rollout waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// Stated meaning.
    pub sign: Name,
    /// Team for which it was given, as of that moment.
    pub team: TeamId,
    /// The person.
    pub person: String,
    /// The account it was given with.
    pub account: String,
    /// For whom, when the right was delegated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
    /// Digest of the plan.
    pub plan: Digest,
    /// Why, may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

impl std::fmt::Display for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} signed by {} ({})", self.sign, self.person, self.team)?;
        if let Some(holder) = &self.instead_of {
            write!(f, " in the place of {holder}")?;
        }
        if !self.reason.is_empty() {
            write!(f, ": {}", self.reason)?;
        }
        Ok(())
    }
}

/// The wait begins.
pub(super) fn asked_for(facts: &Facts, n: usize, asked: &SignOff, cx: &Ctx<'_>) -> Event {
    Event::SignOffAsked {
        n,
        asked: asked.clone(),
        whom: could_sign(facts, asked, cx.spec, cx.view),
        until: asked.within.after(cx.now),
        remind_at: asked.remind_after.map(|after| after.after(cx.now)),
        escalate_at: asked
            .escalate
            .as_ref()
            .map(|(after, _)| after.after(cx.now)),
    }
}

/// What the clock brings while it is waited for.
pub(super) fn due(facts: &Facts, at: &Cursor, cx: &Ctx<'_>) -> Option<Event> {
    let Sub::AwaitingSignOff {
        until,
        remind_at,
        escalate_at,
        ..
    } = &at.sub
    else {
        return None;
    };
    let asked = facts.sign_off_at(at.n)?;
    let has_come = |at: &Option<_>| at.is_some_and(|at| at <= cx.now);
    if *until <= cx.now {
        let because = format!("{asked} was waited for");
        let cause = Cause::NobodyDecided { because };
        return Some(ends::rollback(facts, cause, None, cx));
    }
    if has_come(escalate_at) {
        let (_, team) = asked.escalate.as_ref()?;
        return Some(Event::SignOffEscalated {
            asked: asked.clone(),
            whom: people::members(cx.spec, cx.view, team),
        });
    }
    let after = asked.remind_after.filter(|_| has_come(remind_at))?;
    Some(Event::SignOffReminded {
        asked: asked.clone(),
        whom: could_sign(facts, asked, cx.spec, cx.view),
        remind_at: after.after(cx.now),
    })
}

impl Facts {
    /// The sign-off at a step of the way there, where there is one.
    #[must_use]
    pub fn sign_off_at(&self, n: usize) -> Option<&SignOff> {
        match &self.steps(Way::Forward).get(n)?.intent {
            Intent::SignOff(asked) => Some(asked),
            _ => None,
        }
    }
}

/// Members who may sign; nobody when it cannot be told who has which part in it.
#[must_use]
pub fn could_sign(facts: &Facts, asked: &SignOff, spec: &Spec, view: &dyn View) -> Vec<String> {
    let members = people::members(spec, view, &asked.team);
    let Ok(barred) = Barred::of(facts, spec, view) else {
        return Vec::new();
    };
    members
        .into_iter()
        .filter(|name| barred.part(name).is_none())
        .collect()
}

/// Who must not sign, and by which part in it.
struct Barred {
    parties: Parties,
    parts: BTreeSet<Part>,
}

impl Barred {
    /// Whoever asked for it never signs; policies bar others.
    fn of(facts: &Facts, spec: &Spec, view: &dyn View) -> Result<Self, Refusal> {
        let body = &facts.plan.body;
        let release: Release = view.load(&body.to.release.to_string())?;
        let asked = release.asked_by.iter().chain(&release.answers);
        let requesters = asked.chain([&facts.by]).map(String::as_str);
        let (policies, _) = policies_for(spec, &body.service, &body.environment);
        let named = policies
            .iter()
            .flat_map(|(_, p)| p.never_by.iter().copied());
        Ok(Self {
            parties: parties(view, body, requesters, [facts.by.as_str()])?,
            parts: named.chain([Part::Requester]).collect(),
        })
    }

    fn part(&self, person: &str) -> Option<Part> {
        self.parties.parts(person, &self.parts).first().copied()
    }
}

impl Turn {
    /// A signature: the wait is over.
    pub(super) fn sign(
        &mut self,
        facts: &Facts,
        at: &Cursor,
        (plan, sign, instead_of, reason): (Digest, Option<Name>, Option<String>, String),
        cx: &Ctx<'_>,
    ) -> Result<(), Refusal> {
        let Some(asked) = facts.sign_off_at(at.n) else {
            return Ok(());
        };
        let person = may(facts, asked, (&plan, instead_of.as_deref()), cx)?;
        if let Some(other) = sign.filter(|sign| *sign != asked.sign) {
            return Err(Refusal::Invalid {
                because: format!("`{other}` is not asked for here; {asked} is"),
                help: format!("sign with `--sign {}`", asked.sign),
            });
        }
        let what = format!("sign {}", facts.id);
        people::signed_in_within(cx.actor, asked.signed_in_within, (&what, cx.now))?;
        let signed = Signed {
            sign: asked.sign.clone(),
            team: asked.team.clone(),
            account: cx.actor.name.clone(),
            instead_of: instead_of.filter(|holder| *holder != person),
            person,
            plan,
            reason,
        };
        let detail = signed.to_string();
        let signed = Box::new(signed);
        self.happen(Event::SignedOff { n: at.n, signed }, cx);
        self.finish_hold(facts, at, detail, cx);
        Ok(())
    }

    /// A no: it stays where it is until a person decides. Whoever lets it go on is asked for the signature again.
    pub(super) fn refuse_to_sign(
        &mut self,
        facts: &Facts,
        at: &Cursor,
        (plan, reason): (Digest, String),
        cx: &Ctx<'_>,
    ) -> Result<(), Refusal> {
        let Some(asked) = facts.sign_off_at(at.n) else {
            return Ok(());
        };
        let by = may(facts, asked, (&plan, None), cx)?;
        let because = format!(
            "{by} ({}) does not sign {}: {reason}",
            asked.team, asked.sign
        );
        let refused = Event::SignOffRefused {
            n: at.n,
            asked: asked.clone(),
            by,
            reason,
        };
        self.happen(refused, cx);
        let until = drive::PATIENCE.after(cx.now);
        self.happen(Event::AwaitsPerson { because, until }, cx);
        Ok(())
    }
}

/// The person who signs, or why it is somebody else's.
fn may(
    facts: &Facts,
    asked: &SignOff,
    (plan, instead_of): (&Digest, Option<&str>),
    cx: &Ctx<'_>,
) -> Result<String, Refusal> {
    let others = |because: String, who: String| Refusal::OthersDecide {
        actor: cx.actor.name.clone(),
        action: format!("sign {}", facts.id),
        because,
        who,
    };
    let person = people::deciding(cx.view, cx.actor)
        .map_err(|because| others(because, people::SIGNED_IN.to_owned()))?;
    if *plan != facts.plan.digest {
        return Err(Refusal::Outdated {
            what: format!(
                "the plan sha256:{}; {} carries out sha256:{}",
                plan.short(8),
                facts.id,
                facts.plan.digest.short(8)
            ),
        });
    }
    let barred = Barred::of(facts, cx.spec, cx.view)?;
    let whom = || could_sign(facts, asked, cx.spec, cx.view).join(", ");
    let holder = instead_of.unwrap_or(&person);
    for who in [person.as_str(), holder] {
        if let Some(part) = barred.part(who) {
            let release = &facts.plan.body.to.release;
            let because = format!("{who} is {} of {release}", part.with_article());
            return Err(others(because, whom()));
        }
    }
    if let Some(unclear) = barred.parties.unclear(&barred.parts) {
        return Err(Refusal::Invalid {
            because: format!("who wrote {} is not known: {unclear}", facts.plan.body.to.release),
            help: "register the artifact with `--author`, and the addresses of people with `tidegate user add … --email`".to_owned(),
        });
    }
    if !people::is_member(cx.spec, cx.view, &asked.team, holder) {
        let because = format!(
            "{holder} is not of {}, whose members sign {}",
            asked.team, asked.sign
        );
        return Err(others(because, whom()));
    }
    if holder != person && !people::stands_in(cx.view, holder, &person, &asked.team, cx.now) {
        let because = format!("{holder} has not delegated {} to {person}", asked.team);
        return Err(others(because, whom()));
    }
    Ok(person)
}
