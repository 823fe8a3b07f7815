//! Changes.

use crate::auth::Caller;
use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire;
use tidegate_core::change::{ChangeId, Outlook, Standing, Vote, outlook};
use tidegate_core::id::{EnvId, ReleaseId};
use tidegate_core::model;
use tidegate_core::people;
use tidegate_core::plan::{PlanBody, Step};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{Document, Origins};
use tidegate_core::stream::change::{Change, Declared, Facts, Phase, Planned};
use tidegate_core::time::Timestamp;

/// The person who asks, as votes count it; none for a machine.
pub(crate) fn person(look: &Look<'_>, who: &Caller) -> Option<String> {
    people::deciding(look.view(), &who.actor()).ok()
}

/// A change by name, for whoever asks.
pub(crate) fn change_of(
    look: &Look<'_>,
    name: &str,
    person: Option<&str>,
) -> Result<wire::Change, Problem> {
    let id = ChangeId::new(name)?;
    let state: Change = look.load("change", id.as_str())?;
    change(look, &state, person)
}

/// The newest change of a release in an environment.
pub(crate) fn newest(
    look: &Look<'_>,
    release: &ReleaseId,
    env: &EnvId,
    person: Option<&str>,
) -> Result<wire::Change, Problem> {
    let found = tidegate_core::change::of(look.view(), release, env)?;
    let (_, state) = found.ok_or_else(|| Refusal::NotFound {
        what: "change".to_owned(),
        name: format!("{release}/{env}"),
    })?;
    change(look, &state, person)
}

/// The newest change of a release in each environment.
pub(crate) fn of_release(
    look: &Look<'_>,
    release: &ReleaseId,
) -> Result<Vec<(ChangeId, Change)>, Problem> {
    let prefix = format!("{release}/");
    let rows = look
        .view()
        .scan(model::change::NEWEST, &prefix, crate::map::freeze::MOST);
    let read = |(_, body): (String, String)| {
        let id: ChangeId = serde_json::from_str(&body)?;
        let state: Change = look.load("change", id.as_str())?;
        Ok((id, state))
    };
    rows.into_iter().map(read).collect()
}

/// A change.
pub(crate) fn change(
    look: &Look<'_>,
    state: &Change,
    person: Option<&str>,
) -> Result<wire::Change, Problem> {
    let Some(facts) = state.facts.as_deref() else {
        return Err(Refusal::NotFound {
            what: "change".to_owned(),
            name: String::new(),
        }
        .into());
    };
    let spec = &look.in_force.spec;
    let origins = &look.in_force.origins;
    let asked = !matches!(state.phase, Phase::Withdrawn { .. } | Phase::Closed { .. });
    let now = if asked {
        outlook(state, spec, look.view(), look.now)?
    } else {
        None
    };
    let recorded = facts.assessed.as_ref();
    let present = now.as_ref().map(|o| &o.assessment);
    let (note, review_due) = told(&state.phase);
    let mut shown = wire::Change {
        id: facts.id.to_string(),
        release: facts.release.to_string(),
        environment: facts.environment.to_string(),
        zone: look.zone(&facts.environment),
        phase: state.phase.name().to_owned(),
        class: present
            .map(|a| a.class)
            .or(recorded.map(|a| a.class))
            .map(|class| class.as_str().to_owned()),
        because: present
            .map(|a| a.because.clone())
            .or_else(|| recorded.map(|a| a.because.clone()))
            .unwrap_or_default(),
        risk: present.map(|a| a.risk.value).or(recorded.map(|a| a.risk)),
        band: present
            .map(|a| a.risk.band.clone())
            .or_else(|| recorded.map(|a| a.band.clone())),
        plan: facts.planned.as_ref().map(plan),
        requesters: facts.requesters.clone(),
        authors: Vec::new(),
        unclear: None,
        opened_at: facts.opened_at,
        since: since(&state.phase),
        required: Vec::new(),
        owed: Vec::new(),
        never_by: Vec::new(),
        votes: facts.votes.iter().map(vote).collect(),
        void: facts.void.as_ref().map(|void| wire::VoidVotes {
            people: void.people.clone(),
            differs: void.differs.clone(),
            at: void.at,
        }),
        valid_ms: None,
        signed_by_rule: None,
        documents: documents(facts, now.as_ref(), origins),
        rollback_owner: facts.rollback_owner.as_ref().map(|o| wire::RollbackOwner {
            person: o.person.clone(),
            team: o.team.to_string(),
            at: o.at,
        }),
        emergency: state.emergency().and_then(emergency),
        raised: match &facts.raised {
            Some(Declared::Raised { class, by, reason }) => {
                Some(format!("to {} by {by}: {reason}", class.as_str()))
            }
            _ => None,
        },
        note,
        review_due,
        path: None,
        you: yours(now.as_ref(), person, origins),
    };
    if let Some(now) = &now {
        asked_of(&mut shown, now, origins);
    }
    Ok(shown)
}

/// What is asked of people as things are now.
fn asked_of(shown: &mut wire::Change, now: &Outlook<'_>, origins: &Origins) {
    let assessment = &now.assessment;
    let demands = |all: &[Standing]| all.iter().map(|s| demand(s, origins)).collect();
    shown.authors = now.parties.authors.iter().cloned().collect();
    shown.unclear = now
        .parties
        .unclear(&assessment.never_by.keys().copied().collect());
    shown.required = demands(&now.required);
    shown.owed = demands(&now.owed);
    shown.never_by = assessment
        .never_by
        .iter()
        .map(|(part, path)| barred(part.as_str(), path, origins))
        .collect();
    shown.valid_ms = Some(assessment.valid.0);
    shown.signed_by_rule.clone_from(&assessment.signed);
}

fn rule(path: &str, origins: &Origins) -> wire::Rule {
    let place = origins.of(path);
    wire::Rule {
        path: path.to_owned(),
        file: place.file,
        line: place.line,
    }
}

fn barred(part: &str, path: &str, origins: &Origins) -> wire::Barred {
    wire::Barred {
        part: part.to_owned(),
        rule: rule(path, origins),
    }
}

fn demand(standing: &Standing, origins: &Origins) -> wire::Demand {
    let required = &standing.required;
    wire::Demand {
        team: required.team.to_string(),
        count: required.count,
        sign: required.sign.as_ref().map(ToString::to_string),
        met: standing.is_met(),
        have: standing.have.clone(),
        could: standing.could.clone(),
        until: standing.until,
        rule: rule(&required.rule, origins),
    }
}

fn plan(planned: &Planned) -> wire::ChangePlan {
    let body = &planned.body;
    let names = |steps: &[Step]| steps.iter().map(|s| s.intent.to_string()).collect();
    wire::ChangePlan {
        digest: planned.subject.to_string(),
        deployment: planned.deployment.to_string(),
        from: body.from.as_ref().map(|from| from.release.to_string()),
        differs: differs(body),
        scope: body
            .scope
            .as_ref()
            .map(|s| s.lines.clone())
            .unwrap_or_default(),
        steps: names(&body.steps),
        undo: names(&body.undo),
        undo_within_ms: body.undo_within.0,
    }
}

/// What differs from what runs.
fn differs(body: &PlanBody) -> Vec<String> {
    let Some(from) = &body.from else {
        return vec!["a first install".to_owned()];
    };
    // The plan that would change nothing, so that only the revisions are compared.
    let mut still = body.clone();
    still.to = from.clone();
    let found = tidegate_core::change::differences(&still, body);
    if found.is_empty() {
        return vec!["nothing: the same again".to_owned()];
    }
    found
}

fn vote(vote: &Vote) -> wire::ChangeVote {
    wire::ChangeVote {
        person: vote.person.clone(),
        account: vote.account.clone(),
        instead_of: vote.instead_of.clone(),
        team: vote.team.to_string(),
        sign: vote.sign.as_ref().map(ToString::to_string),
        reason: vote.reason.clone(),
        at: vote.at,
        until: vote.until,
        signed: vote.signature.is_some(),
        method: match &vote.signature {
            Some(signature) => format!("signed in as {}, key {}", vote.account, signature.key),
            None => format!("signed in as {}", vote.account),
        },
        plan: vote.subject.to_string(),
    }
}

/// What was written, and what is asked for and was not.
fn documents(
    facts: &Facts,
    now: Option<&Outlook<'_>>,
    origins: &Origins,
) -> Vec<wire::ChangeDocument> {
    let asked = now.map(|o| &o.assessment.documents);
    let one = |document: &Document| {
        let written = facts.documents.get(document);
        let path = asked.and_then(|all| all.get(document));
        (written.is_some() || path.is_some()).then(|| wire::ChangeDocument {
            document: document.as_str().to_owned(),
            text: written.map(|w| w.text.clone()),
            by: written.map(|w| w.by.clone()),
            at: written.map(|w| w.at),
            version: written.map(|w| w.version),
            digest: written.map(|w| w.digest.to_string()),
            outdated: written
                .and_then(|w| w.subject.as_ref())
                .zip(facts.planned.as_ref())
                .is_some_and(|(of, planned)| *of != planned.subject),
            rule: path.map(|path| rule(path, origins)),
        })
    };
    Document::ALL.iter().filter_map(one).collect()
}

fn emergency(declared: &Declared) -> Option<wire::Emergency> {
    let Declared::Emergency {
        incident,
        reason,
        root_cause,
        by,
        since,
        until,
        review_due,
        ..
    } = declared
    else {
        return None;
    };
    Some(wire::Emergency {
        incident: incident.clone(),
        reason: reason.clone(),
        root_cause: root_cause.clone(),
        by: by.clone(),
        since: *since,
        until: *until,
        review_due: *review_due,
    })
}

fn since(phase: &Phase) -> Option<Timestamp> {
    match phase {
        Phase::Absent | Phase::Open => None,
        Phase::Authorised { at }
        | Phase::Rejected { at, .. }
        | Phase::Withdrawn { at, .. }
        | Phase::Implementing { at }
        | Phase::Reviewing { at, .. }
        | Phase::Closed { at, .. } => Some(*at),
    }
}

/// A phase in words, and when its review is due.
fn told(phase: &Phase) -> (Option<String>, Option<Timestamp>) {
    match phase {
        Phase::Absent | Phase::Open | Phase::Authorised { .. } | Phase::Implementing { .. } => {
            (None, None)
        }
        Phase::Rejected { by, reason, .. } => (Some(format!("rejected by {by}: {reason}")), None),
        Phase::Withdrawn { because, .. } => (Some(because.clone()), None),
        Phase::Reviewing {
            result,
            due,
            overdue,
            ..
        } => {
            let reminders = match overdue {
                0 => String::new(),
                1 => ", reminded once".to_owned(),
                n => format!(", reminded {n} times"),
            };
            let text = format!("{}; its review is owed{reminders}", result.as_str());
            (Some(text), Some(*due))
        }
        Phase::Closed { result, review, .. } => {
            let text = match review {
                Some(r) => format!(
                    "{}; reviewed by {}: {} (root cause: {})",
                    result.as_str(),
                    r.by,
                    r.findings,
                    r.root_cause
                ),
                None => result.as_str().to_owned(),
            };
            (Some(text), None)
        }
    }
}

fn yours(now: Option<&Outlook<'_>>, person: Option<&str>, origins: &Origins) -> wire::Yours {
    let (Some(now), Some(person)) = (now, person) else {
        return wire::Yours {
            person: person.map(str::to_owned),
            ..wire::Yours::default()
        };
    };
    let ballots = now.ballots(person);
    let first = ballots.first();
    let after = now.missing().into_iter().filter_map(|s| {
        let mine = first.is_some_and(|b| b.team == s.required.team && b.sign == s.required.sign);
        let left = (s.required.count as usize).saturating_sub(s.have.len() + usize::from(mine));
        let name = match &s.required.sign {
            Some(sign) => format!("{sign} by {}", s.required.team),
            None => format!("{} {left}", s.required.team),
        };
        (left > 0).then_some(name)
    });
    let count = now.count();
    wire::Yours {
        person: Some(person.to_owned()),
        missing_after: after.collect(),
        ballots: ballots
            .into_iter()
            .map(|b| wire::Ballot {
                team: b.team.to_string(),
                sign: b.sign.map(|s| s.to_string()),
                instead_of: b.instead_of,
            })
            .collect(),
        barred: count
            .barred(person)
            .iter()
            .map(|(part, path)| barred(part.as_str(), path, origins))
            .collect(),
    }
}

/// A part of the document pack by its name.
///
/// # Errors
/// There is no such part.
pub(crate) fn part(name: &str) -> Result<Document, Refusal> {
    Document::named(name).ok_or_else(|| {
        let all: Vec<&str> = Document::ALL.iter().map(|d| d.as_str()).collect();
        Refusal::Invalid {
            because: format!("`{name}` is no part of the document pack"),
            help: format!("write one of {}", all.join(", ")),
        }
    })
}
